"""What is not kept for ever: raw payloads by age, and everything of one client on request."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from phasewise.storage.client_rows import ClientRows, delete_rows, find_client_rows
from phasewise.storage.engine import MspStore, Store
from phasewise.storage.raw import decode, encode
from phasewise.storage.tables import RECORD_TABLES, raw_pages, rejects
from phasewise.storage.upsert import chunks

ERASED = "[erased]"
"""What stands in a reject that mentioned an erased client."""

Payloads = dict[str, set[str]]
"""Stream → ids of payloads."""


def prune_raw(scope: MspStore, older_than: datetime) -> int:
    """Empty the raw pages fetched before an instant. Records stay; they can no longer be derived again.

    A page keeps its row, so that its records still know the slice they came by.

    Args:
        scope: the store of one MSP.
        older_than: pages fetched before it are emptied.

    Returns:
        Pages emptied.
    """
    c = raw_pages.c
    mine = (c.msp_id == scope.msp_id, c.fetched_at < older_than, c.payload_count > 0)
    with scope.write() as connection:
        empty = {"payloads": encode([]), "payload_count": 0}
        return connection.execute(update(raw_pages).where(*mine).values(empty)).rowcount


def prune_titles(scope: MspStore, closed_before: datetime) -> int:
    """Take the titles off tickets closed before an instant. Nothing that is measured reads them.

    Args:
        scope: the store of one MSP.
        closed_before: tickets closed before it lose their title.

    Returns:
        Tickets that had one.
    """
    tickets = RECORD_TABLES["tickets"]
    old = (
        tickets.c.msp_id == scope.msp_id,
        tickets.c.closed_at < closed_before,
        tickets.c.title.is_not(None),
    )
    with scope.write() as connection:
        return connection.execute(update(tickets).where(*old).values(title=None)).rowcount


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure removed.

    Attributes:
        records: table → rows removed, their history with them.
        payloads: payloads taken out of raw pages.
        rejects: rejects removed, or emptied where they only mention the client.
    """

    records: Mapping[str, int]
    payloads: int
    rejects: int


def erase_client(scope: MspStore, connection_id: str, client_id: str) -> Erased:
    """Remove everything the store holds of one client, in one transaction.

    Its record, every record that names it, and what belongs to those (events and SLA results of its tickets,
    payments of its invoices); every payload behind them in any raw page, whatever its age; its rejects.

    Not touched: analyses (written once, never changed; they may name the client in a table) and the backups
    that `phasewise db upgrade` left. On Postgres the bytes go with the server's next vacuum.

    Args:
        scope: the store of one MSP.
        connection_id: the connection the client came by.
        client_id: its id there.
    """
    with scope.write() as connection:
        if scope.store.dialect == "sqlite":
            # Overwrites what is deleted with zeros: free pages of the file must not keep it.
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        rows = find_client_rows(connection, scope.msp_id, connection_id, client_id)
        payloads = _payloads_behind(connection, scope, rows)
        cleared = _clear_rejects(connection, scope, rows, payloads)
        moved, taken = _take_out(connection, scope, connection_id, payloads)
        records = delete_rows(connection, scope.msp_id, rows)
        _renumber(connection, scope, connection_id, moved)
    if scope.store.dialect == "sqlite":
        _empty_log(scope.store)
    return Erased(records, taken, cleared)


def _payloads_behind(connection: Connection, scope: MspStore, rows: ClientRows) -> Payloads:
    """The payloads that the rows were derived from."""
    places: dict[int, set[int]] = defaultdict(set)
    for table, ids in rows.ids.items():
        c = RECORD_TABLES[table].c
        for some in chunks(sorted(ids)):
            query = select(c.raw_page, c.raw_index).where(
                c.msp_id == scope.msp_id,
                c.connection_id == rows.connection_id,
                c.id.in_(some),
                c.raw_index.is_not(None),
            )
            for page, index in connection.execute(query):
                places[page].add(index)
    found: Payloads = defaultdict(set)
    p = raw_pages.c
    for page in sorted(places):
        query = select(p.stream, p.payloads).where(
            p.msp_id == scope.msp_id, p.page_id == page, p.payload_count > 0
        )
        for stream, blob in connection.execute(query):
            payloads = decode(blob)
            found[stream] |= {payloads[index].id for index in places[page]}
    return found


