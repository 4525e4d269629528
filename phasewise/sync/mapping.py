"""The operator's words over the connector's guess.

A connector emits the vendor's word (`status_raw`) and its own guess (`status`). Where the operator's mapping
knows the word, it wins; the guess stands otherwise. Every word seen is collected with its target and whose
target it is, so that `phasewise mapping` can list what nobody has mapped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any

from phasewise.model.fields import field_infos
from phasewise.storage.sink import MappedWord

Words = Mapping[str, Mapping[str, str]]
"""Name of a mapping → vendor's word → neutral word; as in the settings."""

EVENT_MAPPINGS = frozenset({"status", "priority"})
"""Kinds of ticket events whose from and to are words of the mapping of the same name."""

CACHE_LIMIT = 20_000
"""Combinations of words remembered; a source with free text for words must not fill the memory."""


_UNDECIDED: dict[str, str] = {}
"""Stands for a combination of words not met before."""


@dataclass(slots=True)
class WordBook:
    """The operator's words and those seen so far, for one slice.

    Attributes:
        operator: the operator's mapping.
        seen: (mapping, word) → (target, origin), every word met.
        fresh: words met since the last `take_fresh`.
        decided: what to change for a combination of words met before, None for nothing.
    """

    operator: Words
    seen: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    fresh: list[MappedWord] = field(default_factory=list)
    decided: dict[tuple[Any, ...], dict[str, str] | None] = field(default_factory=dict)


def take_fresh(book: WordBook) -> list[MappedWord]:
    """The words met since the last call: those to be stored with the next page."""
    fresh, book.fresh = book.fresh, []
    return fresh


def apply(record: Any, book: WordBook) -> Any:
    """The record with the operator's words in every field that has a mapping.

    Args:
        record: as the connector emitted it.
        book: the operator's words; collects the words met.

    Returns:
        The same object where nothing changes (nearly always), else a changed copy.
    """
    kind: Any = type(record)
    pairs, values_of = _mapped_fields(kind)
    if not pairs:
        if kind.__record__.table != "ticket_events" or record.kind not in EVENT_MAPPINGS:
            return record
        pairs = (("from_value", record.kind), ("to_value", record.kind))
        values = (record.from_value, record.from_raw, record.to_value, record.to_raw)
        key = (record.kind, values)
    else:
        values = values_of(record)
        key = (kind, values)
    changes = book.decided.get(key, _UNDECIDED)
    if changes is _UNDECIDED:
        changes = _decide(pairs, values, book)
        if len(book.decided) >= CACHE_LIMIT:
            book.decided.clear()
        book.decided[key] = changes
    return record if changes is None else dataclasses.replace(record, **changes)


def _decide(
    pairs: tuple[tuple[str, str], ...], values: tuple[Any, ...], book: WordBook
) -> dict[str, str] | None:
    """Which fields change for these values (value, raw, value, raw, …); words met are noted."""
    changes: dict[str, str] = {}
    for position, (name, mapping) in enumerate(pairs):
        value, word = values[2 * position], values[2 * position + 1]
        if word is None:
            continue
        mapped = lookup(book.operator, mapping, word)
        target = value if mapped is None else mapped
        if target is None:
            continue
        origin = "default" if mapped is None else "operator"
        if book.seen.get((mapping, word)) != (target, origin):
            book.seen[mapping, word] = (target, origin)
            book.fresh.append(MappedWord(mapping, word, target, origin))
        if target != value:
            changes[name] = target
    return changes or None


def lookup(words: Words, mapping: str, word: str) -> str | None:
    """The operator's target for a vendor's word, None when the operator says nothing.

    The exact word first; then without regard to case and to spaces around it, because that is how people
    copy words from a screen.
    """
    table = words.get(mapping)
    if not table:
        return None
    exact = table.get(word)
    if exact is not None:
        return exact
    wanted = plain(word)
    return next((target for known, target in table.items() if plain(known) == wanted), None)


def plain(word: str) -> str:
    """The word as it is compared: without its case and the spaces around it."""
    return word.strip().casefold()


@cache
def _mapped_fields(kind: type[Any]) -> tuple[tuple[tuple[str, str], ...], Any]:
    """((field, mapping), …) of a record kind, and a getter of (value, raw, value, raw, …)."""
    pairs = tuple((name, info.mapping) for name, info in field_infos(kind).items() if info.mapping)
    names = [part for name, _ in pairs for part in (name, f"{name}_raw")]
    return pairs, attrgetter(*names) if names else None
