"""An explanation shows everything behind a number, and cuts no table in silence."""

from __future__ import annotations

import pytest

from phasewise.analyzer.explain import Explanation, sections, shown_tables, statement_of
from phasewise.analyzer.indicator import not_measured_yet
from phasewise.errors import ConfigError
from phasewise.report.explained import explanation_json, explanation_text
from phasewise.report.layout import Layout
from tests.unit.report.samples import failing, stable

DOCUMENT = """The first line.

What it shows
-------------
Something.

    level    a - b
    ---      not a title

How to improve
--------------
Do it.
"""


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")


def explained(top: int = 10) -> Explanation:
    evidence = failing()
    tables = shown_tables(evidence.tables, top=top)
    return Explanation("acme", stable().context, statement_of("2.1"), evidence, None, DOCUMENT, tables)


def test_a_cut_table_says_how_many_rows_are_not_shown() -> None:
    text = explanation_text(explained(), Layout())
    assert "  … and 5 more" in text
    assert "Client 9" in text
    assert "Client 10" not in text
    assert explanation_json(explained(3))["tables"]["client"]["not_shown"] == 12


def test_weeks_are_shown_whole() -> None:
    rows = [{"week": f"2026-01-{day:02}", "met": day} for day in range(1, 30)]
    assert shown_tables({"week": rows}, top=2)[0].not_shown == 0


def test_the_funnel_goes_from_all_to_those_counted() -> None:
    text = explanation_text(explained(), Layout())
    assert "From all rows to those counted\n  1,500  all\n    −88  still running\n  1,412  counted\n" in text


def test_the_verdict_says_from_where_it_passes_surely() -> None:
    line = explanation_text(explained(), Layout()).splitlines()[4]
    assert line == (
        "fail   score 58 (49–66)   passes with probability 0.01   derived from records"
        "   passes surely from 93.0%"
    )


def test_the_sections_of_a_page_are_found_by_their_lines() -> None:
    assert sections(DOCUMENT) == (
        ("What it shows", "Something.\n\n    level    a - b\n    ---      not a title"),
        ("How to improve", "Do it."),
    )
    assert sections("") == ()


def test_what_is_not_measured_has_a_statement_and_what_would_show_it() -> None:
    found = Explanation(
        "acme", stable().context, statement_of("process_documentation"), not_measured_yet("1.2"), None, "", ()
    )
    text = explanation_text(found, Layout())
    assert text.startswith("1.2 process documents · Gate 1, Reactive → Stable\nThe core processes are")
    assert "  - Phasewise does not measure this yet" in text
    assert "  documentation  documents, their owners and reviews" in text


def test_an_unknown_code_lists_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"Known: 1\.1, 1\.2"):
        statement_of("5.1")
