"""The two parts of 2.3: introduced, and reducing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.columns import by_column, sums
from phasewise.analyzer.controlled.several import shrink
from phasewise.analyzer.coverage import Coverage, judge_coverage, providers
from phasewise.analyzer.indicator import (
    AnalysisContext,
    Frames,
    Measure,
    Part,
    Reason,
    Sentence,
)
from phasewise.analyzer.indicators.automation_reduces_tickets.effects import CODE, Effect
from phasewise.analyzer.indicators.automation_reduces_tickets.endpoints import TELLING
from phasewise.analyzer.measures import share_measure
from phasewise.analyzer.scoring import (
    UNDER_THE_LINE,
    Draws,
    ScoredPart,
    curve,
    levels,
    score_of,
    score_share,
    status_of,
    unknown_part,
)
from phasewise.analyzer.stats import Share
from phasewise.analyzer.thresholds import PASS, IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

TITLES: Mapping[str, str] = MappingProxyType(
    {"introduced": N_("Automation is in use"), "reducing": N_("It makes tickets fewer")}
)
RMM = N_("a tool that tells which automations ran")


def introduced(
    frames: Frames, window: Window, numbers: IndicatorThresholds, context: AnalysisContext
) -> ScoredPart:
    """The share of endpoints with a successful run in the latest 30 days."""
    part, title = numbers.parts["introduced"], Sentence(TITLES["introduced"])
    provides = frames["provides"]
    told = [providers(provides, field) for field in ("devices", *sorted(TELLING))]
    if not frozenset.intersection(*told):  # runs whose end nobody tells are no failures
        text = N_("No connected system tells on which of its endpoints automations ran, and how it ended")
        return unknown_part(part, title, Reason("no_source", Sentence(text), RMM))
    month = window.last(5)
    covered = [
        judge_coverage(frames["coverage"], table, month, numbers, context, source=RMM)
        for table in ("automation_runs", "devices")
    ]
    coverage = min(covered, key=lambda c: (c.reason is None, c.complete, c.share or 0.0))
    if coverage.reason is not None:
        return unknown_part(part, title, coverage.reason)
    row = frames["endpoints"][0]
    endpoints, with_run = int(row["endpoints"] or 0), int(row["with_run"] or 0)
    measure = share_measure("endpoints_automated", with_run, endpoints, month, complete=coverage.complete)
    if not row["observed"]:
        text = N_("The list of endpoints was not watched yet at this date")
        return unknown_part(part, title, Reason("not_yet_observed", Sentence(text)), (measure,))
    if endpoints < numbers["devices"]:
        text = N_("Only %(endpoints)s endpoints are known; it needs %(needed)s")
        values = {"endpoints": endpoints, "needed": numbers.count("devices")}
        return unknown_part(part, title, Reason("too_few", Sentence(text, values)), (measure,))
    share = Share(with_run, endpoints)
    at = levels(context, CODE, "introduced", numbers)
    return score_share(part, title, share, (measure,), at=at, coverage=coverage, numbers=numbers)


@dataclass(frozen=True)
class Reactive:
    """Tickets that somebody or something asked for, a week.

    Attributes:
        now: in the latest 13 weeks.
        before: in the same weeks a year earlier; None where the window does not reach back.
    """

    now: float
    before: float | None


def reactive(frames: Frames, window: Window, numbers: IndicatorThresholds) -> Reactive:
    """Reactive tickets a week, in scope, inside and outside of targets."""
    quarter = numbers.count("window_weeks")
    rows = by_column(frames["tickets"])
    asked_for = rows.texts["dropped"].equal("") & (rows.numbers["reactive"] + rows.numbers["inside"] > 0)
    counts = sums(rows.texts["week"].codes, rows.numbers["n"] * asked_for, len(rows.texts["week"].labels))
    by_week: dict[str, int] = dict(zip(rows.texts["week"].labels, counts.tolist(), strict=True))

    def mean(weeks: Sequence[date]) -> float:
        return sum(by_week.get(week.isoformat(), 0) for week in weeks) / max(1, len(weeks))

    starts = [week.starts_on for week in window.weeks]
    now = mean(starts[-quarter:])
    year = starts[-quarter - 52 : -52]
    return Reactive(now, mean(year) if len(year) == quarter else None)


def reducing(
    effects: Sequence[Effect],
    volume: Reactive,
    window: Window,
    coverage: Coverage,
    numbers: IndicatorThresholds,
    context: AnalysisContext,
    *,
    no_answer: Reason,
) -> ScoredPart:
    """The share of reactive tickets that all automations together make fewer.

    Without a claimed effect, at most half of the draws pass: it may lean, and no more.
    """
    part, title = numbers.parts["reducing"], Sentence(TITLES["reducing"])
    told = [effect for effect in effects if effect.verdict.grade in {"A", "B", "none"}]
    if not told or volume.now <= 0:
        return unknown_part(part, title, no_answer)
    shares = avoided_shares(told, volume, numbers, context)
    draws = curve(part, shares)
    if not any(effect.verdict.grade == "A" for effect in told):
        half = levels(context, CODE, "uncontrolled", numbers) > 0.5
        draws = np.where(half, np.minimum(draws, UNDER_THE_LINE), draws)
    passing = float(np.count_nonzero(draws >= PASS)) / len(draws)
    score = score_of(draws, numbers)
    tail = (1 - numbers["interval"]) / 2
    measure = Measure(
        name="tickets_avoided",
        value=float(np.median(shares)),
        unit="share",
        numerator=None,
        denominator=None,
        n=int(sum(effect.series.target.sum() for effect in told)),
        low=float(np.quantile(shares, tail)),
        high=float(np.quantile(shares, 1 - tail)),
        window_start=window.starts_on,
        window_end=window.ends_on,
        complete=coverage.complete,
    )
    shown = Part(
        name=part.name,
        title=title,
        weight=part.weight,
        must=part.must,
        status=status_of(passing, passing, numbers),
        score=score,
        p_pass=passing,
        reason=None,
        measures=(measure,),
    )
    return ScoredPart(shown, draws, draws, draws)


def avoided_shares(
    told: Sequence[Effect], volume: Reactive, numbers: IndicatorThresholds, context: AnalysisContext
) -> Draws:
    """Draws of the share of reactive tickets that there are fewer, of all effects together.

    Where one is claimed, those that are not add nothing to it: they can only take from it.
    """
    from scipy.special import ndtri  # noqa: PLC0415  # 0.3 s, only where something is judged

    known = [effect for effect in told if effect.verdict.estimate is not None]
    means, errors = shrink(
        [effect.verdict.estimate.effect for effect in known if effect.verdict.estimate],
        [effect.verdict.estimate.error for effect in known if effect.verdict.estimate],
    )
    is_claimed = any(effect.verdict.grade == "A" for effect in known)
    total: Draws = np.zeros(numbers.count("draws"))
    for effect, mean, error in zip(known, means, errors, strict=True):
        at = levels(context, CODE, f"effect {effect.automation.name}", numbers)
        fewer = effect.verdict.observed * np.expm1(np.clip(-(mean + error * ndtri(at)), -20, 20))
        if is_claimed and effect.verdict.grade != "A":
            fewer = np.minimum(fewer, 0) if _harms(effect, numbers) else np.zeros_like(fewer)
        total = total + fewer
    # Of the tickets that there would be without it.
    return total / np.maximum(volume.now + total, 1e-9)


def _harms(effect: Effect, numbers: IndicatorThresholds) -> bool:
    estimate = effect.verdict.estimate
    return estimate is not None and estimate.p_more < numbers["claim_probability"]


def no_answer(
    effects: Sequence[Effect],
    volume: Reactive,
    frames: Frames,
    numbers: IndicatorThresholds,
    *,
    is_introduced: bool,
) -> Reason:
    """Why nothing can be said of the effect, and from when something could be."""
    if not effects:
        text = N_("No automation is registered: what it targets, and since when it runs, is not known")
        needs = N_("the automations with their targets and go-live dates")
        return Reason("not_asked", Sentence(text), needs)
    days = [(day, effect) for effect in effects if (day := effect.tellable_on) is not None]
    if days:
        day, effect = min(days, key=lambda pair: (pair[0], pair[1].automation.name))
        text = N_("Not tellable before %(day)s: %(name)s (%(weekly)s targeted tickets a week so far)")
        values = {
            "day": day.isoformat(),
            "name": effect.automation.name,
            "weekly": f"{weekly_before(effect):.1f}",
        }
        return Reason("too_few", Sentence(text, values))
    live = [effect for effect in effects if effect.automation.went_live_at is not None]
    if not live:
        return Reason("too_few", Sentence(N_("No registered automation had gone live by this date")))
    if is_introduced and not _rises(volume, frames, numbers):
        text = N_("Too few targeted tickets to see even a fall of %(share)s within a year")
        values = {"share": f"{numbers['detectable_reduction']:.0%}"}
        return Reason("too_small_to_tell", Sentence(text, values))
    text = N_("Not tellable within a year: too few weeks or tickets before the go-live to compare with")
    return Reason("too_few", Sentence(text))


def weekly_before(effect: Effect) -> float:
    """Targeted tickets a week before the go-live, of the clients it is for."""
    series = effect.series
    mine = series.treated
    rows = series.target[mine] if mine.any() else series.target
    first = int(series.live_from[mine].min()) if mine.any() else series.weeks
    return float(rows[:, :first].sum()) / max(1, first)


def _rises(volume: Reactive, frames: Frames, numbers: IndicatorThresholds) -> bool:
    """Reactive tickets per endpoint rose within the year; where it is not known, they may have."""
    row = frames["endpoints"][0]
    now, before = int(row["endpoints"] or 0), int(row["endpoints_before"] or 0)
    if volume.before is None or not now or not before or not row["observed"]:
        return True
    return volume.now / now > (1 + numbers["tickets_rise"]) * volume.before / before


def tellable_measure(effects: Sequence[Effect], window: Window, *, complete: bool) -> Measure | None:
    """Weeks until something could be told; its window ends on that day. None where it can, or never."""
    days = [day for effect in effects if (day := effect.tellable_on) is not None]
    if not days or min(days) <= window.ends_on:
        return None
    day = min(days)
    return Measure(
        name="weeks_until_tellable",
        value=float((day - window.ends_on) / timedelta(days=7)),
        unit="weeks",
        numerator=None,
        denominator=None,
        n=len(days),
        low=None,
        high=None,
        window_start=window.ends_on,
        window_end=day,
        complete=complete,
    )
