"""Instants as Request Tracker writes them, and as it wants them in a query.

It reads dates in the time zone of the user that asks, whatever zone the text names, and cuts its own form
(`…T10:00:00Z`) to the day. Only `YYYY-MM-DD HH:MM:SS` in that user's zone means what it says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.parse import instant
from phasewise.errors import RecordError

_HOUR = timedelta(hours=1)
_FORM = "%Y-%m-%d %H:%M:%S"


def told_at(value: Any) -> datetime | None:
    """A time of an answer; None where it is none, which its record will be rejected for."""
    try:
        return instant(value, field="updated_at", zone=UTC)
    except RecordError:
        return None


def not_later(at: datetime, zone: ZoneInfo) -> str:
    """The text of an instant, as a lower bound.

    In the hours around a change of clocks that a zone goes through twice, nobody knows which one the server
    takes. There the bound is put before them: some records come once more, none is left out.
    """
    while _comes_twice(at, zone):
        at -= _HOUR
    return _text(at, zone)


def not_earlier(at: datetime, zone: ZoneInfo) -> str:
    """The text of an instant, as an upper bound: behind the hours that come twice."""
    while _comes_twice(at, zone):
        at += _HOUR
    return _text(at, zone)


def _text(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime(_FORM)


def _comes_twice(at: datetime, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone).replace(tzinfo=zone)
    readings = {local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
    return len(readings) > 1
