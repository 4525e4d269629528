"""Tickets, what was written on them, and the time worked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from phasewise.connectors.base import OPEN_SLICE, FetchContext, Page, RecordContext, Slice
from phasewise.connectors.paging import in_window
from phasewise.connectors.parse import minutes, plain
from phasewise.connectors.vendors.syncro import words
from phasewise.connectors.vendors.syncro.fields import at, flag, needed_at, plain_value, reference, text
from phasewise.connectors.vendors.syncro.lists import identify, keeping, kept, number_of, read_list
from phasewise.connectors.vendors.syncro.pages import changed, gathered, stored, told_at
from phasewise.connectors.vendors.syncro.session import Session
from phasewise.connectors.vendors.syncro.settings import SyncroSettings
from phasewise.errors import RecordError
from phasewise.model.records.tickets import Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.model.words import ActorKind, Priority, TicketStatus, TicketType

TICKETS = "Tickets - List/Search"
HISTORY = "Tickets - List/Search and Tickets - View Details"
TIMERS = "Ticket Timers - Overview"

TICKET_FIELDS = (
    "id", "number", "subject", "created_at", "customer_id", "resolved_at", "problem_type", "status",
    "ticket_type_name", "user_id", "updated_at", "priority", "parent_id", "contact_id",
)  # fmt: skip
COMMENT_FIELDS = ("id", "created_at", "updated_at", "hidden", "user_id")
TIMER_FIELDS = (
    "id", "ticket_id", "user_id", "start_time", "end_time", "created_at", "updated_at", "billable",
    "active_duration",
)  # fmt: skip

COMMENTS_A_PAGE = 100
A_DAY = timedelta(days=1)
A_MINUTE_SECONDS = 60
HALF_A_MINUTE_SECONDS = 30


def ticket_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """The tickets changed since the start of a slice."""
    pages = _changed_tickets(session, slice_, right=TICKETS)
    keep, pseudonym = keeping(TICKET_FIELDS), context.record.pseudonym
    return gathered(changed(pages, lambda row: _without_contact(keep(row), pseudonym)))


def _changed_tickets(
    session: Session, slice_: Slice, *, right: str, background: bool = False
) -> Iterator[Page]:
    query = {} if slice_.start is None else {"since_updated_at": f"{slice_.start:%Y-%m-%dT%H:%M:%SZ}"}
    pages = read_list(
        session, "/tickets", "tickets", query, right=right, resume=slice_.resume, background=background
    )
    return in_window(pages, slice_, lambda row: told_at(row, "updated_at"), where="tickets")


def _without_contact(row: Any, pseudonym: Callable[[str], str]) -> Any:
    contact = reference(row, "contact_id") if isinstance(row, dict) else None
    if contact is not None:
        row["contact_id"] = pseudonym(contact)
    return row


def ticket_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The ticket in its state now.

    Raises:
        RecordError: it has no state.
    """
    status = text(payload, "status")
    if status is None:
        raise RecordError("the ticket has no status", field="status", reason="no_status")
    priority, kind = text(payload, "priority"), text(payload, "ticket_type_name")
    number = plain_value(payload, "number")
    yield Ticket(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        number=None if number is None else str(number),
        client=reference(payload, "customer_id"),
        requester=reference(payload, "contact_id"),
        technician=reference(payload, "user_id"),
        parent=reference(payload, "parent_id"),
        title=text(payload, "subject"),
        type=cast("TicketType | None", words.kind(kind)),
        type_raw=kind,
        category=text(payload, "problem_type"),
        priority=cast("Priority | None", words.priority(priority)),
        priority_raw=priority,
        status=cast("TicketStatus | None", words.status(status)),
        status_raw=status,
        opened_at=needed_at(payload, "created_at", context, field="opened_at"),
        resolved_at=at(payload, "resolved_at", context),
    )


def history_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The comments of every ticket changed since the start of a slice, one request a ticket or more.

    A ticket's own list is asked: the one of tickets shows the first comment only, since March 2026.
    """
    for page in _changed_tickets(session, slice_, right=HISTORY, background=True):
        yield replace(page, payloads=[_with_comments(session, row) for row in page.payloads])


def history_listing(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The tickets alone: a reconcile must not ask for every comment again."""
    return stored(_changed_tickets(session, slice_, right=HISTORY), ("id", "updated_at"))


