"""The actions of tickets: everything that happened and all time worked, numbered within each ticket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from phasewise.model.records.tickets import TicketEvent
from phasewise.model.records.time import TimeEntry

NUMBERS = 1000
"""Numbers of actions repeat from ticket to ticket; within one they never do."""


def numbered(records: Iterable[Any]) -> Iterator[tuple[str, int, TicketEvent | TimeEntry]]:
    """Ticket, number of the action and what it says, in the order of time. Time without a ticket is none."""
    found = [r for r in records if isinstance(r, TicketEvent | TimeEntry) and r.ticket is not None]
    for record in sorted(found, key=lambda r: (happened_at(r), isinstance(r, TimeEntry), r.id)):
        number = 2 * (int(record.id) % NUMBERS) + isinstance(record, TimeEntry) + 1
        yield str(record.ticket), number, record


def happened_at(record: TicketEvent | TimeEntry) -> datetime:
    """When it happened; of time worked, when it began or was written down."""
    if isinstance(record, TicketEvent):
        return record.at
    found = record.started_at or record.entered_at
    assert found is not None, f"time entry {record.id} has no time"
    return found
