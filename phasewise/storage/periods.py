"""Days, weeks and months of an MSP's zone, as rows: measures join them and need no date function.

Each kind tiles time: a period ends where the next one starts. A day is 23 or 25 hours long where clocks
change, and a day that a zone left out (Samoa, 30 December 2011) is no row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, TextClause, delete, insert, select, text

from phasewise.storage.tables import days, months, weeks
from phasewise.storage.types import to_epoch

FIRST_DAY = date(2010, 1, 1)
"""Nothing that a shop measures is older."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of local time.

    Attributes:
        starts_on: local date it starts on.
        starts_at: instant of its local midnight, aware UTC.
        ends_at: instant at which the next one starts; exclusive.
    """

    starts_on: date
    starts_at: datetime
    ends_at: datetime


def last_day(now: datetime) -> date:
    """The local date up to which periods are kept: the end of the second year after this one."""
    return date(now.year + 2, 12, 31)


def day_periods(zone: ZoneInfo, first: date, last: date) -> list[Period]:
    """Every local day from `first` to `last`, both included."""
    return _tile(zone, _steps(first, last, lambda day: day + timedelta(days=1)))


def week_periods(zone: ZoneInfo, first: date, last: date) -> list[Period]:
    """Every ISO week (Monday to Sunday) that holds a day from `first` to `last`."""
    monday = first - timedelta(days=first.weekday())
    return _tile(zone, _steps(monday, last, lambda day: day + timedelta(days=7)))


def month_periods(zone: ZoneInfo, first: date, last: date) -> list[Period]:
    """Every calendar month that holds a day from `first` to `last`."""
    return _tile(zone, _steps(first.replace(day=1), last, _next_month))


def write_periods(connection: Connection, msp_id: str, zone: ZoneInfo, now: datetime) -> None:
    """Bring the three tables of an MSP to what its zone says now; rows that are right are left alone.

    Args:
        connection: inside a write transaction.
        msp_id: the MSP.
        zone: its zone; another one than before rewrites every row.
        now: decides how far into the future the rows reach.
    """
    last = last_day(now)
    for table, make in ((days, day_periods), (weeks, week_periods), (months, month_periods)):
        wanted = make(zone, FIRST_DAY, last)
        if _stored(connection, table, msp_id) != wanted:
            _rewrite(connection, table, msp_id, wanted)


def _steps(first: date, last: date, step: Callable[[date], date]) -> Iterator[date]:
    """The starts of every period up to `last`, and of the one after, which ends the last."""
    day = first
    while day <= last:
        yield day
        day = step(day)
    yield day


def _tile(zone: ZoneInfo, starts: Iterator[date]) -> list[Period]:
    # Local midnight: the first of two where clocks go back over it, the jump itself where they skip it.
    bounds = [(day, datetime.combine(day, time.min, zone).astimezone(UTC)) for day in starts]
    return [Period(day, start, end) for (day, start), (_, end) in pairwise(bounds) if start < end]


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _stored(connection: Connection, table: Table, msp_id: str) -> list[Period]:
    columns = (table.c.starts_on, table.c.starts_at, table.c.ends_at)
    rows = connection.execute(select(*columns).where(table.c.msp_id == msp_id).order_by(table.c.starts_at))
    return [Period(*row) for row in rows]


def _rewrite(connection: Connection, table: Table, msp_id: str, wanted: list[Period]) -> None:
    connection.execute(delete(table).where(table.c.msp_id == msp_id))
    if connection.dialect.name == "postgresql":
        # Thousands of rows as three arrays: a statement for each row would take half a second.
        columns = {
            "starts_on": [p.starts_on.isoformat() for p in wanted],
            "starts_at": [to_epoch(p.starts_at) for p in wanted],
            "ends_at": [to_epoch(p.ends_at) for p in wanted],
        }
        connection.execute(_unnest(table.name), {"msp_id": msp_id, **columns})
        return
    connection.execute(
        insert(table),
        [
            {"msp_id": msp_id, "starts_on": p.starts_on, "starts_at": p.starts_at, "ends_at": p.ends_at}
            for p in wanted
        ],
    )


def _unnest(table: str) -> TextClause:
    return text(
        f"INSERT INTO {table} (msp_id, starts_on, starts_at, ends_at)"  # noqa: S608  # one of the three tables
        " SELECT :msp_id, * FROM unnest(CAST(:starts_on AS text[]), CAST(:starts_at AS bigint[]),"
        " CAST(:ends_at AS bigint[]))"
    )
