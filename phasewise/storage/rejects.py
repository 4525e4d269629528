"""Rejects: what could not become a record, kept with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete

from phasewise.storage.engine import MspStore
from phasewise.storage.own_rows import upsert_own
from phasewise.storage.tables import rejects as table

LONGEST_PAYLOAD = 2000
"""Characters of a payload that are kept with its reject; the raw page has it whole."""


@dataclass(frozen=True, slots=True)
class NewReject:
    """Something of a source that could not become a record.

    Attributes:
        place: file and line, or page and position.
        reason: stable short code.
        detail: one sentence for people.
        payload: as sent, as text; cut to 2,000 characters.
        key: the vendor's id, where it could be read.
        field: the field that could not be filled, "" when it is the whole payload.
    """

    place: str
    reason: str
    detail: str
    payload: str = ""
    key: str | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where rejects belong: the slice they are of, and the run that met them."""

    msp_id: str
    connection_id: str
    stream: str
    slice: str
    run_id: str


def put_rejects(connection: Connection, slot: Slot, at: datetime, rejects: Sequence[NewReject]) -> None:
    """Write rejects inside a transaction; one that is there already is replaced, not doubled."""
    rows = {}
    for reject in rejects:
        parts = (slot.connection_id, slot.stream, slot.slice, reject.place, reject.field, reject.reason)
        reject_id = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
        rows[reject_id] = {
            "msp_id": slot.msp_id,
            "reject_id": reject_id,
            "connection_id": slot.connection_id,
            "stream": slot.stream,
            "slice": slot.slice,
            "run_id": slot.run_id,
            "key": reject.key,
            "place": reject.place,
            "field": reject.field,
            "reason": reject.reason,
            "detail": reject.detail,
            "payload": reject.payload[:LONGEST_PAYLOAD],
            "at": at,
        }
    upsert_own(connection, table, list(rows.values()))


def forget_rejects(scope: MspStore, connection_id: str, stream: str, slice: str, run_id: str) -> int:  # noqa: A002  # the word of the field
    """Remove the rejects of a slice that a run which read all of it no longer met.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        stream: the stream.
        slice: the slice's key; call it only after the slice was read from its start to its proven end.
        run_id: that run; its own rejects stay.

    Returns:
        Rejects removed.
    """
    c = table.c
    mine = (c.msp_id == scope.msp_id, c.connection_id == connection_id, c.stream == stream, c.slice == slice)
    with scope.write() as connection:
        return connection.execute(delete(table).where(*mine, c.run_id != run_id)).rowcount
