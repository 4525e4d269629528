"""Rows that cannot or need not be derived again: their payload was pruned, or no longer becomes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, func, select

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import RECORD_TABLES, raw_pages

ROWS_AT_A_TIME = 2_000
IDS_AT_A_TIME = 500
"""Ids in one statement: under the smallest limit of bound values of any SQLite."""


def lineage(scope: MspStore, connection_id: str, table: str) -> Iterator[list[tuple[str, int]]]:
    """(id, raw page) of every row of a connection that came from a raw page, by id, in pieces.

    Nothing is held open between two pieces: the caller may write meanwhile.
    """
    rows, last = RECORD_TABLES[table], ""
    query = (
        select(rows.c.id, rows.c.raw_page)
        .where(
            rows.c.msp_id == scope.msp_id,
            rows.c.connection_id == connection_id,
            rows.c.raw_page.is_not(None),
        )
        .order_by(rows.c.id)
        .limit(ROWS_AT_A_TIME)
    )
    while True:
        with scope.read() as connection:
            found = [(row.id, row.raw_page) for row in connection.execute(query.where(rows.c.id > last))]
        if not found:
            return
        yield found
        last = found[-1][0]


def delete_rows(scope: MspStore, connection_id: str, table: str, ids: Sequence[str]) -> int:
    """Delete rows that should never have been there; what a source no longer has is marked instead.

    Returns:
        Rows deleted.
    """
    rows = RECORD_TABLES[table]
    mine = (rows.c.msp_id == scope.msp_id, rows.c.connection_id == connection_id)
    with scope.write() as connection:
        return sum(
            connection.execute(
                delete(rows).where(*mine, rows.c.id.in_(ids[start : start + IDS_AT_A_TIME]))
            ).rowcount
            for start in range(0, len(ids), IDS_AT_A_TIME)
        )


def count_pruned(scope: MspStore, connection_id: str, stream: str, table: str) -> int:
    """Rows whose raw payload was pruned, so that they cannot be derived again."""
    rows, pages = RECORD_TABLES[table], raw_pages
    pruned = select(pages.c.page_id).where(
        pages.c.msp_id == scope.msp_id,
        pages.c.connection_id == connection_id,
        pages.c.stream == stream,
        pages.c.payload_count == 0,
    )
    query = select(func.count()).where(
        rows.c.msp_id == scope.msp_id,
        rows.c.connection_id == connection_id,
        rows.c.raw_page.in_(pruned),
    )
    with scope.read() as connection:
        return int(connection.execute(query).scalar_one())
