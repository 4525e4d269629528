"""Times of NinjaOne: seconds since 1970 with decimals, now and then milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from phasewise.connectors.parse import from_epoch
from phasewise.errors import RecordError

SMALLEST_MILLISECONDS = 1e11
"""A larger number is one of milliseconds: as seconds it would be in the year 5138."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

TO_THE_MICROSECOND = 2**32
"""Up to so many seconds, numbers with six decimals or fewer differ as floats, and so are read exactly."""


def moment(value: Any, *, field: str) -> datetime | None:
    """The instant; 0 is none: nothing here happened in 1970.

    Raises:
        RecordError: not a number.
    """
    if not value:
        return None
    is_usual = type(value) in (int, float) and 1 <= value < TO_THE_MICROSECOND
    if is_usual and round(value * 1_000_000) / 1_000_000 == value:  # no seventh decimal that is cut off
        return datetime.fromtimestamp(value, UTC)
    is_milliseconds = isinstance(value, int | float) and value > SMALLEST_MILLISECONDS
    return from_epoch(value, field=field, per_second=1000 if is_milliseconds else 1)


def told_at(value: Any) -> datetime | None:
    """The same where it only decides what is asked for: no instant where it cannot be read."""
    try:
        return moment(value, field="at")
    except RecordError:
        return None


def not_later(at: datetime | None) -> int | None:
    """Epoch seconds for "after": a second before, whether the vendor counts the bound itself or not."""
    return None if at is None else (at - EPOCH) // timedelta(seconds=1) - 1


def not_earlier(at: datetime | None) -> int | None:
    """Epoch seconds for "before": a second behind."""
    return None if at is None else (at - EPOCH) // timedelta(seconds=1) + 1
