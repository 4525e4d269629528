"""Every trap of ConnectWise PSA, and what keeps us out of it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from phasewise.connectors.base import FetchContext, Slice
from phasewise.connectors.vendors.connectwise import CONNECTOR
from phasewise.connectors.vendors.connectwise.session import interface_host
from phasewise.errors import AuthError, ContractError, RecordError
from phasewise.testing.world import Asked, PageRules, Reply
from tests.contract.vendors.connectwise import items
from tests.contract.vendors.connectwise.desk import ABOUT, BASE, CLIENT_ID, COMPANY, desk, forward, settings
from tests.contract.vendors.connectwise.items import DAY, stamp

HOUR = timedelta(hours=1)
TICKETS = "/service/tickets"


def some(make: Any, *numbers: int, **changes: Any) -> list[Any]:
    return [{**make(number), **changes} for number in numbers]


def test_every_quirk_is_guarded_by_a_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)", text))
    assert len(CONNECTOR.quirks) >= 20
    assert {quirk.guarded_by for quirk in CONNECTOR.quirks} <= tests


# Pages.


def test_a_page_size_is_always_asked_for_and_never_more_than_a_thousand() -> None:
    rows = some(items.time_entry, *range(1, 1031))
    with desk({"/time/entries": rows}) as here:
        assert len(here.payloads("time_entries")) == 1030
        sizes = {a.query.get("pageSize") for a in here.asked("/time/entries")}
    assert sizes == {"1000"}
    with pytest.raises(ValidationError, match="less than or equal to 1000"):
        CONNECTOR.settings.model_validate(settings("https://cw.test", page_size=1001))


def test_pages_go_forward_behind_an_id_and_ask_for_no_order() -> None:
    with desk({TICKETS: some(items.ticket, *range(1, 8))}, page_size=3) as here:
        assert [int(p["id"]) for p in here.payloads("tickets")] == list(range(1, 8))
        asked = here.asked(TICKETS)
    assert [a.query.get("pageId") for a in asked] == [None, "3", "6"]
    assert {a.headers.get("pagination-type") for a in asked} == {"forward-only"}
    assert not any("orderBy" in a.query or "page" in a.query for a in asked)


def test_a_list_that_does_not_page_forward_is_asked_for_in_the_order_of_ids() -> None:
    rows = some(items.project, *range(1, 56))

    def plain(asked: Asked) -> Reply | None:
        if asked.path == BASE + "/project/projects/count":
            return Reply({"count": len(rows)})
        if asked.path != BASE + "/project/projects":
            return None
        found = forward(rows, Asked(**{**_fields(asked), "query": _behind(asked)}), PageRules(largest=1000))
        # It knows no page behind an id, and so always begins anew.
        return Reply(found.body if "orderBy" in asked.query else list(reversed(rows))[:10])

    with desk(instead=plain, page_size=10) as here:
        assert [int(p["id"]) for p in here.payloads("projects")] == list(range(1, 56))
        assert here.pages("projects")[-1].proof == "declared_total"
        orders = [a.query.get("orderBy") for a in here.asked("/project/projects")]
    assert orders[:2] == [None, "id asc"]
    assert set(orders[1:]) == {"id asc"}  # it is remembered


def _fields(asked: Asked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in ("method", "path", "query", "headers", "body", "host")}


def _behind(asked: Asked) -> dict[str, str]:
    behind = re.search(r"\bid > (\d+)", asked.query.get("conditions", ""))
    return {**asked.query, "pageId": behind[1] if behind else "0"}


def test_every_page_is_asked_for_with_the_same_conditions() -> None:
    rows = some(items.ticket, *range(1, 30))
    with desk({TICKETS: rows}, page_size=5) as here:
        found = here.payloads("tickets", Slice("w", DAY, DAY + 20 * HOUR))
        asked = here.asked(TICKETS)
    assert len(found) == 19
    assert len(asked) > 3
    assert len({(a.query["conditions"], a.query["fields"]) for a in asked}) == 1


def test_a_total_that_is_not_reached_is_not_proven() -> None:
    rows = some(items.invoice, *range(1, 6))

    def more(asked: Asked) -> Reply | None:
        return Reply({"count": 8}) if asked.path == f"{BASE}/finance/invoices/count" else None

    with desk({"/finance/invoices": rows}, instead=more) as here:
        last = here.pages("invoices")[-1]
    assert (last.proof, last.declared) == ("none", 8)
    assert "8" in last.note


def test_a_total_is_asked_for_once_where_all_came() -> None:
    with desk({TICKETS: some(items.ticket, 1, 2)}) as here:
        assert here.pages("tickets")[-1].proof == "declared_total"
        assert len(here.asked(f"{TICKETS}/count")) == 1


# Time.


def test_a_window_is_asked_for_in_square_brackets_and_in_utc() -> None:
    with desk({TICKETS: some(items.ticket, 1, 2, 3)}) as here:
        zone = datetime.fromisoformat("2026-01-05T10:00:00+01:00")
        assert [p["id"] for p in here.payloads("tickets", Slice("w", zone, zone + HOUR))] == [1]
        conditions = here.asked(TICKETS)[0].query["conditions"]
    assert conditions == "lastUpdated >= [2026-01-05T09:00:00Z] and lastUpdated < [2026-01-05T10:00:00Z]"


def test_a_date_is_the_date_that_is_written() -> None:
    rows = some(items.invoice, 1, date="2026-02-01T00:00:00Z", dueDate="2026-03-03T00:00:00Z")
    with desk({"/finance/invoices": rows}) as here:
        invoice = here.records("invoices")[0]
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 2, 1), date(2026, 3, 3))


def test_empty_texts_are_no_dates_and_no_numbers() -> None:
    rows = some(items.ticket, 3, dateResponded="", dateResolved="", closedDate="", respondMinutes=0)
    with desk({TICKETS: rows, "/system/members": some(items.member, 1, hourlyCost="41.25")}) as here:
        ticket = here.records("tickets")[0]
        assert (ticket.first_response_at, ticket.resolved_at, ticket.closed_at) == (None, None, None)
        assert str(here.records("technicians")[0].hourly_cost) == "41.25"


# Where it is, and who we are.


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("https://na.myconnectwise.net", "https://api-na.myconnectwise.net"),
        ("na.myconnectwise.net/v2025_1/ConnectWise.aspx", "https://api-na.myconnectwise.net"),
        ("https://aus.myconnectwise.net/", "https://api-aus.myconnectwise.net"),
        ("https://api-eu.myconnectwise.net", "https://api-eu.myconnectwise.net"),
        ("https://psa.msp.example/v4_6_release/apis/3.0", "https://psa.msp.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://staging.connectwisedev.com", "https://staging.connectwisedev.com"),
    ],
)
def test_the_address_of_the_browser_leads_to_the_interface(written: str, host: str) -> None:
    assert interface_host(written) == host


def test_the_path_is_asked_for_once_and_without_our_keys() -> None:
    with desk({TICKETS: some(items.ticket, 1)}) as here:
        here.payloads("tickets")
        here.payloads("devices")
        asked = [a for a in here.server.asked if a.path.startswith("/login")]
    assert [a.path for a in asked] == [f"/login/companyinfo/{COMPANY}"]
    assert "authorization" not in asked[0].headers


def test_an_upgrade_in_the_middle_of_a_run_is_followed() -> None:
    moved: list[bool] = []

    def upgraded(asked: Asked) -> Reply | None:
        if asked.path.startswith("/login"):
            return Reply({**ABOUT, "Codebase": "v2025_2/"}) if moved else None
        if moved and asked.path.startswith(BASE):
            return Reply({"message": "Not found"}, 404)
        if moved and asked.path == f"/v2025_2/apis/3.0{TICKETS}":
            return Reply(some(items.ticket, 1), headers={"Link": ""})
        return None

    with desk({TICKETS: some(items.ticket, 1)}, instead=upgraded) as here:
        assert len(here.payloads("tickets")) == 1
        moved.append(True)
        assert len(here.payloads("tickets")) == 1


def test_a_list_that_is_not_there_is_an_error_after_one_more_look() -> None:
    with (
        desk(instead=lambda a: Reply({}, 404) if a.path.endswith("/members") else None) as here,
        pytest.raises(ContractError, match="nothing at this address"),
    ):
        here.payloads("technicians")


def test_a_wrong_region_says_so() -> None:
    with (
        desk(instead=lambda a: Reply(b"null") if a.path.startswith("/login") else None) as here,
        pytest.raises(AuthError, match=r'no company "acme" at .*region'),
    ):
        here.payloads("tickets")


def test_a_server_that_does_not_tell_its_path_is_asked_at_the_old_one() -> None:
    def old(asked: Asked) -> Reply | None:
        if asked.path.startswith("/login"):
            return Reply({}, 404)
        if asked.path == f"/v4_6_release/apis/3.0{TICKETS}":
            return Reply(some(items.ticket, 2, sla=None), headers={"Link": ""})
        return None

    with desk(instead=old) as here:
        assert len(here.payloads("tickets")) == 1
    with desk(instead=old, codebase="v4_6_release") as here:
        assert len(here.payloads("tickets")) == 1
        assert not any(a.path.startswith("/login") for a in here.server.asked)


def test_an_answer_without_a_path_is_refused() -> None:
    for answer in ({"Codebase": "../../etc/"}, {"VersionNumber": "v4"}, []):
        with (
            desk(instead=lambda a, body=answer: Reply(body) if a.path.startswith("/login") else None) as here,  # type: ignore[misc]  # mypy cannot tell the default's type
            pytest.raises(ContractError, match="where its interface is"),
        ):
            here.payloads("tickets")


def test_the_client_id_and_the_version_go_with_every_request() -> None:
    with desk({TICKETS: some(items.ticket, 1)}, api_version="2024.1") as here:
        here.payloads("tickets")
        asked = [a for a in here.server.asked if a.path.startswith(BASE)]
    assert {a.headers.get("clientid") for a in asked} == {CLIENT_ID}
    assert {a.headers["accept"] for a in asked} == {"application/vnd.connectwise.com+json; version=2024.1"}
    with desk({TICKETS: some(items.ticket, 1)}, api_version="") as here:
        here.payloads("tickets")
        assert here.asked(TICKETS)[0].headers["accept"] == "application/json"


# SLA.


def sla_of(**changes: Any) -> dict[str, Any]:
    """Target → result of an answered and resolved ticket with an SLA of 2 and 8 hours."""
    with desk({TICKETS: some(items.ticket, 4, **changes)}) as here:
        return {r.target: r for r in here.records("tickets") if type(r).__name__ == "SlaResult"}


ANSWERED = stamp(DAY)


def test_no_minutes_are_not_yet_and_no_time() -> None:
    at_once = sla_of(dateResponded=ANSWERED, respondMinutes=0)["first_response"]
    assert (at_once.elapsed_minutes, at_once.vendor_outcome) == (0, "met")
    not_yet = sla_of(dateResponded="", respondMinutes=0, closedFlag=False)["first_response"]
    assert (not_yet.elapsed_minutes, not_yet.vendor_outcome, not_yet.met_at) == (None, "running", None)
    ended = sla_of(dateResponded="", respondMinutes=0, closedFlag=True)["first_response"]
    assert (ended.elapsed_minutes, ended.vendor_outcome) == (None, None)


@pytest.mark.parametrize(("took", "outcome"), [(119, "met"), (120, "met"), (121, "missed")])
def test_the_minutes_are_held_against_the_goal_of_the_priority(took: int, outcome: str) -> None:
    result = sla_of(dateResponded=ANSWERED, respondMinutes=took, isInSla=outcome == "met")["first_response"]
    assert (result.target_minutes, result.elapsed_minutes, result.vendor_outcome) == (120, took, outcome)
    assert result.missed_at == (DAY if outcome == "missed" else None)
    assert (result.policy, result.paused_minutes) == ("3", 15)


def test_a_priority_without_a_goal_of_its_own_has_that_of_the_sla() -> None:
    result = sla_of(priority=items.named(9, "Other"), dateResponded=ANSWERED, respondMinutes=130)
    assert (result["first_response"].target_minutes, result["first_response"].vendor_outcome) == (240, "met")
    assert result["resolution"].target_minutes == 24 * 60


def no_goals(asked: Asked) -> Reply | None:
    refused = {"code": "Forbidden", "message": "Table Setup"}
    return Reply(refused, 403) if asked.path.endswith("/SLAs") else None


def test_a_broken_promise_does_not_say_which() -> None:
    rows = some(items.ticket, 4, dateResponded=ANSWERED, isInSla=False)
    with desk({TICKETS: rows}, instead=no_goals) as here:
        broken = here.records("tickets")[1]
        note = here.pages("tickets")[-1].note
    with desk(
        {TICKETS: some(items.ticket, 4, dateResponded=ANSWERED, isInSla=True)}, instead=no_goals
    ) as here:
        kept = here.records("tickets")[1]
    assert (broken.vendor_outcome, broken.target_minutes) == (None, None)
    assert (kept.vendor_outcome, kept.target_minutes) == ("met", None)
    assert "Table Setup" in note


def test_the_text_of_the_sla_is_not_read() -> None:
    for said in ("Respond by Wed 03/05 4:00 PM UTC-05", "Antworten bis 05.03.", None):
        results = sla_of(slaStatus=said)
        assert {result.due_at for result in results.values()} == {None}
    with desk({TICKETS: some(items.ticket, 4)}) as here:
        assert "slaStatus" not in here.payloads("tickets")[0]


def test_a_ticket_without_an_sla_has_no_promise() -> None:
    assert sla_of(sla=None) == {}


def test_a_clock_that_stands_still_is_paused() -> None:
    parked = items.named(3, "Parked")
    paused = sla_of(status=parked, closedFlag=False, dateResolved=None, resolveMinutes=0)
    assert paused["resolution"].vendor_outcome == "paused"


# Tickets.


def test_a_status_means_what_its_board_says() -> None:
    waiting = some(items.ticket, 3, status=items.named(3, "Parked"))
    with desk({TICKETS: waiting}) as here:
        assert here.records("tickets")[0].status == "waiting"
        assert here.asked("/service/boards/1/statuses")
    closed = some(items.ticket, 3, status=items.named(2, "Invoiced"))
    with desk({TICKETS: closed}) as here:
        assert here.records("tickets")[0].status == "closed"
    with desk({TICKETS: some(items.ticket, 3, board=None, status=items.named(3, "Parked"))}) as here:
        ticket = here.records("tickets")[0]
    assert (ticket.status, ticket.status_raw) == ("other", "Parked")


def test_a_merged_ticket_is_merged_and_not_closed() -> None:
    with desk({TICKETS: some(items.ticket, 7)}) as here:
        ticket = here.records("tickets")[0]
    assert (ticket.status, ticket.parent, ticket.status_raw) == ("merged", "1", ">Closed")


def test_a_ticket_of_a_project_comes_from_the_list_of_projects_alone() -> None:
    rows = {
        TICKETS: some(items.ticket, 1, 2, recordType="ProjectTicket"),
        "/project/tickets": some(items.project_ticket, 1, 2),
    }
    with desk(rows) as here:
        assert here.records("tickets") == []
        assert [t.project for t in here.records("project_tickets")] == ["2", "3"]
        assert [t.project for t in here.records("project_tasks")] == ["2", "3"]


# Companies.


def test_a_deleted_company_is_gone() -> None:
    rows = [items.company(1), {**items.company(2), "deletedFlag": True}]
    with desk({"/company/companies": rows}) as here:
        stream = here.stream("clients")
        assert [stream.deleted(p) for p in here.payloads("clients")] == [False, True]


def test_a_deleted_company_is_not_among_those_there_are() -> None:
    rows = [items.company(1), {**items.company(2), "deletedFlag": True}]
    with desk({"/company/companies": rows}) as here:
        listing = here.stream("clients").listing
        assert listing is not None
        pages = listing(here.client, Slice("reconcile"), FetchContext(here.context))
        assert [payload for page in pages for payload in page.payloads] == [{"id": 1}]


# The audit trail.


def events_of(*entries: dict[str, Any], **changes: Any) -> list[Any]:
    def trail(asked: Asked) -> Reply | None:
        return Reply(list(entries)) if asked.path == f"{BASE}/system/audittrail" else None

    with desk({TICKETS: some(items.ticket, 1, **changes)}, instead=trail) as here:
        return here.records("ticket_history")


@pytest.mark.parametrize(
    ("sentence", "old", "new"),
    [
        ('Status has been updated from "New" to "In Progress".', "new", "in_progress"),
        ("Ticket status changed from 'New' to '>Closed'", "new", "closed"),
        ("The status was changed from: New to: Waiting - Parts", "new", "waiting"),
        ("Status updated from “In Progress” to “Parked”", "in_progress", "waiting"),
        ('Status has been updated from "" to "New"', None, "new"),
    ],
)
def test_a_change_of_status_is_read_out_of_its_sentence(sentence: str, old: str, new: str) -> None:
    (event,) = events_of(items.entry(DAY, sentence, "Status"))
    assert (event.kind, event.from_value, event.to_value) == ("status", old, new)
    assert (event.at, event.technician, event.actor) == (DAY, "7", "technician")


@pytest.mark.parametrize(
    "sentence",
    ["Status has been changed to Closed", "Owner updated: jsmith", "The priority was modified by a rule"],
)
def test_a_sentence_that_is_not_understood_rejects_its_trail(sentence: str) -> None:
    with pytest.raises(RecordError) as error:
        events_of(items.entry(DAY, sentence, ""))
    assert error.value.reason == "unknown_sentence"
    assert sentence in str(error.value)


def test_what_people_wrote_stays_with_the_vendor() -> None:
    entries = [
        items.entry(DAY, "Email sent to jane@client.example", "Email"),
        items.entry(DAY, 'Note "Jane called" added', "Note"),
        items.entry(DAY, "Summary has been updated from a to b", "Summary"),
    ]

    def trail(asked: Asked) -> Reply | None:
        return Reply(entries) if asked.path == f"{BASE}/system/audittrail" else None

    with desk({TICKETS: some(items.ticket, 1)}, instead=trail) as here:
        (payload,) = here.payloads("ticket_history")
    assert payload["entries"] == []
    assert "jane" not in repr(payload).lower()


def test_who_is_no_member_may_be_anybody() -> None:
    (event,) = events_of(items.entry(DAY, "Status updated from New to Assigned", "Status", by="zAdmin"))
    assert (event.actor, event.technician) == (None, None)


def test_an_owner_is_known_by_the_login() -> None:
    (event,) = events_of(items.entry(DAY, "Owner has been updated from Nobody to JSMITH", "Owner"))
    assert (event.kind, event.from_raw, event.from_value) == ("assignment", "Nobody", None)
    assert (event.to_raw, event.to_value) == ("JSMITH", "7")


def test_changes_of_one_second_follow_each_other() -> None:
    steps = [("New", "Assigned"), ("Assigned", "Parked"), ("Parked", "Completed")]
    entries = [items.entry(DAY, f'Status updated from "{a}" to "{b}"', "Status") for a, b in steps]
    for order in (entries, list(reversed(entries))):
        found = events_of(*order)
        assert [(e.from_raw, e.to_raw) for e in found] == steps
        assert [e.id for e in found] == [
            "1:20260105T080000:status", "1:20260105T080000:status:2", "1:20260105T080000:status:3",
        ]  # fmt: skip


def test_a_long_trail_is_read_to_its_end() -> None:
    steps = 130
    entries = [
        items.entry(DAY + n * HOUR, f"Priority updated from A{n} to A{n + 1}", "Priority")
        for n in range(steps)
    ]

    def trail(asked: Asked) -> Reply | None:
        if asked.path != f"{BASE}/system/audittrail":
            return None
        page = int(asked.query["page"])
        return Reply(entries[(page - 1) * 25 : page * 25])  # whatever size is asked for, and no link

    with desk({TICKETS: some(items.ticket, 1)}, instead=trail) as here:
        assert len(here.records("ticket_history")) == steps
        asked = here.asked("/system/audittrail")
    assert [a.query["page"] for a in asked] == ["1", "2", "3", "4", "5", "6"]
    assert {(a.query["type"], a.query["id"]) for a in asked} == {("Ticket", "1")}


@pytest.mark.parametrize(
    ("stream", "path"),
    [
        ("ticket_history", TICKETS),
        ("payments", "/finance/invoices"),
        ("agreement_lines", "/finance/agreements"),
        ("opportunities", "/sales/opportunities"),
    ],
)
def test_a_page_that_costs_a_request_a_row_is_short(stream: str, path: str) -> None:
    make = {
        "ticket_history": items.ticket, "payments": items.invoice, "agreement_lines": items.agreement,
        "opportunities": items.opportunity,
    }[stream]  # fmt: skip
    with desk({path: some(make, *range(1, 61))}) as here:
        assert [len(page.payloads) for page in here.pages(stream)] == [50, 10]
        assert [a.query["pageSize"] for a in here.asked(path)] == ["50", "50"]


def test_surveys_are_read_one_after_the_other() -> None:
    surveys = [{"id": 1}, {"id": 2}]
    rows = {
        "/service/surveys": surveys,
        "/service/surveys/1/results": some(items.survey_result, 1, 2),
        "/service/surveys/2/results": some(items.survey_result, 3),
    }
    with desk(rows) as here:
        pages = here.pages("survey_responses")
    assert [(len(page.payloads), page.proof) for page in pages] == [(2, "none"), (1, "end_mark")]


def test_a_short_trail_costs_one_request() -> None:
    with desk({TICKETS: some(items.ticket, 1, 2)}) as here:
        here.payloads("ticket_history")
        assert len(here.asked("/system/audittrail")) == 2


# Meetings.


def test_a_meeting_counts_once() -> None:
    rows = [
        items.schedule_entry(1),
        {**items.schedule_entry(2), "ownerFlag": False},
        {**items.schedule_entry(3), "type": {"id": 1, "identifier": "C"}},
        {**items.schedule_entry(4), "meetingFlag": False},
    ]
    with desk({"/schedule/entries": rows, "/sales/activities": some(items.activity, 1)}) as here:
        assert [m.id for m in here.records("schedule_entries")] == ["schedule:1"]
        assert [m.id for m in here.records("meetings")] == ["1"]


def test_an_entry_for_a_day_has_no_time() -> None:
    rows = some(
        items.schedule_entry, 1, dateStart="2026-01-05T00:00:00Z", dateEnd="2026-01-05T00:00:00Z", hours=0.0,
        startTimeSet=False,
    )  # fmt: skip
    with desk({"/schedule/entries": rows}) as here:
        (meeting,) = here.records("schedule_entries")
    assert (meeting.at, meeting.minutes) == (None, None)


# Rights.


def test_an_empty_list_is_named_in_the_check() -> None:
    with desk({TICKETS: []}) as here:
        notes = " ".join(here.check().notes)
    assert "tickets (Service Desk: Service Tickets" in notes
