"""Days, weeks and months of an MSP's zone, as rows: measures join them and need no date function.

Each kind tiles time: a period ends where the next one starts. A day is 23 or 25 hours long where clocks
change, and a day that a zone left out (Samoa, 30 December 2011) is no row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, Table, Text, TextClause, delete, select, text, type_coerce

from phasewise.storage.tables import days, months, weeks

FIRST_DAY = date(2010, 1, 1)
"""Nothing that a shop measures is older."""

_EPOCH = date(1970, 1, 1).toordinal()
_SECONDS_A_DAY = 86_400


class Period(NamedTuple):
    """A stretch of local time, as it is stored.

    Attributes:
        starts_on: local date it starts on, ISO.
        starts_at: its local midnight, epoch seconds.
        ends_at: where the next one starts, epoch seconds; exclusive.
    """

    starts_on: str
    starts_at: int
    ends_at: int


def last_day(now: datetime) -> date:
    """The local date up to which periods are kept: the end of the second year after this one."""
    return date(now.year + 2, 12, 31)


@lru_cache(maxsize=16)
def day_periods(zone: ZoneInfo, first: date, last: date) -> tuple[Period, ...]:
    """Every local day from `first` to `last`, both included."""
    return _tile(zone, _steps(first, last, lambda day: day + timedelta(days=1)))


@lru_cache(maxsize=16)
def week_periods(zone: ZoneInfo, first: date, last: date) -> tuple[Period, ...]:
    """Every ISO week (Monday to Sunday) that holds a day from `first` to `last`."""
    monday = first - timedelta(days=first.weekday())
    return _tile(zone, _steps(monday, last, lambda day: day + timedelta(days=7)))


@lru_cache(maxsize=16)
def month_periods(zone: ZoneInfo, first: date, last: date) -> tuple[Period, ...]:
    """Every calendar month that holds a day from `first` to `last`."""
    return _tile(zone, _steps(first.replace(day=1), last, _next_month))


def write_periods(connection: Connection, msp_id: str, zone: ZoneInfo, now: datetime) -> None:
    """Bring the three tables of an MSP to what its zone says now; rows that are right are left alone.

    Every row is compared, because the world changes its rules for a zone too.

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


def _tile(zone: ZoneInfo, starts: Iterator[date]) -> tuple[Period, ...]:
    bounds = [(day, _midnight(zone, day)) for day in starts]
    return tuple(
        Period(day.isoformat(), start, end) for (day, start), (_, end) in pairwise(bounds) if start < end
    )


def _midnight(zone: ZoneInfo, day: date) -> int:
    """Local midnight: the first of two where clocks go back over it, the jump itself where they skip it."""
    offset = datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()
    assert offset is not None  # a zone always has one
    return (day.toordinal() - _EPOCH) * _SECONDS_A_DAY - offset.days * _SECONDS_A_DAY - offset.seconds


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _stored(connection: Connection, table: Table, msp_id: str) -> tuple[Period, ...]:
    c = table.c
    instants = (type_coerce(c.starts_at, BigInteger), type_coerce(c.ends_at, BigInteger))
    query = select(type_coerce(c.starts_on, Text), *instants).where(c.msp_id == msp_id).order_by(c.starts_at)
    return tuple(Period._make(row) for row in connection.execute(query))


def _rewrite(connection: Connection, table: Table, msp_id: str, wanted: tuple[Period, ...]) -> None:
    connection.execute(delete(table).where(table.c.msp_id == msp_id))
    if connection.dialect.name == "postgresql":
        # Thousands of rows as three arrays: a statement for each row would take half a second.
        starts_on, starts_at, ends_at = map(list, zip(*wanted, strict=True))
        bound = {"msp_id": msp_id, "starts_on": starts_on, "starts_at": starts_at, "ends_at": ends_at}
        connection.execute(_insert_arrays(table.name), bound)
        return
    rows = [{"msp_id": msp_id, **period._asdict()} for period in wanted]
    connection.execute(_insert_row(table.name), rows)


def _insert_row(table: str) -> TextClause:
    return text(
        f"INSERT INTO {table} (msp_id, starts_on, starts_at, ends_at)"  # noqa: S608  # one of the three tables
        " VALUES (:msp_id, :starts_on, :starts_at, :ends_at)"
    )


def _insert_arrays(table: str) -> TextClause:
    return text(
        f"INSERT INTO {table} (msp_id, starts_on, starts_at, ends_at)"  # noqa: S608  # one of the three tables
        " SELECT :msp_id, * FROM unnest(CAST(:starts_on AS text[]), CAST(:starts_at AS bigint[]),"
        " CAST(:ends_at AS bigint[]))"
    )
