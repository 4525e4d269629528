"""A word of the settings that no record has is told, with what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from phasewise.config.settings import Settings, load_settings
from phasewise.model.records.tickets import Ticket
from phasewise.storage.engine import MspStore
from phasewise.storage.sink import MappedWord, write_page
from phasewise.sync.unmet import UnmetWord, typing_errors, unmet_words
from tests.support.pages import AT, page_of

SETTINGS = """
[msps.acme]
zone = "Europe/Madrid"
currency = "EUR"
[mapping.status]
"Parkd" = "waiting"
"Closed" = "closed"
[mapping.priority]
"Urgent" = "critical"
[connections.desk]
connector = "files"
[connections.desk.settings]
folder = "."
zone = "UTC"
[[connections.desk.settings.files]]
name = "tickets"
pattern = "tickets.csv"
record = "tickets"
key = "Number"
[connections.desk.settings.files.fields]
status = { column = "State" }
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "phasewise.toml").write_text(SETTINGS, encoding="utf-8")
    return load_settings(tmp_path / "phasewise.toml", {})


def meet(scope: MspStore, *words: str, mapped: str = "") -> None:
    """Store a page whose records have these words of `status`."""
    seen = [MappedWord("status", w, "other", "operator" if w == mapped else "default") for w in words]
    write_page(scope, page_of(Ticket(id="1", opened_at=AT), connection_id="desk", words=seen))


def test_a_typing_error_is_told_with_the_word_that_was_meant(any_msp: MspStore, settings: Settings) -> None:
    meet(any_msp, "Parked", "closed", "New")
    assert unmet_words(any_msp, settings) == [UnmetWord(("desk",), "status", "Parkd", "Parked")]
    assert typing_errors(any_msp, settings) == [
        '[mapping.status] "Parkd" is a word that no record of desk has: did you mean "Parked"?'
    ]


def test_a_word_that_only_has_not_come_yet_is_no_typing_error(any_msp: MspStore, settings: Settings) -> None:
    meet(any_msp, "New", "Parkd ", mapped="Parkd ")
    assert unmet_words(any_msp, settings) == [UnmetWord(("desk",), "status", "Closed", None)]
    assert typing_errors(any_msp, settings) == []


def test_before_anything_is_read_nothing_is_called_an_error(any_msp: MspStore, settings: Settings) -> None:
    assert unmet_words(any_msp, settings) == []