def _with_comments(session: Session, row: Any) -> Any:
    ticket, number = kept(row, ("id", "updated_at")), number_of(row)
    if number is None:
        return ticket  # rejected, with its reason, when it should become records
    path = f"/tickets/{number}/comments"
    query = {"per_page": COMMENTS_A_PAGE, "sort_by": "created_at", "sort_direction": "ASC"}
    first = session.get(path, {**query, "page": 1}, right=HISTORY, allow=(404,), background=True)
    if first.status == 404:
        return {**ticket, "comments": []}  # deleted since it was listed
    pages = read_list(session, path, "comments", query, right=HISTORY, background=True, first=first)
    comments = [_comment(comment, session.settings) for page in pages for comment in page.payloads]
    return {**ticket, "comments": comments}


def _comment(row: Any, settings: SyncroSettings) -> Any:
    """A comment without its text, and without the name that may be a client's."""
    found = kept(row, COMMENT_FIELDS)
    if isinstance(row, Mapping) and row.get("user_id") is None:
        found["is_client_reply"] = plain(str(row.get("tech") or "")) in map(
            plain, settings.client_reply_names
        )
    return found


def history_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """An event a comment. Syncro tells of no other: neither changes of status nor of the technician.

    Raises:
        RecordError: there is no list of comments; an empty one would take those away that are stored.
    """
    comments = payload.get("comments")
    if not isinstance(comments, list):
        raise RecordError("the ticket has no list of comments", field="ticket", reason="no_comments")
    for comment in comments:
        if not isinstance(comment, Mapping):
            continue  # every value was null
        technician = reference(comment, "user_id")
        is_reply = bool(comment.get("is_client_reply"))
        actor: ActorKind | None = "client" if is_reply else None if technician is None else "technician"
        yield TicketEvent(
            id=identify(comment),
            updated_at=at(comment, "updated_at", context),
            ticket=identify(payload),
            at=needed_at(comment, "created_at", context, field="at"),
            kind="client_reply" if is_reply else "comment",
            actor=actor,
            technician=technician,
        )


def time_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The timers created in a slice. There is no list of those changed, and none can be asked for alone.

    The bounds are sent a day wider: whether Syncro reads their hour, and in which zone, is nowhere written.
    """
    if slice_.key == OPEN_SLICE:
        yield Page((), proof="end_mark")
        return
    query = {}
    if slice_.start is not None:
        query["created_at_gt"] = f"{slice_.start - A_DAY:%Y-%m-%dT%H:%M:%SZ}"
    if slice_.end is not None:
        query["created_at_lt"] = f"{slice_.end + A_DAY:%Y-%m-%dT%H:%M:%SZ}"
    pages = read_list(session, "/ticket_timers", "ticket_timers", query, right=TIMERS, resume=slice_.resume)
    wider = replace(
        slice_,
        start=slice_.start and slice_.start - A_DAY,
        end=slice_.end and slice_.end + A_DAY,
    )
    asked = in_window(pages, wider, lambda row: told_at(row, "created_at"), where="timers")
    yield from gathered(stored(asked, TIMER_FIELDS))


def time_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The time of a timer that was stopped; one that still runs is no working time yet.

    Raises:
        RecordError: its length is more than what lies between its start and its end.
    """
    started_at = at(payload, "start_time", context, field="started_at")
    ended_at = at(payload, "end_time", context, field="minutes")
    if started_at is None:
        raise RecordError("the timer has no start", field="started_at", reason="no_time")
    if ended_at is None:
        return
    yield TimeEntry(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        technician=reference(payload, "user_id"),
        ticket=reference(payload, "ticket_id"),
        started_at=started_at,
        entered_at=at(payload, "created_at", context, field="entered_at"),
        minutes=_worked(payload, (ended_at - started_at).total_seconds()),
        is_billable=flag(payload, "billable"),
    )


def _worked(payload: Mapping[str, Any], elapsed_seconds: float) -> int:
    """Minutes: `active_duration` (seconds: 600 for ten minutes in Syncro's example), else by the clock."""
    active = payload.get("active_duration")
    seconds = elapsed_seconds if active is None else active
    if (type(seconds) is not int and type(seconds) is not float) or seconds < 0:
        raise RecordError(f'"{seconds}" is no length of time', field="minutes", reason="bad_minutes")
    if seconds > elapsed_seconds + A_MINUTE_SECONDS:
        raise RecordError(
            f"{seconds:g} seconds do not fit between the start and the end of the timer",
            field="minutes",
            reason="bad_minutes",
        )
    if isinstance(seconds, int) or seconds.is_integer():
        return (int(seconds) + HALF_A_MINUTE_SECONDS) // A_MINUTE_SECONDS  # as `minutes` rounds, and quicker
    return minutes(seconds, field="minutes", unit="seconds") or 0
