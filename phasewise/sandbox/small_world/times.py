"""When things happen in the small world."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

FIRST_DAY = datetime(2025, 9, 1, tzinfo=UTC)
"""A Monday, 26 weeks before the last day."""

LAST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
"""The Monday on which the clock of tests starts; nothing here happens later."""

BEFORE = datetime(2024, 1, 15, 9, 0, tzinfo=UTC)
"""When what always was there was written down."""


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant, so many days after the first day."""
    return FIRST_DAY + timedelta(days=day, hours=hour, minutes=minute)


def on(day: int) -> date:
    """A date, so many days after the first day."""
    return (FIRST_DAY + timedelta(days=day)).date()
