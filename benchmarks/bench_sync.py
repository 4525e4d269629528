"""How fast a sync over HTTP is, beside dlt's `rest_api` source and beside plain `sqlite3.executemany`.

100,000 tickets (`ticket_server`) in pages of 1,000 come over HTTP from a process of its own. Phasewise keeps
records, raw payloads, words, checkpoints and receipts (`ticket_connector`); dlt merges the same tickets by
their id with its defaults (`dlt_side`, in its own venv). `executemany` is handed rows that are ready: no
HTTP, no JSON, no raw payloads, no index but the key. They take turns, five times; imports are not counted.

Limits: into SQLite 3 times dlt; into Postgres 26,400 tickets a second, four times the 6,600 of dlt on the
machine where the limit was set (how many times dlt it is here stands beside it).
Exit code 1 when one is missed.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from machine import ROUNDS, machine_line, measured, median, page_to_write, section, table
from postgres_server import postgres
from ticket_server import answer, serving

TICKETS, PAGE_SIZE = 100_000, 1_000
TIMES_DLT = 3.0
A_SECOND = 4 * 6_600
HERE = Path(__file__).parent
PEERS = HERE.parent / ".venv-bench" / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def plain(url: str) -> dict[str, Any]:
    """Rows that are ready by `executemany`, a transaction for every thousand."""
    from ticket_connector import records

    from phasewise.connectors.base import RecordContext
    from phasewise.storage.shapes import shape, to_columns

    context: Any = RecordContext(None, None, lambda text: text)  # type: ignore[arg-type]  # no zone is needed
    form = shape("tickets")
    pages = []
    for first in range(0, TICKETS, PAGE_SIZE):
        payloads = json.loads(answer(first, first + PAGE_SIZE))
        found = [record for payload in payloads for record in records(payload, context)]
        pages.append(list(zip(*to_columns(form, found).columns, strict=True)))
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    columns = ", ".join(f.name for f in form.fields)
    connection.execute(f"CREATE TABLE tickets ({columns}, PRIMARY KEY (id))")
    insert = f"INSERT OR REPLACE INTO tickets VALUES ({', '.join('?' * len(form.fields))})"
    began, busy = time.perf_counter(), time.process_time()
    for page in pages:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, page)
        connection.execute("COMMIT")
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    rows = connection.execute("SELECT count(*) FROM tickets").fetchone()[0]
    connection.close()
    return {"seconds": seconds, "cpu": cpu, "rows": rows}


def rounds(base: str, database: str, new: Any, how_often: int) -> dict[str, list[dict[str, Any]]]:
    """Everybody in turns, each into an empty database."""
    programs = {
        "Phasewise": [sys.executable, HERE / "ticket_connector.py", base],
        "dlt": [PEERS, HERE / "dlt_side.py", base],
    }
    if database == "SQLite":
        programs["executemany, no HTTP"] = [sys.executable, __file__, "plain"]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
    for number in range(how_often):
        for place, (name, command) in enumerate(programs.items()):
            one = measured([*command, new(f"bench_{number}_{place}")])
            assert one["rows"] == TICKETS, (name, one)
            found[name].append(one)
    return found


def compared(database: str, found: dict[str, list[dict[str, Any]]]) -> tuple[list[list[str]], float]:
    """Rows of the table, and how many times dlt Phasewise is by the clock."""
    peer = median(found["dlt"], "seconds")
    peer_cpu = median(found["dlt"], "cpu")
    rows = []
    for name, runs in found.items():
        seconds, cpu = median(runs, "seconds"), median(runs, "cpu")
        shown = f"{name} {runs[0]['version']}" if "version" in runs[0] else name
        times = [f"{peer / seconds:.1f}", f"{peer_cpu / cpu:.1f}"]
        rows.append(
            [f"{database}: {shown}", f"{seconds:.2f}", f"{TICKETS / seconds:,.0f}", f"{cpu:.2f}", *times]
        )
    return rows, peer / median(found["Phasewise"], "seconds")


def main() -> int:
    """Measure, print, compare with the limits."""
    if not PEERS.exists():
        print("skipped: `make bench` installs what is compared with into .venv-bench")
        return 0
    how_often = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else ROUNDS
    rows, times = [], {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, serving(TICKETS) as base:
        found = rounds(base, "SQLite", lambda name: f"sqlite:///{folder}/{name}.db", how_often)
        lines, times["SQLite"] = compared("SQLite", found)
        rows += lines
        with postgres() as new:
            found = rounds(base, "Postgres", new, how_often)
        lines, times["Postgres"] = compared("Postgres", found)
        rows += lines
    head = ["100,000 tickets", "seconds", "tickets a second", "CPU seconds", "times dlt", "times dlt by CPU"]
    a_second = TICKETS / median(found["Phasewise"], "seconds")
    text = f"{table(head, rows)}\n\nTimes dlt: SQLite {times['SQLite']:.1f} (limit {TIMES_DLT:g}), "
    text += f"Postgres {times['Postgres']:.1f}. Into Postgres {a_second:,.0f} a second (limit {A_SECOND:,}). "
    text += "CPU of the database server and of the ticket server not counted. "
    text += f"Median of {how_often}. {machine_line()}."
    section("A sync over HTTP", text, page_to_write(sys.argv))
    return 0 if times["SQLite"] >= TIMES_DLT and a_second >= A_SECOND else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["plain"]:
        print(json.dumps(plain(sys.argv[2])))
    else:
        sys.exit(main())