def _clear_rejects(connection: Connection, scope: MspStore, rows: ClientRows, payloads: Payloads) -> int:
    """Remove the rejects of the client's payloads; empty those that only mention it.

    The payload of a reject that mentions the client is added to `payloads`: it never became a record, so
    nothing else would find it.
    """
    c = rejects.c
    words = sorted({rows.client_id, *rows.names}, key=len, reverse=True)
    mention = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
    query = select(c.reject_id, c.stream, c.key, c.detail, c.payload).where(
        c.msp_id == scope.msp_id, c.connection_id == rows.connection_id
    )
    gone: list[str] = []
    emptied: list[str] = []
    for reject_id, stream, key, detail, payload in connection.execute(query).all():
        if key is not None and key in payloads.get(stream, ()):
            gone.append(reject_id)
        elif mention.search(payload) or mention.search(detail):
            emptied.append(reject_id)
            if key is not None:
                payloads[stream].add(key)
    mine = c.msp_id == scope.msp_id
    for some in chunks(gone):
        connection.execute(delete(rejects).where(mine, c.reject_id.in_(some)))
    blank = {"key": None, "detail": ERASED, "payload": ERASED}
    for some in chunks(emptied):
        connection.execute(update(rejects).where(mine, c.reject_id.in_(some)).values(blank))
    return len(gone) + len(emptied)


def _take_out(
    connection: Connection, scope: MspStore, connection_id: str, payloads: Payloads
) -> tuple[dict[int, list[int]], int]:
    """Take payloads out of every page of their streams.

    Returns:
        Page → positions that were taken out of it, ascending; and how many payloads that were.
    """
    c = raw_pages.c
    moved: dict[int, list[int]] = {}
    for stream, ids in payloads.items():
        query = select(c.page_id).where(
            c.msp_id == scope.msp_id,
            c.connection_id == connection_id,
            c.stream == stream,
            c.payload_count > 0,
        )
        for page_id in connection.execute(query.order_by(c.page_id)).scalars().all():
            page = (c.msp_id == scope.msp_id, c.page_id == page_id)
            held = decode(connection.execute(select(c.payloads).where(*page)).scalar_one())
            positions = [index for index, payload in enumerate(held) if payload.id in ids]
            if not positions:
                continue
            kept = [payload for payload in held if payload.id not in ids]
            says = {"payloads": encode(kept), "payload_count": len(kept)}
            connection.execute(update(raw_pages).where(*page).values(says))
            moved[page_id] = positions
    return moved, sum(map(len, moved.values()))


def _renumber(
    connection: Connection, scope: MspStore, connection_id: str, moved: Mapping[int, Sequence[int]]
) -> None:
    """Point the records of other clients at the new positions of their payloads.

    One that came from a payload of the erased client (a technician read off its ticket) has none any more.
    """
    pages = sorted(moved)
    for table in RECORD_TABLES.values():
        c = table.c
        mine = (c.msp_id == scope.msp_id, c.connection_id == connection_id)
        changes = []
        for start in range(0, len(pages), 500):
            here = c.raw_page.in_(pages[start : start + 500])
            query = select(c.id, c.raw_page, c.raw_index).where(*mine, here, c.raw_index.is_not(None))
            for id_, page, index in connection.execute(query):
                position = None if index in moved[page] else index - bisect_left(moved[page], index)
                if position != index:
                    changes.append({"row": id_, "position": position})
        if changes:
            statement = update(table).where(*mine, c.id == bindparam("row"))
            connection.execute(statement.values(raw_index=bindparam("position")), changes)


def _empty_log(store: Store) -> None:
    """Write SQLite's log into the file and cut it: until then it holds the pages from before."""
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # an open connection has one
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
