"""Days, weeks and months tile time in every zone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phasewise.storage.periods import Period, day_periods, month_periods, week_periods

Make = Callable[[ZoneInfo, date, date], tuple[Period, ...]]

zones = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})).map(ZoneInfo)
first_days = st.dates(date(2010, 1, 1), date(2030, 1, 1))
kinds = st.sampled_from([day_periods, week_periods, month_periods])


@given(kinds, zones, first_days, st.integers(0, 800))
@example(day_periods, ZoneInfo("Pacific/Apia"), date(2011, 12, 1), 60)
@example(day_periods, ZoneInfo("Africa/Cairo"), date(2014, 1, 1), 365)
@example(day_periods, ZoneInfo("America/St_Johns"), date(2010, 1, 1), 800)
def test_periods_tile_time_with_no_gap_and_no_overlap(
    make: Make, zone: ZoneInfo, first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    periods = make(zone, first, last)
    assert all(period.starts_at < period.ends_at for period in periods)
    assert all(a.ends_at == b.starts_at for a, b in pairwise(periods))
    assert date.fromisoformat(periods[0].starts_on) <= first
    # The whole of the last day is covered, whichever period it falls into.
    after = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    assert periods[-1].ends_at >= after.timestamp()


@given(kinds, zones, first_days, st.floats(0, 1))
def test_the_period_that_holds_an_instant_starts_on_or_before_its_local_date(
    make: Make, zone: ZoneInfo, first: date, share: float
) -> None:
    periods = make(zone, first, first + timedelta(days=70))
    begin, end = periods[0].starts_at, periods[-1].ends_at
    instant = begin + int((end - begin) * share * 0.999)
    at = bisect_right([p.starts_at for p in periods], instant) - 1
    local = datetime.fromtimestamp(instant, zone)
    assert periods[at].starts_on <= local.date().isoformat()
    if at + 1 < len(periods):
        # Where clocks go back over midnight (St. John's until 2011), a date comes twice: the first counts.
        comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        assert local.date().isoformat() < periods[at + 1].starts_on or comes_twice


@given(zones, first_days)
def test_weeks_start_on_monday_and_months_on_the_first(zone: ZoneInfo, first: date) -> None:
    last = first + timedelta(days=90)
    assert all(date.fromisoformat(week.starts_on).weekday() == 0 for week in week_periods(zone, first, last))
    assert all(month.starts_on.endswith("-01") for month in month_periods(zone, first, last))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Madrid", date(2026, 3, 29), 23),
        ("Europe/Madrid", date(2026, 10, 25), 25),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Asia/Kolkata", date(2026, 3, 29), 24),
    ],
)
def test_a_day_is_as_long_as_it_is_there(zone: str, day: date, hours: float) -> None:
    (period,) = day_periods(ZoneInfo(zone), day, day)
    assert (period.ends_at - period.starts_at) / 3600 == hours


def test_a_day_that_a_zone_left_out_is_no_row() -> None:
    days = [
        p.starts_on for p in day_periods(ZoneInfo("Pacific/Apia"), date(2011, 12, 29), date(2011, 12, 31))
    ]
    assert days == ["2011-12-29", "2011-12-31"]


def test_a_week_belongs_to_its_monday_across_the_year() -> None:
    (week,) = week_periods(ZoneInfo("UTC"), date(2026, 1, 1), date(2026, 1, 1))
    assert week.starts_on == "2025-12-29"
    assert week.ends_at == datetime(2026, 1, 5, tzinfo=UTC).timestamp()
