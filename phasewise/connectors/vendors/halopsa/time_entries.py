"""Working time: the actions that took some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from phasewise.connectors.base import (
    OPEN_SLICE,
    CursorKind,
    FetchContext,
    Page,
    Proof,
    RecordContext,
    Slice,
    Stream,
)
from phasewise.connectors.paging import in_window
from phasewise.connectors.parse import minutes, money
from phasewise.connectors.vendors.halopsa.actions import (
    MOST,
    RIGHT,
    Found,
    action_id,
    actions_between,
)
from phasewise.connectors.vendors.halopsa.lists import Query, only, together
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.values import (
    changed_at,
    moment,
    names,
    provided,
    reference,
    text,
)
from phasewise.errors import RecordError
from phasewise.model.records.time import TimeEntry

READ = names(
    """
    id ticket_id datetime actiondatecreated last_updated timetaken actionarrivaldate who_agentid
    actionby_agent_id project_id action_contract_id actionchargehours actionnonchargehours
    actisbillable actioninvoicenumber outcome
    """
)

Key = tuple[Any, Any]
"""Numbers of a ticket and an action, as they came."""

WITH_TIME: Query = {"timeentriesonly": True}

AT_ONCE = timedelta(days=14)
"""A longer span may take Halo more than the minute after which its gateway gives up."""

TOGETHER = 4 * AT_ONCE
"""Spans that make a slice. Of one that fails, no more than these are asked for again."""

LATE = timedelta(days=35)
"""Halo lists by the time of the work, not of the change: so far back an entry may still be corrected."""


def entry_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The entries of a slice, two weeks at a time."""
    if slice_.key == OPEN_SLICE:  # no entry is open: those of the last weeks are read again anyway
        return iter([Page((), proof="end_mark")])
    pages = together(_fortnights(session, slice_))
    return only(in_window(pages, slice_, _worked_at, where="time_entries"), READ)


def entry_records(payload: Any, context: RecordContext) -> Iterable[TimeEntry]:
    """The entry.

    Raises:
        RecordError: it says no length of time (`no_time`): Halo was asked for those that do.
    """
    worked = minutes(payload.get("timetaken"), field="minutes", unit="hours")
    if worked is None:
        raise RecordError("it took no time", remedy="Has Halo changed?", field="minutes", reason="no_time")
    nobody = context.settings.unassigned_agents
    agent = reference(payload.get("who_agentid"), field="technician", nobody=nobody) or reference(
        payload.get("actionby_agent_id"), field="technician", nobody=nobody
    )
    yield TimeEntry(
        id=action_id(payload),
        updated_at=changed_at(payload, "last_updated"),
        technician=agent,
        ticket=reference(payload.get("ticket_id"), field="ticket"),
        project=reference(payload.get("project_id"), field="project"),
        agreement=reference(payload.get("action_contract_id"), field="agreement"),
        started_at=moment(payload.get("actionarrivaldate"), field="started_at"),
        entered_at=_at(payload),
        minutes=worked,
        is_billable=_is_billable(payload),
        is_invoiced=None if "actioninvoicenumber" not in payload else _is_invoiced(payload),
    )


def _at(payload: Mapping[str, Any]) -> datetime | None:
    return moment(payload.get("actiondatecreated"), field="entered_at") or moment(
        payload.get("datetime"), field="entered_at"
    )


def _worked_at(payload: Any) -> datetime | None:
    try:
        return moment(payload.get("datetime"), field="datetime") if isinstance(payload, dict) else None
    except RecordError:
        return None


def _is_billable(payload: Mapping[str, Any]) -> bool | None:
    """Halo splits the hours in those that are charged and those that are not."""
    charged, free = _hours(payload.get("actionchargehours")), _hours(payload.get("actionnonchargehours"))
    if charged is None or (charged == 0 and not free):
        return None
    return charged > 0


def _hours(value: Any) -> Decimal | float | None:
    """Whether it is none, some or less is all that counts here: a number can stay as it came."""
    return value if type(value) in (int, float) else money(value, field="is_billable")


def _is_invoiced(payload: Mapping[str, Any]) -> bool:
    """The number of the invoice; 0 and -1 stand for none."""
    return (text(payload, "actioninvoicenumber") or "0") not in ("0", "-1")


def _fortnights(session: Session, slice_: Slice) -> Iterator[Iterator[Page]]:
    """A listing a fortnight; the last one of a slice without an end has none either."""
    start, end = slice_.start, slice_.end
    now: datetime | None = None
    is_first = True
    before: dict[Key, Any] = {}
    while True:
        stop = None if start is None else start + AT_ONCE
        if stop is None or (end is not None and stop >= end):
            stop = end
        elif end is None and not is_first and (now is None or stop >= now):
            stop = None
        found = []
        for asked in actions_between(session, WITH_TIME, start, stop):
            found.append(_without(before, asked))
            before = {_key(item): item for item in asked.items}
        yield map(_page, found)
        if stop == end:
            return
        start, now, is_first = stop, now or found[0].source_time, False


def _key(item: Any) -> Key:
    return (item.get("ticket_id"), item.get("id")) if isinstance(item, dict) else (None, None)


def _without(before: Mapping[Key, Any], found: Found) -> Found:
    """What was found, less the rows of the second that two spans share: their totals count them twice."""
    again = [item for item in found.items if None not in (key := _key(item)) and key in before]
    if not again:
        return found
    same = {_key(item) for item in again if item == before[_key(item)]}  # one that changed meanwhile stays
    items = [item for item in found.items if _key(item) not in same]
    return replace(found, items=items, total=None if found.total is None else found.total - len(again))


def _page(found: Found) -> Page:
    if not found.is_whole or found.may_be_cut:
        came = f"{len(found.items):,} actions came"
        told = "and nothing says whether that is all" if found.total is None else f"of {found.total:,}"
        return Page(found.items, None, found.total, source_time=found.source_time, note=f"{came} {told}")
    # A total that counts the rows of this answer alone shows nothing that the rows do not.
    proof: Proof = "end_mark" if found.total is None else "declared_total"
    return Page(found.items, None, found.total, proof, source_time=found.source_time)


STREAM = Stream(
    name="time_entries",
    record="time_entries",
    pages=entry_pages,
    records=entry_records,
    identify=action_id,
    provides=provided(
        "time_entries",
        "technician ticket project agreement started_at entered_at minutes is_billable is_invoiced",
    ),
    cursor=CursorKind.CREATED,
    bounded=True,
    overlap=LATE,
    window=TOGETHER,
    page_size=(1, 100, MOST),
    right=RIGHT,
)
