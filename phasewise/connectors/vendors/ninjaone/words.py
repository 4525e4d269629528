"""The guess of our word for one of NinjaOne's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phasewise.connectors.parse import neutral_word
from phasewise.model.words import MAPPINGS


def guess(word: str | None, *, field: str, words: Mapping[str, str], mapping: str) -> Any:
    """Our word; `other` for one that nobody foresaw, None for none.

    Args:
        word: NinjaOne's.
        field: the field it fills.
        words: its words in small letters → ours.
        mapping: name of the mapping table that holds ours.
    """
    if word is None:
        return None
    return words.get(word.lower()) or neutral_word(word, field=field, words=words, known=MAPPINGS[mapping])
