"""What happened to a ticket, out of its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phasewise.connectors.parse import integer
from phasewise.connectors.vendors.request_tracker.facts import (
    Entry,
    Facts,
    is_owner,
    is_status,
    merge_of,
    neutral_status,
)
from phasewise.connectors.vendors.request_tracker.words import neutral_priority
from phasewise.model.records.tickets import TicketEvent
from phasewise.model.words import EventKind


def ticket_events(facts: Facts) -> Iterator[TicketEvent]:
    """The events of a ticket, in order. An event has the number of its transaction."""
    for entry in facts.history:
        yield from _events(facts, entry)


def _events(facts: Facts, entry: Entry) -> Iterator[TicketEvent]:
    target = merge_of(entry, facts.id)
    if target is not None:
        yield _event(facts, entry, "merge", to_value=target, to_raw=target)
        yield _merged(facts, entry)
    elif entry.type == "Create":
        yield from _opened(facts, entry)
    elif is_status(entry) and entry.new is not None:
        yield _event(facts, entry, "status", **_status(entry.old, entry.new))
    elif is_owner(entry):
        yield _event(facts, entry, "assignment", **_owners(facts, entry.old, entry.new))
    elif entry.type == "Set" and entry.field == "Queue":
        names = [facts.payload["Queues"].get(number, number) for number in (entry.old, entry.new)]
        yield _event(facts, entry, "group", from_value=names[0], to_value=names[1])
    elif entry.type == "Set" and entry.field == "Priority":
        yield _event(facts, entry, "priority", **_priorities(facts, entry))
    elif entry.type in ("Correspond", "Comment"):
        is_reply = facts.actor(entry) == "client"
        yield _event(facts, entry, "client_reply" if is_reply else "comment", to_raw=entry.type)


def _opened(facts: Facts, entry: Entry) -> Iterator[TicketEvent]:
    """The state and the owner a ticket was opened with: no transaction says them."""
    yield _event(facts, entry, "status", **_status(None, facts.first_status))
    first = next((e for e in facts.history if is_owner(e)), None)
    owner = (facts.payload.get("Owner") or {}).get("id") if first is None else first.old
    if facts.owner(None if owner is None else str(owner)) is not None:
        owners = _owners(facts, None, str(owner))
        yield _event(facts, entry, "assignment", ":assignment", **owners)


def _merged(facts: Facts, entry: Entry) -> TicketEvent:
    """Merging leaves the status as it is. For us it is a state, so that the ticket stops in it."""
    before = [new for e, _, new in facts.statuses if int(e.id) < int(entry.id)]
    word = before[-1] if before else facts.first_status
    merged = {"to_value": "merged", "to_raw": "merged"}
    return _event(facts, entry, "status", ":status", **{**_status(word, word), **merged})


def _event(facts: Facts, entry: Entry, kind: EventKind, suffix: str = "", **values: Any) -> TicketEvent:
    return TicketEvent(
        id=entry.id + suffix,
        updated_at=entry.at,
        ticket=facts.id,
        at=entry.at,
        kind=kind,
        actor=facts.actor(entry),
        technician=facts.technician(entry),
        **values,
    )


def _status(old: str | None, new: str) -> dict[str, Any]:
    return {
        "from_value": None if old is None else neutral_status(old),
        "from_raw": old,
        "to_value": neutral_status(new),
        "to_raw": new,
    }


def _owners(facts: Facts, old: str | None, new: str | None) -> dict[str, Any]:
    return {
        "from_value": facts.owner(old),
        "from_raw": facts.name(old),
        "to_value": facts.owner(new),
        "to_raw": facts.name(new),
    }


def _priorities(facts: Facts, entry: Entry) -> dict[str, Any]:
    settings = facts.context.settings
    old, new = (integer(value, field="priority") for value in (entry.old, entry.new))
    return {
        "from_value": neutral_priority(old, settings),
        "from_raw": entry.old,
        "to_value": neutral_priority(new, settings),
        "to_raw": entry.new,
    }
