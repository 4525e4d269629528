"""Raw pages: what the sources sent, kept as it was, so that records can be derived again."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from phasewise.errors import StoreError
from phasewise.model.frozen import frozen
from phasewise.storage.engine import MspStore
from phasewise.storage.tables import RECORD_TABLES, raw_pages

_AT_A_TIME = 4
"""Pages read with one query: few, so that memory stays flat and no reader holds a snapshot for long."""

_IDS_AT_A_TIME = 500
"""Ids in one query: under the smallest limit of bound values of any SQLite."""

_AS_WRITTEN = b" "
"""First byte of a page that only Python's own JSON can carry (lone surrogates, integers over 64 bits)."""


@frozen
class StoredPayload:
    """What a source sent for one item.

    Attributes:
        id: the item's id, as the stream's `identify` says it.
        payload: decoded JSON.
    """

    id: str
    payload: Any


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as it was stored.

    Attributes:
        page_id: ascending in the order of commits.
        stream: the stream.
        slice: the slice's key.
        run_id: the run that fetched it.
        fetched_at: when it was fetched.
        payloads: its payloads; a record's `raw_index` is a position in it.
    """

    page_id: int
    stream: str
    slice: str
    run_id: str
    fetched_at: datetime
    payloads: list[StoredPayload]


def read_pages(scope: MspStore, connection_id: str, stream: str | None = None) -> Iterator[RawPage]:
    """Every raw page of a connection in the order of commits, up to the newest one now.

    Pages whose payloads were pruned are left out. Nothing is held open between two pages: the caller may
    write meanwhile.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        stream: only this stream's; None = all.
    """
    c = raw_pages.c
    mine = [c.msp_id == scope.msp_id, c.connection_id == connection_id, c.payload_count > 0]
    if stream is not None:
        mine.append(c.stream == stream)
    with scope.read() as connection:
        newest = connection.execute(select(func.max(c.page_id)).where(*mine)).scalar() or 0
    done = 0
    while done < newest:
        query = (
            select(c.page_id, c.stream, c.slice, c.run_id, c.fetched_at, c.payloads)
            .where(*mine, c.page_id > done, c.page_id <= newest)
            .order_by(c.page_id)
            .limit(_AT_A_TIME)
        )
        with scope.read() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return
        for row in rows:
            yield RawPage(*row[:5], decode(row.payloads))
            done = row.page_id


def payloads_of(
    scope: MspStore,
    connection_id: str,
    stream: str,
    table: str,
    ids: Sequence[str],
    *,
    run_id: str | None = None,
) -> dict[str, Any]:
    """The newest payload behind records, found by their lineage.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        stream: the stream whose payloads are wanted.
        table: table of the records, usually the stream's main one.
        ids: ids of the records.
        run_id: only payloads fetched by this run; None = any.

    Returns:
        Record id → payload; a record that is not there, or whose payload was pruned, is left out.
    """
    found: dict[str, Any] = {}
    with scope.read() as connection:
        by_page = _lineage(connection, scope, connection_id, table, ids)
        c = raw_pages.c
        wanted = sorted(by_page)
        for start in range(0, len(wanted), _AT_A_TIME):
            query = select(c.page_id, c.payloads).where(
                c.msp_id == scope.msp_id,
                c.page_id.in_(wanted[start : start + _AT_A_TIME]),
                c.stream == stream,
                c.payload_count > 0,
            )
            if run_id is not None:
                query = query.where(c.run_id == run_id)
            for page in connection.execute(query):
                payloads = decode(page.payloads)
                found |= {record: payloads[index].payload for record, index in by_page[page.page_id]}
    return found


def encode(payloads: Sequence[StoredPayload]) -> bytes:
    """Payloads as they are stored: zlib of a JSON list of [id, payload].

    What JSON does not have (NaN, infinity) becomes null.
    """
    pairs = [[p.id, p.payload] for p in payloads]
    try:
        text = orjson.dumps(pairs)
    except TypeError:
        text = _AS_WRITTEN + json.dumps(pairs, separators=(",", ":"), default=str).encode("ascii")
    return zlib.compress(text, 1)


def decode(blob: bytes) -> list[StoredPayload]:
    """Payloads out of a stored page.

    Raises:
        StoreError: the page is not what was written.
    """
    try:
        text = zlib.decompress(blob)
    except zlib.error as error:
        raise StoreError("a raw page is damaged", remedy="Restore the newest backup") from error
    pairs = json.loads(text) if text.startswith(_AS_WRITTEN) else orjson.loads(text)
    return [StoredPayload(*pair) for pair in pairs]


def _lineage(
    connection: Connection, scope: MspStore, connection_id: str, table: str, ids: Sequence[str]
) -> dict[int, list[tuple[str, int]]]:
    """Raw page → (record id, position) of the records that come from it."""
    c = RECORD_TABLES[table].c
    by_page: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for start in range(0, len(ids), _IDS_AT_A_TIME):
        query = select(c.id, c.raw_page, c.raw_index).where(
            c.msp_id == scope.msp_id,
            c.connection_id == connection_id,
            c.id.in_(ids[start : start + _IDS_AT_A_TIME]),
            c.raw_index.is_not(None),
        )
        for record, page, index in connection.execute(query):
            by_page[page].append((record, index))
    return by_page
