"""Formats are found by being there, and say the same."""

from __future__ import annotations

import json
from datetime import date
from math import inf, nan

import pytest

from phasewise.analyzer.answer import to_json
from phasewise.analyzer.indicator import Evidence, Measure, Score
from phasewise.errors import ReportError
from phasewise.report.build import report_of
from phasewise.report.formats import formats, renderer
from phasewise.report.layout import Layout
from phasewise.report.past import Past
from tests.unit.report.samples import analysis, stable

PAST = Past(None)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")


def test_formats_are_discovered() -> None:
    assert list(formats()) == ["json", "text"]


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(ReportError, match="Known: json, text"):
        renderer("pdf")


def test_the_text_report_goes_on_where_the_first_screen_ends() -> None:
    text = formats()["text"](report_of(stable(), PAST, 24), Layout())
    assert "2.1 SLA adherence  fail  58 (49–66)\n  Service level agreements are kept" in text
    assert "  resolution  100%  fail  58 (49–66)  86.4% of 1,412\n" in text
    assert "  - two weeks fell short: 2026-10-05, 2026-10-19\n  - 71% of the misses are queue Network" in text
    assert "What to work towards in Stable\n" in text
    assert "2.3 " not in text.split("Data:")[1]


def test_the_json_report_is_the_answer_and_more() -> None:
    value = json.loads(formats()["json"](report_of(stable(), PAST, 24), Layout()))
    answer = to_json(stable())
    assert {key: value[key] for key in answer} == answer
    assert [group["gate"] for group in value["gates"]] == [1, 2, 3, 4]
    assert value["headline"].startswith("Stable: gate 2 is not passed.")


def test_the_answer_has_exactly_the_shape_that_other_programs_rely_on() -> None:
    answer = to_json(stable())
    assert list(answer) == [
        "msp",
        "as_of",
        "edition",
        "basis",
        "phase",
        "ceiling",
        "decided",
        "phase_distribution",
        "needs",
        "limiting",
        "indicators",
        "since",
        "held",
        "weeks",
        "made_of",
        "since_or_before",
    ]
    assert set(answer["phase_distribution"]) == {"reactive", "stable", "proactive", "scalable", "undecided"}
    assert len(answer["indicators"]) == 20
    for one in answer["indicators"]:
        assert list(one) == ["code", "name", "status", "evidence", "score", "p_pass", "reason", "measures"]
    sla = next(one for one in answer["indicators"] if one["code"] == "2.1")
    assert sla["score"] == {"median": 58, "low": 49, "high": 66}
    assert list(sla["measures"][0]) == [
        "name",
        "value",
        "unit",
        "numerator",
        "denominator",
        "n",
        "low",
        "high",
        "window_start",
        "window_end",
        "complete",
    ]
    assert answer["needs"][0] == {"need": "projects", "codes": ["2.2"]}
    unknown = next(one for one in answer["indicators"] if one["code"] == "2.3")
    assert (
        unknown["status"],
        unknown["score"],
        unknown["p_pass"],
        unknown["reason"],
        unknown["measures"],
    ) == (
        "unknown",
        None,
        None,
        "not_measured_yet",
        [],
    )


def test_no_number_of_the_answer_is_without_end() -> None:
    odd = Measure(
        "hours", inf, "hours", None, None, 3, nan, inf, date(2026, 1, 5), date(2026, 2, 2), complete=True
    )
    evidence = Evidence("1.1", "leaning", "derived", score=Score(nan, 0, 1), p_pass=nan, measures=(odd,))
    text = json.dumps(to_json(analysis({"1.1": evidence})), allow_nan=False)
    first = json.loads(text)["indicators"][0]
    assert first["p_pass"] is None
    assert first["measures"][0]["value"] is None
    assert first["score"]["median"] is None
