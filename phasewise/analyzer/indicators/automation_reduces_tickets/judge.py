"""The judgement of 2.3: from frames to evidence. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp

from phasewise.analyzer.calendar import Window, window_of
from phasewise.analyzer.columns import by_column, sums
from phasewise.analyzer.controlled.rule import rule_of
from phasewise.analyzer.coverage import Coverage, judge_coverage, providers
from phasewise.analyzer.indicator import (
    AnalysisContext,
    Evidence,
    Frames,
    FunnelStep,
    Measure,
    Reason,
    Score,
    Sentence,
)
from phasewise.analyzer.indicators.automation_reduces_tickets.effects import CODE, Effect, effects_of
from phasewise.analyzer.indicators.automation_reduces_tickets.notes import notes, query, summary
from phasewise.analyzer.indicators.automation_reduces_tickets.parts import (
    Reactive,
    introduced,
    no_answer,
    reactive,
    reducing,
    tellable_measure,
)
from phasewise.analyzer.indicators.automation_reduces_tickets.tables import leading, tables
from phasewise.analyzer.measures import count_measure, share_measure
from phasewise.analyzer.scope import LABELS, funnel
from phasewise.analyzer.scoring import Combined, ScoredPart, combine
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

SOURCE = N_("a ticket system")


def judge(frames: Frames, numbers: IndicatorThresholds, context: AnalysisContext) -> Evidence:
    """From what was counted to evidence; see the page of the indicator for the rules."""
    whole = window_of(frames["weeks"])
    if whole is None:
        reason = Reason("too_few", Sentence(N_("There is no whole week before this date")))
        return Evidence(CODE, "unknown", "derived", reason=reason)
    if not providers(frames["provides"], "tickets"):
        text = N_("No connected system gives tickets")
        return Evidence(
            CODE, "unknown", "derived", reason=Reason("no_source", Sentence(text), SOURCE), needs=(SOURCE,)
        )
    window, coverage = _proven(frames, whole, numbers, context)
    in_use = introduced(frames, whole, numbers, context)
    effects = effects_of(frames, window, numbers, context) if coverage.reason is None else []
    volume = reactive(frames, window, numbers)
    is_introduced = in_use.part.status == "pass"
    why = coverage.reason or no_answer(effects, volume, frames, numbers, is_introduced=is_introduced)
    fewer = reducing(effects, volume, window, coverage, numbers, context, no_answer=why)
    combined = _smaller(combine([in_use, fewer], numbers), fewer)
    told = tellable_measure(effects, window, complete=coverage.complete)
    return Evidence(
        code=CODE,
        status=combined.status,
        evidence_class="partly",
        score=combined.score,
        p_pass=combined.p_pass,
        p_low=combined.p_low,
        p_high=combined.p_high,
        reason=combined.reason,
        measures=tuple(_measures(effects, volume, frames, window, coverage, [in_use, fewer], told, numbers)),
        parts=(in_use.part, fewer.part),
        notes=(*notes(effects, volume, frames, numbers), *coverage.notes),
        funnel=tuple(_funnel(frames)),
        tables=tables(effects, volume, frames),
        query=query(effects, window),
        needs=combined.needs,
        summary=summary(effects, fewer.part),
    )


def _proven(
    frames: Frames, whole: Window, numbers: IndicatorThresholds, context: AnalysisContext
) -> tuple[Window, Coverage]:
    """The weeks from the first ticket on, as far back as they are proven to be in the store."""
    week = by_column(frames["tickets"]).texts["week"]
    first = week.labels[int(week.codes.min())] if len(week.codes) else ""
    held = tuple(week for week in whole.weeks if week.starts_on.isoformat() >= first)
    longest = Window(held) if held else whole
    least = numbers.count("weeks_before") + numbers.count("weeks_after")
    tried = [longest.last(count) for count in (len(longest.weeks), 130, 104, 91, 78, 65, 52, least)]
    found = []
    for window in tried:
        covered = judge_coverage(frames["coverage"], "tickets", window, numbers, context, source=SOURCE)
        if covered.reason is None:
            return window, covered
        found.append((window, covered))
    return found[-1]


def _smaller(combined: Combined, fewer: ScoredPart) -> Combined:
    """The score is the smaller of *reducing* and the weighted sum of both."""
    if combined.score is None or fewer.part.score is None:
        return combined
    both = (combined.score, fewer.part.score)
    return replace(
        combined,
        score=Score(
            median=min(score.median for score in both),
            low=min(score.low for score in both),
            high=min(score.high for score in both),
        ),
    )


def _measures(
    effects: Sequence[Effect],
    volume: Reactive,
    frames: Frames,
    window: Window,
    coverage: Coverage,
    parts: Sequence[ScoredPart],
    told: Measure | None,
    numbers: IndicatorThresholds,
) -> list[Measure]:
    found = [measure for one in reversed(parts) for measure in one.part.measures]
    complete = coverage.complete
    if told is not None:
        found.append(told)
    claimed = sum(effect.verdict.grade == "A" for effect in effects)
    n = len(effects)
    found.append(count_measure("automations", n, "automations", n, window, complete=complete))
    found.append(count_measure("automations_claimed", claimed, "automations", n, window, complete=complete))
    lead = leading(effects)
    if lead is not None:
        found += _of_effect(lead, window, numbers, complete=complete)
    if effects:
        rows = by_column(frames["tickets"])
        tickets = int(rows.numbers["n"][rows.texts["dropped"].equal("")].sum())
        found.append(
            count_measure(
                "reactive_tickets_a_week", volume.now, "tickets", tickets, window, complete=complete
            )
        )
    alerts = {str(row["resolved_by"]): int(row["n"] or 0) for row in frames.get("alerts", ())}
    if sum(alerts.values()):
        quarter = window.last(numbers.count("window_weeks"))
        by_machine, every = alerts.get("automation", 0), sum(alerts.values())
        found.append(
            share_measure("alerts_resolved_by_automation", by_machine, every, quarter, complete=complete)
        )
    return found


def _of_effect(
    lead: Effect, window: Window, numbers: IndicatorThresholds, *, complete: bool
) -> list[Measure]:
    estimate = lead.verdict.estimate
    if estimate is None:
        return []
    low, high = estimate.interval(numbers["interval"])
    n = int(lead.series.target.sum())
    ratio = count_measure("incidence_ratio", exp(estimate.effect), "ratio", n, window, complete=complete)
    found = [replace(ratio, low=low, high=high)]
    rule = rule_of(numbers)
    smallest = estimate.detectable(rule.claim, rule.power)
    found.append(count_measure("smallest_detectable", smallest, "share", n, window, complete=complete))
    return found


def _funnel(frames: Frames) -> list[FunnelStep]:
    rows = by_column(frames["tickets"])
    n, reason = rows.numbers["n"], rows.texts["dropped"]
    dropped = dict(zip(reason.labels, sums(reason.codes, n, len(reason.labels)).tolist(), strict=True))
    planned = reason.equal("") & (rows.numbers["reactive"] + rows.numbers["inside"] == 0)
    dropped |= {"planned": int(n[planned].sum())}
    return funnel(int(n.sum()), dropped, {**LABELS, "planned": N_("planned work: projects, changes, tasks")})
