"""The audit trail of tickets, one request a ticket, and what it says happened.

An entry is a sentence. How the sentences read is written down nowhere, so it is not guessed further than it
goes: an entry that speaks of a change of status, owner, board or priority in the form *… from "A" to "B"*
becomes an event; one that speaks of such a change in another form rejects its ticket's trail, with the
sentence as the reason; every other entry is left with the vendor.

A payload is made here: the ticket's id, when it was changed, and the entries that were kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List, read_page
from phasewise.connectors.vendors.connectwise.lookups import board_statuses, member_ids
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.tickets import SERVICE
from phasewise.connectors.vendors.connectwise.values import Item, at, changed_at, identify, ref, text
from phasewise.connectors.vendors.connectwise.words import priority_word, state_word
from phasewise.errors import ContractError, RecordError
from phasewise.model.records.tickets import TicketEvent
from phasewise.model.words import EventKind

CHANGED_TICKETS = List(
    "/service/tickets",
    ("id", "recordType", "board/id", "_info/lastUpdated"),
    SERVICE,
    background=True,
    asks_each=True,
)
MOST_PAGES = 1_000

SUBJECTS: Mapping[str, EventKind] = {
    "status": "status",
    "owner": "assignment",
    "board": "group",
    "priority": "priority",
}
_SUBJECT = re.compile(
    r"^\W*(?:(?:service|project|ticket|record|the)\s+)*(status|owner|board|priority)\b", re.IGNORECASE
)
_CHANGE = re.compile(r"\b(?:updated|changed|modified|set|moved|reassigned|from)\b", re.IGNORECASE)
_FROM_TO = re.compile(
    r"""\bfrom:?\s+["'“‘]?(?P<old>.*?)["'”’]?\s+to:?\s+["'“‘]?(?P<new>.+?)["'”’]?\s*\.?\s*$""",
    re.IGNORECASE | re.DOTALL,
)
NOTHING = frozenset({"", "none", "(none)", "null", "blank", "unassigned", "n/a"})


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry says: which field, and its value before and after."""

    kind: EventKind
    old: str | None
    new: str | None


def audit_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The trails of the service tickets changed in a slice."""
    for page in lists.changed(session, CHANGED_TICKETS, slice_):
        yield replace(page, payloads=[_trail(session, item) for item in page.payloads])


