"""What the rows of Autotask become."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.autotask import CONNECTOR
from phasewise.errors import RecordError
from phasewise.testing.world import Reply
from tests.contract.vendors.autotask import rows
from tests.contract.vendors.autotask.desk import DAY, Desk, Vendor, desk, pseudonym
from tests.contract.vendors.autotask.test_quirks import holding

HOUR = timedelta(hours=1)


def one(here: Desk, stream: str, table: str) -> Any:
    (record,) = here.records(stream)[table]
    return record


def test_a_ticket_is_told_by_its_fields() -> None:
    ticket = rows.ticket(20, priority=4, contactID=109, companyID=3)
    with desk(holding(Tickets=[ticket], ServiceLevelAgreementResults=rows.sla_results)) as here:
        made = here.records("tickets")
    (found,) = made["tickets"]
    opened = DAY + 20 * HOUR
    assert (found.id, found.number, found.title) == ("20", "T20260105.0020", "Printer 20")
    assert (found.client, found.requester, found.technician) == ("3", pseudonym("109"), "12")
    assert (found.device, found.agreement, found.parent, found.project) == ("500", "29684183", "3", None)
    assert (found.type, found.type_raw) == ("alert", "Alert")
    assert (found.category, found.subcategory) == ("Hardware", "Printer")
    assert (found.priority, found.source, found.queue) == ("critical", "alert", "Level I Support")
    assert (found.status, found.status_raw) == ("closed", "Complete")
    assert (found.opened_at, found.first_response_at) == (opened, opened + HOUR)
    assert (found.resolved_at, found.closed_at) == (opened + 25 * HOUR, opened + 30 * HOUR)
    assert (found.first_response_by, found.is_internal) == ("human", False)
    assert found.updated_at == opened + 3 * HOUR
    (alert,) = made["external_ids"]
    assert (alert.table_name, alert.row, alert.target_table, alert.value) == (
        "tickets", "20", "alerts", "alert-20",
    )  # fmt: skip


def test_a_ticket_without_a_service_level_is_resolved_when_it_is_complete() -> None:
    ticket = rows.ticket(4, serviceLevelAgreementID=None, resolvedDateTime=None)
    with desk(holding(Tickets=[ticket])) as here:
        made = here.records("tickets")
        assert here.asked("ServiceLevelAgreementResults") == []
    (found,) = made["tickets"]
    assert found.resolved_at == found.closed_at == DAY + 34 * HOUR
    assert "sla_results" not in made


@pytest.mark.parametrize(("resource", "responder"), [(10, "human"), (4, "automation"), (None, None)])
def test_a_first_response_of_a_program_is_not_a_persons(resource: int | None, responder: str | None) -> None:
    ticket = rows.ticket(3, firstResponseInitiatingResourceID=resource)
    with desk(holding(Tickets=[ticket])) as here:
        assert one(here, "tickets", "tickets").first_response_by == responder


def test_work_for_the_own_company_is_internal() -> None:
    with desk(holding(Tickets=[rows.ticket(3, companyID=0), rows.ticket(6, companyID=None)])) as here:
        assert [t.is_internal for t in here.records("tickets")["tickets"]] == [True, None]


def test_the_verdict_and_the_hours_are_the_vendors_own() -> None:
    with desk(holding(Tickets=[rows.ticket(4)], ServiceLevelAgreementResults=rows.sla_results)) as here:
        results = {r.target: r for r in here.records("tickets")["sla_results"]}
    first, last = results["first_response"], results["resolution"]
    assert (first.vendor_outcome, first.met_at, first.missed_at) == ("met", DAY + 5 * HOUR, None)
    assert (last.vendor_outcome, last.elapsed_minutes, last.policy) == ("met", 435, "1")
    assert last.due_at == DAY + 30 * HOUR


def test_without_a_verdict_the_times_are_told_and_nothing_is_claimed() -> None:
    table = [rows.ticket(5), rows.ticket(4)]  # answered after half an hour was promised; in time
    with desk(holding(Tickets=table)) as here:
        results = {r.id: r for r in here.records("tickets")["sla_results"]}
    late, kept, running = results["5:first_response"], results["4:first_response"], results["5:resolution"]
    assert {r.vendor_outcome for r in results.values()} == {None}
    assert (late.met_at, late.missed_at) == (None, DAY + 5.5 * HOUR)
    assert (kept.met_at, kept.missed_at) == (DAY + 5 * HOUR, None)
    assert (running.met_at, running.missed_at, running.elapsed_minutes) == (None, None, None)


def test_service_levels_have_their_names_and_nothing_else() -> None:
    with desk() as here:
        policies = here.records("sla_policies")["sla_policies"]
    assert [(p.id, p.name, p.goals) for p in policies] == [("1", "Gold", None), ("2", "Silver", None)]


def test_a_history_becomes_events_in_its_order() -> None:
    with desk(holding(Tickets=[rows.ticket(1)], TicketHistory=rows.history)) as here:
        events = here.records("ticket_history")["ticket_events"]
    assert [(e.kind, e.from_raw, e.to_value, e.actor) for e in events] == [
        ("status", "New", "in_progress", "automation"),
        ("assignment", "Ana Ruiz", "Ben Okafor", "technician"),
        ("group", "Level I Support", "Projects", "technician"),
        ("priority", "Medium", "high", "technician"),
        ("status", "In Progress", "closed", "technician"),
    ]
    assert {e.ticket for e in events} == {"1"}
    assert len({e.id for e in events}) == 5


def test_several_changes_in_one_row_are_several_events() -> None:
    row = {
        **rows.history_of(1)[0],
        "action": "Edited",
        "detail": "Status: New -> Complete\r\nDue date changed\nPriority changed from 'Low' to 'High'.",
    }
    with desk(holding(Tickets=[rows.ticket(1)], TicketHistory=[row])) as here:
        events = here.records("ticket_history")["ticket_events"]
    assert [(e.id, e.kind, e.from_value, e.to_value) for e in events] == [
        ("100", "status", "new", "closed"),
        ("100:1", "priority", "low", "high"),
    ]


def test_time_has_the_client_of_its_ticket_or_of_its_project() -> None:
    vendor = holding(
        TimeEntries=[rows.time_entry(1), rows.time_entry(3), rows.time_entry(2)],
        Tickets=rows.ids_with(companyID=lambda n: 70 + n),
        Tasks=rows.ids_with(projectID=lambda n: 800 + n),
        Projects=rows.ids_with(companyID=lambda n: n + 1000),
        BillingCodes=rows.billing_codes,
    )
    with desk(vendor) as here:
        on_ticket, own, on_task = here.records("time_entries")["time_entries"]
    assert (on_ticket.ticket, on_ticket.client, on_ticket.project) == ("2", "72", None)
    assert (on_task.ticket, on_task.project, on_task.client) == (None, "804", "1804")
    assert (on_ticket.purpose, on_ticket.purpose_raw, on_ticket.is_billable) == (
        "reactive", "Remote Support", True,
    )  # fmt: skip
    assert (own.purpose, own.purpose_raw, own.is_billable) == ("leave", "Vacation Time", False)
    assert (on_ticket.minutes, on_ticket.started_at) == (30, DAY + HOUR)
    assert on_ticket.entered_at == DAY + HOUR + timedelta(minutes=10)


def test_a_day_of_work_is_no_moment_and_time_without_hours_is_a_reject() -> None:
    with desk(holding(TimeEntries=[rows.time_entry(7)])) as here:
        assert one(here, "time_entries", "time_entries").started_at is None
    without = holding(TimeEntries=[rows.time_entry(1, hoursWorked=None)])
    with desk(without) as here, pytest.raises(RecordError) as error:
        here.records("time_entries")
    assert error.value.reason == "missing_minutes"


def test_people_are_what_their_titles_say_and_programs_are_no_technicians() -> None:
    table = [
        rows.resource(1, title="Senior Help Desk Technician"),
        rows.resource(2, title="Service Manager"),
        rows.resource(3, title="Florist"),
        rows.resource(4, title=None),
        rows.resource(5, title="Technician", licenseType=7),
    ]
    with desk(holding(Resources=table)) as here:
        found = here.records("technicians")["technicians"]
    assert [(t.role, t.role_raw) for t in found] == [
        ("technician", "Senior Help Desk Technician"),
        ("manager", "Service Manager"),
        ("other", "Florist"),
        (None, None),
        ("other", "API User"),
    ]
    assert (found[0].name, found[0].hourly_cost, found[0].currency) == ("Ana Ruiz 1", Decimal("32.5"), "EUR")


def test_an_agreement_has_its_dates_as_written_and_its_lines() -> None:
    vendor = holding(
        Contracts=[rows.contract(1), rows.contract(4, contractType=4, contractPeriodType=None)],
        ContractServices=lambda _asked, body: rows.contract_services([1], body),
        Services=rows.services,
    )  # fmt: skip
    with desk(vendor) as here:
        made = here.records("agreements")
    managed, block = made["agreements"]
    assert (managed.kind, managed.kind_raw, managed.package) == (
        "recurring",
        "Recurring Service",
        "Complete Care",
    )
    assert (managed.started_on, managed.ended_on) == (date(2024, 1, 1), date(2030, 12, 31))
    assert (managed.billing_cycle, managed.is_active, block.is_active) == ("Monthly", True, False)
    assert (block.kind, block.monthly_amount) == ("block", None)
    line = made["agreement_lines"][0]
    assert (line.product, line.unit_price, line.unit_cost) == (
        "Managed workstation",
        Decimal("39.5"),
        Decimal("12.1"),
    )
    # Nothing says how many are billed now: neither a quantity nor an amount is made up.
    assert (line.quantity, managed.monthly_amount) == (None, None)


@pytest.mark.parametrize("period", [5, 99])
def test_an_amount_a_month_is_never_made_of_a_period_nobody_knows(period: int) -> None:
    vendor = holding(
        Contracts=[rows.contract(1)],
        ContractServices=lambda asked, body: rows.contract_services(asked, body)[:1],
        ContractServiceUnits=rows.contract_service_units,
        Services=[{"id": 1, "name": "Setup", "periodType": period}],
    )
    with desk(vendor) as here:
        amount = one(here, "agreements", "agreements").monthly_amount
    assert amount == (Decimal(0) if period == 5 else None)  # billed once: nothing a month, and that is known


def test_two_rows_of_units_that_differ_are_not_added_up() -> None:
    vendor = holding(
        Contracts=[rows.contract(1)],
        ContractServices=lambda asked, body: rows.contract_services(asked, body)[:1],
        ContractServiceUnits=lambda asked, body: [
            {**row, "units": place}
            for place, row in enumerate(rows.contract_service_units(asked, body)[1:2] * 2)
        ],
        Services=rows.services,
    )  # fmt: skip
    with desk(vendor) as here:
        assert one(here, "agreements", "agreement_lines").quantity is None


def test_an_invoice_is_told_to_the_cent_and_a_voided_one_is_gone() -> None:
    voided = rows.invoice(2, isVoided=True, voidedDate="2026-02-01T10:00:00Z")
    with desk(holding(Invoices=[rows.invoice(1), voided])) as here:
        stream = here.stream("invoices")
        first, second = here.payloads("invoices")
        found, gone = here.records("invoices")["invoices"]
    assert (stream.deleted(first), stream.deleted(second)) == (False, True)
    assert gone.updated_at == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert (found.total, found.currency, found.number) == (Decimal("1001.1"), "EUR", "INV-00001")
    assert (found.issued_on, found.due_on) == (date(2026, 1, 5), date(2026, 4, 30))
    assert (found.paid_on, found.balance) == (date(2026, 4, 2), None)


def test_unpaid_invoices_are_asked_for_again_by_their_ids() -> None:
    table = [rows.invoice(number) for number in range(1, 7)]
    with desk(holding(Invoices=table)) as here:
        pages = here.pages("invoices", Slice("open"), open_ids=lambda: ("3", "6"))
    assert [p["id"] for page in pages for p in page.payloads] == [3, 6]
    assert [page.proof for page in pages] == ["none", "end_mark"]


def test_a_line_of_a_service_comes_again_and_an_hour_of_work_does_not() -> None:
    strange = {**rows.items_of(1)[0], "id": 5, "serviceID": None}
    vendor = holding(Invoices=[rows.invoice(1)], BillingItems=[*rows.items_of(1), strange])
    with desk(vendor) as here:
        lines = here.records("invoice_lines")["invoice_lines"]
    assert {line.id: line.is_recurring for line in lines} == {"1": True, "1000001": False, "5": None}
    assert (lines[0].amount, lines[0].unit_price, lines[0].quantity) == (
        Decimal("158.0"),
        Decimal("39.5"),
        4.0,
    )
    assert (lines[0].invoice, lines[0].agreement, lines[0].product) == ("1", "5", "Managed workstation")


def test_an_opportunity_is_worth_once_and_a_month() -> None:
    with desk(holding(Opportunities=[rows.opportunity(2), rows.opportunity(1), rows.opportunity(4)])) as here:
        lost, won, open_ = here.records("opportunities")["opportunities"]
    lost, won, open_ = sorted((lost, won, open_), key=lambda o: ("lost", "won", "open").index(o.outcome))
    assert (won.amount, won.monthly_amount) == (Decimal("1000.0"), Decimal("70.0000"))
    # Dates only: the day begins at midnight in the MSP's zone, five hours after midnight UTC.
    assert won.closed_at == datetime(2026, 2, 10, 5, tzinfo=UTC)
    assert lost.closed_at == datetime(2026, 2, 11, 5, tzinfo=UTC)
    assert (open_.closed_at, open_.stage) == (None, "Proposal")


def test_a_project_is_what_its_name_says_or_its_type() -> None:
    table = [rows.project(1), rows.project(2), rows.project(4, projectType=4)]
    with desk(holding(Projects=table)) as here:
        found = here.records("projects")["projects"]
    assert [(p.kind, p.kind_raw) for p in found] == [
        ("onboarding", "name: onboarding"),
        ("delivery", "Client"),
        ("improvement", "Internal"),
    ]
    # 05:00 UTC is midnight in New York; midnight UTC is a date; 03:00 UTC is still the day before there.
    assert (found[0].planned_start_on, found[0].planned_end_on) == (date(2026, 1, 10), date(2026, 2, 10))
    assert found[0].finished_on == date(2026, 2, 11)


def test_a_task_without_a_project_is_a_reject() -> None:
    with desk(holding(Tasks=[rows.task(1)])) as here:
        found = one(here, "project_tasks", "project_tasks")
    assert (found.project, found.status, found.done_at) == ("2", "Complete", DAY + HOUR + timedelta(days=4))
    with desk(holding(Tasks=[rows.task(1, projectID=None)])) as here, pytest.raises(RecordError) as error:
        here.records("project_tasks")
    assert error.value.field == "project"


def test_to_dos_and_notes_are_meetings_with_ids_of_their_own() -> None:
    vendor = holding(CompanyToDos=[rows.to_do(1), rows.to_do(2)], CompanyNotes=[rows.note(1), rows.note(2)])
    with desk(vendor) as here:
        planned, open_ = here.records("meetings")["meetings"]
        written, empty = here.records("meeting_notes")["meetings"]
    assert [m.id for m in (planned, open_, written, empty)] == ["todo:1", "todo:2", "note:1", "note:2"]
    assert (planned.kind, planned.kind_raw, planned.minutes) == ("business_review", "QBR", 45)
    assert (planned.is_held, open_.is_held) == (True, None)
    assert (open_.kind, open_.kind_raw) == ("other", "Phone Call")
    assert (planned.has_notes, written.has_notes, empty.has_notes) == (True, True, False)


def test_a_device_says_what_the_rmm_calls_it_and_is_gone_when_it_is_inactive() -> None:
    numbered = rows.device(3, rmmDeviceUID=None, configurationItemType=1)
    vendor = holding(ConfigurationItems=[rows.device(1), rows.device(2, isActive=False), numbered])
    with desk(vendor) as here:
        stream = here.stream("devices")
        assert [stream.deleted(p) for p in here.payloads("devices")] == [False, True, False]
        made = here.records("devices")
    first, second, third = made["devices"]
    assert (first.kind, first.kind_raw, second.kind) == ("server", "Server", "other")
    assert (first.is_managed, second.is_managed, third.is_managed) == (True, None, True)
    assert first.installed_at == datetime(2024, 5, 6, 4, tzinfo=UTC)
    # A number alone could be any system's: only the name that is unique is handed on.
    assert [(x.id, x.value) for x in made["external_ids"]] == [("devices:1:rmm", "uid-1")]


def test_a_rating_becomes_a_score_only_on_a_scale_that_somebody_wrote_down() -> None:
    table = [rows.survey_result(3, surveyRating=4.0)]
    with desk(holding(SurveyResults=table)) as here:
        found = one(here, "survey_responses", "survey_responses")
    assert (found.score, found.score_raw, found.scale) == (75.0, "4.0", "1-5")
    with desk(holding(SurveyResults=table), survey_scale=None) as here:
        found = one(here, "survey_responses", "survey_responses")
        provides = here.stream("survey_responses").provides
    assert (found.score, found.score_raw, found.scale) == (None, "4.0", None)
    assert "survey_responses.score" not in provides
    with desk(holding(SurveyResults=table), survey_scale=[1, 3]) as here, pytest.raises(RecordError) as error:
        here.records("survey_responses")
    assert error.value.reason == "outside_scale"


@pytest.mark.parametrize("stream", [s.name for s in CONNECTOR.streams(None)])
def test_a_row_without_an_id_is_a_reject_with_a_reason(stream: str) -> None:
    with desk() as here:
        payloads: tuple[Any, ...] = ({}, {"id": None}, {"id": True}, {"id": "7"}, None, [])
        for payload in payloads:
            with pytest.raises(RecordError) as error:
                here.stream(stream).identify(payload)
            assert error.value.reason == "no_id"


def test_a_time_that_is_none_is_a_reject_with_its_field() -> None:
    with (
        desk(holding(Tickets=[rows.ticket(3, createDate="yesterday")])) as here,
        pytest.raises(RecordError) as error,
    ):
        here.records("tickets")
    assert (error.value.field, error.value.reason) == ("opened_at", "bad_date")


def test_times_without_a_zone_are_utc() -> None:
    with desk(holding(Tickets=[rows.ticket(3, createDate="2026-03-29T02:30:00")])) as here:
        assert one(here, "tickets", "tickets").opened_at == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)


def test_a_missing_right_for_a_look_up_is_said_and_the_time_comes_all_the_same() -> None:
    vendor = Vendor(instead={"/Tickets/query": Reply({"errors": ["no"]}, 403)})
    vendor.rows["TimeEntries"] = lambda _asked, _body: [rows.time_entry(1)]
    with desk(vendor) as here:
        (page,) = here.pages("time_entries")
    assert len(page.payloads) == 1
    assert page.note == (
        'clients of time on tickets are unknown, as the right "security level of the API user: view '
        'Tickets" is missing'
    )
