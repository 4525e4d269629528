"""From a ticket's payload to its records: ticket, client, staff, events, working time, what was promised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, cast

from phasewise.connectors.base import RecordContext
from phasewise.connectors.parse import integer, neutral_word, plain
from phasewise.connectors.vendors.request_tracker.events import ticket_events
from phasewise.connectors.vendors.request_tracker.facts import (
    Entry,
    Facts,
    is_owner,
    moment,
    neutral_status,
    read_facts,
)
from phasewise.connectors.vendors.request_tracker.people import NOBODY, SYSTEM, Person
from phasewise.connectors.vendors.request_tracker.promises import promises
from phasewise.connectors.vendors.request_tracker.removed import DELETED
from phasewise.connectors.vendors.request_tracker.settings import RequestTrackerSettings
from phasewise.connectors.vendors.request_tracker.words import neutral_priority
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.tickets import Ticket
from phasewise.model.records.time import TimeEntry
from phasewise.model.words import MAPPINGS, Responder, TicketStatus, TicketType

MERGED = "merged"


def ticket_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """Every record of a ticket.

    Raises:
        RecordError: the payload lacks what every ticket has.
    """
    facts = read_facts(payload, context)
    client = _client(payload, context.settings)
    answer = first_answer(facts)
    yield _ticket(facts, client, answer)
    if client is not None:
        yield client
    yield from _staff(payload["People"], context.settings)
    yield from ticket_events(facts)
    yield from _time_entries(facts, client)
    yield from promises(facts, answer)


def is_deleted(payload: Any) -> bool:
    """Whether the ticket was deleted: the status is all there is of it."""
    return bool(payload.get("Status") == DELETED)


def technician_of(number: str, person: Person) -> Technician:
    """The record of a user that works tickets."""
    return Technician(
        id=number,
        name=person.get("RealName") or person.get("Name"),
        is_active=person.get("Enabled"),
    )


def first_answer(facts: Facts) -> Entry | None:
    """The first message to the client that did not come from a client."""
    return next((e for e in facts.history if e.type == "Correspond" and facts.actor(e) != "client"), None)


def _ticket(facts: Facts, client: Client | None, answer: Entry | None) -> Ticket:
    payload, settings = facts.payload, cast("RequestTrackerSettings", facts.context.settings)
    priority = integer(payload.get("Priority"), field="priority")
    first_priority = _first_priority(facts, priority)
    type_ = _custom(payload, settings.type_field)
    requestors = payload.get("Requestor") or []
    target = facts.target
    return Ticket(
        id=facts.id,
        updated_at=facts.updated_at,
        client=None if client is None else client.id,
        requester=requestors[0]["hash"] if requestors else None,
        technician=facts.owner(_owner(payload)),
        parent=target,
        title=payload.get("Subject") or None,
        type=cast("TicketType | None", neutral_word(type_, field="type", words={}, known=MAPPINGS["type"])),
        type_raw=type_,
        category=_custom(payload, settings.category_field),
        priority=neutral_priority(priority, settings),
        priority_raw=None if priority is None else str(priority),
        first_priority=neutral_priority(first_priority, settings),
        first_priority_raw=None if first_priority is None else str(first_priority),
        queue=(payload.get("Queue") or {}).get("Name"),
        status=cast("TicketStatus", MERGED if target else neutral_status(facts.status)),
        status_raw=MERGED if target else facts.status,
        opened_at=facts.opened_at,
        first_response_at=None if answer is None else answer.at,
        first_response_by=None if answer is None else _responder(facts, answer),
        resolved_at=_resolved_at(facts),
        reopened_count=sum(
            facts.has_stopped(old) and not facts.has_stopped(new) for _, old, new in facts.statuses
        ),
        reassigned_count=_reassigned(facts),
        group_reassigned_count=sum(e.field == "Queue" and e.type == "Set" for e in facts.history),
    )


def _resolved_at(facts: Facts) -> Any:
    """When it was resolved last; null once it was opened again, and where nothing was done (cancelled)."""
    at = moment(facts.payload.get("Resolved"), field="resolved_at")
    if at is None or not facts.has_stopped(facts.status):
        return None
    stops = [new for _, old, new in facts.statuses if facts.has_stopped(new) and not facts.has_stopped(old)]
    return None if neutral_status(stops[-1] if stops else facts.status) == "cancelled" else at


def _responder(facts: Facts, answer: Entry) -> Responder | None:
    return {"technician": "human", "automation": "automation"}.get(facts.actor(answer) or "")  # type: ignore[return-value]  # the two words


def _reassigned(facts: Facts) -> int:
    """Times the ticket passed from one person to another; the first owner is no change."""
    owners = [
        owner for e in facts.history if is_owner(e) for owner in (facts.owner(e.old), facts.owner(e.new))
    ]
    named = [owner for owner in owners if owner is not None]
    return sum(before != after for before, after in pairwise(named))


def _first_priority(facts: Facts, priority: int | None) -> int | None:
    first = next((e for e in facts.history if e.field == "Priority" and e.type == "Set"), None)
    return priority if first is None else integer(first.old, field="first_priority")


def _client(payload: Mapping[str, Any], settings: RequestTrackerSettings) -> Client | None:
    if settings.client_from == "queue":
        queue = payload.get("Queue") or {}
        return None if queue.get("id") is None else Client(id=str(queue["id"]), name=queue.get("Name"))
    if settings.client_from == "custom_field":
        name = _custom(payload, settings.client_field)
    else:
        told = [str(user.get("Organization") or "").strip() for user in payload.get("Requestor") or ()]
        name = next(filter(None, told), None)
    return None if name is None else Client(id=name, name=name)


def _custom(payload: Mapping[str, Any], name: str) -> str | None:
    """The first value of a custom field, None where it has none."""
    for field in payload.get("CustomFields") or ():
        if name and plain(str(field.get("name"))) == plain(name):
            values = [value.strip() for value in field.get("values") or () if isinstance(value, str)]
            return next(filter(None, values), None)
    return None


def _owner(payload: Mapping[str, Any]) -> str | None:
    number = (payload.get("Owner") or {}).get("id")
    return None if number is None else str(number)


def _staff(people: Mapping[str, Person], settings: RequestTrackerSettings) -> Iterator[Technician]:
    for number, person in people.items():
        name = person.get("Name")
        if number != SYSTEM and name not in (None, NOBODY) and name not in settings.automation_users:
            yield technician_of(number, person)


def _time_entries(facts: Facts, client: Client | None) -> Iterator[TimeEntry]:
    for entry in facts.history:
        if entry.minutes:
            yield TimeEntry(
                id=entry.id,
                updated_at=entry.at,
                technician=facts.technician(entry),
                ticket=facts.id,
                client=None if client is None else client.id,
                entered_at=entry.at,
                minutes=entry.minutes,
            )
