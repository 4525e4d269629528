"""Every trap of Request Tracker, and what keeps us out of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.request_tracker import CONNECTOR
from phasewise.connectors.vendors.request_tracker.moments import not_earlier, not_later
from phasewise.errors import ContractError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.request_tracker.desk import desk, only, pseudonym
from tests.contract.vendors.request_tracker.ticketsql import read_date
from tests.contract.vendors.request_tracker.twin import (
    BASE,
    CLIENT1,
    DAY,
    NOBODY,
    READER,
    TECH1,
    TECH2,
    UNSET,
    Twin,
    history,
    stamp,
)

HOUR = timedelta(hours=1)
OF_THE_DAY = Slice("window", DAY, DAY + 24 * HOUR)


def twin_with(*numbers: int, **values: Any) -> Twin:
    twin = Twin()
    for place, number in enumerate(numbers):
        twin.open(number, at=DAY + place * HOUR, **values)
    return twin


def test_every_quirk_is_guarded_by_a_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)", text))
    assert len(CONNECTOR.quirks) >= 12
    assert {quirk.guarded_by for quirk in CONNECTOR.quirks} <= tests


# Dates in queries.


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def test_dates_are_asked_for_in_the_zone_of_our_user(zone: str) -> None:
    twin = twin_with(1, 2, 3)
    twin.users[READER]["Timezone"] = zone
    with desk(twin) as here:
        assert set(here.payloads(Slice("w", DAY + HOUR, DAY + 2 * HOUR))) == {"2"}
        assert set(here.payloads(Slice("increment", DAY + HOUR))) == {"2", "3"}


def test_a_zone_that_nobody_says_is_not_guessed() -> None:
    twin = twin_with(1)
    del twin.users[READER]["Timezone"]
    with desk(twin) as here:
        with pytest.raises(ContractError, match=r"nobody says.*give the user \"reader\" the time zone UTC"):
            here.pages(OF_THE_DAY)
        assert here.queries("/tickets") == []
        assert "nobody says" in here.check().missing["tickets"]


def test_a_zone_of_the_settings_is_tried_on_two_tickets_of_known_times() -> None:
    twin = twin_with(1, 2)
    twin.tickets[2]["LastUpdated"] = stamp(datetime(2026, 7, 1, 12, tzinfo=UTC))
    del twin.users[READER]["Timezone"]
    with desk(twin, zone="America/New_York") as here:
        assert set(here.payloads(OF_THE_DAY)) == {"1"}
    for wrong in ("Etc/GMT+5", "UTC"):  # the first is right in winter
        with desk(twin, zone=wrong) as here, pytest.raises(ContractError, match="does not read dates in"):
            here.pages(OF_THE_DAY)


def test_a_zone_of_the_settings_that_contradicts_request_tracker_is_refused() -> None:
    with (
        desk(twin_with(1), zone="Europe/Madrid") as here,
        pytest.raises(ContractError, match="the settings say Europe/Madrid, and Request Tracker says UTC"),
    ):
        here.pages(OF_THE_DAY)


ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kolkata"])
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  # hypothesis wants naive bounds
    lambda at: at.replace(microsecond=0)
)


@given(ZONES, INSTANTS)
def test_a_bound_leaves_nothing_out_whichever_hour_the_server_takes(name: str, at: datetime) -> None:
    zone = ZoneInfo(name)
    for fold in (0, 1):
        low = read_date(not_later(at, zone), zone).astimezone(zone).replace(fold=fold).astimezone(UTC)
        high = read_date(not_earlier(at, zone), zone).astimezone(zone).replace(fold=fold).astimezone(UTC)
        assert low <= at <= high
        assert high - low <= 4 * HOUR


def test_only_the_form_that_is_not_cut_is_sent() -> None:
    with desk(twin_with(1)) as here:
        here.pages(OF_THE_DAY)
        queries = here.queries("/tickets") + here.queries("/transactions")
    dates = [date for query in queries for date in re.findall(r"[<>]=? '([^']*)'", query)]
    assert dates
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", date) for date in dates), dates


def test_the_lower_bound_is_inclusive_and_the_upper_is_not() -> None:
    with desk(twin_with(1, 2)) as here:
        assert set(here.payloads(Slice("w", DAY, DAY + HOUR))) == {"1"}


# Pages.


def test_a_page_of_more_than_a_hundred_is_not_asked_for() -> None:
    with desk(twin_with(*range(1, 231))) as here:
        assert len(here.payloads()) == 230
        sizes = {int(a.query["per_page"]) for a in here.server.asked if "per_page" in a.query}
    assert max(sizes) == 100
    with pytest.raises(ValueError, match="less than or equal to 100"):
        CONNECTOR.settings.model_validate(
            {"base_url": "https://rt.test", "user": "u", "password": "p", "page_size": 500}
        )


@pytest.mark.parametrize("run", [1, 99, 100, 101, 250])
def test_a_page_of_hidden_rows_is_not_the_end(run: int) -> None:
    twin = twin_with(1, 2)
    twin.hidden = frozenset({"Comment"})
    for number in range(1, 4):
        for minute in range(run):
            twin.write(1, "Comment", at=DAY + number * HOUR + timedelta(seconds=minute))
        twin.write(2, "Correspond", at=DAY + (number + 1) * HOUR)
    with desk(twin) as here:
        found = here.payloads()
    assert len([entry for entry in found["2"]["History"] if entry["Type"] == "Correspond"]) == 3


def test_comments_hidden_in_one_queue_hide_none_of_another() -> None:
    twin = twin_with(1, 2)
    for number in range(1, 4):
        for minute in range(250):
            twin.write(1, "Comment", at=DAY + number * HOUR + timedelta(seconds=minute))
        twin.write(2, "Comment", at=DAY + (number + 1) * HOUR)
    twin.hidden_of = frozenset({"1"})
    with desk(twin) as here:
        found = here.payloads()
    assert {number: len(p["History"]) for number, p in found.items()} == {"1": 1, "2": 1 + 3}


def test_comments_are_asked_for_apart_until_one_of_each_queue_was_seen() -> None:
    twin = twin_with(1, 2, 3)
    for number in (1, 2, 3):
        twin.write(number, "Comment", at=DAY + number * HOUR)
    with desk(twin, page_size=1) as here:
        here.pages()
        kinds = [re.search(r"Type (!?=) 'Comment'", query) for query in here.queries("/transactions")]
    # What was removed; the first ticket in two, with two looks behind its last comment; the others.
    said = [None if kind is None else kind[1] for kind in kinds]
    assert said == [None, "!=", "=", "=", "=", "=", None, None]


def test_where_no_total_is_told_the_log_is_looked_at_further(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = twin_with(1)
    page = twin.page
    monkeypatch.setattr(
        twin, "page", lambda rows, asked, **more: page(rows, asked, **{**more, "told": False})
    )
    with desk(twin) as here:
        pages = here.pages()
        log = [query for query in here.queries("/transactions") if "MergedInto" in query]
    assert len(log) == 3
    assert pages[-1].proof == "end_mark"


def test_a_row_with_nothing_in_it_is_one_that_we_may_not_see() -> None:
    twin = twin_with(1, 2)
    blank = {"Type": "", "Field": "", "OldValue": "", "NewValue": "", "TimeTaken": "", "Creator": ""}
    for row in (
        twin.write(1, "Set", "Owner", NOBODY, TECH1, at=DAY),
        twin.write(2, "Status", "Status", "new", "deleted", at=DAY),
    ):
        twin.blank[row["id"]] = {**blank, "Created": UNSET}
    with desk(twin) as here:
        found = here.payloads(Slice("increment", DAY - HOUR))
    assert [len(payload["History"]) for payload in found.values()] == [1, 1]
    assert {payload["Status"] for payload in found.values()} == {"new"}


def test_only_transactions_of_tickets_are_asked_for() -> None:
    twin = twin_with(1)
    twin.transactions.append({**twin.transactions[0], "id": "999", "ObjectType": "RT::User"})
    with desk(twin) as here:
        assert [entry["id"] for entry in here.payloads()["1"]["History"]] == ["100"]
        fields = {name for a in here.asked("/transactions") for name in a.query["fields"].split(",")}
    assert {"ObjectId"} <= fields
    assert "Object" not in fields


@pytest.mark.parametrize("path", ["/tickets", "/transactions"])
def test_an_ignored_filter_is_seen(path: str) -> None:
    twin = twin_with(1, 2, 3)
    twin.set_status(2, "deleted", at=DAY)
    answer = twin.answer

    def deaf(asked: Asked) -> Reply | None:
        if asked.path == BASE + path:
            everything = Asked("GET", asked.path, {**asked.query, "query": ""}, {}, None, "")
            rows = twin.tickets.values() if path == "/tickets" else twin.transactions
            return twin.page(list(rows), everything, told=True)
        return answer(asked)

    twin.answer = deaf  # type: ignore[method-assign]  # the twin of this test answers otherwise
    with desk(twin) as here, pytest.raises(ContractError, match="ignores the filter"):
        here.pages(Slice("increment", DAY + 400 * HOUR))


@pytest.mark.parametrize("item", [{"Subject": "no id"}, {"id": "abc"}, {"id": None}, "text", None])
def test_an_item_without_a_number_is_no_list_that_can_be_gone_on_behind(item: Any) -> None:
    twin = twin_with(1)
    answer = twin.answer

    def changed(asked: Asked) -> Reply | None:
        reply = answer(asked)
        if asked.path == f"{BASE}/tickets" and reply is not None:
            return Reply({**reply.body, "items": [item]})
        return reply

    twin.answer = changed  # type: ignore[method-assign]  # the twin of this test answers otherwise
    with desk(twin) as here, pytest.raises(ContractError, match="without a number"):
        here.pages()


@pytest.mark.parametrize("body", [[], {}, None, "text", {"items": {}}])
def test_an_answer_of_another_form_is_an_error_of_the_source(body: Any) -> None:
    twin = twin_with(1)
    twin.answer = lambda _: Reply(body)  # type: ignore[method-assign,assignment,misc]  # the twin of this test answers otherwise
    with desk(twin) as here:
        for stream in ("tickets", "technicians"):
            with pytest.raises(ContractError):
                here.pages(stream=stream)
        assert here.check().missing


def test_no_caching_header_is_sent() -> None:
    with desk(twin_with(1)) as here:
        here.pages()
        here.pages()
        sent = {name for asked in here.server.asked for name in asked.headers}
    assert not {"if-modified-since", "if-none-match", "if-unmodified-since"} & sent


# Deleted and merged.


def test_a_deleted_ticket_is_found_by_its_transaction_and_is_gone() -> None:
    twin = twin_with(1, 2, 3)
    twin.own(2, TECH1, at=DAY + 2 * HOUR)
    twin.set_status(2, "deleted", at=DAY + 5 * HOUR)
    with desk(twin) as here:
        found = here.payloads(Slice("increment", DAY + 4 * HOUR))
        assert set(found) == {"2"}
        assert here.stream().deleted(found["2"])
        assert not any(here.stream().deleted(p) for p in here.payloads().values() if str(p["id"]) != "2")
        records = here.records(Slice("increment", DAY + 4 * HOUR))
    ticket = only(records, "tickets", id="2")
    assert (ticket.status, ticket.status_raw, ticket.updated_at) == ("cancelled", "deleted", DAY + 5 * HOUR)
    # What a single ticket says in another form than a list is the same all the same.
    assert (ticket.client, ticket.requester, ticket.queue) == (
        "Acme Dental", pseudonym(str(CLIENT1)), "Service Desk",
    )  # fmt: skip
    assert ticket.technician == str(TECH1)


def test_a_ticket_that_was_undeleted_is_there_again() -> None:
    twin = twin_with(1)
    twin.set_status(1, "deleted", at=DAY + HOUR)
    twin.set_status(1, "open", at=DAY + 2 * HOUR)
    with desk(twin) as here:
        found = here.payloads(OF_THE_DAY)
        assert not here.stream().deleted(found["1"])
        assert only(here.records(OF_THE_DAY), "tickets", id="1").status == "in_progress"


def test_a_merged_ticket_is_found_by_its_transaction_and_keeps_its_own_facts() -> None:
    twin = twin_with(1, 2)
    twin.merge(2, 1, at=DAY + 400 * HOUR)
    increment = Slice("increment", DAY + 399 * HOUR)
    with desk(twin) as here:
        assert set(here.payloads(increment)) == {"1", "2"}
        records = here.records(increment)
        assert here.asked("/ticket/2") == []
    ticket = only(records, "tickets", id="2")
    assert (ticket.status, ticket.parent, ticket.title) == ("merged", "1", "Printer 2")
    assert only(records, "tickets", id="1").status == "new"
    assert only(records, "ticket_events", kind="merge").to_value == "1"
    state = only(records, "ticket_events", ticket="2", to_value="merged")
    assert (state.at, state.kind, state.from_value) == (DAY + 400 * HOUR, "status", "new")


def test_a_ticket_merged_along_with_another_leads_to_the_last_one() -> None:
    twin = twin_with(1, 2, 3)
    twin.merge(2, 1, at=DAY + 10 * HOUR)
    twin.merge(1, 3, at=DAY + 400 * HOUR)
    with desk(twin) as here:
        records = here.records(Slice("increment", DAY + 399 * HOUR))
    assert {t.id: t.parent for t in records["tickets"]} == {"1": "3", "2": "3", "3": None}


def test_a_ticket_that_was_deleted_and_merged_is_told_by_its_history() -> None:
    twin = twin_with(1, 2)
    twin.own(2, TECH2, at=DAY + HOUR)
    twin.set_status(2, "deleted", at=DAY + 2 * HOUR)
    twin.merge(2, 1, at=DAY + 3 * HOUR)
    with desk(twin) as here:
        ticket = only(here.records(OF_THE_DAY), "tickets", id="2")
        assert (ticket.status, ticket.parent, ticket.technician) == ("merged", "1", str(TECH2))
        assert ticket.title is None
        here.known["2"] = {
            "id": "2",
            "Subject": "As it was",
            "Requestor": [{"hash": "h", "Organization": "O"}],
        }
        ticket = only(here.records(OF_THE_DAY), "tickets", id="2")
        assert (ticket.title, ticket.requester, ticket.client) == ("As it was", "h", "O")


def test_what_left_the_listing_counts_beside_the_total_and_not_for_it() -> None:
    twin = twin_with(1, 2, 3)
    twin.set_status(2, "deleted", at=DAY + 5 * HOUR)
    with desk(twin) as here:
        pages = here.pages(OF_THE_DAY)
    assert [len(page.payloads) for page in pages] == [1, 2, 0]
    assert (pages[-1].declared, pages[-1].proof) == (3, "declared_total")


def test_a_pass_that_goes_on_does_so_behind_its_mark() -> None:
    twin = twin_with(*range(1, 8))
    twin.set_status(7, "deleted", at=DAY + 9 * HOUR)
    with desk(twin, page_size=2) as here:
        first = here.pages(OF_THE_DAY)
        assert first[0].cursor is None
        mark = first[1].cursor
        rest = here.pages(Slice("window", OF_THE_DAY.start, OF_THE_DAY.end, resume=mark))
    assert rest[0].cursor == mark
    assert [str(p["id"]) for page in rest for p in page.payloads] == ["7", "3", "4", "5", "6"]


def test_the_listing_of_ids_has_merged_tickets_and_no_deleted_ones() -> None:
    twin = twin_with(1, 2, 3, 4)
    twin.set_status(3, "deleted", at=DAY + HOUR)
    twin.merge(2, 1, at=DAY + HOUR)
    with desk(twin) as here:
        stream = here.stream()
        assert stream.listing is not None
        pages = list(stream.listing(here.client, Slice("reconcile"), None))  # type: ignore[arg-type]  # the twin of this test answers otherwise
    assert [stream.identify(p) for page in pages for p in page.payloads] == ["1", "2", "4"]
    assert pages[-1].proof == "declared_total"


# Values.


def test_ids_are_the_same_however_they_are_written() -> None:
    twin = twin_with(1)
    history(twin, 1)
    with desk(twin) as here:
        stream = here.stream()
        assert stream.identify({"id": 1}) == stream.identify({"id": "1"}) == "1"
        records = here.records()
    assert only(records, "tickets", id="1").technician == str(TECH1)
    assert {r.technician for r in records["time_entries"]} == {str(TECH1)}
    moves = [e for e in records["ticket_events"] if e.kind == "assignment"]
    assert [(e.from_value, e.to_value, e.to_raw) for e in moves] == [
        (None, str(TECH2), "tech2"),
        (str(TECH2), str(TECH1), "tech1"),
    ]
    group = only(records, "ticket_events", kind="group")
    assert (group.from_value, group.to_value) == ("Network", "Service Desk")
    assert {t.id for t in records["technicians"]} == {str(TECH1), str(TECH2)}


def test_a_change_of_owner_and_a_merge_count_once() -> None:
    twin = twin_with(1, 2)
    twin.own(1, TECH1, at=DAY + HOUR)
    twin.merge(2, 1, at=DAY + 2 * HOUR)
    # Should the twin of a change be listed all the same, it is no change.
    double = {**twin.transactions[-3], "Type": "SetWatcher"}
    with desk(twin) as here:
        records = here.records()
        payload = here.payloads()["1"]
        payload["History"].append({**double, "Creator": "1"})
        again = list(here.stream().records(payload, here.context))
    for made in (records["ticket_events"], again):
        assert len([e for e in made if getattr(e, "kind", "") == "assignment"]) == 1
    assert len([e for e in records["ticket_events"] if e.kind == "merge"]) == 1


def test_a_date_of_1970_is_no_date() -> None:
    twin = twin_with(1, SLA="Standard", Due=UNSET, Resolved=UNSET)
    twin.set_due(1, DAY + HOUR, at=DAY)
    twin.set_due(1, None, at=DAY + HOUR / 2)
    with desk(twin) as here:
        records = here.records()
    assert only(records, "tickets", id="1").resolved_at is None
    # Times of the history are UTC, whatever the zone of the MSP and of our user.
    assert only(records, "sla_results", ticket="1").due_at == DAY + HOUR


def test_a_user_is_looked_up_by_name_or_not_at_all() -> None:
    twin = twin_with(1)
    twin.own(1, TECH1, at=DAY)
    with desk(twin) as here:
        here.pages()
        filters = [a.query["query"] for a in here.asked("/users")]
    assert filters
    assert all(re.fullmatch(r'\[\{"field":"Name","value":"\w+"\}\]', text) for text in filters), filters


def test_a_filter_of_users_that_is_dropped_makes_no_technician_inactive() -> None:
    twin = twin_with(1)
    twin.own(1, TECH1, at=DAY)
    accounts = twin.accounts

    def everybody(asked: Asked) -> list[dict[str, Any]]:
        return accounts(Asked("GET", asked.path, {**asked.query, "query": "[]"}, {}, None, ""))

    twin.accounts = everybody  # type: ignore[method-assign]  # the twin of this test answers otherwise
    with desk(twin) as here:
        assert only(here.records(), "technicians", id=str(TECH1)).is_active is None


def test_technicians_are_the_owners_of_tickets() -> None:
    twin = twin_with(*range(1, 30))
    for number in range(1, 20):
        twin.own(number, TECH1 if number % 2 else TECH2, at=DAY + number * HOUR)
    twin.users[TECH2]["Disabled"] = 1
    with desk(twin) as here:
        records = here.records(stream="technicians")
        assert len(here.server.asked) < 15
    assert {(t.id, t.name, t.is_active) for t in records["technicians"]} == {
        (str(TECH1), "Technician 1", True),
        (str(TECH2), "Technician 2", False),
    }
    assert not any(str(NOBODY) == t.id for t in records["technicians"])


# One Due.


def test_the_deadline_of_the_resolution_is_the_latest_that_was_set() -> None:
    twin = twin_with(1, 2, 3, SLA="Standard")
    for number in (1, 2, 3):
        twin.set_due(number, DAY + HOUR, at=DAY)  # a client waits for an answer
        twin.set_due(number, DAY + 8 * HOUR, at=DAY + HOUR / 2)  # answered: until the resolution
        twin.set_due(number, DAY + 3 * HOUR, at=DAY + 2 * HOUR)  # the client waits again
    twin.set_status(1, "resolved", at=DAY + 6 * HOUR)
    twin.set_status(2, "resolved", at=DAY + 9 * HOUR)
    twin.set_due(1, DAY + 90 * HOUR, at=DAY + 7 * HOUR)  # after it stopped: another matter
    with desk(twin) as here:
        results = {r.ticket: r for r in here.records()["sla_results"]}
    assert {r.due_at for r in results.values()} == {DAY + 8 * HOUR}
    assert {r.target for r in results.values()} == {"resolution"}
    assert (results["1"].met_at, results["1"].missed_at) == (DAY + 6 * HOUR, None)
    assert (results["2"].met_at, results["2"].missed_at) == (None, DAY + 8 * HOUR)
    assert (results["3"].met_at, results["3"].missed_at) == (None, None)
    assert {r.vendor_outcome for r in results.values()} == {None}
