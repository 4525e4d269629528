"""What a word probably means; a person decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.model.words import MAPPINGS
from phasewise.sync.suggestions import KNOWN, suggest


@pytest.mark.parametrize(
    ("mapping", "word", "target"),
    [
        ("status", "Parked", "waiting"),
        ("status", "On Hold", "waiting"),
        ("status", "In Progress", "in_progress"),
        ("status", "Waiting on client", "waiting"),
        ("status", "Completd", "resolved"),
        ("priority", "3 - Medium", "medium"),
        ("priority", "Priority 1 - Emergency", "critical"),
        ("priority", "P1", "critical"),
        ("type", "Service Request", "request"),
        ("role", "Senior Engineer", "technician"),
    ],
)
def test_common_words_are_recognised(mapping: str, word: str, target: str) -> None:
    assert suggest(mapping, word) == target


@pytest.mark.parametrize("word", ["Zurückgestellt", "-100", "", "???"])
def test_nothing_is_guessed_from_nothing(word: str) -> None:
    assert suggest("status", word) is None


def test_words_mapped_already_help() -> None:
    assert suggest("status", "Zurückgestellt (Kunde)", [("Zurückgestellt", "waiting")]) == "waiting"


def test_every_known_word_leads_to_one_of_ours() -> None:
    for mapping, words in KNOWN.items():
        assert set(words.values()) <= set(MAPPINGS[mapping])
        assert all(word == word.casefold() for word in words)


@given(st.sampled_from(sorted(MAPPINGS)), st.text(max_size=40))
def test_a_suggestion_is_always_one_of_our_words(mapping: str, word: str) -> None:
    found = suggest(mapping, word)
    assert found is None or (found in MAPPINGS[mapping] and found != "other")
