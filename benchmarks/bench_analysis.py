"""How long one analysis takes on a large store, and its memory: an answer and the 26 weeks behind it.

The store is made by SQL: 1,000,000 tickets of three years, two promises each, 2,000,000 automation runs, 200
clients. Two times are taken, each in a process of its own, with imports left out: an analysis of a store that
has never been analysed, and the same one again, whose weeks are kept. Limits: 6 seconds and 500 MB for the
first. Exit code 1 when one is missed.

A folder as argument keeps the store there and uses it again. Not on Windows: peak memory is read with
`resource`.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

TICKETS, RUNS, CLIENTS, DEVICES = 1_000_000, 2_000_000, 200, 20_000
START = datetime(2023, 11, 27, tzinfo=UTC)
AS_OF = date(2026, 11, 22)
NOW = datetime(2026, 11, 23, 4, 15, tzinfo=UTC)
SPAN = int((datetime(2026, 11, 23, tzinfo=UTC) - START).total_seconds())
SECONDS_LIMIT, MEGABYTES_LIMIT = 6.0, 500.0

SETTINGS = """
[store]
url = "sqlite:///phasewise.db"
[msps.acme]
name = "Acme IT"
zone = "Europe/Madrid"
currency = "EUR"
[[msps.acme.automations]]
name = "Clean full disks"
went_live_on = 2026-03-02
targets = { category = "Disk space" }
"""

NUMBERS = """
INSERT INTO numbers
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :most)
SELECT i, (i * 7919 + 104729) % 1000003 AS a, (i * 15485863 + 32452843) % 999983 AS b FROM n
"""
"""`i` in order; `a` and `b` look like chance and are the same everywhere."""

LINEAGE = ":now AS first_seen_at, :now AS seen_at"

RECORDS = (
    f"""
INSERT INTO clients (msp_id, connection_id, id, name, first_seen_at, seen_at)
SELECT 'acme', 'desk', 'c' || i, 'Client ' || i, {LINEAGE} FROM numbers WHERE i < :clients
""",
    f"""
INSERT INTO tickets (msp_id, connection_id, id, updated_at, client, requester, technician, type, category,
  priority, first_priority, queue, status, opened_at, first_response_at, first_response_by, resolved_at,
  closed_at, reopened_count, first_seen_at, seen_at)
SELECT 'acme', 'desk', 't' || i, at + 3600 + spent, 'c' || (a % :clients), 'r' || (b % 4000),
  'p' || (a % 14), CASE WHEN a % 5 = 0 THEN 'request' ELSE 'incident' END,
  CASE b % 8 WHEN 0 THEN 'Disk space' WHEN 1 THEN 'Printer' WHEN 2 THEN 'Mail' ELSE 'Other' END,
  CASE a % 4 WHEN 0 THEN 'high' ELSE 'medium' END, CASE a % 4 WHEN 0 THEN 'high' ELSE 'medium' END,
  CASE b % 5 WHEN 0 THEN 'Network' WHEN 1 THEN 'Servers' ELSE 'Service desk' END,
  CASE WHEN at + spent < :end THEN 'closed' ELSE 'in_progress' END,
  at, at + 600 + b % 3600, 'human',
  CASE WHEN at + spent < :end THEN at + spent END, CASE WHEN at + spent < :end THEN at + spent END,
  CASE WHEN b % 29 = 0 THEN 1 ELSE 0 END, {LINEAGE}
FROM (
  SELECT i, a, b, :start + i * :span / :tickets AS at, 3600 + (a * b) % (86400 * (1 + b % 9)) AS spent
  FROM numbers WHERE i < :tickets
)
""",
    *(
        f"""
INSERT INTO sla_results (msp_id, connection_id, id, ticket, target, due_at, met_at, missed_at, vendor_outcome,
  outcome, first_seen_at, seen_at)
SELECT msp_id, connection_id, id || ':{target}', id, '{target}', due,
  CASE WHEN done <= due THEN done END, CASE WHEN COALESCE(done, :end) > due THEN due END,
  CASE WHEN COALESCE(done, :end) > due THEN 'missed' WHEN done <= due THEN 'met' ELSE 'running' END,
  CASE WHEN COALESCE(done, :end) > due THEN 'missed' WHEN done <= due THEN 'met' ELSE 'running' END,
  first_seen_at, seen_at
FROM (SELECT t.*, {done} AS done, t.opened_at + {seconds} AS due FROM tickets t)
"""
        for target, done, seconds in (
            ("first_response", "first_response_at", 3_900),
            ("resolution", "resolved_at", 345_600),
        )
    ),
    f"""
INSERT INTO automation_runs (msp_id, connection_id, id, device, client, automation, kind, started_at,
  finished_at, outcome, first_seen_at, seen_at)
SELECT 'acme', 'rmm', 'x' || i, 'd' || (a % :devices), 'c' || (a % :clients),
  CASE b % 3 WHEN 0 THEN 'Clean full disks' WHEN 1 THEN 'Restart spooler' ELSE 'Patch' END, 'script',
  :start + i * (:span / 1000) / (:runs / 1000), :start + i * (:span / 1000) / (:runs / 1000) + 60,
  'succeeded', {LINEAGE}
FROM numbers WHERE i < :runs
""",
    f"""
