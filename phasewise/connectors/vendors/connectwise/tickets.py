"""Tickets of service boards and of projects.

A payload is the ticket as ConnectWise lists it, and beside it `boardStatus` (what its status means on its
board) and `slaGoals` (what its SLA promises for its priority): their numbers mean nothing without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.lookups import TABLES, board_statuses, sla_goals
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.sla import sla_results
from phasewise.connectors.vendors.connectwise.values import (
    STAMPS,
    Item,
    at,
    changed_at,
    identify,
    made_at,
    part,
    ref,
    text,
    word,
)
from phasewise.connectors.vendors.connectwise.words import (
    SOURCE,
    TYPE,
    our_word,
    priority_word,
    state_word,
    status_word,
)
from phasewise.model.records.tickets import Ticket

SERVICE = "Service Desk: Service Tickets (inquire all)"
PROJECT = "Project: Project Tickets (inquire all)"

OF_BOTH = (
    "id", "summary", "board/id", "board/name", "status/id", "status/name", "company/id", "contact/id",
    "owner/id", "type/name", "subType/name", "item/name", "priority/id", "priority/name", "source/name",
    "agreement/id", "closedDate", "closedFlag", *STAMPS,
)  # fmt: skip

TICKETS = List(
    "/service/tickets",
    (
        *OF_BOTH, "recordType", "dateResolved", "dateResponded", "resolveMinutes", "respondMinutes",
        "respondedSkippedMinutes", "minutesWaiting", "isInSla", "sla/id", "parentTicketId",
        "mergedParentTicket/id",
    ),
    SERVICE,
)  # fmt: skip
PROJECT_TICKETS = List("/project/tickets", (*OF_BOTH, "project/id"), PROJECT)

AFTER_THE_END = frozenset({"resolved", "closed", "cancelled"})

UNKNOWN_GOALS = f'what some SLAs promise could not be read: the right is "{TABLES}"'


def ticket_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Service tickets changed in a slice, in the order of their numbers."""
    for page in lists.changed(session, TICKETS, slice_):
        payloads = [_with_lookups(session, item) for item in page.payloads]
        is_blind = any(ref(item, "sla") is not None and "slaGoals" not in item for item in payloads)
        yield replace(page, payloads=payloads, note=page.note or (UNKNOWN_GOALS if is_blind else ""))


def ticket_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the service tickets there are."""
    return lists.ids(session, TICKETS, slice_)


def project_ticket_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Project tickets changed in a slice."""
    for page in lists.changed(session, PROJECT_TICKETS, slice_):
        yield replace(page, payloads=[_with_status(session, item) for item in page.payloads])


def project_ticket_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the project tickets there are."""
    return lists.ids(session, PROJECT_TICKETS, slice_)


def ticket_records(payload: Item, context: RecordContext) -> Iterable[Any]:
    """The ticket and what became of its SLA. A project's ticket among them comes from the projects' list."""
    if str(payload.get("recordType") or "ServiceTicket") != "ServiceTicket":
        return
    parent = payload.get("parentTicketId")
    merged_into = ref(payload, "mergedParentTicket")
    yield _ticket(
        payload,
        context,
        status="merged" if merged_into is not None else ticket_status(payload),
        parent=merged_into or (str(parent) if parent else None),
        first_response_at=at(payload.get("dateResponded"), "first_response_at"),
        resolved_at=at(payload.get("dateResolved"), "resolved_at"),
    )
    yield from sla_results(payload)


def project_ticket_records(payload: Item, context: RecordContext) -> Iterable[Any]:
    """The ticket, with its project."""
    yield _ticket(payload, context, status=ticket_status(payload), project=ref(payload, "project"))


def _ticket(payload: Item, context: RecordContext, **of_its_kind: Any) -> Ticket:
    contact = ref(payload, "contact")
    kind, source = word(payload, "type"), word(payload, "source")
    made: dict[str, Any] = {
        "type": our_word(kind, "type", TYPE),
        "priority": priority_word(word(payload, "priority")),
        "source": our_word(source, "source", SOURCE),
    }
    return Ticket(
        id=identify(payload),
        updated_at=changed_at(payload),
        client=ref(payload, "company"),
        requester=None if contact is None else context.pseudonym(contact),
        technician=ref(payload, "owner"),
        agreement=ref(payload, "agreement"),
        title=text(payload.get("summary")),
        type_raw=kind,
        category=word(payload, "subType"),
        subcategory=word(payload, "item"),
        priority_raw=word(payload, "priority"),
        source_raw=source,
        queue=word(payload, "board"),
        status_raw=word(payload, "status"),
        opened_at=made_at(payload, "opened_at"),
        closed_at=at(payload.get("closedDate"), "closed_at"),
        **made,
        **of_its_kind,
    )


def ticket_status(payload: Item) -> str | None:
    """Our word for the state of a ticket that was not merged.

    That it is closed is a flag; else the name of its status says it, and where that is one of the MSP's own,
    what its board says of it.
    """
    name = word(payload, "status")
    if payload.get("closedFlag") is True:
        named = status_word(name)
        return named if named in AFTER_THE_END else "closed"
    return state_word(name, part(payload, "boardStatus"))


def _with_lookups(session: Session, item: Any) -> Any:
    found = _with_status(session, item)
    if not isinstance(found, dict) or (sla := ref(found, "sla")) is None:
        return found
    goals = sla_goals(session, sla, ref(found, "priority"))
    return found if goals is None else {**found, "slaGoals": goals}


def _with_status(session: Session, item: Any) -> Any:
    # Of a closed ticket the flag says it all.
    if not isinstance(item, dict) or item.get("closedFlag"):
        return item
    board, status = ref(item, "board"), ref(item, "status")
    if board is None or status is None:
        return item
    meaning = board_statuses(session, board).get(status)
    if meaning is None:
        return item
    return {**item, "boardStatus": {name: meaning.get(name) for name in ("closedStatus", "escalationStatus")}}
