"""Run as a process of its own: writes pages into a store and dies while it writes the second.

    python -m tests.integration.storage.writer URL PERCENT

It counts the statements of the first page, and dies before that share of them in the second; at 100 before
its COMMIT. It dies as the kernel kills: no cleanup, no flush. A line is printed for every page committed.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from phasewise.model.records.people import Client
from phasewise.model.records.tickets import Ticket
from phasewise.storage.engine import open_store
from phasewise.storage.sink import MappedWord, NewReject, PageWrite, write_page
from tests.support.pages import AT, page_of

PAGES = 3
TICKETS = 10


def page(number: int) -> PageWrite:
    """Page `number`, 1 to PAGES: tickets, a client whose tier changes, a reject, a word, a checkpoint."""
    tickets = [Ticket(id=f"{number}-{n}") for n in range(TICKETS)]
    return page_of(
        *tickets,
        Client(id="c", tier=f"tier {number}"),
        at=AT + number * timedelta(hours=1),
        rejects=[NewReject(f"page {number}", "bad_date", "x")],
        words=[MappedWord("status", f"word {number}", "other", "default")],
        cursor=f"page {number}",
    )


def die() -> None:
    """End this process at once, as a power cut would."""
    os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)


def main(url: str, percent: int) -> None:
    """Write the pages; die in the second."""
    sent = 0
    last = sys.maxsize

    def count(_statement: object) -> None:
        nonlocal sent
        sent += 1
        if sent > last:
            die()

    with open_store(url, now=AT) as store:
        scope = store.msp("acme")
        _watch(store.engine, count)
        write_page(scope, page(0))  # the first page of a process sends more: it warms up
        for number in range(1, PAGES + 1):
            before = sent
            write_page(scope, page(number))
            print(number, flush=True)  # noqa: T201  # what the test reads
            last = sent + (sent - before) * percent // 100 - 1 if number == 1 else sys.maxsize


def _watch(engine: Any, count: Callable[[object], None]) -> None:
    """Call `count` before every statement sent, those of the hot path and the COMMIT included."""
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "checkout")
        def _trace(driver: sqlite3.Connection, _record: Any, _proxy: Any) -> None:
            driver.set_trace_callback(count)

        return
    import psycopg

    def watched(kind: Any, name: str) -> None:
        original = getattr(kind, name)

        def counted(self: Any, *arguments: Any, **options: Any) -> Any:
            count(arguments)
            return original(self, *arguments, **options)

        setattr(kind, name, counted)

    for name in ("execute", "executemany", "copy"):
        watched(psycopg.Cursor, name)
    watched(psycopg.Connection, "commit")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
