"""Upsert into Phasewise's own tables, by their primary key; records have a faster way (upsert.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table


def upsert_own(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or replace those with the same primary key; every row names every column it fills."""
    if rows:
        connection.execute(_statement(table, connection.dialect.name, tuple(rows[0])), list(rows))


@cache
def _statement(table: Table, dialect: str, columns: tuple[str, ...]) -> Insert:
    key = [column.name for column in table.primary_key]
    rest = [name for name in columns if name not in key]
    # The dialect that is not in use takes a tenth of a second to import.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # see above

        into = postgresql.insert(table)
        return into.on_conflict_do_update(index_elements=key, set_={n: into.excluded[n] for n in rest})
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415  # see above

    row = sqlite.insert(table)
    return row.on_conflict_do_update(index_elements=key, set_={n: row.excluded[n] for n in rest})
