"""How long the program takes to start: help, status and a sync with nothing new, beside what Python needs.

The settings read one small file. Commands take turns, eleven times, and the median counts; modules are
compiled before (`make install` does it). Limits: 0.3 seconds for `--help`, 1 second for a sync that finds
nothing changed. Exit code 1 when one is missed. Not on Windows: CPU time is read with `wait4`.
"""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from machine import machine_line, median, page_to_write, section, table

TIMES = 11
LIMITS = {"phasewise --help": 0.3, "phasewise sync, nothing changed": 1.0}
SETTINGS = """
[msps.acme]
zone = "Europe/Madrid"
currency = "EUR"

[connections.exports]
connector = "files"

[connections.exports.settings]
folder = "."

[[connections.exports.settings.files]]
name = "tickets"
pattern = "tickets.csv"
record = "tickets"
key = "id"

[connections.exports.settings.files.fields]
title = { column = "title" }
"""


def timed(command: list[str], folder: str) -> dict[str, Any]:
    """Wall and CPU seconds of a program from its start to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, command
    return {"seconds": time.perf_counter() - began, "cpu": usage.ru_utime + usage.ru_stime}


def main() -> int:
    """Measure, print, compare with the limits."""
    import phasewise

    compileall.compile_dir(Path(phasewise.__file__).parent, quiet=1)
    ours = [sys.executable, "-m", "phasewise"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import sqlalchemy'": [sys.executable, "-c", "import sqlalchemy"],
        "phasewise --help": [*ours, "--help"],
        "phasewise status": [*ours, "status"],
        "phasewise sync, nothing changed": [*ours, "sync"],
    }
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "phasewise.toml").write_text(SETTINGS, encoding="utf-8")
        (Path(folder) / "tickets.csv").write_text("id,title\n1,Printer\n", encoding="utf-8")
        timed([*ours, "sync"], folder)
        for _ in range(TIMES):
            for name, command in commands.items():
                found[name].append(timed(command, folder))
    rows = [
        [name, f"{median(runs, 'seconds'):.2f}", f"{median(runs, 'cpu'):.2f}", limit(name)]
        for name, runs in found.items()
    ]
    shown = table(["command", "seconds", "CPU seconds", "limit"], rows)
    section("Start", f"{shown}\n\nMedian of {TIMES}. {machine_line()}.", page_to_write(sys.argv))
    return 0 if all(median(found[name], "seconds") <= most for name, most in LIMITS.items()) else 1


def limit(name: str) -> str:
    return f"{LIMITS[name]:g}" if name in LIMITS else ""


if __name__ == "__main__":
    sys.exit(main())
