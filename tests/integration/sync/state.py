"""What a store holds, in a form that can be compared: "ends in the same rows and state"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import RECORD_TABLES, checkpoints, mapped_words, rejects

OURS = frozenset({"first_seen_at", "seen_at", "raw_page", "raw_index"})
"""Columns that say when and how Phasewise came by a row, not what it is."""


def rows_of(scope: MspStore, table: str, *, connection_id: str | None = None) -> list[dict[str, Any]]:
    """Rows of a record table without what is Phasewise's own, by id."""
    drawn = RECORD_TABLES[table]
    columns = [column for column in drawn.c if column.name not in OURS]
    query = select(*columns).where(drawn.c.msp_id == scope.msp_id).order_by(drawn.c.connection_id, drawn.c.id)
    if connection_id is not None:
        query = query.where(drawn.c.connection_id == connection_id)
    with scope.read() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def records_of(scope: MspStore) -> dict[str, list[dict[str, Any]]]:
    """Every record of the MSP: table → rows."""
    return {table: rows for table in RECORD_TABLES if (rows := rows_of(scope, table))}


def rejects_of(scope: MspStore) -> list[tuple[Any, ...]]:
    """(stream, key, place, field, reason) of every reject."""
    c = rejects.c
    query = select(c.stream, c.key, c.place, c.field, c.reason).where(c.msp_id == scope.msp_id)
    with scope.read() as connection:
        return sorted((tuple(row) for row in connection.execute(query)), key=repr)


def words_of(scope: MspStore) -> list[tuple[str, str, str, str]]:
    """(mapping, word, target, origin) of every word seen."""
    c = mapped_words.c
    query = select(c.mapping, c.word, c.target, c.origin).where(c.msp_id == scope.msp_id)
    with scope.read() as connection:
        return sorted((tuple(row) for row in connection.execute(query)), key=repr)


def positions_of(scope: MspStore) -> list[tuple[Any, ...]]:
    """Where every slice stands: (stream, slice, cursor, start, end, complete)."""
    c = checkpoints.c
    query = select(c.stream, c.slice, c.cursor, c.window_start, c.window_end, c.is_complete).where(
        c.msp_id == scope.msp_id
    )
    with scope.read() as connection:
        return sorted((tuple(row) for row in connection.execute(query)), key=repr)


def everything(scope: MspStore) -> dict[str, Any]:
    """All that a run leaves behind and that does not depend on when it ran."""
    return {
        "records": records_of(scope),
        "rejects": rejects_of(scope),
        "words": words_of(scope),
        "positions": positions_of(scope),
    }
