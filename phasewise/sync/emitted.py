"""What a remap derives, remembered on disk, so that what is no longer derived can be found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from phasewise.storage.engine import MspStore
from phasewise.storage.orphans import delete_rows, lineage
from phasewise.storage.sink import Derived


@contextmanager
def remembering() -> Iterator[sqlite3.Connection]:
    """A temporary database, gone at the end: memory stays flat however much is derived."""
    with closing(sqlite3.connect("", isolation_level=None)) as spool:
        spool.execute("PRAGMA journal_mode = OFF")
        spool.execute("PRAGMA cache_size = -8192")
        spool.execute(
            "CREATE TABLE emitted (kind TEXT, id TEXT, page INTEGER, "
            "PRIMARY KEY (kind, id, page)) WITHOUT ROWID"
        )
        spool.execute("CREATE TABLE pages (page INTEGER PRIMARY KEY)")
        spool.execute("BEGIN")
        yield spool


def remember(spool: sqlite3.Connection, page_id: int, records: Sequence[Derived]) -> None:
    """Note the records that a raw page becomes now."""
    spool.execute("INSERT OR IGNORE INTO pages VALUES (?)", (page_id,))
    spool.executemany(
        "INSERT OR IGNORE INTO emitted VALUES (?, ?, ?)",
        [
            (
                type(one.record).__record__.table,
                str(one.record.id).encode("utf-8", "replace").decode(),
                page_id,
            )
            for one in records
        ],
    )


def delete_no_longer_emitted(
    spool: sqlite3.Connection, scope: MspStore, connection_id: str, tables: Sequence[str]
) -> dict[str, int]:
    """Delete rows whose own raw page was derived again and did not become them.

    Rows whose raw page was pruned cannot be judged and stay.

    Returns:
        Table → rows deleted, only where there were any.
    """
    deleted: dict[str, int] = {}
    for table in tables:
        orphans = [
            id_
            for piece in lineage(scope, connection_id, table)
            for id_, page in piece
            if _is_orphan(spool, table, id_, page)
        ]
        if orphans:
            deleted[table] = delete_rows(scope, connection_id, table, orphans)
    return deleted


def _is_orphan(spool: sqlite3.Connection, table: str, id_: str, page: int) -> bool:
    return bool(
        spool.execute(
            "SELECT EXISTS (SELECT 1 FROM pages WHERE page = :page) AND NOT EXISTS "
            "(SELECT 1 FROM emitted WHERE kind = :kind AND id = :id AND page = :page)",
            {"page": page, "kind": table, "id": id_},
        ).fetchone()[0]
    )
