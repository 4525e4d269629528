"""The first sentence says what is proven, what stands in the way and what is missing."""

from __future__ import annotations

import pytest

from phasewise.analyzer.headline import headline, joined
from phasewise.analyzer.indicator import N_, Evidence, Reason, Score, Sentence, not_measured_yet
from phasewise.analyzer.ladder import climb
from phasewise.model.maturity import STATEMENTS, gate_codes


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")


def known(code: str, p_pass: float, *, evidence: str = "derived") -> Evidence:
    status = "pass" if p_pass >= 0.8 else "fail" if p_pass <= 0.2 else "leaning"
    return Evidence(
        code, status, evidence, score=Score(70, 65, 75), p_pass=p_pass, p_low=p_pass, p_high=p_pass
    )


def missing(code: str, need: str) -> Evidence:
    return Evidence(
        code, "unknown", "derived", reason=Reason("no_source", Sentence(N_("why")), need), needs=(need,)
    )


def says(changes: dict[str, Evidence], *, passed: tuple[int, ...] = ()) -> str:
    evidences = {code: not_measured_yet(code) for code in STATEMENTS}
    evidences |= {code: known(code, 1.0) for gate in passed for code in gate_codes(gate)}
    evidences |= changes
    return headline(climb(evidences), evidences)


def test_what_is_missing_is_named_with_what_would_decide_it() -> None:
    changes = {"1.2": missing("1.2", "documents"), "1.4": missing("1.4", "payments")}
    assert says(changes, passed=(1,)) == (
        "At least Reactive: 3 of the 5 of gate 1 are known and pass; "
        "missing 1.2 (documents) and 1.4 (payments)."
    )


def test_with_nothing_known_none_is_known() -> None:
    assert says({}) == (
        "At least Reactive: none of the 5 of gate 1 is known; "
        "missing 1.1, 1.2, 1.3, 1.4, 1.5 (not measured yet)."
    )


def test_one_known_reads_as_one() -> None:
    assert says({"1.1": known("1.1", 0.9)}) == (
        "At least Reactive: 1 of the 5 of gate 1 is known and passes; "
        "missing 1.2, 1.3, 1.4, 1.5 (not measured yet)."
    )


def test_a_failing_one_is_named_and_decides() -> None:
    assert says({"2.1": known("2.1", 0.0), "2.5": known("2.5", 0.5)}, passed=(1,)) == (
        "Stable: gate 2 is not passed. Failing: 2.1 SLA adherence. Uncertain: 2.5 packages and prices."
    )


def test_five_that_pass_alone_but_not_together_name_the_least_certain() -> None:
    changes = {code: known(code, 0.95) for code in gate_codes(1)} | {"1.3": known("1.3", 0.9)}
    assert says(changes) == (
        "Reactive: those known of gate 1 pass one by one, but not surely together: 0.73, and 0.8 is needed. "
        "The least certain is 1.3 (0.90)."
    )


def test_half_known_indicators_are_called_open() -> None:
    half = Evidence("1.1", "leaning", "derived", score=Score(60, 50, 70), p_low=0.1, p_high=0.9)
    assert says({"1.1": half}, passed=(1,)) == (
        "At least Reactive: the 5 of gate 1 are known, but parts of 1.1 are missing."
    )
    assert says({"1.1": half, "1.2": missing("1.2", "documents")}, passed=(1,)) == (
        "At least Reactive: 4 of the 5 of gate 1 are known, but not surely passing (1.1); "
        "missing 1.2 (documents)."
    )


def test_the_last_phase_counts_how_many_of_its_five_pass() -> None:
    assert says({"4.2": known("4.2", 1.0)}, passed=(1, 2, 3)) == (
        "Scalable: all three gates are passed. Of the five that say how well, 1 pass."
    )


def test_what_was_left_out_and_what_rests_on_peoples_word_is_said() -> None:
    small = Reason("too_small_to_tell", Sentence(N_("why")))
    changes = {
        "1.5": known("1.5", 1.0, evidence="attested"),
        "2.2": Evidence("2.2", "unknown", "derived", reason=small),
        "2.1": known("2.1", 0.0),
    }
    assert says(changes, passed=(1, 2)).endswith(
        "Failing: 2.1 SLA adherence. Not applicable at this size: 2.2. On your word for 1.5."
    )


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_read_as_sentences(words: list[str], text: str) -> None:
    assert joined(words) == text
