"""How fast pages of records get into the store, beside plain `sqlite3.executemany` of the same rows.

A page is 1,000 ticket-shaped records with the payloads they were derived from, in one transaction. The limit
is 30,000 records a second into a SQLite file; exit code 1 when it is missed. The URL of an empty database as
argument measures that one too.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from phasewise.model.records.tickets import Ticket
from phasewise.storage.checkpoints import Checkpoint
from phasewise.storage.engine import MspStore, open_store
from phasewise.storage.msps import register_msp
from phasewise.storage.shapes import shape, to_columns
from phasewise.storage.sink import Derived, PageWrite, StoredPayload, write_page

PAGES = 20
RECORDS = 1_000
LIMIT = 30_000
ROUNDS = 5
START = datetime(2026, 1, 1, tzinfo=UTC)


def tickets(page: int) -> Iterator[tuple[dict[str, Any], Ticket]]:
    """Payloads and the records they become."""
    for number in range(page * RECORDS, (page + 1) * RECORDS):
        opened = START + timedelta(minutes=number)
        payload = {
            "id": number,
            "summary": f"Printer on floor {number % 9} does not answer",
            "company": {"id": number % 120, "name": f"Client number {number % 120}"},
            "contact": {"id": number % 4_000},
            "board": "Service desk",
            "status": {"id": 5, "name": "Closed"},
            "priority": {"id": 3, "name": "Priority 3 - Normal"},
            "type": {"name": "Incident"},
            "owner": {"id": number % 14, "identifier": f"tech{number % 14}"},
            "dateEntered": opened.isoformat(),
            "closedDate": (opened + timedelta(hours=7)).isoformat(),
            "_info": {"lastUpdated": (opened + timedelta(hours=8)).isoformat()},
        }
        yield (
            payload,
            Ticket(
                id=str(number),
                updated_at=opened + timedelta(hours=8),
                client=str(number % 120),
                requester=f"{number % 4_000:032x}",
                technician=str(number % 14),
                title=f"Printer on floor {number % 9} does not answer",
                type="incident",
                type_raw="Incident",
                category="Hardware",
                subcategory="Printer",
                priority="medium",
                priority_raw="Priority 3 - Normal",
                first_priority="medium",
                first_priority_raw="Priority 3 - Normal",
                source="email",
                source_raw="Email Connector",
                queue="Service desk",
                status="closed",
                status_raw="Closed",
                opened_at=opened,
                first_response_at=opened + timedelta(minutes=12),
                first_response_by="human",
                resolved_at=opened + timedelta(hours=6),
                closed_at=opened + timedelta(hours=7),
                reopened_count=0,
                reassigned_count=number % 3,
                group_reassigned_count=0,
                is_internal=False,
            ),
        )


def pages() -> list[PageWrite]:
    """The pages, made before the clock runs."""
    made = []
    for number in range(PAGES):
        pairs = list(tickets(number))
        made.append(
            PageWrite(
                connection_id="psa",
                stream="tickets",
                slice="all",
                run_id="bench",
                at=START,
                payloads=[StoredPayload(record.id, payload) for payload, record in pairs],
                records=[Derived(index, record) for index, (_, record) in enumerate(pairs)],
                rejects=(),
                checkpoint=Checkpoint("all", str(number), None, None, None, False, number * RECORDS),
            )
        )
    return made


def timed(work: Callable[[Path], None]) -> float:
    """Records a second: median of the rounds, each in a folder of its own."""
    rates = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            start = time.perf_counter()
            work(Path(folder))
            rates.append(PAGES * RECORDS / (time.perf_counter() - start))
    return statistics.median(rates)


def store_in(url: str) -> MspStore:
    """A new store with one MSP."""
    store = open_store(url, now=START, create=True)
    return register_msp(store, msp_id="acme", name="Acme", zone="UTC", currency="EUR", now=START)


def measure_pages(scope: MspStore, made: list[PageWrite]) -> float:
    """Records a second of writing pages into an open store."""
    start = time.perf_counter()
    for page in made:
        write_page(scope, page)
    return PAGES * RECORDS / (time.perf_counter() - start)


def sqlite_pages(made: list[PageWrite]) -> tuple[float, float]:
    """Records a second into an empty SQLite store, and of writing the same again over it."""
    first, again = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            scope = store_in(f"sqlite:///{folder}/store.db")
            first.append(measure_pages(scope, made))
            again.append(measure_pages(scope, made))
            scope.store.close()
    return statistics.median(first), statistics.median(again)


def plain_rows(made: list[PageWrite]) -> Callable[[Path], None]:
    """The same rows by `executemany` alone: no raw page, no key but the id, no checkpoint."""
    form = shape("tickets")
    columns = ", ".join(f.name for f in form.fields)
    rows = [
        list(zip(*to_columns(form, [d.record for d in page.records]).columns, strict=True)) for page in made
    ]

    def work(folder: Path) -> None:
        connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(f"CREATE TABLE tickets ({columns}, PRIMARY KEY (id))")
        insert = f"INSERT OR REPLACE INTO tickets VALUES ({', '.join('?' * len(form.fields))})"
        for page in rows:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, page)
            connection.execute("COMMIT")
        connection.close()

    return work


def main() -> int:
    """Measure, print, compare with the limit."""
    made = pages()
    first, again = sqlite_pages(made)
    print(f"write_page, SQLite, new rows        {first:>10,.0f} records/s (limit {LIMIT:,})")
    print(f"write_page, SQLite, same rows again {again:>10,.0f} records/s")
    print(f"plain executemany, no raw page      {timed(plain_rows(made)):>10,.0f} records/s")
    if len(sys.argv) > 1:
        there = measure_pages(store_in(sys.argv[1]), made)
        print(f"write_page, the database named      {there:>10,.0f} records/s")
    return 0 if first >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
