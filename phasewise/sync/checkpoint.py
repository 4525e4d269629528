"""The checkpoint that is committed with a page, by the kind of its slice."""

from __future__ import annotations

from datetime import datetime

from phasewise.storage.checkpoints import Checkpoint
from phasewise.sync.position import Pass, forward, to_text
from phasewise.sync.slices import SPANLESS, Kind, PlannedSlice

SHRUNK_SHARE = 0.5
"""A listing with less than this share of its former items is not believed."""

SHRUNK_MINIMUM = 50
"""Nor is it doubted for fewer missing items than this."""

Span = tuple[datetime | None, datetime | None]


def after_page(planned: PlannedSlice, a_pass: Pass, *, cursor: str | None, fetched: int) -> Checkpoint:
    """In the middle of a pass.

    Args:
        planned: what is read.
        a_pass: where the pass stands.
        cursor: the vendor's resume mark, None when this page cannot be resumed after.
        fetched: items fetched in this pass.
    """
    slice_, before = planned.slice, planned.checkpoint
    start, end = slice_.start, slice_.end
    if planned.kind is Kind.OPEN_END and before is not None and before.window_end is not None:
        start, end = before.window_start, before.window_end  # what earlier passes proved stays proven
    if planned.kind in SPANLESS:
        start = end = a_pass.began
    return Checkpoint(
        slice=slice_.key,
        cursor=cursor,
        token=to_text(a_pass),
        window_start=start,
        window_end=end,
        is_complete=False,
        fetched=fetched,
    )


def after_pass(planned: PlannedSlice, a_pass: Pass, *, is_complete: bool, fetched: int) -> Checkpoint:
    """At the end of a pass. Only a complete one moves the position; after a partial one it starts again."""
    slice_, before = planned.slice, planned.checkpoint
    start, end = slice_.start, slice_.end
    if planned.kind is Kind.OPEN_END:
        start, end = _proven_span(a_pass, before) if is_complete else _span(before, a_pass)
    if planned.kind in SPANLESS:
        start = end = a_pass.began
    return Checkpoint(
        slice=slice_.key,
        cursor=None,
        token=slice_.token if is_complete else None,
        window_start=start,
        window_end=end,
        is_complete=is_complete,
        fetched=fetched,
    )


def _span(before: Checkpoint | None, a_pass: Pass) -> Span:
    return (a_pass.start, None) if before is None else (before.window_start, before.window_end)


def _proven_span(a_pass: Pass, before: Checkpoint | None) -> Span:
    """From where to where passes without an upper bound have proven the stream complete."""
    start = a_pass.covers or a_pass.start
    if before is None or before.window_end is None or before.window_start is None:
        return start, a_pass.mark
    end = forward(before.window_end, a_pass.mark)
    if start is None:
        return None, end
    if start > before.window_end:  # a full read that began after a long outage: the hole is not proven
        return start, a_pass.mark
    return min(before.window_start, start), end


def has_shrunk(planned: PlannedSlice, items: int) -> bool:
    """Whether a complete listing lost so much since the last one that it is not believed."""
    before = planned.checkpoint
    if planned.is_believed or before is None or not before.is_complete:
        return False
    return items < SHRUNK_SHARE * before.fetched and before.fetched - items >= SHRUNK_MINIMUM
