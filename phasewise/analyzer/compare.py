"""Two dates side by side: did a number move because of the data, or because of the rules?

From what was said of the first date to what is known of the second there are two steps:

- what was said of it then → what today's rules and today's store say of it. The step is named by what
  changed in between: thresholds, mapping, calendars and other rules, and `basis`, where the store has come to
  know something else of that date. Where one thing changed, it is the cause; where several did, they cannot
  be told apart.
- the first date → the second, both by today's rules on today's store: that is the data, and who moved it.

Where nothing is stored of the first date there is only the second step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from phasewise.analyzer.indicator import AnalysisContext
from phasewise.analyzer.movement import MOVED, Mover, largest, movers
from phasewise.analyzer.run import Analysis, analyze_on, context_of, read_all
from phasewise.config.settings import Settings
from phasewise.model.maturity import STATEMENTS
from phasewise.storage.analyses import StoredAnalysis, newest_analysis
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.types import to_epoch

VOLUME_DAYS = 91
"""Days up to each date in which opened tickets are counted: 13 weeks, as most indicators look back."""

VOLUME = """
SELECT 'client' AS dimension, COALESCE(c.name, t.client, '') AS name, count(*) AS n
FROM tickets t
LEFT JOIN clients c ON c.msp_id = t.msp_id AND c.connection_id = t.connection_id AND c.id = t.client
WHERE t.msp_id = :msp_id AND t.opened_at >= :first AND t.opened_at < :last
GROUP BY COALESCE(c.name, t.client, '')
UNION ALL
SELECT 'queue', COALESCE(t.queue, ''), count(*)
FROM tickets t
WHERE t.msp_id = :msp_id AND t.opened_at >= :first AND t.opened_at < :last
GROUP BY COALESCE(t.queue, '')
UNION ALL
SELECT 'category', COALESCE(t.category, ''), count(*)
FROM tickets t
WHERE t.msp_id = :msp_id AND t.opened_at >= :first AND t.opened_at < :last
GROUP BY COALESCE(t.category, '')
"""

ALL_RULES = "rules"
"""Something of the rules changed, and an answer of an older release does not say what."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an analysis says of one indicator: its status, and the median of its score (None when unknown)."""

    status: str
    median: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that moved, and why.

    Attributes:
        causes: `data`, `basis`, or names of rules ("thresholds", "mapping", …); several could not be told
            apart.
        before, after: on both sides of it.
    """

    causes: tuple[str, ...]
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Moved:
    """One indicator that moved.

    Attributes:
        code: its code.
        before: as the first date was said to be; after: as the second is.
        steps: what happened in between, in order.
        by: who moved it, where the data did.
    """

    code: str
    before: Standing
    after: Standing
    steps: tuple[Step, ...]
    by: tuple[Mover, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two dates of one MSP.

    Attributes:
        msp: its id.
        first, second: the dates.
        said: the stored analysis of the first date; None when there is none.
        then, now: both dates by today's rules on today's store.
        changed: what changed since `said`: names of rules, and `basis`.
        moved: the indicators that moved.
        volume: clients, queues and categories whose number of opened tickets changed most.
    """

    msp: str
    first: date
    second: date
    said: StoredAnalysis | None
    then: Analysis
    now: Analysis
    changed: tuple[str, ...]
    moved: tuple[Moved, ...]
    volume: tuple[Mover, ...]

    @property
    def phase_before(self) -> str:
        """The phase as it was said to be."""
        return self.said.phase if self.said else self.then.ladder.phase


def compare(scope: MspStore, settings: Settings, first: date, second: date, *, now: datetime) -> Comparison:
    """Compare two dates. Nothing is stored.

    Args:
        scope: the MSP's store.
        settings: all settings.
        first: the date to start from, in the MSP's zone.
        second: the date to arrive at; before or after the first.
        now: this instant.

    Raises:
        ConfigError: a date is in the future.
    """
    with scope.snapshot(twin=True) as still:
        return _compare(still, settings, first, second, now=now)


