"""A small MSP, written down: 8 clients, 6 technicians, 200 tickets and all that belongs to them.

Everything is worked out from the number of the row, so that a person can say what must come out. Ids are
decimal numbers. One file a group of records; each has a function `records()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phasewise.sandbox.small_world import business, delivery, machines, people, written_down
from phasewise.sandbox.small_world.tickets import records as ticket_records


def records() -> Iterator[Any]:
    """Every record of the small MSP: clients and people first, then their work."""
    yield from people.records()
    yield from ticket_records()
    yield from business.records()
    yield from delivery.records()
    yield from machines.records()
    yield from written_down.records()
