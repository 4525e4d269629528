"""Times of Datto: texts by its specification; milliseconds and seconds with decimals in live answers, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from phasewise.connectors.parse import from_epoch, instant
from phasewise.errors import RecordError

LARGEST_SECONDS = 1e11
"""A number further from 0 is one of milliseconds: as seconds it would be in the year 5138."""

FIRST_YEAR = 1980
"""Before it, an instant is a word for none: 0, and the first instant that .NET knows, are sent for it."""

BEGINNING = datetime(2005, 1, 1, tzinfo=UTC)
"""Before the product was there: what is asked for where everything is wanted."""


def moment(value: Any, *, field: str) -> datetime | None:
    """The instant; None for none and for what stands for none.

    A text without a zone is in UTC, as the interface's own filters are.

    Raises:
        RecordError: neither a number nor a time.
    """
    if value is None or value == "" or isinstance(value, bool):
        return None
    number = _number(value)
    if number is None:
        at = instant(str(value), field=field, zone=UTC)
    elif number <= 0:
        return None
    else:
        at = from_epoch(value, field=field, per_second=1000 if number > LARGEST_SECONDS else 1)
    return None if at is None or at.year < FIRST_YEAR else at


def told_at(value: Any) -> datetime | None:
    """The same where it only decides what is asked for: no instant where it cannot be read."""
    try:
        return moment(value, field="at")
    except RecordError:
        return None


def written(at: datetime) -> str:
    """As the filters of the activity log want it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def not_earlier(at: datetime | None) -> str | None:
    """The next whole second, for an upper bound: what happened within the second is not cut off."""
    return None if at is None else written(at + timedelta(seconds=1))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
