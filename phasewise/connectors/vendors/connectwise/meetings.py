"""Meetings: activities of sales, and what stands in calendars as a meeting.

Both lists number their rows apart, so that those of calendars carry `schedule:` before their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import minutes, plain
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import (
    STAMPS,
    Item,
    at,
    changed_at,
    identify,
    ref,
    text,
    word,
)
from phasewise.connectors.vendors.connectwise.words import MEETING, our_word
from phasewise.model.records.meetings import Meeting

ACTIVITIES = List(
    "/sales/activities",
    (
        "id", "type/name", "company/id", "status/name", "notes", "dateStart", "dateEnd", "assignTo/id",
        *STAMPS,
    ),
    "Sales: Activities (inquire all)",
)  # fmt: skip
SCHEDULE = List(
    "/schedule/entries",
    (
        "id", "type/identifier", "member/id", "dateStart", "dateEnd", "hours", "startTimeSet", "doneFlag",
        "ownerFlag", "meetingFlag", *STAMPS,
    ),
    "Project: Project Scheduling, and Service Desk: Resource Scheduling (inquire all)",
)  # fmt: skip

OF_ACTIVITIES = "C"
"""`type.identifier` of schedule entries that are the calendar's side of an activity."""

HELD = {"closed": True, "completed": True, "complete": True, "cancelled": False, "canceled": False}
"""Status of an activity → whether it took place. An open one may still, or was never looked after again."""


def activity_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Activities changed in a slice; of what was written about them, only whether there is anything."""
    for page in lists.changed(session, ACTIVITIES, slice_):
        yield replace(page, payloads=[_without_text(item) for item in page.payloads])


def activity_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the activities there are."""
    return lists.ids(session, ACTIVITIES, slice_)


def activity_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The meeting that an activity is."""
    raw = word(payload, "type")
    kind: Any = our_word(raw, "meeting_kind", MEETING)
    began, ended = at(payload.get("dateStart"), "at"), at(payload.get("dateEnd"), "minutes")
    yield Meeting(
        id=identify(payload),
        updated_at=changed_at(payload),
        client=ref(payload, "company"),
        technician=ref(payload, "assignTo"),
        kind=kind,
        kind_raw=raw,
        at=began,
        minutes=int((ended - began).total_seconds() // 60) if began and ended and ended > began else None,
        is_held=HELD.get(plain(word(payload, "status") or "")),
        has_notes=payload.get("hasNotes"),
    )


def schedule_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Schedule entries changed in a slice."""
    return lists.changed(session, SCHEDULE, slice_)


def schedule_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the schedule entries there are."""
    return lists.ids(session, SCHEDULE, slice_)


def identify_entry(payload: Any) -> str:
    """The id of the meeting that a schedule entry is."""
    return f"schedule:{identify(payload)}"


def schedule_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The meeting, where the entry is one: an appointment to work on a ticket is none.

    A meeting of three members has three entries; it is that of its owner. An activity's own entry is left
    out: the activity is the meeting.
    """
    kind = word(payload, "type", "identifier")
    if payload.get("meetingFlag") is not True or payload.get("ownerFlag") is False or kind == OF_ACTIVITIES:
        return
    began, ended = at(payload.get("dateStart"), "at"), at(payload.get("dateEnd"), "minutes")
    planned = minutes(payload.get("hours"), field="minutes", unit="hours")
    if not planned and began and ended and ended > began:
        planned = int(Decimal((ended - began).total_seconds()) // 60)
    yield Meeting(
        id=identify_entry(payload),
        updated_at=changed_at(payload),
        technician=ref(payload, "member"),
        kind="other",
        kind_raw=kind or "schedule entry",
        # Without a time of day it is written as midnight in UTC, which is no time at which anybody met.
        at=None if payload.get("startTimeSet") is False else began,
        minutes=planned or None,
        is_held=True if payload.get("doneFlag") is True else None,
    )


def _without_text(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    kept = {key: value for key, value in item.items() if key != "notes"}
    return {**kept, "hasNotes": text(item.get("notes")) is not None if "notes" in item else None}
