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
    updated_at: datetime | None = column("when the vendor last changed the row", indexed=True)
    number: str | None = column("the number people know the ticket by, where it differs from the id")
    client: str | None = column("the client it was raised for", reference="clients", indexed=True)
    requester: str | None = column("keyed hash of the vendor's contact id; no name", personal=True)
    technician: str | None = column("who owns it now", reference="technicians")
    device: str | None = column("the device it is about", reference="devices")
    agreement: str | None = column("the agreement it is covered by", reference="agreements")
    parent: str | None = column("the ticket it was merged into or is a child of", reference="tickets")
    project: str | None = column("the project it belongs to", reference="projects")
    title: str | None = column("its one-line summary; kept only where an indicator needs it", personal=True)
    type: TicketType | None = column("kind of work", mapping="type")
    type_raw: str | None = column("the vendor's word for type")
    category: str | None = column("the vendor's category")
    subcategory: str | None = column("the vendor's subcategory")
    priority: Priority | None = column("priority now", mapping="priority")
    priority_raw: str | None = column("the vendor's word for priority")
    first_priority: Priority | None = column("priority when it was opened", mapping="priority")
    first_priority_raw: str | None = column("the vendor's word for first_priority")
    source: TicketSource | None = column("how it came in", mapping="source")
    source_raw: str | None = column("the vendor's word for source")
    queue: str | None = column("board, queue or assignment group")
    status: TicketStatus | None = column("state now", mapping="status")
    status_raw: str | None = column("the vendor's word for status")
    opened_at: datetime | None = column("when it was opened", indexed=True)
    first_response_at: datetime | None = column("first answer to the client")
    first_response_by: Responder | None = column("who answered first")
    resolved_at: datetime | None = column("when the work was done (newest resolution)")
    closed_at: datetime | None = column(
        "when it was closed; often an automatic close days after the resolution"
    )
    reopened_count: int | None = column("times it was opened again after a resolution")
    reassigned_count: int | None = column("times its owner changed")
    group_reassigned_count: int | None = column("times its queue changed")
    is_internal: bool | None = column("the MSP's own work, not a client's")


@record("ticket_events", "Something that happened to a ticket")
class TicketEvent:
    """A change of a ticket, at the instant the vendor recorded it."""

    id: str = required("the vendor's id of the event, or one made of ticket, order and kind")
    updated_at: datetime | None = column("when the vendor last changed the row")
    ticket: str = required("the ticket", reference="tickets")
    at: datetime = required("when it happened", indexed=True)
    kind: EventKind = required("what changed")
    from_value: str | None = column("value before; for status and priority the neutral word")
    from_raw: str | None = column("the vendor's word before")
    to_value: str | None = column("value after; for status and priority the neutral word")
    to_raw: str | None = column("the vendor's word after")
    actor: ActorKind | None = column("who did it")
    technician: str | None = column("the technician who did it", reference="technicians")


@record("sla_results", "What became of one promise for one ticket")
class SlaResult:
    """One row per (ticket, target). `missed_at` makes a past date answerable: see its text."""

    id: str = required("ticket and target, joined by a colon, unless the vendor has an id of its own")
    updated_at: datetime | None = column("when the vendor last changed the row")
    ticket: str = required("the ticket", reference="tickets")
    target: SlaTarget = required("which promise")
    policy: str | None = column("the SLA policy", reference="sla_policies")
    target_minutes: int | None = column("promised business time", unit="minutes")
    due_at: datetime | None = column("the deadline, where the source gives one", indexed=True)
    met_at: datetime | None = column("when the promise was kept, where the source gives it")
    missed_at: datetime | None = column(
        "when the source first recorded the miss; a miss is known only from then on"
    )
    elapsed_minutes: int | None = column("business time used", unit="minutes")
    paused_minutes: int | None = column("business time paused", unit="minutes")
    vendor_outcome: SlaOutcome | None = column("the vendor's own verdict")
    own_outcome: SlaOutcome | None = column("Phasewise's verdict by its own clock")
    outcome: SlaOutcome | None = column("the verdict that counts, by the MSP's `sla.basis`")
    agrees: bool | None = column("vendor_outcome equals own_outcome; null where one of them is missing")
