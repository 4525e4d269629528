"""Analyses: written once, read back as they were, the newest basis of a date marked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from phasewise.storage.analyses import StoredAnalysis, StoredIndicator, analyses, save_analysis
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from tests.conftest import NOW

INDICATORS = (
    StoredIndicator("1.1", "pass", "derived", 81.25, 75.0, 88.0, 0.97, None, {"measures": [{"n": 12}]}),
    StoredIndicator("2.1", "unknown", "partly", None, None, None, None, "no_source", {}),
)


def analysis(**changes: Any) -> StoredAnalysis:
    """An analysis, with what a test says of it."""
    says: dict[str, Any] = {
        "as_of": date(2026, 3, 1),
        "edition": "7f3a",
        "basis": "b1",
        "made": "nightly",
        "analyzed_at": NOW,
        "release": "0.1.0",
        "phase": "reactive",
        "ceiling": "scalable",
        "is_decided": False,
        "distribution": {"reactive": 0.25, "undecided": 0.75},
        "result": {"msp": "acme", "needs": ["Ñ"], "nested": {"a": [1, None, 0.1]}},
        "indicators": INDICATORS,
    }
    return StoredAnalysis(**{**says, **changes})


def test_an_analysis_comes_back_as_it_was_saved(any_msp: MspStore) -> None:
    assert save_analysis(any_msp, analysis()) is True
    assert analyses(any_msp) == [analysis()]


def test_the_same_key_writes_nothing(any_msp: MspStore) -> None:
    save_analysis(any_msp, analysis())
    other = analysis(phase="stable", indicators=(), analyzed_at=NOW + timedelta(days=1))
    assert save_analysis(any_msp, other) is False
    assert analyses(any_msp) == [analysis()]


def test_the_newest_basis_of_a_date_and_edition_is_marked(any_msp: MspStore) -> None:
    later = NOW + timedelta(hours=1)
    for changes in (
        {},
        {"basis": "b2", "analyzed_at": later},
        {"edition": "9c0d"},
        {"as_of": date(2026, 2, 22), "made": "backfill"},
    ):
        save_analysis(any_msp, analysis(**changes))
    found = [(a.as_of.day, a.edition, a.basis, a.is_newest) for a in analyses(any_msp)]
    assert found == [
        (1, "7f3a", "b2", True),
        (1, "7f3a", "b1", False),
        (1, "9c0d", "b1", True),
        (22, "7f3a", "b1", True),
    ]
    assert [a.basis for a in analyses(any_msp, limit=1)] == ["b2"]


def test_scores_are_the_same_numbers_on_every_database(any_msp: MspStore) -> None:
    third = StoredIndicator("1.1", "fail", "derived", 1 / 3, 0.1, 1e-17, 0.0, "x", {})
    save_analysis(any_msp, analysis(indicators=(third,)))
    sql = "SELECT score_median, score_low, score_high, p_pass FROM indicator_results WHERE msp_id = :msp_id"
    assert read_frame(any_msp, sql) == [
        {"score_median": 1 / 3, "score_low": 0.1, "score_high": 1e-17, "p_pass": 0.0}
    ]
