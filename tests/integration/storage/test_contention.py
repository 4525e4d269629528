"""Several writers, a lock that does not end, a disk that is full."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text

from phasewise.errors import StoreError
from phasewise.model.records.people import Client
from phasewise.model.records.tickets import Ticket
from phasewise.storage.checkpoints import checkpoints
from phasewise.storage.engine import MspStore, open_store
from phasewise.storage.raw import read_pages
from phasewise.storage.sink import PageWrite, write_page
from tests.conftest import NOW
from tests.support.pages import page_of, rows

ROOT = Path(__file__).parents[3]

HOLD_THE_STORE = """
import sys, time
from tests.conftest import NOW
from phasewise.storage.engine import open_store
with open_store(sys.argv[1], now=NOW) as store, store.msp("acme").write():
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def held_by_another_process(scope: MspStore) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_STORE, scope.store.url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_second_process_waits_for_the_busy_timeout_and_then_says_so(any_msp: MspStore) -> None:
    with (
        held_by_another_process(any_msp),
        open_store(any_msp.store.url, now=NOW, busy_timeout_seconds=0.5) as impatient,
    ):
        began = time.monotonic()
        with pytest.raises(StoreError, match="the store is in use by another process"):
            write_page(impatient.msp("acme"), page_of(Ticket(id="1")))
        assert 0.4 < time.monotonic() - began < 10
        assert rows(any_msp, "tickets", "id") == []  # readers do not wait


def test_a_writer_goes_on_when_the_other_process_dies(any_msp: MspStore) -> None:
    with (
        held_by_another_process(any_msp) as other,
        open_store(any_msp.store.url, now=NOW, busy_timeout_seconds=30) as patient,
    ):
        threading.Timer(0.3, other.kill).start()
        assert write_page(patient.msp("acme"), page_of(Ticket(id="1"))).page_id == 1


def test_writers_side_by_side_number_their_pages_in_the_order_of_commits(any_msp: MspStore) -> None:
    """Four threads, each a slice of its own, that touch the same clients in opposite orders."""
    committed: list[int] = []

    @event.listens_for(any_msp.store.engine, "commit")
    def _note(connection: object) -> None:
        committed.append(local.page)

    local = threading.local()
    local.page = 0

    def write(writer: int) -> list[int]:
        numbers = []
        for number in range(12):
            clients = [Client(id=str(n), tier=f"{writer}-{number}") for n in range(20)]
            page = page_of(
                Ticket(id=f"{writer}-{number}"),
                *(clients if writer % 2 else reversed(clients)),
                slice=f"slice {writer}",
                cursor=str(number),
            )
            local.page = writer * 100 + number
            page_id = write_page(any_msp, page).page_id
            assert page_id is not None
            numbers.append(page_id)
        return numbers

    with ThreadPoolExecutor(4) as pool:
        by_writer = list(pool.map(write, range(4)))
    event.remove(any_msp.store.engine, "commit", _note)
    assert sorted(itertools.chain.from_iterable(by_writer)) == list(range(1, 49))
    in_order_of_commits = [by_writer[mark // 100][mark % 100] for mark in committed]
    assert in_order_of_commits == list(range(1, 49))
    assert len(rows(any_msp, "tickets", "id")) == 48
    cursors = {c.slice: c.cursor for c in checkpoints(any_msp, "psa", "tickets").values()}
    assert cursors == {f"slice {writer}": "11" for writer in range(4)}
    # The last page of all is the one whose clients stand.
    last = committed[-1]
    assert {tier for (tier,) in rows(any_msp, "clients", "tier")} == {f"{last // 100}-{last % 100}"}


def test_a_full_disk_is_said_and_nothing_of_the_page_is_stored(sqlite_msp: MspStore) -> None:
    engine = sqlite_msp.store.engine
    with engine.connect() as connection:
        limit = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 40

    @event.listens_for(engine, "checkout")
    def _limit_the_disk(driver: sqlite3.Connection, record: object, proxy: object) -> None:
        driver.execute(f"PRAGMA max_page_count={limit}")

    def page(number: int) -> PageWrite:
        return page_of(*(Ticket(id=f"{number}-{n}", title="x" * 100) for n in range(20)))

    stored = 0
    with pytest.raises(StoreError, match=r"the disk is full.*Free some space"):  # noqa: PT012  # which page fails is open
        for number in range(100):
            write_page(sqlite_msp, page(number))
            stored += 1
    assert stored > 0
    assert len(list(read_pages(sqlite_msp, "psa"))) == stored
    assert len(rows(sqlite_msp, "tickets", "id")) == 20 * stored
    limit *= 10  # space was made
    write_page(sqlite_msp, page(stored))
    assert len(rows(sqlite_msp, "tickets", "id")) == 20 * (stored + 1)


def test_a_reader_sees_one_moment_while_a_page_is_written(any_msp: MspStore) -> None:
    count = text("SELECT count(*) FROM tickets WHERE msp_id = :msp_id")
    with any_msp.read() as connection:
        assert connection.execute(count, {"msp_id": "acme"}).scalar_one() == 0
        write_page(any_msp, page_of(Ticket(id="1")))
        assert connection.execute(count, {"msp_id": "acme"}).scalar_one() == 0
    with any_msp.read() as connection:
        assert connection.execute(count, {"msp_id": "acme"}).scalar_one() == 1
