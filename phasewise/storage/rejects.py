"""Rejects: what could not become a record, kept with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

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
