"""What a sync reads, stores and says, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from phasewise.connectors.base import CursorKind
from phasewise.errors import ConfigError
from phasewise.storage.checkpoints import checkpoints
from phasewise.storage.engine import Store
from phasewise.storage.receipts import latest_receipts
from phasewise.storage.runs import latest_runs, start_run
from phasewise.sync.progress import Progress
from tests.integration.sync.conftest import NewStore
from tests.integration.sync.runs import by_slice, sync
from tests.integration.sync.source import (
    BY,
    NOON,
    Clock,
    Vendor,
    VendorSettings,
    settings_for,
    tickets_stream,
    vendor_connector,
)
from tests.integration.sync.state import records_of, rows_of


def vendor_with(tickets: int = 7) -> Vendor:
    vendor = Vendor(clock=Clock(at=NOON))
    for number in range(tickets):
        vendor.put(f"T{number}", at=NOON - timedelta(days=9 * number), client="north", contact="bob@x.test")
    return vendor


def test_every_record_comes_in_with_a_proven_receipt(any_store: Store) -> None:
    vendor = vendor_with()
    result = sync(any_store, vendor)
    assert result.status == "complete"
    scope = any_store.msp("acme")
    assert [row["id"] for row in rows_of(scope, "tickets")] == [f"T{n}" for n in range(7)]
    assert [row["name"] for row in rows_of(scope, "clients")] == ["North"]
    receipts = by_slice(result)
    assert list(receipts) == ["increment", "2026-02", "2026-01", "2025-12"]
    assert {receipt.proof for receipt in receipts.values()} == {"declared_total"}
    assert sum(receipt.stored for receipt in receipts.values()) == 7
    stored = latest_receipts(scope, "desk")
    assert [(r.slice, r.stored) for r in stored] == sorted((r.slice, r.stored) for r in result.receipts)
    assert latest_runs(scope)[0].status == "complete"


def test_a_person_is_a_keyed_hash_and_never_a_name(any_store: Store) -> None:
    sync(any_store, vendor_with())
    requesters = {row["requester"] for row in rows_of(any_store.msp("acme"), "tickets")}
    assert len(requesters) == 1
    (requester,) = requesters
    assert len(requester) == 32
    assert "bob" not in requester


def test_the_second_run_reads_only_what_may_have_changed(any_store: Store) -> None:
    vendor = vendor_with()
    sync(any_store, vendor)
    vendor.clock.forward(days=1)
    vendor.put("T5", at=vendor.clock(), status="Closed")
    vendor.put("new", at=vendor.clock())
    vendor.asked.clear()
    result = sync(any_store, vendor)
    assert [(slice_.key, slice_.end) for slice_ in vendor.asked] == [("increment", None)]
    assert vendor.asked[0].start is not None
    assert timedelta(minutes=14) < NOON - vendor.asked[0].start < timedelta(minutes=16)
    receipt = by_slice(result)["increment"]
    assert receipt.mode.startswith("increment: since 2026-03-02 12:00 UTC")
    rows = {row["id"]: row["status"] for row in rows_of(any_store.msp("acme"), "tickets")}
    assert rows["T5"] == "closed"
    assert "new" in rows
    assert len(rows) == 8


def test_incremental_runs_together_equal_one_full_run(new_store: NewStore) -> None:
    vendor = vendor_with(3)
    with new_store() as piecemeal:
        for day in range(6):
            sync(piecemeal, vendor)
            vendor.clock.forward(days=1, hours=day)
            vendor.put(f"T{day}", at=vendor.clock(), status="Active", lines=[f"l{day}"])
        sync(piecemeal, vendor)
        stepwise = records_of(piecemeal.msp("acme"))
    with new_store() as at_once:
        sync(at_once, vendor)
        whole = records_of(at_once.msp("acme"))
    # Earlier states of a ticket leave events behind; a full run cannot see those.
    requester_free = [{**row, "requester": None} for row in stepwise["tickets"]]
    assert requester_free == [{**row, "requester": None} for row in whole["tickets"]]


def test_a_position_comes_from_the_vendor_and_not_from_us(any_store: Store) -> None:
    vendor = vendor_with()
    sync(any_store, vendor, clock=Clock(at=NOON + timedelta(days=300)))
    stands = checkpoints(any_store.msp("acme"), "desk", "tickets")["increment"]
    assert stands.window_end is not None
    assert abs(stands.window_end - NOON) < timedelta(seconds=2)


def test_a_source_listed_in_full_is_listed_in_full_each_time(any_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor, tickets_stream(cursor=CursorKind.NONE))
    for _ in range(2):
        receipt = by_slice(sync(any_store, vendor, connector))["all"]
        assert (receipt.status, receipt.rows_read) == ("complete", 7)
        assert receipt.mode == "full: the source can only be listed in full"
        vendor.clock.forward(days=1)


def test_records_still_open_are_asked_for_again_where_only_creation_can_be_filtered(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BY, "increment", "created")
    vendor = vendor_with()
    vendor.put("T1", at=NOON - timedelta(days=9), status="Closed")
    connector = vendor_connector(vendor, tickets_stream(cursor=CursorKind.CREATED, bounded=False))
    sync(any_store, vendor, connector)
    vendor.clock.forward(days=2)
    vendor.put("T6", at=vendor.clock(), status="Closed")
    result = sync(any_store, vendor, connector)
    assert by_slice(result)["open"].status == "complete"
    assert vendor.fetched_by_id == ["T0", "T2", "T3", "T4", "T5", "T6"]
    rows = {row["id"]: row["status"] for row in rows_of(any_store.msp("acme"), "tickets")}
    assert rows["T6"] == "closed"


def test_two_msps_keep_their_own(any_store: Store) -> None:
    sync(any_store, vendor_with())
    assert any_store.msp_ids() == ["acme"]
    assert rows_of(any_store.msp("acme"), "tickets")


def test_since_reaches_back_only_so_far(any_store: Store) -> None:
    vendor = vendor_with()
    sync(any_store, vendor, since=NOON - timedelta(days=20))
    assert [row["id"] for row in rows_of(any_store.msp("acme"), "tickets")] == ["T0", "T1", "T2"]
    sync(any_store, vendor, since=NOON - timedelta(days=40))
    assert len(rows_of(any_store.msp("acme"), "tickets")) == 5


def test_full_reads_everything_again_and_says_why(any_store: Store) -> None:
    vendor = vendor_with()
    sync(any_store, vendor)
    result = sync(any_store, vendor, full=True)
    assert sum(receipt.rows_read for receipt in result.receipts) == 7
    assert {receipt.mode for receipt in result.receipts} == {"full: asked for by --full"}


def test_progress_tells_of_every_page_and_every_receipt(sqlite_store: Store) -> None:
    told: list[Progress] = []
    result = sync(sqlite_store, vendor_with(), report=told.append)
    receipts = [progress.receipt for progress in told if progress.receipt is not None]
    assert receipts == result.receipts
    assert max(progress.slices_done for progress in told) == 4
    assert {progress.slices_planned for progress in told} == {4}
    assert all(progress.declared is not None for progress in told if progress.receipt is None)


def test_a_run_that_died_is_said_to_have_been_taken_over(sqlite_store: Store) -> None:
    vendor = vendor_with()
    sync(sqlite_store, vendor)
    scope = sqlite_store.msp("acme")
    dead = start_run(scope, job="sync", now=NOON)
    result = sync(sqlite_store, vendor)
    assert result.notes == (
        "The sync started 2026-03-02 12:00 UTC has not ended: it died, or it still runs and stops at its "
        "next page. This one goes on from what it stored.",
    )
    runs = {run.run_id: run for run in latest_runs(scope)}
    assert runs[dead].status == "failed"
    assert "taken over" in str(runs[dead].message)


def test_only_the_streams_asked_for_are_read(sqlite_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor, tickets_stream(), tickets_stream(name="others"))
    result = sync(sqlite_store, vendor, connector, streams=frozenset({"others"}))
    assert {receipt.stream for receipt in result.receipts} == {"others"}


def test_a_stream_or_connection_that_is_not_there_is_a_mistake(sqlite_store: Store) -> None:
    with pytest.raises(ConfigError, match='no stream "tikets"') as caught:
        sync(sqlite_store, vendor_with(), streams=frozenset({"tikets"}))
    assert "tickets" in caught.value.remedy


def test_an_msp_without_connections_is_a_mistake(sqlite_store: Store) -> None:
    settings = settings_for()
    empty = settings.model_copy(update={"connections": {}})
    with pytest.raises(ConfigError, match="no connection for the MSP"):
        sync(sqlite_store, vendor_with(), settings=empty)


def test_a_connection_is_read_only_while_it_is_active(sqlite_store: Store) -> None:
    from datetime import date

    from phasewise.config.settings import ConnectionSettings

    def connection(**dates: date) -> ConnectionSettings:
        return ConnectionSettings(msp="acme", connector="vendor", settings=VendorSettings(), **dates)

    both = {"old": connection(active_until=date(2026, 3, 1)), "new": connection(active_from=date(2026, 3, 2))}
    result = sync(sqlite_store, vendor_with(), settings=settings_for(connections=both))
    assert {receipt.connection_id for receipt in result.receipts} == {"new"}
    only_old = settings_for(connections={"old": both["old"]})
    with pytest.raises(ConfigError, match="no connection is active today"):
        sync(sqlite_store, vendor_with(), settings=only_old)


def test_calendars_of_the_settings_are_records_and_change_with_them(any_store: Store) -> None:
    from phasewise.config.settings import CalendarSettings

    vendor = vendor_with(1)
    office = CalendarSettings(
        zone="Europe/Madrid", hours={"mon-fri": ["09:00-18:00"]}, holidays=["2026-12-24"]
    )
    night = CalendarSettings(zone="UTC", hours={"sat": ["00:00-24:00"]})
    scope = None
    for calendars, expected in (
        ({"office": office, "night": night}, "complete"),
        ({"office": office, "night": night}, "unchanged"),
        ({"office": office}, "complete"),
        ({}, "complete"),
    ):
        result = sync(any_store, vendor, settings=settings_for(calendars=calendars))
        assert by_slice(result, "calendars")["calendars"].status == expected
        scope = any_store.msp("acme")
        stands = {row["id"] for row in rows_of(scope, "calendars") if row["gone_at"] is None}
        assert stands == set(calendars)
        vendor.clock.forward(days=1)
    assert scope is not None
    assert {row["connection_id"] for row in rows_of(scope, "calendars")} == {"settings"}
