"""Read one slice: every page one transaction, its position with it, and a receipt at the end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phasewise.connectors.base import CursorKind, FetchContext, Page, Stream
from phasewise.connectors.counted import requests_sent
from phasewise.errors import ContractError
from phasewise.storage.checkpoints import Checkpoint
from phasewise.storage.engine import MspStore
from phasewise.storage.raw import read_pages
from phasewise.storage.rejudged import drop_rejects, rejected_keys
from phasewise.storage.sink import NewReject, PageCounts, PageWrite, Prepared, prepare, write_page
from phasewise.sync import proof
from phasewise.sync.ahead import close_pages, read_ahead, read_in_step
from phasewise.sync.checkpoint import after_page, after_pass, has_shrunk
from phasewise.sync.derive import PAYLOAD_PLACE, Derivation, DerivedPage, derive
from phasewise.sync.mapping import WordBook, Words
from phasewise.sync.position import Pass, marked, unfinished
from phasewise.sync.progress import Progress, Report
from phasewise.sync.slices import Kind, PlannedSlice

REJECTS_ALLOWED = 0.20
"""Share of payloads that may be rejected before the slice stops: then the source has changed."""

REJECTS_MINIMUM = 50
"""Payloads seen before that share means anything."""

ROWS_AHEAD = 200
"""Streams of pages that may be as long are read ahead. A short page is written in a thousandth of a second:
no wait worth sharing, and two threads that hand over so often take a fifth more of the processor."""


@dataclass(frozen=True, slots=True)
class Work:
    """What reading the slices of one stream needs.

    Attributes:
        scope: the store of the MSP.
        connection_id: the connection.
        client: the connector's opened client.
        derivation: the stream, and how its payloads become records.
        words: the operator's words.
        context: what the stream's generator may use.
        run_id: the run.
        clock: our clock.
        report: who is told of progress.
        alive: called before every page is written; raises when the run has lost its right to write.
        writing: held while a page is written: one writer at a time.
    """

    scope: MspStore
    connection_id: str
    client: Any
    derivation: Derivation
    words: Words
    context: FetchContext
    run_id: str
    clock: Callable[[], datetime]
    report: Report
    alive: Callable[[], None]
    writing: threading.Lock

    @property
    def stream(self) -> Stream:
        """The stream at work."""
        return self.derivation.stream


@dataclass(slots=True)
class Tally:
    """What was counted of one slice so far; `began` is when its pass began, in this run or an earlier one."""

    began: datetime | None = None
    rows: int = 0
    items: int = 0
    stored: int = 0
    pages: int = 0
    requests: int = 0
    declared: int | None = None
    stale: int = 0
    records: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rejected_payloads: int = 0
    rejected_pieces: int = 0
    refused: int = 0
    replaced_characters: int = 0
    notes: list[str] = field(default_factory=list)


class TooDeepError(Exception):
    """The source lists no deeper than this; the window must be cut. Never leaves this package.

    Args:
        until: the source's clock, where the window has no upper bound of its own.
    """

    def __init__(self, until: datetime | None) -> None:
        super().__init__()
        self.until = until


def read_pages_of(work: Work, planned: PlannedSlice, tally: Tally) -> proof.Verdict:
    """Read a slice from where it stands to its end.

    Args:
        work: whose slice.
        planned: the slice.
        tally: counts, also when an error ends the slice.

    Raises:
        SourceError: as the source failed; what came before is stored with its checkpoint.
        TooDeepError: the source would not list all of it.
        StoreError: the store cannot take it.
    """
    pass_ = _begin(work, planned)
    tally.began = pass_.began if tally.began is None else min(tally.began, pass_.began)
    rejected = rejected_keys(work.scope, work.connection_id, work.stream.name, place_prefix=PAYLOAD_PLACE)
    resumed = planned.checkpoint if planned.slice.resume is not None else None
    items = 0 if resumed is None else resumed.fetched
    reading = _Reading(work, planned, tally, pass_, rejected, items)
    read = read_ahead if _pays_to_read_ahead(work.stream) else read_in_step
    with read(_ready_pages(work, planned, tally)) as pages:
        for ready in pages:
            verdict = _take(reading, ready)
            if verdict is not None:
                return verdict
    return proof.judge(reading.witness, "none")


def _pays_to_read_ahead(stream: Stream) -> bool:
    return stream.cursor is not CursorKind.FILE and stream.page_size[-1] >= ROWS_AHEAD


@dataclass(frozen=True, slots=True)
class _Ready:
    """A page of the source, what it became, and how that will be written."""

    page: Page
    derived: DerivedPage
    prepared: Prepared


def _ready_pages(work: Work, planned: PlannedSlice, tally: Tally) -> Iterator[_Ready]:
    """The pages of a slice in the order of the source, ready to be written.

    Where pages are read ahead, this runs beside the writing of the pages before: the processor works while
    the database is waited for. Nothing of a page is stored before its turn.
    """
    book, sent = WordBook(work.words), requests_sent()
    pages = work.stream.pages(work.client, planned.slice, work.context)
    try:
        for number, page in enumerate(pages, start=tally.pages + 1):
            place = f"{planned.slice.key} page {number}"
            derived = derive(page.payloads, work.derivation, book, place=place)
            yield _Ready(page, derived, prepare(derived.payloads, derived.records))
    finally:
        close_pages(pages)
        tally.requests += requests_sent() - sent


@dataclass(slots=True)
class _Reading:
    """A slice while it is read."""

    work: Work
    planned: PlannedSlice
    tally: Tally
    pass_: Pass
    rejected: frozenset[str]
    items: int
    """Items of this pass, those of the killed runs it goes on from included."""
    witness: proof.Witness = field(default_factory=proof.Witness)


def _begin(work: Work, planned: PlannedSlice) -> Pass:
    if planned.slice.resume is not None:
        begun = unfinished(planned.checkpoint)
        if begun is not None:
            return begun
    return Pass(
        began=work.clock(),
        start=planned.slice.start,
        token=planned.slice.token,
        covers=planned.covers if planned.kind is Kind.OPEN_END else None,
    )


def _take(reading: _Reading, ready: _Ready) -> proof.Verdict | None:
    """Write a page; the verdict when it was the last."""
    work, tally, slice_ = reading.work, reading.tally, reading.planned.slice
    page, derived = ready.page, ready.derived
    where = f"{work.connection_id} {work.stream.name} {slice_.key}"
    ids = [payload.id for payload in derived.payloads]
    proof.see(reading.witness, page, ids, where=where, content=ready.prepared.blob)
    _refuse_depth(reading, page)
    reading.pass_ = marked(
        reading.pass_,
        source_time=page.source_time,
        newest=derived.newest,
        is_ordered=work.stream.ordered,
        now=work.clock(),
    )
    verdict = _judge(reading, page)
    _write(reading, ready, verdict)
    work.report(
        Progress(
            work.connection_id,
            work.stream.name,
            slice_.key,
            rows=tally.rows,
            stored=tally.stored,
            declared=tally.declared,
        )
    )
    _refuse_rejects(reading, where)
    return verdict


def _judge(reading: _Reading, page: Page) -> proof.Verdict | None:
    if page.proof == "none":
        return None
    witness = reading.witness
    if reading.planned.slice.resume is not None and witness.declared_last is not None:
        proof.remember(witness, _ids_of_earlier_runs(reading))
    return proof.judge(witness, page.proof)


def _ids_of_earlier_runs(reading: _Reading) -> list[str]:
    """Ids that runs before this one have stored in the same pass, from the raw pages."""
    work, slice_ = reading.work, reading.planned.slice
    return [
        payload.id
        for page in read_pages(work.scope, work.connection_id, work.stream.name)
        if page.slice == slice_.key
        and page.fetched_at >= reading.pass_.began.replace(microsecond=0)
        and page.run_id != work.run_id
        for payload in page.payloads
    ]


def _write(reading: _Reading, ready: _Ready, verdict: proof.Verdict | None) -> None:
    work, tally, planned = reading.work, reading.tally, reading.planned
    page, derived = ready.page, ready.derived
    fetched = reading.items = reading.items + len(page.payloads)
    before = planned.checkpoint
    if verdict is not None:
        if has_shrunk(planned, fetched) and before is not None:
            fetched = (
                before.fetched
            )  # not believed: the next listing is compared with what was, not with this
        checkpoint = after_pass(planned, reading.pass_, is_complete=verdict.is_complete, fetched=fetched)
    else:
        cursor = None if _too_many_rejects(tally, derived, page) else page.cursor
        checkpoint = after_page(planned, reading.pass_, cursor=cursor, fetched=fetched)
    with work.writing:
        work.alive()
        _forget_rejects_of(reading, derived)
        counts = write_page(work.scope, _page_write(reading, ready, checkpoint))
    _count(tally, page, derived, counts)


def _forget_rejects_of(reading: _Reading, derived: DerivedPage) -> None:
    """Payloads of this page that were rejects before are judged again."""
    again = [p.id for p in derived.payloads if p.id in reading.rejected]
    if again:
        work = reading.work
        drop_rejects(work.scope, work.connection_id, work.stream.name, keys=again, place_prefix=PAYLOAD_PLACE)


def _page_write(reading: _Reading, ready: _Ready, checkpoint: Checkpoint) -> PageWrite:
    work, derived = reading.work, ready.derived
    pieces = [
        NewReject(r.where, r.reason, r.detail, payload=r.payload, key=r.key) for r in ready.page.rejects
    ]
    return PageWrite(
        connection_id=work.connection_id,
        stream=work.stream.name,
        slice=reading.planned.slice.key,
        run_id=work.run_id,
        at=work.clock(),
        payloads=derived.payloads,
        records=derived.records,
        rejects=pieces + derived.rejects,
        checkpoint=checkpoint,
        replaced=replaced_children(work.stream, derived),
        words=derived.words,
        deleted={work.stream.record: derived.deleted} if derived.deleted else {},
        prepared=ready.prepared,
    )


def replaced_children(stream: Stream, derived: DerivedPage) -> dict[str, tuple[str, list[str]]]:
    """Child tables that are sets → (parent field, the parents of this page).

    Where the main records are the set themselves (the payments of an invoice), the payload is their parent.
    """
    if not stream.replaces_children:
        return {}
    parents = [d.record.id for d in derived.records if type(d.record).__record__.table == stream.record]
    rejected = {reject.key for reject in derived.rejects}
    payloads = [p.id for p in derived.payloads if p.id and p.id not in rejected]
    return {
        table: (stream.child_parent[table], payloads if table == stream.record else parents)
        for table in stream.replaces_children
    }


def _count(tally: Tally, page: Page, derived: DerivedPage, counts: PageCounts) -> None:
    tally.pages += 1
    tally.items += len(page.payloads)
    tally.rows += len(page.payloads) if page.rows_read is None else page.rows_read
    tally.stored += derived.stored
    tally.declared = page.declared if page.declared is not None else tally.declared
    tally.stale += counts.stale
    tally.records.update(counts.written)
    tally.rejected_payloads += len(derived.rejects)
    tally.refused += len(counts.refused)
    tally.rejected_pieces += len(page.rejects)
    tally.reasons.update(r.reason for r in derived.rejects)
    tally.reasons.update(r.reason for r in page.rejects)
    tally.reasons.update(r.reason for r in counts.refused)
    if counts.replaced_characters:
        tally.replaced_characters += counts.replaced_characters
    if page.note and page.note not in tally.notes:
        tally.notes.append(page.note)


def _too_many_rejects(tally: Tally, derived: DerivedPage | None = None, page: Page | None = None) -> bool:
    """Whether so much is rejected that the source must have changed (with a page not yet counted)."""
    items, rejected = tally.items, tally.rejected_payloads
    rows, pieces = tally.rows, tally.rejected_pieces
    if derived is not None and page is not None:
        items, rejected = items + len(page.payloads), rejected + len(derived.rejects)
        rows += len(page.payloads) if page.rows_read is None else page.rows_read
        pieces += len(page.rejects)
    return (items >= REJECTS_MINIMUM and rejected > REJECTS_ALLOWED * items) or (
        rows >= REJECTS_MINIMUM and pieces > REJECTS_ALLOWED * rows
    )


def _refuse_rejects(reading: _Reading, where: str) -> None:
    tally = reading.tally
    if not _too_many_rejects(tally):
        return
    rejected = tally.rejected_payloads + tally.rejected_pieces
    commonest = ", ".join(f"{reason} {count:,}" for reason, count in tally.reasons.most_common(3))
    raise ContractError(
        f"{rejected:,} of the first {max(tally.items, tally.rows):,} could not become records ({commonest})",
        where=where,
        remedy="The source has changed, or its settings do not fit it. What came is kept as it was: correct "
        "the settings or update the connector, then run `phasewise sync` again. "
        'The reasons: phasewise sql "SELECT reason, detail, place FROM v_rejects"',
    )


def _refuse_depth(reading: _Reading, page: Page) -> None:
    """Stop before a listing that the source would cut off in silence."""
    deepest = reading.work.stream.max_depth
    if deepest is None:
        return
    items = reading.items + len(page.payloads)
    declared = page.declared
    is_cut = declared > deepest if declared is not None else items >= deepest
    if is_cut:
        raise TooDeepError(page.source_time)
