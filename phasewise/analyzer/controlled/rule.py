"""The numbers of the rule, by name."""

from __future__ import annotations

from dataclasses import dataclass

from phasewise.analyzer.controlled.regression import Allowance
from phasewise.analyzer.thresholds import IndicatorThresholds


@dataclass(frozen=True)
class Rule:
    """When an effect is claimed, and when nothing can be said. All from thresholds.toml.

    Attributes:
        weeks_before, weeks_after: least weeks before and after a go-live.
        washout: weeks before a go-live that are left out at most: it is bought after a bad quarter.
        clients: least clients on each side of a staggered comparison, and behind a claim.
        target_tickets: least targeted tickets before the go-live.
        claim: one-sided probability below which a fall is claimed.
        leaning: the same for one that is only shown.
        clean: two-sided probability below which a placebo is not clean.
        detectable: the reduction that must be detectable before "no" is an answer.
        power: with which it must be.
        ahead: weeks looked ahead for that.
        siblings: categories looked at, the largest.
        sibling_share: least tickets of a sibling category, relative to the target's.
        moved: one-sided probability below which a sibling's rise is suspected.
        moved_share: of what the target lost, from which share a rise that cannot be excluded matters.
        allowance: how far a target may move by itself.
        sibling_allowance: how far a sibling may, before it is asked whether it took in what the target lost.
    """

    weeks_before: int
    weeks_after: int
    washout: int
    clients: int
    target_tickets: int
    claim: float
    leaning: float
    clean: float
    detectable: float
    power: float
    ahead: int
    siblings: int
    sibling_share: float
    moved: float
    moved_share: float
    allowance: Allowance
    sibling_allowance: Allowance

    def washout_before(self, first: int) -> int:
        """Weeks left out before a go-live after `first` weeks: a sixth of them at most."""
        return min(self.washout, first // 6)


def rule_of(numbers: IndicatorThresholds) -> Rule:
    """The rule as an MSP's thresholds say it."""
    return Rule(
        weeks_before=numbers.count("weeks_before"),
        weeks_after=numbers.count("weeks_after"),
        washout=numbers.count("washout_weeks"),
        clients=numbers.count("clients"),
        target_tickets=numbers.count("target_tickets"),
        claim=numbers["claim_probability"],
        leaning=numbers["leaning_probability"],
        clean=numbers["placebo_probability"],
        detectable=numbers["detectable_reduction"],
        power=numbers["detectable_power"],
        ahead=numbers.count("ahead_weeks"),
        siblings=numbers.count("sibling_categories"),
        sibling_share=numbers["sibling_share"],
        moved=numbers["moved_probability"],
        moved_share=numbers["moved_share"],
        allowance=_allowance(numbers, 1.0),
        sibling_allowance=_allowance(numbers, numbers["sibling_movement"]),
    )


def _allowance(numbers: IndicatorThresholds, times: float) -> Allowance:
    return Allowance(
        trend=times * numbers["trend_deviation"],
        season=times * numbers["season_deviation"],
        half_season=times * numbers["half_season_deviation"],
        effect=numbers["effect_deviation"],
    )
