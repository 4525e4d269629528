"""What a ticket's payload says, read once: its history in order, who is who, when it stopped. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from phasewise.connectors.base import RecordContext
from phasewise.connectors.parse import instant, integer, neutral_word
from phasewise.connectors.vendors.request_tracker.people import NOBODY, SYSTEM
from phasewise.connectors.vendors.request_tracker.removed import merged_into
from phasewise.errors import RecordError
from phasewise.model.words import MAPPINGS, STOPPED, ActorKind

STATUS_WORDS: Mapping[str, str] = {
    "new": "new",
    "open": "in_progress",
    "stalled": "waiting",
    "resolved": "resolved",
    "rejected": "cancelled",
    "deleted": "cancelled",
}
"""The words of Request Tracker's own life cycle."""

NEVER = datetime(1970, 1, 2, tzinfo=UTC)
"""A date that is not set is written as the beginning of 1970."""

_A_MOMENT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction.

    Attributes:
        id: its number.
        at: when it was written.
        type, field: what it is.
        old, new: values before and after, None where there is none or it is not kept.
        minutes: time that was taken with it; below zero corrects an earlier one.
        creator: number of a member of staff, hash of anybody else, None where it is not said.
    """

    id: str
    at: datetime
    type: str
    field: str
    old: str | None
    new: str | None
    minutes: int
    creator: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """A ticket's payload, read.

    Attributes:
        payload: as it was stored.
        id: the ticket's number.
        updated_at, opened_at: as the ticket says.
        history: its transactions, in order.
        statuses: (entry, word before, word after) of every change of status, in order.
        stop_words: the vendor's words for states in which this ticket has stopped.
        context: settings and more.
    """

    payload: Mapping[str, Any]
    id: str
    updated_at: datetime
    opened_at: datetime
    history: tuple[Entry, ...]
    statuses: tuple[tuple[Entry, str, str], ...]
    stop_words: frozenset[str]
    context: RecordContext

    @property
    def status(self) -> str:
        """The vendor's word for its state now."""
        return str(self.payload["Status"])

    @property
    def first_status(self) -> str:
        """The vendor's word for the state it was opened in."""
        return self.statuses[0][1] if self.statuses else self.status

    @property
    def target(self) -> str | None:
        """The ticket it was merged into, None where it is its own."""
        found = self.payload.get("EffectiveId")
        number = found.get("id") if isinstance(found, Mapping) else found
        return None if number is None or str(number) == self.id else str(number)

    def has_stopped(self, word: str) -> bool:
        """Whether a ticket with this status has stopped."""
        return word in self.stop_words

    def actor(self, entry: Entry) -> ActorKind | None:
        """Who did it: a technician, a client, or a program."""
        if entry.creator is None:
            return None
        found = self.person(entry.creator)
        if found is None:
            return "client"
        if entry.creator == SYSTEM or found.get("Name") in self.context.settings.automation_users:
            return "automation"
        return "technician"

    def technician(self, entry: Entry) -> str | None:
        """Number of the technician who did it."""
        return entry.creator if self.actor(entry) == "technician" else None

    def person(self, number: str) -> Mapping[str, Any] | None:
        """What is stored of a member of staff, None of anybody else."""
        found: Mapping[str, Any] | None = self.payload["People"].get(number)
        return found

    def owner(self, number: str | None) -> str | None:
        """The number of an owner, None for nobody."""
        if number is None or (self.person(number) or {}).get("Name") == NOBODY:
            return None
        return number

    def name(self, number: str | None) -> str | None:
        """The name of an owner, None for nobody."""
        owner = self.owner(number)
        return None if owner is None else str((self.person(owner) or {}).get("Name") or owner)


def read_facts(payload: Any, context: RecordContext) -> Facts:
    """Read a payload.

    Raises:
        RecordError: it lacks what every ticket has.
    """
    updated_at, opened_at = (_needed(payload, key) for key in ("LastUpdated", "Created"))
    if not payload.get("Status"):
        raise RecordError("the ticket has no status", field="status", reason="no_status")
    history = tuple(sorted(map(_entry, payload["History"]), key=lambda entry: int(entry.id)))
    statuses = tuple((e, e.old or "", e.new or "") for e in history if is_status(e) and e.new)
    return Facts(
        payload=payload,
        id=str(payload["id"]),
        updated_at=updated_at,
        opened_at=opened_at,
        history=history,
        statuses=statuses,
        stop_words=_stop_words(payload, statuses),
        context=context,
    )


def is_status(entry: Entry) -> bool:
    """Whether the entry is a change of status."""
    return entry.field == "Status" and entry.type in ("Status", "Set")


def is_owner(entry: Entry) -> bool:
    """Whether the entry is a change of owner; the `SetWatcher` that doubles it is not."""
    return entry.field == "Owner" and entry.type != "SetWatcher"


def merge_of(entry: Entry, ticket: str) -> str | None:
    """The ticket this one was merged into by the entry; None for the entry that the target has of it."""
    target = merged_into({"Type": entry.type, "Field": entry.field, "NewValue": entry.new})
    return None if target == ticket else target


def neutral_status(word: str) -> str:
    """Our word for a status."""
    return neutral_word(word, field="status", words=STATUS_WORDS, known=MAPPINGS["status"]) or "other"


def moment(text: Any, *, field: str) -> datetime | None:
    """An instant. Times without a zone, as the history writes them, are UTC; 1970 is no time at all."""
    at = instant(None if text is None else str(text), field=field, zone=UTC)
    return None if at is None or at < NEVER else at


def _stop_words(payload: Mapping[str, Any], statuses: Iterable[tuple[Entry, str, str]]) -> frozenset[str]:
    """The words we know, and the one with which the ticket was resolved by its own account.

    Request Tracker notes the time at which a ticket came into an inactive state of its life cycle; so a life
    cycle of the operator's own tells its words by itself.
    """
    known = {word for word, neutral in STATUS_WORDS.items() if neutral in STOPPED} | STOPPED
    resolved_at = moment(payload.get("Resolved"), field="resolved_at")
    if resolved_at is None:
        return frozenset(known)
    return frozenset(known | {new for entry, _, new in statuses if abs(entry.at - resolved_at) <= _A_MOMENT})


def _needed(payload: Mapping[str, Any], key: str) -> datetime:
    field = {"LastUpdated": "updated_at", "Created": "opened_at"}[key]
    at = moment(payload.get(key), field=field)
    if at is None:
        raise RecordError(f"the ticket has no {key}", field=field, reason="no_time")
    return at


def _entry(raw: Mapping[str, Any]) -> Entry:
    at = moment(raw.get("Created"), field="at")
    if at is None:
        raise RecordError(f"transaction {raw.get('id')} has no time", field="at", reason="no_time")
    return Entry(
        id=str(raw["id"]),
        at=at,
        type=raw.get("Type") or "",
        field=raw.get("Field") or "",
        old=_text(raw.get("OldValue")),
        new=_text(raw.get("NewValue")),
        minutes=integer(raw.get("TimeTaken"), field="minutes") or 0,
        creator=_text(raw.get("Creator")),
    )


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
