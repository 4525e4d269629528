"""Every trap of HaloPSA, and what keeps us out of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.halopsa import CONNECTOR
from phasewise.connectors.vendors.halopsa.actions import action_id
from phasewise.connectors.vendors.halopsa.values import moment
from phasewise.errors import ContractError, RecordError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.halopsa import items
from tests.contract.vendors.halopsa.halo import Halo, desk, only, records_of
from tests.contract.vendors.halopsa.items import DAY, NEVER, stamp

HOUR = timedelta(hours=1)
FIRST, LAST = datetime(1901, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NO_DATES = (NEVER, "1899-12-30T00:00:00", "1900-01-01T00:00:00Z", "0001-01-01T00:00:00", None, "")


def tickets(count: int, **values: Any) -> list[Any]:
    return [{**items.make_ticket(number), **values} for number in range(1, count + 1)]


def test_every_quirk_is_guarded_by_a_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)", text))
    assert len(CONNECTOR.quirks) >= 20
    assert {quirk.guarded_by for quirk in CONNECTOR.quirks} <= tests


# Lists.


def test_a_page_cut_in_silence_loses_no_ticket() -> None:
    halo = Halo(cap=50)
    halo.lists["/Tickets"] = tickets(717)
    with desk(halo) as here:
        pages = here.pages("tickets")
        assert {asked.query["page_size"] for asked in here.asked("/Tickets")} == {"100"}
    assert sum(len(page.payloads) for page in pages) == 717
    assert pages[-1].proof == "declared_total"


def test_pages_are_asked_for_by_halos_own_spelling_and_in_the_order_of_ids() -> None:
    halo = Halo()
    halo.lists["/Tickets"] = tickets(150)
    with desk(halo) as here:
        here.pages("tickets")
        first, second = here.asked("/Tickets")
    for asked, page in ((first, "1"), (second, "2")):
        told = {
            name: asked.query[name] for name in ("pageinate", "page_size", "page_no", "order", "orderdesc")
        }
        assert told == {
            "pageinate": "true", "page_size": "100", "page_no": page, "order": "id", "orderdesc": "false",
        }  # fmt: skip


def test_actions_of_other_tickets_are_an_error_not_a_history() -> None:
    def everything(asked: Asked) -> Reply | None:
        if asked.path == "/api/Actions":
            return Reply({"record_count": 1, "actions": [{"id": 1, "ticket_id": 2}]})
        return None

    halo = Halo(instead=everything)
    halo.lists["/Tickets"] = tickets(1)
    with desk(halo) as here, pytest.raises(ContractError, match=r"ignores the filter.*ticket 1.*of 2"):
        here.pages("ticket_history")


def test_a_list_without_closed_tickets_is_an_error() -> None:
    def only_open(asked: Asked) -> Reply | None:
        if asked.path != "/api/Tickets" or asked.query.get("closed_only") == "true":
            return None
        return Reply({"record_count": 1, "tickets": [items.make_ticket(1)]})

    halo = Halo(instead=only_open)
    halo.lists["/Tickets"] = tickets(3)  # the third one is closed
    with desk(halo) as here, pytest.raises(ContractError, match="leaves out closed ones"):
        here.pages("tickets")


def test_a_halo_without_closed_tickets_is_believed_after_one_more_question() -> None:
    halo = Halo()
    halo.lists["/Tickets"] = tickets(2)
    with desk(halo) as here:
        assert here.pages("tickets")[-1].proof == "declared_total"
        assert [a.query.get("closed_only") for a in here.asked("/Tickets")] == [None, "true"]


@pytest.mark.parametrize("name", ["payments", "invoicepayments", "results", ""])
def test_a_list_is_read_in_whatever_envelope_and_without_one(name: str) -> None:
    rows = [items.make_payment(1), items.make_payment(2)]
    body: Any = {"record_count": 2, name: rows} if name else rows
    halo = Halo(instead=lambda asked: Reply(body) if asked.path == "/api/InvoicePayment" else None)
    with desk(halo) as here:
        pages = here.pages("payments")
    assert [p["id"] for page in pages for p in page.payloads] == [1, 2]
    assert pages[-1].proof == ("declared_total" if name else "end_mark")


def test_an_envelope_with_two_lists_or_none_is_no_empty_list() -> None:
    for body in ({"one": [], "two": []}, {"record_count": 0, "tickets": None}, "", None, 7):
        halo = Halo(instead=lambda asked, body=body: Reply(body) if asked.path == "/api/Asset" else None)  # type: ignore[misc]  # mypy cannot tell the default's type
        with desk(halo) as here, pytest.raises(ContractError):
            here.pages("devices")


def test_a_list_that_ignores_paging_is_read_once_and_one_that_repeats_is_an_error() -> None:
    rows = [items.make_appointment(number) for number in range(1, 251)]

    def answering(body: Any) -> Halo:
        return Halo(instead=lambda asked: Reply(body) if asked.path == "/api/Appointment" else None)

    for body in ({"record_count": 250, "appointments": rows}, rows):
        with desk(answering(body)) as here:
            pages = here.pages("meetings")
            assert len(here.asked("/Appointment")) == 1
        assert sum(len(page.payloads) for page in pages) == 250
        assert pages[-1].proof != "none"
    for body in ({"record_count": 250, "appointments": rows[:100]}, rows[:100]):
        with desk(answering(body)) as here, pytest.raises(ContractError, match="the same page again"):
            here.pages("meetings")


@pytest.mark.parametrize("heeds_count", [False, True])
def test_time_that_looks_cut_is_asked_for_in_halves(heeds_count: bool) -> None:
    """Also where the total is cut at the same number as the rows: then it proves nothing."""
    halo = Halo(cap=100)
    worked = [
        {**items.make_action(1), "ticket_id": number, "datetime": stamp(DAY + number * timedelta(minutes=25))}
        for number in range(1, 351)
    ]

    def counts_its_own_rows(asked: Asked) -> Reply | None:
        if asked.path != "/api/Actions":
            return None
        start, end = asked.query.get("startdate", ""), asked.query.get("enddate", "9")
        found = [row for row in worked if start <= row["datetime"] < end][:100]
        most = int(asked.query["count"]) if heeds_count else len(found)
        return Reply({"record_count": len(found), "actions": found[:most]})

    halo.instead = counts_its_own_rows
    with desk(halo) as here:
        pages = here.pages("time_entries", Slice("w", DAY, DAY + timedelta(days=7)))
        asked = len(here.asked("/Actions"))
    assert {p["ticket_id"] for page in pages for p in page.payloads} == set(range(1, 351))
    assert pages[-1].proof == "declared_total"
    assert asked < 20


def test_the_second_that_two_fortnights_share_is_counted_once() -> None:
    halo = Halo()
    seam = DAY + timedelta(days=14) - timedelta(seconds=1)
    halo.lists["/Actions"] = [
        {**items.make_action(number), "datetime": stamp(at)}
        for number, at in enumerate((DAY, seam, seam, seam + timedelta(days=3)), start=1)
    ]
    with desk(halo) as here:
        pages = here.pages("time_entries", Slice("w", DAY, DAY + timedelta(days=28)))
    numbers = [payload["id"] for page in pages for payload in page.payloads]
    assert len(numbers) == len(set(numbers)) == 4
    assert pages[-1].declared == 4
    assert pages[-1].proof == "declared_total"


def test_an_action_that_changes_between_two_fortnights_is_taken_as_it_is_now() -> None:
    seam = DAY + timedelta(days=14) - timedelta(seconds=1)
    hours = iter((1.0, 2.0))

    def changing(asked: Asked) -> Reply | None:
        if asked.path != "/api/Actions":
            return None
        action = {**items.make_action(1), "datetime": stamp(seam), "timetaken": next(hours)}
        return Reply({"record_count": 1, "actions": [action]})

    with desk(Halo(instead=changing)) as here:
        pages = here.pages("time_entries", Slice("w", DAY, DAY + timedelta(days=28)))
    assert [p["timetaken"] for page in pages for p in page.payloads] == [1.0, 2.0]
    assert pages[-1].declared == 1


def test_rows_without_a_number_are_no_repeats() -> None:
    def broken(asked: Asked) -> Reply | None:
        row = {"datetime": stamp(DAY), "timetaken": 1.0}
        return Reply({"record_count": 1, "actions": [row]}) if asked.path == "/api/Actions" else None

    with desk(Halo(instead=broken)) as here:
        pages = here.pages("time_entries", Slice("w", DAY, DAY + timedelta(days=28)))
    assert len([p for page in pages for p in page.payloads]) == pages[-1].declared == 2


def test_time_that_stays_cut_is_not_proven() -> None:
    halo = Halo(cap=40)
    halo.lists["/Actions"] = [{**items.make_action(1), "ticket_id": n} for n in range(1, 121)]
    with desk(halo) as here:
        (page,) = here.pages("time_entries", Slice("w", DAY, DAY + timedelta(days=7)))
        assert [a.query["count"] for a in here.asked("/Actions")] == ["5000", "120"]
    assert page.proof == "none"
    assert "40 actions came of 120" in page.note


def test_a_long_increment_of_time_is_read_in_pieces_up_to_now() -> None:
    halo = Halo()
    halo.lists["/Actions"] = [items.make_action(number) for number in range(1, 20)]
    with desk(halo) as here:
        since = here.clock.now() - timedelta(days=35)
        assert len(here.payloads("time_entries", Slice("increment", since))) == 19
        spans = [(a.query["startdate"], a.query.get("enddate")) for a in here.asked("/Actions")]
    assert len(spans) == 3
    assert spans[-1][1] is None
    assert [end for _, end in spans[:-1]] == [stamp(since + timedelta(days=14 * piece)) for piece in (1, 2)]


def test_a_history_that_is_cut_is_not_proven() -> None:
    halo = Halo(cap=2)
    halo.lists["/Tickets"] = tickets(1)
    halo.lists["/Actions"] = [{"id": n, "ticket_id": 1, "datetime": stamp(DAY)} for n in range(1, 6)]
    with desk(halo) as here:
        (page,) = here.pages("ticket_history")
    assert page.proof == "none"
    assert "not all actions came of 1 tickets, among them 1" in page.note


def test_an_action_is_named_by_its_ticket_and_its_number() -> None:
    first, second = items.make_action(1), items.make_action(2)
    first["id"] = second["id"] = 1
    ids = [record.id for record in records_of("time_entries", first, second)]
    assert ids == ["2:1", "3:1"]
    assert action_id({"id": "4.0", "ticket_id": "12"}) == "12:4"
    with pytest.raises(RecordError):
        action_id({"id": 1})


# Values.


@pytest.mark.parametrize("never", NO_DATES)
def test_a_date_of_1900_is_no_date(never: str | None) -> None:
    ticket = {**items.make_ticket(3), "dateclosed": never, "responsedate": never}
    found = records_of("tickets", ticket)
    assert only(found, "tickets").closed_at is None
    assert only(found, "tickets").first_response_at is None
    contract = only(records_of("agreements", {**items.make_contract(1), "end_date": never}), "agreements")
    assert contract.ended_on is None


def test_times_are_utc_with_and_without_a_z() -> None:
    wanted = datetime(2026, 3, 2, 8, tzinfo=UTC)
    for written in ("2026-03-02T08:00:00", "2026-03-02T08:00:00Z", "2026-03-02T08:00:00.000Z"):
        found = records_of("tickets", {**items.make_ticket(1), "dateoccurred": written})
        assert only(found, "tickets").opened_at == wanted


@given(st.integers(min_value=int(FIRST.timestamp()), max_value=int(LAST.timestamp())))
def test_every_time_is_read_as_the_instant_it_is(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert moment(f"{at:%Y-%m-%dT%H:%M:%S}", field="at") == at


def test_numbers_are_taken_as_texts_and_with_decimals() -> None:
    ticket = {**items.make_ticket(1), "id": "1.0", "client_id": "12", "agent_id": 3.0, "slaholdtime": "1.5"}
    found = records_of("tickets", ticket)
    one = only(found, "tickets")
    assert (one.id, one.client, one.technician) == ("1", "12", "3")
    assert only(found, "sla_results", target="resolution").paused_minutes == 90
    halo = Halo()
    halo.lists["/Client"] = [items.make_client(11)]
    halo.lists["/Site"] = [{"id": 4, "client_id": 12.0, "datto_id": "site-4"}, {"id": 5, "client_id": 12.0}]
    with desk(halo) as here:
        elsewhere = [
            (r.system, r.value) for r in here.records("clients") if r.__record__.table == "external_ids"
        ]
    assert elsewhere == [("ninjaone", "110"), ("datto_rmm", "site-4")]


def test_agent_1_and_client_1_are_nobody() -> None:
    ticket = only(records_of("tickets", {**items.make_ticket(1), "agent_id": 1, "client_id": 1}), "tickets")
    assert (ticket.technician, ticket.client) == (None, None)
    assert records_of("technicians", {**items.make_agent(1), "id": 1}) == []
    told = records_of("tickets", {**items.make_ticket(1), "agent_id": 1}, unassigned_agents=[7])
    assert only(told, "tickets").technician == "1"


def test_a_priority_means_what_its_service_level_says() -> None:
    halo = Halo()
    halo.lists["/Priority"] = [
        {**items.PRIORITIES[0], "slaid": 1, "priorityid": 1, "name": "Low", "responsetime": 8, "fixtime": 2,
         "fixunits": "D"},
        {**items.PRIORITIES[0], "slaid": 2, "priorityid": 1, "name": "Critical", "responsetime": 30,
         "responseunits": "M"},
    ]  # fmt: skip
    halo.lists["/Tickets"] = [
        {**items.make_ticket(1), "sla_id": 1, "priority_id": 1},
        {**items.make_ticket(2), "sla_id": 2, "priority_id": 1},
        {**items.make_ticket(3), "sla_id": 3, "priority_id": 1},
    ]
    with desk(halo) as here:
        found = here.records("tickets")
    told = [(t.priority, t.priority_raw) for t in found if t.__record__.table == "tickets"]
    assert told == [
        ("low", "Low"), ("critical", "Critical"), ("other", "priority 1 of service level 3"),
    ]  # fmt: skip
    minutes = {(r.ticket, r.target): r.target_minutes for r in found if r.__record__.table == "sla_results"}
    assert minutes["1", "first_response"] == 480
    assert minutes["1", "resolution"] is None  # two days: of how many hours nobody says
    assert minutes["2", "first_response"] == 30
    assert minutes["3", "first_response"] is None


def test_both_spellings_are_read() -> None:
    ticket = items.make_ticket(1)
    old = {
        {"last_update": "lastupdate", "category_1": "category1", "category_2": "category2"}.get(k, k): v
        for k, v in ticket.items()
    }
    assert records_of("tickets", ticket) == records_of("tickets", old)
    assert only(records_of("tickets", old), "tickets").updated_at is not None


# What is no longer there, and what is there twice.


def test_a_ticket_that_says_it_is_deleted_is_gone() -> None:
    stream = next(s for s in CONNECTOR.streams(None) if s.name == "tickets")
    assert stream.deleted({**items.make_ticket(1), "deleted": True})
    assert not stream.deleted(items.make_ticket(1))
    halo = Halo()
    halo.lists["/Tickets"] = tickets(3)
    with desk(halo) as here:
        here.pages("tickets")
        assert all("deleted" not in asked.query for asked in here.asked("/Tickets"))
        listed = list(stream.listing(here.client, Slice("all"), None))  # type: ignore[misc, arg-type]  # it is there, and looks at no context
        assert [p for page in listed for p in page.payloads] == [{"id": 1}, {"id": 2}, {"id": 3}]
        assert "ticketidonly" not in here.asked("/Tickets")[-1].query  # it cannot be paged


def test_a_merged_ticket_is_merged_whatever_its_status_and_happens_once() -> None:
    merged = {**items.make_ticket(3), "merged_into_id": 2, "parent_id": 9}
    one = only(records_of("tickets", merged), "tickets")
    assert (one.status, one.status_raw, one.parent, one.resolved_at) == ("merged", "merged", "2", None)
    history = {
        "id": 2,
        "actions": [
            {"id": 1, "ticket_id": 2, "datetime": stamp(DAY), "who_agentid": 3, "has_note": True},
            {"id": 2, "ticket_id": 2, "datetime": stamp(DAY), "who_agentid": 3, "has_note": True,
             "merged_from_ticketid": 3},
        ],
    }  # fmt: skip
    assert [e.id for e in records_of("ticket_history", history)] == ["2:1:comment"]


def test_revenue_counts_once() -> None:
    contract = only(records_of("agreements", items.make_contract(1)), "agreements")
    assert (contract.monthly_amount, contract.currency) == (None, None)
    billed = only(records_of("recurring_invoices", items.make_recurring(1)), "agreements")
    assert billed.id == "recurring:1"
    assert billed.monthly_amount == Decimal("333.3333")  # 1,000 a quarter
    alone = only(records_of("agreements", items.make_contract(1), contract_amounts=True), "agreements")
    assert alone.monthly_amount == Decimal("1200.5")
    with_amounts = CONNECTOR.settings.model_validate(
        {"base_url": "https://h", "client_id": "p", "client_secret": "s", "contract_amounts": True}
    )
    provided = {s.name: s.provides for s in CONNECTOR.streams(with_amounts)}["agreements"]
    assert "agreements.monthly_amount" in provided


def test_an_old_invoice_that_was_paid_is_seen() -> None:
    halo = Halo()
    halo.lists["/Invoice"] = [items.make_invoice(1)]
    with desk(halo) as here:
        here.pages("invoices", Slice("all"))
        (asked,) = here.asked("/Invoice")
    assert "invoicedatestart" not in asked.query
    assert (asked.query["includelines"], asked.query["includecredits"]) == ("true", "true")
    assert next(s for s in CONNECTOR.streams(None) if s.name == "invoices").cursor == "none"


def test_a_draft_is_no_invoice() -> None:
    assert records_of("invoices", {**items.make_invoice(1), "id": -7}) == []


def test_a_workday_is_its_times_in_a_zone_that_the_world_knows() -> None:
    same = only(records_of("calendars", items.make_workday(1)), "calendars")
    assert same.zone == "Europe/London"
    assert same.hours == {day: ["09:00-17:30"] for day in ("mon", "tue", "wed", "thu", "fri")}
    assert same.holidays == ["2026-12-25"]
    apart = {
        **items.make_workday(2), "alldayssame": False, "timezone": "Mars Standard Time",
        "startmonday": "1900-01-01T08:00:00Z", "endmonday": "1900-01-01T12:00:00Z",
    }  # fmt: skip
    found = only(records_of("calendars", apart), "calendars")
    assert found.zone is None
    assert found.hours == {"mon": ["08:00-12:00"]}


def test_a_project_in_a_list_of_tickets_is_no_ticket() -> None:
    halo = Halo()
    halo.lists["/TicketType"] = [
        {"id": 1, "name": "Incident", "use": "reqs"}, {"id": 5, "name": "Project", "use": "prjs"},
        {"id": 6, "name": "Lead", "use": "opps"},
    ]  # fmt: skip
    rows = zip(tickets(4), (1, 5, 6, 77), strict=True)
    halo.lists["/Tickets"] = [{**row, "tickettype_id": kind} for row, kind in rows]
    with desk(halo) as here:
        assert {r.id for r in here.records("tickets") if r.__record__.table == "tickets"} == {"1", "4"}
        assert {r.ticket for r in here.records("ticket_history")} == {"1", "4"}
    assert records_of("tickets", {**items.make_ticket(1), "use": "project"}) == []
    assert len(records_of("tickets", {**items.make_ticket(1), "use": "ticket"})) == 3


@pytest.mark.parametrize(
    "values", [{"is_task": True}, {"holiday_id": "5a3c"}, {"shift_type_id": 4}, {"shift_type_id": "4"}]
)
def test_leave_shifts_and_tasks_are_no_meetings(values: dict[str, Any]) -> None:
    assert records_of("meetings", {**items.make_appointment(1), **values}) == []
    assert len(records_of("meetings", items.make_appointment(1))) == 1


def test_a_letter_that_nobody_knows_is_no_verdict() -> None:
    late = {**items.make_ticket(3), "responsedate": stamp(DAY + 90 * HOUR)}
    for letter, said in (("I", "met"), ("O", "missed"), ("X", None), ("", None), (None, None)):
        found = only(
            records_of("tickets", {**late, "slaresponsestate": letter}),
            "sla_results",
            target="first_response",
        )
        assert found.vendor_outcome == said
        # Without a word of Halo's the dates speak: it was answered after its deadline.
        assert (found.missed_at is not None) == (said != "met")
    other = only(
        records_of("tickets", {**late, "slaresponsestate": "Breached"}, sla_outside=["Breached"]),
        "sla_results",
        target="first_response",
    )
    assert other.vendor_outcome == "missed"
