"""The streams: what each reads, what it can ever fill, and the truth about its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from phasewise.connectors.base import CursorKind, FetchContext, Page, Slice, Stream
from phasewise.connectors.vendors.autotask import (
    agreements,
    billing,
    devices,
    entities,
    history,
    meetings,
    people,
    projects,
    sales,
    sla,
    surveys,
    tickets,
    time,
)
from phasewise.connectors.vendors.autotask.listing import PAGE, listed_ids
from phasewise.connectors.vendors.autotask.settings import AutotaskSettings
from phasewise.connectors.vendors.autotask.values import identify

PAGES = (1, PAGE, PAGE)

MAY_BE_A_DATE = timedelta(days=2)
"""Overlap where the time of change may be a date only: everything of that day comes again."""


def streams(settings: AutotaskSettings | None) -> Sequence[Stream]:
    """The streams; without settings, with all they may fill."""
    currency = " currency" if settings is None or settings.currency else ""
    score = " score scale" if settings is None or settings.survey_scale else ""
    return (
        *_people(currency),
        *_service(),
        *_money(currency),
        *_delivery(),
        *_meetings(),
        _devices(),
        _surveys(score),
        _history(),
    )


def _fields(table: str, names: str) -> frozenset[str]:
    return frozenset(f"{table}.{name}" for name in names.split())


def _ids(entity: entities.Entity) -> Callable[[Any, Slice, FetchContext], Iterator[Page]]:
    return partial(listed_ids, entity=entity)


def _people(currency: str) -> tuple[Stream, ...]:
    return (
        Stream(
            name="clients",
            record="clients",
            pages=people.client_pages,
            records=people.client_records,
            identify=identify,
            provides=_fields("clients", "name kind kind_raw tier started_at is_internal"),
            page_size=PAGES,
            right=entities.COMPANIES.right,
        ),
        Stream(
            name="technicians",
            record="technicians",
            pages=people.technician_pages,
            records=people.technician_records,
            identify=identify,
            provides=_fields("technicians", "name role role_raw is_active hourly_cost" + currency),
            page_size=PAGES,
            right=entities.RESOURCES.right,
            personal=frozenset({"firstName", "lastName", "title"}),
        ),
    )


def _service() -> tuple[Stream, ...]:
    ticket = (
        "number client requester technician device agreement parent project title type type_raw category "
        "subcategory priority priority_raw source source_raw queue status status_raw opened_at "
        "first_response_at first_response_by resolved_at closed_at is_internal"
    )
    result = "ticket target policy due_at met_at missed_at elapsed_minutes vendor_outcome"
    entry = (
        "technician ticket project client agreement started_at entered_at minutes is_billable purpose "
        "purpose_raw"
    )
    return (
        Stream(
            name="tickets",
            record="tickets",
            pages=tickets.ticket_pages,
            records=tickets.ticket_records,
            identify=identify,
            provides=_fields("tickets", ticket) | _fields("sla_results", result) | _ELSEWHERE,
            cursor=CursorKind.MODIFIED,
            emits=("tickets", "sla_results", "external_ids"),
            listing=_ids(entities.TICKETS),
            replaces_children=("sla_results",),
            child_parent={"sla_results": "ticket"},
            bounded=True,
            page_size=PAGES,
            right=entities.TICKETS.right,
            personal=frozenset({"title"}),
        ),
        Stream(
            name="sla_policies",
            record="sla_policies",
            pages=sla.policy_pages,
            records=sla.policy_records,
            identify=sla.policy_id,
            provides=_fields("sla_policies", "name"),
            right=entities.TICKETS.right,
        ),
        Stream(
            name="time_entries",
            record="time_entries",
            pages=time.time_pages,
            records=time.time_records,
            identify=identify,
            provides=_fields("time_entries", entry),
            cursor=CursorKind.MODIFIED,
            listing=_ids(entities.TIME_ENTRIES),
            bounded=True,
            overlap=timedelta(hours=1),
            page_size=PAGES,
            right=entities.TIME_ENTRIES.right,
        ),
    )


_ELSEWHERE = _fields("external_ids", "table_name row system target_table value")


def _money(currency: str) -> tuple[Stream, ...]:
    agreement = "client name kind kind_raw package started_on ended_on is_active monthly_amount billing_cycle"
    line = "agreement product package quantity unit_price unit_cost"
    invoice = "client number issued_on due_on paid_on created_at total"
    billed = "invoice agreement product quantity unit_price amount is_recurring"
    sale = "client name stage outcome outcome_raw amount monthly_amount created_at closed_at"
    return (
        Stream(
            name="agreements",
            record="agreements",
            pages=agreements.agreement_pages,
            records=agreements.agreement_records,
            identify=identify,
            provides=_fields("agreements", agreement + currency)
            | _fields("agreement_lines", line + currency),
            emits=("agreements", "agreement_lines"),
            replaces_children=("agreement_lines",),
            child_parent={"agreement_lines": "agreement"},
            page_size=PAGES,
            right=entities.CONTRACTS.right,
        ),
        Stream(
            name="invoices",
            record="invoices",
            pages=billing.invoice_pages,
            records=billing.invoice_records,
            identify=identify,
            provides=_fields("invoices", invoice + currency),
            cursor=CursorKind.CREATED,
            listing=_ids(entities.INVOICES),
            bounded=True,
            overlap=MAY_BE_A_DATE,
            page_size=PAGES,
            right=entities.INVOICES.right,
            deleted=billing.is_voided,
        ),
        Stream(
            name="invoice_lines",
            record="invoice_lines",
            pages=billing.line_pages,
            records=billing.line_records,
            identify=identify,
            provides=_fields("invoice_lines", billed + currency),
            cursor=CursorKind.CREATED,
            # Swept with their invoices; without a listing a reconcile would read all of them again.
            listing=_ids(entities.INVOICES),
            bounded=True,
            overlap=MAY_BE_A_DATE,
            page_size=(1, PAGE, billing.INVOICES_A_PAGE),
            right=entities.BILLING_ITEMS.right,
            lists_all=False,
        ),
        Stream(
            name="opportunities",
            record="opportunities",
            pages=sales.opportunity_pages,
            records=sales.opportunity_records,
            identify=identify,
            provides=_fields("opportunities", sale + currency),
            cursor=CursorKind.MODIFIED,
            listing=_ids(entities.OPPORTUNITIES),
            bounded=True,
            window=timedelta(days=366),
            overlap=MAY_BE_A_DATE,
            page_size=PAGES,
            right=entities.OPPORTUNITIES.right,
        ),
    )


def _delivery() -> tuple[Stream, ...]:
    project = (
        "client name kind kind_raw status technician planned_start_on planned_end_on finished_on created_at"
    )
    return (
        Stream(
            name="projects",
            record="projects",
            pages=projects.project_pages,
            records=projects.project_records,
            identify=identify,
            provides=_fields("projects", project),
            cursor=CursorKind.MODIFIED,
            listing=_ids(entities.PROJECTS),
            bounded=True,
            window=timedelta(days=366),
            page_size=PAGES,
            right=entities.PROJECTS.right,
        ),
        Stream(
            name="project_tasks",
            record="project_tasks",
            pages=projects.task_pages,
            records=projects.task_records,
            identify=identify,
            provides=_fields("project_tasks", "project name status due_at done_at"),
            cursor=CursorKind.MODIFIED,
            listing=_ids(entities.TASKS),
            bounded=True,
            window=timedelta(days=366),
            page_size=PAGES,
            right=entities.TASKS.right,
        ),
    )


def _meetings() -> tuple[Stream, ...]:
    return tuple(
        Stream(
            name=name,
            record="meetings",
            pages=form.pages,
            records=form.records,
            identify=form.identify,
            provides=_fields("meetings", "client technician kind kind_raw at minutes is_held has_notes"),
            cursor=CursorKind.MODIFIED,
            listing=_ids(form.entity),
            bounded=True,
            window=timedelta(days=366),
            overlap=MAY_BE_A_DATE,
            page_size=PAGES,
            right=form.entity.right,
        )
        for name, form in (("meetings", meetings.TO_DO), ("meeting_notes", meetings.NOTE))
    )


def _devices() -> Stream:
    device = "client name serial_number kind kind_raw installed_at is_managed"
    return Stream(
        name="devices",
        record="devices",
        pages=devices.device_pages,
        records=devices.device_records,
        identify=identify,
        provides=_fields("devices", device) | _ELSEWHERE,
        cursor=CursorKind.MODIFIED,
        emits=("devices", "external_ids"),
        listing=_ids(entities.DEVICES),
        # Devices that nobody touched for years are still there: all of them, in one window.
        history_months=600,
        page_size=PAGES,
        right=entities.DEVICES.right,
        deleted=devices.is_retired,
    )


def _surveys(score: str) -> Stream:
    return Stream(
        name="survey_responses",
        record="survey_responses",
        pages=surveys.survey_pages,
        records=surveys.survey_records,
        identify=identify,
        provides=_fields("survey_responses", "client ticket at score_raw" + score),
        cursor=CursorKind.MODIFIED,
        listing=_ids(entities.SURVEY_RESULTS),
        bounded=True,
        window=timedelta(days=366),
        overlap=MAY_BE_A_DATE,
        page_size=PAGES,
        right=entities.SURVEY_RESULTS.right,
    )


def _history() -> Stream:
    event = "ticket at kind from_value from_raw to_value to_raw actor technician"
    return Stream(
        name="ticket_history",
        record="ticket_events",
        pages=history.history_pages,
        records=history.history_records,
        identify=identify,
        provides=_fields("ticket_events", event),
        cursor=CursorKind.MODIFIED,
        # Swept with their tickets; without a listing a reconcile would ask for every history again.
        listing=_ids(entities.TICKETS),
        bounded=True,
        window=timedelta(days=7),
        page_size=(1, PAGE, history.TICKETS_A_PAGE),
        right=entities.HISTORY.right,
        history_months=6,
        background=True,
        lists_all=False,
    )
