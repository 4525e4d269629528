"""The records as Autotask can tell them: what it has no field for is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from phasewise.model.records.identities import ExternalId
from phasewise.sandbox.vendors.autotask import picklists as lists
from phasewise.sandbox.vendors.autotask.delivery import is_note
from phasewise.sandbox.vendors.autotask.tickets import WORK

NOT_HERE = frozenset(
    {"payments", "documents", "alerts", "automation_runs", "calendars", "external_ids", "automations"}
)
"""Tables that Autotask has no rows of: payments are a date on the invoice, alerts are the RMM's."""


def truth(records: Sequence[Any]) -> Iterable[Any]:
    """Every record, told by Autotask."""
    telling = _Telling(records)
    for record in records:
        table = record.__record__.table
        if table not in NOT_HERE:
            yield from _TELLERS.get(table, _as_it_is)(telling, record)


class _Telling:
    def __init__(self, records: Sequence[Any]) -> None:
        self.internal = {r.id for r in records if r.__record__.table == "clients" and r.kind == "internal"}
        self.changed: dict[str, datetime] = {}
        self.clients: dict[str, str | None] = {}
        self.alerts: dict[str, str] = {}
        for r in records:
            if r.__record__.table == "tickets":
                self.changed[r.id], self.clients[r.id] = r.updated_at, r.client
            if r.__record__.table == "external_ids" and r.target_table == "tickets":
                self.alerts[r.value] = r.row

    def company(self, client: str | None) -> str | None:
        """The MSP itself is the company 0."""
        return "0" if client in self.internal else client


def _as_it_is(_telling: _Telling, r: Any) -> Iterator[Any]:
    yield r


def _client(telling: _Telling, r: Any) -> Iterator[Any]:
    yield replace(r, id=telling.company(r.id))


def _with_client(telling: _Telling, r: Any) -> Iterator[Any]:
    yield replace(r, client=telling.company(r.client))


def _ticket(telling: _Telling, r: Any) -> Iterator[Any]:
    status = r.status if r.status in lists.STATUS else None
    kind = r.type if r.type in lists.TYPE else None
    yield replace(
        r,
        client=telling.company(r.client),
        type=kind,
        status=status,
        resolved_at=r.resolved_at or r.closed_at,
        is_internal=telling.company(r.client) == "0",
    )
    if r.id in telling.alerts:
        yield _elsewhere("tickets", r.id, "alerts", telling.alerts[r.id])


def _promise(telling: _Telling, r: Any) -> Iterator[Any]:
    """A verdict once there is one; kept when it was met, missed at the deadline."""
    is_late = r.vendor_outcome == "missed"
    if r.met_at is None and r.due_at is not None and telling.changed[r.ticket] > r.due_at:
        is_late = True  # still open when the ticket was changed after its deadline
    yield replace(
        r,
        met_at=None if is_late else r.met_at,
        missed_at=r.due_at if is_late else None,
        vendor_outcome=r.vendor_outcome if r.vendor_outcome in ("met", "missed") else None,
    )


def _time(telling: _Telling, r: Any) -> Iterator[Any]:
    client = telling.clients.get(r.ticket or "")
    purpose = r.purpose if r.purpose in WORK else None
    yield replace(r, client=telling.company(client), project=None, purpose=purpose)


def _agreement(telling: _Telling, r: Any) -> Iterator[Any]:
    cycle = lists.CYCLE.get(r.billing_cycle or "")
    yield replace(
        r,
        client=telling.company(r.client),
        billing_cycle=None if cycle is None else cycle[1],
        monthly_amount=r.monthly_amount if r.kind == "recurring" else None,
    )


def _line(_telling: _Telling, r: Any) -> Iterator[Any]:
    yield replace(r, id=f"service:{r.id}", package=None)


def _meeting(telling: _Telling, r: Any) -> Iterator[Any]:
    yield replace(
        r,
        id=f"{'note' if is_note(r) else 'todo'}:{r.id}",
        client=telling.company(r.client),
        is_held=True if r.is_held else None,
        has_notes=bool(r.has_notes),
    )


def _device(telling: _Telling, r: Any) -> Iterator[Any]:
    yield replace(r, client=telling.company(r.client), is_managed=r.is_managed or None)
    if r.is_managed:
        yield _elsewhere("devices", r.id, "devices", f"uid-{r.id}")


def _elsewhere(table: str, row: str, target: str, value: str) -> ExternalId:
    return ExternalId(
        id=f"{table}:{row}:rmm",
        table_name=table,
        row=row,
        system="rmm",
        target_table=target,
        value=value,
    )


_TELLERS: dict[str, Callable[[_Telling, Any], Iterator[Any]]] = {
    "clients": _client,
    "tickets": _ticket,
    "sla_results": _promise,
    "time_entries": _time,
    "agreements": _agreement,
    "agreement_lines": _line,
    "invoices": _with_client,
    "opportunities": _with_client,
    "projects": _with_client,
    "meetings": _meeting,
    "devices": _device,
    "survey_responses": _with_client,
}
