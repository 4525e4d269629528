"""The streams of what is sold, billed and delivered."""

from __future__ import annotations

from datetime import timedelta

from phasewise.connectors.base import CursorKind, Stream
from phasewise.connectors.vendors.autotask import agreements, billing, entities, meetings, projects, sales
from phasewise.connectors.vendors.autotask.declared import MAY_BE_A_DATE, PAGES, fields, ids
from phasewise.connectors.vendors.autotask.listing import PAGE
from phasewise.connectors.vendors.autotask.values import identify


def business_streams(currency: str) -> tuple[Stream, ...]:
    """Agreements, invoices and their lines, sales, projects and their tasks, meetings.

    Args:
        currency: the field that holds the currency, "" where the settings name none.
    """
    return (
        _agreements(currency),
        _invoices(currency),
        _invoice_lines(currency),
        _opportunities(currency),
        *_delivery(),
        *_meetings(),
    )


def _agreements(currency: str) -> Stream:
    agreement = "client name kind kind_raw package started_on ended_on is_active monthly_amount billing_cycle"
    line = "agreement product package quantity unit_price unit_cost"
    return Stream(
        name="agreements",
        record="agreements",
        pages=agreements.agreement_pages,
        records=agreements.agreement_records,
        identify=identify,
        provides=fields("agreements", agreement + currency) | fields("agreement_lines", line + currency),
        emits=("agreements", "agreement_lines"),
        replaces_children=("agreement_lines",),
        child_parent={"agreement_lines": "agreement"},
        page_size=PAGES,
        right=entities.CONTRACTS.right,
    )


def _invoices(currency: str) -> Stream:
    invoice = "client number issued_on due_on paid_on created_at total"
    return Stream(
        name="invoices",
        record="invoices",
        pages=billing.invoice_pages,
        records=billing.invoice_records,
        identify=identify,
        provides=fields("invoices", invoice + currency),
        cursor=CursorKind.CREATED,
        listing=ids(entities.INVOICES),
        bounded=True,
        overlap=MAY_BE_A_DATE,
        page_size=PAGES,
        right=entities.INVOICES.right,
        deleted=billing.is_voided,
    )


def _invoice_lines(currency: str) -> Stream:
    billed = "invoice agreement product quantity unit_price amount is_recurring"
    return Stream(
        name="invoice_lines",
        record="invoice_lines",
        pages=billing.line_pages,
        records=billing.line_records,
        identify=identify,
        provides=fields("invoice_lines", billed + currency),
        cursor=CursorKind.CREATED,
        # Swept with their invoices; without a listing a reconcile would read all of them again.
        listing=ids(entities.INVOICES),
        bounded=True,
        overlap=MAY_BE_A_DATE,
        page_size=(1, PAGE, billing.INVOICES_A_PAGE),
        right=entities.BILLING_ITEMS.right,
        lists_all=False,
    )


def _opportunities(currency: str) -> Stream:
    sale = "client name stage outcome outcome_raw amount monthly_amount created_at closed_at"
    return Stream(
        name="opportunities",
        record="opportunities",
        pages=sales.opportunity_pages,
        records=sales.opportunity_records,
        identify=identify,
        provides=fields("opportunities", sale + currency),
        cursor=CursorKind.MODIFIED,
        listing=ids(entities.OPPORTUNITIES),
        bounded=True,
        window=timedelta(days=366),
        overlap=MAY_BE_A_DATE,
        page_size=PAGES,
        right=entities.OPPORTUNITIES.right,
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
            provides=fields("projects", project),
            cursor=CursorKind.MODIFIED,
            listing=ids(entities.PROJECTS),
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
            provides=fields("project_tasks", "project name status due_at done_at"),
            cursor=CursorKind.MODIFIED,
            listing=ids(entities.TASKS),
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
            provides=fields("meetings", "client technician kind kind_raw at minutes is_held has_notes"),
            cursor=CursorKind.MODIFIED,
            listing=ids(form.entity),
            bounded=True,
            window=timedelta(days=366),
            overlap=MAY_BE_A_DATE,
            page_size=PAGES,
            right=form.entity.right,
        )
        for name, form in (("meetings", meetings.TO_DO), ("meeting_notes", meetings.NOTE))
    )
