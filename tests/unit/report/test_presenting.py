"""Answers reach every terminal: without colour in a pipe, in simpler signs where ours cannot be written."""

from __future__ import annotations

import io
import sys
from datetime import date

import pytest

from phasewise.cli import presenting
from phasewise.errors import ConfigError


def written(text: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> str:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding=encoding, newline="\n"))
    presenting.show(text)
    sys.stdout.flush()
    return buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_an_answer_can_be_written_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = written("Reactive ─●─ Stable → 58 (49–66) · “x”", encoding, monkeypatch)
    assert shown.startswith("Reactive ─●─" if encoding == "utf-8" else "Reactive -*-")
    assert shown.endswith("\n")


def test_spanish_keeps_its_accents_where_they_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written("más → 12", "cp1252", monkeypatch) == "más > 12\n"


def test_a_pipe_gets_plain_text_of_a_fixed_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    layout = presenting.layout()
    assert layout.width == 100
    assert layout.paint("bad", "fail") == "fail"


@pytest.mark.parametrize(
    ("no_colour", "painted"), [(False, "\x1b[31mfail\x1b[0m"), (True, "fail")], ids=["colour", "NO_COLOR"]
)
def test_a_terminal_gets_colour_unless_it_is_not_wanted(
    no_colour: bool, painted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    assert presenting.layout().paint("bad", "fail") == painted


def test_a_language_lasts_as_long_as_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from phasewise.i18n import language

    for name in ("PHASEWISE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    with presenting.speaking("es"):
        assert language() == "es"
        with presenting.speaking_english():
            assert language() == "en"
        assert language() == "es"
    assert language() == "en"
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")
    with presenting.speaking("es"):
        assert language() == "en"


def test_a_date_is_written_one_way() -> None:
    assert presenting.parse_date("2026-06-30") == date(2026, 6, 30)
    assert presenting.parse_date(None) is None
    with pytest.raises(ConfigError, match="Write it as 2026-06-30"):
        presenting.parse_date("30.06.2026")
