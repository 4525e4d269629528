"""A report as JSON: what the text says, as values; sentences as they come, in English from the commands."""

from __future__ import annotations

import json
from typing import Any

from phasewise.analyzer.answer import detail_json, finite, score_json
from phasewise.report.layout import Layout
from phasewise.report.model import Group, Line, Report


def render(report: Report, layout: Layout) -> str:  # noqa: ARG001  # the form of a format
    """One JSON value on one line."""
    return json.dumps(report_json(report), ensure_ascii=False, allow_nan=False)


def report_json(report: Report) -> dict[str, Any]:
    """The answer of `analyze --json`, and beside it what a report adds."""
    moved = report.moved
    return {
        **report.answer,
        "name": report.name,
        "zone": report.zone,
        "made": report.made,
        "made_at": report.made_at.isoformat(),
        "months": report.months,
        "headline": report.headline,
        "gates": [_group(group) for group in report.groups],
        "limits": [{"code": limit.code, "sentence": limit.sentence} for limit in report.limiting],
        "advice": {
            "aim": report.advice.aim,
            "involve": list(report.advice.involve),
            "ready_when": report.advice.ready_when,
        },
        "moved": moved
        and {
            "since": moved.as_of.isoformat(),
            "same_rules": moved.same_rules,
            "phase_before": moved.phase_before,
            "indicators": [
                {"code": m.code, "before": m.before, "after": m.after, "by": m.by} for m in moved.moves
            ],
        },
        "data": {
            "streams": report.data.streams,
            "complete": report.data.complete,
            "age_hours": finite(report.data.age_hours),
            "sentences": list(report.data.sentences),
            "is_partial": report.is_partial,
        },
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "gate": group.number,
        "title": group.title,
        "state": group.state,
        "p_low": finite(group.p_low),
        "p_high": finite(group.p_high),
        "indicators": [_line(line) for line in group.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "title": line.title,
        "statement": line.statement,
        "status": line.status,
        "score": score_json(line.score),
        "is_left_out": line.is_left_out,
        "because": line.because,
        "detail": detail_json(line.evidence),
    }
