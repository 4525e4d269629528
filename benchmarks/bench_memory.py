"""Whether memory grows with what is read, and what a night with nothing new costs.

20,000 and 500,000 tickets come over HTTP into SQLite, three times, each sync in a process of its own whose
peak is taken. Then the large store is synced again, with nothing new at the source.

Limits: peaks within 10% of each other; the night under 1 second, its requests included, imports excluded.
Exit code 1 when one is missed. Not on Windows: peak memory is read with `resource`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from machine import ROUNDS, machine_line, measured, median, page_to_write, section, table
from ticket_server import serving

SMALL, LARGE = 20_000, 500_000
SYNCS = 3
GROWTH_LIMIT, NIGHT_SECONDS_LIMIT = 1.10, 1.0
PROGRAM = Path(__file__).parent / "ticket_connector.py"


def synced(base: str, url: str) -> dict[str, Any]:
    return measured([sys.executable, PROGRAM, base, url])


def measures(runs: list[dict[str, Any]]) -> list[str]:
    shown = {"seconds": ".2f", "cpu": ".2f", "megabytes": ".0f"}
    return [format(median(runs, name), form) for name, form in shown.items()]


def main() -> int:
    """Measure, print, compare with the limits."""
    found: dict[int, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for count in (SMALL, LARGE):
            with serving(count) as base:
                found[count] = [synced(base, f"sqlite:///{folder}/{count}-{n}.db") for n in range(SYNCS)]
            assert {one["rows"] for one in found[count]} == {count}
        with serving(LARGE) as base:
            nights = [synced(base, f"sqlite:///{folder}/{LARGE}-0.db") for _ in range(ROUNDS)]
    growth = median(found[LARGE], "megabytes") / median(found[SMALL], "megabytes")
    night = median(nights, "seconds")
    rows = [[f"{count:,} tickets", *measures(runs)] for count, runs in found.items()]
    rows.append([f"a night with nothing new over {LARGE:,}", *measures(nights)])
    text = (
        f"{table(['sync of', 'seconds', 'CPU seconds', 'peak MB'], rows)}\n\nPeak memory: x{growth:.2f} "
        f"(limit {GROWTH_LIMIT:g}). Night: {night:.2f} s (limit {NIGHT_SECONDS_LIMIT:g}), "
        f"median of {ROUNDS}; syncs median of {SYNCS}. {machine_line()}."
    )
    section("Memory, and a night with nothing new", text, page_to_write(sys.argv))
    return 0 if growth <= GROWTH_LIMIT and night <= NIGHT_SECONDS_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
