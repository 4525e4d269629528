"""How long the public incident log takes through the `files` connector, as the example's settings read it.

`PHASEWISE_DATA` names its folder; without it nothing is measured. Limits: 20 seconds for the first sync of
its 119,998 rows, 1 second for the second, the start of the program included. Exit code 1 when one is missed.
Not on Windows: memory is read with `wait4`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from machine import ROUNDS, machine_line, median, page_to_write, section, table

FIRST_SECONDS_LIMIT, SECOND_SECONDS_LIMIT = 20.0, 1.0
EXAMPLE = Path(__file__).parent.parent / "examples" / "servicenow-incident-log"


def timed_sync(folder: str, store: str) -> dict[str, Any]:
    """`phasewise sync` in a process of its own: wall and CPU seconds and peak megabytes."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "phasewise", "sync"],
        cwd=folder,
        env=os.environ | {"PHASEWISE_STORE_URL": store},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return {
        "seconds": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / 1024,
    }


def main() -> int:
    """Measure, print, compare with the limits."""
    if not os.environ.get("PHASEWISE_DATA"):
        print("skipped: PHASEWISE_DATA is not set")
        return 0
    first, second = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(EXAMPLE / "phasewise.toml", folder)
            store = f"sqlite:///{Path(folder) / 'incidents.db'}"
            first.append(timed_sync(folder, store))
            second.append(timed_sync(folder, store))
    rows = [
        [name, *(f"{median(runs, measure):.2f}" for measure in ("seconds", "cpu", "megabytes"))]
        for name, runs in (("first", first), ("second, nothing changed", second))
    ]
    text = (
        f"{table(['sync of the incident log', 'seconds', 'CPU seconds', 'peak MB'], rows)}\n\n"
        f"Limits: {FIRST_SECONDS_LIMIT:g} s and {SECOND_SECONDS_LIMIT:g} s. Median of {ROUNDS}. "
        f"{machine_line()}."
    )
    section("119,998 rows of a file", text, page_to_write(sys.argv))
    is_fast = median(first, "seconds") <= FIRST_SECONDS_LIMIT
    return 0 if is_fast and median(second, "seconds") <= SECOND_SECONDS_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
