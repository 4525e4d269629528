"""Tickets, and what became of their promises.

A list row says numbers of statuses, types and priorities; what they mean is looked up and kept beside it
(`looked_up`), so that a payload says by itself what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, cast

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.base import CursorKind, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.paging import in_window
from phasewise.connectors.parse import integer, neutral_word
from phasewise.connectors.vendors.halopsa.lists import BY_ID, Query, only, paged, rows
from phasewise.connectors.vendors.halopsa.lookups import Lookups, is_other_use, lookups
from phasewise.connectors.vendors.halopsa.promises import promises
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.values import (
    changed_at,
    if_readable,
    moment,
    names,
    number_of,
    provided,
    reference,
    text,
    yes,
)
from phasewise.connectors.vendors.halopsa.words import PRIORITIES, STATUSES, TYPES
from phasewise.errors import ContractError
from phasewise.model.records.tickets import Ticket
from phasewise.model.words import MAPPINGS, Priority, TicketSource, TicketStatus, TicketType

RIGHT = "read:tickets"
PATH, NAME = "/Tickets", "tickets"

READ = names(
    """
    id summary dateoccurred status_id status_name tickettype_id tickettype_name sla_id priority_id
    priority_name client_id user_id team agent_id category_1 category1 category_2 category2
    parent_id merged_into_id source onhold respondbydate responsedate slaresponsestate fixbydate
    slastate dateclosed excludefromsla slaholdtime last_update lastupdate reassigncount deleted use
    """
)

WITH_SLA: Query = {**BY_ID, "includeslatimer": True, "includestatus": True, "includetickettype": True}


def last_change(payload: Any) -> datetime | None:
    """When a ticket was changed last; lists spell it another way than single tickets."""
    return changed_at(payload, "last_update", "lastupdate")


def told_change(payload: Any) -> datetime | None:
    """The same while a page is fetched; None where nobody can read it."""
    return if_readable(lambda: last_change(payload)) if isinstance(payload, Mapping) else None


def window(slice_: Slice) -> Query:
    """The filter of a slice. Halo's own description calls these two flags; they are times, in UTC."""
    start, end = slice_.start, slice_.end
    return {
        "lastupdatefromdate": None if start is None else f"{start:%Y-%m-%dT%H:%M:%S}",
        "lastupdatetodate": None if end is None else f"{end:%Y-%m-%dT%H:%M:%S}",
    }


def ticket_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The tickets changed in a slice, open and closed ones, in the order of their numbers."""
    query = {**WITH_SLA, **window(slice_)}
    pages = paged(session, PATH, NAME, query, right=RIGHT, resume=slice_.resume)
    listed = _with_closed(session, in_window(pages, slice_, told_change, where="tickets"), query)
    for page in only(listed, READ):
        known = lookups(session)
        payloads = [
            {**p, "looked_up": looked_up(p, known)} if isinstance(p, Mapping) else p for p in page.payloads
        ]
        yield replace(page, payloads=payloads)


def listed_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The ids of all tickets there are since then. Halo's lists of ids alone cannot be paged."""
    query = {**BY_ID, "excludeslacalcs": True, **window(slice_)}
    return only(paged(session, PATH, NAME, query, right=RIGHT), {"id"})


def looked_up(payload: Mapping[str, Any], known: Lookups) -> dict[str, Any]:
    """What the numbers of a ticket mean."""
    promised = known.promises.get((_number(payload, "sla_id"), _number(payload, "priority_id")))
    return {
        "status": known.statuses.get(_number(payload, "status_id")),
        "type": known.types.get(_number(payload, "tickettype_id")),
        "is_other": _number(payload, "tickettype_id") in known.others,
        **({"name": None} if promised is None else asdict(promised)),
    }


def ticket_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The ticket and its promises; nothing for a project or an opportunity: they have their own streams."""
    if is_other(payload):
        return
    ticket = _ticket(payload, context)
    yield ticket
    yield from promises(payload, ticket.id, ticket.updated_at, context)


def is_other(payload: Mapping[str, Any]) -> bool:
    """Whether a row is a project or an opportunity. For Halo they are tickets, and lists may show them."""
    looked_up = payload.get("looked_up") or {}
    return is_other_use(payload.get("use")) or looked_up.get("is_other") is True


def is_deleted(payload: Any) -> bool:
    """Whether the ticket lies in Halo's bin. Lists leave those out unless they are asked for."""
    return yes(payload.get("deleted"), field="deleted") is True


def status_of(payload: Mapping[str, Any]) -> tuple[TicketStatus | None, str | None]:
    """Our word and Halo's for the state of a ticket."""
    if reference(payload.get("merged_into_id"), field="parent") is not None:
        return "merged", "merged"
    word = text(payload, "status_name") or _looked_up(payload, "status")
    if word is None:
        word = reference(payload.get("status_id"), field="status")
    found = neutral_word(word, field="status", words=STATUSES, known=MAPPINGS["status"])
    return cast("TicketStatus | None", found), word


def closed_at(payload: Mapping[str, Any]) -> datetime | None:
    """When it was closed."""
    return moment(payload.get("dateclosed"), field="closed_at")


