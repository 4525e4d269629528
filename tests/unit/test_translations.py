"""Every text that is shown has its Spanish; the catalogue is current and compiled."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog

from phasewise.i18n import gettext, language, ngettext
from tools.translations import PO, is_compiled, po_text, stored, updated, waiting, wrong


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return updated()


def test_every_text_is_translated(catalog: Catalog) -> None:
    assert waiting(catalog) == []


def test_translations_name_the_same_placeholders(catalog: Catalog) -> None:
    assert wrong(catalog) == []


def test_the_catalogue_is_current(catalog: Catalog) -> None:
    assert PO.read_bytes() == po_text(catalog), "run python tools/translations.py"


def test_the_compiled_catalogue_says_what_the_catalogue_says() -> None:
    assert is_compiled(stored()), "run python tools/translations.py"


def test_texts_are_shown_in_the_language_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "es")
    assert gettext("Scalable") == "Escalable"
    assert ngettext("%(count)d day", "%(count)d days", 3) % {"count": 3} == "3 días"
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")
    assert gettext("Scalable") == "Scalable"


def test_a_language_without_a_catalogue_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "fi_FI.UTF-8")
    assert language() == "en"
