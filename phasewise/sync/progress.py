"""What a sync tells whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phasewise.storage.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Progress:
    """One sign of life: after a page, at the end of a slice, or a note for people.

    Attributes:
        connection_id: the connection at work, "" for a note about the whole run.
        stream: the stream at work.
        slice: the slice at work.
        rows: rows of the source read in this slice so far.
        stored: main records written in this slice so far.
        declared: how many items the source says the slice has, None when it does not say.
        slices_done: slices of this connection that have ended.
        slices_planned: slices of this connection known so far.
        receipt: set once, when the slice has ended.
        note: a sentence for people, "" for none.
    """

    connection_id: str = ""
    stream: str = ""
    slice: str = ""
    rows: int = 0
    stored: int = 0
    declared: int | None = None
    slices_done: int = 0
    slices_planned: int = 0
    receipt: Receipt | None = None
    note: str = ""


Report = Callable[[Progress], None]
"""Whoever waits. Called from the thread that does the work; with slices side by side, from several."""


def nobody(progress: Progress) -> None:
    """Nobody waits."""
