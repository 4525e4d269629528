"""What is no longer there is marked, only after a proof, and never in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from phasewise.connectors.base import CursorKind, Page, Slice
from phasewise.errors import UnavailableError
from phasewise.storage.engine import Store
from tests.integration.sync.runs import by_slice, sync
from tests.integration.sync.source import (
    NOON,
    Clock,
    Vendor,
    listing,
    ticket_payload,
    tickets_stream,
    vendor_connector,
)
from tests.integration.sync.state import rows_of

FULL = tickets_stream(cursor=CursorKind.NONE)


def vendor_with(tickets: int = 7) -> Vendor:
    vendor = Vendor(clock=Clock(at=NOON), page_size=50)
    for number in range(tickets):
        vendor.put(f"T{number:03}", at=NOON - timedelta(hours=9 * number), client="north")
    return vendor


def gone(store: Store, table: str = "tickets") -> list[str]:
    return [row["id"] for row in rows_of(store.msp("acme"), table) if row["gone_at"] is not None]


def test_a_row_unseen_in_a_proven_full_listing_is_gone_and_comes_back(any_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor, FULL)
    sync(any_store, vendor, connector)
    lost = vendor.tickets.pop("T003")
    vendor.clock.forward(days=1)
    receipt = by_slice(sync(any_store, vendor, connector))["all"]
    assert receipt.message == "1 tickets are no longer in it and are marked as gone."
    assert gone(any_store) == ["T003"]
    assert [id_[:4] for id_ in gone(any_store, "ticket_events")] == ["T003"]
    assert gone(any_store, "clients") == []
    vendor.tickets["T003"] = lost
    vendor.clock.forward(days=1)
    sync(any_store, vendor, connector)
    assert gone(any_store) == []


def test_nothing_is_swept_after_anything_partial(any_store: Store) -> None:
    vendor = vendor_with()
    vendor.page_size = 3
    connector = vendor_connector(vendor, FULL)
    sync(any_store, vendor, connector)
    vendor.tickets.pop("T003")
    vendor.clock.forward(days=1)
    vendor.answers, vendor.break_at, vendor.error = 0, 2, UnavailableError("away")
    assert by_slice(sync(any_store, vendor, connector))["all"].status == "later"
    assert gone(any_store) == []


def test_a_resumed_full_listing_sweeps_by_the_start_of_its_pass(any_store: Store) -> None:
    """Rows that the killed run saw were seen in this pass, though not in this run."""
    vendor = vendor_with()
    vendor.page_size = 3
    connector = vendor_connector(vendor, FULL)
    sync(any_store, vendor, connector)
    vendor.tickets.pop("T006")
    vendor.clock.forward(hours=5)
    vendor.answers, vendor.break_at, vendor.error = 0, 2, UnavailableError("away")
    sync(any_store, vendor, connector)
    vendor.break_at = 0
    vendor.clock.forward(hours=5)
    receipt = by_slice(sync(any_store, vendor, connector))["all"]
    assert receipt.mode.startswith("resume")
    assert receipt.proof == "declared_total"
    assert gone(any_store) == ["T006"]


def test_a_listing_that_lost_half_is_not_believed_until_a_person_says_so(any_store: Store) -> None:
    vendor = vendor_with(120)
    connector = vendor_connector(vendor, FULL)
    sync(any_store, vendor, connector)
    vendor.tickets = dict(list(vendor.tickets.items())[:10])
    for _ in range(2):
        vendor.clock.forward(days=1)
        receipt = by_slice(sync(any_store, vendor, connector))["all"]
        assert "lists 10 where it listed 120: nothing was marked as gone" in str(receipt.message)
        assert gone(any_store) == []
    vendor.clock.forward(days=1)
    receipt = by_slice(sync(any_store, vendor, connector, reconcile=True))["all"]
    assert receipt.message == "110 tickets are no longer in it and are marked as gone."
    assert len(gone(any_store)) == 110
    vendor.clock.forward(days=1)
    assert by_slice(sync(any_store, vendor, connector))["all"].message is None


def test_a_stream_that_says_its_rows_leave_without_being_deleted_is_never_swept(sqlite_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor, tickets_stream(cursor=CursorKind.NONE, lists_all=False))
    sync(sqlite_store, vendor, connector)
    vendor.tickets.pop("T003")
    vendor.clock.forward(days=1)
    sync(sqlite_store, vendor, connector)
    assert gone(sqlite_store) == []


def test_an_increment_never_sweeps_and_the_reconcile_does(any_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor, tickets_stream(listing=listing))
    sync(any_store, vendor, connector)
    vendor.tickets.pop("T003")
    vendor.tickets.pop("T005")
    vendor.clock.forward(days=1)
    sync(any_store, vendor, connector)
    assert gone(any_store) == []
    vendor.clock.forward(days=1)
    result = sync(any_store, vendor, connector, reconcile=True)
    receipt = by_slice(result)["reconcile"]
    assert (receipt.status, receipt.rows_read) == ("complete", 5)
    assert receipt.message == "2 tickets are no longer there and are marked as gone."
    assert gone(any_store) == ["T003", "T005"]


def test_what_cannot_be_without_a_ticket_that_is_gone_is_gone_with_it(any_store: Store) -> None:
    vendor = vendor_with()
    vendor.put("T003", at=NOON - timedelta(hours=27), client="north", sla="met")
    connector = vendor_connector(vendor, tickets_stream(listing=listing))
    sync(any_store, vendor, connector)
    (event,) = [e["id"] for e in rows_of(any_store.msp("acme"), "ticket_events") if e["ticket"] == "T003"]
    kept = vendor.tickets.pop("T003")
    vendor.clock.forward(days=1)
    sync(any_store, vendor, connector, reconcile=True)
    assert gone(any_store, "sla_results") == ["T003:resolution"]
    assert gone(any_store, "ticket_events") == [event]
    assert gone(any_store, "clients") == []  # it was only mentioned
    vendor.clock.forward(days=1)
    vendor.tickets["T003"] = kept  # a right had been lost: it comes back as it was, and is not read again
    sync(any_store, vendor, connector, reconcile=True)
    assert [gone(any_store, table) for table in ("tickets", "sla_results", "ticket_events")] == [[], [], []]


def test_without_a_listing_of_ids_the_reconcile_reads_all_of_it_again(any_store: Store) -> None:
    vendor = vendor_with()
    sync(any_store, vendor)
    vendor.tickets.pop("T003")
    vendor.clock.forward(days=1)
    result = sync(any_store, vendor, reconcile=True)
    assert result.status == "complete"
    assert {r.mode for s, r in by_slice(result).items() if s != "reconcile"} == {
        "full: asked for by --reconcile"
    }
    assert gone(any_store) == ["T003"]


def test_a_reconcile_that_could_not_list_everything_marks_nothing(any_store: Store) -> None:
    vendor = vendor_with()
    sync(any_store, vendor)
    vendor.tickets.pop("T003")
    vendor.clock.forward(days=1)
    vendor.answers, vendor.break_at, vendor.error = 0, 2, UnavailableError("away")
    result = sync(any_store, vendor, reconcile=True)
    assert result.status == "partial"
    assert gone(any_store) == []

    def cut(vendor: Vendor, slice_: Slice, context: Any) -> Iterator[Page]:
        yield Page([{"id": "T000"}], declared=6, proof="end_mark")

    vendor.break_at = 0
    connector = vendor_connector(vendor, tickets_stream(listing=cut))
    receipt = by_slice(sync(any_store, vendor, connector, reconcile=True))["reconcile"]
    assert receipt.status == "partial"
    assert gone(any_store) == []


def test_one_connection_never_sweeps_anothers_rows(any_store: Store) -> None:
    from phasewise.config.settings import ConnectionSettings
    from phasewise.sync.engine import sync_msp
    from phasewise.sync.options import SyncOptions
    from phasewise.sync.progress import nobody
    from tests.integration.sync.source import VendorSettings, settings_for

    one, other = vendor_with(5), vendor_with(5)
    connectors = {"one": vendor_connector(one, FULL), "other": vendor_connector(other, FULL)}
    connections = {
        name: ConnectionSettings(msp="acme", connector=name, settings=VendorSettings()) for name in connectors
    }
    clock = Clock(at=NOON)

    def both() -> None:
        sync_msp(
            any_store,
            settings_for(connections=connections),
            "acme",
            SyncOptions(),
            clock=clock,
            progress=nobody,
            find=lambda name: _named(connectors[name], name),
        )

    both()
    one.tickets.pop("T001")
    clock.forward(days=1)
    both()
    left = [(r["connection_id"], r["id"]) for r in rows_of(any_store.msp("acme"), "tickets") if r["gone_at"]]
    assert left == [("one", "T001")]


def _named(connector: Any, name: str) -> Any:
    from dataclasses import replace

    return replace(connector, name=name)


# ---- sources that name their own slices (files) --------------------------------------------------


class Folder(Vendor):
    """A vendor whose tickets lie in named parts, like files."""


def files_stream(parts: dict[str, list[str]], **changes: Any) -> Any:
    def plan(vendor: Vendor) -> list[Slice]:
        return [Slice(name, token=repr(ids)) for name, ids in sorted(parts.items())]

    def pages(vendor: Vendor, slice_: Slice, context: Any) -> Iterator[Page]:
        vendor.answer()
        rows = [ticket_payload(vendor.tickets[id_]) for id_ in parts[slice_.key]]
        yield Page(rows, proof="whole_file", rows_read=2 * len(rows))

    return tickets_stream(cursor=CursorKind.FILE, plan=plan, pages=pages, **changes)


def test_a_file_that_lost_a_row_marks_it_and_one_that_is_unchanged_is_not_read(any_store: Store) -> None:
    vendor = vendor_with(5)
    parts = {"a.csv": ["T000", "T001"], "b.csv": ["T002", "T003", "T004"]}
    connector = vendor_connector(vendor, files_stream(parts))
    first = by_slice(sync(any_store, vendor, connector))
    assert (first["a.csv"].rows_read, first["a.csv"].stored) == (4, 2)
    parts["b.csv"] = ["T002", "T004"]
    vendor.clock.forward(days=1)
    vendor.answers = 0
    second = by_slice(sync(any_store, vendor, connector))
    assert vendor.answers == 1
    assert (second["a.csv"].status, second["b.csv"].status) == ("unchanged", "complete")
    assert gone(any_store) == ["T003"]


def test_a_file_that_is_gone_is_said_and_only_the_reconcile_marks_its_rows(any_store: Store) -> None:
    vendor = vendor_with(5)
    parts = {"a.csv": ["T000", "T001"], "b.csv": ["T002", "T003", "T004"]}
    connector = vendor_connector(vendor, files_stream(parts))
    sync(any_store, vendor, connector)
    del parts["a.csv"]
    for _ in range(2):
        vendor.clock.forward(days=1)
        result = sync(any_store, vendor, connector)
        receipt = by_slice(result)["a.csv"]
        assert (result.status, receipt.status) == ("complete", "unchanged")
        assert "a.csv is no longer there; what was read from it stays" in str(receipt.message)
        assert gone(any_store) == []
    vendor.clock.forward(days=1)
    receipt = by_slice(sync(any_store, vendor, connector, reconcile=True))["a.csv"]
    assert receipt.message == "a.csv is no longer there: 2 tickets are marked as gone."
    assert gone(any_store) == ["T000", "T001"]
    vendor.clock.forward(days=1)
    assert "a.csv" not in by_slice(sync(any_store, vendor, connector))
    parts["a.csv"] = ["T000", "T001"]
    vendor.clock.forward(days=1)
    sync(any_store, vendor, connector)
    assert gone(any_store) == []


def test_a_folder_that_cannot_be_listed_is_said_until_it_can(sqlite_store: Store) -> None:
    from phasewise.storage.receipts import latest_receipts

    vendor = vendor_with(2)
    parts = {"a.csv": ["T000"]}
    stream = files_stream(parts)

    def away(vendor: Vendor) -> list[Slice]:
        raise UnavailableError("the folder is not there")

    from dataclasses import replace

    result = sync(sqlite_store, vendor, vendor_connector(vendor, replace(stream, plan=away)))
    assert [(r.slice, r.status) for r in result.receipts] == [("*", "later")]
    vendor.clock.forward(hours=1)
    assert sync(sqlite_store, vendor, vendor_connector(vendor, stream)).status == "complete"
    scope = sqlite_store.msp("acme")
    assert {(r.slice, r.status) for r in latest_receipts(scope)} == {("*", "complete"), ("a.csv", "complete")}
    vendor.clock.forward(hours=1)
    result = sync(sqlite_store, vendor, vendor_connector(vendor, stream))
    assert [(r.slice, r.status) for r in result.receipts] == [("a.csv", "unchanged")]
