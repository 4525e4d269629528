"""From the facts of a file to a proposed mapping, with every doubt kept beside what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phasewise.connectors.parse import boolean
from phasewise.connectors.vendors.files.inspection.facts import ColumnFacts, FileFacts
from phasewise.connectors.vendors.files.inspection.keys import KeyFacts, find_key
from phasewise.connectors.vendors.files.inspection.names import first_named, guess_word, normal, tables
from phasewise.connectors.vendors.files.inspection.times import Order, TimeGuess, with_order
from phasewise.connectors.vendors.files.kinds import FieldKind, field_kinds
from phasewise.model.records import record_kinds

WORDS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the file, how often it occurs, and the guess for it; None where there is none."""

    text: str
    count: int
    target: str | bool | None


@dataclass(frozen=True, slots=True)
class FieldProposal:
    """A column for a field.

    Attributes:
        field: of the record.
        column: of the file.
        time: how its times are written, where it holds times.
        words: for an enumeration.
        makes_record: it refers to a client or technician that is worth making.
        doubts: sentences; empty = nothing speaks against it (it is a guess all the same).
    """

    field: str
    column: str
    time: TimeGuess | None = None
    words: tuple[Word, ...] = ()
    makes_record: bool = False
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlaProposal:
    """Columns for a promise: the verdict and the deadline, either of which may be missing."""

    target: str
    outcome: FieldProposal | None
    due_at: FieldProposal | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping for a file, as far as looking at it can tell.

    Attributes:
        record: the record kind.
        record_doubt: "" or why another kind is as likely.
        key: what identifies a record.
        fields: in the order of the record.
        sla: for tickets.
        missing: texts that mean empty.
        unused: columns that nothing maps.
        left: field → why the column with its name was not taken.
    """

    record: str
    record_doubt: str
    key: KeyFacts
    fields: tuple[FieldProposal, ...]
    sla: tuple[SlaProposal, ...]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    left: Mapping[str, str]


def propose(facts: FileFacts, record: str | None = None) -> Proposal:
    """Propose a mapping.

    Args:
        facts: of the file.
        record: the record kind, where it is known.
    """
    kind, doubt = (record, "") if record is not None else _record_kind(facts)
    known = tables()["records"].get(kind, {"key": [], "fields": {}})
    key = find_key(facts, known["key"])
    times = _times(facts)
    fields, left = _fields(facts, kind, known["fields"], times)
    sla = _sla(facts, times, {f.column for f in fields}) if kind == "tickets" else ()
    used = {key.column, key.order, key.time, *(f.column for f in fields)}
    used |= {p.column for s in sla for p in (s.outcome, s.due_at) if p is not None}
    return Proposal(
        record=kind,
        record_doubt=doubt,
        key=key,
        fields=fields,
        sla=sla,
        missing=tuple(dict.fromkeys(m for c in facts.columns for m in c.markers)),
        unused=tuple(c.name for c in facts.columns if c.name not in used),
        left=left,
    )


def _record_kind(facts: FileFacts) -> tuple[str, str]:
    """The record kind whose names most headers have; the words of the file's name count too."""
    headers = [column.name for column in facts.columns]
    stem = set(normal(facts.path.name).split())
    scores: dict[str, int] = {}
    for kind, known in tables()["records"].items():
        if kind in record_kinds():
            named = sum(first_named(names, headers) is not None for names in known["fields"].values())
            scores[kind] = 2 * named + 3 * bool(stem & set(known["title_words"]))
    best, second = sorted(scores, key=lambda kind: -scores[kind])[:2]
    if scores[best] == 0:
        return best, "no header has a name that is known: this is the commonest kind, no more"
    if scores[second] * 3 >= scores[best] * 2:
        return best, f"{second} fits nearly as well"
    return best, ""


def _times(facts: FileFacts) -> dict[str, TimeGuess]:
    """Column → its date format. What is ambiguous takes the order of the others of this file."""
    guesses = {column.name: guess for column in facts.columns if (guess := column.time) is not None}
    orders = {g.order for g in guesses.values() if g.order in {"day", "month"}}
    if len(orders) != 1:
        return guesses
    order: Order = orders.pop()
    sure = next(name for name, g in guesses.items() if g.order == order)
    return {
        name: with_order(g, order, f"{g.why}; taken as in {sure}, which is {order} first")
        if g.order == ""
        else g
        for name, g in guesses.items()
    }


