"""Transactions: what happened to tickets, read in the order of their ids until the end is sure.

A user without the right SuperUser is never told how many there are, and what that user may not see is left
out of a page without a word: a short page, even an empty one, need not be the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.session import LISTED, Session
from phasewise.errors import ContractError

TICKETS_AT_A_TIME = 100
"""Tickets in one query: its address stays under the 4,000 characters that every server takes."""

Transaction = Mapping[str, Any]


def histories(session: Session, tickets: Sequence[str]) -> Mapping[str, Sequence[Transaction]]:
    """The transactions of each of these tickets, oldest first.

    Args:
        session: the client.
        tickets: ids.

    Raises:
        ContractError: the filter is ignored.
    """
    found: dict[str, list[Transaction]] = {ticket: [] for ticket in tickets}
    for start in range(0, len(tickets), TICKETS_AT_A_TIME):
        some = tickets[start : start + TICKETS_AT_A_TIME]
        for transaction in read_transactions(session, queries.history_of(some)):
            ticket = str(transaction.get("ObjectId"))
            if ticket not in found:
                raise _ignored(f"asked for ticket {some[0]} and others, got one of {ticket}")
            found[ticket].append(transaction)
    return found


def read_transactions(session: Session, query: str) -> Iterator[Transaction]:
    """All transactions of a query that we may see, by id.

    Raises:
        ContractError: the source does not go on behind the id asked for.
    """
    for answer in transaction_pages(session, query):
        yield from LISTED(answer).items


def transaction_pages(session: Session, query: str) -> Iterator[Answer]:
    """The answers of a query, each going on behind the last id of the one before, to an empty one.

    An empty page is believed only if the one behind it is empty, too: all rows of a page may be hidden from
    us. That second look is left out once a query has shown full pages and no sign of hidden rows (a short
    page with more behind it).
    """
    last, pages = 0, _Pages()
    while True:
        answer = session.search("transactions", _behind(query, last), **queries.HISTORY_FIELDS)
        found = LISTED(answer)
        if not found.items and session.sees_every_row is not True:
            answer = session.search("transactions", _behind(query, last), page=2, **queries.HISTORY_FIELDS)
            found = LISTED(answer)
            pages.hides |= bool(found.items)
        yield answer
        if not found.items:
            break
        pages.see(len(found.items), int(answer.body.get("per_page") or session.settings.page_size))
        last = _last_id(found.items, last)
        if found.total is not None and len(found.items) >= found.total:
            return  # a superuser is told how many there are behind the id asked for
    if pages.hides:
        session.sees_every_row = False
    elif pages.full and session.sees_every_row is None:
        session.sees_every_row = True


@dataclass(slots=True)
class _Pages:
    """What the pages of a query showed: how many were full, and whether rows between them are hidden."""

    full: int = 0
    hides: bool = False
    was_short: bool = False

    def see(self, count: int, size: int) -> None:
        self.hides |= self.was_short
        self.was_short = count < size
        self.full += not self.was_short


def _behind(query: str, last: int) -> str:
    return f"{query} AND {queries.after(str(last))}"


def _last_id(items: Sequence[Transaction], before: int) -> int:
    ids = [int(item["id"]) for item in items]
    if ids[0] <= before or ids != sorted(ids):
        raise _ignored(f"asked for what follows {before}, got {ids[0]} to {ids[-1]}")
    return ids[-1]


def _ignored(what: str) -> ContractError:
    return ContractError(f"the source ignores the filter: {what}", where="transactions", remedy=CHANGED)