def audit_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The events of a ticket.

    Raises:
        RecordError: an entry speaks of a change in a form that is not known (`unknown_sentence`).
    """
    groups: dict[tuple[Any, EventKind], list[tuple[Item, Change]]] = {}
    for entry in payload.get("entries") or ():
        found = read_sentence(str(entry.get("text") or ""), str(entry.get("auditSubType") or ""))
        if found is None:
            continue
        happened_at = at(entry.get("enteredDate"), "at")
        if happened_at is None:
            raise RecordError("an entry of the audit trail has no date", field="at", reason="no_date")
        groups.setdefault((happened_at, found.kind), []).append((entry, found))
    for (happened_at, kind), group in groups.items():
        # Entries have no id. Those of one second and kind are told apart by their order.
        key = f"{identify(payload)}:{happened_at:%Y%m%dT%H%M%S}:{kind}"
        for number, (entry, found) in enumerate(in_order(group), 1):
            yield _event(payload, entry, found, key if number == 1 else f"{key}:{number}", happened_at)


def in_order(group: Sequence[tuple[Item, Change]]) -> list[tuple[Item, Change]]:
    """Changes of one second as they followed each other: each begins with what the one before ended with."""
    rest = sorted(group, key=lambda one: (str(one[1].old), str(one[1].new)))
    found: list[tuple[Item, Change]] = []
    while rest:
        ends = {one[1].new for one in rest}
        last = found[-1][1].new if found else None
        # The next in the chain; at its beginning, the one that follows none of the others.
        place = next((n for n, one in enumerate(rest) if found and one[1].old == last), None)
        if place is None:
            place = next((n for n, one in enumerate(rest) if one[1].old not in ends), 0)
        found.append(rest.pop(place))
    return found


def read_sentence(sentence: str, subject: str = "") -> Change | None:
    """What a sentence of the trail says; None where it is about something else.

    Args:
        sentence: as it was written.
        subject: the entry's own word for what it is about (`auditSubType`), "" when it has none.

    Raises:
        RecordError: it is about a change that is read here, and its form is not known.
    """
    match = _SUBJECT.match(sentence)
    about = plain(match[1]) if match is not None else plain(subject)
    kind = SUBJECTS.get(about)
    if kind is None or not _CHANGE.search(sentence):
        return None
    values = _FROM_TO.search(sentence)
    if values is None:
        raise RecordError(
            f'the audit trail says "{sentence[:120]}", which is not understood',
            remedy="Report it with this sentence; the ticket's other facts are not touched",
            reason="unknown_sentence",
        )
    return Change(kind, _value(values["old"]), _value(values["new"]))


def _event(payload: Item, entry: Item, found: Change, key: str, happened_at: Any) -> TicketEvent:
    people = payload.get("memberIds") or {}
    old: str | None = found.old
    new: str | None = found.new
    if found.kind == "status":
        meanings = payload.get("statuses") or {}
        old, new = (state_word(name, meanings.get(plain(name or "")) or {}) for name in (old, new))
    elif found.kind == "priority":
        old, new = priority_word(old), priority_word(new)
    elif found.kind == "assignment":
        old, new = (None if who is None else people.get(plain(who)) for who in (old, new))
    technician = people.get(plain(str(entry.get("enteredBy") or "")))
    return TicketEvent(
        id=key,
        updated_at=changed_at(payload),
        ticket=identify(payload),
        at=happened_at,
        kind=found.kind,
        from_value=old,
        from_raw=found.old,
        to_value=new,
        to_raw=found.new,
        # Who is no member may be a workflow, a mail or a client: nothing says which.
        actor=None if technician is None else "technician",
        technician=technician,
    )


def _trail(session: Session, item: Any) -> Any:
    """The trail of a ticket as it is kept: of its entries those that may be read, and the ids of members."""
    is_service = (
        isinstance(item, Mapping) and str(item.get("recordType") or "ServiceTicket") == "ServiceTicket"
    )
    if not is_service:
        return item
    members = member_ids(session)
    entries = [kept for entry in _entries(session, identify(item)) if (kept := _kept(entry)) is not None]
    entries.sort(key=lambda entry: (str(entry["enteredDate"]), str(entry["text"])))
    named = {name for entry in entries for name in _names(entry)}
    return {
        "id": item.get("id"),
        "_info": item.get("_info"),
        "entries": entries,
        "memberIds": {name: members[name] for name in sorted(named) if name in members},
        "statuses": _meanings(session, item) if entries else {},
    }


def _meanings(session: Session, item: Item) -> dict[str, Any]:
    """What the names of the board's statuses mean, as they are compared. Entries hold names, not numbers."""
    board = ref(item, "board")
    rows = {} if board is None else board_statuses(session, board)
    return {
        plain(str(row.get("name") or "")): {key: row.get(key) for key in ("closedStatus", "escalationStatus")}
        for row in rows.values()
    }


def _entries(session: Session, ticket: str) -> Iterator[Item]:
    for page in range(1, MOST_PAGES):
        query = {"type": "Ticket", "id": int(ticket), "page": page, "pageSize": session.settings.page_size}
        answer = session.get("/system/audittrail", query, right=SERVICE, background=True)
        found = read_page(answer, session.settings.page_size)
        yield from (item for item in found.items if isinstance(item, Mapping))
        if found.is_last or not found.items:
            return
    raise ContractError(f"the audit trail of ticket {ticket} has no end", where="/system/audittrail")


def _kept(entry: Item) -> dict[str, Any] | None:
    """The entry where it is about a change that is read; others may hold what people wrote."""
    try:
        is_read = (
            read_sentence(str(entry.get("text") or ""), str(entry.get("auditSubType") or "")) is not None
        )
    except RecordError:
        is_read = True
    names = ("text", "enteredDate", "enteredBy", "auditType", "auditSubType", "auditSource")
    return {name: entry.get(name) for name in names} if is_read else None


def _names(entry: Item) -> Iterator[str]:
    """Logins of members that an entry may name."""
    yield plain(str(entry.get("enteredBy") or ""))
    try:
        found = read_sentence(str(entry.get("text") or ""), str(entry.get("auditSubType") or ""))
    except RecordError:
        return
    if found is not None and found.kind == "assignment":
        yield from (plain(who) for who in (found.old, found.new) if who is not None)


def _value(value: str) -> str | None:
    found = text(value.strip(" \"'“”‘’"))
    return None if found is None or plain(found) in NOTHING else found
