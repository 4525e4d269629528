"""What every payload becomes: each record, its words, what is empty, what is new, what is gone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from phasewise.connectors.vendors.halopsa import CONNECTOR
from phasewise.errors import RecordError
from phasewise.model.words import MAPPINGS
from tests.contract.vendors.halopsa import items
from tests.contract.vendors.halopsa.halo import Halo, desk, only, pseudonym, records_of
from tests.contract.vendors.halopsa.items import DAY, NEVER, at, stamp

HOUR = timedelta(hours=1)

MAKERS = {
    "clients": items.make_client, "technicians": items.make_agent, "calendars": items.make_workday,
    "sla_policies": items.make_level, "tickets": items.make_ticket, "time_entries": items.make_action,
    "agreements": items.make_contract, "recurring_invoices": items.make_recurring,
    "invoices": items.make_invoice, "payments": items.make_payment,
    "opportunities": items.make_opportunity, "projects": items.make_project,
    "meetings": items.make_appointment, "devices": items.make_asset,
    "survey_responses": items.make_answer, "documents": items.make_article,
}  # fmt: skip


def test_a_ticket_says_who_what_and_when() -> None:
    found = records_of("tickets", {**items.make_ticket(3), "looked_up": {"status": "Closed", "name": "High"}})
    ticket = only(found, "tickets")
    assert (ticket.id, ticket.client, ticket.technician, ticket.parent) == ("3", "5", "2", None)
    assert ticket.requester == pseudonym("103")
    assert (ticket.title, ticket.queue) == ("Printer 3", "1st Line Support")
    assert (ticket.type, ticket.type_raw) == ("incident", "Incident")
    assert (ticket.category, ticket.subcategory) == ("Hardware", "Printer")
    assert (ticket.priority, ticket.priority_raw) == ("high", "High")
    assert (ticket.status, ticket.status_raw) == ("closed", "Closed")
    assert (ticket.source, ticket.source_raw) == ("other", "1")
    assert ticket.opened_at == at(3)
    assert ticket.first_response_at == at(3, 1)
    assert ticket.resolved_at == ticket.closed_at == at(3, 6)
    assert (ticket.reassigned_count, ticket.updated_at) == (0, at(3, 10))


def test_a_ticket_that_nobody_closed_has_no_end() -> None:
    ticket = only(records_of("tickets", items.make_ticket(1)), "tickets")
    assert (ticket.resolved_at, ticket.closed_at, ticket.first_response_at) == (None, None, None)
    cancelled = {**items.make_ticket(3), "status_name": "Cancelled"}
    ended = only(records_of("tickets", cancelled), "tickets")
    assert (ended.status, ended.resolved_at, ended.closed_at) == ("cancelled", None, at(3, 6))


@pytest.mark.parametrize(
    ("word", "neutral"),
    [
        ("New", "new"), ("In Progress", "in_progress"), ("With User", "waiting"), ("On Hold", "waiting"),
        ("Resolved", "resolved"), ("Closed", "closed"), ("Cancelled", "cancelled"),
        ("Being Looked At", "other"), ("GESCHLOSSEN", "other"),
    ],
)  # fmt: skip
def test_a_status_is_guessed_and_halos_word_is_kept(word: str, neutral: str) -> None:
    ticket = only(records_of("tickets", {**items.make_ticket(1), "status_name": word}), "tickets")
    assert (ticket.status, ticket.status_raw) == (neutral, word)


def test_numbers_without_a_name_stay_numbers() -> None:
    ticket = {**items.make_ticket(1), "tickettype_name": None}
    found = only(records_of("tickets", ticket), "tickets")
    assert (found.status, found.status_raw) == ("other", "2")
    assert found.type is None
    assert found.priority_raw == "priority 2 of service level 1"


def test_the_names_behind_the_numbers_are_looked_up_once_and_kept_beside_them() -> None:
    halo = Halo()
    halo.lists["/Tickets"] = [items.make_ticket(number) for number in range(1, 220)]
    with desk(halo) as here:
        payloads = here.payloads("tickets")
        asked = [len(here.asked(path)) for path in ("/Status", "/TicketType", "/Priority")]
    assert asked == [1, 1, 1]
    assert payloads[0]["looked_up"] == {
        "status": "In Progress", "type": "Incident", "is_other": False, "name": "High",
        "response_minutes": 120, "fix_minutes": 480,
    }  # fmt: skip


def test_both_promises_are_kept_or_missed_by_halos_word_and_dates() -> None:
    looked_up = {"looked_up": {"response_minutes": 120, "fix_minutes": 480}}
    kept = records_of("tickets", {**items.make_ticket(3), **looked_up})
    first = only(kept, "sla_results", target="first_response")
    assert (first.id, first.ticket, first.policy) == ("3:first_response", "3", "1")
    assert (first.target_minutes, first.vendor_outcome, first.paused_minutes) == (120, "met", None)
    assert (first.due_at, first.met_at, first.missed_at) == (at(3, 2), at(3, 1), None)
    last = only(kept, "sla_results", target="resolution")
    assert (last.due_at, last.met_at, last.missed_at) == (at(3, 8), at(3, 6), None)
    assert (last.vendor_outcome, last.paused_minutes, last.target_minutes) == (None, 75, 480)
    missed = records_of("tickets", items.make_ticket(12))
    first = only(missed, "sla_results", target="first_response")
    assert (first.vendor_outcome, first.met_at, first.missed_at) == ("missed", None, at(12, 2))
    last = only(missed, "sla_results", target="resolution")
    assert (last.met_at, last.missed_at) == (None, at(12, 8))


def test_a_promise_waits_on_hold_and_is_none_outside_of_every_level() -> None:
    held = records_of("tickets", {**items.make_ticket(2), "onhold": True})
    assert {r.vendor_outcome for r in held if r.__record__.table == "sla_results"} == {"paused"}
    assert len(records_of("tickets", {**items.make_ticket(3), "excludefromsla": True})) == 1
    without = {**items.make_ticket(2), "respondbydate": NEVER, "fixbydate": NEVER, "onhold": False}
    assert len(records_of("tickets", without)) == 1


def test_the_word_of_the_resolution_is_read_where_halo_gives_it() -> None:
    found = records_of("tickets", {**items.make_ticket(3), "slastate": "O"})
    last = only(found, "sla_results", target="resolution")
    assert (last.vendor_outcome, last.missed_at, last.met_at) == ("missed", at(3, 8), None)


def make_history(**last: Any) -> dict[str, Any]:
    moments = [stamp(DAY + number * HOUR) for number in range(1, 8)]
    return {
        "id": 4, "dateoccurred": stamp(DAY), "last_update": stamp(DAY + 9 * HOUR), "sla_id": 1,
        "looked_up": {
            "status": "Closed", "statuses": {"1": "New", "2": "In Progress", "9": "Closed"},
            "priorities": {"1": "Critical", "3": "Medium"},
        },
        "actions": [
            {"id": 7, "datetime": moments[6], "old_status": 2, "new_status": 9, "who_agentid": 3, **last},
            {"id": 1, "datetime": moments[0], "emaildirection": "I", "actionby_user_id": 55,
             "has_note": True, "outcome": "User Email"},
            {"id": 2, "datetime": moments[1], "old_status": 1, "new_status": 2, "new_agent": 3,
             "who_agentid": 3},
            {"id": 3, "datetime": moments[2], "new_agent": 4, "new_team": "2nd Line", "who_agentid": 3},
            {"id": 4, "datetime": moments[3], "new_priority": 1, "who_agentid": 4, "has_note": True,
             "hiddenfromuser": True},
            {"id": 5, "datetime": moments[4], "old_status": 2, "new_status": 2, "who_agentid": 8,
             "has_note": True, "outcome": "Automatic"},
            {"id": 6, "datetime": moments[5], "new_agent": 1, "who_agentid": 4},
        ],
    }  # fmt: skip


def test_what_happened_to_a_ticket_comes_in_order() -> None:
    history = make_history()
    for action in history["actions"]:
        action["ticket_id"] = 4
    found = records_of("ticket_history", history, automation_agents=[8])
    told = [(e.id, e.kind, e.from_value, e.to_value, e.to_raw, e.actor, e.technician) for e in found]
    assert told == [
        ("4:opened", "status", None, "new", "New", None, None),
        ("4:1:client_reply", "client_reply", None, None, "User Email", "client", None),
        ("4:2:status", "status", "new", "in_progress", "In Progress", "technician", "3"),
        ("4:2:assignment", "assignment", None, "3", "3", "technician", "3"),
        ("4:3:assignment", "assignment", "3", "4", "4", "technician", "3"),
        ("4:3:group", "group", None, "2nd Line", None, "technician", "3"),
        ("4:4:priority", "priority", None, "critical", "Critical", "technician", "4"),
        ("4:4:comment", "comment", None, None, "private", "technician", "4"),
        ("4:5:comment", "comment", None, None, "Automatic", "automation", None),
        ("4:6:assignment", "assignment", "4", None, "1", "technician", "4"),
        ("4:7:status", "status", "in_progress", "closed", "Closed", "technician", "3"),
    ]
    assert [e.at for e in found[:2]] == [DAY, DAY + HOUR]
    assert {e.updated_at for e in found} == {DAY + 9 * HOUR}


def test_what_an_action_does_not_say_makes_no_event() -> None:
    silent = {"id": 1, "ticket_id": 4, "datetime": stamp(DAY)}
    history = {**make_history(), "actions": [silent, {**silent, "id": 2, "datetime": NEVER, "new_agent": 3}]}
    (opened,) = records_of("ticket_history", history)
    assert (opened.id, opened.to_raw) == ("4:opened", "Closed")
    nobody = {**silent, "has_note": True, "who_agentid": 0}
    assert len(records_of("ticket_history", {**history, "actions": [nobody]})) == 1


def test_a_priority_of_another_service_level_is_no_word_that_we_know() -> None:
    moved = {"id": 1, "ticket_id": 4, "datetime": stamp(DAY), "new_priority": 1, "new_sla_id": 2}
    found = records_of("ticket_history", {**make_history(), "actions": [moved]})
    event = only(found, "ticket_events", kind="priority")
    assert (event.to_value, event.to_raw) == ("other", "priority 1")


def test_only_what_is_read_of_a_history_is_kept_and_no_text() -> None:
    halo = Halo()
    halo.lists["/Tickets"] = [items.make_ticket(1)]
    halo.lists["/Actions"] = [
        {
            "id": 1,
            "ticket_id": 1,
            "datetime": stamp(DAY),
            "note": "Called Jane",
            "emailfrom": "jane@x.example",
        },
        {"id": 2, "ticket_id": 1, "datetime": stamp(DAY), "note": " "},
    ]
    with desk(halo) as here:
        (payload,) = here.payloads("ticket_history")
    assert "Jane" not in orjson.dumps(payload).decode()
    assert [action["has_note"] for action in payload["actions"]] == [True, False]


def test_time_is_whole_minutes_with_where_it_went() -> None:
    entry = only(records_of("time_entries", items.make_action(5)), "time_entries")
    assert (entry.id, entry.ticket, entry.technician, entry.project) == ("6:2", "6", "2", "7")
    assert (entry.agreement, entry.minutes) == ("3", 45)
    assert (entry.started_at, entry.entered_at) == (at(5, 0.25), at(5, 2))
    assert (entry.is_billable, entry.is_invoiced) == (True, False)


@pytest.mark.parametrize(
    ("charged", "free", "is_billable"),
    [
        (0.5, 0, True), (0, 0.5, False), (0, 0, None), (None, None, None), ("0.25", "0.25", True),
        (0, None, None),
    ],
)  # fmt: skip
def test_time_is_billable_where_hours_of_it_are_charged(charged: Any, free: Any, is_billable: Any) -> None:
    action = {**items.make_action(1), "actionchargehours": charged, "actionnonchargehours": free}
    assert only(records_of("time_entries", action), "time_entries").is_billable is is_billable


@pytest.mark.parametrize(
    ("hours", "minutes"), [(0.75, 45), ("1.5", 90), (0.3333, 20), (-0.5, -30), (0.0083, 0), (2, 120)]
)
def test_hours_become_minutes(hours: Any, minutes: int) -> None:
    entry = only(records_of("time_entries", {**items.make_action(1), "timetaken": hours}), "time_entries")
    assert entry.minutes == minutes


def test_an_entry_without_time_is_a_reject() -> None:
    for taken in (None, ""):
        with pytest.raises(RecordError, match="took no time"):
            records_of("time_entries", {**items.make_action(1), "timetaken": taken})


def test_a_client_is_what_halo_calls_it() -> None:
    kinds = {
        "Customer": "client", "Supplier": "vendor", "Prospect": "prospect", "Internal": "internal",
        "Friend": "other",
    }  # fmt: skip
    for word, kind in kinds.items():
        client = only(records_of("clients", {**items.make_client(1), "customertype_new": word}), "clients")
        assert (client.kind, client.kind_raw) == (kind, word)
    prospect = {**items.make_client(1), "customertype_new": None, "isopportunity": 1}
    assert only(records_of("clients", prospect), "clients").kind == "prospect"
    plain = {**items.make_client(1), "customertype_new": None}
    assert only(records_of("clients", plain), "clients").kind is None


def test_ids_elsewhere_are_told_and_nothing_stands_for_none() -> None:
    told = {
        "ninjarmmid": 12, "datto_id": " a-b ", "syncroid": 0, "connectwiseid": -1, "autotaskid": None,
        "ateraid": "",
    }  # fmt: skip
    found = records_of("clients", {**items.make_client(1), **told})
    assert [(r.id, r.system, r.target_table, r.value) for r in found[1:]] == [
        ("clients:2:ninjaone:12", "ninjaone", "clients", "12"),
        ("clients:2:datto_rmm:a-b", "datto_rmm", "clients", "a-b"),
    ]
    device = records_of("devices", {**items.make_asset(7), "datto_id": "uid"})
    assert {(r.row, r.system, r.value) for r in device if r.__record__.table == "external_ids"} == {
        ("7", "ninjaone", "1007"), ("7", "datto_rmm", "uid"),
    }  # fmt: skip


def test_agents_work_or_have_left_and_programs_are_none() -> None:
    agent = only(records_of("technicians", items.make_agent(1)), "technicians")
    assert (agent.id, agent.role, agent.role_raw) == ("2", "technician", "Engineer")
    assert (agent.team, agent.is_active, agent.hourly_cost) == ("1st Line Support", True, Decimal("31.5"))
    gone = only(records_of("technicians", {**items.make_agent(7), "costprice": 0}), "technicians")
    assert (gone.is_active, gone.hourly_cost) == (False, None)
    assert records_of("technicians", {**items.make_agent(2), "isapiagent": True}) == []
    assert records_of("technicians", items.make_agent(2), automation_agents=[3]) == []


def test_a_service_level_promises_by_priority_and_knows_what_pauses_it() -> None:
    halo = Halo()
    halo.lists["/SLA"] = [items.make_level(1)]
    with desk(halo) as here:
        (policy,) = here.records("sla_policies")
        assert here.asked("/SLA")[0].query["showpriorities"] == "true"
    assert (policy.name, policy.calendar, policy.pausing_statuses) == ("Gold 1", "1", ["With User"])
    assert policy.goals == {
        "first_response": {"Critical": 60, "High": 120, "Medium": 240},
        "resolution": {"Critical": 240, "High": 480, "Medium": 1440},
    }


def test_an_agreement_has_dates_of_the_books() -> None:
    contract = only(records_of("agreements", items.make_contract(1)), "agreements")
    assert (contract.client, contract.name, contract.package) == ("3", "Managed services 1", "Gold")
    assert (contract.kind, contract.kind_raw) == ("recurring", "Managed Services")
    assert (contract.started_on, contract.ended_on) == (date(2025, 1, 1), date(2027, 12, 31))
    assert (contract.is_active, contract.billing_cycle) == (True, "Monthly")
    assert contract.next_bill_on == date(2026, 4, 1)
    expired = {**items.make_contract(1), "expired": True, "contracttype_name": None}
    ended = only(records_of("agreements", expired), "agreements")
    assert (ended.is_active, ended.kind, ended.kind_raw) == (False, "other", "contract type 1")
    assert only(records_of("agreements", {**expired, "active": True}), "agreements").is_active is True
    unknown = {**items.make_contract(1), "started": None}
    assert only(records_of("agreements", unknown), "agreements").is_active is None


def test_a_recurring_invoice_is_an_agreement_with_its_lines() -> None:
    payload = items.make_recurring(2)
    payload["lines"] += [{"id": 98, "isgroupdesc": True}, {"id": 99, "isinactive": True}]
    found = records_of("recurring_invoices", payload)
    agreement = only(found, "agreements")
    assert (agreement.id, agreement.kind, agreement.billing_cycle) == (
        "recurring:2",
        "recurring",
        "Quarterly",
    )
    assert (agreement.currency, agreement.is_active, agreement.ended_on) == ("GBP", True, None)
    lines = [r for r in found if r.__record__.table == "agreement_lines"]
    assert [(line.id, line.product, line.unit) for line in lines] == [
        ("recurring:2:21", "Workplace", "user"),
        ("recurring:2:22", "Backup", "device"),
        ("recurring:2:23", "Flat fee", None),
    ]
    assert (lines[0].quantity, lines[0].unit_price, lines[0].unit_cost) == (
        10.0, Decimal("33.3333"), Decimal("20.0"),
    )  # fmt: skip
    assert (lines[0].started_on, lines[0].ended_on) == (date(2025, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("cycle", "monthly"),
    [("Monthly", "1000"), ("quarterly", "333.3333"), ("Yearly", "83.3333"), ("Weekly", None), (None, None)],
)
def test_an_amount_is_told_by_the_month_only_where_a_period_is_months(
    cycle: str | None, monthly: str | None
) -> None:
    payload = {**items.make_recurring(1), "periodname": cycle, "period": 4}
    agreement = only(records_of("recurring_invoices", payload), "agreements")
    assert agreement.monthly_amount == (None if monthly is None else Decimal(monthly))
    assert agreement.billing_cycle == (cycle or "period 4")


def test_an_invoice_is_exact_to_the_penny() -> None:
    found = records_of("invoices", {**items.make_invoice(1), "total": 1234567.89, "amountdue": 0.1})
    invoice = only(found, "invoices")
    assert (invoice.number, invoice.client, invoice.agreement) == ("INV-1", "3", "recurring:4")
    assert (invoice.total, invoice.balance, invoice.currency) == (
        Decimal("1234567.89"),
        Decimal("0.1"),
        "GBP",
    )
    assert (invoice.kind, invoice.kind_raw) == ("recurring", "recurring invoice")
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (invoice.sent_on, invoice.paid_on) == (date(2026, 3, 2), date(2026, 3, 20))
    line = only(found, "invoice_lines")
    assert (line.id, line.agreement, line.amount) == ("1:10", "recurring:4", Decimal("99.16"))
    assert (line.is_recurring, line.unit_price) == (True, Decimal("33.0533"))


def test_what_an_invoice_bills_is_said_as_far_as_halo_does() -> None:
    once = items.make_invoice(2)
    found = records_of("invoices", once)
    assert only(found, "invoices").kind_raw == "invoice type 1"
    assert only(found, "invoices").kind == "other"
    assert only(found, "invoices").agreement == "3"
    assert only(found, "invoice_lines").is_recurring is False
    credit = only(records_of("invoices", {**once, "creditlinkedtoinvoiceid": 1}), "invoices")
    assert (credit.kind, credit.kind_raw) == ("credit", "credit note")
    own = only(records_of("invoices", {**once, "currency_code_name": "Pounds"}), "invoices")
    assert own.currency is None


def test_a_payment_pays_an_invoice_on_a_day() -> None:
    payment = only(records_of("payments", items.make_payment(4)), "payments")
    assert (payment.invoice, payment.client, payment.amount) == ("4", "6", Decimal("118.99"))
    assert payment.paid_on == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("status", "values", "outcome"),
    [
        ("Won", {}, "won"), ("Closed Lost", {}, "lost"), ("Closed", {}, "other"), ("Open", {}, "other"),
        ("Anything", {"dateclosed": NEVER}, "open"),
        ("Closed", {"oppconverteddate": stamp(DAY)}, "won"),
    ],
)  # fmt: skip
def test_a_sale_is_open_until_it_ends(status: str, values: dict[str, Any], outcome: str) -> None:
    sale = {**items.make_opportunity(3), "status_name": status, **values}
    found = only(records_of("opportunities", sale), "opportunities")
    assert (found.outcome, found.outcome_raw, found.stage) == (outcome, status, "Proposal")
    assert found.amount == Decimal("9000.5")


def test_a_project_has_a_plan_and_an_end() -> None:
    project = only(records_of("projects", items.make_project(3)), "projects")
    assert (project.kind, project.kind_raw) == ("onboarding", "Client Onboarding")
    assert (project.planned_start_on, project.planned_end_on) == (date(2026, 3, 1), date(2026, 5, 1))
    assert (project.finished_on, project.technician) == (at(3, 50).date(), "2")
    assert only(records_of("projects", items.make_project(1)), "projects").finished_on is None


def test_a_meeting_was_held_where_it_was_completed_and_else_nobody_knows() -> None:
    halo = Halo()
    halo.lists["/Appointment"] = [
        items.make_appointment(1),
        items.make_appointment(3),
        items.make_appointment(4),
    ]
    with desk(halo) as here:
        first, second, third = here.records("meetings")
        stored = orjson.dumps(here.payloads("meetings")).decode()
    assert (first.kind, first.kind_raw, first.minutes) == ("business_review", "Quarterly Business Review", 90)
    assert (first.is_held, first.has_notes, second.is_held, third.has_notes) == (True, True, None, False)
    assert (third.kind, third.kind_raw) == ("other", "Site Visit")
    assert "All is well" not in stored
    assert "Jane" not in stored


def test_a_whole_day_and_a_meeting_that_ends_before_it_begins_have_no_length() -> None:
    for values in ({"allday": True}, {"end_date": stamp(DAY)}, {"end_date": NEVER}):
        meeting = only(records_of("meetings", {**items.make_appointment(1), **values}), "meetings")
        assert meeting.minutes is None


@pytest.mark.parametrize(
    ("raw", "ends", "score"),
    [
        (1, (4, 1), 100.0), (4, (4, 1), 0.0), (5, (1, 5), 100.0), (2, (1, 5), 25.0), (7, (1, 5), None),
        (3, None, None),
    ],
)  # fmt: skip
def test_a_score_is_a_number_only_on_a_scale_that_is_known(raw: int, ends: Any, score: float | None) -> None:
    scale = {} if ends is None else {"survey_worst": ends[0], "survey_best": ends[1]}
    answer = only(
        records_of("survey_responses", {**items.make_answer(1), "score": raw}, **scale), "survey_responses"
    )
    assert (answer.score, answer.score_raw, answer.ticket) == (score, str(raw), "1")
    assert answer.scale == (None if ends is None else f"{ends[0]}-{ends[1]}")


def test_that_there_is_a_comment_is_kept_and_what_it_says_is_not() -> None:
    halo = Halo()
    halo.lists["/Feedback"] = [items.make_answer(1), items.make_answer(2)]
    with desk(halo) as here:
        assert [answer.has_comment for answer in here.records("survey_responses")] == [True, False]
        assert "Jane" not in orjson.dumps(here.payloads("survey_responses")).decode()


def test_an_article_is_knowledge_of_an_age_without_its_text() -> None:
    halo = Halo()
    halo.lists["/KBArticle"] = [items.make_article(9)]
    with desk(halo) as here:
        (article,) = here.records("documents")
        assert "Press the button" not in orjson.dumps(here.payloads("documents")).decode()
    assert (article.title, article.kind, article.kind_raw) == ("How to 9", "knowledge", "article type 0")
    assert (article.created_at, article.edited_at, article.is_archived) == (at(9), at(9, 4), True)


@pytest.mark.parametrize("stream", sorted(MAKERS))
def test_no_name_of_a_contact_and_no_mail_is_stored(stream: str) -> None:
    halo = Halo()
    paths = {
        "clients": "/Client", "technicians": "/Agent", "calendars": "/Workday", "sla_policies": "/SLA",
        "tickets": "/Tickets", "time_entries": "/Actions", "agreements": "/ClientContract",
        "recurring_invoices": "/RecurringInvoice", "invoices": "/Invoice", "payments": "/InvoicePayment",
        "opportunities": "/Opportunities", "projects": "/Projects", "meetings": "/Appointment",
        "devices": "/Asset", "survey_responses": "/Feedback", "documents": "/KBArticle",
    }  # fmt: skip
    halo.lists[paths[stream]] = [MAKERS[stream](number) for number in range(1, 6)]
    with desk(halo) as here:
        stored = orjson.dumps(here.payloads(stream)).decode().lower()
    assert len(stored) > 100
    assert not {word for word in ("jane", "@example", "pc load", 'note":', "detail") if word in stored}


@pytest.mark.parametrize("stream", sorted(MAKERS))
def test_a_field_that_is_gone_empties_its_own_and_no_other(stream: str) -> None:
    whole = MAKERS[stream](1)
    for name in whole.keys() - {"id", "ticket_id", "timetaken"}:
        made = records_of(stream, {key: value for key, value in whole.items() if key != name})
        assert made, f"nothing is left of a {stream} without {name}"


@pytest.mark.parametrize("stream", sorted(MAKERS))
def test_a_payload_without_an_id_is_a_reject_with_a_reason(stream: str) -> None:
    for id_ in (None, "x", True, 1.5):
        with pytest.raises(RecordError) as refused:
            records_of(stream, {**MAKERS[stream](1), "id": id_})
        assert refused.value.reason


def test_every_guess_is_a_word_of_the_model() -> None:
    from phasewise.connectors.vendors.halopsa import words  # its tables alone are looked at

    tables = {
        "status": words.STATUSES, "type": words.TYPES, "priority": words.PRIORITIES,
        "client_kind": words.CLIENTS, "device_kind": words.DEVICES, "role": words.ROLES,
        "agreement_kind": words.AGREEMENTS, "invoice_kind": words.INVOICES,
        "opportunity_outcome": words.OUTCOMES, "project_kind": words.PROJECTS,
        "meeting_kind": words.MEETINGS,
    }  # fmt: skip
    for mapping, table in tables.items():
        assert set(table.values()) <= set(MAPPINGS[mapping]), mapping
        assert all(word == word.casefold() for word in table), mapping


def test_what_is_provided_exists_in_the_model() -> None:
    from phasewise.model.fields import field_infos  # beside its only use
    from phasewise.model.records import record_kinds

    fields = {f"{table}.{name}" for table, kind in record_kinds().items() for name in field_infos(kind)}
    for stream in CONNECTOR.streams(None):
        assert stream.provides <= fields, stream.provides - fields
