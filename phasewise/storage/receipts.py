"""Receipts: what a sync of a slice proves. Every number says which of them it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import case, func, select

from phasewise.storage.engine import MspStore
from phasewise.storage.own_rows import upsert_own
from phasewise.storage.tables import receipts as table

Status = Literal["complete", "partial", "failed", "later", "skipped", "unchanged"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sync of a slice proves.

    Attributes:
        run_id: the run that wrote it.
        connection_id: the connection.
        stream: the stream.
        slice: the slice's key.
        mode: full, increment, resume, reconcile, remap; and why.
        status: complete only if it is proven.
        proof: declared_total, end_mark, whole_file or none.
        window_start: inclusive lower bound of the slice, None = from the beginning.
        window_end: exclusive upper bound, None = open.
        declared: items the source says there are, None when it does not say.
        rows_read: rows or items fetched from the source.
        stored: main records written.
        rejected: payloads or rows that became rejects.
        records: table → records written.
        reasons: reject reason → count.
        message: why it is not complete, with the remedy; None when it is.
        requests: requests sent for the slice: tries, redirects and requests for tokens included.
        started_at: when the slice was begun.
        finished_at: when it was done with.
    """

    run_id: str
    connection_id: str
    stream: str
    slice: str
    mode: str
    status: Status
    proof: str
    window_start: datetime | None
    window_end: datetime | None
    declared: int | None
    rows_read: int
    stored: int
    rejected: int
    records: Mapping[str, int]
    reasons: Mapping[str, int]
    message: str | None
    requests: int
    started_at: datetime
    finished_at: datetime


_COLUMNS = [table.c[field.name] for field in fields(Receipt)]


def write_receipt(scope: MspStore, receipt: Receipt) -> str:
    """Store a receipt; the same one again changes nothing.

    Returns:
        Its id: a hash of run, connection, stream, slice, mode and start.
    """
    parts = (receipt.run_id, receipt.connection_id, receipt.stream, receipt.slice, receipt.mode)
    text = "\x1f".join((*parts, receipt.started_at.isoformat()))
    receipt_id = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
    row = {"msp_id": scope.msp_id, "receipt_id": receipt_id, **asdict(receipt)}
    with scope.write() as connection:
        upsert_own(connection, table, [row])
    return receipt_id


def latest_receipts(scope: MspStore, connection_id: str | None = None) -> list[Receipt]:
    """The newest receipt of every slice that says how the slice stands.

    An `unchanged` receipt only confirms an older one, which is returned in its place; it stands for itself
    where there is no older one.

    Args:
        scope: the store of one MSP.
        connection_id: only this connection's; None = all.

    Returns:
        One receipt per (connection, stream, slice), in that order.
    """
    c = table.c
    confirms = case((c.status == "unchanged", 1), else_=0)
    rank = func.row_number().over(
        partition_by=(c.connection_id, c.stream, c.slice),
        order_by=(confirms, c.finished_at.desc(), c.started_at.desc(), c.receipt_id),
    )
    query = select(*_COLUMNS, rank.label("rank")).where(c.msp_id == scope.msp_id)
    if connection_id is not None:
        query = query.where(c.connection_id == connection_id)
    ranked = query.subquery()
    newest = (
        select(*(ranked.c[column.name] for column in _COLUMNS))
        .where(ranked.c.rank == 1)
        .order_by(ranked.c.connection_id, ranked.c.stream, ranked.c.slice)
    )
    with scope.read() as connection:
        return [Receipt(*row) for row in connection.execute(newest)]
