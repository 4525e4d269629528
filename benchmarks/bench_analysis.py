"""How long one analysis takes on a large store, and its memory: an answer and the 26 weeks behind it.

The store is made by SQL: 1,000,000 tickets of three years, two promises each, 2,000,000 automation runs, 200
clients. Two times are taken, each in a process of its own, with imports left out: an analysis of a store that
has never been analysed, and the same one again, whose weeks are kept. Limits on SQLite: 6 seconds and 500 MB
for the first. Exit code 1 when one is missed.

    bench_analysis.py [--write PAGE] [--postgres URL | FOLDER]

A folder keeps the SQLite store there and uses it again. The URL is of an empty Postgres database; nothing
limits its times, and the CPU of its server is not counted. Not on Windows: peak memory is read with
`resource`.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from machine import machine_line, measured, page_to_write, section, table

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
WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :most)
SELECT i, (i * 7919 + 104729) % 1000003 AS a, (i * 15485863 + 32452843) % 999983 AS b FROM n
"""
"""`i` in order; `a` and `b` look like chance and are the same everywhere."""

TABLE = "CREATE TEMPORARY TABLE numbers (i BIGINT PRIMARY KEY, a BIGINT, b BIGINT)"

BOUND = {
    "now": int(NOW.timestamp()),
    "start": int(START.timestamp()),
    "end": int(START.timestamp()) + SPAN,
    "span": SPAN,
    "tickets": TICKETS,
    "runs": RUNS,
    "clients": CLIENTS,
    "devices": DEVICES,
}

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
SELECT msp_id, connection_id, id || '\\:{target}', id, '{target}', due,
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


def make(url: str) -> None:
    """A store with an MSP and all its records."""
    from sqlalchemy import text

    from phasewise.storage.engine import open_store
    from phasewise.storage.msps import register_connection, register_msp
    from phasewise.storage.receipts import write_receipt

    with open_store(url, now=NOW, create=True) as store:
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
        with store.engine.begin() as connection:
            connection.execute(text(TABLE))
            connection.execute(text(NUMBERS), {"most": max(TICKETS, RUNS)})
            for statement in RECORDS:
                named = {k: v for k, v in BOUND.items() if f":{k}" in statement}
                connection.execute(text(statement), named)
            connection.execute(text("ANALYZE"))


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


def measure(url: str) -> dict[str, float]:
    """One analysis; seconds and peak megabytes, imports left out of the seconds."""
    from phasewise.analyzer.indicator import indicators
    from phasewise.analyzer.run import analyze
    from phasewise.config.settings import load_settings
    from phasewise.storage.engine import open_store

    import_module("scipy.special")  # by the first draw it would be; the analyzer has set its threads before

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "phasewise.toml"
        path.write_text(SETTINGS, "utf-8")
        settings = load_settings(path, {"PHASEWISE_STORE_URL": url})
    indicators()
    with open_store(url, now=NOW) as store:
        scope = store.msp("acme")
        began, processor = time.perf_counter(), time.process_time()
        analyze(scope, settings, as_of=AS_OF, now=NOW)
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
    return {
        "seconds": seconds,
        "cpu": processor,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def both(url: str) -> list[dict[str, Any]]:
    """The first analysis, and the same again, each in a process of its own."""
    return [measured([sys.executable, __file__, "--measure", url]) for _ in range(2)]


def on_sqlite(folder: Path) -> list[dict[str, Any]]:
    """On a copy of the store in the folder, which is made where it is not there yet."""
    kept, working = folder / "large.db", folder / "phasewise.db"
    if not kept.exists():
        made = folder / "making.db"
        made.unlink(missing_ok=True)
        began = time.perf_counter()
        make(f"sqlite:///{made}")
        made.rename(kept)
        print(f"made {TICKETS:,} tickets, {2 * TICKETS:,} promises, {RUNS:,} runs", end=" ")
        print(f"in {time.perf_counter() - began:.0f} s")
    shutil.copy(kept, working)
    return both(f"sqlite:///{working}")


def rows(name: str, found: list[dict[str, Any]]) -> list[list[str]]:
    shown = {"seconds": ".1f", "cpu": ".1f", "megabytes": ".0f"}
    what = (f"{name}: the date and its 26 weeks", f"{name}: again, its weeks kept")
    return [
        [label, *(format(one[key], form) for key, form in shown.items())]
        for label, one in zip(what, found, strict=True)
    ]


def main() -> int:
    """Measure, print, compare with the limits."""
    page = page_to_write(sys.argv)
    rest = [word for word in sys.argv[1:] if word != "--write" and Path(word) != page]
    head = ["one analysis", "seconds", "CPU seconds", "peak MB"]
    size = f"{TICKETS:,} tickets, {2 * TICKETS:,} SLA results, {RUNS:,} automation runs"
    if rest[:1] == ["--postgres"]:
        make(rest[1])
        text = f"{table(head, rows('Postgres', both(rest[1])))}\n\n{size}. {machine_line()}."
        section("One analysis on Postgres", text, page)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found = on_sqlite(Path(rest[0]) if rest else Path(folder))
    first = found[0]
    text = (
        f"{table(head, rows('SQLite', found))}\n\n{size}; imports left out. Limits: {SECONDS_LIMIT:g} s, "
        f"{MEGABYTES_LIMIT:g} MB. {machine_line()}."
    )
    section("One analysis", text, page)
    return int(first["seconds"] > SECONDS_LIMIT or first["megabytes"] > MEGABYTES_LIMIT)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure(sys.argv[-1])))
    else:
        sys.exit(main())
