"""200 tickets of the small world with what happened to them, what was promised and the time worked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.model.words import Priority, SlaTarget, TicketSource, TicketStatus, TicketType
from phasewise.sandbox.small_world.people import GOALS
from phasewise.sandbox.small_world.times import at

TICKETS = 200
PRIORITIES: tuple[Priority, ...] = ("medium", "low", "high", "medium", "critical")
TYPES: tuple[TicketType, ...] = ("incident", "request", "problem", "change", "alert")
SOURCES: tuple[TicketSource, ...] = ("email", "phone", "portal", "email", "alert")
CATEGORIES = (("Hardware", "Printer"), ("Network", "VPN"), ("Software", "Office"), ("Access", "Password"))
QUEUES = ("Service Desk", "Projects")


def records() -> Iterator[Any]:
    """Tickets 1 to 200, each followed by its events, its promises and the time worked on it."""
    for number in range(1, TICKETS + 1):
        ticket = one(number)
        yield ticket
        yield from events(ticket)
        yield from promises(ticket)
        yield from time_entries(ticket)


def one(number: int) -> Ticket:
    """The ticket of that number: every 10th is still open, every 4th of the others closed as well."""
    opened_at = at((number * 9) // 10, 7 + number % 9, number % 60)
    answered_at = opened_at + timedelta(minutes=10 + number % 90)
    is_open = number % 10 == 0
    resolved_at = None if is_open else opened_at + timedelta(minutes=60 + number * 7 % 3000)
    closed_at = None if resolved_at is None or number % 4 else resolved_at + timedelta(days=3)
    category, subcategory = CATEGORIES[number % 4]
    priority = PRIORITIES[number % 5]
    return Ticket(
        id=str(number),
        updated_at=closed_at or resolved_at or answered_at,
        number=f"T{number:05d}",
        client=str(1 + number % 6),
        requester=str(100 + number % 20),
        technician=str(1 + number % 4),
        device=str(1 + number % 24),
        agreement=str(1 + number % 6),
        title=f"Ticket {number}: {subcategory} – {'שלום' if number % 50 == 0 else 'help'}",
        type=TYPES[number % 5],
        type_raw=TYPES[number % 5],
        category=category,
        subcategory=subcategory,
        priority=priority,
        priority_raw=priority,
        first_priority=priority,
        first_priority_raw=priority,
        source=SOURCES[number % 5],
        source_raw=SOURCES[number % 5],
        queue=QUEUES[number % 7 == 0],
        status=_status(number, closed_at),
        status_raw=_status(number, closed_at),
        opened_at=opened_at,
        first_response_at=answered_at,
        first_response_by="human",
        resolved_at=resolved_at,
        closed_at=closed_at,
        reopened_count=0,
        reassigned_count=1,
        group_reassigned_count=0,
        is_internal=False,
    )


def _status(number: int, closed_at: datetime | None) -> TicketStatus:
    if number % 10 == 0:
        return ("in_progress", "waiting")[number % 20 == 0]
    return "resolved" if closed_at is None else "closed"


def events(ticket: Ticket) -> Iterator[TicketEvent]:
    """Opened as new, assigned and begun with the first answer, resolved, closed."""
    states: list[tuple[datetime, str]] = []
    if ticket.first_response_at is not None:
        states.append((ticket.first_response_at, "in_progress"))
    if ticket.status == "waiting" and ticket.updated_at is not None:
        states.append((ticket.updated_at, "waiting"))
    if ticket.resolved_at is not None:
        states.append((ticket.resolved_at, "resolved"))
    if ticket.closed_at is not None:
        states.append((ticket.closed_at, "closed"))
    before = "new"
    for index, (moment, state) in enumerate(states):
        yield TicketEvent(
            id=str(int(ticket.id) * 10 + index),
            updated_at=moment,
            ticket=ticket.id,
            at=moment,
            kind="status",
            from_value=before,
            from_raw=before,
            to_value=state,
            to_raw=state,
            actor="technician",
            technician=ticket.technician,
        )
        before = state


def promises(ticket: Ticket) -> Iterator[SlaResult]:
    """Both promises, by elapsed minutes on a clock that never stands still."""
    opened_at = ticket.opened_at
    if opened_at is None:
        return
    kept: tuple[tuple[SlaTarget, datetime | None], ...] = (
        ("first_response", ticket.first_response_at),
        ("resolution", ticket.resolved_at),
    )
    for target, kept_at in kept:
        minutes = GOALS[target][ticket.priority or "medium"]
        due_at = opened_at + timedelta(minutes=minutes)
        is_kept = kept_at is not None and kept_at <= due_at
        yield SlaResult(
            id=f"{ticket.id}:{target}",
            updated_at=ticket.updated_at,
            ticket=ticket.id,
            target=target,
            policy="1",
            target_minutes=minutes,
            due_at=due_at,
            met_at=kept_at,
            elapsed_minutes=None if kept_at is None else int((kept_at - opened_at).total_seconds() // 60),
            paused_minutes=0,
            vendor_outcome="met" if is_kept else "running" if kept_at is None else "missed",
        )


def time_entries(ticket: Ticket) -> Iterator[TimeEntry]:
    """One entry from the first answer on, of 15 to 60 minutes; every third ticket has a second one."""
    number = int(ticket.id)
    began = ticket.first_response_at
    if began is None:
        return
    for index in range(2 if number % 3 == 0 else 1):
        started_at = began + timedelta(hours=2 * index)
        minutes = 15 * (1 + (number + index) % 4)
        yield TimeEntry(
            id=str(number * 10 + index),
            updated_at=started_at + timedelta(minutes=minutes),
            technician=ticket.technician,
            ticket=ticket.id,
            client=ticket.client,
            agreement=ticket.agreement,
            started_at=started_at,
            entered_at=started_at + timedelta(minutes=minutes),
            minutes=minutes,
            is_billable=number % 2 == 0,
            is_invoiced=number % 4 == 0,
            purpose="reactive",
            purpose_raw="reactive",
        )
