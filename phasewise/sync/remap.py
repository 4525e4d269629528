"""Derive records again from raw payloads, with no request to any source."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from phasewise.config.settings import ConnectionSettings, MspSettings
from phasewise.connectors.base import Connector, Stream
from phasewise.storage.checkpoints import Checkpoint, checkpoints
from phasewise.storage.msps import read_connections, save_derived_with
from phasewise.storage.orphans import count_pruned
from phasewise.storage.raw import RawPage, read_pages
from phasewise.storage.receipts import Receipt
from phasewise.storage.rejudged import drop_rejects
from phasewise.storage.sink import PageWrite, write_page
from phasewise.storage.types import to_json
from phasewise.sync.contexts import record_context
from phasewise.sync.derive import PAYLOAD_PLACE, Derivation, DerivedPage, derive
from phasewise.sync.emitted import delete_no_longer_emitted, remember, remembering
from phasewise.sync.fetch import replaced_children
from phasewise.sync.mapping import WordBook
from phasewise.sync.progress import Progress
from phasewise.sync.run import Run

ALL_SLICES = "remap"
"""Slice of the receipt that tells of a remap."""


def words_digest(connection: ConnectionSettings, msp: MspSettings) -> str:
    """Digest of what the records of a connection depend on beside their payloads.

    The operator's words, whose SLA verdict counts, and the zone of naive times.
    """
    depends = {"mapping": connection.mapping, "basis": msp.sla.basis, "zone": msp.zone}
    return hashlib.sha256(to_json(depends).encode()).hexdigest()[:16]


def apply_changed_words(
    run: Run, connection_id: str, connection: ConnectionSettings, source: Connector
) -> list[Receipt]:
    """Before a connection is read: derive its records again if the operator's words have changed.

    A mapping that is saved but not applied would leave half of the records under the old words. So a sync
    never asks for a remap: it does it, and says so in a receipt.
    """
    digest = words_digest(connection, run.msp)
    before = next(c for c in read_connections(run.scope) if c.connection_id == connection_id)
    if before.derived_with == digest:
        return []
    if before.derived_with is None:
        save_derived_with(run.scope, connection_id, digest)
        return []
    return remap_connection(run, connection_id, connection, source, why="the mapping in the settings changed")


def remap_connection(
    run: Run, connection_id: str, connection: ConnectionSettings, source: Connector, *, why: str
) -> list[Receipt]:
    """Derive all records of a connection again, stream by stream, in the order in which pages came.

    Args:
        run: what is shared.
        connection_id: the connection.
        connection: its settings as they are now.
        source: its connector as it is now.
        why: for the receipt.

    Returns:
        A receipt for every stream that has raw payloads.
    """
    context = record_context(run.scope, run.msp, connection)
    receipts = []
    for stream in source.streams(connection.settings):
        derivation = Derivation(stream, context, run.msp.sla.basis)
        receipt = _remap_stream(run, connection_id, connection, derivation, why)
        if receipt is not None:
            receipts.append(receipt)
    save_derived_with(run.scope, connection_id, words_digest(connection, run.msp))
    return receipts


@dataclass(slots=True)
class _Tally:
    payloads: int = 0
    stored: int = 0
    records: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    deleted: dict[str, int] = field(default_factory=dict)
    pruned: int = 0


def _remap_stream(
    run: Run, connection_id: str, connection: ConnectionSettings, derivation: Derivation, why: str
) -> Receipt | None:
    stream, started, tally = derivation.stream, run.clock(), _Tally()
    known = checkpoints(run.scope, connection_id, stream.name)
    book = WordBook(connection.mapping)
    with run.writing:
        drop_rejects(run.scope, connection_id, stream.name, place_prefix=PAYLOAD_PLACE)
    with remembering() as spool:
        for page in read_pages(run.scope, connection_id, stream.name):
            run.alive()
            derived = _remap_page(run, connection_id, derivation, book, page, known, tally)
            remember(spool, page.page_id, derived.records)
            run.report(
                Progress(connection_id, stream.name, ALL_SLICES, rows=tally.payloads, stored=tally.stored)
            )
        tables = sorted({stream.record, *stream.emits})
        tally.pruned = sum(count_pruned(run.scope, connection_id, stream.name, table) for table in tables)
        if not tally.payloads and not tally.pruned:
            return None
        with run.writing:
            tally.deleted = delete_no_longer_emitted(spool, run.scope, connection_id, tables)
    # Told and not stored: a receipt in the store proves what was read from a source, and when.
    receipt = _receipt(run, connection_id, stream, tally, why=why, started=started)
    run.report(Progress(connection_id, stream.name, ALL_SLICES, rows=tally.payloads, receipt=receipt))
    return receipt


def _remap_page(
    run: Run,
    connection_id: str,
    derivation: Derivation,
    book: WordBook,
    page: RawPage,
    known: dict[str, Checkpoint],
    tally: _Tally,
) -> DerivedPage:
    payloads = [p.payload for p in page.payloads]
    derived = derive(payloads, derivation, book, place=f"{page.slice} raw page {page.page_id}")
    stands = known.get(page.slice)
    if stands is None:
        stands = Checkpoint(page.slice, None, None, None, None, is_complete=False, fetched=0)
    with run.writing:
        counts = write_page(
            run.scope,
            PageWrite(
                connection_id=connection_id,
                stream=page.stream,
                slice=page.slice,
                run_id=run.run_id,
                at=page.fetched_at,
                payloads=page.payloads,
                records=derived.records,
                rejects=derived.rejects,
                checkpoint=stands,
                replaced=replaced_children(derivation.stream, derived),
                keep_raw=False,
                words=derived.words,
                page_id=page.page_id,
                deleted={derivation.stream.record: derived.deleted} if derived.deleted else {},
            ),
        )
    tally.payloads += len(payloads)
    tally.stored += derived.stored
    tally.records.update(counts.written)
    tally.reasons.update(r.reason for r in derived.rejects)
    tally.reasons.update(r.reason for r in counts.refused)
    return derived


def _receipt(
    run: Run, connection_id: str, stream: Stream, tally: _Tally, *, why: str, started: datetime
) -> Receipt:
    return Receipt(
        run_id=run.run_id,
        connection_id=connection_id,
        stream=stream.name,
        slice=ALL_SLICES,
        mode=f"remap: {why}",
        status="complete",
        proof="none",
        window_start=None,
        window_end=None,
        declared=None,
        rows_read=tally.payloads,
        stored=tally.stored,
        rejected=sum(tally.reasons.values()),
        records=dict(tally.records),
        reasons=dict(tally.reasons),
        message=_message(tally) or None,
        requests=0,
        started_at=started,
        finished_at=run.clock(),
    )


def _message(tally: _Tally) -> str:
    removed = ", ".join(f"{count:,} {table}" for table, count in tally.deleted.items())
    said = []
    if removed:
        said.append(f"Removed because their payloads no longer become them: {removed}.")
    if tally.pruned:
        said.append(
            f"{tally.pruned:,} records are as they were: their raw payloads were pruned by age. "
            "`phasewise sync --full` reads them again where the source still has them."
        )
    return " ".join(said)
