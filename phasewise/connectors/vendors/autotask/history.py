"""What happened to tickets: one request a ticket, as Autotask lists a history by exactly one ticket.

So only tickets that changed are asked about, in the background, newest first, half a year back. What `action`
and `detail` look like is documented nowhere: the forms below are read, and a history that speaks of a state,
a priority, a queue or an owner in another form is a reject, never a ticket to which nothing happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.paging import by_next
from phasewise.connectors.vendors.autotask import words
from phasewise.connectors.vendors.autotask.entities import HISTORY, TICKETS
from phasewise.connectors.vendors.autotask.listing import changed_pages, read
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    Payload,
    at,
    identify,
    latest,
    number,
    reference,
    text,
    word,
)
from phasewise.errors import ContractError, RecordError
from phasewise.model.records.tickets import TicketEvent
from phasewise.model.words import ActorKind, EventKind

ROWS = "TicketHistory"
"""Key under which a payload carries the rows of a ticket's history."""

TICKETS_A_PAGE = 50
"""So many requests until what came is stored."""

STAMPS = replace(TICKETS, fields=("id", *TICKETS.changed), labelled=(), together=HISTORY.together)

WATCHED: tuple[tuple[str, EventKind], ...] = (
    ("status", "status"),
    ("priority", "priority"),
    ("queue", "group"),
    ("primary resource", "assignment"),
    ("assigned resource", "assignment"),
    ("resource", "assignment"),
)
"""A field as people see it → what a change of it is."""

_FIELD = "|".join(name for name, _ in WATCHED)
_SPEAKS_OF = re.compile(rf"\b(?:{_FIELD})\b", re.IGNORECASE)
_BEGINS_WITH = re.compile(rf"\s*(?:ticket\s+)?(?:{_FIELD})\b", re.IGNORECASE)
_VALUE = r"""["']?(?P<{0}>.*?)["']?"""
_FROM_TO = rf"from:?\s+{_VALUE.format('old')}\s+to:?\s+{_VALUE.format('new')}"
_ARROW = rf"{_VALUE.format('old')}\s*(?:->|-->|=>|→)\s*{_VALUE.format('new')}"
_NAME = rf"(?:ticket\s+)?(?P<field>{_FIELD})"
_FORMS = tuple(
    re.compile(form + r"\s*\.?\s*", re.IGNORECASE)
    for form in (
        rf"{_NAME}\s*:?\s*(?:was\s+|has\s+been\s+)?(?:changed|updated|edited)?\s*{_FROM_TO}",
        rf"(?:changed|updated|edited)\s+(?:the\s+)?{_NAME}\s+{_FROM_TO}",
        rf"{_NAME}\s*:?\s*{_ARROW}",
    )
)
_BARE = tuple(re.compile(form + r"\s*\.?\s*", re.IGNORECASE) for form in (_FROM_TO, _ARROW))
_LINES = re.compile(r"\r?\n|<br\s*/?>", re.IGNORECASE)
_NOTHING = frozenset({"", "(none)", "none", "null", "[none]", "unassigned"})


