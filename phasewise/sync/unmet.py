"""Words that the settings map and no record has: most often a typing error, which maps nothing in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from phasewise.config.settings import Settings
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.sync.mapping import plain

LIKENESS = 0.75
"""How alike a word of the settings and one of a record must be (0-1, by difflib) to be taken for the same."""

SEEN = "SELECT connection_id, mapping, word, origin FROM mapped_words WHERE msp_id = :msp_id"


@dataclass(frozen=True, slots=True)
class UnmetWord:
    """A word of the settings that no record of its connections has had.

    Attributes:
        connections: those that it is for, by name.
        mapping: the mapping table.
        word: as written in the settings.
        near: a word of their records that nobody maps and that is nearly the same; None where there is none.
    """

    connections: tuple[str, ...]
    mapping: str
    word: str
    near: str | None


def unmet_words(scope: MspStore, settings: Settings) -> list[UnmetWord]:
    """The words of the settings that no record of any connection they are for has had, likely errors first.

    A mapping of which a connection has met no word at all says nothing: its records have not been read yet,
    or have no such field.

    Args:
        scope: the MSP's store.
        settings: loaded settings.

    Raises:
        StoreError: the store cannot be read.
    """
    seen: dict[tuple[str, str], dict[str, str]] = {}
    for row in read_frame(scope, SEEN):
        seen.setdefault((row["connection_id"], row["mapping"]), {})[row["word"]] = row["origin"]
    meant: dict[tuple[str, str], list[str]] = {}
    for name, connection in settings.connections_of(scope.msp_id).items():
        for mapping, words in connection.mapping.items():
            for word in words:
                meant.setdefault((mapping, word), []).append(name)
    found = [
        UnmetWord(tuple(names), mapping, word, _near(word, [seen[name, mapping] for name in names]))
        for (mapping, word), names in meant.items()
        if all(seen.get((name, mapping)) for name in names)
        and not any(_is_met(word, seen[name, mapping]) for name in names)
    ]
    return sorted(found, key=lambda one: (one.near is None, one.connections, one.mapping, one.word))


def typing_errors(scope: MspStore, settings: Settings) -> list[str]:
    """A sentence for every word of the settings that is nearly, and not quite, a word of the records."""
    return [
        f'[mapping.{one.mapping}] "{one.word}" is a word that no record of {", ".join(one.connections)} has: '
        f'did you mean "{one.near}"?'
        for one in unmet_words(scope, settings)
        if one.near is not None
    ]


def _is_met(word: str, seen: Mapping[str, str]) -> bool:
    return any(plain(one) == plain(word) for one in seen)


def _near(word: str, seen: list[dict[str, str]]) -> str | None:
    unmapped = {plain(one): one for words in seen for one, origin in words.items() if origin == "default"}
    near = get_close_matches(plain(word), list(unmapped), n=1, cutoff=LIKENESS)
    return unmapped[near[0]] if near else None
