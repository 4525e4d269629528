"""The streams, and what each can ever fill; those of what is agreed, billed and sold stand in `business`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from phasewise.connectors.base import CursorKind, Stream
from phasewise.connectors.vendors.connectwise import (
    audit,
    devices,
    meetings,
    people,
    policies,
    projects,
    surveys,
    tickets,
    time_entries,
)
from phasewise.connectors.vendors.connectwise.business import MONEY
from phasewise.connectors.vendors.connectwise.declared import A_QUARTER, A_YEAR, ALL_OF_IT, filled
from phasewise.connectors.vendors.connectwise.settings import ConnectWiseSettings
from phasewise.connectors.vendors.connectwise.values import identify

PAGE_SIZE = (1, 25, 1000)
"""Of a page without a size there are 25 items, of none more than 1,000."""


WEEKS = 26
MONTHS_OF_WEEKS = 12 / 52

TICKET = (
    "client requester technician agreement title type category subcategory priority source queue status "
    "opened_at closed_at"
)


PEOPLE = (
    Stream(
        name="clients",
        record="clients",
        pages=people.client_pages,
        records=people.client_records,
        identify=identify,
        listing=people.client_ids,
        provides=filled(clients="name kind started_at ended_at"),
        cursor=CursorKind.MODIFIED,
        history_months=ALL_OF_IT,
        right=people.COMPANIES.right,
        personal=frozenset({"name"}),
        deleted=people.is_deleted,
    ),
    Stream(
        name="technicians",
        record="technicians",
        pages=people.technician_pages,
        records=people.technician_records,
        identify=identify,
        listing=people.technician_ids,
        provides=filled(technicians="name role team is_active hourly_cost"),
        cursor=CursorKind.MODIFIED,
        history_months=ALL_OF_IT,
        right=people.MEMBERS.right,
        personal=frozenset({"identifier", "firstName", "lastName", "hourlyCost"}),
    ),
)
WORK = (
    Stream(
        name="tickets",
        record="tickets",
        pages=tickets.ticket_pages,
        records=tickets.ticket_records,
        identify=identify,
        listing=tickets.ticket_ids,
        provides=filled(
            tickets=f"{TICKET} parent first_response_at resolved_at",
            sla_results="ticket target policy target_minutes met_at missed_at elapsed_minutes paused_minutes "
            "vendor_outcome",
        ),
        emits=("tickets", "sla_results"),
        replaces_children=("sla_results",),
        child_parent={"sla_results": "ticket"},
        cursor=CursorKind.MODIFIED,
        bounded=True,
        right=tickets.TICKETS.right,
        personal=frozenset({"summary"}),
    ),
    Stream(
        name="project_tickets",
        record="tickets",
        pages=tickets.project_ticket_pages,
        records=tickets.project_ticket_records,
        identify=identify,
        listing=tickets.project_ticket_ids,
        provides=filled(tickets=f"{TICKET} project"),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        right=tickets.PROJECT_TICKETS.right,
        personal=frozenset({"summary"}),
    ),
    Stream(
        name="time_entries",
        record="time_entries",
        pages=time_entries.time_pages,
        records=time_entries.time_records,
        identify=identify,
        listing=time_entries.time_ids,
        provides=filled(
            time_entries="technician ticket project client agreement started_at entered_at minutes "
            "is_billable is_invoiced purpose"
        ),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        right=time_entries.TIME.right,
    ),
    Stream(
        name="projects",
        record="projects",
        pages=projects.project_pages,
        records=projects.project_records,
        identify=identify,
        listing=projects.project_ids,
        provides=filled(
            projects="client name kind template status technician planned_start_on planned_end_on started_on "
            "finished_on created_at opportunity"
        ),
        cursor=CursorKind.MODIFIED,
        history_months=ALL_OF_IT,
        right=projects.PROJECTS.right,
    ),
    Stream(
        name="project_tasks",
        record="project_tasks",
        pages=projects.task_pages,
        records=projects.task_records,
        identify=identify,
        listing=projects.task_ids,
        provides=filled(project_tasks="project name status due_at done_at"),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        right=projects.TASKS.right,
        personal=frozenset({"summary"}),
    ),
)
OTHERS = (
    Stream(
        name="meetings",
        record="meetings",
        pages=meetings.activity_pages,
        records=meetings.activity_records,
        identify=identify,
        listing=meetings.activity_ids,
        provides=filled(meetings="client technician kind at minutes is_held has_notes"),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        window=A_YEAR,
        right=meetings.ACTIVITIES.right,
        personal=frozenset({"notes"}),
    ),
    Stream(
        name="schedule_entries",
        record="meetings",
        pages=meetings.schedule_pages,
        records=meetings.schedule_records,
        identify=meetings.identify_entry,
        listing=meetings.schedule_ids,
        provides=filled(meetings="technician kind at minutes is_held"),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        window=A_QUARTER,
        right=meetings.SCHEDULE.right,
    ),
    Stream(
        name="devices",
        record="devices",
        pages=devices.device_pages,
        records=devices.device_records,
        identify=identify,
        listing=devices.device_ids,
        provides=filled(
            devices="client name serial_number kind installed_at",
            external_ids="table_name row system target_table value",
        ),
        emits=("devices", "external_ids"),
        cursor=CursorKind.MODIFIED,
        history_months=ALL_OF_IT,
        right=devices.CONFIGURATIONS.right,
    ),
    Stream(
        name="survey_responses",
        record="survey_responses",
        pages=surveys.survey_pages,
        records=surveys.survey_records,
        identify=identify,
        provides=filled(survey_responses="client ticket at score score_raw scale has_comment"),
        cursor=CursorKind.NONE,
        right=surveys.RIGHT,
        personal=frozenset({"footerResponse", "emailAddress", "contact"}),
    ),
    Stream(
        name="sla_policies",
        record="sla_policies",
        pages=policies.policy_pages,
        records=policies.policy_records,
        identify=identify,
        provides=filled(sla_policies="name goals is_default"),
        cursor=CursorKind.NONE,
        right=policies.SLAS.right,
    ),
)


def streams(settings: ConnectWiseSettings | None) -> Sequence[Stream]:
    """Every stream; what most of them share is said here once."""
    weeks = WEEKS if settings is None else settings.history_weeks
    found = (*PEOPLE, *WORK, _history(weeks), *MONEY, *OTHERS)
    return tuple(replace(stream, page_size=PAGE_SIZE) for stream in found)


def _history(weeks: int) -> Stream:
    """One request a ticket: the newest week first, and no further back than asked for."""
    return Stream(
        name="ticket_history",
        record="ticket_events",
        pages=audit.audit_pages,
        records=audit.audit_records,
        identify=identify,
        provides=filled(ticket_events="ticket at kind from_value from_raw to_value to_raw actor technician"),
        replaces_children=("ticket_events",),
        child_parent={"ticket_events": "ticket"},
        cursor=CursorKind.MODIFIED,
        bounded=True,
        window=timedelta(days=7),
        right=audit.CHANGED_TICKETS.right,
        personal=frozenset({"text", "enteredBy"}),
        history_months=max(1, round(weeks * MONTHS_OF_WEEKS)),
        background=True,
        lists_all=False,
    )
