"""What the sources still have: a listing of all of a stream, and what it no longer has is marked as gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from phasewise.connectors.base import Slice
from phasewise.connectors.counted import requests_sent
from phasewise.errors import SourceError
from phasewise.storage.checkpoints import checkpoints
from phasewise.storage.receipts import Receipt, write_receipt
from phasewise.storage.seen import mark_belonging, mark_unlisted, touch_seen
from phasewise.sync import proof
from phasewise.sync.fetch import Tally, Work
from phasewise.sync.reading import make_receipt, status_of_error
from phasewise.sync.slices import ALL, INCREMENT, Kind, PlannedSlice
from phasewise.sync.sweep import swept_tables

RECONCILE = "reconcile"
"""Slice of the listing's receipt."""


def reconcile(work: Work, receipts: Sequence[Receipt]) -> list[Receipt]:
    """Mark what a stream no longer has, after its slices were read.

    Args:
        work: the stream.
        receipts: of this run so far; without a listing of its own, a stream is listed by reading all of it
            again, and only if every one of those slices is complete.

    Returns:
        The receipt of the listing; none for a stream whose slices were swept one by one.
    """
    stream = work.stream
    if stream.plan is not None or not stream.lists_all:
        return []
    own = [r for r in receipts if r.connection_id == work.connection_id and r.stream == stream.name]
    if stream.listing is None:
        if any(r.slice == ALL for r in own):
            return []  # a full listing is swept as it ends
        return [_sweep_after_full_read(work, own)]
    return [_sweep_after_listing(work)]


def _sweep_after_full_read(work: Work, own: Sequence[Receipt]) -> Receipt:
    planned = PlannedSlice(Slice(RECONCILE), Kind.LISTING, "reconcile: all of it was read again")
    tally, started = Tally(), work.clock()
    unproven = [r for r in own if r.status != "complete"]
    if unproven or not own:
        keys = ", ".join(sorted(r.slice for r in unproven))
        verdict = proof.Verdict(
            "none",
            is_complete=False,
            message=f"not everything was read ({keys}): nothing was marked as gone.",
        )
    else:
        gone = _mark(work, min(r.started_at for r in own), with_children=True)
        verdict = proof.Verdict("end_mark", is_complete=True, message=_said(gone, work))
    return _written(work, planned, tally, verdict, started)


def _sweep_after_listing(work: Work) -> Receipt:
    stream = work.stream
    assert stream.listing is not None
    known = checkpoints(work.scope, work.connection_id, stream.name)
    starts = [c.window_start for c in known.values() if c.window_start is not None]
    begin = min(starts, default=None) if INCREMENT in known else None
    planned = PlannedSlice(Slice(RECONCILE, start=begin), Kind.LISTING, "reconcile: its ids were listed")
    tally, started = Tally(), work.clock()
    witness, sent = proof.Witness(), requests_sent()
    verdict = proof.judge(witness, "none")
    try:
        for page in stream.listing(work.client, planned.slice, work.context):
            ids = [stream.identify(payload) for payload in page.payloads]
            proof.see(witness, page, ids, where=f"{work.connection_id} {stream.name} {RECONCILE}")
            with work.writing:
                work.alive()
                touch_seen(work.scope, work.connection_id, stream.record, ids, work.clock())
            tally.pages += 1
            tally.rows += len(ids)
            tally.declared = page.declared
            if page.proof != "none":
                verdict = proof.judge(witness, page.proof)
    except SourceError as error:
        tally.requests = requests_sent() - sent
        refused = proof.Verdict("none", is_complete=False, message=str(error))
        return _written(work, planned, tally, refused, started, error)
    tally.requests = requests_sent() - sent
    if verdict.is_complete:
        gone = _mark(work, started, with_children=False)
        verdict = proof.Verdict(verdict.proof, is_complete=True, message=_said(gone, work))
    return _written(work, planned, tally, verdict, started)


def _mark(work: Work, seen_since: datetime, *, with_children: bool) -> int:
    tables = swept_tables(work.stream) if with_children else [work.stream.record]
    with work.writing:
        counts = [
            mark_unlisted(
                work.scope,
                work.connection_id,
                work.stream.name,
                table,
                seen_since=seen_since,
                now=work.clock(),
            )
            for table in tables
        ]
        mark_belonging(work.scope, work.connection_id, work.stream.record)
    return counts[0]


def _said(gone: int, work: Work) -> str:
    return f"{gone:,} {work.stream.record} are no longer there and are marked as gone." if gone else ""


def _written(
    work: Work,
    planned: PlannedSlice,
    tally: Tally,
    verdict: proof.Verdict,
    started: datetime,
    error: SourceError | None = None,
) -> Receipt:
    status = (
        status_of_error(error) if error is not None else ("complete" if verdict.is_complete else "partial")
    )
    receipt = make_receipt(
        work, planned, tally, verdict, status=status, message=verdict.message, started=started
    )
    with work.writing:
        write_receipt(work.scope, receipt)
    return receipt
