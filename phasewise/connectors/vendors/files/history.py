"""The history of a ticket, out of rows that each show the ticket as it was.

A row is compared with the row before it; what differs is an event at the row's time. The first row tells the
first status, which is an event too: the state of the ticket at any later instant is that of its last status
event. Its first owner, queue and priority are no events (nobody changed them); they stand in `from_value` of
the first change, or in the ticket where there never was one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phasewise.connectors.vendors.files import rules
from phasewise.connectors.vendors.files.fields import (
    Convert,
    Filler,
    Reading,
    converter,
    fill,
    filler,
    words,
)
from phasewise.connectors.vendors.files.kinds import field_kinds
from phasewise.connectors.vendors.files.settings import FieldSettings, FileSettings, HistorySettings
from phasewise.errors import RecordError
from phasewise.model.records.tickets import TicketEvent
from phasewise.model.words import EventKind

Row = Mapping[str, Any]
"""A row of a payload: `file`, `line`, and `values`, column → text."""

_WATCHED: dict[str, EventKind] = {
    "status": "status",
    "technician": "assignment",
    "queue": "group",
    "priority": "priority",
}
"""Field of the ticket → kind of event when it changes."""

Pair = tuple[str | None, str | None]
"""Value and source's word."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A column whose changes are events.

    Attributes:
        kind: of the event.
        column: in the file.
        read: text → value and source's word, None where the text is empty.
        may_end: empty is a value too (a ticket that nobody owns any more); else the last value stands.
    """

    kind: EventKind
    column: str
    read: Callable[[str], Pair | None]
    may_end: bool


@dataclass(frozen=True, slots=True)
class History:
    """How rows become events."""

    at_column: str
    at: Convert
    watched: tuple[Watched, ...]
    comment: str | None
    by: Filler


def history(file: FileSettings, reading: Reading) -> History | None:
    """What to compare, None where the mapping has no history."""
    asked = file.history
    if asked is None:
        return None
    return History(
        at_column=asked.at,
        at=_at(asked, rules.history_format(file), reading),
        watched=tuple(
            _watched(name, file.fields[name], reading)
            for name in _WATCHED
            if name in file.fields and file.fields[name].column is not None
        ),
        comment=asked.comment,
        by=filler("ticket_events", _by(asked), reading),
    )


def row_time(asked: History, row: Row) -> datetime:
    """When a row was recorded.

    Raises:
        RecordError: it does not say, or not in the format given.
    """
    try:
        at = asked.at(row["values"].get(asked.at_column, ""))
    except RecordError as error:
        raise placed(error, row) from None
    if not isinstance(at, datetime):
        raise RecordError(
            f'the row has no time in "{asked.at_column}"',
            where=place(row),
            remedy="Without it, its changes have no place in the history",
            field="at",
            reason="bad_date",
        )
    return at


def events(ticket: str, rows: Sequence[Row], asked: History) -> Iterator[TicketEvent]:
    """The events of one ticket.

    Args:
        ticket: its id.
        rows: its rows, oldest first.
        asked: what to compare.

    Raises:
        RecordError: the time of a row with a change, or a word in it, cannot be read.
    """
    columns = [w.column for w in asked.watched] + ([asked.comment] if asked.comment else [])
    before: dict[str, Pair | None] = {w.kind: None for w in asked.watched}
    texts: list[str] | None = None
    for number, row in enumerate(rows):
        values = row["values"]
        now = [values.get(column, "") for column in columns]
        if now == texts:
            continue
        changes = _changes(asked, now, texts, before, row)
        texts = now
        if not changes:
            continue
        at, by = row_time(asked, row), fill(asked.by, values)
        for kind, old, new in changes:
            yield TicketEvent(
                id=f"{ticket}:{number}:{kind}",
                ticket=ticket,
                at=at,
                kind=kind,
                from_value=old and old[0],
                from_raw=old and old[1],
                to_value=new and new[0],
                to_raw=new and new[1],
                **by,
            )


def place(row: Row) -> str:
    """File and line of a row, for messages."""
    return f"{row['file']}:{row['line']}"


def placed(error: RecordError, row: Row) -> RecordError:
    """The error with the place of its row."""
    return RecordError(
        error.what, where=place(row), remedy=error.remedy, field=error.field, reason=error.reason
    )


def _changes(
    asked: History, now: list[str], texts: list[str] | None, before: dict[str, Pair | None], row: Row
) -> list[tuple[EventKind, Pair | None, Pair | None]]:
    """(kind, before, after) of everything that a row changed; `before` is brought up to date."""
    found: list[tuple[EventKind, Pair | None, Pair | None]] = []
    for index, watched in enumerate(asked.watched):
        if texts is not None and now[index] == texts[index]:
            continue
        try:
            new = watched.read(now[index])
        except RecordError as error:
            raise placed(error, row) from None
        old = before[watched.kind]
        if new == old or (new is None and not watched.may_end):
            continue
        before[watched.kind] = new
        if texts is not None or watched.kind == "status":
            found.append((watched.kind, old, new))
    # The comment's text is a hash by now; that it is another one is all that is wanted.
    if asked.comment and now[-1] and (texts is None or now[-1] != texts[-1]):
        found.append(("comment", None, None))
    return found


def _at(asked: HistorySettings, written_as: str, reading: Reading) -> Convert:
    field = FieldSettings(column=asked.at, format=written_as, zone=asked.zone)
    return converter(field, field_kinds("ticket_events")["at"], reading)


def _by(asked: HistorySettings) -> dict[str, FieldSettings]:
    return {
        name: field
        for name, field in (("technician", asked.technician), ("actor", asked.actor))
        if field is not None
    }


def _watched(name: str, field: FieldSettings, reading: Reading) -> Watched:
    kind = field_kinds("tickets")[name]
    read = words(field, kind, reading) if kind.kind == "words" else _plain(converter(field, kind, reading))
    assert field.column is not None
    return Watched(_WATCHED[name], field.column, read, may_end=kind.kind != "words")


def _plain(convert: Convert) -> Callable[[str], Pair | None]:
    def read(text: str) -> Pair | None:
        value = convert(text)
        return None if value is None else (value, None)

    return read
