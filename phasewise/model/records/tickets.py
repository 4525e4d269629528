"""Tickets, what happened to them, and what was promised for them."""

from __future__ import annotations

from datetime import datetime

from phasewise.model.fields import column, record, required
from phasewise.model.words import (
    ActorKind,
    EventKind,
    Priority,
    Responder,
    SlaOutcome,
    SlaTarget,
    TicketSource,
    TicketStatus,
    TicketType,
)


@record("tickets", "A unit of work a client or a device asked for")
class Ticket:
    """A ticket in its newest known state. What was known at an earlier instant comes from its events."""

    id: str = required("the vendor's id of the ticket")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None, indexed=True)
    number: str | None = column(
        "the number people know the ticket by, where it differs from the id", default=None
    )
    client: str | None = column(
        "the client it was raised for", default=None, reference="clients", indexed=True
    )
    requester: str | None = column(
        "keyed hash of the vendor's contact id; no name", default=None, personal=True
    )
    technician: str | None = column("who owns it now", default=None, reference="technicians")
    device: str | None = column("the device it is about", default=None, reference="devices")
    agreement: str | None = column("the agreement it is covered by", default=None, reference="agreements")
    parent: str | None = column(
        "the ticket it was merged into or is a child of", default=None, reference="tickets"
    )
    project: str | None = column("the project it belongs to", default=None, reference="projects")
    title: str | None = column(
        "its one-line summary; kept only where an indicator needs it", default=None, personal=True
    )
    type: TicketType | None = column("kind of work", default=None, mapping="type")
    type_raw: str | None = column("the vendor's word for type", default=None)
    category: str | None = column("the vendor's category", default=None)
    subcategory: str | None = column("the vendor's subcategory", default=None)
    priority: Priority | None = column("priority now", default=None, mapping="priority")
    priority_raw: str | None = column("the vendor's word for priority", default=None)
    first_priority: Priority | None = column("priority when it was opened", default=None, mapping="priority")
    first_priority_raw: str | None = column("the vendor's word for first_priority", default=None)
    source: TicketSource | None = column("how it came in", default=None, mapping="source")
    source_raw: str | None = column("the vendor's word for source", default=None)
    queue: str | None = column("board, queue or assignment group", default=None)
    status: TicketStatus | None = column("state now", default=None, mapping="status")
    status_raw: str | None = column("the vendor's word for status", default=None)
    opened_at: datetime | None = column("when it was opened", default=None, indexed=True)
    first_response_at: datetime | None = column("first answer to the client", default=None)
    first_response_by: Responder | None = column("who answered first", default=None)
    resolved_at: datetime | None = column("when the work was done (newest resolution)", default=None)
    closed_at: datetime | None = column(
        "when it was closed; often an automatic close days after the resolution", default=None
    )
    reopened_count: int | None = column("times it was opened again after a resolution", default=None)
    reassigned_count: int | None = column("times its owner changed", default=None)
    group_reassigned_count: int | None = column("times its queue changed", default=None)
    is_internal: bool | None = column("the MSP's own work, not a client's", default=None)


@record("ticket_events", "Something that happened to a ticket")
class TicketEvent:
    """A change of a ticket, at the instant the vendor recorded it."""

    id: str = required("the vendor's id of the event, or one made of ticket, order and kind")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    ticket: str = required("the ticket", reference="tickets")
    at: datetime = required("when it happened", indexed=True)
    kind: EventKind = required("what changed")
    from_value: str | None = column("value before; for status and priority the neutral word", default=None)
    from_raw: str | None = column("the vendor's word before", default=None)
    to_value: str | None = column("value after; for status and priority the neutral word", default=None)
    to_raw: str | None = column("the vendor's word after", default=None)
    actor: ActorKind | None = column("who did it", default=None)
    technician: str | None = column("the technician who did it", default=None, reference="technicians")


@record("sla_results", "What became of one promise for one ticket")
class SlaResult:
    """One row per (ticket, target). `missed_at` makes a past date answerable: see its text."""

    id: str = required("ticket and target, joined by a colon, unless the vendor has an id of its own")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    ticket: str = required("the ticket", reference="tickets")
    target: SlaTarget = required("which promise")
    policy: str | None = column("the SLA policy", default=None, reference="sla_policies")
    target_minutes: int | None = column("promised business time", default=None, unit="minutes")
    due_at: datetime | None = column("the deadline, where the source gives one", default=None, indexed=True)
    met_at: datetime | None = column("when the promise was kept, where the source gives it", default=None)
    missed_at: datetime | None = column(
        "when the source first recorded the miss; a miss is known only from then on", default=None
    )
    elapsed_minutes: int | None = column("business time used", default=None, unit="minutes")
    paused_minutes: int | None = column("business time paused", default=None, unit="minutes")
    vendor_outcome: SlaOutcome | None = column("the vendor's own verdict", default=None)
    own_outcome: SlaOutcome | None = column("Phasewise's verdict by its own clock", default=None)
    outcome: SlaOutcome | None = column("the verdict that counts, by the MSP's `sla.basis`", default=None)
    agrees: bool | None = column(
        "vendor_outcome equals own_outcome; null where one of them is missing", default=None
    )
