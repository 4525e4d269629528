"""Pages of tickets: each with its whole history, and those that have left every search.

A payload is the ticket as a search lists it, and beside it `History` (its transactions), `People` (the staff
it names) and `Queues` (the queues its history names): numbers of users and queues mean nothing without them.
Persons who are not staff are hashed before anything is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from phasewise.connectors.answers import Answer
from phasewise.connectors.base import FetchContext, Page, Slice
from phasewise.connectors.paging import by_key, in_window
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.lists import ITEMS, LISTED, number_of
from phasewise.connectors.vendors.request_tracker.moments import told_at
from phasewise.connectors.vendors.request_tracker.people import is_staff, people
from phasewise.connectors.vendors.request_tracker.removed import removed_tickets
from phasewise.connectors.vendors.request_tracker.session import Session
from phasewise.connectors.vendors.request_tracker.transactions import Transaction, histories

Ticket = Mapping[str, Any]

KEPT_VALUES = frozenset({"Status", "Owner", "Queue", "Priority", "Due", "SLA", "TimeWorked", "MergedInto"})
"""Fields whose old and new values are stored; of others (subjects, people) only that they changed."""


def identify(payload: Any) -> str:
    """The ticket's number. Lists write it as text, or as a number when it is asked for."""
    return str(payload["id"])


def changed_at(payload: Any) -> datetime | None:
    """When the ticket was changed last; merging does not count."""
    return told_at(payload.get("LastUpdated"))


def ticket_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """The tickets changed in a slice, in the order of their numbers, so that none can slip between pages."""
    began, removed, beside = *removed_tickets(session, slice_, context.previous), 0
    for items in removed:
        beside += len(items)
        # A pass that goes on from an earlier run's mark still does after this page.
        yield Page(_complete(session, items, context), slice_.resume, source_time=began)
    conditions = [queries.ALL_TICKETS, *_bounds(session, slice_)]
    listed = _listing(session, conditions, queries.TICKET_FIELDS, slice_.resume)
    for page in in_window(listed, slice_, changed_at, where="tickets"):
        # What was removed is not among those listed, and so not among those declared.
        declared = None if page.declared is None else page.declared + beside
        payloads = _complete(session, page.payloads, context)
        # The pass began when the first question was answered: what was removed since, the next one sees.
        yield replace(page, payloads=payloads, declared=declared, source_time=began or page.source_time)
        began = None


def listed_ids(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """The ids of all tickets there are, merged ones included: what is not among them is gone."""
    return _listing(session, [queries.ALL_TICKETS], {"fields": "id"}, None)


def _listing(
    session: Session, conditions: Sequence[str], fields: Mapping[str, str], resume: str | None
) -> Iterator[Page]:
    """Tickets by number. The first page tells the total: only the end asks for it again."""
    first: list[Answer] = []
    totals: list[int | None] = []

    def ask(key: str | None) -> Answer:
        return session.search("tickets", queries.together([*conditions, queries.after(key)]), **fields)

    def fetch(key: str | None) -> Answer:
        return first.pop() if key is None and first else ask(key)

    def count() -> int | None:
        if not totals and resume is None:
            first.append(ask(None))
            totals.append(LISTED(first[0]).total)
        elif totals != [0]:  # an empty listing needs no second look
            again = session.search("tickets", queries.together(conditions), per_page=1)
            totals.append(LISTED(again).total)
        return totals[-1]

    return by_key(
        fetch,
        ITEMS,
        identify=identify,
        key=number_of,
        resume=resume,
        count=count,
    )


def _bounds(session: Session, slice_: Slice) -> list[str]:
    if slice_.start is None and slice_.end is None:
        return []
    return queries.in_slice("LastUpdated", slice_, session.zone())


def _complete(session: Session, items: Sequence[Ticket], context: FetchContext) -> list[Ticket]:
    found = histories(session, items)
    return [_payload(session, item, found[identify(item)], context) for item in items]


def _payload(session: Session, item: Ticket, history: Sequence[Transaction], context: FetchContext) -> Ticket:
    pseudonym = context.record.pseudonym
    owner = _number(item.get("Owner"))
    requestors = _list(item.get("Requestor"))
    clients = {number for user in requestors if (number := _number(user)) not in (None, owner)}
    staff = {owner} - {None}
    entries = []
    for transaction in history:
        entry = _entry(transaction)
        creator = entry["Creator"]
        if creator is not None and (creator in clients or not is_staff(session, creator)):
            entry["Creator"] = pseudonym(creator)
        elif creator is not None:
            staff.add(creator)
        if entry["Field"] == "Owner":
            staff |= {value for value in (entry.get("OldValue"), entry.get("NewValue")) if _is_number(value)}
        entries.append(entry)
    return {
        **_plain(item, session.settings.custom_fields),
        "Requestor": [
            _requestor(user, pseudonym)
            for user in requestors
            if user.get("hash") or user.get("id") is not None
        ],
        "History": entries,
        "People": people(session, [number for number in staff if number is not None]),
        "Queues": _queues(session, entries),
    }


def _requestor(user: Mapping[str, Any], pseudonym: Callable[[str], str]) -> dict[str, Any]:
    """A requestor without number, name and address. One out of a stored payload is so already."""
    hashed = user.get("hash") or pseudonym(str(user.get("id")))
    return {"hash": hashed, "Organization": user.get("Organization")}


def _plain(item: Ticket, custom_fields: frozenset[str]) -> dict[str, Any]:
    """The ticket without addresses, and of its custom fields only those that the settings name."""
    kept = {key: _without_address(value) for key, value in item.items() if key not in ("_url", "type")}
    kept["CustomFields"] = [
        {"name": field["name"], "values": field.get("values") or []}
        for field in _list(item.get("CustomFields"))
        if plain(str(field.get("name"))) in custom_fields
    ]
    return kept


def _without_address(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: inner for key, inner in value.items() if key not in ("_url", "type")}
    return value


def _entry(transaction: Transaction) -> dict[str, Any]:
    field = transaction.get("Field") or ""
    entry = {key: transaction.get(key) for key in ("id", "Type", "TimeTaken", "Created")}
    entry |= {"Field": field, "Creator": _number(transaction.get("Creator"))}
    if field in KEPT_VALUES:
        entry |= {key: transaction.get(key) for key in ("OldValue", "NewValue")}
    return entry


def _queues(session: Session, entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    numbers = {
        str(entry[key])
        for entry in entries
        if entry["Field"] == "Queue"
        for key in ("OldValue", "NewValue")
        if _is_number(entry.get(key))
    }
    names = session.queue_names() if numbers else {}
    return {number: names[number] for number in sorted(numbers) if number in names}


def _number(user: Any) -> str | None:
    """The number of a user in an answer, None where there is none."""
    number = user.get("id") if isinstance(user, Mapping) else None
    return str(number) if _is_number(number) else None


def _is_number(value: Any) -> bool:
    return str(value).isdecimal() and str(value).isascii()


def _list(value: Any) -> list[Any]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