INSERT INTO devices (msp_id, connection_id, id, client, kind, installed_at, is_managed, first_seen_at,
  seen_at)
SELECT 'acme', 'rmm', 'd' || i, 'c' || (i % :clients), 'workstation', :start, 1, {LINEAGE}
FROM numbers WHERE i < :devices
""",
)

PROVIDES = {
    "desk": {
        *(
            f"tickets.{name}"
            for name in ("client", "requester", "technician", "type", "category", "priority")
        ),
        *(f"tickets.{name}" for name in ("first_priority", "queue", "status", "opened_at", "resolved_at")),
        *(f"tickets.{name}" for name in ("closed_at", "first_response_at", "updated_at", "reopened_count")),
        *(f"sla_results.{name}" for name in ("target", "due_at", "met_at", "missed_at", "vendor_outcome")),
        "sla_results.ticket",
        "sla_results.outcome",
        "clients.name",
    },
    "rmm": {
        *(f"automation_runs.{name}" for name in ("device", "client", "automation", "kind", "started_at")),
        *(f"automation_runs.{name}" for name in ("finished_at", "outcome")),
        *(f"devices.{name}" for name in ("client", "kind", "installed_at", "is_managed")),
    },
}


def make(path: Path) -> None:
    """A store with an MSP and all its records."""
    import sqlite3

    from phasewise.storage.engine import open_store
    from phasewise.storage.msps import register_connection, register_msp
    from phasewise.storage.receipts import write_receipt

    with open_store(f"sqlite:///{path}", now=NOW, create=True) as store:
        scope = register_msp(
            store, msp_id="acme", name="Acme IT", zone="Europe/Madrid", currency="EUR", now=NOW
        )
        for connection_id, fields in PROVIDES.items():
            register_connection(
                scope,
                connection_id=connection_id,
                connector="files",
                provides=frozenset(fields),
                active_from=None,
                active_until=None,
                now=NOW,
            )
            for table in sorted({name.partition(".")[0] for name in fields}):
                write_receipt(scope, receipt(connection_id, table))
    bound = {
        "now": int(NOW.timestamp()),
        "start": int(START.timestamp()),
        "end": int(START.timestamp()) + SPAN,
        "span": SPAN,
        "tickets": TICKETS,
        "runs": RUNS,
        "clients": CLIENTS,
        "devices": DEVICES,
    }
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("CREATE TEMP TABLE numbers (i INTEGER PRIMARY KEY, a INTEGER, b INTEGER)")
        connection.execute(NUMBERS, {"most": max(TICKETS, RUNS)})
        for statement in RECORDS:
            connection.execute(statement, {k: v for k, v in bound.items() if f":{k}" in statement})
        connection.commit()
        connection.execute("ANALYZE")


def receipt(connection_id: str, table: str) -> Any:
    """The receipt of a complete listing."""
    from phasewise.storage.receipts import Receipt

    return Receipt(
        run_id="run",
        connection_id=connection_id,
        stream=table,
        slice="all",
        mode="full",
        status="complete",
        proof="declared_total",
        window_start=None,
        window_end=None,
        declared=None,
        rows_read=0,
        stored=0,
        rejected=0,
        records={table: 1},
        reasons={},
        message="",
        requests=1,
        started_at=NOW,
        finished_at=NOW,
    )


def measure(path: Path) -> dict[str, float]:
    """One analysis; seconds and peak megabytes, imports left out of the seconds."""
    import scipy.special  # noqa: F401  # imported by the first draw; imports are left out

    from phasewise.analyzer.indicator import indicators
    from phasewise.analyzer.run import analyze
    from phasewise.config.settings import load_settings
    from phasewise.storage.engine import open_store

    settings_path = path.with_name("phasewise.toml")
    settings_path.write_text(SETTINGS, "utf-8")
    settings = load_settings(settings_path, {"PHASEWISE_STORE_URL": f"sqlite:///{path}"})
    indicators()
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        began, processor = time.perf_counter(), time.process_time()
        analyze(store.msp("acme"), settings, as_of=AS_OF, now=NOW)
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
    return {
        "seconds": seconds,
        "processor": processor,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measured(path: Path) -> dict[str, float]:
    """The same in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", str(path)], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run(folder: Path) -> int:
    path = folder / "large.db"
    if not path.exists():
        began = time.perf_counter()
        make(path)
        seconds = time.perf_counter() - began
        print(f"made {TICKETS:,} tickets, {2 * TICKETS:,} promises, {RUNS:,} runs in {seconds:.0f} s")
    working = folder / "phasewise.db"
    shutil.copy(path, working)
    first, again = measured(working), measured(working)
    print(
        f"first: {first['seconds']:.1f} s (limit {SECONDS_LIMIT:g}), {first['processor']:.1f} s at work; "
        f"peak {first['megabytes']:.0f} MB (limit {MEGABYTES_LIMIT:g})"
    )
    print(f"again, with its weeks kept: {again['seconds']:.1f} s, {again['processor']:.1f} s at work")
    return int(first["seconds"] > SECONDS_LIMIT or first["megabytes"] > MEGABYTES_LIMIT)


def main() -> int:
    if len(sys.argv) > 1:
        return run(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder))


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure(Path(sys.argv[-1]))))
    else:
        sys.exit(main())
