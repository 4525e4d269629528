"""Tickets that have left the listing: deleted, or merged into another one.

A search never shows a deleted ticket, whatever it asks for, and merging does not change when a ticket was
changed last. Both leave a transaction. Those tickets are searched for by their numbers, and those that no
search finds are asked for one by one: a deleted one answers with its status, a merged one with the ticket it
was merged into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.base import Slice
from phasewise.connectors.paging import DOUBTED, by_key
from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.lists import ITEMS, number_of
from phasewise.connectors.vendors.request_tracker.moments import told_at
from phasewise.connectors.vendors.request_tracker.session import Session
from phasewise.connectors.vendors.request_tracker.transactions import (
    Transaction,
    read_transactions,
    shown,
    transaction_pages,
)
from phasewise.errors import ContractError

Ticket = Mapping[str, Any]

Previous = Callable[[Sequence[str]], Mapping[str, Ticket]]
"""Payloads that are stored for these numbers."""

DELETED = "deleted"

NUMBERS_AT_A_TIME = 100

ASKED_AT_A_TIME = 20
"""Tickets that are asked for one by one before they are handed on: two requests each."""

T = TypeVar("T")


def removed_tickets(
    session: Session, slice_: Slice, previous: Previous
) -> tuple[datetime | None, Iterator[list[Ticket]]]:
    """The tickets that were deleted or merged in a slice. Without bounds: all that ever were.

    Args:
        session: the client.
        slice_: the slice.
        previous: what is stored, for tickets that nobody shows any more.

    Returns:
        The source's clock when it was asked; and the tickets as a search lists them, some at a time, without
        those that the slice's own listing shows.

    Raises:
        ContractError: the filter is ignored.
    """
    log, source_time = _log(session, slice_)
    merges = [(str(t["ObjectId"]), into) for t in log if (into := merged_into(t)) is not None]
    wanted = {str(t["ObjectId"]) for t in log if t.get("Field") != "MergedInto"}
    wanted |= {ticket for ticket, into in merges if into != ticket}
    # A ticket that others were merged into before takes them along, and they have no transaction of it.
    return source_time, _tickets(session, slice_, previous, wanted, {into for _, into in merges})


def _tickets(
    session: Session, slice_: Slice, previous: Previous, wanted: set[str], targets: set[str]
) -> Iterator[list[Ticket]]:
    found = _search(session, wanted, targets)
    away = [item for item in found.values() if not _is_listed(item, slice_)]
    yield from filter(None, _pieces(away))
    for numbers in _pieces(sorted(wanted - found.keys(), key=int), ASKED_AT_A_TIME):
        asked = [item for number in numbers if (item := _ask(session, number, previous)) is not None]
        if asked:
            yield asked


def _pieces(items: Sequence[T], size: int = NUMBERS_AT_A_TIME) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def merged_into(transaction: Transaction) -> str | None:
    """The ticket that a merge leads to. The merged ticket and its target both have such a transaction."""
    if transaction.get("Type") != "AddLink" or transaction.get("Field") != "MergedInto":
        return None
    match = re.search(r"/ticket/(\d+)$", str(transaction.get("NewValue")))
    return None if match is None else match[1]


def _log(session: Session, slice_: Slice) -> tuple[list[Transaction], datetime | None]:
    query = queries.removals(slice_, session.zone() if _has_bounds(slice_) else None)
    source_time: datetime | None = None
    found: list[Transaction] = []
    for answer in transaction_pages(session, query, may_hide=not session.tells_totals()):
        source_time = source_time or answer.source_time
        found += shown(answer)
    if any(_is_outside(transaction, slice_) for transaction in found):
        what = "asked for what was deleted and merged in a time, got what was before or after it"
        raise ContractError(f"the source ignores the filter: {what}", where="transactions", remedy=CHANGED)
    return found, source_time


def _is_outside(transaction: Transaction, slice_: Slice) -> bool:
    at = told_at(transaction.get("Created"))
    if at is None:
        return False
    is_before = slice_.start is not None and at < slice_.start - DOUBTED
    return is_before or (slice_.end is not None and at >= slice_.end + DOUBTED)


def _has_bounds(slice_: Slice) -> bool:
    return slice_.start is not None or slice_.end is not None


def _is_listed(item: Ticket, slice_: Slice) -> bool:
    at = told_at(item.get("LastUpdated"))
    if at is None or not _has_bounds(slice_):
        return True
    return (slice_.start is None or at >= slice_.start) and (slice_.end is None or at < slice_.end)


def _search(session: Session, numbers: Iterable[str], targets: Iterable[str]) -> dict[str, Ticket]:
    conditions = [("id", number) for number in sorted(numbers, key=int)]
    conditions += [("EffectiveId", number) for number in sorted(targets, key=int)]
    found: dict[str, Ticket] = {}
    for piece in _pieces(conditions):
        some = " OR ".join(f"{field} = {int(number)}" for field, number in piece)
        found |= {str(item["id"]): item for item in _found(session, f"{queries.ALL_TICKETS} AND ({some})")}
    return found


def _found(session: Session, query: str) -> Iterator[Ticket]:
    pages = by_key(
        lambda key: session.search(
            "tickets", queries.together([query, queries.after(key)]), per_page=100, **queries.TICKET_FIELDS
        ),
        ITEMS,
        identify=lambda item: str(item["id"]),
        key=number_of,
    )
    for page in pages:
        yield from page.payloads


def _ask(session: Session, number: str, previous: Previous) -> Ticket | None:
    """A ticket that no search finds, as a search would list it; None where it is not there at all."""
    answer = session.get(f"/ticket/{int(number)}", queries.TICKET_FIELDS, allow=(404,))
    item = answer.body
    if answer.status == 404:
        return None  # destroyed: a reconcile will not see it any more
    if str(item.get("id")) != number:
        known = previous([number]).get(number, {})
        told = _told_by_history(session, number, str(item["id"]))
        return None if told is None else {**known, **told}
    if item.get("Status") != DELETED:
        return None  # of a kind that no search shows: a reminder, an approval
    fields = queries.TICKET_FIELDS["fields"].split(",")
    return {
        **{name: item.get(name) for name in fields},
        "EffectiveId": number,
        "Requestor": [_contact(session, user) for user in item.get("Requestor") or ()],
    }


def _told_by_history(session: Session, number: str, target: str) -> Ticket | None:
    """A ticket that was deleted and merged: it answers as its target, and only its history is its own."""
    own = queries.history_of([number], comments=False)
    history = list(read_transactions(session, own, may_hide=False))
    times = [str(t["Created"]) for t in history]
    if not times:
        return None
    statuses = [t.get("NewValue") for t in history if t.get("Type") == "Status"]
    owners = [t.get("NewValue") for t in history if t.get("Type") == "Set" and t.get("Field") == "Owner"]
    return {
        "id": number,
        "EffectiveId": target,
        "Status": statuses[-1] if statuses else DELETED,
        "Created": min(times),
        "LastUpdated": max(times),
        **({"Owner": {"id": owners[-1]}} if owners else {}),
    }


def _contact(session: Session, user: Mapping[str, Any]) -> Mapping[str, Any]:
    """A requestor by name, as a search would list it: a single ticket does not give its number."""
    return session.account_of(str(user.get("id")), disabled=True) or {}
