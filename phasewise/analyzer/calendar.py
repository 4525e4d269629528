"""The windows that indicators look at: whole ISO weeks in the MSP's zone, settled before they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from phasewise.analyzer.indicator import AnalysisContext, Row
from phasewise.config.calendars import holiday_dates
from phasewise.config.settings import MspSettings
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame

WEEKS = """
SELECT starts_on, starts_at, ends_at
FROM weeks
WHERE msp_id = :msp_id AND starts_on <= :last_start
ORDER BY starts_on DESC
LIMIT :most
"""


@dataclass(frozen=True)
class Week:
    """A whole ISO week in the MSP's zone.

    Attributes:
        starts_on: its Monday.
        starts_at, ends_at: epoch seconds of its local start and end, the end exclusive.
    """

    starts_on: date
    starts_at: int
    ends_at: int

    @property
    def ends_on(self) -> date:
        """The Monday after it: the end is exclusive."""
        return self.starts_on + timedelta(days=7)


@dataclass(frozen=True)
class Window:
    """Whole weeks in a row, oldest first; never empty."""

    weeks: tuple[Week, ...]

    @property
    def starts_on(self) -> date:
        """The first day."""
        return self.weeks[0].starts_on

    @property
    def ends_on(self) -> date:
        """The day after the last day."""
        return self.weeks[-1].ends_on

    @property
    def starts_at(self) -> int:
        """Epoch seconds of the start."""
        return self.weeks[0].starts_at

    @property
    def ends_at(self) -> int:
        """Epoch seconds of the end, exclusive."""
        return self.weeks[-1].ends_at

    def last(self, count: int) -> Window:
        """The latest `count` weeks of it (all, where it has fewer)."""
        return Window(self.weeks[-count:])


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local date ends: midnight of the next, in UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def read_weeks(scope: MspStore, context: AnalysisContext, settle_days: int, most: int) -> list[Row]:
    """The latest whole weeks that ended at least `settle_days` local days before the instant.

    Returns:
        Frame of at most `most` rows, oldest first: starts_on (ISO date), starts_at, ends_at (epoch seconds).
        Empty where the store has no weeks that early.
    """
    # The day after `as_of` starts at the instant; a week is named by its Monday and ends seven days later.
    last_start = context.as_of + timedelta(days=1 - settle_days - 7)
    rows = read_frame(scope, WEEKS, last_start=last_start.isoformat(), most=most)
    return list(reversed(rows))


def window_of(rows: Iterable[Row]) -> Window | None:
    """The window of a frame of `read_weeks`; None when it is empty."""
    weeks = [
        Week(date.fromisoformat(str(r["starts_on"])), int(r["starts_at"] or 0), int(r["ends_at"] or 0))
        for r in rows
    ]
    return Window(tuple(weeks)) if weeks else None


def business_days(msp: MspSettings, weeks: Sequence[Week]) -> Mapping[date, int]:
    """Working days in each week, by the MSP's default calendar.

    Args:
        msp: the MSP's settings. Without a default calendar Monday to Friday count, and no holidays.
        weeks: the weeks asked for.

    Returns:
        Monday of the week → 0 to 7.
    """
    name = msp.sla.default_calendar
    calendar = msp.calendars.get(name) if name else None
    days = [week.starts_on + timedelta(days=i) for week in weeks for i in range(7)]
    closed = frozenset(holiday_dates(calendar.holidays, {d.year for d in days})) if calendar else frozenset()
    open_on = [bool(spans) for spans in calendar.hours.values()] if calendar else [True] * 5 + [False] * 2
    return {
        week.starts_on: sum(open_on[i] and week.starts_on + timedelta(days=i) not in closed for i in range(7))
        for week in weeks
    }
