"""The stored analyses over time: one row a date and set of rules, the newest data of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, takewhile
from typing import Any

from phasewise.analyzer.ladder import PASSED
from phasewise.i18n import gettext as _
from phasewise.model.maturity import GATES, PHASES, STATEMENTS
from phasewise.report import wording
from phasewise.report.layout import Layout, columns
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame

BARS = "▁▂▃▄▅▆▇█"
"""A gate's chance from 0 to 1 in eight steps."""
OPEN = "·"
"""A gate that cannot be judged."""
GATE_WIDTH = 10
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
    return {
        "since": answer.get("since"),
        "or_before": bool(answer.get("since_or_before")),
        "held": (answer.get("held") or {}).get("since"),
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


def history_text(history: Sequence[PastAnalysis], layout: Layout, most: int = 30) -> str:
    """The history: the phase of the newest date, each gate over time, and a table with a row a date.

    Args:
        history: of `read_history`.
        layout: how it is laid out.
        most: rows of the table, which has a column for every indicator that was ever known.
    """
    if not history:
        return _("No analysis is stored yet. Run `phasewise analyze`.")
    known = [code for code in STATEMENTS if any(_known(one, code) for one in history)]
    head = [_("as of"), _("phase"), _("since"), _("ceiling"), _("decided?"), *known, _("edition"), _("made")]
    rows = [_row(one, known) for one in history[:most]]
    lines = ["".join(cells).rstrip() for cells in columns([head, *rows])]
    table = [layout.paint("strong", lines[0]), *lines[1:]]
    return "\n".join([*_overview(history, layout), "", *table])


def _overview(history: Sequence[PastAnalysis], layout: Layout) -> list[str]:
    """Phase and gates over time, of the dates that the newest rules speak of, oldest at the left."""
    newest = history[0]
    series = [one for one in reversed(history) if one.edition == newest.edition]
    since, or_before = _since(series)
    facts = [
        layout.paint("strong", _title(newest.phase).upper()),
        wording.since(since, or_before=or_before),
        _("held since %(day)s") % {"day": wording.day(date.fromisoformat(newest.held))}
        if newest.held
        else "",
        _("ceiling: %(phase)s") % {"phase": _title(newest.ceiling)},
        _("decided: yes") if newest.decided else _("decided: no"),
        _("edition %(edition)s") % {"edition": newest.edition},
    ]
    first = wording.day(date.fromisoformat(series[0].as_of))
    last = wording.day(date.fromisoformat(newest.as_of))
    legend = _("%(first)s to %(last)s; chance that the five pass together, %(open)s = not known") % {
        "first": first,
        "last": last,
        "open": OPEN,
    }
    shown = series[-layout.width + GATE_WIDTH :]
    lines = [
        (_("Gate %(number)d") % {"number": number}).ljust(GATE_WIDTH)
        + "".join(_bar(one, number) for one in shown)
        for number in GATES
    ]
    changes = [_change(one) for one in _moves(series)]
    return ["   ".join(fact for fact in facts if fact), *lines, "".ljust(GATE_WIDTH) + legend, *changes]


def _since(series: Sequence[PastAnalysis]) -> tuple[date | None, bool]:
    """Since when the phase is what it is, and whether perhaps before: by the first date that says the same.

    An analysis sees half a year; the series of them sees further.
    """
    same = list(takewhile(lambda one: one.phase == series[-1].phase, reversed(series)))
    first = same[-1]
    if len(same) == len(series):
        return None if first.since is None else date.fromisoformat(first.since), first.or_before
    return date.fromisoformat(first.since or first.as_of), False


def _bar(one: PastAnalysis, number: int) -> str:
    gate = next((g for g in one.gates if g.gate == number), None)
    if gate is None or gate.p_low < PASSED <= gate.p_high:
        return OPEN
    value = gate.p_low if gate.p_low >= PASSED else gate.p_high
    return BARS[min(len(BARS) - 1, int(value * len(BARS)))]


def _moves(series: Sequence[PastAnalysis]) -> list[tuple[PastAnalysis, PastAnalysis]]:
    """The dates between which the phase changed, newest first."""
    return [(one, other) for one, other in pairwise(series) if one.phase != other.phase][::-1]


def _change(pair: tuple[PastAnalysis, PastAnalysis]) -> str:
    before, after = pair
    return _("%(day)s: %(before)s → %(after)s") % {
        "day": wording.day(date.fromisoformat(after.as_of)),
        "before": _title(before.phase),
        "after": _title(after.phase),
    }


def _title(key: str) -> str:
    titles: dict[str, str] = {name: _(phase.title) for name, phase in PHASES.items()}
    return titles.get(key, key)


def _known(one: PastAnalysis, code: str) -> bool:
    return any(i.code == code and i.status != "unknown" for i in one.indicators)


def _row(one: PastAnalysis, known: Sequence[str]) -> list[str]:
    by_code = {indicator.code: indicator for indicator in one.indicators}
    made = _("as known then") if one.made == "nightly" else _("as known later")
    return [
        one.as_of,
        _title(one.phase),
        f"{'≤ ' if one.or_before else ''}{one.since or ''}",
        _title(one.ceiling),
        _("yes") if one.decided else _("no"),
        *(_cell(by_code.get(code)) for code in known),
        one.edition,
        _("%(made)s, restated") % {"made": made} if one.restated else made,
    ]


def _cell(indicator: PastIndicator | None) -> str:
    if indicator is None or indicator.score is None:
        return _(wording.STATUSES["unknown"])
    return f"{indicator.score[0]:.0f} {_(wording.STATUSES[indicator.status])}"
