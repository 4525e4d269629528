"""The rule: what may be claimed of an automation, and from when something could be.

A reduction is *claimed* (grade A) when the best design with a control finds a fall that chance would give in
under 2.5% of cases, over weeks and over clients; enough clients carry it; nothing is found before the go-live
or in categories that were not touched; and no sibling category can have taken in what the target lost.

A fall that is 90% sure and fails any of this, or has no control, or was registered with hindsight, is shown
(grade B) and claims nothing. Where none is found, that is an answer only if one of 30% would have been.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.controlled.ahead import weeks_until_detectable
from phasewise.analyzer.controlled.category import category_estimate
from phasewise.analyzer.controlled.estimate import Estimate, Series, tail
from phasewise.analyzer.controlled.placebo import Siblings, placebo_series, siblings, two_sided
from phasewise.analyzer.controlled.regression import design, fit
from phasewise.analyzer.controlled.rule import Rule
from phasewise.analyzer.controlled.several import benjamini_hochberg
from phasewise.analyzer.controlled.staggered import Comparison, comparison, staggered_estimate

DesignName = Literal["staggered", "category", "alone", "none"]
Grade = Literal["A", "B", "none", "cannot_tell"]
"""Claimed; shown; no reduction found where one would have been; nothing can be said."""

Doubt = Literal[
    "retrospective",  # registered after it went live
    "no_control",  # no tickets to compare with
    "few_clients",  # too few clients, or one is nearly all
    "before",  # an effect is found where nothing had happened yet
    "elsewhere",  # a category that it does not touch fell as well
    "moved",  # tickets may only have been renamed
]


@dataclass(frozen=True)
class Verdict:
    """What can be said of one automation.

    Attributes:
        design: the best comparison there is.
        grade: what may be said.
        estimate: the effect; None where there are too few weeks or tickets for any.
        detectable: the smallest reduction (0–1) that would be claimed now with 80% power; None as above.
        weeks_until: weeks from now until that is under 30%; 0 = it is, None = not within a year.
        doubts: what stands against a claim.
        weeks_before, weeks_after: weeks with tickets, before and after the go-live.
        observed: targeted tickets a week since.
        avoided: tickets a week that there would be more without it, by the estimate; below zero: fewer.
        siblings: what the sibling categories did.
        placebo_p: two-sided p of the effect before there could be any; None where it cannot be looked at.
    """

    design: DesignName
    grade: Grade
    estimate: Estimate | None
    detectable: float | None
    weeks_until: int | None
    doubts: tuple[Doubt, ...]
    weeks_before: int
    weeks_after: int
    observed: float
    avoided: float
    siblings: Siblings = field(default_factory=Siblings)
    placebo_p: float | None = None


def settle(verdicts: Sequence[Verdict], rule: Rule) -> list[Verdict]:
    """Claims of several automations together: the share of false ones stays under the level."""
    able = [i for i, v in enumerate(verdicts) if v.grade == "A" and v.estimate]
    tested = [i for i, v in enumerate(verdicts) if v.estimate is not None]
    kept = benjamini_hochberg([_p(verdicts[i]) for i in tested], rule.claim)
    claimed = {i for i, yes in zip(tested, kept, strict=True) if yes}
    return [replace(v, grade="B") if i in able and i not in claimed else v for i, v in enumerate(verdicts)]


def _p(verdict: Verdict) -> float:
    return verdict.estimate.p_fewer if verdict.estimate else 1.0


def assess(series: Series, rule: Rule, *, is_retrospective: bool, seed: int) -> Verdict:
    """What can be said of one automation, before others are looked at (`settle`).

    Args:
        series: its weeks.
        rule: the numbers.
        is_retrospective: it was registered after it went live.
        seed: of the permutations.
    """
    first, middle = _go_live(series)
    mine = series.treated
    before, after = first, series.weeks - middle
    observed = float(series.target[mine][:, middle:].sum()) / max(1, after)
    nothing = Verdict("none", "cannot_tell", None, None, None, (), before, after, observed, 0.0)
    if series.target[:, :first].sum() < rule.target_tickets or before < rule.weeks_before:
        return nothing
    kept = kept_weeks(series, rule)
    if after < rule.weeks_after:
        return replace(nothing, weeks_until=weeks_until_detectable(series, kept, None, rule))
    name, estimate, compared = _estimate(series, kept, rule, seed)
    looked = siblings(series, kept, estimate, rule) if name != "alone" else Siblings()
    placebo = _placebo(series, rule, seed, compared) if name != "alone" else None
    verdict = replace(
        nothing,
        design=name,
        estimate=estimate,
        detectable=estimate.detectable(rule.claim, rule.power),
        weeks_until=weeks_until_detectable(series, kept, estimate, rule),
        doubts=_doubts(name, estimate, looked, placebo, rule, is_retrospective=is_retrospective),
        avoided=observed * float(np.expm1(-estimate.effect)),
        siblings=looked,
        placebo_p=placebo,
    )
    return replace(verdict, grade=_grade(verdict, estimate, rule))


def _go_live(series: Series) -> tuple[int, int]:
    """The first week live, and the one of the middle client."""
    live = series.live_from[series.treated]
    if not len(live):
        return series.weeks, series.weeks
    return int(live.min()), int(np.median(live))


def kept_weeks(series: Series, rule: Rule) -> NDArray[np.bool_]:
    """(weeks,) the weeks that count: those just before the first go-live do not."""
    weeks = np.arange(series.weeks)
    first, _ = _go_live(series)
    kept: NDArray[np.bool_] = (weeks < first - rule.washout_before(first)) | (weeks >= first)
    return kept


def _estimate(
    series: Series, kept: NDArray[np.bool_], rule: Rule, seed: int
) -> tuple[DesignName, Estimate, Comparison | None]:
    compared = comparison(series, before=rule.weeks_before, after=rule.weeks_after, fewest=rule.clients)
    if compared is not None:
        return (
            "staggered",
            staggered_estimate(
                series, compared, washout=rule.washout_before(int(compared.waves.min())), seed=seed
            ),
            compared,
        )
    target = series.target[series.treated].sum()
    if series.control[series.treated].sum() >= target:
        return "category", category_estimate(series, rule.allowance, kept), None
    return "alone", _alone(series, kept, rule), None


def _alone(series: Series, kept: NDArray[np.bool_], rule: Rule) -> Estimate:
    """Without a control: the counts by themselves, with trend and waves. It claims falsely too often."""
    counts = series.target[series.treated].sum(axis=0).astype(np.float64)[None, kept]
    live = (np.arange(series.weeks) >= _go_live(series)[1]).astype(np.float64)
    made = design(live, rule.allowance)
    found = fit(counts, np.ones_like(counts), replace(made, columns=made.columns[kept]), family="rate")
    effect, error = float(found.effect[0]), float(found.error[0])
    fewer, more = tail(effect, error, found.freedom)
    return Estimate(effect, error, fewer, more, found.freedom, 0.0)


def _placebo(series: Series, rule: Rule, seed: int, compared: Comparison | None) -> float | None:
    """Two-sided p of a go-live that never was; None where the weeks before are too few for it."""
    earlier = placebo_series(series)
    fake = int(earlier.live_from[earlier.treated].min(initial=earlier.weeks))
    if earlier.weeks < rule.weeks_before or fake >= earlier.weeks - 4 or earlier.target.sum() == 0:
        return None
    if compared is not None:
        again = comparison(earlier, before=4, after=4, fewest=rule.clients)
        if again is None:
            return None
        return two_sided(staggered_estimate(earlier, again, washout=0, seed=seed))
    everything = np.ones(earlier.weeks, dtype=np.bool_)
    return two_sided(category_estimate(earlier, rule.allowance, everything))


def _doubts(
    name: DesignName,
    estimate: Estimate,
    looked: Siblings,
    placebo: float | None,
    rule: Rule,
    *,
    is_retrospective: bool,
) -> tuple[Doubt, ...]:
    found: list[tuple[Doubt, bool]] = [
        ("retrospective", is_retrospective),
        ("no_control", name == "alone"),
        ("few_clients", name != "alone" and estimate.clients < rule.clients),
        ("before", placebo is not None and placebo < rule.clean),
        ("elsewhere", bool(looked.fell)),
        ("moved", looked.suspect is not None),
    ]
    return tuple(doubt for doubt, holds in found if holds)


def _grade(verdict: Verdict, estimate: Estimate, rule: Rule) -> Grade:
    if estimate.p_fewer < rule.claim and not verdict.doubts:
        return "A"
    if estimate.p_fewer < rule.leaning:
        return "B"
    if verdict.detectable is not None and verdict.detectable <= rule.detectable:
        return "none"
    return "none" if estimate.p_more < rule.claim else "cannot_tell"
