"""The rows made so far, and what later rows need to know of earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.autotask.picklists import own_value

OWN_COMPANY = 0


def table(record: Any) -> str:
    """The table a record stands in."""
    return str(record.__record__.table)


class Making:
    """The rows made so far, and what later rows need to know of earlier ones."""

    def __init__(self, records: Iterable[Any]) -> None:
        self.rows: dict[str, list[Item]] = {}
        self.own: dict[tuple[str, str, object, str], None] = {}
        self.companies: dict[str, int] = {}
        self.held = list(records)
        self.alerts = {
            r.value: r.row
            for r in self.held
            if table(r) == "external_ids" and (r.table_name, r.target_table) == ("alerts", "tickets")
        }
        self.promises: dict[str, list[Any]] = {}
        for record in self.held:
            if table(record) == "clients" and record.kind == "internal":
                self.companies[record.id] = OWN_COMPANY
            if table(record) == "sla_results":
                self.promises.setdefault(record.ticket, []).append(record)

    def add(self, entity: str, **values: Any) -> None:
        """One more row."""
        self.rows.setdefault(entity, []).append(values)

    def label(self, entity: str, field: str, label: str | None) -> int | None:
        """The value of a label that the users have made, None for none."""
        if label is None:
            return None
        self.own[entity, field, own_value(label), label] = None
        return own_value(label)

    def company(self, client: str | None) -> int | None:
        """The id of a company."""
        return None if client is None else self.companies.get(client, int(client))


Makers = Mapping[str, Callable[[Making, Any], None]]
"""Table of the records → what makes their rows."""
