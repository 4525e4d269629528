"""Request Tracker 5 (Best Practical), by its REST interface 2.0.

The stream `tickets` reads a ticket together with its transactions, and makes all of its records out of that
one payload: the ticket, its client and staff, its events, the time worked on it and what became of its
service level. A stream of transactions of its own would take as many requests, search a table that has no
index on time, and could not say of a ticket how often it was opened again or when it was first answered.
`technicians` are the people who own tickets.
"""

from __future__ import annotations

from collections.abc import Sequence

from phasewise.connectors.base import Connector, CursorKind, Stream
from phasewise.connectors.vendors.request_tracker.check import check
from phasewise.connectors.vendors.request_tracker.quirks import QUIRKS
from phasewise.connectors.vendors.request_tracker.records import is_deleted, ticket_records
from phasewise.connectors.vendors.request_tracker.session import CONCURRENCY, TICKETS, open_session
from phasewise.connectors.vendors.request_tracker.settings import RequestTrackerSettings
from phasewise.connectors.vendors.request_tracker.technicians import technician_pages, technician_records
from phasewise.connectors.vendors.request_tracker.tickets import identify, listed_ids, ticket_pages

FILLS = {
    "tickets": "client requester technician parent title priority priority_raw first_priority "
    "first_priority_raw queue status status_raw opened_at first_response_at first_response_by resolved_at "
    "reopened_count reassigned_count group_reassigned_count",
    "clients": "name",
    "technicians": "name is_active",
    "ticket_events": "ticket at kind from_value from_raw to_value to_raw actor technician",
    "time_entries": "technician ticket client entered_at minutes",
    "sla_results": "ticket target policy due_at met_at missed_at",
}
"""Table → the fields that can ever be filled."""


def streams(settings: RequestTrackerSettings | None) -> Sequence[Stream]:
    """The streams; without settings, with all they may fill."""
    fields = {table: names.split() for table, names in FILLS.items()}
    if settings is None or settings.type_field:
        fields["tickets"] += ["type", "type_raw"]
    if settings is None or settings.category_field:
        fields["tickets"] += ["category"]
    return (_tickets(fields), _technicians(fields["technicians"]))


def _tickets(fields: dict[str, list[str]]) -> Stream:
    return Stream(
        name="tickets",
        record="tickets",
        pages=ticket_pages,
        records=ticket_records,
        identify=identify,
        provides=frozenset(f"{table}.{name}" for table, names in fields.items() for name in names),
        cursor=CursorKind.MODIFIED,
        emits=tuple(fields),
        listing=listed_ids,
        replaces_children=("sla_results",),
        child_parent={"sla_results": "ticket"},
        bounded=True,
        page_size=(1, 20, 100),
        right=TICKETS,
        personal=frozenset({"Subject"}),
        deleted=is_deleted,
    )


def _technicians(names: list[str]) -> Stream:
    return Stream(
        name="technicians",
        record="technicians",
        pages=technician_pages,
        records=technician_records,
        identify=identify,
        provides=frozenset(f"technicians.{name}" for name in names),
        page_size=(1, 1, 1),
        right=TICKETS,
        personal=frozenset({"Name", "RealName"}),
        lists_all=False,
    )


CONNECTOR = Connector(
    name="request_tracker",
    title="Request Tracker",
    kind="psa",
    settings=RequestTrackerSettings,
    open=open_session,
    streams=streams,
    check=check,
    concurrency=CONCURRENCY,
    catalogue=lambda: streams(None),
    quirks=QUIRKS,
)