def _fields(
    facts: FileFacts, record: str, known: Mapping[str, Sequence[str]], times: Mapping[str, TimeGuess]
) -> tuple[tuple[FieldProposal, ...], dict[str, str]]:
    found: list[FieldProposal] = []
    left: dict[str, str] = {}
    taken: set[str] = set()
    kinds = field_kinds(record)
    for name, names in known.items():
        free = [c.name for c in facts.columns if c.name not in taken]
        header = first_named(names, free)
        if header is None:
            continue
        column = facts.column(header)
        misfit = _misfit(column, kinds[name], times.get(header))
        if misfit:
            left[name] = f'"{header}" has its name, but {misfit}'
            continue
        if not _may_share(kinds[name]):
            taken.add(header)
        found.append(_field(column, kinds[name], times.get(header)))
    order = list(kinds)
    return tuple(sorted(found, key=lambda f: order.index(f.field))), left


def _may_share(kind: FieldKind) -> bool:
    """A key is often also the number people know; everything else has a column of its own."""
    return kind.name == "number"


def _misfit(column: ColumnFacts, kind: FieldKind, time: TimeGuess | None) -> str:
    """Why a column cannot fill a field, "" when it can."""
    numbers = {column.points, column.commas}
    tests: dict[str, tuple[bool, str]] = {
        "instant": (time is not None and time.has_time, "it holds no times of day"),
        "date": (time is not None, "it holds no dates"),
        "integer": (column.is_integer, "it holds no whole numbers"),
        "minutes": (column.is_integer, "it holds no whole numbers"),
        "money": (column.filled in numbers, "it holds no amounts"),
        "boolean": (column.is_boolean, "it does not say yes or no"),
        "words": (column.distinct is not None, "it has too many different values for a list of words"),
    }
    if not column.filled:
        return "it is empty"
    fits, why = tests.get(kind.kind, (True, ""))
    return "" if fits else why


def _field(column: ColumnFacts, kind: FieldKind, time: TimeGuess | None) -> FieldProposal:
    doubts: list[str] = []
    is_time = kind.kind in {"instant", "date"}
    if is_time and time is not None and not time.is_certain:
        doubts += [time.why] if time.why else []
        if time.others:
            doubts.append(f"{time.others:,} values are written otherwise and will be rejects")
    words = _words(column, kind) if kind.kind == "words" else ()
    return FieldProposal(
        field=kind.name,
        column=column.name,
        time=time if is_time else None,
        words=words,
        makes_record=kind.info.reference in {"clients", "technicians"},
        doubts=tuple(doubts),
    )


def _words(column: ColumnFacts, kind: FieldKind) -> tuple[Word, ...]:
    mapping = kind.info.mapping or "sla_outcome"
    found = (column.words or {}).items()
    return tuple(
        Word(text, count, _target(mapping, text, kind.words))
        for text, count in sorted(found, key=lambda item: -item[1])[:WORDS_SHOWN]
    )


def _target(mapping: str, text: str, known: tuple[str, ...]) -> str | None:
    guess = guess_word(mapping, text)
    return guess if guess in known else None


def _sla(facts: FileFacts, times: Mapping[str, TimeGuess], taken: set[str]) -> tuple[SlaProposal, ...]:
    found = []
    kinds = field_kinds("sla_results")
    free = [c.name for c in facts.columns if c.name not in taken and c.filled]
    for target, known in tables()["sla"].items():
        outcome = _outcome(facts, known, free)
        header = first_named(known["due_at"], free)
        time = times.get(header) if header is not None else None
        due = None
        if header is not None and time is not None and time.has_time:
            due = _field(facts.column(header), kinds["due_at"], time)
        if outcome is not None or due is not None:
            found.append(SlaProposal(target, outcome, due))
    return tuple(found)


def _outcome(facts: FileFacts, known: Mapping[str, Any], free: list[str]) -> FieldProposal | None:
    for list_name, meaning in (("met", ("met", "missed")), ("missed", ("missed", "met"))):
        header = first_named(known[list_name], free)
        if header is not None and facts.column(header).is_boolean:
            return FieldProposal("vendor_outcome", header, words=_yes_no(facts.column(header), meaning))
    header = first_named([*known["outcome"], *known["met"]], free)
    if header is None or not facts.column(header).is_enumeration:
        return None
    return _field(facts.column(header), field_kinds("sla_results")["vendor_outcome"], None)


def _yes_no(column: ColumnFacts, meaning: tuple[str, str]) -> tuple[Word, ...]:
    return tuple(
        Word(text, count, meaning[0] if boolean(text, field="outcome") else meaning[1])
        for text, count in (column.words or {}).items()
    )
