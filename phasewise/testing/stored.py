"""What a store holds of one MSP, in a form that can be compared: rows without how and when we got them."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import select

from phasewise.model.fields import field_infos
from phasewise.model.records import record_kinds
from phasewise.storage.engine import MspStore
from phasewise.storage.tables import RECORD_TABLES

OURS = frozenset({"msp_id", "first_seen_at", "seen_at", "raw_page", "raw_index", "gone_at", "requester"})
"""Columns that say how and when Phasewise came by a row, not what it is; and the hash of the requester, whose
key every MSP has of its own."""


def stored_rows(scope: MspStore) -> dict[str, list[dict[str, Any]]]:
    """Table → rows, by connection and id; tables without rows are left out."""
    return {name: rows for name in RECORD_TABLES if (rows := _rows(scope, name))}


def gone_ids(scope: MspStore, table: str) -> set[str]:
    """Ids of the rows that the source no longer has."""
    drawn = RECORD_TABLES[table]
    query = select(drawn.c.id).where(drawn.c.msp_id == scope.msp_id, drawn.c.gone_at.is_not(None))
    with scope.read() as connection:
        return {str(row.id) for row in connection.execute(query)}


def ids_of_gone_owners(scope: MspStore, table: str) -> set[str]:
    """Ids of the rows that must name another row and name one that is gone: events of a deleted ticket."""
    kind, found = record_kinds()[table], set()
    for field in dataclasses.fields(kind):
        owner = field_infos(kind)[field.name].reference
        if field.default is dataclasses.MISSING and owner:
            gone = gone_ids(scope, owner)
            found |= {row["id"] for row in _rows(scope, table) if row[field.name] in gone}
    return found


def _rows(scope: MspStore, table: str) -> list[dict[str, Any]]:
    drawn = RECORD_TABLES[table]
    columns = [column for column in drawn.c if column.name not in OURS]
    query = select(*columns).where(drawn.c.msp_id == scope.msp_id)
    with scope.read() as connection:
        rows = [row._asdict() for row in connection.execute(query)]
    # Sorted here: the databases do not agree on the order of texts.
    return sorted(rows, key=lambda row: (row["connection_id"], row["id"]))