def owner(payload: Mapping[str, Any], context: RecordContext) -> str | None:
    """The agent it is assigned to; nobody, where it is Unassigned."""
    nobody = context.settings.unassigned_agents
    return reference(payload.get("agent_id"), field="technician", nobody=nobody)


def client_of(payload: Mapping[str, Any], context: RecordContext) -> str | None:
    """The client; none, where it is Unknown."""
    nobody = context.settings.unknown_clients
    return reference(payload.get("client_id"), field="client", nobody=nobody)


def _ticket(payload: Any, context: RecordContext) -> Ticket:
    number = number_of(payload)
    status, status_raw = status_of(payload)
    type_raw, priority_raw, source_raw = _type(payload), _priority(payload), text(payload, "source")
    user, closed = reference(payload.get("user_id"), field="requester"), closed_at(payload)
    return Ticket(
        id=number,
        updated_at=last_change(payload),
        client=client_of(payload, context),
        requester=None if user is None else context.pseudonym(user),
        technician=owner(payload, context),
        parent=reference(payload.get("merged_into_id"), field="parent")
        or reference(payload.get("parent_id"), field="parent"),
        title=text(payload, "summary"),
        type=cast(
            "TicketType | None",
            neutral_word(type_raw, field="type", words=TYPES, known=MAPPINGS["type"]),
        ),
        type_raw=type_raw,
        category=text(payload, "category_1", "category1"),
        subcategory=text(payload, "category_2", "category2"),
        priority=cast(
            "Priority | None",
            neutral_word(priority_raw, field="priority", words=PRIORITIES, known=MAPPINGS["priority"]),
        ),
        priority_raw=priority_raw,
        source=cast(
            "TicketSource | None",
            neutral_word(source_raw, field="source", words={}, known=MAPPINGS["source"]),
        ),
        source_raw=source_raw,
        queue=text(payload, "team"),
        status=status,
        status_raw=status_raw,
        opened_at=moment(payload.get("dateoccurred"), field="opened_at"),
        first_response_at=moment(payload.get("responsedate"), field="first_response_at"),
        # Halo has one date for both; where nothing was done (cancelled, merged) nothing was resolved.
        resolved_at=None if status in ("cancelled", "merged") else closed,
        closed_at=closed,
        reassigned_count=integer(payload.get("reassigncount"), field="reassigned_count"),
    )


def _type(payload: Mapping[str, Any]) -> str | None:
    return text(payload, "tickettype_name") or _looked_up(payload, "type")


def _priority(payload: Mapping[str, Any]) -> str | None:
    """Its name; else its number with its service level, as one number means something else in each."""
    told = text(payload, "priority_name") or _looked_up(payload, "name")
    number = reference(payload.get("priority_id"), field="priority")
    if told is not None or number is None:
        return told
    level = reference(payload.get("sla_id"), field="policy")
    return f"priority {number} of service level {level or '?'}"


def _number(payload: Mapping[str, Any], name: str) -> str:
    return if_readable(lambda: reference(payload.get(name), field=name)) or ""


def _looked_up(payload: Mapping[str, Any], name: str) -> str | None:
    found = (payload.get("looked_up") or {}).get(name)
    return None if found is None else str(found)


def _with_closed(session: Session, pages: Iterator[Page], query: Query) -> Iterator[Page]:
    """The same pages, and an error where a list without a word on it leaves closed tickets out.

    What Halo lists by default is written nowhere. A listing without one closed ticket asks for those alone.

    Raises:
        ContractError: there are some.
    """
    has_closed = False
    for page in pages:
        has_closed = has_closed or any(_is_closed(payload) for payload in page.payloads)
        if page.proof != "none" and not has_closed and page.payloads:
            closed = {**query, "closed_only": True, "pageinate": True, "page_size": 1, "page_no": 1}
            answer = session.get(PATH, closed, right=RIGHT)
            if any(_is_closed(item) for item in rows(NAME, size=1)(answer).items):
                raise ContractError(
                    "the list of tickets leaves out closed ones", where=answer.where, remedy=CHANGED
                )
        yield page


def _is_closed(payload: Any) -> bool:
    return isinstance(payload, Mapping) and if_readable(lambda: closed_at(payload)) is not None


STREAM = Stream(
    name="tickets",
    record="tickets",
    pages=ticket_pages,
    records=ticket_records,
    identify=number_of,
    provides=provided(
        "tickets",
        "client requester technician parent title type category subcategory priority source "
        "queue status opened_at first_response_at resolved_at closed_at reassigned_count",
    )
    | provided(
        "sla_results",
        "ticket target policy target_minutes due_at met_at missed_at paused_minutes vendor_outcome",
    ),
    cursor=CursorKind.MODIFIED,
    emits=("tickets", "sla_results"),
    listing=listed_ids,
    replaces_children=("sla_results",),
    child_parent={"sla_results": "ticket"},
    bounded=True,
    page_size=(1, 50, 100),
    right=RIGHT,
    personal=frozenset({"summary", "user_id"}),
    deleted=is_deleted,
)
