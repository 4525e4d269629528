"""Appointments: when people talked. Tasks and leave are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from phasewise.connectors.base import (
    OPEN_SLICE,
    CursorKind,
    FetchContext,
    Page,
    RecordContext,
    Slice,
    Stream,
)
from phasewise.connectors.paging import in_window
from phasewise.connectors.parse import neutral_word
from phasewise.connectors.vendors.halopsa.lists import BY_ID, only, paged
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.tickets import client_of, owner
from phasewise.connectors.vendors.halopsa.values import (
    changed_at,
    if_readable,
    moment,
    names,
    number_of,
    provided,
    text,
    yes,
)
from phasewise.connectors.vendors.halopsa.words import MEETINGS
from phasewise.model.records.meetings import Meeting
from phasewise.model.words import MAPPINGS, MeetingKind

RIGHT = "read:calendar"

READ = names(
    """
    id client_id agent_id appointment_type_name start_date end_date allday complete_date is_task
    holiday_id shift_type_id last_modified
    """
)

EVERYBODYS = {
    **BY_ID,
    "showall": True,
    "appointmentsonly": True,
    "hidecompleted": False,
    "excluderecurringmaster": True,
}

LATE = timedelta(days=35)
"""Halo lists by when a meeting was planned: so far back it may still be completed."""

AT_ONCE = timedelta(days=182)
"""Appointments are few: half a year of them comes in a page or two."""

NOTES = ("complete_note", "note")


def meeting_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The appointments that begin in a slice, of all agents. Of notes it is kept that there are some."""
    if slice_.key == OPEN_SLICE:  # those of the last weeks are read again anyway
        yield Page((), proof="end_mark")
        return
    query = {
        **EVERYBODYS,
        "start_date": None
        if slice_.start is None
        else f"{slice_.start - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}",
        "end_date": None if slice_.end is None else f"{slice_.end:%Y-%m-%dT%H:%M:%S}",
    }
    listed = paged(session, "/Appointment", "appointments", query, right=RIGHT, resume=slice_.resume)
    for page in in_window(listed, slice_, _begins_at, where="meetings"):
        flagged = [{**p, "has_notes": _notes(p)} if isinstance(p, Mapping) else p for p in page.payloads]
        yield from only(iter([replace(page, payloads=flagged)]), READ | {"has_notes"})


def meeting_records(payload: Any, context: RecordContext) -> Iterable[Meeting]:
    """The meeting; nothing for a task, leave or a shift."""
    number = number_of(payload)
    if yes(payload.get("is_task"), field="is_task") or text(payload, "holiday_id"):
        return
    if (payload.get("shift_type_id") or 0) not in (0, -1, "0", "-1"):
        return
    kind, start = text(payload, "appointment_type_name"), moment(payload.get("start_date"), field="at")
    yield Meeting(
        id=number,
        updated_at=changed_at(payload, "last_modified"),
        client=client_of(payload, context),
        technician=owner(payload, context),
        kind=cast(
            "MeetingKind | None",
            neutral_word(kind, field="kind", words=MEETINGS, known=MAPPINGS["meeting_kind"]),
        ),
        kind_raw=kind,
        at=start,
        minutes=_minutes(payload, start),
        # That it was not completed does not say that it was not held.
        is_held=True if moment(payload.get("complete_date"), field="is_held") is not None else None,
        has_notes=payload.get("has_notes"),
    )


def _minutes(payload: Mapping[str, Any], start: datetime | None) -> int | None:
    end = moment(payload.get("end_date"), field="minutes")
    if start is None or end is None or end < start or yes(payload.get("allday"), field="minutes"):
        return None
    return round((end - start) / timedelta(minutes=1))


def _notes(payload: Mapping[str, Any]) -> bool | None:
    """Whether something was written about it; None where Halo does not show it."""
    told = [payload[name] for name in NOTES if name in payload]
    return any(isinstance(note, str) and note.strip() for note in told) if told else None


def _begins_at(payload: Any) -> datetime | None:
    if not isinstance(payload, Mapping):
        return None
    return if_readable(lambda: moment(payload.get("start_date"), field="at"))


STREAM = Stream(
    name="meetings",
    record="meetings",
    pages=meeting_pages,
    records=meeting_records,
    identify=number_of,
    provides=provided("meetings", "client technician kind at minutes is_held has_notes"),
    cursor=CursorKind.CREATED,
    bounded=True,
    overlap=LATE,
    window=AT_ONCE,
    page_size=(1, 50, 100),
    right=RIGHT,
)
