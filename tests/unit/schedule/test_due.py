"""Which due key is the newest, over every edge a wall clock has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.config.due import newest_due, next_due, reached_at

MADRID, NEW_YORK = ZoneInfo("Europe/Madrid"), ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
"""Its clocks change by half an hour."""

EDGES = [
    (MADRID, "2026-03-29", "2026-10-25"),
    (NEW_YORK, "2026-03-08", "2026-11-01"),
    (LORD_HOWE, "2026-10-04", "2026-04-05"),
]


def keys_of_a_service(
    cron: str, zone: ZoneInfo, start: datetime, end: datetime, step: timedelta
) -> list[str]:
    """Due keys in the order in which a service that looks every `step` does them, each done once."""
    done: list[str] = []
    now = start
    while now <= end:
        key = newest_due(cron, zone, now)
        if key is not None and key not in done:
            done.append(key)
        now += step
    return done


def noon(zone: ZoneInfo, day: str, offset_days: int = 0) -> datetime:
    return (
        datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=zone) + timedelta(days=offset_days)
    ).astimezone(UTC)


@pytest.mark.parametrize(("zone", "spring", "autumn"), EDGES, ids=lambda v: getattr(v, "key", v))
@pytest.mark.parametrize("cron", ["30 2 * * *", "45 1 * * *", "0 3 * * *", "15 4 * * *"])
@pytest.mark.parametrize("edge", ["spring", "autumn"])
def test_every_night_has_one_run_also_when_clocks_change(zone, spring, autumn, cron, edge):
    day = {"spring": spring, "autumn": autumn}[edge]
    done = keys_of_a_service(cron, zone, noon(zone, day, -2), noon(zone, day, 2), timedelta(minutes=7))
    nights = sorted({key[:10] for key in done})
    assert len(done) == len(nights) == 5  # the night before the start is caught up
    assert nights[-3] == day


def test_a_skipped_hour_is_reached_when_the_clocks_jump_past_it():
    assert reached_at(datetime.fromisoformat("2026-03-29T02:30"), MADRID) == datetime(
        2026, 3, 29, 1, 0, tzinfo=UTC
    )
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert newest_due("30 2 * * *", MADRID, before) == "2026-03-28T02:30"
    assert newest_due("30 2 * * *", MADRID, before + timedelta(minutes=1)) == "2026-03-29T02:30"
    assert next_due("30 2 * * *", MADRID, before) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_restart_between_the_two_half_past_twos_finds_the_same_key():
    first, second = (datetime(2026, 10, 25, h, 30, tzinfo=UTC) for h in (0, 1))
    assert first.astimezone(MADRID).hour == second.astimezone(MADRID).hour == 2
    between = first + timedelta(minutes=20)
    assert newest_due("30 2 * * *", MADRID, first) == "2026-10-25T02:30"
    assert newest_due("30 2 * * *", MADRID, between) == "2026-10-25T02:30"
    assert newest_due("30 2 * * *", MADRID, second) == "2026-10-25T02:30"
    assert next_due("30 2 * * *", MADRID, between) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("hours", [1, 35])
def test_what_was_missed_within_36_hours_is_caught_up(hours):
    due = datetime(2026, 6, 10, 2, 15, tzinfo=UTC)
    assert newest_due("15 4 10 * *", MADRID, due + timedelta(hours=hours)) == "2026-06-10T04:15"


def test_what_was_missed_longer_ago_is_left():
    due = datetime(2026, 6, 10, 2, 15, tzinfo=UTC)
    assert newest_due("15 4 10 * *", MADRID, due + timedelta(hours=36, minutes=1)) is None


def test_only_the_newest_of_many_missed_keys_is_caught_up():
    assert newest_due("0 * * * *", MADRID, datetime(2026, 6, 10, 9, 59, tzinfo=UTC)) == "2026-06-10T11:00"


def test_sunday_is_zero_and_seven():
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert (
        newest_due("15 4 * * 0", MADRID, now) == newest_due("15 4 * * 7", MADRID, now) == "2026-11-22T04:15"
    )


instants = st.integers(
    int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2029, 12, 31, tzinfo=UTC).timestamp())
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.sampled_from([MADRID, NEW_YORK, LORD_HOWE, ZoneInfo("UTC"), ZoneInfo("Pacific/Apia")])
crons = st.sampled_from(["15 4 * * *", "30 2 * * *", "*/20 * * * *", "0 0 * * 0", "5 1 1 * *"])


@given(cron=crons, zone=zones, now=instants)
def test_a_key_is_never_due_before_it_is_reached(cron, zone, now):
    key = newest_due(cron, zone, now)
    if key is not None:
        reached = reached_at(datetime.fromisoformat(key), zone)
        assert now - timedelta(hours=36) <= reached <= now


@given(cron=crons, zone=zones, now=instants)
def test_the_next_time_is_in_the_future_and_a_moment_later_it_is_due(cron, zone, now):
    due = next_due(cron, zone, now)
    assert due > now
    assert newest_due(cron, zone, due.astimezone(UTC)) is not None


@given(zone=zones, now=instants, step=st.integers(-3 * 3600, 3 * 3600))
def test_a_step_of_the_clock_never_makes_a_key_of_the_future_due(zone, now, step):
    stepped = now + timedelta(seconds=step)
    key = newest_due("15 4 * * *", zone, stepped)
    assert key is None or datetime.fromisoformat(key) <= stepped.astimezone(zone).replace(tzinfo=None)
