"""Lists of actions: everything that anybody did to a ticket, and how long it took.

They cannot be paged. An action's number counts within its ticket: only both together name one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from phasewise.connectors.answers import Answer
from phasewise.connectors.vendors.halopsa.lists import Query, rows
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.values import number_of
from phasewise.errors import RecordError

RIGHT = "read:tickets"
PATH, NAME = "/Actions", "actions"

MOST = 5_000
"""Rows that are asked for at once. Without a number Halo decides how many it gives."""

CAP = 100
"""Halo cuts lists at a hundred, or a multiple of it, without a word."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
SHORTEST = timedelta(minutes=1)
MOST_CUTS = 64
"""Times a span is cut in two before the rest stays without proof."""


@dataclass(frozen=True, slots=True)
class Found:
    """Actions of one span of time or one ticket.

    Attributes:
        items: as Halo sent them.
        total: how many Halo says there are, None where it does not say.
        is_whole: nothing shows that there are more.
        may_be_cut: so round a number of rows is where Halo stops without a word.
        source_time: Halo's clock when it answered.
    """

    items: Sequence[Any]
    total: int | None
    is_whole: bool
    may_be_cut: bool
    source_time: datetime | None


def action_id(payload: Any) -> str:
    """Ticket and action.

    Raises:
        RecordError: one of them is missing (`no_id`).
    """
    if not isinstance(payload, dict):
        raise RecordError("there is no id", remedy="Has Halo changed?", field="id", reason="no_id")
    return f"{number_of(payload, 'ticket_id')}:{number_of(payload)}"


def actions(session: Session, query: Query, *, background: bool = False) -> Found:
    """Ask for actions; where Halo says that there are more than it gave, once more for so many.

    Args:
        session: where.
        query: which.
        background: take at most a quarter of the budget.
    """
    answer = _ask(session, query, MOST, background=background)
    found = rows(NAME)(answer)
    is_told = False
    if found.total is not None and found.total > len(found.items):
        is_told = True
        answer = _ask(session, query, found.total, background=background)
        found = rows(NAME)(answer)
    is_whole = found.total is not None and found.total <= len(found.items)
    # A total that once was more than the rows that came counts more than those.
    may_be_cut = bool(found.items) and len(found.items) % CAP == 0 and not (is_told and is_whole)
    is_whole = is_whole or (found.total is None and not may_be_cut)
    return Found(found.items, found.total, is_whole, may_be_cut, answer.source_time)


def actions_between(
    session: Session, query: Query, start: datetime | None, end: datetime | None
) -> Iterator[Found]:
    """The actions of a span of time. Where the answer looks cut, the span is cut in two and asked again.

    Args:
        session: where.
        query: which.
        start: when they happened, inclusive; None = from the beginning.
        end: exclusive; None = up to now.
    """
    pending, cuts = [(start, end)], 0
    while pending:
        first, last = pending.pop()
        found = actions(session, {**query, **_span(first, last)})
        begin, until = first or EARLIEST, last or found.source_time
        if not found.may_be_cut or until is None or until - begin < SHORTEST or cuts >= MOST_CUTS:
            yield found
            continue
        cuts += 1
        middle = begin + timedelta(seconds=int((until - begin).total_seconds()) // 2)
        pending += [(middle, last), (first, middle)]


def _ask(session: Session, query: Query, count: int, *, background: bool) -> Answer:
    return session.get(PATH, {**query, "count": count}, right=RIGHT, background=background)


def _span(start: datetime | None, end: datetime | None) -> Query:
    """The filter. Whether its first day is in it is not written: a second earlier makes sure of it."""
    return {
        "startdate": None if start is None else f"{start - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}",
        "enddate": None if end is None else f"{end:%Y-%m-%dT%H:%M:%S}",
    }
