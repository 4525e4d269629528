"""The stored analyses over time: one row a date and set of rules, the newest data of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phasewise.i18n import gettext as _
from phasewise.model.maturity import STATEMENTS
from phasewise.report import wording
from phasewise.report.layout import Layout, columns
from phasewise.report.over_time import is_known, overview, phase_title
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame

TWO_YEARS = 105
"""Week ends of which a history shows the gates, where there are as many."""

ANALYSES = """
SELECT as_of, edition, basis, made, analyzed_at, release, phase, ceiling, is_decided
FROM analyses
WHERE msp_id = :msp_id
ORDER BY as_of DESC, analyzed_at DESC, edition, basis
"""

ANSWERS = """
SELECT as_of, edition, basis, result
FROM analyses
WHERE msp_id = :msp_id AND as_of >= :first AND as_of <= :last
"""

RESULTS = """
SELECT as_of, edition, basis, code, status, score_median, score_low, score_high, p_pass, reason
FROM indicator_results
WHERE msp_id = :msp_id AND as_of >= :first AND as_of <= :last
ORDER BY as_of, edition, basis, code
"""


@dataclass(frozen=True, slots=True)
class PastIndicator:
    """What a stored analysis said of one indicator; the score is 0-100, None when unknown."""

    code: str
    status: str
    score: tuple[float, float, float] | None
    p_pass: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class PastGate:
    """A gate at the last week end before a date: joint probability that its five pass, share 0-1."""

    gate: int
    p_low: float
    p_high: float


@dataclass(frozen=True, slots=True)
class PastAnalysis:
    """A stored analysis.

    Attributes:
        as_of: the date it speaks of, ISO.
        edition, basis: the rules used and the data read.
        made: nightly (as known then) or backfill (as known now).
        analyzed_at: when it was made, epoch seconds.
        release: release of Phasewise.
        phase, ceiling: keys.
        decided: nothing unknown could lift the phase.
        since: week end at which the phase was reached, ISO; None when it was not in the weeks looked at.
        or_before: it may have been reached before that.
        held: since when the phase was only held, ISO; None when it was not.
        held_or_before: it may have been held before that: it was in all weeks looked at.
        gates: the three, at the last week end.
        restated: an earlier analysis of the same date and rules rested on other data.
        indicators: the twenty, by code.
    """

    as_of: str
    edition: str
    basis: str
    made: str
    analyzed_at: int
    release: str
    phase: str
    ceiling: str
    decided: bool
    since: str | None
    or_before: bool
    held: str | None
    held_or_before: bool
    gates: tuple[PastGate, ...]
    restated: bool
    indicators: tuple[PastIndicator, ...]


def read_history(scope: MspStore, limit: int) -> tuple[PastAnalysis, ...]:
    """The newest stored analysis of every date and edition, newest date first.

    Args:
        scope: the store of one MSP.
        limit: at most so many, 1 or more.
    """
    series: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in read_frame(scope, ANALYSES):
        series.setdefault((row["as_of"], row["edition"]), []).append(row)
    newest = [(rows[0], len(rows) > 1) for rows in series.values()][:limit]
    if not newest:
        return ()
    first, last = newest[-1][0]["as_of"], newest[0][0]["as_of"]
    results: dict[tuple[str, str, str], list[PastIndicator]] = {}
    for row in read_frame(scope, RESULTS, first=first, last=last):
        results.setdefault((row["as_of"], row["edition"], row["basis"]), []).append(_indicator(row))
    answers = {
        (row["as_of"], row["edition"], row["basis"]): json.loads(row["result"])
        for row in read_frame(scope, ANSWERS, first=first, last=last)
    }
    return tuple(
        PastAnalysis(
            **_weeks_of(answers[row["as_of"], row["edition"], row["basis"]]),
            as_of=row["as_of"],
            edition=row["edition"],
            basis=row["basis"],
            made=row["made"],
            analyzed_at=row["analyzed_at"],
            release=row["release"],
            phase=row["phase"],
            ceiling=row["ceiling"],
            decided=bool(row["is_decided"]),
            restated=restated,
            indicators=_in_order(results.get((row["as_of"], row["edition"], row["basis"]), [])),
        )
        for row, restated in newest
    )


def _weeks_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer says of its weeks; answers of older releases say nothing."""
    weeks = answer.get("weeks") or [{"gates": []}]
    held = (answer.get("held") or {}).get("since")
    return {
        "since": answer.get("since"),
        "or_before": bool(answer.get("since_or_before")),
        "held": held,
        "held_or_before": held is not None and held == weeks[0].get("week"),
        "gates": tuple(PastGate(g["gate"], g["p_low"], g["p_high"]) for g in weeks[-1]["gates"]),
    }


