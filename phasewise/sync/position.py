"""Where a pass over a slice stands: what a checkpoint remembers beside the vendor's own cursor.

A checkpoint of a window keeps three marks that must survive a kill in the middle of a pass:

- when the pass began (by our clock; only ever compared with our own `seen_at`),
- the lower bound it reads from,
- the mark it will commit as the new position **if** it ends complete. That is the source's own clock at the
  first answer of the pass: whatever changed after that is found by the next pass, wherever in the listing it
  stood. Taking the mark of a later page would lose a row that changed after we had passed it.

They travel in the checkpoint's `token` while the pass runs; a finished pass has none. The committed position
is the checkpoint's `window_end`; it never goes back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from phasewise.storage.checkpoints import Checkpoint

IMPLAUSIBLE_AHEAD = timedelta(days=1)
"""A time in vendor data this far ahead of our clock is a mistake in the data: as a position it would hide
every change until then."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over a slice, from its first page to its last, over any number of runs.

    Attributes:
        began: when its first page was asked for, by our clock.
        start: inclusive lower bound it reads from, None = from the beginning.
        covers: from where on the stream is proven when it ends, where that is before `start` (the part
            between was read in windows of its own); None = from `start`.
        token: fingerprint of the source as it was when the pass began, None for a window.
        mark: position to commit when it ends complete, None when the source gave nothing to go by.
        is_marked: the first page has been seen, so that `mark` is final.
    """

    began: datetime
    start: datetime | None = None
    token: str | None = None
    mark: datetime | None = None
    is_marked: bool = False
    covers: datetime | None = None


def to_text(a_pass: Pass) -> str:
    """As kept in a checkpoint's token."""
    return json.dumps(
        {
            "began": a_pass.began.isoformat(),
            "start": a_pass.start and a_pass.start.isoformat(),
            "token": a_pass.token,
            "mark": a_pass.mark and a_pass.mark.isoformat(),
            "is_marked": a_pass.is_marked,
            "covers": a_pass.covers and a_pass.covers.isoformat(),
        }
    )


def from_text(text: str) -> Pass:
    """Back from a checkpoint's token."""
    found = json.loads(text)
    return Pass(
        began=datetime.fromisoformat(found["began"]),
        start=_instant(found["start"]),
        token=found["token"],
        mark=_instant(found["mark"]),
        is_marked=bool(found["is_marked"]),
        covers=_instant(found["covers"]),
    )


def unfinished(checkpoint: Checkpoint | None) -> Pass | None:
    """The pass that a killed run has left at a resumable page, None when there is none."""
    if checkpoint is None or checkpoint.is_complete or checkpoint.cursor is None or not checkpoint.token:
        return None
    return from_text(checkpoint.token)


def marked(
    a_pass: Pass, *, source_time: datetime | None, newest: datetime | None, is_ordered: bool, now: datetime
) -> Pass:
    """The pass after a page.

    Args:
        a_pass: before it.
        source_time: the source's clock when it answered.
        newest: newest change among the page's main records.
        is_ordered: pages come in the order of the cursor; then a row that changes while we page comes again
            later, and the newest change of the whole pass is safe.
        now: our clock, only to recognise times that cannot be.
    """
    if newest is not None and newest > now + IMPLAUSIBLE_AHEAD:
        newest = None
    if not a_pass.is_marked:
        return replace(a_pass, mark=source_time or newest, is_marked=True)
    if source_time is None and is_ordered and newest is not None:
        return replace(a_pass, mark=forward(a_pass.mark, newest))
    return a_pass


def forward(committed: datetime | None, mark: datetime | None) -> datetime | None:
    """The later of two positions: a position never goes back."""
    if committed is None or mark is None:
        return committed or mark
    return max(committed, mark)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
