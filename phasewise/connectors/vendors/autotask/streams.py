"""The streams: what each reads, what it can ever fill, and the truth about its source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from phasewise.connectors.base import CursorKind, Stream
from phasewise.connectors.vendors.autotask import (
    devices,
    entities,
    history,
    people,
    sla,
    surveys,
    tickets,
    time,
)
from phasewise.connectors.vendors.autotask.business import business_streams
from phasewise.connectors.vendors.autotask.declared import MAY_BE_A_DATE, PAGES, fields, ids
from phasewise.connectors.vendors.autotask.listing import PAGE
from phasewise.connectors.vendors.autotask.settings import AutotaskSettings
from phasewise.connectors.vendors.autotask.values import identify


def streams(settings: AutotaskSettings | None) -> Sequence[Stream]:
    """The streams; without settings, with all they may fill."""
    currency = " currency" if settings is None or settings.currency else ""
    score = " score scale" if settings is None or settings.survey_scale else ""
    return (
        *_people(currency),
        *_service(),
        *business_streams(currency),
        _devices(),
        _surveys(score),
        _history(),
    )


ELSEWHERE = fields("external_ids", "table_name row system target_table value")


def _people(currency: str) -> tuple[Stream, ...]:
    return (
        Stream(
            name="clients",
            record="clients",
            pages=people.client_pages,
            records=people.client_records,
            identify=identify,
            provides=fields("clients", "name kind kind_raw tier started_at is_internal"),
            page_size=PAGES,
            right=entities.COMPANIES.right,
        ),
        Stream(
            name="technicians",
            record="technicians",
            pages=people.technician_pages,
            records=people.technician_records,
            identify=identify,
            provides=fields("technicians", "name role role_raw is_active hourly_cost" + currency),
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
            provides=fields("tickets", ticket) | fields("sla_results", result) | ELSEWHERE,
            cursor=CursorKind.MODIFIED,
            emits=("tickets", "sla_results", "external_ids"),
            listing=ids(entities.TICKETS),
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
            provides=fields("sla_policies", "name"),
            right=entities.TICKETS.right,
        ),
        Stream(
            name="time_entries",
            record="time_entries",
            pages=time.time_pages,
            records=time.time_records,
            identify=identify,
            provides=fields("time_entries", entry),
            cursor=CursorKind.MODIFIED,
            listing=ids(entities.TIME_ENTRIES),
            bounded=True,
            overlap=timedelta(hours=1),
            page_size=PAGES,
            right=entities.TIME_ENTRIES.right,
        ),
    )


def _devices() -> Stream:
    device = "client name serial_number kind kind_raw installed_at is_managed"
    return Stream(
        name="devices",
        record="devices",
        pages=devices.device_pages,
        records=devices.device_records,
        identify=identify,
        provides=fields("devices", device) | ELSEWHERE,
        cursor=CursorKind.MODIFIED,
        emits=("devices", "external_ids"),
        listing=ids(entities.DEVICES),
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
        provides=fields("survey_responses", "client ticket at score_raw" + score),
        cursor=CursorKind.MODIFIED,
        listing=ids(entities.SURVEY_RESULTS),
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
        provides=fields("ticket_events", event),
        cursor=CursorKind.MODIFIED,
        # Swept with their tickets; without a listing a reconcile would ask for every history again.
        listing=ids(entities.TICKETS),
        bounded=True,
        window=timedelta(days=7),
        page_size=(1, PAGE, history.TICKETS_A_PAGE),
        right=entities.HISTORY.right,
        history_months=6,
        background=True,
        lists_all=False,
    )