def _indicator(row: dict[str, Any]) -> PastIndicator:
    median = row["score_median"]
    score = None if median is None else (median, row["score_low"], row["score_high"])
    return PastIndicator(row["code"], row["status"], score, row["p_pass"], row["reason"])


def _in_order(found: Sequence[PastIndicator]) -> tuple[PastIndicator, ...]:
    order = {code: i for i, code in enumerate(STATEMENTS)}
    return tuple(sorted(found, key=lambda i: order.get(i.code, len(order))))


def history_json(msp: str, history: Sequence[PastAnalysis]) -> list[dict[str, Any]]:
    """The history as a list of objects, newest date first."""
    return [
        {
            "msp": msp,
            "as_of": one.as_of,
            "edition": one.edition,
            "basis": one.basis,
            "made": one.made,
            "restated": one.restated,
            "release": one.release,
            "phase": one.phase,
            "ceiling": one.ceiling,
            "decided": one.decided,
            "since": one.since,
            "since_or_before": one.or_before,
            "held_since": one.held,
            "held_since_or_before": one.held_or_before,
            "gates": [{"gate": g.gate, "p_low": g.p_low, "p_high": g.p_high} for g in one.gates],
            "indicators": [_indicator_json(i) for i in one.indicators],
        }
        for one in history
    ]


def _indicator_json(indicator: PastIndicator) -> dict[str, Any]:
    score = indicator.score
    return {
        "code": indicator.code,
        "status": indicator.status,
        "score": None if score is None else dict(zip(("median", "low", "high"), score, strict=True)),
        "p_pass": indicator.p_pass,
        "reason": indicator.reason,
    }


def history_text(history: Sequence[PastAnalysis], layout: Layout, most: int = 30, *, name: str = "") -> str:
    """The history: the phase of the newest date, gates and indicators over time, a table with a row a date.

    Args:
        history: of `read_history`.
        layout: how it is laid out.
        name: of the MSP.
        most: rows of the table, which has a column for every indicator that was ever known.
    """
    if not history:
        nothing = _("No analysis is stored yet. Run `phasewise analyze`.")
        return f"{name}: {nothing}" if name else nothing
    known = [code for code in STATEMENTS if any(is_known(one, code) for one in history)]
    head = [_("as of"), _("phase"), _("since"), _("ceiling"), _("decided?"), *known, _("edition"), _("made")]
    rows = [_row(one, known) for one in history[:most]]
    lines = ["".join(cells).rstrip() for cells in columns([head, *rows])]
    table = [layout.paint("strong", lines[0]), *lines[1:]]
    return "\n".join([*overview(history, layout, name), "", *table])


def _row(one: PastAnalysis, known: Sequence[str]) -> list[str]:
    by_code = {indicator.code: indicator for indicator in one.indicators}
    made = _("as known then") if one.made == "nightly" else _("as known later")
    return [
        one.as_of,
        phase_title(one.phase),
        f"{'≤ ' if one.or_before else ''}{one.since or ''}",
        phase_title(one.ceiling),
        _("yes") if one.decided else _("no"),
        *(_cell(by_code.get(code)) for code in known),
        one.edition,
        _("%(made)s, restated") % {"made": made} if one.restated else made,
    ]


def _cell(indicator: PastIndicator | None) -> str:
    if indicator is None or indicator.score is None:
        return _(wording.STATUSES["unknown"])
    return f"{indicator.score[0]:.0f} {_(wording.STATUSES[indicator.status])}"
