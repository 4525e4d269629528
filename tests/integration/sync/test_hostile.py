"""A source that sends what no source should: nothing breaks, nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from phasewise.config.settings import ConnectionSettings
from phasewise.connectors.base import CursorKind, Page, RecordContext, SourceReject
from phasewise.model.records.billing import Invoice
from phasewise.model.records.tickets import Ticket
from phasewise.storage.engine import Store
from phasewise.storage.raw import read_pages
from phasewise.storage.runs import latest_runs
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import nobody
from tests.integration.sync.runs import by_slice, remap, sync
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

HOSTILE: list[Any] = [
    {"id": "emoji", "title": "😈 ملف العميل \u202e𐍈"},
    {"id": "nul", "title": "a\x00b"},
    {"id": "surrogate", "title": "half \ud83d"},
    {"id": "naive", "opened": datetime(2026, 3, 29, 2, 30)},  # noqa: DTZ001  # that is what it is about
    {"id": "huge", "number": 2**70},
    {"id": "nan", "amount": Decimal("NaN")},
    {"id": "emoji", "title": "the same id again"},
    {"id": None},
    {"id": ""},
    {"title": "no id at all"},
    "not even an object",
    None,
    [],
    42,
    {"id": "list", "boom": "TypeError"},
    {"id": "deep", "nested": {"a": [{"b": [{}] * 50}] * 50}},
    {"id": "ok", "title": "fine"},
]


def identify(payload: Any) -> Any:
    return payload["id"]


def records_of_payload(payload: Any, context: RecordContext) -> Iterable[Any]:
    if payload.get("boom"):
        len(5)  # type: ignore[arg-type]  # a defect of the connector
    yield Ticket(
        id=payload["id"],
        title=payload.get("title"),
        opened_at=payload.get("opened"),
        reopened_count=payload.get("number"),
    )
    if payload.get("amount") is not None:
        yield Invoice(id=payload["id"], total=payload["amount"], currency="EUR")


def pages(vendor: Vendor, slice_: Any, context: Any) -> Iterator[Page]:
    pieces = [
        SourceReject(
            "log.csv line 7", "half_line", "the line ends in the middle", payload="a;b\x00", key=None
        )
    ]
    yield Page(HOSTILE, rejects=pieces, rows_read=len(HOSTILE) + 1)
    yield Page([], proof="end_mark")


STREAM = tickets_stream(
    cursor=CursorKind.NONE, pages=pages, records=records_of_payload, identify=identify, emits=("tickets",)
)


def test_a_hostile_page_is_stored_as_far_as_it_can_be_and_the_rest_is_named(any_store: Store) -> None:
    vendor = Vendor(clock=Clock(at=NOON))
    result = sync(any_store, vendor, vendor_connector(vendor, STREAM))
    receipt = by_slice(result)["all"]
    scope = any_store.msp("acme")
    titles = {row["id"]: row["title"] for row in rows_of(scope, "tickets")}
    assert titles["ok"] == "fine"
    assert titles["emoji"] == "the same id again"
    assert {"naive", "huge", "list"} & set(titles) == set()
    named = {reject[1] for reject in rejects_of(scope)}
    assert {"naive", "huge", "list"} <= named
    assert receipt.rejected == len(rejects_of(scope))
    assert receipt.reasons["half_line"] == 1
    (page,) = list(read_pages(scope, "desk"))
    assert len(page.payloads) == len(HOSTILE)


def test_a_hostile_page_survives_a_remap(any_store: Store) -> None:
    vendor = Vendor(clock=Clock(at=NOON))
    connector = vendor_connector(vendor, STREAM)
    sync(any_store, vendor, connector)
    scope = any_store.msp("acme")
    before = (rows_of(scope, "tickets"), rejects_of(scope))
    remap(any_store, connector, clock=Clock())
    after = (rows_of(scope, "tickets"), rejects_of(scope))
    assert [row["id"] for row in before[0]] == [row["id"] for row in after[0]]
    assert {reject[1:3] for reject in before[1]} >= {("list", "payload list")}


def test_a_renamed_field_stops_the_stream_with_a_clear_word(any_store: Store) -> None:
    vendor = Vendor(clock=Clock(at=NOON), page_size=100)

    def renamed(payload: Any, context: RecordContext) -> Iterable[Any]:
        return [Ticket(id=payload["id"], opened_at=datetime.fromisoformat(payload["openedAt"]))]

    for number in range(80):
        vendor.put(f"T{number:02}", at=NOON)
    result = sync(any_store, vendor, vendor_connector(vendor, tickets_stream(records=renamed)))
    receipt = by_slice(result)["increment"]
    assert receipt.status == "failed"
    assert "unexpected_form 80" in str(receipt.message)
    assert "KeyError: 'openedAt'" in str(rejects_detail(any_store))
    assert len(list(read_pages(any_store.msp("acme"), "desk"))) == 1


def rejects_detail(store: Store) -> str:
    from phasewise.storage.frames import read_frame

    rows = read_frame(store.msp("acme"), "SELECT detail FROM rejects WHERE msp_id = :msp_id")
    return str(rows[0]["detail"])


def test_a_defect_of_a_connector_is_seen_and_does_not_stop_the_other_connections(sqlite_store: Store) -> None:
    """It is no refusal of a source: the run fails with it, but only after everything else was read."""

    def broken(vendor: Vendor, slice_: Any, context: Any) -> Iterator[Page]:
        yield Page([{"id": "T1", "title": "before"}], cursor="T1")
        raise ZeroDivisionError

    vendor = Vendor(clock=Clock(at=NOON))
    stream = tickets_stream(
        cursor=CursorKind.NONE, pages=broken, records=records_of_payload, identify=identify
    )
    other = Vendor(clock=Clock(at=NOON))
    other.put("T2", at=NOON)
    connectors = {"broken": vendor_connector(vendor, stream), "good": vendor_connector(other)}
    connections = {
        name: ConnectionSettings(msp="acme", connector=name, settings=VendorSettings()) for name in connectors
    }
    with pytest.raises(ZeroDivisionError):
        sync_msp(
            sqlite_store,
            settings_for(connections=connections),
            "acme",
            SyncOptions(),
            clock=Clock(),
            progress=nobody,
            find=lambda name: replace(connectors[name], name=name),
        )
    scope = sqlite_store.msp("acme")
    assert {row["id"] for row in rows_of(scope, "tickets")} == {"T1", "T2"}
    assert latest_runs(scope)[0].status == "failed"


def test_times_in_the_far_past_and_future_are_kept_and_hide_nothing(any_store: Store) -> None:
    vendor = Vendor(clock=Clock(at=NOON), says_time=False)
    vendor.put("old", at=datetime(1970, 1, 1, tzinfo=UTC))
    vendor.put("new", at=datetime(2099, 1, 1, tzinfo=UTC))
    vendor.put("now", at=NOON)
    connector = vendor_connector(vendor, tickets_stream(bounded=False, ordered=True, history_months=900))
    sync(any_store, vendor, connector)
    vendor.clock.forward(days=1)
    vendor.put("later", at=vendor.clock())
    sync(any_store, vendor, connector)
    assert {row["id"] for row in rows_of(any_store.msp("acme"), "tickets")} == {"old", "new", "now", "later"}
