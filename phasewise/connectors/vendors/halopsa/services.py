"""Service levels with what they promise, and the workdays they run by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.vendors.halopsa.lists import only, whole
from phasewise.connectors.vendors.halopsa.lookups import lookups, promise_of
from phasewise.connectors.vendors.halopsa.session import Session, objects
from phasewise.connectors.vendors.halopsa.values import day_of, number_of, reference, text, yes
from phasewise.connectors.vendors.halopsa.words import ZONES
from phasewise.model.records.calendars import Calendar, SlaPolicy

RIGHT = "read:tickets"

READ_OF_LEVELS = frozenset({"id", "name", "workday_id", "priorities"})

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

READ_OF_WORKDAYS = frozenset(
    {"id", "name", "timezone", "start", "end", "alldayssame", "holidays"}
    | {f"{part}{day}" for part in ("inc", "start", "end") for day in DAYS}
)


def level_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """All service levels in one answer, with the statuses that pause them beside each (`pausing`)."""
    pages = whole(session, "/SLA", "slas", {"showpriorities": True}, right=RIGHT)
    for page in only(pages, READ_OF_LEVELS):
        pausing = sorted(lookups(session).pausing)
        payloads = [{**p, "pausing": pausing} if isinstance(p, Mapping) else p for p in page.payloads]
        yield replace(page, payloads=payloads)


def level_records(payload: Any, _context: RecordContext) -> Iterable[SlaPolicy]:
    """What a service level promises, by priority. Promises in days are left out: see `lookups.UNITS`."""
    goals: dict[str, dict[str, int]] = {}
    for row in objects(payload.get("priorities") or []):
        promised = promise_of(row)
        for target, minutes in (
            ("first_response", promised.response_minutes),
            ("resolution", promised.fix_minutes),
        ):
            if promised.name is not None and minutes is not None:
                goals.setdefault(target, {})[promised.name] = minutes
    yield SlaPolicy(
        id=number_of(payload),
        name=text(payload, "name"),
        calendar=reference(payload.get("workday_id"), field="calendar"),
        goals=goals or None,
        pausing_statuses=list(payload.get("pausing") or []) or None,
    )


def workday_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """All workdays in one answer."""
    return only(whole(session, "/Workday", "workdays", {"showholidays": True}, right=RIGHT), READ_OF_WORKDAYS)


def workday_records(payload: Any, _context: RecordContext) -> Iterable[Calendar]:
    """The working hours of a workday."""
    hours = {day[:3]: [span] for day in DAYS if (span := _span(payload, day)) is not None}
    holidays = [
        on.isoformat()
        for row in objects(payload.get("holidays") or [])
        if (on := day_of(row.get("date"), field="holidays")) is not None
    ]
    yield Calendar(
        id=number_of(payload),
        name=text(payload, "name"),
        zone=_zone(text(payload, "timezone")),
        hours=hours or None,
        holidays=sorted(holidays) or None,
    )


def _span(payload: Mapping[str, Any], day: str) -> str | None:
    if not yes(payload.get(f"inc{day}"), field="hours"):
        return None
    suffix = "" if yes(payload.get("alldayssame"), field="hours") else day
    start, end = (_time(payload.get(f"{part}{suffix}")) for part in ("start", "end"))
    return None if start is None or end is None else f"{start}-{end}"


def _time(value: Any) -> str | None:
    """The time of day of a moment; here, the date of 1900 says nothing and the time does."""
    found = re.search(r"T([01]\d|2[0-3]):([0-5]\d)", str(value or ""))
    return None if found is None else f"{found[1]}:{found[2]}"


def _zone(told: str | None) -> str | None:
    """The zone by the name that the world has for it, None for one that only Windows knows."""
    found = ZONES.get(told or "", told)
    return found if found in available_timezones() else None


LEVELS = Stream(
    name="sla_policies",
    record="sla_policies",
    pages=level_pages,
    records=level_records,
    identify=number_of,
    provides=frozenset(f"sla_policies.{name}" for name in ("name", "calendar", "goals", "pausing_statuses")),
    right=RIGHT,
)

WORKDAYS = Stream(
    name="calendars",
    record="calendars",
    pages=workday_pages,
    records=workday_records,
    identify=number_of,
    provides=frozenset(f"calendars.{name}" for name in ("name", "zone", "hours", "holidays")),
    right=RIGHT,
)
