"""An analysis as JSON and as rows of the store: stable codes and plain numbers, sentences in English."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any

from phasewise import __version__
from phasewise.analyzer.indicator import Evidence, Measure, Part, Reason, Score
from phasewise.model.maturity import STATEMENTS
from phasewise.storage.analyses import StoredAnalysis, StoredIndicator

if TYPE_CHECKING:
    from phasewise.analyzer.gates import Weeks
    from phasewise.analyzer.run import Analysis


def to_json(analysis: Analysis) -> dict[str, Any]:
    """The answer in the form that other programs rely on; every number is finite or null.

    Keys and types are a contract with other programs. Twenty indicators always, in the order of their codes.
    What came later stands after them: `since`, `held` and `weeks`, from which the phase comes, and
    `made_of`: hashes of the parts of edition and basis; `since_or_before`: `since` is the latest it can be.
    """
    ladder = analysis.ladder
    return {
        "msp": analysis.msp,
        "as_of": analysis.context.as_of.isoformat(),
        "edition": analysis.context.edition,
        "basis": analysis.basis,
        "phase": ladder.phase,
        "ceiling": ladder.ceiling,
        "decided": ladder.decided,
        "phase_distribution": {key: finite(share) for key, share in ladder.distribution.items()},
        "needs": [{"need": need.need, "codes": list(need.codes)} for need in ladder.needs],
        "limiting": list(ladder.limiting),
        "indicators": [indicator_json(evidence) for evidence in analysis.evidences.values()],
        "since": _day(analysis.weeks.last.since),
        "held": held_json(analysis.weeks),
        "weeks": weeks_json(analysis.weeks),
        "made_of": {"rules": dict(analysis.rules), "data": dict(analysis.data)},
        "since_or_before": analysis.weeks.last.or_before,
    }


def held_json(weeks: Weeks) -> dict[str, Any] | None:
    """Since when the phase is only held, because a gate cannot be judged; None when it is not."""
    last = weeks.last
    if last.held_since is None:
        return None
    return {
        "since": _day(last.held_since),
        "gate": last.held_gate,
        "unknown": list(weeks.open_now),
        "last_known": last.last_known,
    }


def weeks_json(weeks: Weeks) -> list[dict[str, Any]]:
    """The week ends that the phase comes from, oldest first; probabilities are shares 0-1."""
    return [
        {
            "week": week.ends_on.isoformat(),
            "phase": week.phase,
            "gates": [
                {"gate": g.gate, "p_low": g.p_low, "p_high": g.p_high} for g in weeks.gates[week.ends_on]
            ],
        }
        for week in weeks.phases
    ]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def indicator_json(evidence: Evidence) -> dict[str, Any]:
    """One of the twenty in the answer."""
    return {
        "code": evidence.code,
        "name": STATEMENTS[evidence.code].name,
        "status": evidence.status,
        "evidence": evidence.evidence_class,
        "score": score_json(evidence.score),
        "p_pass": finite(evidence.p_pass),
        "reason": evidence.reason.code if evidence.reason else None,
        "measures": [measure_json(measure) for measure in evidence.measures],
    }


def score_json(score: Score | None) -> dict[str, Any] | None:
    """Median and 90% interval, 0-100."""
    if score is None:
        return None
    return {"median": finite(score.median), "low": finite(score.low), "high": finite(score.high)}


def measure_json(measure: Measure) -> dict[str, Any]:
    """One measure; dates are local, the end of the window is exclusive."""
    return {
        "name": measure.name,
        "value": finite(measure.value),
        "unit": measure.unit,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "n": measure.n,
        "low": finite(measure.low),
        "high": finite(measure.high),
        "window_start": measure.window_start.isoformat(),
        "window_end": measure.window_end.isoformat(),
        "complete": measure.complete,
    }


def part_json(part: Part) -> dict[str, Any]:
    """One weighted part of an indicator."""
    return {
        "name": part.name,
        "title": part.title.english,
        "weight": part.weight,
        "must": part.must,
        "status": part.status,
        "score": score_json(part.score),
        "p_pass": finite(part.p_pass),
        "reason": reason_json(part.reason),
        "measures": [measure_json(measure) for measure in part.measures],
    }


def reason_json(reason: Reason | None) -> dict[str, str] | None:
    """Why something is not known: code, English sentence, what would decide it."""
    if reason is None:
        return None
    return {"code": reason.code, "sentence": reason.sentence.english, "needs": reason.needs}


def finite(value: float | None) -> float | None:
    """The number, or None for what JSON has no number for."""
    return value if value is not None and isfinite(value) else None


def detail_json(evidence: Evidence) -> dict[str, Any]:
    """What is kept of an indicator beside its columns; sentences in English."""
    return {
        "reason": reason_json(evidence.reason),
        "p_low": evidence.p_low,
        "p_high": evidence.p_high,
        "sure_from": finite(evidence.sure_from),
        "measures": [measure_json(measure) for measure in evidence.measures],
        "parts": [part_json(part) for part in evidence.parts],
        "caps": [{"score": cap.score, "sentence": cap.sentence.english} for cap in evidence.caps],
        "notes": [note.english for note in evidence.notes],
        "needs": list(evidence.needs),
        "funnel": [
            {"rule": step.rule, "label": step.label.english, "dropped": step.dropped, "left": step.left}
            for step in evidence.funnel
        ],
    }


def to_stored(analysis: Analysis) -> StoredAnalysis:
    """The rows that keep an analysis."""
    ladder, context = analysis.ladder, analysis.context
    return StoredAnalysis(
        as_of=context.as_of,
        edition=context.edition,
        basis=analysis.basis,
        made=analysis.made,
        analyzed_at=context.now,
        release=__version__,
        phase=ladder.phase,
        ceiling=ladder.ceiling,
        is_decided=ladder.decided,
        distribution=dict(ladder.distribution),
        result=to_json(analysis),
        indicators=[_stored(evidence) for evidence in analysis.evidences.values()],
    )


def _stored(evidence: Evidence) -> StoredIndicator:
    score = evidence.score
    return StoredIndicator(
        code=evidence.code,
        status=evidence.status,
        evidence=evidence.evidence_class,
        score_median=finite(score.median) if score else None,
        score_low=finite(score.low) if score else None,
        score_high=finite(score.high) if score else None,
        p_pass=finite(evidence.p_pass),
        reason=evidence.reason.code if evidence.reason else None,
        detail=detail_json(evidence),
    )
