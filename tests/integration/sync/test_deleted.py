"""A record that its source itself calls deleted is kept with all that is known, and marked as gone."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from phasewise.storage.engine import MspStore, Store
from phasewise.storage.tables import RECORD_TABLES
from tests.integration.sync.runs import remap, sync
from tests.integration.sync.source import NOON, Clock, Vendor, settings_for, tickets_stream, vendor_connector

DELETED_AT = NOON - timedelta(minutes=5)


def gone(scope: MspStore) -> dict[str, object]:
    table = RECORD_TABLES["tickets"]
    query = select(table.c.id, table.c.gone_at).where(table.c.gone_at.is_not(None))
    with scope.read() as connection:
        return {row.id: row.gone_at for row in connection.execute(query)}


def vendor_with_a_bin() -> tuple[Vendor, object]:
    vendor = Vendor(clock=Clock(at=NOON))
    for number in range(4):
        vendor.put(f"T{number}", at=NOON - timedelta(days=1, hours=number), client="c")
    return vendor, vendor_connector(
        vendor, tickets_stream(deleted=lambda payload: payload["status"] == "Deleted")
    )


def test_it_is_gone_from_when_the_source_deleted_it(any_store: Store) -> None:
    vendor, connector = vendor_with_a_bin()
    sync(any_store, vendor, connector)  # type: ignore[arg-type]  # a Connector
    assert gone(any_store.msp("acme")) == {}
    vendor.put("T2", at=DELETED_AT, status="Deleted")
    sync(any_store, vendor, connector)  # type: ignore[arg-type]  # the connector of this test
    sync(any_store, vendor, connector)  # type: ignore[arg-type]  # again, by the overlap
    scope = any_store.msp("acme")
    assert gone(scope) == {"T2": DELETED_AT}
    table = RECORD_TABLES["tickets"]
    with scope.read() as connection:
        query = select(table.c.client, table.c.status_raw).where(table.c.id == "T2")
        assert connection.execute(query).one() == ("c", "Deleted")


def test_it_is_there_again_once_the_source_takes_it_back(sqlite_store: Store) -> None:
    vendor, connector = vendor_with_a_bin()
    vendor.put("T2", at=DELETED_AT, status="Deleted")
    sync(sqlite_store, vendor, connector)  # type: ignore[arg-type]  # the connector of this test
    vendor.put("T2", at=NOON - timedelta(minutes=1), status="Active")
    sync(sqlite_store, vendor, connector)  # type: ignore[arg-type]  # the connector of this test
    assert gone(sqlite_store.msp("acme")) == {}


def test_a_remap_of_both_states_leaves_the_later_one(sqlite_store: Store) -> None:
    vendor, connector = vendor_with_a_bin()
    for id_, later in (("T1", "Active"), ("T2", "Deleted")):
        vendor.put(id_, at=DELETED_AT, status="Deleted" if later == "Active" else "Active")
        sync(sqlite_store, vendor, connector)  # type: ignore[arg-type]  # the connector of this test
        vendor.put(id_, at=NOON - timedelta(minutes=1), status=later)
        sync(sqlite_store, vendor, connector)  # type: ignore[arg-type]  # the connector of this test
    wanted = {"T2": NOON - timedelta(minutes=1)}
    assert gone(sqlite_store.msp("acme")) == wanted
    words = settings_for(mapping={"status": {"Active": "waiting"}})
    remap(sqlite_store, connector, clock=vendor.clock, settings=words)  # type: ignore[arg-type]  # the connector of this test
    assert gone(sqlite_store.msp("acme")) == wanted
