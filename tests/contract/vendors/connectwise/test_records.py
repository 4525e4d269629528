"""What rows of ConnectWise become, field by field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.vendors.connectwise.audit import Change, in_order
from phasewise.connectors.vendors.connectwise.sales import monthly, once
from phasewise.connectors.vendors.connectwise.values import pruned, tree
from phasewise.connectors.vendors.connectwise.words import priority_word, status_word
from phasewise.errors import RecordError
from phasewise.model.records.tickets import SlaResult, Ticket
from phasewise.sandbox.vendors.connectwise.conditions import ConditionError, parse
from tests.contract.vendors.connectwise import items
from tests.contract.vendors.connectwise.desk import desk, pseudonym
from tests.contract.vendors.connectwise.items import DAY, hour

PATHS = {
    "clients": "/company/companies",
    "technicians": "/system/members",
    "tickets": "/service/tickets",
    "time_entries": "/time/entries",
    "agreements": "/finance/agreements",
    "agreement_lines": "/finance/agreements",
    "invoices": "/finance/invoices",
    "payments": "/finance/invoices",
    "invoice_lines": "/procurement/products",
    "opportunities": "/sales/opportunities",
    "projects": "/project/projects",
    "project_tasks": "/project/tickets",
    "meetings": "/sales/activities",
    "devices": "/company/configurations",
    "survey_responses": "/service/surveys/1/results",
    "sla_policies": "/service/SLAs",
}


def records(stream: str, *rows: dict[str, Any]) -> list[Any]:
    with desk({PATHS[stream]: rows}) as here:
        return here.records(stream)


def test_a_ticket() -> None:
    row = {**items.ticket(4), "parentTicketId": 3}
    ticket, answer, end = records("tickets", row)
    assert ticket == Ticket(
        id="4",
        updated_at=hour(4),
        client="6",
        requester=pseudonym("44"),
        technician="7",
        agreement="6",
        parent="3",
        title="Printer 4",
        type="request",
        type_raw="Service Request",
        category="Hardware",
        subcategory="Printer",
        priority="medium",
        priority_raw="Priority 3 - Normal Response",
        source="phone",
        source_raw="Phone",
        queue="Service A",
        status="closed",
        status_raw=">Closed",
        opened_at=hour(4) - timedelta(hours=5),
        resolved_at=hour(4) - timedelta(hours=1),
        closed_at=hour(4),
    )
    assert answer.vendor_outcome is None
    assert end == SlaResult(
        id="4:resolution",
        updated_at=hour(4),
        ticket="4",
        target="resolution",
        policy="3",
        target_minutes=480,
        met_at=hour(4) - timedelta(hours=1),
        elapsed_minutes=240,
        paused_minutes=30,
        vendor_outcome="met",
    )


def test_no_name_no_address_and_no_text_of_a_person_is_kept() -> None:
    with desk({path: [make(1)] for path, make in MADE.items()}) as here:
        for stream in PATHS:
            kept = repr(here.payloads(stream))
            for personal in ("Jane", "jane", "5550100", "jroe", "Thank you", "msp.example"):
                assert personal not in kept, f"{stream}: {personal}"


MADE = {
    "/company/companies": items.company,
    "/system/members": items.member,
    "/service/tickets": items.ticket,
    "/project/tickets": items.project_ticket,
    "/time/entries": items.time_entry,
    "/finance/agreements": items.agreement,
    "/finance/invoices": items.invoice,
    "/sales/opportunities": items.opportunity,
    "/sales/activities": items.activity,
    "/company/configurations": items.configuration,
    "/service/surveys/1/results": items.survey_result,
}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("New", "new"),
        ("New (email connector)", "new"),
        (">New", "new"),
        ("In Progress", "in_progress"),
        ("Waiting - Parts", "waiting"),
        ("WAITING CLIENT RESPONSE", "waiting"),
        ("Completed", "resolved"),
        (">Closed", "closed"),
        ("Closed - No Response", "closed"),
        ("Newsletter", "other"),
        ("Cancelled", "cancelled"),
        ("שלום", "other"),
        ("", None),
        (None, None),
    ],
)
def test_the_usual_names_of_statuses(name: str | None, ours: str | None) -> None:
    assert status_word(name) == ours


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("Priority 1 - Critical", "critical"),
        ("Priority 2 - Quick Response", "high"),
        ("priority 4", "low"),
        ("Priority 5 - Whenever", "other"),
        ("Priority 12", "other"),
        ("Emergency", "critical"),
        ("High", "high"),
        (None, None),
    ],
)
def test_the_usual_names_of_priorities(name: str | None, ours: str | None) -> None:
    assert priority_word(name) == ours


def test_a_company_is_what_one_of_its_types_says() -> None:
    def kind(*types: str, **flags: Any) -> tuple[str | None, str | None]:
        row = {**items.company(1), "types": [items.named(1, t) for t in types], **flags}
        (client,) = records("clients", row)
        return client.kind, client.kind_raw

    assert kind("Vendor", "Client") == ("client", "Client")
    assert kind("Owner") == ("internal", "Owner")
    assert kind("Prospect", "Vendor") == ("prospect", "Prospect")
    assert kind("Competitor", "Former") == ("other", "Competitor")
    assert kind() == (None, None)
    assert kind(leadFlag=True) == ("prospect", "Lead")
    assert kind(isVendorFlag=True) == ("vendor", "Vendor")


def test_an_api_member_is_no_technician() -> None:
    rows = [{**items.member(1), "licenseClass": "A"}, {**items.member(2), "licenseClass": "X"}]
    assert [t.id for t in records("technicians", *rows)] == ["2"]


def test_a_cost_of_nothing_is_no_cost() -> None:
    (technician,) = records("technicians", {**items.member(1), "hourlyCost": 0.0})
    assert technician.hourly_cost is None
    assert (technician.name, technician.role, technician.team) == ("Tech Number 1", "technician", "Service")


def test_time() -> None:
    (entry,) = records("time_entries", {**items.time_entry(4), "actualHours": 0.3333})
    assert (entry.minutes, entry.ticket, entry.is_billable, entry.is_invoiced) == (20, "4", False, True)
    assert (entry.purpose, entry.purpose_raw) == ("proactive", "Maintenance")
    (coded,) = records("time_entries", {**items.time_entry(2), "chargeToType": "ChargeCode"})
    assert (coded.ticket, coded.is_invoiced) == (None, False)


def test_time_whose_clock_still_runs_is_rejected() -> None:
    with pytest.raises(RecordError) as error:
        records("time_entries", {**items.time_entry(1), "actualHours": None})
    assert error.value.reason == "no_minutes"


def test_an_agreement_and_its_base_amount() -> None:
    agreement, base = records("agreements", items.agreement(1))
    assert (agreement.kind, agreement.kind_raw) == ("recurring", "Managed Services")
    assert (agreement.started_on, agreement.ended_on) == (date(2025, 1, 1), date(2026, 12, 31))
    assert (agreement.is_active, agreement.currency, agreement.monthly_amount) == (True, "EUR", None)
    assert (base.id, base.unit_price, base.quantity) == ("1:base", Decimal("250.5"), 1.0)
    cancelled = {**items.agreement(2), "cancelledFlag": True, "dateCancelled": "2025-06-30T00:00:00Z"}
    assert records("agreements", {**cancelled, "agreementStatus": "Cancelled"})[0].ended_on == date(
        2025, 6, 30
    )
    assert records("agreements", items.agreement(2))[0].ended_on is None


def test_additions() -> None:
    with desk({"/finance/agreements": [items.agreement(3)]}) as here:
        first, second = here.records("agreement_lines")
    assert (first.id, first.agreement, first.product) == ("31", "3", "Managed workstation")
    assert (first.unit, first.quantity, first.unit_price) == ("device", 10.0, Decimal("39.5"))
    assert (first.ended_on, second.ended_on) == (None, date(2026, 6, 30))


@pytest.mark.parametrize(
    ("changes", "quantity", "price"),
    [
        ({"billedQuantity": None}, 10.0, "39.5"),
        ({"billedQuantity": None, "lessIncluded": None}, 12.0, "39.5"),
        ({"billCustomer": "NoCharge"}, 10.0, "0"),
        ({"billCustomer": "DoNotBill", "unitPrice": None}, 10.0, None),
    ],
)
def test_what_of_an_addition_is_billed(changes: Any, quantity: float, price: str | None) -> None:
    with desk({"/finance/agreements": [items.agreement(3)]}) as here:
        stream = here.stream("agreement_lines")
        payload = {"id": 3, "additions": [{**items.addition(3, 1), **changes}]}
        (line,) = stream.records(payload, here.context)
    assert (line.quantity, line.unit_price) == (quantity, None if price is None else Decimal(price))


@pytest.mark.parametrize(
    ("kind", "applied", "ours"),
    [
        ("Agreement", "Agreement", "recurring"),
        ("CreditMemo", "All", "credit"),
        ("Progress", "Project", "project"),
        ("Standard", "ProjectPhase", "project"),
        ("Standard", "Ticket", "time"),
        ("Standard", "SalesOrder", "product"),
        ("Standard", "All", "other"),
        ("DownPayment", "All", "other"),
        ("Brand New", "All", "other"),
    ],
)
def test_what_an_invoice_bills(kind: str, applied: str, ours: str) -> None:
    invoice = records("invoices", {**items.invoice(1), "type": kind, "applyToType": applied})[0]
    assert (invoice.kind, invoice.kind_raw) == (ours, kind)


def test_money_is_exact() -> None:
    row = {**items.invoice(1), "total": 0.1, "balance": 1234567.89, "expenseTotal": "12.25"}
    invoice, *lines = records("invoices", row)
    assert (invoice.total, invoice.balance) == (Decimal("0.1"), Decimal("1234567.89"))
    assert {line.id: line.amount for line in lines} == {
        "1:agreement": Decimal("645.5"), "1:service": Decimal(0), "1:expense": Decimal("12.25"),
    }  # fmt: skip
    assert [line.is_recurring for line in lines] == [True, False, False]


def test_a_sign_is_no_currency() -> None:
    for code, ours in (("EUR", "EUR"), ("usd", "USD"), ("€", None), ("", None), (None, None)):
        row = {**items.invoice(1), "currency": {"id": 1, "currencyCode": code}}
        assert records("invoices", row)[0].currency == ours


def test_products_on_invoices() -> None:
    rows = [
        items.product(1),
        {**items.product(2), "invoice": None},
        {**items.product(3), "billableOption": "NoCharge"},
        {**items.product(4), "billableOption": "DoNotBill"},
        {**items.product(5), "cancelledFlag": True},
        items.product(6),
    ]
    found = {line.id: (line.amount, line.is_recurring) for line in records("invoice_lines", *rows)}
    assert found == {"1": (Decimal("900"), True), "3": (Decimal(0), True), "6": (Decimal("900"), None)}


def test_payments_are_asked_for_where_something_was_paid() -> None:
    rows = [items.invoice(1), {**items.invoice(2), "payments": 0.0}, {**items.invoice(3), "payments": None}]
    with desk({"/finance/invoices": rows}) as here:
        found = here.records("payments")
        assert [len(here.asked(f"/finance/invoices/{n}/payments")) for n in (1, 2, 3)] == [1, 0, 1]
    assert [payment.id for payment in found] == ["11", "12", "31", "32"]
    assert (found[0].invoice, found[0].client, found[0].amount) == ("1", "2", Decimal("300"))
    assert (found[0].paid_on, found[0].currency) == (date(2026, 2, 20), "EUR")


def test_an_opportunity_is_worth_the_included_rows_of_its_forecast() -> None:
    (sale,) = records("opportunities", items.opportunity(4))
    assert (sale.amount, sale.monthly_amount) == (Decimal("900"), Decimal("100"))
    assert (sale.outcome, sale.outcome_raw, sale.stage) == ("won", "Won", "Proposal")


@pytest.mark.parametrize(
    ("cycle", "amount"),
    [("Monthly", "300"), ("Quarterly", "100"), ("Annually", "25"), ("Fortnightly", None), (None, None)],
)
def test_a_cycle_of_no_known_length_is_no_monthly_amount(cycle: str | None, amount: str | None) -> None:
    row = {"recurringFlag": True, "recurringRevenue": 300.0, "billCycle": cycle and items.named(1, cycle)}
    assert monthly([row]) == (None if amount is None else Decimal(amount))


def test_no_forecast_is_no_amount() -> None:
    assert (once(None), once([]), monthly(None), monthly([])) == (None, None, None, None)
    assert once([{"revenue": 0.0}]) == Decimal(0)


def test_projects_and_tasks() -> None:
    (project,) = records("projects", items.project(1))
    assert (project.kind, project.template, project.status) == ("delivery", "4", "Open")
    assert (project.planned_end_on, project.finished_on) == (date(2026, 2, 27), date(2026, 3, 1))
    (task,) = records("project_tasks", items.project_ticket(4))
    assert (task.project, task.due_at) == ("2", hour(4) + timedelta(days=3))
    with pytest.raises(RecordError) as error:
        records("project_tasks", {**items.project_ticket(4), "project": None})
    assert error.value.reason == "no_project"


@pytest.mark.parametrize(
    ("status", "held"), [("Closed", True), ("Completed", True), ("Cancelled", False), ("Open", None)]
)
def test_a_meeting_was_held_where_its_activity_says_so(status: str, held: bool | None) -> None:
    (meeting,) = records("meetings", {**items.activity(1), "status": items.named(1, status)})
    assert (meeting.is_held, meeting.kind, meeting.minutes) == (held, "business_review", 45)
    assert meeting.has_notes is True


def test_a_device_and_what_the_rmm_calls_it() -> None:
    device, elsewhere = records("devices", items.configuration(3))
    assert (device.kind, device.serial_number, device.client) == ("workstation", "SN00003", "2")
    assert (elsewhere.id, elsewhere.system, elsewhere.value) == ("devices:3:rmm", "rmm", "rmm-3")
    assert len(records("devices", {**items.configuration(3), "deviceIdentifier": " "})) == 1


def test_the_score_of_a_survey_is_its_share_of_the_points() -> None:
    (answer,) = records("survey_responses", items.survey_result(1))
    assert (answer.score, answer.score_raw, answer.scale) == (80.0, "8", "0-10")
    assert (answer.at, answer.has_comment, answer.ticket) == (hour(1) - timedelta(hours=5), True, "1")
    with pytest.raises(RecordError) as error:
        records("survey_responses", {**items.survey_result(1), "totalPoints": 11})
    assert error.value.reason == "bad_score"
    (undated,) = records("survey_responses", {**items.survey_result(1), "_info": None})
    assert undated.at is None


def test_a_survey_whose_questions_do_not_say_their_points_gives_no_score() -> None:
    payload = {"id": 1, "totalPoints": 8, "mostPoints": None}
    with desk() as here:
        (answer,) = here.stream("survey_responses").records(payload, here.context)
    assert (answer.score, answer.score_raw, answer.scale) == (None, "8", None)


def test_no_survey_is_said() -> None:
    with desk({"/service/surveys": []}) as here:
        (page,) = here.pages("survey_responses")
    assert (page.proof, len(page.payloads)) == ("end_mark", 0)
    assert "no survey" in page.note


def test_a_service_level() -> None:
    (policy,) = records("sla_policies", items.sla(1))
    assert policy.goals == {
        "first_response": {"*": 240, "Priority 3 - Normal Response": 120},
        "resolution": {"*": 1440, "Priority 3 - Normal Response": 480},
    }
    assert policy.is_default is True
    with desk({"/service/SLAs": [{**items.sla(2), "respondHours": 0.0, "resolutionHours": None}]}) as here:
        payload = {**here.payloads("sla_policies")[0], "priorities": []}
        (empty,) = here.stream("sla_policies").records(payload, here.context)
    assert empty.goals is None


@given(st.integers(2, 7), st.randoms())
def test_a_chain_of_changes_is_found_in_any_order(length: int, chance: Any) -> None:
    chain = [({}, Change("status", f"S{n}", f"S{n + 1}")) for n in range(length)]
    shuffled = list(chain)
    chance.shuffle(shuffled)
    assert in_order(shuffled) == chain


@given(st.lists(st.sampled_from("ABC"), min_size=2, max_size=6), st.randoms())
def test_no_change_is_lost_where_there_is_no_chain(names: list[str], chance: Any) -> None:
    group = [({}, Change("status", a, b)) for a, b in pairwise(names)]
    shuffled = list(group)
    chance.shuffle(shuffled)
    found = in_order(shuffled)
    assert sorted(map(repr, found)) == sorted(map(repr, group))
    assert found == in_order(list(reversed(shuffled)))


def test_only_what_was_asked_for_is_kept() -> None:
    kept = tree(("id", "company/id", "company/name", "types"))
    item = {"id": 1, "company": {"id": 2, "phone": "5550100"}, "types": [{"id": 3}], "notes": "x"}
    assert pruned(item, kept) == {"id": 1, "company": {"id": 2}, "types": [{"id": 3}]}
    assert pruned({"company": None}, kept) == {"company": None}
    assert pruned("text", kept) == "text"


# The language that conditions are tested with.


@pytest.mark.parametrize(
    ("conditions", "passes"),
    [
        ("", True),
        ("id > 3", True),
        ("id > 4 or summary contains 'PRINT'", True),
        ("id > 4 and summary contains 'print'", False),
        ("board/id in (1,2) and closedFlag = False", True),
        ("board/id not in (1,2)", False),
        ("lastUpdated >= [2026-01-05T08:00:00Z] and lastUpdated < [2026-01-05T08:00:01Z]", True),
        ("lastUpdated > [2026-01-05T08:00:00Z]", False),
        ("(id = 4 and (board/id = 2 or board/id = 1))", True),
        ('summary like "%nter%" and owner/id = null', True),
        ("owner/id > 3", False),
    ],
)
def test_conditions_mean_what_the_guide_says(conditions: str, passes: bool) -> None:
    item = {
        "id": 4, "summary": "Printer", "board": {"id": 1}, "closedFlag": False,
        "_info": {"lastUpdated": items.stamp(DAY)},
    }  # fmt: skip
    assert parse(conditions)(item) is passes


@pytest.mark.parametrize("conditions", ["id >", "id near 3", "(id = 3", "id = 3 id = 4", "id = ;", "id in 3"])
def test_conditions_that_cannot_be_read_are_refused(conditions: str) -> None:
    with pytest.raises(ConditionError):
        parse(conditions)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis wants naive bounds
def test_a_window_leaves_nothing_out(at: datetime) -> None:
    at = at.replace(microsecond=0)
    item = {"id": 1, "_info": {"lastUpdated": items.stamp(at)}}
    text = f"[{at:%Y-%m-%dT%H:%M:%SZ}]"
    assert parse(f"lastUpdated >= {text}")(item)
    assert not parse(f"lastUpdated < {text}")(item)
