"""After a remap the store is as if everything had been read anew under the new settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from phasewise.connectors.base import CursorKind, RecordContext
from phasewise.storage.engine import Store
from phasewise.storage.msps import read_connections
from phasewise.storage.receipts import latest_receipts
from phasewise.storage.retention import prune_raw
from phasewise.sync.readiness import not_yet_applied, unmapped_words
from tests.integration.sync.conftest import NewStore
from tests.integration.sync.runs import remap, sync
from tests.integration.sync.source import (
    NOON,
    Clock,
    Vendor,
    records,
    settings_for,
    tickets_stream,
    vendor_connector,
)
from tests.integration.sync.state import records_of, rejects_of, rows_of, words_of

MAPPING = {
    "status": {"New": "waiting", "Parked": "waiting"},
    "priority": {"P1": "low", "P7": "high"},
}


def vendor_with(tickets: int = 14) -> Vendor:
    vendor = Vendor(clock=Clock(at=NOON))
    for number in range(tickets):
        vendor.put(
            f"T{number:02}",
            at=NOON - timedelta(days=5 * number),
            status=["New", "Active", "Parked", "Closed"][number % 4],
            priority=["P1", "P3", "P7"][number % 3],
            client=f"c{number % 3}",
            sla="met",
            broken=number == 5,
            lines=["x", "y"][: number % 3],
        )
    return vendor


SETS = tickets_stream(
    emits=("tickets", "clients", "ticket_events", "sla_results", "invoices"),
    replaces_children=("invoices",),
    child_parent={"invoices": "client"},
)


def without_times(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {table: [{**row, "gone_at": None} for row in rows] for table, rows in found.items()}


def test_a_remap_equals_a_fresh_sync_row_by_row(any_store: Store, new_store: NewStore) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor, SETS)
    sync(any_store, vendor, connector)
    vendor.clock.forward(days=1)
    changed = settings_for(mapping=MAPPING)
    before = records_of(any_store.msp("acme"))
    remap(any_store, connector, clock=Clock(at=vendor.clock.at), settings=changed)
    scope = any_store.msp("acme")
    with new_store() as fresh:
        sync(fresh, vendor_with(), vendor_connector(vendor_with(), SETS), settings=changed)
        expected = fresh.msp("acme")
        assert records_of(scope) == records_of(expected)
        assert words_of(scope) == words_of(expected)
        assert rejects_of(scope) == rejects_of(expected)
    assert records_of(scope) != before


def test_after_changes_at_the_source_a_remap_still_equals_a_fresh_sync(new_store: NewStore) -> None:
    """Old states of a ticket lie before new ones in the raw pages; the newest must win again."""
    vendor = vendor_with()
    connector = vendor_connector(vendor, SETS)
    changed = settings_for(mapping=MAPPING)
    with new_store() as store, new_store() as fresh:
        sync(store, vendor, connector)
        for day in range(4):
            vendor.clock.forward(days=1)
            vendor.put(f"T0{day}", at=vendor.clock(), status="Parked", lines=["z"])
            sync(store, vendor, connector)
        remap(store, connector, clock=Clock(at=vendor.clock.at), settings=changed)
        sync(fresh, vendor, connector, settings=changed)
        remapped, expected = records_of(store.msp("acme")), records_of(fresh.msp("acme"))
        assert remapped["tickets"] == expected["tickets"]
        assert remapped["sla_results"] == expected["sla_results"]
        assert remapped["invoices"] == expected["invoices"]


def test_a_remap_asks_nothing_of_the_source(sqlite_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor)
    sync(sqlite_store, vendor, connector)
    vendor.answers, vendor.asked = 0, []
    remap(sqlite_store, connector, clock=Clock(), settings=settings_for(mapping=MAPPING))
    assert (vendor.answers, vendor.asked) == (0, [])


def test_a_remap_leaves_when_rows_were_seen_and_what_is_gone(any_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor, tickets_stream(cursor=CursorKind.NONE))
    sync(any_store, vendor, connector)
    vendor.tickets.pop("T03")
    vendor.clock.forward(days=1)
    sync(any_store, vendor, connector)
    scope = any_store.msp("acme")
    before = {row["id"]: row["gone_at"] for row in rows_of(scope, "tickets")}
    remap(any_store, connector, clock=Clock(NOON + timedelta(days=9)), settings=settings_for(mapping=MAPPING))
    assert {row["id"]: row["gone_at"] for row in rows_of(scope, "tickets")} == before
    assert before["T03"] is not None


def test_a_payload_that_now_becomes_a_record_is_no_longer_a_reject(any_store: Store) -> None:
    vendor = vendor_with()
    sync(any_store, vendor)
    assert [reject[1] for reject in rejects_of(any_store.msp("acme"))] == ["T05"]

    def corrected(payload: Any, context: RecordContext) -> Iterable[Any]:
        return records({**payload, "broken": False}, context)

    connector = vendor_connector(vendor, tickets_stream(records=corrected))
    result = remap(any_store, connector, clock=Clock())
    assert result.receipts[0].rejected == 0
    assert rejects_of(any_store.msp("acme")) == []
    assert "T05" in {row["id"] for row in rows_of(any_store.msp("acme"), "tickets")}


def test_a_sync_after_a_changed_mapping_applies_it_and_says_so(any_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor)
    sync(any_store, vendor, connector)
    scope = any_store.msp("acme")
    changed = settings_for(mapping=MAPPING)
    assert not_yet_applied(scope, settings_for()) == []
    assert not_yet_applied(scope, changed) == ["desk"]
    vendor.clock.forward(days=1)
    result = sync(any_store, vendor, connector, settings=changed)
    assert result.receipts[0].mode == "remap: the mapping in the settings changed"
    assert result.status == "complete"
    assert not_yet_applied(scope, changed) == []
    statuses = {row["status"] for row in rows_of(scope, "tickets")}
    assert "new" not in statuses
    assert sync(any_store, vendor, connector, settings=changed).receipts[0].slice != "remap"


def test_a_remap_is_no_proof_of_what_was_read(sqlite_store: Store) -> None:
    """Receipts in the store say what came from a source and when; a remap reads no source."""
    vendor = vendor_with()
    connector = vendor_connector(vendor)
    sync(sqlite_store, vendor, connector)
    before = latest_receipts(sqlite_store.msp("acme"))
    remap(sqlite_store, connector, clock=Clock(NOON + timedelta(days=3)))
    assert latest_receipts(sqlite_store.msp("acme")) == before


def test_a_changed_basis_of_slas_is_applied_like_a_changed_mapping(sqlite_store: Store) -> None:
    from phasewise.config.settings import SlaSettings

    vendor = vendor_with()
    connector = vendor_connector(vendor)
    sync(sqlite_store, vendor, connector)
    scope = sqlite_store.msp("acme")
    assert {row["outcome"] for row in rows_of(scope, "sla_results")} == {"met", "running"}
    ours = settings_for(sla=SlaSettings(basis="phasewise"))
    vendor.clock.forward(days=1)
    result = sync(sqlite_store, vendor, connector, settings=ours)
    assert {row["outcome"] for row in rows_of(scope, "sla_results")} == {None}
    assert any("sla.basis is phasewise" in note for note in result.notes)


@pytest.mark.parametrize("mapping", [{}, MAPPING])
def test_the_digest_that_records_were_derived_with_is_kept(sqlite_store: Store, mapping: Any) -> None:
    sync(sqlite_store, vendor_with(), settings=settings_for(mapping=mapping))
    (connection,) = read_connections(sqlite_store.msp("acme"))
    assert connection.derived_with


def test_words_nobody_has_mapped_are_listed_with_counts_and_what_they_may_mean(any_store: Store) -> None:
    sync(any_store, vendor_with())
    found = {(w.mapping, w.word): w for w in unmapped_words(any_store.msp("acme"))}
    assert found["status", "Parked"].tickets == 3
    assert found["status", "Parked"].suggestion == "waiting"
    assert ("status", "New") not in found


def test_what_a_corrected_connector_no_longer_makes_of_a_payload_goes(any_store: Store) -> None:
    """Events under wrong ids, a client read from the wrong field: nothing of it is left."""
    vendor = vendor_with()

    def wrong(payload: Any, context: RecordContext) -> Iterable[Any]:
        for record in records(payload, context):
            if type(record).__record__.table == "clients" or type(record).__record__.table == "ticket_events":
                yield replace(record, id=f"wrong {record.id}")
            else:
                yield record

    sync(any_store, vendor, vendor_connector(vendor, tickets_stream(records=wrong)))
    scope = any_store.msp("acme")
    assert {row["id"][:5] for row in rows_of(scope, "clients")} == {"wrong"}
    result = remap(any_store, vendor_connector(vendor), clock=Clock(at=NOON + timedelta(days=1)))
    assert {row["id"] for row in rows_of(scope, "clients")} == {"c0", "c1", "c2"}
    assert not [row for row in rows_of(scope, "ticket_events") if row["id"].startswith("wrong")]
    assert result.receipts[0].message == (
        "Removed because their payloads no longer become them: 3 clients, 13 ticket_events."
    )
    again = remap(any_store, vendor_connector(vendor), clock=Clock(at=NOON + timedelta(days=2)))
    assert again.receipts[0].message is None


def test_records_whose_raw_payload_was_pruned_stay_and_are_counted(any_store: Store) -> None:
    vendor = vendor_with()
    connector = vendor_connector(vendor)
    sync(any_store, vendor, connector)
    scope = any_store.msp("acme")
    before = rows_of(scope, "tickets")
    assert prune_raw(scope, NOON + timedelta(days=400)) > 0
    result = remap(any_store, connector, clock=Clock(NOON + timedelta(days=400)))
    assert rows_of(scope, "tickets") == before
    assert "records are as they were: their raw payloads were pruned" in str(result.receipts[0].message)
