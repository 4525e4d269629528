"""Upsert into Phasewise's own tables, by their primary key; records have a faster way (upsert.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert_own(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or replace those with the same primary key; every row names every column it fills."""
    if rows:
        connection.execute(_statement(table, connection.dialect.name, tuple(rows[0])), list(rows))


@cache
def _statement(table: Table, dialect: str, columns: tuple[str, ...]) -> Insert:
    key = [column.name for column in table.primary_key]
    rest = [name for name in columns if name not in key]
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table)
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in rest}
    )
