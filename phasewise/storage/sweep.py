"""The sweep: rows that a proven-complete listing no longer has are marked as gone, never removed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import RECORD_TABLES, raw_pages


def mark_gone(
    scope: MspStore,
    connection_id: str,
    stream: str,
    slice: str,  # noqa: A002  # the word of the field
    table: str,
    *,
    seen_since: datetime,
    now: datetime,
) -> int:
    """Set `gone_at` of the rows of a slice that were not seen since an instant. Nothing else changes.

    Only call it after a listing that was proven complete. A row seen again is no longer gone: `write_page`
    clears it.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        stream: the stream whose raw pages the rows were derived from.
        slice: the slice that was listed.
        table: table of the rows.
        seen_since: when the listing began; rows seen at or after it stay.
        now: what `gone_at` becomes.

    Returns:
        Rows marked now.
    """
    rows, pages = RECORD_TABLES[table], raw_pages
    derived_here = select(pages.c.page_id).where(
        pages.c.msp_id == scope.msp_id,
        pages.c.connection_id == connection_id,
        pages.c.stream == stream,
        pages.c.slice == slice,
    )
    statement = (
        update(rows)
        .where(
            rows.c.msp_id == scope.msp_id,
            rows.c.connection_id == connection_id,
            rows.c.gone_at.is_(None),
            rows.c.seen_at < seen_since,
            rows.c.raw_page.in_(derived_here),
        )
        .values(gone_at=now)
    )
    with scope.write() as connection:
        return connection.execute(statement).rowcount
