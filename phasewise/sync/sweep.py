"""What is no longer there: only after a proof, only by the engine, never so much that it must be a mistake.

A row that a proven-complete listing of its own slice no longer has is marked `gone_at`; nothing is removed,
and a row that comes back is no longer gone. A listing that has lost more than half of what it held is not
believed: vendors answer with an empty list when a right is lost, and exports are cut. `--reconcile` is how a
person says that it is true.
"""

from __future__ import annotations

from datetime import datetime

from phasewise.connectors.base import Stream
from phasewise.model.fields import field_infos
from phasewise.model.records import record_kinds
from phasewise.storage.checkpoints import Checkpoint, save_checkpoint
from phasewise.storage.rejudged import drop_rejects
from phasewise.storage.sweep import mark_gone
from phasewise.sync.checkpoint import has_shrunk
from phasewise.sync.fetch import Tally, Work
from phasewise.sync.slices import GONE, Kind, PlannedSlice


def swept_tables(stream: Stream) -> list[str]:
    """Tables whose rows belong to this stream alone: its main record, and what refers to it.

    A client that tickets only mention may be mentioned by another file as well, so it is never swept.
    """
    kinds = record_kinds()
    belongs = [
        table
        for table in stream.emits
        if table != stream.record
        and any(info.reference == stream.record for info in field_infos(kinds[table]).values())
    ]
    return [stream.record, *belongs]


def sweep_slice(work: Work, planned: PlannedSlice, tally: Tally) -> str:
    """Mark what a complete listing of its slice no longer has.

    Args:
        work: whose slice.
        planned: the slice, just read to its proven end.
        tally: what was counted.

    Returns:
        A sentence for the receipt, "" when there is nothing to say.
    """
    if planned.kind not in (Kind.SOURCE, Kind.FULL) or not work.stream.lists_all or tally.began is None:
        return ""
    before = planned.checkpoint
    if has_shrunk(planned, tally.items):
        held = before.fetched if before is not None else 0
        return (
            f"It lists {tally.items:,} where it listed {held:,}: nothing was marked as gone. "
            "If that is right, run `phasewise sync --reconcile`"
        )
    gone = _mark(work, planned.slice.key, tally.began)
    return f"{gone:,} {work.stream.record} are no longer in it and are marked as gone" if gone else ""


def missing_source(work: Work, checkpoint: Checkpoint, *, reconcile: bool) -> str:
    """What is said, and with `--reconcile` done, about a slice whose source (a file) is no longer there."""
    if not reconcile:
        return (
            f"{checkpoint.slice} is no longer there; what was read from it stays. "
            "If its records should count as gone, run `phasewise sync --reconcile`"
        )
    gone = _mark(work, checkpoint.slice, work.clock())
    done = Checkpoint(checkpoint.slice, None, GONE, None, None, is_complete=False, fetched=0)
    with work.writing:
        save_checkpoint(work.scope, work.connection_id, work.stream.name, work.run_id, done, work.clock())
    return f"{checkpoint.slice} is no longer there: {gone:,} {work.stream.record} are marked as gone"


def _mark(work: Work, key: str, seen_since: datetime) -> int:
    """Mark the rows of a slice unseen since an instant; how many main records were."""
    with work.writing:
        counts = [
            mark_gone(
                work.scope,
                work.connection_id,
                work.stream.name,
                key,
                table,
                seen_since=seen_since,
                now=work.clock(),
            )
            for table in swept_tables(work.stream)
        ]
    return counts[0]


def forget_rejects_of(work: Work, planned: PlannedSlice) -> None:
    """Before a slice is read from its start: its old rejects are about to be found again, or not.

    An increment does not see its old rejects again, so only those whose record comes again are forgotten,
    page by page.
    """
    if planned.slice.resume is None and planned.kind is not Kind.OPEN_END:
        with work.writing:
            drop_rejects(work.scope, work.connection_id, work.stream.name, slice=planned.slice.key)
