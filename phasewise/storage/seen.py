"""What a listing of ids shows: rows seen, rows open, rows that a listing no longer has."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from phasewise.model.fields import field_infos
from phasewise.model.records import record_kinds
from phasewise.model.words import STOPPED
from phasewise.storage.engine import MspStore
from phasewise.storage.tables import RECORD_TABLES, raw_pages

IDS_AT_A_TIME = 500


def touch_seen(scope: MspStore, connection_id: str, table: str, ids: Sequence[str], at: datetime) -> int:
    """Note that a listing has these ids: `seen_at` moves, `gone_at` is cleared, also of what went with them.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        table: table of the records.
        ids: the vendor's ids that were listed.
        at: when.

    Returns:
        How many of them the store holds.
    """
    rows = RECORD_TABLES[table]
    mine = (rows.c.msp_id == scope.msp_id, rows.c.connection_id == connection_id)
    found = 0
    with scope.write() as connection:
        for start in range(0, len(ids), IDS_AT_A_TIME):
            listed = rows.c.id.in_(ids[start : start + IDS_AT_A_TIME])
            back = select(rows.c.id, rows.c.gone_at).where(*mine, listed, rows.c.gone_at.is_not(None))
            for row in connection.execute(back).all():
                _bring_back(connection, scope, connection_id, table, row.id, row.gone_at)
            statement = update(rows).where(*mine, listed).values(seen_at=at, gone_at=None)
            found += connection.execute(statement).rowcount
    return found


def _bring_back(
    connection: Connection, scope: MspStore, connection_id: str, table: str, owner: str, gone_at: datetime
) -> None:
    """What went with a row comes back with it; what was gone for itself is so at another instant."""
    for name, field in _belonging_to(table):
        rows = RECORD_TABLES[name]
        connection.execute(
            update(rows)
            .where(
                rows.c.msp_id == scope.msp_id,
                rows.c.connection_id == connection_id,
                rows.c[field] == owner,
                rows.c.gone_at == gone_at,
            )
            .values(gone_at=None)
        )


def mark_unlisted(
    scope: MspStore, connection_id: str, stream: str, table: str, *, seen_since: datetime, now: datetime
) -> int:
    """Set `gone_at` of every row of a stream that a proven-complete listing of all of it did not have.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        stream: the stream whose raw pages the rows were derived from.
        table: table of the rows.
        seen_since: when the listing began; rows seen at or after it stay.
        now: what `gone_at` becomes.

    Returns:
        Rows marked now.
    """
    rows, pages = RECORD_TABLES[table], raw_pages
    of_stream = select(pages.c.page_id).where(
        pages.c.msp_id == scope.msp_id, pages.c.connection_id == connection_id, pages.c.stream == stream
    )
    statement = (
        update(rows)
        .where(
            rows.c.msp_id == scope.msp_id,
            rows.c.connection_id == connection_id,
            rows.c.gone_at.is_(None),
            rows.c.seen_at < seen_since,
            rows.c.raw_page.in_(of_stream),
        )
        .values(gone_at=now)
    )
    with scope.write() as connection:
        return connection.execute(statement).rowcount


def mark_belonging(scope: MspStore, connection_id: str, table: str) -> int:
    """Set `gone_at` of every row that cannot be without a row that is gone: the promises of a deleted ticket.

    Such a row names the other one in a field that it must have. Rows that only mention it stay.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        table: table of the rows that are gone; what belongs to one is gone since the same instant.

    Returns:
        Rows marked now.
    """
    owners, marked = RECORD_TABLES[table], 0
    gone = (
        owners.c.msp_id == scope.msp_id,
        owners.c.connection_id == connection_id,
        owners.c.gone_at.is_not(None),
    )
    with scope.write() as connection:
        for name, field in _belonging_to(table):
            rows = RECORD_TABLES[name]
            since = select(owners.c.gone_at).where(*gone, owners.c.id == rows.c[field]).scalar_subquery()
            statement = (
                update(rows)
                .where(
                    rows.c.msp_id == scope.msp_id,
                    rows.c.connection_id == connection_id,
                    rows.c.gone_at.is_(None),
                    rows.c[field].in_(select(owners.c.id).where(*gone)),
                )
                .values(gone_at=since)
            )
            marked += connection.execute(statement).rowcount
    return marked


def _belonging_to(table: str) -> Iterator[tuple[str, str]]:
    """Tables whose rows must name a row of this one, with the field that does."""
    for name, kind in record_kinds().items():
        for field in dataclasses.fields(kind):
            if field.default is dataclasses.MISSING and field_infos(kind)[field.name].reference == table:
                yield name, field.name


def open_ids(scope: MspStore, connection_id: str, table: str) -> Iterator[str]:
    """Ids of the rows that may still change at the source, ascending.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        table: table of the records; of a kind that nothing says to be open or closed, none is.
    """
    condition = _still_open(table)
    if condition is None:
        return
    rows, last = RECORD_TABLES[table], ""
    query = select(rows.c.id).where(
        rows.c.msp_id == scope.msp_id,
        rows.c.connection_id == connection_id,
        rows.c.gone_at.is_(None),
        condition,
    )
    while True:  # in pieces: no snapshot is held while the source is asked about them
        piece = query.where(rows.c.id > last).order_by(rows.c.id).limit(IDS_AT_A_TIME)
        with scope.read() as connection:
            ids = list(connection.execute(piece).scalars())
        yield from ids
        if len(ids) < IDS_AT_A_TIME:
            return
        last = ids[-1]


def _still_open(table: str) -> ColumnElement[bool] | None:
    columns = RECORD_TABLES[table].c
    if table == "tickets":
        return or_(columns.status.is_(None), columns.status.not_in(sorted(STOPPED)))
    if table == "invoices":
        return columns.paid_on.is_(None)
    for name in ("outcome", "finished_at", "ended_at"):
        if name in columns:
            column = columns[name]
            return or_(column.is_(None), column == "open") if name == "outcome" else column.is_(None)
    return None


def count_rows(scope: MspStore, connection_id: str, table: str) -> int:
    """Rows of a connection that are not gone."""
    rows = RECORD_TABLES[table]
    query = select(func.count()).where(
        rows.c.msp_id == scope.msp_id, rows.c.connection_id == connection_id, rows.c.gone_at.is_(None)
    )
    with scope.read() as connection:
        return int(connection.execute(query).scalar_one())
