"""SLAs: how fast they promise to be, by priority."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import boolean, minutes
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.lookups import GOALS, TABLES
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import STAMPS, Item, changed_at, identify, text, word
from phasewise.errors import RecordError
from phasewise.model.records.calendars import SlaPolicy

SLAS = List("/service/SLAs", ("id", "name", "defaultFlag", *GOALS, *STAMPS), TABLES)
PRIORITY = ("id", "priority/name", *GOALS)

TARGETS = {"first_response": "respondHours", "resolution": "resolutionHours"}
OTHERS = "*"
"""Stands for every priority that has no goal of its own."""


def policy_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All SLAs, each with its goals by priority: nothing says which have changed."""
    for page in lists.everything(session, SLAS, slice_):
        yield replace(page, payloads=[_with_priorities(session, item) for item in page.payloads])


def policy_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The policy; goals are minutes of its calendar, `*` those of all other priorities."""
    goals: dict[str, Any] = {}
    for target, field in TARGETS.items():
        rows = {OTHERS: payload} | {
            name: row
            for row in payload.get("priorities") or ()
            if (name := word(row, "priority")) is not None
        }
        found = {name: minutes(row.get(field), field="goals", unit="hours") for name, row in rows.items()}
        # No hours are no promise.
        if promised := {name: goal for name, goal in found.items() if goal}:
            goals[target] = promised
    yield SlaPolicy(
        id=identify(payload),
        updated_at=changed_at(payload),
        name=text(payload.get("name")),
        goals=goals or None,
        is_default=boolean(payload.get("defaultFlag"), field="is_default"),
    )


def _with_priorities(session: Session, item: Any) -> Any:
    try:
        number = int(identify(item))
    except (RecordError, ValueError):
        return item  # becomes a reject, by its own reason
    listed = List(f"/service/SLAs/{number}/priorities", PRIORITY, TABLES)
    return {**item, "priorities": lists.rows(session, listed)}