def history_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The histories of the tickets that changed within a slice."""
    for page in changed_pages(session, slice_, STAMPS, size=TICKETS_A_PAGE, background=True):
        yield replace(page, payloads=[_with_history(session, row) for row in page.payloads])


def _with_history(session: Session, row: Any) -> Any:
    if not isinstance(row, Mapping) or not isinstance(row.get("id"), int):
        return row
    ticket: int = row["id"]
    # Anything beside this one condition is refused: no bound in time, no list of fields.
    body = {"filter": [{"op": "eq", "field": "ticketID", "value": ticket}]}

    def fetch(link: str | None) -> Answer:
        return session.query(HISTORY, body, link=link, background=True)

    rows = [item for page in by_next(fetch, read, identify=identify) for item in page.payloads]
    strangers = [item.get("ticketID") for item in rows if item.get("ticketID") not in (ticket, None)]
    if strangers:
        raise ContractError(
            f"the source ignores the filter: asked for ticket {ticket}, got one of {strangers[0]}",
            where=HISTORY.name,
            remedy=CHANGED,
        )
    return {**row, ROWS: [_without_text(item) for item in rows]}


def _without_text(item: Payload) -> dict[str, Any]:
    """A row; its detail only where it tells a change that we read, as it may quote what people wrote."""
    detail = text(item, "detail")
    is_ours = bool(_SPEAKS_OF.search(str(item.get("action") or ""))) or (
        detail is not None and any(map(_tells, _lines(detail)))
    )
    kept = {name: item.get(name) for name in ("id", "ticketID", "action", "date", "resourceID")}
    return {**kept, "detail": detail if is_ours else None}


def _lines(detail: str) -> list[str]:
    """Its lines, with one blank where there are several: the forms must not try every length of a gap."""
    return [plain for line in _LINES.split(detail) if (plain := " ".join(line.split()))]


def _tells(line: str) -> bool:
    return bool(_BEGINS_WITH.match(line)) or any(form.fullmatch(line) for form in _FORMS)


def history_records(payload: Any, context: RecordContext) -> Iterable[TicketEvent]:
    """The events of a ticket, in the order of its history.

    Raises:
        RecordError: a row speaks of something that is read, in a form that is not known.
    """
    for row in payload.get(ROWS) or ():
        changes = _changes(row)
        for place, (kind, old, new) in enumerate(changes):
            yield _event(row, kind, old, new, context, ticket=identify(payload), place=place)


def history_changed_at(payload: Any) -> Any:
    """When the ticket of a history last changed."""
    return latest(payload, *TICKETS.changed)


def _changes(row: Payload) -> list[tuple[EventKind, str | None, str | None]]:
    action, detail = text(row, "action") or "", text(row, "detail") or ""
    found = []
    for line in _lines(detail):
        match = next((m for form in _FORMS if (m := form.fullmatch(line))), None)
        if match is not None:
            found.append((_kind(match["field"]), _value(match["old"]), _value(match["new"])))
        elif (bare := _bare(action, line)) is not None:
            found.append(bare)
        elif _BEGINS_WITH.match(line):
            raise _unread(action, line)
    if not found and _SPEAKS_OF.search(action):
        raise _unread(action, detail)
    return found


def _bare(action: str, line: str) -> tuple[EventKind, str | None, str | None] | None:
    """A change whose field is named by the action alone."""
    named = _SPEAKS_OF.search(action)
    match = next((m for form in _BARE if (m := form.fullmatch(line))), None)
    if named is None or match is None:
        return None
    return _kind(named[0]), _value(match["old"]), _value(match["new"])


def _kind(field: str) -> EventKind:
    return dict(WATCHED)[field.casefold()]


def _value(said: str) -> str | None:
    plain = said.strip()
    return None if plain.casefold() in _NOTHING else plain


def _event(
    row: Payload,
    kind: EventKind,
    old: str | None,
    new: str | None,
    context: RecordContext,
    *,
    ticket: str,
    place: int,
) -> TicketEvent:
    moment = at(row, "date", field="at")
    if moment is None:
        raise RecordError("a row of the history has no date", field="at", reason="missing_date")
    return TicketEvent(
        id=identify(row) if place == 0 else f"{identify(row)}:{place}",
        updated_at=moment,
        ticket=ticket,
        at=moment,
        kind=kind,
        from_value=_neutral(kind, old),
        from_raw=old,
        to_value=_neutral(kind, new),
        to_raw=new,
        actor=_actor(row, context),
        technician=reference(row, "resourceID"),
    )


def _neutral(kind: EventKind, said: str | None) -> str | None:
    if kind == "status":
        return word(said, field="status", mapping="status", words=words.STATUS)  # type: ignore[no-any-return]  # a word of ours
    if kind == "priority":
        return word(said, field="priority", mapping="priority", words=words.PRIORITY)  # type: ignore[no-any-return]  # a word of ours
    return said


def _actor(row: Payload, context: RecordContext) -> ActorKind | None:
    resource = number(row, "resourceID", field="technician")
    if resource is None:
        return None
    return "automation" if resource in context.settings.automation_resources else "technician"


def _unread(action: str, detail: str) -> RecordError:
    return RecordError(
        f'"{action[:60]}: {detail[:80]}" tells a change in a form that is not known',
        remedy="Report it: the form of Autotask's ticket history is documented nowhere",
        field="kind",
        reason="unknown_history",
    )
