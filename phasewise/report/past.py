"""The stored analysis before a date: what moved since then. Read for showing only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from phasewise.analyzer.calendar import end_of
from phasewise.analyzer.indicator import Evidence, evaluate, indicators
from phasewise.analyzer.movement import MOVED, movers
from phasewise.analyzer.run import Analysis
from phasewise.i18n import gettext as _
from phasewise.model.maturity import PHASES, STATEMENTS
from phasewise.report import wording
from phasewise.report.compared import mover_text
from phasewise.report.model import Move, Since
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame

BEFORE = """
SELECT as_of, edition, basis, phase
FROM analyses
WHERE msp_id = :msp_id AND as_of < :as_of
ORDER BY as_of DESC, analyzed_at DESC, basis
"""

RESULTS = """
SELECT code, status, score_median
FROM indicator_results
WHERE msp_id = :msp_id AND as_of = :as_of AND edition = :edition AND basis = :basis
"""

A_WEEK = 7
"""Days back from which an analysis is compared with; a younger one only where there is no older."""


@dataclass(frozen=True, slots=True)
class Past:
    """The stored analyses before a date.

    Attributes:
        moved: what moved since one of them, None when there is none.
    """

    moved: Since | None


@dataclass(frozen=True, slots=True)
class _Before:
    as_of: date
    edition: str
    basis: str
    phase: str


def read_past(scope: MspStore, analysis: Analysis) -> Past:
    """Read what was stored a week before the date of an analysis, or as long ago as there is."""
    before = _newest_per_date(scope, analysis)
    if not before:
        return Past(None)
    a_week = analysis.context.as_of - timedelta(days=A_WEEK)
    return Past(_since(scope, analysis, next((one for one in before if one.as_of <= a_week), before[0])))


def _newest_per_date(scope: MspStore, analysis: Analysis) -> list[_Before]:
    """One stored analysis per earlier date, newest date first; of the same rules where there is one."""
    best: dict[str, _Before] = {}
    for row in read_frame(scope, BEFORE, as_of=analysis.context.as_of.isoformat()):
        one = _Before(date.fromisoformat(row["as_of"]), row["edition"], row["basis"], row["phase"])
        known = best.get(row["as_of"])
        wanted = analysis.context.edition
        if known is None or (known.edition != wanted and one.edition == wanted):
            best[row["as_of"]] = one
    return list(best.values())


def _since(scope: MspStore, analysis: Analysis, before: _Before) -> Since:
    rows = read_frame(
        scope, RESULTS, as_of=before.as_of.isoformat(), edition=before.edition, basis=before.basis
    )
    results = {row["code"]: (row["status"], row["score_median"]) for row in rows}
    phase = None if before.phase == analysis.ladder.phase else _phase_title(before.phase)
    same_rules = before.edition == analysis.context.edition
    moves = _moves(results, analysis.evidences)
    if same_rules:
        moves = tuple(replace(move, by=_by(scope, analysis, before.as_of, move.code)) for move in moves)
    return Since(before.as_of, same_rules, phase, moves)


def _by(scope: MspStore, analysis: Analysis, day: date, code: str) -> str:
    """Who moved an indicator most since a day, by what the store says of that day now."""
    if code not in indicators():
        return ""
    at_day = replace(analysis.context, as_of=day, instant=end_of(day, analysis.context.zone))
    found = movers(evaluate(scope, indicators()[code], at_day), analysis.evidences[code])
    return mover_text(found[0]) if found else ""


def _phase_title(key: str) -> str:
    return next((_(phase.title) for phase in PHASES.values() if phase.key == key), key)


def _moves(
    before: Mapping[str, tuple[str, float | None]], evidences: Mapping[str, Evidence]
) -> tuple[Move, ...]:
    moves = []
    for code in STATEMENTS:
        status, median = before.get(code, ("unknown", None))
        evidence = evidences[code]
        now = evidence.score.median if evidence.score else None
        if status != evidence.status or _differs(median, now):
            moves.append(Move(code, _shown(status, median), _shown(evidence.status, now)))
    return tuple(moves)


def _differs(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) >= MOVED


def _shown(status: str, median: float | None) -> str:
    title = _(wording.STATUSES.get(status, status))
    return title if median is None else f"{median:.0f} ({title})"
