"""Slices side by side: as many as the source allows, never more, and the same rows in the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from phasewise.connectors.base import Page
from phasewise.errors import AuthError, UnavailableError
from phasewise.storage.engine import Store
from tests.integration.sync.conftest import NewStore
from tests.integration.sync.runs import Killed, by_slice, sync
from tests.integration.sync.source import (
    LONG_PAGES,
    NOON,
    SHORT_PAGES,
    Clock,
    Vendor,
    pages,
    tickets_stream,
    vendor_connector,
)
from tests.integration.sync.state import everything, rows_of

LATENCY_SECONDS = 0.02


class Busy:
    """Counts how many slices are being fetched at the same time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = 0

    def pages(self, vendor: Vendor, slice_: Any, context: Any) -> Iterator[Page]:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            for page in pages(vendor, slice_, context):
                time.sleep(LATENCY_SECONDS)
                yield page
        finally:
            with self.lock:
                self.now -= 1


@pytest.mark.parametrize(("page_size", "is_ahead"), [(LONG_PAGES, True), (SHORT_PAGES, False)])
def test_only_long_pages_are_read_ahead(
    any_store: Store, page_size: tuple[int, int, int], is_ahead: bool
) -> None:
    """Of a short page the writing takes less than to hand it from one thread to another."""
    readers: set[str] = set()

    def noted(vendor: Vendor, slice_: Any, context: Any) -> Iterator[Page]:
        for page in pages(vendor, slice_, context):
            readers.add(threading.current_thread().name)
            yield page

    stream = tickets_stream(pages=noted, page_size=page_size)
    vendor = vendor_with()
    assert sync(any_store, vendor, vendor_connector(vendor, stream)).status == "complete"
    assert readers == ({"phasewise-fetch"} if is_ahead else {threading.current_thread().name})


def vendor_with(tickets: int = 60) -> Vendor:
    vendor = Vendor(clock=Clock(at=NOON))
    for number in range(tickets):
        vendor.put(f"T{number:02}", at=NOON - timedelta(days=12 * number))
    return vendor


@pytest.mark.parametrize("concurrency", [1, 4])
def test_no_more_slices_than_the_source_allows(any_store: Store, concurrency: int) -> None:
    busy, vendor = Busy(), vendor_with()
    stream = tickets_stream(pages=busy.pages, history_months=24)
    result = sync(any_store, vendor, vendor_connector(vendor, stream, concurrency=concurrency))
    assert result.status == "complete"
    assert len(by_slice(result)) == 25
    # On a busy machine the fourth may start when the first is done: never more is the promise.
    assert (busy.most == 1) if concurrency == 1 else (1 < busy.most <= concurrency)
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 60


def test_side_by_side_ends_as_one_after_the_other(new_store: NewStore) -> None:
    states = []
    for concurrency in (1, 5):
        vendor = vendor_with()
        with new_store() as store:
            stream = tickets_stream(history_months=24)
            sync(store, vendor, vendor_connector(vendor, stream, concurrency=concurrency))
            state = everything(store.msp("acme"))
            state["positions"] = [position for position in state["positions"] if position[1] != "increment"]
            states.append(state)
    assert states[0] == states[1]


def test_waiting_for_answers_is_what_is_shared(new_store: NewStore) -> None:
    seconds = {}
    for concurrency in (1, 4):
        busy, vendor = Busy(), vendor_with(12)
        stream = tickets_stream(pages=busy.pages, history_months=36)
        with new_store() as store:
            began = time.perf_counter()
            sync(store, vendor, vendor_connector(vendor, stream, concurrency=concurrency))
            seconds[concurrency] = time.perf_counter() - began
    assert seconds[4] < seconds[1]


@pytest.mark.parametrize("error", [UnavailableError("away"), AuthError("401")])
def test_a_refusal_side_by_side_stops_the_rest_and_keeps_what_came(sqlite_store: Store, error: Any) -> None:
    vendor = vendor_with()
    stream = tickets_stream(history_months=24)
    connector = vendor_connector(vendor, stream, concurrency=4)
    vendor.break_at, vendor.error = 6, error
    result = sync(sqlite_store, vendor, connector)
    assert result.status == "partial"
    assert vendor.answers < 25
    vendor.break_at = 0
    assert sync(sqlite_store, vendor, connector).status == "complete"
    assert len(rows_of(sqlite_store.msp("acme"), "tickets")) == 60


def test_a_kill_side_by_side_loses_nothing(new_store: NewStore) -> None:
    for number in (2, 7, 15):
        with new_store() as store:
            vendor = vendor_with()
            connector = vendor_connector(vendor, tickets_stream(history_months=24), concurrency=4)
            vendor.break_at, vendor.error = number, Killed()
            with pytest.raises(Killed):
                sync(store, vendor, connector)
            assert sync(store, vendor, connector).status == "complete"
            assert len(rows_of(store.msp("acme"), "tickets")) == 60
