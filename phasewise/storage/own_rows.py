"""Rows of Phasewise's own tables, by their primary key; records have a way of their own (upsert.py).

Some of these are written with every page, and pages may be small: a statement is put into words once a table
and handed to the driver as it is. Through SQLAlchemy it takes several times as long as in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as a driver wants it.

    Attributes:
        sql: the text.
        columns: the columns it fills, in the order of its values, each with what turns its values into stored
            ones (None = they are stored as they are).
        by_name: the values are given by name, not by position.
    """

    sql: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    by_name: bool


def insert_own(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row whose key is not there."""
    _execute(connection, _form(table, connection.dialect.name, tuple(row), replaces=False), [row])


def upsert_own(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or replace those with the same primary key; every row names every column it fills."""
    if rows:
        form = _form(table, connection.dialect.name, tuple(rows[0]), replaces=True)
        _execute(connection, form, rows)


def _execute(connection: Connection, form: _Form, rows: Sequence[Mapping[str, Any]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # a connection in a transaction has one
    values = [_values(form, row) for row in rows]
    cursor = driver.cursor()
    try:
        if len(values) == 1:
            cursor.execute(form.sql, values[0])
        else:  # without waiting for a server's answer to each
            cursor.executemany(form.sql, values)
    finally:
        cursor.close()


def _values(form: _Form, row: Mapping[str, Any]) -> Any:
    made = {name: row[name] if stored is None else stored(row[name]) for name, stored in form.columns}
    return made if form.by_name else tuple(made.values())


@cache
def _form(table: Table, database: str, columns: tuple[str, ...], *, replaces: bool) -> _Form:
    statement, dialect = _postgres(table) if database == "postgresql" else _sqlite(table)
    if replaces:
        key = [column.name for column in table.primary_key]
        rest = {name: statement.excluded[name] for name in columns if name not in key}
        statement = statement.on_conflict_do_update(index_elements=key, set_=rest)
    made = statement.compile(dialect=dialect, column_keys=columns)
    names = columns if made.positiontup is None else made.positiontup
    types = {name: table.c[name].type.bind_processor(dialect) for name in names}
    return _Form(str(made), tuple(types.items()), by_name=made.positiontup is None)


# The dialect that is not in use takes a tenth of a second to import.


def _postgres(table: Table) -> tuple[Any, Dialect]:
    from sqlalchemy.dialects.postgresql import insert, psycopg  # noqa: PLC0415  # see above

    return insert(table), psycopg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it


def _sqlite(table: Table) -> tuple[Any, Dialect]:
    from sqlalchemy.dialects.sqlite import insert, pysqlite  # noqa: PLC0415  # see above

    return insert(table), pysqlite.dialect()
