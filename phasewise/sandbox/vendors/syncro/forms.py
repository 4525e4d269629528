"""What Syncro calls things, and how it writes numbers and times: shared by what it holds and what is true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from phasewise.model.records.automation import AutomationRun
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.tickets import Ticket, TicketEvent

STATUSES = {
    "new": "New",
    "in_progress": "In Progress",
    "waiting": "Waiting on Customer",
    "resolved": "Resolved",
    "closed": "Invoiced",
}
PRIORITIES = {"critical": "0 Urgent", "high": "1 High", "medium": "2 Normal", "low": "3 Low"}
ASSET_TYPES = {"workstation": "Desktop", "server": "Server", "network": "Switch", "mobile": "Phone"}
GROUPS = {"technician": "Techs", "lead": "Lead", "manager": "Manager", "dispatcher": "Dispatchers"}
ESTIMATES = {"open": "Fresh", "won": "Approved", "lost": "Declined"}

NUMBERS_FROM = 100_000
"""The number that people know a ticket by is another than its id."""


def instant(at: datetime | None) -> str | None:
    """`2019-11-04T08:59:31.034Z`."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def midnight(on: date | None) -> str | None:
    """A date: `2019-11-06T00:00:00.000Z`."""
    return None if on is None else f"{on:%Y-%m-%d}T00:00:00.000Z"


def number_of(ticket: str) -> int:
    """The number that people know a ticket by."""
    return NUMBERS_FROM + int(ticket)


def written_on(ticket: Ticket) -> list[TicketEvent]:
    """What is written on a ticket: the issue, by the client, and the first answer. Nothing else is kept."""
    found = []
    if ticket.opened_at is not None:
        found.append(
            TicketEvent(
                id=str(int(ticket.id) * 10 + 5),
                ticket=ticket.id,
                at=ticket.opened_at,
                kind="client_reply",
                actor="client",
            )
        )
    if ticket.first_response_at is not None:
        found.append(
            TicketEvent(
                id=str(int(ticket.id) * 10 + 6),
                ticket=ticket.id,
                at=ticket.first_response_at,
                kind="comment",
                actor="technician",
                technician=ticket.technician,
            )
        )
    return found


def patch_runs(records: Iterable[Any]) -> dict[str, list[AutomationRun]]:
    """Device → the installations of patches that Syncro has of it."""
    found: dict[str, list[AutomationRun]] = {}
    for record in records:
        if isinstance(record, AutomationRun) and record.kind == "patch" and record.device is not None:
            found.setdefault(record.device, []).append(record)
    return found


def kb(run: AutomationRun) -> str:
    """The article of a patch."""
    return f"KB{5_000_000 + int(run.id)}"


def tickets_of_alerts(records: Iterable[Any]) -> Mapping[str, str]:
    """Alert → the ticket it became."""
    return {
        record.row: record.value
        for record in records
        if isinstance(record, ExternalId)
        and (record.table_name, record.target_table) == ("alerts", "tickets")
    }
