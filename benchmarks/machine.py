"""What every benchmark prints: the machine, medians, tables with limits."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROUNDS = 5


def machine_line() -> str:
    """The machine in one line, with how busy it was."""
    cores = os.cpu_count()
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}{load}"
    )


def measured(command: Sequence[str | Path], **environment: str) -> dict[str, Any]:
    """What a program prints as its last line, a JSON object; its messages are shown when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise SystemExit(f"{command} failed")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def median(found: Sequence[dict[str, Any]], name: str) -> float:
    """The median of one measure."""
    return statistics.median(one[name] for one in found)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table; all columns but the first are numbers."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def section(title: str, text: str, write: Path | None) -> None:
    """Print a result; with `write`, put it into that page in place of the section of the same title.

    Args:
        title: of the section.
        text: markdown below the title.
        write: the page, None for none.
    """
    print(f"\n{text}\n")
    if write is None:
        return
    page = write.read_text(encoding="utf-8") if write.exists() else PAGE
    before, found, rest = page.partition(f"## {title}\n")
    after = rest.partition("\n## ")
    following = f"\n## {after[2]}" if found and after[1] else ""
    write.write_text(f"{before.rstrip()}\n\n## {title}\n\n{text}\n{following}", encoding="utf-8")


PAGE = """# Benchmarks

Written by the programs of `benchmarks/`, each with `--write docs/reference/benchmarks.md`; `make bench` runs
them all. Where a median is named, the runs took turns with what they are compared with. Other programs used
the machine as well, as its load average says: a busy machine favours whoever works in one thread, and CPU
seconds say more than seconds.
"""


def page_to_write(arguments: Sequence[str]) -> Path | None:
    """The page after `--write`, None without it."""
    return Path(arguments[arguments.index("--write") + 1]) if "--write" in arguments else None
