"""What reading slices side by side gains where the source is slow to answer.

A local server takes 200 ms for every page of 100 tickets. Twelve months of history, cut into weeks, are 53
slices and 105 pages. The same engine reads them one request at a time and four at a time, in turns.

Limit: 3.5 times as fast with four. Exit code 1 when it is missed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from machine import ROUNDS, machine_line, measured, median, page_to_write, section, table
from ticket_server import serving

LATENCY_MS = 200
A_WEEK, STEP = 200, 7 * 86_400 // 200
TICKETS = 52 * A_WEEK
LIMIT = 3.5


def main() -> int:
    """Measure, print, compare with the limit."""
    how_often = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else ROUNDS
    found: dict[int, list[dict[str, Any]]] = {1: [], 4: []}
    program = [sys.executable, Path(__file__).parent / "ticket_connector.py"]
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        serving(TICKETS, step=STEP, latency_ms=LATENCY_MS) as base,
    ):
        for number in range(how_often):
            for concurrency, runs in found.items():
                url = f"sqlite:///{folder}/{number}_{concurrency}.db"
                runs.append(measured([*program, base, url, "--weekly", str(concurrency)]))
                assert runs[-1]["rows"] == TICKETS, runs[-1]
    rows = []
    for concurrency, runs in found.items():
        measures = f"{median(runs, 'seconds'):.2f}", f"{median(runs, 'cpu'):.2f}"
        rows.append([f"{concurrency} at a time", str(runs[0]["slices"]), str(runs[0]["requests"]), *measures])
    ratio = median(found[1], "seconds") / median(found[4], "seconds")
    shown = table([f"{LATENCY_MS} ms a page", "slices", "requests", "seconds", "CPU seconds"], rows)
    text = f"{shown}\n\nFour at a time: {ratio:.2f} times as fast (limit {LIMIT:g}). Median of {how_often}. "
    section("Slices side by side", text + f"{machine_line()}.", page_to_write(sys.argv))
    return 0 if ratio >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