def _compare(scope: MspStore, settings: Settings, first: date, second: date, *, now: datetime) -> Comparison:
    data = read_all(scope, settings.msps[scope.msp_id])
    then, later = (
        analyze_on(scope, settings, context_of(scope, settings, as_of=day, now=now), data, save=False)
        for day in (first, second)
    )
    said = newest_analysis(scope, first)
    changed = changes(said, then) if said else ()
    before = _said(said) if said else _standings(then)
    moved = (
        _moved(code, before.get(code, Standing("unknown", None)), then, later, changed) for code in STATEMENTS
    )
    volume = _volume(scope, then.context, later.context)
    return Comparison(
        scope.msp_id,
        first,
        second,
        said,
        then,
        later,
        changed,
        tuple(one for one in moved if one is not None),
        volume,
    )


def changes(said: StoredAnalysis, then: Analysis) -> tuple[str, ...]:
    """What changed between a stored analysis and the same date today: names of rules, and `basis`.

    What a mapping makes of the sources' words is stored with the records: it is the mapping that changed
    there, and not the data, where nothing else did.
    """
    made_of = said.result.get("made_of") or {}
    rules = _differing(made_of.get("rules"), then.rules, ALL_RULES, same=said.edition == then.context.edition)
    data = _differing(made_of.get("data"), then.data, "rows", same=said.basis == then.basis)
    found = list(rules)
    if "rows" in data or ("words" in data and "mapping" not in rules):
        found.append("basis")
    return tuple(found)


def _differing(
    before: Mapping[str, str] | None, after: Mapping[str, str], unknown: str, *, same: bool
) -> list[str]:
    if same:
        return []
    if not before:
        return [unknown]
    return [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def _moved(
    code: str, before: Standing, then: Analysis, later: Analysis, changed: tuple[str, ...]
) -> Moved | None:
    middle, after = _standings(then)[code], _standings(later)[code]
    steps = []
    if differs(before, middle):
        steps.append(Step(changed, before, middle))
    if differs(middle, after):
        steps.append(Step(("data",), middle, after))
    if not steps:
        return None
    by = movers(then.evidences[code], later.evidences[code]) if steps[-1].causes == ("data",) else ()
    return Moved(code, before, after, tuple(steps), by)


def differs(one: Standing, other: Standing) -> bool:
    """Whether an indicator moved by more than the width of its own draw."""
    if one.status != other.status or (one.median is None) != (other.median is None):
        return True
    return one.median is not None and other.median is not None and abs(one.median - other.median) >= MOVED


def _standings(analysis: Analysis) -> dict[str, Standing]:
    return {
        code: Standing(evidence.status, evidence.score.median if evidence.score else None)
        for code, evidence in analysis.evidences.items()
    }


def _said(stored: StoredAnalysis) -> dict[str, Standing]:
    return {one.code: Standing(one.status, one.score_median) for one in stored.indicators}


def _volume(scope: MspStore, one: AnalysisContext, other: AnalysisContext) -> tuple[Mover, ...]:
    before, after = (_opened(scope, context) for context in (one, other))
    changed = [
        Mover(
            dimension,
            name or "–",
            "tickets",
            before.get((dimension, name), 0),
            after.get((dimension, name), 0),
        )
        for dimension, name in sorted({*before, *after})
    ]
    return tuple(
        mover
        for dimension in ("client", "queue", "category")
        for mover in largest([m for m in changed if m.dimension == dimension and m.change])
    )


def _opened(scope: MspStore, context: AnalysisContext) -> dict[tuple[str, str], int]:
    last = to_epoch(context.instant)
    first = to_epoch(context.instant - timedelta(days=VOLUME_DAYS))
    rows = read_frame(scope, VOLUME, first=first, last=last)
    return {(str(row["dimension"]), str(row["name"])): int(row["n"]) for row in rows}
