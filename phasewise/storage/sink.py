"""The sink: one page of a source becomes one transaction of the store, whole or not at all."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from phasewise.model.frozen import frozen
from phasewise.storage.checkpoints import Checkpoint, put_checkpoint
from phasewise.storage.engine import MspStore
from phasewise.storage.own_rows import insert_own, upsert_own
from phasewise.storage.page_tables import Group, Refused, write_groups
from phasewise.storage.raw import StoredPayload, encode
from phasewise.storage.rejects import NewReject, Slot, put_rejects
from phasewise.storage.shapes import shape, to_columns
from phasewise.storage.tables import mapped_words, raw_pages
from phasewise.storage.types import to_epoch
from phasewise.storage.upsert import Origin, mark_deleted

__all__ = [
    "Checkpoint",
    "Derived",
    "MappedWord",
    "NewReject",
    "PageCounts",
    "PageWrite",
    "Prepared",
    "StoredPayload",
    "prepare",
    "write_page",
]


_NEWEST = select(func.max(raw_pages.c.page_id)).where(raw_pages.c.msp_id == bindparam("msp"))


@frozen
class Derived:
    """A record and where it came from.

    Attributes:
        index: position of its payload in the page.
        record: the record.
    """

    index: int
    record: Any


@dataclass(frozen=True, slots=True)
class MappedWord:
    """A vendor's word that was seen, and what it was taken for.

    Attributes:
        mapping: name of the mapping table (status, priority, type, …).
        word: the vendor's word.
        target: the neutral word.
        origin: default (the connector's guess) or operator.
    """

    mapping: str
    word: str
    target: str
    origin: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """Payloads and records of a page as they will be written: all that takes time and no database.

    Attributes:
        groups: the records, a group a table.
        duplicates: records that another one of the same page and id took the place of.
        blob: the payloads as a raw page, None where there is none.
    """

    groups: Sequence[Group]
    duplicates: int
    blob: bytes | None


@dataclass(frozen=True, slots=True)
class PageWrite:
    """What one page of a source brings.

    Attributes:
        connection_id: the connection.
        stream: the stream.
        slice: the slice's key.
        run_id: the run that fetched it.
        at: when it was fetched; for a remap, when the stored page was.
        payloads: what the source sent.
        records: what the payloads became.
        rejects: what could not become a record.
        checkpoint: where the slice stands after this page.
        replaced: child table → (parent field, parent ids in this page): children of these parents that are
            not among `records` are deleted.
        keep_raw: False for a remap: records only, the raw page is there already.
        page_id: for a remap, the stored page that the payloads were read from.
        words: the vendor's words that were seen.
        deleted: table → ids of records that the source says are deleted: marked as gone when it changed them.
        prepared: what `prepare` made of these payloads and records; None = it is made when they are written.
    """

    connection_id: str
    stream: str
    slice: str
    run_id: str
    at: datetime
    payloads: Sequence[StoredPayload]
    records: Sequence[Derived]
    rejects: Sequence[NewReject]
    checkpoint: Checkpoint
    replaced: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    keep_raw: bool = True
    words: Sequence[MappedWord] = ()
    page_id: int | None = None
    deleted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    prepared: Prepared | None = None


@dataclass(frozen=True, slots=True)
class PageCounts:
    """What became of a page.

    Attributes:
        page_id: its raw page, None where it had no payload.
        written: table → rows inserted or replaced.
        stale: records left alone, because the store has a later state of them.
        duplicates: records that another one of the same page and id took the place of.
        deleted: child table → rows that their parent no longer has.
        refused: records that no database can hold; stored as rejects beside those of the page.
        replaced_characters: characters that no database keeps, stored as U+FFFD.
    """

    page_id: int | None
    written: Mapping[str, int]
    stale: int = 0
    duplicates: int = 0
    deleted: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[NewReject, ...] = ()
    replaced_characters: int = 0


def prepare(payloads: Sequence[StoredPayload], records: Sequence[Derived]) -> Prepared:
    """Work out what will be written of a page, without the store: in another thread, while one is written.

    Args:
        payloads: what the source sent.
        records: what the payloads became.
    """
    groups, duplicates = _by_table(records)
    return Prepared(groups, duplicates, encode(payloads) if payloads else None)


def write_page(scope: MspStore, page: PageWrite) -> PageCounts:
    """Store a page: raw payloads, records, history, rejects, words and checkpoint in one transaction.

    A record that is there is replaced, unless both states say when the vendor changed it and the stored one
    is later; then it is only marked as seen. `first_seen_at` stays, `gone_at` is cleared. Of two records
    with one id in a page the later stands, by the same rule.

    Args:
        scope: the store of one MSP.
        page: what the source brought.

    Raises:
        StoreError: the store cannot be written; nothing of the page was.
    """
    ready = page.prepared or prepare(page.payloads if page.keep_raw else (), page.records)
    slot = Slot(scope.msp_id, page.connection_id, page.stream, page.slice, page.run_id)
    checkpoint = replace(page.checkpoint, updated_at=page.checkpoint.updated_at or page.at)
    with scope.write() as connection:
        _let_the_disk_follow(connection)
        page_id = page.page_id if ready.blob is None else _write_raw(connection, slot, page, ready.blob)
        origin = Origin(scope.msp_id, page.connection_id, to_epoch(page.at), page_id, not page.keep_raw)
        written = write_groups(connection, origin, ready.groups, page.replaced)
        for table, ids in page.deleted.items():
            mark_deleted(connection, origin, table, ids)
        refused = tuple(_as_reject(refusal, page) for refusal in written.refused)
        put_rejects(connection, slot, page.at, (*page.rejects, *refused))
        _write_words(connection, scope, page)
        put_checkpoint(connection, scope.msp_id, page.connection_id, page.stream, page.run_id, checkpoint)
    return PageCounts(
        page_id=page_id,
        written=written.rows,
        stale=sum(map(len, written.stale.values())),
        duplicates=ready.duplicates,
        deleted=written.deleted,
        refused=refused,
        replaced_characters=written.replaced_characters,
    )


def _let_the_disk_follow(connection: Connection) -> None:
    """Wait for no disk after a page on Postgres either; SQLite's `synchronous=NORMAL` is the same bargain.

    A crash of the server's machine may cost the last pages, each with its checkpoint: the next run reads them
    again. The receipt is a commit that waits, and everything before it is on disk then.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def _by_table(records: Sequence[Derived]) -> tuple[list[Group], int]:
    """The records of a page by table, and how many of them another one took the place of."""
    by_kind: dict[type[Any], dict[str, Derived]] = defaultdict(dict)
    for derived in records:
        group = by_kind[type(derived.record)]
        before = group.get(derived.record.id)
        if before is None or not _is_older(derived.record, before.record):
            group[derived.record.id] = derived
    groups = [_group(kind.__record__.table, list(group.values())) for kind, group in by_kind.items()]
    return groups, len(records) - sum(len(group.records) for group in groups)


def _group(table: str, found: Sequence[Derived]) -> Group:
    records = [derived.record for derived in found]
    return Group(table, records, [derived.index for derived in found], to_columns(shape(table), records))


def _is_older(record: Any, other: Any) -> bool:
    mine, theirs = record.updated_at, other.updated_at
    return mine is not None and theirs is not None and to_epoch(mine) < to_epoch(theirs)


def _write_raw(connection: Connection, slot: Slot, page: PageWrite, blob: bytes) -> int:
    """Write the raw page under the next number.

    One writer at a time (`MspStore.write`) keeps the numbers in the order of commits; pruned pages keep
    their row, so that no number is given twice.
    """
    page_id: int = (connection.execute(_NEWEST, {"msp": slot.msp_id}).scalar() or 0) + 1
    row = {
        "msp_id": slot.msp_id,
        "page_id": page_id,
        "connection_id": slot.connection_id,
        "stream": slot.stream,
        "slice": slot.slice,
        "run_id": slot.run_id,
        "fetched_at": page.at,
        "payload_count": len(page.payloads),
        "payloads": blob,
    }
    insert_own(connection, raw_pages, row)
    return page_id


def _as_reject(refused: Refused, page: PageWrite) -> NewReject:
    payload = page.payloads[refused.index] if refused.index < len(page.payloads) else None
    key = str(refused.record.id) if payload is None else payload.id
    return NewReject(
        place=f"payload {key}, {refused.table} {refused.record.id}",
        reason="not_storable",
        detail=str(refused.error),
        payload="" if payload is None else json.dumps(payload.payload, default=str),
        key=key,
        field=refused.error.field,
    )


def _write_words(connection: Connection, scope: MspStore, page: PageWrite) -> None:
    rows = {
        (word.mapping, word.word): {
            "msp_id": scope.msp_id,
            "connection_id": page.connection_id,
            "mapping": word.mapping,
            "word": word.word,
            "target": word.target,
            "origin": word.origin,
        }
        for word in page.words
    }
    upsert_own(connection, mapped_words, list(rows.values()))
