"""The operator's words: which vendor word reads as which of ours, per table of `model.words.MAPPINGS`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from phasewise.config.values import choices, one_of
from phasewise.model.words import MAPPINGS

Words = Mapping[str, Mapping[str, str]]
"""Table name → vendor's word → our word."""


def _known_table(value: str) -> str:
    return one_of(value, tuple(MAPPINGS), "a mapping")


Table = Annotated[str, AfterValidator(_known_table)]


MappingTables = dict[Table, dict[str, str]]
"""`[mapping.status]`, `[mapping.priority]`, …: the vendor's word as the key, ours as the value."""


def wrong_words(tables: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The words that map to something that is not ours.

    Args:
        tables: as written; what is no table at all is left to the validation.

    Yields:
        (table, vendor's word, what is wrong).
    """
    for table, words in tables.items():
        known = MAPPINGS.get(table)
        if known is None or not isinstance(words, Mapping):
            continue
        for word, target in words.items():
            if isinstance(target, str) and target not in known:
                yield table, word, f'"{target}" is not a word of {table}; {choices(target, known)}'


def layered(*layers: Words) -> dict[str, dict[str, str]]:
    """The words of several layers as one, a later layer winning over an earlier one word by word.

    Args:
        layers: for a connection: the global words, its MSP's, its own.
    """
    merged: dict[str, dict[str, str]] = {}
    for layer in layers:
        for table, words in layer.items():
            merged.setdefault(table, {}).update(words)
    return merged
