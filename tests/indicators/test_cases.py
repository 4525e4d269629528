"""Every case of `cases/*.toml`: facts in, status, score and reason out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from phasewise.analyzer.indicator import Evidence, indicators, thresholds
from tests.indicators.facts import context, sla_frames, ticket_frames

CASES = Path(__file__).parent / "cases"
BUILDERS = {"2.1": sla_frames, "1.1": ticket_frames}


def _load() -> list[Any]:
    by_name = {indicator.name: indicator for indicator in indicators().values()}
    found = []
    for path in sorted(CASES.glob("*.toml")):
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        indicator = by_name[path.stem]
        found += [
            pytest.param(indicator.code, written["version"], case, id=f"{path.stem}: {case['name']}")
            for case in written["case"]
        ]
    return found


def judge(code: str, case: Mapping[str, Any]) -> Evidence:
    """The evidence of a case."""
    made = context(case.get("settings"), days_later=case.get("days_later", 1))
    numbers = thresholds(made.msp).indicators[code]
    return indicators()[code].judge(BUILDERS[code](case, made), numbers, made)


@pytest.mark.parametrize(("code", "version", "case"), _load())
def test_a_case_answers_as_its_file_says(code, version, case):
    assert version == indicators()[code].version, (
        "the numbers of the cases are of another version of the indicator: where results changed on purpose, "
        "raise the version in both; where they did not, set it back"
    )
    evidence, expect = judge(code, case), case["expect"]
    _check_verdict(evidence, expect)
    _check_numbers(evidence, expect)
    said = "\n".join(note.english for note in evidence.notes)
    for text in expect.get("says", []):
        assert text in said


def _check_verdict(evidence: Evidence, expect: Mapping[str, Any]) -> None:
    if "status" in expect:
        assert evidence.status == expect["status"]
    if "reason" in expect:
        assert (evidence.reason.code if evidence.reason else "") == expect["reason"]
    if "caps" in expect:
        assert [cap.score for cap in evidence.caps] == expect["caps"]
    if "needs" in expect:
        assert list(evidence.needs) == expect["needs"]
    if "holds" in expect:
        assert evidence.hold_low is not None
        assert (evidence.hold_low >= 0.8) == expect["holds"]
    parts = {part.name: part for part in evidence.parts}
    assert {name: parts[name].status for name in expect.get("parts", {})} == expect.get("parts", {})
    reasons = {name: reason.code for name in expect.get("reasons", {}) if (reason := parts[name].reason)}
    assert reasons == expect.get("reasons", {})


def _check_numbers(evidence: Evidence, expect: Mapping[str, Any]) -> None:
    for name in ("p_pass", "p_low", "p_high"):
        if name in expect:
            assert getattr(evidence, name) == pytest.approx(expect[name], abs=0.0006), name
    if "score" in expect:
        assert evidence.score is not None
        found = (evidence.score.median, evidence.score.low, evidence.score.high)
        assert found == pytest.approx(expect["score"], abs=0.05)
    if "complete" in expect:
        assert {measure.complete for measure in evidence.measures} == {expect["complete"]}
    measures = {measure.name: measure.value for measure in evidence.measures}
    for name, value in expect.get("measures", {}).items():
        assert measures[name] == pytest.approx(value, abs=1e-6), name
    dropped = {step.rule: step.dropped for step in evidence.funnel}
    assert {rule: dropped[rule] for rule in expect.get("funnel", {})} == expect.get("funnel", {})


@pytest.mark.parametrize(("code", "version", "case"), _load())
def test_an_answer_keeps_the_promises_of_its_form(code, version, case):
    evidence = judge(code, case)
    assert evidence.status in {"pass", "fail", "leaning", "unknown"}
    if evidence.status == "unknown":
        assert evidence.reason is not None, "unknown has a reason"
        assert evidence.score is None, "unknown has no score"
    else:
        assert evidence.score is not None
        assert 0 <= evidence.score.low <= evidence.score.median <= evidence.score.high <= 100
    assert 0 <= evidence.p_low <= evidence.p_high <= 1
    if evidence.status == "pass":
        assert evidence.p_low >= 0.8
        assert all(cap.score >= 70 for cap in evidence.caps), "a cap below the line forbids a pass"
    if evidence.p_pass is not None:
        assert evidence.p_low <= evidence.p_pass <= evidence.p_high
    for measure in evidence.measures:
        assert measure.window_start < measure.window_end
        if measure.value is not None and measure.low is not None and measure.high is not None:
            assert measure.low <= measure.value <= measure.high, measure.name
    left = None
    for step in evidence.funnel:
        assert step.dropped >= 0
        if left is not None:
            assert step.left == left - step.dropped, "no row is lost between two steps"
        left = step.left
    for rows in evidence.tables.values():
        assert len({tuple(row) for row in rows}) <= 1, "the rows of a table have the same columns"
    assert str(evidence.summary or "") == (evidence.summary.english if evidence.summary else "")


@pytest.mark.parametrize(("code", "version", "case"), _load())
def test_the_same_facts_give_the_same_digits(code, version, case):
    assert judge(code, case) == judge(code, case)
