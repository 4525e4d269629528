"""Transactions: what happened to tickets, read in the order of their ids until the end is sure.

A user without the right SuperUser is never told how many there are, and what that user may not see is left
out of a page without a word: a short page, even an empty one, need not be the last. Of the kinds that are
read, only comments can be hidden on a ticket that we see, by a right on its queue. So they are asked for
apart, until a comment of each of the queues was seen; of all others a short page is the last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.lists import LISTED, number_of
from phasewise.connectors.vendors.request_tracker.session import Session
from phasewise.errors import ContractError

TICKETS_AT_A_TIME = 100
"""Tickets in one query: its address stays under the 4,000 characters that every server takes."""

PAGE = 100
"""Transactions a page, always the most there is: the fewer pages, the fewer of them all hidden."""

LOOKS = 2
"""Pages behind an empty one that must be empty as well, where rows may be hidden."""

Transaction = Mapping[str, Any]


def histories(session: Session, tickets: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Transaction]]:
    """The transactions of each of these tickets, by the ticket's number.

    Args:
        session: the client.
        tickets: as a search lists them.

    Raises:
        ContractError: the filter is ignored.
    """
    found: dict[str, list[Transaction]] = {str(ticket["id"]): [] for ticket in tickets}
    for start in range(0, len(tickets), TICKETS_AT_A_TIME):
        queues = {str(ticket["id"]): _queue(ticket) for ticket in tickets[start : start + TICKETS_AT_A_TIME]}
        for transaction in _of_some(session, queues):
            number = str(transaction.get("ObjectId"))
            if number not in queues:
                raise _ignored(f"asked for ticket {next(iter(queues))} and others, got one of {number}")
            found[number].append(transaction)
            if transaction["Type"] == "Comment" and queues[number]:
                session.open_queues.add(queues[number])
    return found


def _of_some(session: Session, queues: Mapping[str, str]) -> Iterator[Transaction]:
    if set(queues.values()) <= session.open_queues:
        yield from read_transactions(session, queries.history_of(queues), may_hide=False)
        return
    for comments in (False, True):
        query = queries.history_of(queues, comments=comments)
        yield from read_transactions(session, query, may_hide=comments)


def _queue(ticket: Mapping[str, Any]) -> str:
    """Number of a ticket's queue; "" where it is not said, which is none that is known to be open."""
    queue = ticket.get("Queue")
    return str(queue.get("id") or "") if isinstance(queue, Mapping) else ""


def read_transactions(session: Session, query: str, *, may_hide: bool) -> Iterator[Transaction]:
    """All transactions of a query that we may see, by id. Arguments and errors as `transaction_pages`."""
    for answer in transaction_pages(session, query, may_hide=may_hide):
        yield from shown(answer)


def shown(answer: Answer) -> list[Transaction]:
    """The transactions of a page. Of some that we may not see, a row comes with nothing in it."""
    return [item for item in LISTED(answer).items if item.get("Type")]


def transaction_pages(session: Session, query: str, *, may_hide: bool) -> Iterator[Answer]:
    """The answers of a query, each going on behind the last id of the one before.

    Args:
        session: the client.
        query: in the query language.
        may_hide: rows of it may be hidden from us.

    Raises:
        ContractError: the source does not go on behind the id asked for.
    """
    last = 0
    while True:
        answer = _ask(session, query, last)
        page = 1
        while may_hide and not LISTED(answer).items and page <= LOOKS:
            page += 1
            answer = _ask(session, query, last, page=page)
        yield answer
        found = LISTED(answer)
        if not found.items or (found.total is not None and len(found.items) >= found.total):
            return  # a superuser is told how many there are behind the id asked for
        if not may_hide and len(found.items) < int(answer.body.get("per_page") or PAGE):
            return
        last = _last_id(found.items, last)


def _ask(session: Session, query: str, last: int, **parameters: int) -> Answer:
    behind = queries.together([query, queries.after(str(last))])
    return session.search("transactions", behind, per_page=PAGE, **queries.HISTORY_FIELDS, **parameters)


def _last_id(items: Sequence[Transaction], before: int) -> int:
    ids = [number_of(item) for item in items]
    if ids[0] <= before or ids != sorted(ids):
        raise _ignored(f"asked for what follows {before}, got {ids[0]} to {ids[-1]}")
    return ids[-1]


def _ignored(what: str) -> ContractError:
    return ContractError(f"the source ignores the filter: {what}", where="transactions", remedy=CHANGED)
