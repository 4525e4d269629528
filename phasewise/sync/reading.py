"""A slice from plan to receipt: cut where the source lists no deeper, errors by what is done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from phasewise.connectors.base import Slice
from phasewise.errors import ForbiddenError, SourceError, UnavailableError
from phasewise.storage.checkpoints import checkpoints, save_checkpoint
from phasewise.storage.receipts import Receipt, Status, write_receipt
from phasewise.sync.checkpoint import after_pass
from phasewise.sync.fetch import Tally, TooDeepError, Work, read_pages_of
from phasewise.sync.position import Pass
from phasewise.sync.proof import Verdict
from phasewise.sync.slices import SPANLESS, Kind, PlannedSlice, halves, is_covered
from phasewise.sync.sweep import forget_rejects_of, sweep_slice


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a slice ended, and the error that ended it, None for none."""

    receipt: Receipt
    error: SourceError | None = None


def read_slice(work: Work, planned: PlannedSlice) -> Outcome:
    """Read a slice and write its receipt.

    Args:
        work: whose slice.
        planned: what to read.

    Raises:
        StoreError: the store cannot take it; everything else ends in the receipt.
    """
    started, tally = work.clock(), Tally()
    forget_rejects_of(work, planned)
    error: SourceError | None = None
    try:
        verdict = _read(work, planned, tally)
    except SourceError as refused:
        error, verdict = refused, Verdict("none", is_complete=False, message=str(refused))
    status = (
        status_of_error(error) if error is not None else ("complete" if verdict.is_complete else "partial")
    )
    gone = sweep_slice(work, planned, tally) if status == "complete" else ""
    parts = (verdict.message, gone, *tally.notes, replaced_characters(tally))
    message = " ".join(_sentence(part) for part in parts if part)
    receipt = make_receipt(work, planned, tally, verdict, status=status, message=message, started=started)
    with work.writing:
        write_receipt(work.scope, receipt)
    return Outcome(receipt, error)


def _read(work: Work, planned: PlannedSlice, tally: Tally) -> Verdict:
    try:
        return read_pages_of(work, planned, tally)
    except TooDeepError as deep:
        parts = _cut(planned.slice, deep.until)
    if parts is None:
        return Verdict(
            "none",
            is_complete=False,
            message=f"the source lists at most {work.stream.max_depth:,} items and this window holds more",
        )
    # Oldest first: the open end commits the position, and may do so only when what is before it is read.
    verdicts = [_read_part(work, planned, part, tally) for part in parts]
    worst = next((v for v in verdicts if not v.is_complete), verdicts[-1])
    if worst.is_complete and planned.kind is Kind.WINDOW:
        done = after_pass(planned, Pass(work.clock()), is_complete=True, fetched=tally.items)
        with work.writing:
            save_checkpoint(work.scope, work.connection_id, work.stream.name, work.run_id, done, work.clock())
    return worst


def _read_part(work: Work, planned: PlannedSlice, part: Slice, tally: Tally) -> Verdict:
    known = checkpoints(work.scope, work.connection_id, work.stream.name)
    kind = Kind.OPEN_END if part.end is None else Kind.WINDOW
    if planned.mode.startswith("resume") and kind is Kind.WINDOW and is_covered([*known.values()], part):
        return Verdict("end_mark", is_complete=True)
    covers = planned.covers or planned.slice.start
    return _read(work, PlannedSlice(part, kind, planned.mode, known.get(part.key), covers=covers), tally)


def _cut(window: Slice, until: datetime | None) -> list[Slice] | None:
    """The parts of a window the source would not list whole, oldest first."""
    if window.end is not None or until is None:
        parts = halves(window)
        return None if parts is None else list(parts)
    bounded = halves(Slice(window.key, window.start, until))
    if bounded is None or bounded[1].start is None:
        return None
    return [bounded[0], Slice(window.key, bounded[1].start, None)]


def status_of_error(error: SourceError) -> Status:
    """The status of a slice that an error ended.

    What is done next says what the slice is: a person is told, it is skipped, or read later.
    """
    if isinstance(error, ForbiddenError):
        return "skipped"
    if isinstance(error, UnavailableError):
        return "later"
    return "failed"


def refusal(work: Work, planned: PlannedSlice, error: SourceError) -> Receipt:
    """The receipt of a slice that was not begun because its connection or stream refused; written."""
    now = work.clock()
    verdict = Verdict("none", is_complete=False)
    receipt = make_receipt(
        work,
        planned,
        Tally(),
        verdict,
        status=status_of_error(error),
        message=_sentence(str(error)),
        started=now,
    )
    with work.writing:
        write_receipt(work.scope, receipt)
    return receipt


def make_receipt(
    work: Work,
    planned: PlannedSlice,
    tally: Tally,
    verdict: Verdict,
    *,
    status: Status,
    message: str,
    started: datetime,
) -> Receipt:
    """The receipt of a slice; not yet written.

    Args:
        work: whose slice.
        planned: the slice, and why it was read.
        tally: what was counted.
        verdict: what shows that it is complete.
        status: what became of it.
        message: sentences for people, "" for none.
        started: when it was begun, by our clock.
    """
    start, end = planned.slice.start, planned.slice.end
    if planned.kind in SPANLESS:
        start = end = started
    return Receipt(
        run_id=work.run_id,
        connection_id=work.connection_id,
        stream=work.stream.name,
        slice=planned.slice.key,
        mode=planned.mode,
        status=status,
        proof=verdict.proof,
        window_start=start,
        window_end=end,
        declared=tally.declared,
        rows_read=tally.rows,
        stored=tally.stored,
        rejected=tally.rejected_payloads + tally.rejected_pieces + tally.refused,
        records=dict(tally.records),
        reasons=dict(tally.reasons),
        message=message or None,
        requests=tally.requests,
        started_at=started,
        finished_at=work.clock(),
    )


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?" else text + "."


def replaced_characters(tally: Tally) -> str:
    """A sentence about characters that no database keeps, "" when there were none."""
    count = tally.replaced_characters
    return f"{count:,} characters that no database can hold are stored as \ufffd" if count else ""
