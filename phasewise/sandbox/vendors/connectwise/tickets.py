"""Tickets with their boards and statuses, their trail and the time spent, as rows of ConnectWise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import words
from phasewise.sandbox.vendors.connectwise.forms import Places, info, login, named, ref, stamp


def ticket_row(ticket: Ticket, promised: Mapping[str, SlaResult], boards: Mapping[str, int]) -> Item:
    """A ticket of a board.

    Args:
        ticket: the ticket.
        promised: target → what was promised of it and came of that.
        boards: name of a board → its number.
    """
    board = boards.get(ticket.queue or "")
    ended = ticket.status in words.ENDED
    is_merged = ticket.status == "merged"
    return {
        "id": int(ticket.id),
        "summary": ticket.title,
        "recordType": "ServiceTicket",
        "board": None if board is None else named(ticket.queue, board),
        "status": _status_of(ticket.status, board or 0),
        "company": ref(ticket.client, name="A client"),
        "contact": ref(ticket.requester, name="Jane Roe"),
        "contactName": "Jane Roe",
        "contactEmailAddress": "jane@client.example",
        "owner": login(ticket.technician),
        "type": words.place(words.TYPE, ticket.type),
        "subType": named(ticket.category),
        "item": named(ticket.subcategory),
        "priority": words.place(words.PRIORITY, ticket.priority),
        "source": words.place(words.SOURCE, ticket.source),
        "agreement": ref(ticket.agreement),
        "parentTicketId": int(ticket.parent) if ticket.parent and not is_merged else None,
        "mergedParentTicket": ref(ticket.parent) if is_merged else None,
        "closedFlag": ended,
        "closedDate": stamp(ticket.closed_at) or "",
        "dateResponded": stamp(ticket.first_response_at) or "",
        "dateResolved": stamp(ticket.resolved_at) or "",
        **_sla(promised),
        "_info": info(ticket.updated_at, ticket.opened_at),
    }


def _sla(promised: Mapping[str, SlaResult]) -> Item:
    answer, end = promised.get("first_response"), promised.get("resolution")
    policy = next((result.policy for result in promised.values()), None)
    return {
        "sla": ref(policy, name="An SLA"),
        "slaStatus": "Resolve by Tue 03/04 9:00 AM UTC-05",
        "isInSla": all(result.vendor_outcome != "missed" for result in promised.values()),
        "respondMinutes": (answer and answer.elapsed_minutes) or 0,
        "resPlanMinutes": 0,
        "resolveMinutes": (end and end.elapsed_minutes) or 0,
        "respondedSkippedMinutes": (answer and answer.paused_minutes) or 0,
        "minutesWaiting": (end and end.paused_minutes) or 0,
    }


def _status_of(ours: str | None, board: int) -> Item | None:
    name = words.STATUS.get(ours or "")
    return None if name is None else {"id": _status_id(name, board), "name": name}


def status_tables(boards: Mapping[str, int]) -> dict[str, list[Item]]:
    """The boards, and the statuses that each of them has of its own."""
    return {
        "/service/boards": [{"id": number, "name": name} for name, number in boards.items()],
        "statuses": [_status(name, number) for number in boards.values() for name in words.ESCALATION],
    }


def _status(name: str, board: int) -> Item:
    return {
        "id": _status_id(name, board),
        "name": name,
        "board": ref(str(board)),
        "closedStatus": name in words.CLOSED,
        "escalationStatus": words.ESCALATION[name] or None,
        "inactive": False,
    }


def _status_id(name: str, board: int) -> int:
    return board * 100 + list(words.ESCALATION).index(name)


def _audit(event: TicketEvent) -> Item:
    before, after = event.from_raw, event.to_raw
    if event.kind == "status":
        before, after = (words.STATUS.get(word or "") for word in (event.from_value, event.to_value))
    subject = {"status": "Status", "priority": "Priority", "assignment": "Owner", "group": "Board"}
    if event.kind in subject:
        sentence = f'{subject[event.kind]} has been updated from "{before or ""}" to "{after or ""}".'
    else:
        sentence = "Email sent to jane@client.example"
    return {
        "ticket": int(event.ticket),
        "text": sentence,
        "enteredDate": stamp(event.at),
        "enteredBy": f"tech{event.technician}" if event.technician else "zAdmin",
        "auditType": "Record",
        "auditSubType": subject.get(event.kind, "Email"),
        "auditSource": "Ticket",
    }


def _time(entry: TimeEntry) -> Item:
    ended = None if entry.started_at is None else entry.started_at + timedelta(minutes=entry.minutes)
    return {
        "id": int(entry.id),
        "member": login(entry.technician),
        "company": ref(entry.client),
        "chargeToId": None if entry.ticket is None else int(entry.ticket),
        "chargeToType": "ChargeCode" if entry.ticket is None else "ServiceTicket",
        "ticket": None,  # older servers have no such field
        "project": ref(entry.project),
        "agreement": ref(entry.agreement),
        "workType": words.place(words.WORK, entry.purpose),
        "timeStart": stamp(entry.started_at),
        "timeEnd": stamp(ended),
        "dateEntered": stamp(entry.entered_at),
        "actualHours": round(entry.minutes / 60, 4),
        "billableOption": {True: "Billable", False: "DoNotBill", None: "NoDefault"}[entry.is_billable],
        "notes": "spoke with Jane Roe",
        "hourlyCost": "31.00",
        "invoice": {"id": 1, "identifier": "INV-0001"} if entry.is_invoiced else None,
        "status": "Billed" if entry.is_invoiced else "Open",
        "_info": info(entry.updated_at),
    }


PLACES: Places = {
    TicketEvent: ("audits", _audit),
    TimeEntry: ("/time/entries", _time),
}
