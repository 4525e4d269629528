"""When a cron expression is due on the wall clock of a zone. Pure.

A key is a *wall time without fold*: `30 2 * * *` has one key on the night that has two 02:30s, reached at the
first, and one on the night that has none, reached when the clocks jump past it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

LOOKBACK = timedelta(hours=36)
"""How long after it was due a job is still caught up."""


def newest_due(cron: str, zone: ZoneInfo, now: datetime, lookback: timedelta = LOOKBACK) -> str | None:
    """The newest due key up to now, as local wall time `YYYY-MM-DDTHH:MM`; None when none is recent enough.

    Args:
        cron: five fields, on the wall clock of the zone.
        zone: the zone.
        now: this instant, aware.
        lookback: how long ago a key may have been reached.
    """
    wall = now.astimezone(zone).replace(tzinfo=None)
    key = next(CronSim(cron, wall + timedelta(minutes=1), reverse=True))
    if key > wall:
        key = next(CronSim(cron, wall, reverse=True))
    return f"{key:%Y-%m-%dT%H:%M}" if reached_at(key, zone) >= now - lookback else None


def next_due(cron: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The next instant at which a key is reached, in the zone."""
    keys = CronSim(cron, now.astimezone(zone).replace(tzinfo=None))
    while (instant := reached_at(next(keys), zone)) <= now:
        continue
    return instant.astimezone(zone)


def reached_at(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, aware UTC, at which the clocks of a zone show a wall time or have jumped past it."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    # The wall time is skipped. One reading lies before the jump, the other after it: halve until the jump.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    while after - before > timedelta(minutes=1):
        middle = (before + (after - before) / 2).replace(second=0, microsecond=0)
        passed = middle.astimezone(zone).replace(tzinfo=None) >= wall
        before, after = (before, middle) if passed else (middle, after)
    return after
