"""What happened to a ticket, out of the payload of its history.

Which of these fields a list of actions fills is written nowhere: an action that says nothing of a status, an
agent or a team makes no event of it, and nothing is concluded from its silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phasewise.connectors.base import RecordContext
from phasewise.connectors.parse import neutral_word, plain
from phasewise.connectors.vendors.halopsa.actions import action_id
from phasewise.connectors.vendors.halopsa.tickets import is_other, last_change
from phasewise.connectors.vendors.halopsa.values import moment, number_of, reference, text, yes
from phasewise.connectors.vendors.halopsa.words import PRIORITIES, STATUSES
from phasewise.model.records.tickets import TicketEvent
from phasewise.model.words import MAPPINGS, ActorKind, EventKind


def event_records(payload: Any, context: RecordContext) -> Iterable[TicketEvent]:
    """The events of a ticket, in the order of its actions."""
    ticket = number_of(payload)
    if is_other(payload):
        return
    words = payload.get("looked_up") or {}
    mine = [a for a in payload.get("actions") or () if _happened_here(a)]
    told = _Told(
        ticket, last_change(payload), context, words.get("statuses") or {}, words.get("priorities") or {}
    )
    mine.sort(key=_place)
    yield from _opened(told, payload, mine)
    owner: str | None = None
    for action in mine:
        at = moment(action.get("datetime"), field="at")
        if at is None:
            continue
        yield from _status(told, action, at)
        found, owner = _assignment(told, action, at, owner)
        yield from found
        yield from _group(told, action, at)
        yield from _priority(told, action, at)
        yield from _message(told, action, at)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the events of a ticket have in common; the words are those of its payload."""

    ticket: str
    updated_at: datetime | None
    context: RecordContext
    statuses: Mapping[str, str]
    priorities: Mapping[str, str]


def _place(action: Mapping[str, Any]) -> tuple[float, int]:
    at = moment(action.get("datetime"), field="at")
    return (0.0 if at is None else at.timestamp(), int(number_of(action)))


def _happened_here(action: Any) -> bool:
    """Not one that came over from a ticket merged into this: there, it is listed as well."""
    return isinstance(action, Mapping) and (
        reference(action.get("merged_from_ticketid"), field="ticket") is None
    )


def _opened(told: _Told, payload: Mapping[str, Any], mine: list[Any]) -> Iterator[TicketEvent]:
    """The state a ticket was opened in: that before its first change, else that of now."""
    at = moment(payload.get("dateoccurred"), field="at")
    if at is None:
        return
    first = next((a for a in mine if _changes_status(a)), None)
    word = (
        text(payload, "status_name") or _text((payload.get("looked_up") or {}).get("status"))
        if first is None
        else _status_word(told, first.get("old_status"))
    )
    if word is not None:
        yield TicketEvent(
            id=f"{told.ticket}:opened",
            updated_at=told.updated_at,
            ticket=told.ticket,
            at=at,
            kind="status",
            to_value=_neutral(word, "status", STATUSES),
            to_raw=word,
        )


def _status(told: _Told, action: Mapping[str, Any], at: datetime) -> Iterator[TicketEvent]:
    if not _changes_status(action):
        return
    old = _status_word(told, action.get("old_status"))
    new = text(action, "new_status_name") or _status_word(told, action.get("new_status"))
    yield _event(
        told,
        action,
        at,
        "status",
        from_value=_neutral(old, "status", STATUSES),
        from_raw=old,
        to_value=_neutral(new, "status", STATUSES),
        to_raw=new,
    )


def _changes_status(action: Mapping[str, Any]) -> bool:
    old, new = (reference(action.get(name), field=name) for name in ("old_status", "new_status"))
    return new is not None and new != old


def _assignment(
    told: _Told, action: Mapping[str, Any], at: datetime, owner: str | None
) -> tuple[list[TicketEvent], str | None]:
    """A change of the agent, and who it is from now on. An action says the new one only."""
    number = reference(action.get("new_agent"), field="to_value")
    nobody = told.context.settings.unassigned_agents
    agent = None if number is None or int(number) in nobody else number
    if number is None or agent == owner:
        return [], owner
    return [_event(told, action, at, "assignment", from_value=owner, to_value=agent, to_raw=number)], agent


def _group(told: _Told, action: Mapping[str, Any], at: datetime) -> Iterator[TicketEvent]:
    team = text(action, "new_team")
    if team is not None:
        yield _event(told, action, at, "group", to_value=team)


def _priority(told: _Told, action: Mapping[str, Any], at: datetime) -> Iterator[TicketEvent]:
    number = reference(action.get("new_priority"), field="to_value")
    if number is None:
        return
    # A change of the service level at the same time gives the number a meaning that is not looked up here.
    is_other_level = reference(action.get("new_sla_id"), field="to_value") is not None
    word = None if is_other_level else told.priorities.get(number)
    raw = word or f"priority {number}"
    yield _event(told, action, at, "priority", to_value=_neutral(raw, "priority", PRIORITIES), to_raw=raw)


def _message(told: _Told, action: Mapping[str, Any], at: datetime) -> Iterator[TicketEvent]:
    """What somebody wrote; a change without a word on it is none."""
    actor = _actor(told, action)
    if actor is None or not action.get("has_note"):
        return
    kind: EventKind = "client_reply" if actor == "client" else "comment"
    raw = "private" if yes(action.get("hiddenfromuser"), field="hiddenfromuser") else text(action, "outcome")
    yield _event(told, action, at, kind, to_raw=raw)


def _event(
    told: _Told, action: Mapping[str, Any], at: datetime, kind: EventKind, **values: Any
) -> TicketEvent:
    actor = _actor(told, action)
    return TicketEvent(
        id=f"{action_id({'ticket_id': told.ticket, **action})}:{kind}",
        updated_at=told.updated_at,
        ticket=told.ticket,
        at=at,
        kind=kind,
        actor=actor,
        technician=_agent(told, action) if actor == "technician" else None,
        **values,
    )


def _actor(told: _Told, action: Mapping[str, Any]) -> ActorKind | None:
    """Who did it; None where Halo says neither an agent nor a person of the client."""
    agent = _agent(told, action)
    if agent is not None:
        return "automation" if int(agent) in told.context.settings.automation_agents else "technician"
    is_mail_in = plain(str(action.get("emaildirection") or ""))[:1] == "i"
    user = reference(action.get("actionby_user_id"), field="actor")
    return "client" if is_mail_in or user is not None else None


def _agent(told: _Told, action: Mapping[str, Any]) -> str | None:
    nobody = told.context.settings.unassigned_agents
    names = ("who_agentid", "actionby_agent_id")
    found = (reference(action.get(name), field="technician", nobody=nobody) for name in names)
    return next((agent for agent in found if agent is not None), None)


def _status_word(told: _Told, value: Any) -> str | None:
    number = reference(value, field="status")
    return None if number is None else told.statuses.get(number, number)


def _neutral(word: str | None, mapping: str, words: Mapping[str, str]) -> str | None:
    return neutral_word(word, field=mapping, words=words, known=MAPPINGS[mapping])


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
