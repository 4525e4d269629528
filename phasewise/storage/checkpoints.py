"""Where each slice stands: written in the transaction of the rows it speaks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from phasewise.storage.engine import MspStore
from phasewise.storage.own_rows import upsert_own
from phasewise.storage.tables import checkpoints as table

VERSION = 1
"""Version of the form of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a slice stands.

    Attributes:
        slice: the slice's key.
        cursor: the vendor's own resume mark, None = from the start.
        token: fingerprint of the source when it was read to its end, None = always read.
        window_start: inclusive lower bound, aware UTC, None = from the beginning.
        window_end: exclusive upper bound, None = open.
        is_complete: the slice was proven complete.
        fetched: items fetched so far in this slice.
        updated_at: when it was written; the store fills it.
    """

    slice: str
    cursor: str | None
    token: str | None
    window_start: datetime | None
    window_end: datetime | None
    is_complete: bool
    fetched: int
    updated_at: datetime | None = None


def checkpoints(scope: MspStore, connection_id: str, stream: str) -> dict[str, Checkpoint]:
    """The checkpoints of a stream: slice key → checkpoint, in the order of the keys."""
    c = table.c
    query = (
        select(
            c.slice, c.cursor, c.token, c.window_start, c.window_end, c.is_complete, c.fetched, c.updated_at
        )
        .where(c.msp_id == scope.msp_id, c.connection_id == connection_id, c.stream == stream)
        .order_by(c.slice)
    )
    with scope.read() as connection:
        return {row.slice: Checkpoint(*row) for row in connection.execute(query)}


def save_checkpoint(
    scope: MspStore, connection_id: str, stream: str, run_id: str, checkpoint: Checkpoint, now: datetime
) -> None:
    """Write a checkpoint that no page carries (a slice that was read to its end without one)."""
    with scope.write() as connection:
        put_checkpoint(
            connection, scope.msp_id, connection_id, stream, run_id, replace(checkpoint, updated_at=now)
        )


def put_checkpoint(
    connection: Connection, msp_id: str, connection_id: str, stream: str, run_id: str, checkpoint: Checkpoint
) -> None:
    """Write a checkpoint inside a transaction; its `updated_at` must be set."""
    row = {
        "msp_id": msp_id,
        "connection_id": connection_id,
        "stream": stream,
        "slice": checkpoint.slice,
        "version": VERSION,
        "cursor": checkpoint.cursor,
        "token": checkpoint.token,
        "window_start": checkpoint.window_start,
        "window_end": checkpoint.window_end,
        "is_complete": checkpoint.is_complete,
        "fetched": checkpoint.fetched,
        "run_id": run_id,
        "updated_at": checkpoint.updated_at,
    }
    upsert_own(connection, table, [row])
