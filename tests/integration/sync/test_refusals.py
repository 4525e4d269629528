"""What a source refuses stops as little as possible, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from phasewise.config.settings import ConnectionSettings
from phasewise.connectors.base import Page, Stream
from phasewise.errors import (
    AuthError,
    ContractError,
    ForbiddenError,
    RateLimitError,
    SourceError,
    StoreError,
    UnavailableError,
)
from phasewise.storage.engine import Store
from phasewise.storage.receipts import latest_receipts
from phasewise.storage.runs import finish_run, latest_runs
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import Progress, nobody
from tests.integration.sync.runs import by_slice, sync
from tests.integration.sync.source import (
    NOON,
    Clock,
    Vendor,
    VendorSettings,
    settings_for,
    tickets_stream,
    vendor_connector,
)
from tests.integration.sync.state import rejects_of, rows_of


def refusing(name: str, error: Exception) -> Stream:
    def pages(*_: Any) -> Iterator[Page]:
        raise error
        yield

    return tickets_stream(name=name, pages=pages)


def vendor_with(tickets: int = 7) -> Vendor:
    vendor = Vendor(clock=Clock(at=NOON))
    for number in range(tickets):
        vendor.put(f"T{number}", at=NOON - timedelta(days=9 * number))
    return vendor


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ForbiddenError("403", right="Tickets: read", remedy="Give the API user Tickets: read"), "skipped"),
        (UnavailableError("timeout"), "later"),
        (RateLimitError("quota used up", retry_after_seconds=4000), "later"),
        (ContractError("HTML where JSON was"), "failed"),
    ],
)
def test_one_stream_refuses_and_the_others_go_on(any_store: Store, error: SourceError, status: str) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor, refusing("first", error), tickets_stream())
    result = sync(any_store, vendor, connector)
    assert result.status == "partial"
    first = by_slice(result, "first")
    assert [(r.slice, r.status) for r in first.values()] == [("increment", status)]
    assert str(error).rstrip(".") in str(first["increment"].message)
    assert all(receipt.status == "complete" for receipt in by_slice(result).values())
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 7


def test_a_key_that_is_refused_stops_its_connection_and_no_other(any_store: Store) -> None:
    good, bad = vendor_with(), vendor_with()
    connectors = {
        "vendor": vendor_connector(good),
        "locked": replace(
            vendor_connector(bad, refusing("first", AuthError("401", remedy="A new key")), tickets_stream()),
            name="locked",
        ),
    }
    connections = {
        name: ConnectionSettings(msp="acme", connector=kind, settings=VendorSettings())
        for name, kind in (("a", "locked"), ("b", "vendor"))
    }
    result = sync_msp(
        any_store,
        settings_for(connections=connections),
        "acme",
        SyncOptions(),
        clock=Clock(),
        progress=nobody,
        find=connectors.__getitem__,
    )
    assert result.status == "partial"
    assert bad.answers == 0
    assert {(r.stream, r.status) for r in result.receipts if r.connection_id == "a"} == {
        ("first", "failed"),
        ("tickets", "failed"),
    }
    assert {r.status for r in result.receipts if r.connection_id == "b"} == {"complete"}


@pytest.mark.parametrize("error", [AuthError("401"), UnavailableError("no such host")])
def test_a_connection_that_cannot_be_opened_ends_in_receipts(sqlite_store: Store, error: SourceError) -> None:
    @contextmanager
    def closed(settings: Any) -> Iterator[Vendor]:
        raise error
        yield

    vendor = vendor_with()
    connector = replace(vendor_connector(vendor), open=closed)
    result = sync(sqlite_store, vendor, connector)
    assert result.status == "failed"
    assert len(result.receipts) == 1
    assert latest_runs(sqlite_store.msp("acme"))[0].status == "failed"
    vendor.clock.forward(minutes=1)
    assert sync(sqlite_store, vendor).status == "complete"
    assert {r.status for r in latest_receipts(sqlite_store.msp("acme"))} == {"complete"}


def test_what_came_before_a_refusal_is_kept_and_the_next_run_goes_on(any_store: Store) -> None:
    vendor = vendor_with(10)
    connector = vendor_connector(vendor, tickets_stream(bounded=False))
    vendor.break_at, vendor.error = 3, UnavailableError("timeout")
    result = sync(any_store, vendor, connector)
    assert by_slice(result)["increment"].status == "later"
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 6
    assert sync(any_store, vendor, connector).status == "complete"
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 10


def test_a_total_that_is_not_reached_is_partial_and_said(any_store: Store) -> None:
    vendor = vendor_with(7)

    def capped(vendor: Vendor, *_: Any) -> Iterator[Page]:
        yield Page(
            [
                {**row, "updated": row["updated"].isoformat(), "created": row["created"].isoformat()}
                for row in list(vendor.tickets.values())[:5]
            ],
            declared=7,
            proof="end_mark",
        )

    connector = vendor_connector(vendor, tickets_stream(pages=capped, bounded=False))
    result = sync(any_store, vendor, connector)
    receipt = by_slice(result)["increment"]
    assert (result.status, receipt.status, receipt.proof) == ("partial", "partial", "none")
    assert receipt.message == "the source says it has 7 items, 5 came."
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 5


def test_a_source_that_never_ends_its_listing_is_partial(sqlite_store: Store) -> None:
    def endless(vendor: Vendor, *_: Any) -> Iterator[Page]:
        yield Page([])

    vendor = vendor_with()
    result = sync(
        sqlite_store, vendor, vendor_connector(vendor, tickets_stream(pages=endless, bounded=False))
    )
    assert by_slice(result)["increment"].status == "partial"


def test_the_same_page_for_ever_is_an_error_and_not_an_endless_run(sqlite_store: Store) -> None:
    def stuck(vendor: Vendor, *_: Any) -> Iterator[Page]:
        while True:
            yield Page(
                [{"id": "T1", "status": "New", "updated": NOON.isoformat(), "created": NOON.isoformat()}]
            )

    vendor = vendor_with()
    result = sync(sqlite_store, vendor, vendor_connector(vendor, tickets_stream(pages=stuck, bounded=False)))
    receipt = by_slice(result)["increment"]
    assert receipt.status == "failed"
    assert "same page again" in str(receipt.message)
    assert len(rows_of(sqlite_store.msp("acme"), "tickets")) == 1


def test_a_listing_that_is_cut_at_a_depth_is_read_in_smaller_windows(any_store: Store) -> None:
    vendor = Vendor(clock=Clock(at=NOON), page_size=5, depth=10)
    for number in range(40):
        vendor.put(f"T{number:02}", at=NOON - timedelta(days=29, hours=-number))
    result = sync(any_store, vendor, vendor_connector(vendor, tickets_stream(max_depth=10)))
    assert result.status == "complete"
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 40
    assert by_slice(result)["2026-02"].status == "complete"
    vendor.asked.clear()
    sync(any_store, vendor, vendor_connector(vendor, tickets_stream(max_depth=10)))
    assert [slice_.key for slice_ in vendor.asked] == ["increment"]


def test_an_increment_deeper_than_the_source_lists_is_cut_as_well(any_store: Store) -> None:
    vendor = vendor_with(2)
    connector = vendor_connector(vendor, tickets_stream(max_depth=10))
    sync(any_store, vendor, connector)
    vendor.clock.forward(days=1)
    for number in range(50):
        vendor.put(f"N{number:02}", at=vendor.clock.at - timedelta(minutes=10 * number))
    result = sync(any_store, vendor, connector)
    assert by_slice(result)["increment"].status == "complete"
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 52
    vendor.clock.forward(hours=1)
    vendor.asked.clear()
    assert sync(any_store, vendor, connector).status == "complete"
    assert len(vendor.asked) == 1


def test_a_cap_that_cannot_be_cut_is_partial_and_never_silent(sqlite_store: Store) -> None:
    vendor = vendor_with(0)
    for number in range(30):
        vendor.put(f"T{number:02}", at=NOON - timedelta(days=29))
    result = sync(sqlite_store, vendor, vendor_connector(vendor, tickets_stream(max_depth=10)))
    receipt = by_slice(result)["2026-02"]
    assert receipt.status == "partial"
    assert "lists at most 10 items" in str(receipt.message)


def test_a_payload_that_cannot_become_a_record_is_a_reject_and_the_rest_goes_on(any_store: Store) -> None:
    vendor = vendor_with(7)
    vendor.put("T3", at=vendor.tickets["T3"]["updated"], broken=True)
    result = sync(any_store, vendor)
    assert result.status == "complete"
    assert sum(r.rejected for r in result.receipts) == 1
    scope = any_store.msp("acme")
    assert rejects_of(scope) == [("tickets", "T3", "payload T3", "opened_at", "bad_date")]
    assert len(rows_of(scope, "tickets")) == 6


def test_a_reject_that_is_corrected_at_the_source_is_no_longer_one(any_store: Store) -> None:
    vendor = vendor_with(7)
    vendor.put("T3", at=vendor.tickets["T3"]["updated"], broken=True)
    sync(any_store, vendor)
    vendor.clock.forward(days=1)
    sync(any_store, vendor)
    assert len(rejects_of(any_store.msp("acme"))) == 1
    vendor.put("T3", at=vendor.clock(), broken=False)
    sync(any_store, vendor)
    assert rejects_of(any_store.msp("acme")) == []
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 7


def test_too_many_rejects_stop_the_slice_and_keep_what_came(any_store: Store) -> None:
    vendor = Vendor(clock=Clock(at=NOON), page_size=20)
    for number in range(200):
        vendor.put(f"T{number:03}", at=NOON - timedelta(hours=1), broken=number % 3 == 0)
    connector = vendor_connector(vendor, tickets_stream(bounded=False))
    result = sync(any_store, vendor, connector)
    receipt = by_slice(result)["increment"]
    assert (result.status, receipt.status) == ("failed", "failed")
    assert receipt.rows_read == 60
    assert "20 of the first 60 could not become records (bad_date 20)" in str(receipt.message)
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 40
    for ticket in vendor.tickets.values():
        ticket["broken"] = False
    assert sync(any_store, vendor, connector).status == "complete"
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 200
    assert rejects_of(any_store.msp("acme")) == []


def test_a_few_rejects_among_few_do_not_stop_a_slice(sqlite_store: Store) -> None:
    vendor = vendor_with(0)
    for number in range(20):
        vendor.put(f"T{number:02}", at=NOON, broken=number % 2 == 0)
    assert sync(sqlite_store, vendor).status == "complete"


def test_a_run_that_was_taken_over_stops_before_it_writes(sqlite_store: Store) -> None:
    vendor = vendor_with(40)
    clock = Clock(at=NOON, step=timedelta(seconds=11))
    scope = []

    def take_over(progress: Progress) -> None:
        if progress.rows and not scope:
            scope.append(sqlite_store.msp("acme"))
            run = latest_runs(scope[0])[0]
            finish_run(scope[0], run.run_id, status="failed", message="taken over", now=NOON)

    connector = vendor_connector(vendor, tickets_stream(bounded=False))
    with pytest.raises(StoreError, match="another run has taken over"):
        sync(sqlite_store, vendor, connector, clock=clock, report=take_over)
    assert len(rows_of(sqlite_store.msp("acme"), "tickets")) < 40
