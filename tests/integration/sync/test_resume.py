"""A run that is killed loses nothing, and the next one ends where an undisturbed one would have ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phasewise.connectors.base import CursorKind, Page, Stream
from phasewise.storage.engine import Store
from phasewise.storage.runs import latest_runs
from tests.integration.sync.conftest import NewStore
from tests.integration.sync.runs import Killed, by_slice, sync
from tests.integration.sync.source import NOON, SHORT_PAGES, Clock, Vendor, tickets_stream, vendor_connector
from tests.integration.sync.state import everything, rows_of

MANY = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def busy_vendor(tickets: int = 24) -> Vendor:
    vendor = Vendor(clock=Clock(at=NOON))
    for number in range(tickets):
        vendor.put(
            f"T{number:02}",
            at=NOON - timedelta(days=3.7 * number, hours=number),
            client=f"client{number % 4}",
            priority="P1" if number % 3 else "P9",
            sla="met",
            broken=number % 11 == 7,
            lines=[f"line{n}" for n in range(number % 3)],
        )
    return vendor


STREAMS = {
    "windows": tickets_stream(),
    "windows of short pages": tickets_stream(page_size=SHORT_PAGES),
    "one open slice": tickets_stream(bounded=False),
    "full listing": tickets_stream(cursor=CursorKind.NONE),
    "full listing of short pages": tickets_stream(cursor=CursorKind.NONE, page_size=SHORT_PAGES),
    "with sets": tickets_stream(
        emits=("tickets", "clients", "ticket_events", "sla_results", "invoices"),
        replaces_children=("invoices",),
        child_parent={"invoices": "client"},
    ),
}


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_a_kill_at_any_page_and_a_second_run_end_as_a_run_left_alone(
    new_store: NewStore, stream: Stream
) -> None:
    """For every page of the run: the answer after it never comes, because the process is dead."""
    with new_store() as store:
        vendor = busy_vendor()
        assert sync(store, vendor, vendor_connector(vendor, stream)).status == "complete"
        expected, answers = everything(store.msp("acme")), vendor.answers
    assert answers >= 8
    for number in range(1, answers + 1):
        with new_store() as store:
            vendor = busy_vendor()
            vendor.break_at, vendor.error = number, Killed()
            with pytest.raises(Killed):
                sync(store, vendor, vendor_connector(vendor, stream))
            vendor.clock.at = NOON
            again = sync(
                store, vendor, vendor_connector(vendor, stream), clock=Clock(NOON + timedelta(hours=1))
            )
            assert again.status == "complete"
            assert without_end(everything(store.msp("acme"))) == without_end(expected)


def without_end(state: dict[str, object]) -> dict[str, object]:
    """The state but for how far the open end reaches: that is the vendor's time of the run."""
    positions = [
        (*p[:4], None, p[5]) if p[1] == "increment" else p
        for p in state["positions"]  # type: ignore[attr-defined]  # a list of tuples
    ]
    return {**state, "positions": positions}


def test_a_resumed_run_does_not_ask_again_for_what_it_has(new_store: NewStore) -> None:
    with new_store() as store:
        vendor = busy_vendor()
        connector = vendor_connector(vendor, tickets_stream(bounded=False))
        vendor.break_at, vendor.error = 5, Killed()
        with pytest.raises(Killed):
            sync(store, vendor, connector)
        result = sync(store, vendor, connector)
    resumed, follow_up = vendor.asked[1:]
    assert resumed.resume is not None
    receipt = result.receipts[0]
    assert receipt.mode.startswith("resume")
    assert receipt.status == "complete"
    assert receipt.proof == "declared_total"
    assert receipt.rows_read < len(vendor.tickets)
    # What changed since the killed run began may lie behind the mark it was resumed at.
    assert follow_up.resume is None
    assert follow_up.start == NOON.replace(hour=11, minute=45)
    assert by_slice(result)["increment"].mode.startswith("increment: since 2026-03-02 12:00")


@pytest.mark.parametrize("says_time", [True, False])
@pytest.mark.parametrize("ordered", [True, False])
def test_a_row_that_changes_behind_us_while_we_page_is_found_by_the_next_run(
    new_store: NewStore, says_time: bool, ordered: bool
) -> None:
    """Paging takes longer than the overlap, and a row of the first page changes after we have passed it."""
    vendor = Vendor(clock=Clock(at=NOON), page_size=2, says_time=says_time)
    for number in range(8):
        vendor.put(f"T{number}", at=NOON - timedelta(days=30, minutes=-number))
    # Ordered by id as well as by time; the change then comes again at the end of the listing.
    stream = tickets_stream(bounded=False, ordered=ordered)

    def change(vendor: Vendor) -> None:
        vendor.clock.forward(minutes=20)
        if vendor.answers == 2:
            vendor.put("T0", at=vendor.clock(), status="Closed")

    vendor.before_answer = change
    with new_store() as store:
        sync(store, vendor, vendor_connector(vendor, stream))
        vendor.before_answer = None
        vendor.clock.forward(days=1)
        vendor.put("T7", at=vendor.clock(), status="Active")
        sync(store, vendor, vendor_connector(vendor, stream))
        stored = {row["id"]: row["status_raw"] for row in rows_of(store.msp("acme"), "tickets")}
    assert stored["T0"] == "Closed"


