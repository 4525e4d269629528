"""Upserts of records: the hot path, with SQL written once per table for each database.

SQLite: statements of many rows by the driver itself. Postgres: one statement a page, with an array for every
column; COPY into a temporary table, and from there, takes a third longer. SQLAlchemy's own inserts take
several times as long (benchmarks/bench_write_page.py).

A row is not replaced by an older one: when both say when the vendor last changed them, the later stands.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, func, select, type_coerce, update

from phasewise.storage.shapes import Shape, shape
from phasewise.storage.tables import RECORD_TABLES
from phasewise.storage.types import from_epoch

_IDS_AT_A_TIME = 500
"""Ids in one query: under the smallest limit of bound values of any SQLite."""

_FORMS_REMEMBERED = 256
"""Statements kept as text. Pages of one stream mostly fill the same columns."""

_POSTGRES_TYPES: dict[type[Any], str] = {
    str: "text",
    date: "text",
    dict: "text",
    int: "bigint",
    datetime: "bigint",
    Decimal: "bigint",
    bool: "smallint",
    float: "double precision",
}
"""Kind of a field's values → type of its column."""

_OWN_COLUMNS = 6
"""Columns of a record table that say how and when we came by a row, `gone_at` left out."""

_ROWS_TOGETHER = (100, 10)
"""Rows in one statement of SQLite. While a statement runs, other threads may: with a row a statement we would
ask for the interpreter's lock a thousand times a page, and wait for it as often while the next page is made
ready. More than a hundred gain nothing."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the rows of one page have in common.

    Attributes:
        msp_id: the MSP.
        connection_id: the connection.
        at: when the page was fetched, epoch seconds.
        page_id: the raw page they were derived from, None when there is none.
        is_remap: derived again from a stored page: nothing was seen now, and a page only replaces what was
            derived from itself or from an older one.
    """

    msp_id: str
    connection_id: str
    at: int
    page_id: int | None
    is_remap: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store holds of a record: when the vendor changed it, and the page it came from."""

    updated_at: int | None
    raw_page: int | None


def upsert(
    connection: Connection, origin: Origin, form: Shape, columns: Sequence[Any], indexes: Sequence[int]
) -> int:
    """Insert rows or replace those with the same key.

    Args:
        connection: inside a write transaction.
        origin: what they have in common.
        form: the shape of their table.
        columns: one per field, as stored (`shapes.to_columns`); ids are distinct.
        indexes: positions of their payloads in the raw page.

    Returns:
        Rows written; fewer than given where the store has later ones.
    """
    if connection.dialect.name == "sqlite":
        return _upsert_sqlite(connection, origin, form, columns, indexes)
    return _upsert_postgres(connection, origin, form, columns, indexes)


def standings(connection: Connection, origin: Origin, table: str, ids: Sequence[str]) -> dict[str, Standing]:
    """What the store holds of these records: id → standing; one that is not there is left out."""
    c = RECORD_TABLES[table].c
    query = select(c.id, type_coerce(c.updated_at, BigInteger), c.raw_page).where(
        c.msp_id == origin.msp_id,
        c.connection_id == origin.connection_id,
        c.id.in_(bindparam("ids", expanding=True)),
    )
    found: dict[str, Standing] = {}
    for some in chunks(ids):
        rows = connection.execute(query, {"ids": some})
        found |= {row[0]: Standing(row[1], row[2]) for row in rows}
    return found


def mark_seen(connection: Connection, origin: Origin, table: str, column: str, values: Sequence[str]) -> None:
    """Only say that rows were seen: they are there, though what was fetched of them is older.

    Args:
        connection: inside a write transaction.
        origin: what the page says.
        table: table of the rows.
        column: column to find them by, their id or their parent.
        values: its values.
    """
    rows = RECORD_TABLES[table]
    seen = {"seen_at": from_epoch(origin.at), "gone_at": None}
    for some in chunks(values):
        mine = (rows.c.msp_id == origin.msp_id, rows.c.connection_id == origin.connection_id)
        connection.execute(update(rows).where(*mine, rows.c[column].in_(some)).values(seen))


def mark_deleted(connection: Connection, origin: Origin, table: str, ids: Sequence[str]) -> None:
    """Mark rows as gone that the source itself calls deleted, from when it last changed them.

    Only rows that this page has written: the store may hold a later state, in which they are there again.

    Args:
        connection: inside a write transaction, after the page's records were written.
        origin: what the page says.
        table: table of the rows.
        ids: their ids.
    """
    rows = RECORD_TABLES[table]
    when = func.coalesce(rows.c.updated_at, type_coerce(from_epoch(origin.at), rows.c.updated_at.type))
    for some in chunks(ids):
        connection.execute(
            update(rows)
            .where(
                rows.c.msp_id == origin.msp_id,
                rows.c.connection_id == origin.connection_id,
                rows.c.id.in_(some),
                rows.c.raw_page == origin.page_id,
                rows.c.gone_at.is_(None),
            )
            .values(gone_at=when)
        )


def chunks(values: Sequence[str]) -> Iterator[list[str]]:
    """The values in lists short enough for one query."""
    for start in range(0, len(values), _IDS_AT_A_TIME):
        yield list(values[start : start + _IDS_AT_A_TIME])


def _upsert_sqlite(
    connection: Connection, origin: Origin, form: Shape, columns: Sequence[Any], indexes: Sequence[int]
) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None  # a connection in a transaction has one
    names, filled = _filled(form, columns)
    width = len(names) + _OWN_COLUMNS
    most = driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    at, left = repeat(origin.at), len(indexes)
    rows = zip(
        repeat(origin.msp_id), repeat(origin.connection_id), *filled, at, at, repeat(origin.page_id), indexes,
        strict=False,
    )  # fmt: skip
    before = driver.total_changes
    for together in (size for size in _ROWS_TOGETHER if size * width <= most):
        sql = _sqlite_sql(form.table, names, together, origin.is_remap)
        for _ in range(left // together):
            driver.execute(sql, tuple(chain.from_iterable(islice(rows, together))))
        left %= together
    driver.executemany(_sqlite_sql(form.table, names, 1, origin.is_remap), rows)
    return int(driver.total_changes - before)


def _upsert_postgres(
    connection: Connection, origin: Origin, form: Shape, columns: Sequence[Any], indexes: Sequence[int]
) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None  # a connection in a transaction has one
    names, filled = _filled(form, columns)
    kinds = {field.name: field.kinds[0] for field in form.fields}
    arrays = [as_array(kinds[name], column) for name, column in zip(names, filled, strict=True)]
    constants = (origin.msp_id, origin.connection_id, origin.at, origin.at, origin.page_id)
    with driver.cursor() as cursor:
        sql = _postgres_sql(form.table, names, origin.is_remap)
        cursor.execute(sql, (*constants, *arrays, as_array(int, indexes)))
        return int(cursor.rowcount)


def as_array(kind: type[Any], column: Sequence[Any]) -> str:
    """A column as the text of a Postgres array: made whole, not value by value.

    Args:
        kind: of the values, as records have them.
        column: values as stored, texts or numbers; None is NULL.
    """
    if _POSTGRES_TYPES[kind] != "text":
        return f"{{{','.join(map(str, column))}}}".replace("None", "NULL")  # no number has a letter N
    together = "".join(filter(None, column))
    if "\\" in together or '"' in together:
        column = [None if v is None else v.replace("\\", "\\\\").replace('"', '\\"') for v in column]
    if None in column:
        return "{" + ",".join(["NULL" if v is None else f'"{v}"' for v in column]) + "}"
    return '{"' + '","'.join(column) + '"}'


def _filled(form: Shape, columns: Sequence[Any]) -> tuple[tuple[str, ...], list[Any]]:
    """Names and values of the columns in which any row of the page has a value.

    The others are left out of the INSERT, and so are NULL in its rows: no source fills every column, and to
    hand over a NULL costs as much as a value.
    """
    named = [
        (field.name, column)
        for field, column in zip(form.fields, columns, strict=True)
        if column[0] is not None or column.count(None) < len(column)
    ]
    return tuple(name for name, _ in named), [column for _, column in named]


def _names(table: str) -> list[str]:
    return [field.name for field in shape(table).fields]


@lru_cache(maxsize=_FORMS_REMEMBERED)
def _sqlite_sql(table: str, filled: tuple[str, ...], rows: int, is_remap: bool) -> str:
    names = ["msp_id", "connection_id", *filled, "first_seen_at", "seen_at", "raw_page", "raw_index"]
    row = f"({', '.join('?' * len(names))})"
    columns = ", ".join(f'"{name}"' for name in names)
    conflict = _on_conflict(table, is_remap=is_remap)
    return f'INSERT INTO "{table}" ({columns}) VALUES {", ".join([row] * rows)} {conflict}'  # noqa: S608  # names are the tables' own


@lru_cache(maxsize=_FORMS_REMEMBERED)
def _postgres_sql(table: str, filled: tuple[str, ...], is_remap: bool) -> str:
    kinds = {field.name: _POSTGRES_TYPES[field.kinds[0]] for field in shape(table).fields}
    fields = ", ".join(f'"{name}"' for name in (*filled, "raw_index"))
    arrays = ", ".join([*(f"%s::{kinds[name]}[]" for name in filled), "%s::integer[]"])
    insert = (
        f'INSERT INTO "{table}"'  # noqa: S608  # names are the tables' own
        f" (msp_id, connection_id, first_seen_at, seen_at, raw_page, {fields})"
        f" SELECT %s::text, %s::text, %s::bigint, %s::bigint, %s::bigint, {fields}"
        f" FROM unnest({arrays}) AS page ({fields}) "
    )
    return insert + _on_conflict(table, is_remap=is_remap)


def _on_conflict(table: str, *, is_remap: bool) -> str:
    replaced = [*(n for n in _names(table) if n != "id"), "raw_page", "raw_index"]
    sets = [f'"{name}" = excluded."{name}"' for name in replaced]
    later = (
        f'(excluded.updated_at IS NULL OR "{table}".updated_at IS NULL'
        f' OR excluded.updated_at >= "{table}".updated_at)'
    )
    if is_remap:
        mine, stored = "excluded.raw_page", f'"{table}".raw_page'
        later = f"({stored} IS NULL OR {mine} = {stored} OR ({mine} > {stored} AND {later}))"
    else:
        sets += ["seen_at = excluded.seen_at", "gone_at = NULL"]
    return f"ON CONFLICT (msp_id, connection_id, id) DO UPDATE SET {', '.join(sets)} WHERE {later}"
