"""The first screen, to the letter."""

from __future__ import annotations

from datetime import date

import pytest

from phasewise.report.build import report_of
from phasewise.report.layout import Layout
from phasewise.report.model import Move, Since
from phasewise.report.past import Past
from phasewise.report.screen import first_screen
from tests.unit.report.samples import analysis, failing, stable

NOTHING_BEFORE = Past(None)
MOVED = Since(date(2026, 11, 15), True, None, (Move("2.1", "52 (fail)", "58 (fail)"),))


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")


def test_a_decided_phase_says_what_limits_it_and_what_moved() -> None:
    past = Past(MOVED)
    assert first_screen(report_of(stable(), past, 24), Layout()).splitlines() == [
        "Acme IT · as of Sun 22 Nov 2026 (Europe/Madrid) · edition 7f3a12bc · 24 months of tickets",
        "STABLE   since Jul 2026 or before   ceiling: Stable   decided: yes",
        "  Reactive ─●─ Stable ─○─ Proactive ─◌─ Scalable      Reactive 0.05  Stable 0.94  undecided 0.01",
        "",
        "Stable: gate 2 is not passed. Failing: 2.1 SLA adherence.",
        "",
        "Gate 1    1.1 consistent tickets     pass     88 (84–91)",
        "          1.2 process documents      pass     88 (84–91)",
        "          1.3 time for improvement   pass     88 (84–91)",
        "          1.4 consistent billing     pass     88 (84–91)",
        "          1.5 recurring work known   pass     88 (84–91)",
        "Gate 2    2.1 SLA adherence          fail     58 (49–66)  resolution 86.4% of 1,412. two weeks fell",
        "                                                          short: 2026-10-05, 2026-10-19",
        "          2.2 repeatable onboarding  unknown  –           No connected system has projects",
        "          2.3, 2.4, 2.5              unknown  –           not measured yet",
        "Gate 3    3.1, 3.2, 3.3, 3.4, 3.5    unknown  –           not measured yet",
        "Thriving  4.1, 4.2, 4.3, 4.4, 4.5    unknown  –           not measured yet",
        "",
        "Limiting: 2.1. two weeks fell short: 2026-10-05, 2026-10-19.  → phasewise explain 2.1",
        "Would decide most: projects (2.2)",
        "Since last week: 2.1 52 (fail) → 58 (fail); nothing else moved.",
        "",
        "Data: 2 of 2 streams complete, 2 h old; 41 rows of tickets with an unmapped type (touches 1.1, 1.5)",
    ]


def test_an_undecided_phase_is_called_a_floor_and_incomplete_data_is_named() -> None:
    screen = first_screen(
        report_of(analysis({"2.1": failing()}, incomplete=1), NOTHING_BEFORE, None), Layout()
    )
    lines = screen.splitlines()
    assert lines[0] == "Acme IT · as of Sun 22 Nov 2026 (Europe/Madrid) · edition 7f3a12bc"
    assert lines[1] == "REACTIVE   ceiling: Stable   decided: no"
    assert lines[2] == "  Reactive ─◌─ Stable ─○─ Proactive ─◌─ Scalable      undecided 1.00"
    assert lines[3].startswith("  held since 31 May 2026 or before: gate 1 cannot be judged (1.1, 1.2")
    assert lines[5].startswith("At least Reactive: none of the 5 of gate 1 is known")
    assert (
        "Data: 1 of 2 streams complete, 2 h old; tickets of desk is not complete: the source says" in screen
    )
    assert "Limiting" not in screen
    assert "Since" not in screen


def test_a_change_of_the_rules_is_said_where_something_moved() -> None:
    moved = Since(date(2026, 11, 15), False, "Reactive", ())
    screen = first_screen(report_of(stable(), Past(moved), None), Layout())
    assert (
        "Since last week: Reactive → Stable; nothing else moved; the rules changed too (another edition)."
        in screen
    )


def test_colour_changes_no_text() -> None:
    report = report_of(stable(), Past(MOVED), 24)
    painted = first_screen(report, Layout(paint=lambda style, text: f"<{style}>{text}</{style}>"))
    plain = painted
    for style in ("strong", "good", "bad", "open", "quiet"):
        plain = plain.replace(f"<{style}>", "").replace(f"</{style}>", "")
    assert plain == first_screen(report, Layout())
    assert "<bad>fail" in painted


def test_sentences_keep_to_the_width() -> None:
    screen = first_screen(
        report_of(analysis({"2.1": failing()}, incomplete=1), Past(MOVED), None), Layout(80)
    )
    long = [line for line in screen.splitlines()[3:] if len(line) > 80]
    assert long == []
