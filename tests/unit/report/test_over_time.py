"""The first lines of a history, of analyses as they are stored."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from phasewise.report.history import PastAnalysis, PastGate, PastIndicator, history_text
from phasewise.report.layout import Layout

LAST = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")


def past(
    back: int, phase: str, joint: float, *, edition: str = "7f3a12bc", or_before: bool = False
) -> PastAnalysis:
    """An analysis some weeks before the last one."""
    day = LAST - timedelta(weeks=back)
    since = None if phase == "reactive" else (LAST - timedelta(weeks=min(back + 18, 30))).isoformat()
    score = None if back % 5 == 4 else (100 * joint, 100 * joint - 5, 100 * joint)
    indicator = PastIndicator("1.1", "unknown" if score is None else "pass", score, joint, None)
    gates = (PastGate(1, joint, joint), PastGate(2, 0.0, 0.3), PastGate(3, 0.0, 1.0))
    return PastAnalysis(
        day.isoformat(), edition, "b", "nightly", 0, "1", phase, "stable", True, since, or_before, None,
        False, gates, False, (indicator,),
    )  # fmt: skip


def lines(history: list[PastAnalysis], width: int = 100) -> list[str]:
    return history_text(history, Layout(width), name="Acme IT").splitlines()


RISEN = [past(back, "stable", 0.9) for back in range(30)] + [
    past(back, "reactive", 0.1) for back in range(30, 50)
]


def test_the_head_says_who_when_by_which_rules_and_since_when() -> None:
    head = lines(RISEN)
    assert head[0] == "Acme IT · 14 Dec 2025 to 22 Nov 2026 · edition 7f3a12bc"
    assert head[1] == "STABLE   since Apr 2026   ceiling: Stable   decided: yes"
    assert "3 May 2026: Reactive → Stable" in head


def test_a_gate_and_its_indicators_stand_under_each_other_sign_by_sign() -> None:
    gate, indicator = lines(RISEN)[2:4]
    assert gate.split() == ["Gate", "1", "▁" * 20 + "█" * 30, "0.90"]
    start = gate.index("▁")
    assert indicator.startswith("  1.1 consistent tickets")
    assert indicator[start + 45 : start + 50].count("·") == 1
    assert indicator.endswith("90 pass")
    assert lines(RISEN)[4].split()[:3] == ["Gate", "2", "▃" * 50]
    assert lines(RISEN)[5].split()[:3] == ["Gate", "3", "·" * 50]


def test_more_dates_than_fit_are_thinned_and_the_line_says_how() -> None:
    long = [past(back, "stable", 0.9, or_before=True) for back in range(105)]
    found = lines(long, width=80)
    assert all(len(line) <= 80 for line in found[:8])
    step = next(int(line.split()[3]) for line in found if line.startswith("A sign every"))
    assert len(found[2].split()[2]) == -(-105 // step)


def test_a_phase_older_than_the_history_says_or_before() -> None:
    assert "or before" in lines([past(back, "stable", 0.9, or_before=True) for back in range(8)])[1]
    assert "or before" not in lines(RISEN)[1]


def test_only_the_dates_of_the_newest_rules_are_one_line() -> None:
    older = [past(back, "reactive", 0.1, edition="old") for back in range(30, 50)]
    assert lines([*RISEN[:30], *older])[0] == "Acme IT · 3 May 2026 to 22 Nov 2026 · edition 7f3a12bc"