def test_a_kill_between_the_parts_of_a_cut_increment_loses_none_of_them(new_store: NewStore) -> None:
    """The part with the open end commits the position, so it must be the last one read."""

    def prepared() -> Vendor:
        vendor = Vendor(clock=Clock(at=NOON), page_size=5)
        vendor.put("T00", at=NOON - timedelta(days=1))
        return vendor

    def flooded(vendor: Vendor) -> None:
        vendor.answers = 0
        vendor.clock.forward(days=1)
        for number in range(30):
            vendor.put(f"N{number:02}", at=vendor.clock.at - timedelta(minutes=47 * number))

    stream = tickets_stream(max_depth=10, history_months=1)
    with new_store() as store:
        vendor = prepared()
        sync(store, vendor, vendor_connector(vendor, stream))
        flooded(vendor)
        sync(store, vendor, vendor_connector(vendor, stream))
        answers = vendor.answers
    assert answers > 8
    for number in range(1, answers + 1):
        with new_store() as store:
            vendor = prepared()
            connector = vendor_connector(vendor, stream)
            sync(store, vendor, connector)
            flooded(vendor)
            vendor.break_at, vendor.error = number, Killed()
            with suppress(Killed):  # an answer that was fetched ahead may not be looked at any more
                sync(store, vendor, connector)
            vendor.break_at = 0
            assert sync(store, vendor, connector).status == "complete"
            assert len(rows_of(store.msp("acme"), "tickets")) == 31


actions = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.integers(1, 60 * 24 * 20)),
        st.tuples(st.just("sync"), st.just(0)),
        st.tuples(st.just("change while it pages"), st.integers(1, 9)),
        st.tuples(st.just("kill"), st.integers(1, 9)),
        st.tuples(st.just("away"), st.integers(1, 9)),
    ),
    min_size=3,
    max_size=14,
)


@MANY
@given(
    actions=actions,
    bounded=st.booleans(),
    says_time=st.booleans(),
    says_total=st.booleans(),
    page_size=st.integers(1, 5),
    skew_minutes=st.integers(-20, 20),
    max_depth=st.sampled_from([None, None, 4]),
    concurrency=st.sampled_from([1, 3]),
)
def test_whatever_happens_the_store_ends_as_the_vendor_is(
    new_store: NewStore,
    actions: list[tuple[str, int]],
    bounded: bool,
    says_time: bool,
    says_total: bool,
    page_size: int,
    skew_minutes: int,
    max_depth: int | None,
    concurrency: int,
) -> None:
    """Changes, kills, outages, our clock wrong: one quiet run later, every row is the vendor's."""
    vendor = Vendor(clock=Clock(at=NOON), page_size=page_size, says_time=says_time, says_total=says_total)
    for number in range(6):
        vendor.put(f"T{number}", at=NOON - timedelta(days=13 * number))
    stream = tickets_stream(bounded=bounded, max_depth=max_depth)
    connector = vendor_connector(vendor, stream, concurrency=concurrency)
    skew = timedelta(minutes=skew_minutes)
    with new_store() as store:
        for action, number in actions:
            act(store, vendor, connector, action, number, skew)
        status = act(store, vendor, connector, "quiet", 0, skew)
        if status != "complete":
            # More changes in two minutes than the source lists at a time: nobody could read them all.
            assert max_depth is not None
            return
        stored = {row["id"]: row for row in rows_of(store.msp("acme"), "tickets")}
    assert {id_: row["status_raw"] for id_, row in stored.items()} == {
        id_: row["status"] for id_, row in vendor.tickets.items()
    }
    assert {id_: row["updated_at"] for id_, row in stored.items()} == {
        id_: row["updated"].replace(microsecond=0) for id_, row in vendor.tickets.items()
    }


def act(store: Store, vendor: Vendor, connector: object, action: str, number: int, skew: timedelta) -> str:
    from phasewise.errors import UnavailableError

    vendor.break_at, vendor.error, vendor.before_answer, vendor.answers = 0, None, None, 0
    clock = Clock(at=vendor.clock.at + skew)
    if action == "change":
        vendor.put(f"T{number}", at=vendor.clock(), status=f"word {vendor.clock.at}")
        return ""
    if action == "wait":
        vendor.clock.forward(minutes=number)
        return ""
    if action == "change while it pages":

        def change(vendor: Vendor) -> None:
            vendor.clock.forward(minutes=20)
            if vendor.answers % 2 == number % 2:
                vendor.put(f"T{number}", at=vendor.clock(), status=f"word {vendor.clock.at}")

        vendor.before_answer = change
    if action == "kill":
        vendor.break_at, vendor.error = number, Killed()
    if action == "away":
        vendor.break_at, vendor.error = number, UnavailableError("the vendor is away")
    try:
        return sync(store, vendor, connector, clock=clock).status  # type: ignore[arg-type]  # a Connector
    except Killed:
        assert action == "kill"
        return "killed"


def test_an_interrupted_run_says_in_its_record_that_what_it_finished_is_stored(any_store: Store) -> None:
    def interrupted(*_: object) -> Iterator[Page]:
        raise KeyboardInterrupt
        yield

    vendor = busy_vendor()
    with pytest.raises(KeyboardInterrupt):
        sync(any_store, vendor, vendor_connector(vendor, tickets_stream(pages=interrupted)))
    (run,) = latest_runs(any_store.msp("acme"))
    assert (run.status, run.message) == ("failed", "Interrupted; what was finished is stored")
