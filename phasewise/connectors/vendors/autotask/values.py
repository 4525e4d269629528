"""Values of Autotask's payloads: references, instants, dates, hours.

All instants are UTC. A field that is a date only comes as midnight and is never converted ("Date-only fields
keep date", REST API documentation); which of the two a field is, is said where it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from phasewise.connectors.parse import day, instant, integer, minutes, money, neutral_word
from phasewise.errors import RecordError
from phasewise.model.words import MAPPINGS

Payload = Mapping[str, Any]

LABELS = "Labels"
"""Key under which a payload carries the labels of its picklists: field → label."""

MIDNIGHT = time(0)


def identify(payload: Any) -> str:
    """The id of an item.

    Raises:
        RecordError: it has none.
    """
    number = payload.get("id") if isinstance(payload, Mapping) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise RecordError("there is no id", field="id", reason="no_id")
    return str(number)


def reference(payload: Payload, name: str) -> str | None:
    """The id of another row, None where there is none."""
    number = payload.get(name)
    return None if number is None or number == "" else str(number)


def needed(payload: Payload, name: str, *, field: str) -> str:
    """The id of a row without which this one means nothing.

    Raises:
        RecordError: there is none.
    """
    found = reference(payload, name)
    if found is None:
        raise RecordError(f"there is no {name}", field=field, reason="missing_reference")
    return found


def text(payload: Payload, name: str) -> str | None:
    """A text, None where it is blank."""
    value = payload.get(name)
    return str(value) if value is not None and str(value).strip() else None


def label(payload: Payload, name: str) -> str | None:
    """The label of a picklist's value, as people see it; the value itself where the list has it no more."""
    labels = payload.get(LABELS)
    found = labels.get(name) if isinstance(labels, Mapping) else None
    return text(payload, name) if found is None else str(found)


def at(payload: Payload, name: str, *, field: str) -> datetime | None:
    """An instant."""
    return instant(payload.get(name), field=field, zone=UTC)


def latest(payload: Payload, *names: str) -> datetime | None:
    """The latest of several instants: when the row was last changed."""
    found = [moment for name in names if (moment := at(payload, name, field="updated_at")) is not None]
    return max(found, default=None)


def on(payload: Payload, name: str, *, field: str) -> date | None:
    """A date-only field: the date as it is written."""
    value = payload.get(name)
    return day(None if value is None else str(value), field=field)


def on_in(payload: Payload, name: str, zone: ZoneInfo, *, field: str) -> date | None:
    """The day of a time that may be a date only: midnight is a date, everything else a time in this zone."""
    moment = at(payload, name, field=field)
    if moment is None or moment.timetz().replace(tzinfo=None) == MIDNIGHT:
        return on(payload, name, field=field)
    return moment.astimezone(zone).date()


def at_in(payload: Payload, name: str, zone: ZoneInfo, *, field: str) -> datetime | None:
    """The instant of a time that may be a date only: a date begins at midnight in this zone."""
    moment = at(payload, name, field=field)
    if moment is None or moment.timetz().replace(tzinfo=None) != MIDNIGHT:
        return moment
    return datetime.combine(moment.date(), MIDNIGHT, tzinfo=zone).astimezone(UTC)


def hours(payload: Payload, name: str, *, field: str) -> int | None:
    """Whole minutes of a number of hours."""
    return minutes(payload.get(name), field=field, unit="hours")


def amount(payload: Payload, name: str, *, field: str) -> Decimal | None:
    """Money, without rounding."""
    return money(payload.get(name), field=field)


def number(payload: Payload, name: str, *, field: str) -> int | None:
    """A whole number."""
    return integer(payload.get(name), field=field)


def word(value: str | None, *, field: str, mapping: str, words: Mapping[str, str]) -> Any:
    """Our word for a label; what is not known is `other`."""
    return cast("Any", neutral_word(value, field=field, words=words, known=MAPPINGS[mapping]))
