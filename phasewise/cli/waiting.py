"""What is seen while a sync works: a live line at a terminal, plain lines elsewhere, JSON for programs."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phasewise.cli import console
from phasewise.cli.receipts import as_json

if TYPE_CHECKING:
    from phasewise.sync.progress import Progress

Report = Callable[["Progress"], None]


@contextmanager
def waiting(msp_id: str, *, json_lines: bool) -> Iterator[Report]:
    """A report for `sync_msp`, in the form that fits who reads it.

    Args:
        msp_id: the MSP at work.
        json_lines: a JSON line on stdout for every receipt.
    """
    if json_lines:
        yield lambda progress: _json_line(progress, msp_id)
    elif sys.stderr.isatty():
        with _live() as report:
            yield report
    else:
        yield _plain_line


def _json_line(progress: Progress, msp_id: str) -> None:
    if progress.note:
        console.note(progress.note)
    if progress.receipt is not None:
        console.print_json(as_json(progress.receipt, msp_id))


def _plain_line(progress: Progress) -> None:
    if progress.note:
        console.note(progress.note)
    receipt = progress.receipt
    if receipt is None:
        return
    seconds = (receipt.finished_at - receipt.started_at).total_seconds()
    speed = f", {receipt.rows_read / seconds:,.0f} rows/s" if seconds > 1 else ""
    console.note(
        f"{receipt.connection_id} {receipt.stream} {receipt.slice}: {receipt.status}, "
        f"{receipt.rows_read:,} rows, {receipt.stored:,} stored{speed}"
    )


@contextmanager
def _live() -> Iterator[Report]:
    """A live line: what is read, rows, rows a second, slices done, time left."""
    from rich.console import Console
    from rich.live import Live

    screen = Console(stderr=True, highlight=False)
    lock = threading.Lock()
    started = time.monotonic()
    rows: dict[tuple[str, str, str], int] = {}

    def line(progress: Progress) -> str:
        seconds = max(time.monotonic() - started, 0.001)
        total = sum(rows.values())
        parts = [
            f"{progress.connection_id} {progress.stream} {progress.slice}",
            f"{total:,} rows",
            f"{total / seconds:,.0f} rows/s",
        ]
        if progress.slices_planned > 1:
            now = min(progress.slices_done + 1, progress.slices_planned)
            parts.append(f"slice {now} of {progress.slices_planned}")
        left = _seconds_left(progress, seconds)
        if left is not None:
            parts.append(f"about {left // 60}:{left % 60:02d} left")
        return " · ".join(parts)

    with Live("", console=screen, refresh_per_second=4, transient=True) as live:

        def report(progress: Progress) -> None:
            with lock:
                if progress.note:
                    live.console.print(progress.note, markup=False)
                if progress.stream:
                    rows[progress.connection_id, progress.stream, progress.slice] = progress.rows
                    live.update(line(progress))

        yield report


def _seconds_left(progress: Progress, seconds: float) -> int | None:
    """A guess by slices done and, within a slice, by what the source declared; None when nothing is known."""
    inside = 0.0
    if progress.declared:
        inside = min(1.0, progress.rows / progress.declared)
    planned = max(progress.slices_planned, 1)
    share = (progress.slices_done + inside) / planned
    if progress.receipt is not None or share <= 0.02:
        return None
    return round(seconds * (1 - share) / share)
