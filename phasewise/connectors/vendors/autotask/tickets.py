"""Tickets, each with what became of its promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.autotask import words
from phasewise.connectors.vendors.autotask.entities import SLA_RESULTS, TICKETS
from phasewise.connectors.vendors.autotask.listing import belonging, changed_pages
from phasewise.connectors.vendors.autotask.people import OWN_COMPANY
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.sla import POLICY, RESULT, promises
from phasewise.connectors.vendors.autotask.values import (
    Payload,
    at,
    identify,
    label,
    latest,
    number,
    reference,
    text,
    word,
)
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.tickets import Ticket
from phasewise.model.words import Responder, TicketStatus

OPEN = frozenset({"new", "in_progress", "waiting"})


def ticket_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """The tickets that changed within a slice, with their rows of results. No contact is named in them."""
    pseudonym = context.record.pseudonym
    for page in changed_pages(session, slice_, TICKETS):
        promised = [str(row["id"]) for row in page.payloads if _has_promise(row)]
        results = belonging(session, SLA_RESULTS, "ticketID", promised)
        payloads = []
        for row in page.payloads:
            contact = row.get("contactID")
            found = results.get(str(row.get("id")), [])
            hashed = None if contact is None else pseudonym(str(contact))
            payloads.append({**row, "contactID": hashed, RESULT: found[-1] if found else None})
        yield replace(page, payloads=payloads)


def ticket_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The ticket, its promises, and the alert it was made of."""
    ticket = _ticket(payload, context)
    yield ticket
    yield from promises(payload, ticket.updated_at)
    alert = text(payload, "rmmAlertID")
    if alert is not None:
        yield ExternalId(
            id=f"tickets:{ticket.id}:rmm",
            updated_at=ticket.updated_at,
            table_name="tickets",
            row=ticket.id,
            system="rmm",
            target_table="alerts",
            value=alert,
        )


def neutral_status(payload: Payload) -> TicketStatus | None:
    """Our word for the state: by its number where that is Autotask's own, else by its label."""
    told = number(payload, "status", field="status")
    known = None if told is None else words.SYSTEM_STATUS.get(told)
    return known or word(label(payload, "status"), field="status", mapping="status", words=words.STATUS)


def _ticket(payload: Payload, context: RecordContext) -> Ticket:
    client = reference(payload, "companyID")
    type_, priority, source = (label(payload, name) for name in ("ticketType", "priority", "source"))
    answered_at = at(payload, "firstResponseDateTime", field="first_response_at")
    status = neutral_status(payload)
    # Whether a ticket that is opened again keeps the times of its end is documented nowhere: not believed.
    is_open = status in OPEN
    closed_at = None if is_open else at(payload, "completedDate", field="closed_at")
    resolved_at = None if is_open else at(payload, "resolvedDateTime", field="resolved_at")
    return Ticket(
        id=identify(payload),
        updated_at=latest(payload, *TICKETS.changed),
        number=text(payload, "ticketNumber"),
        client=client,
        requester=payload.get("contactID"),
        technician=reference(payload, "assignedResourceID"),
        device=reference(payload, "configurationItemID"),
        agreement=reference(payload, "contractID"),
        parent=reference(payload, "problemTicketId"),
        project=reference(payload, "projectID"),
        title=text(payload, "title"),
        type=word(type_, field="type", mapping="type", words=words.TYPE),
        type_raw=type_,
        category=label(payload, "issueType"),
        subcategory=label(payload, "subIssueType"),
        priority=word(priority, field="priority", mapping="priority", words=words.PRIORITY),
        priority_raw=priority,
        source=word(source, field="source", mapping="source", words=words.SOURCE),
        source_raw=source,
        queue=label(payload, "queueID"),
        status=status,
        status_raw=label(payload, "status"),
        opened_at=at(payload, "createDate", field="opened_at"),
        first_response_at=answered_at,
        first_response_by=None if answered_at is None else _responder(payload, context),
        # Only a ticket with a service level has a time of its resolution; of others it is when it was closed.
        resolved_at=resolved_at or closed_at,
        closed_at=closed_at,
        is_internal=None if client is None else client == OWN_COMPANY,
    )


def _responder(payload: Payload, context: RecordContext) -> Responder | None:
    resource = number(payload, "firstResponseInitiatingResourceID", field="first_response_by")
    if resource is None:
        return None
    return "automation" if resource in context.settings.automation_resources else "human"


def _has_promise(row: Any) -> bool:
    return isinstance(row, dict) and row.get(POLICY) is not None and isinstance(row.get("id"), int)
