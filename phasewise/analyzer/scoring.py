"""From measures to a score: curves, draws, parts and their combination.

Every score is a distribution of draws. The draws of a measure are quantiles of its posterior at levels that
are spread evenly over 0 to 1 and shuffled: their share above a value is that posterior's to 1/draws, and the
shuffle makes parts independent of each other. The seed is a hash of edition, code and date, so that the same
analysis gives the same digits everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.coverage import Coverage
from phasewise.analyzer.indicator import (
    AnalysisContext,
    Cap,
    Measure,
    Part,
    Reason,
    Score,
    Sentence,
    Status,
)
from phasewise.analyzer.stats import Share, posterior_quantiles
from phasewise.analyzer.thresholds import PASS, IndicatorThresholds, PartThresholds

Draws = NDArray[np.float64]

UNDER_THE_LINE = PASS - 1
"""What a part that must pass, and does not, leaves of the score at most."""


@dataclass(frozen=True)
class ScoredPart:
    """A part with its draws; a part that is unknown has none.

    Attributes:
        part: as it is shown.
        draws: scores 0–100.
        low, high: the same with all missing rows taken as bad, and as good; equal to `draws` where none is.
    """

    part: Part
    draws: Draws | None = None
    low: Draws | None = None
    high: Draws | None = None


@dataclass(frozen=True)
class Combined:
    """What the parts of an indicator come to; fields as those of `Evidence`."""

    status: Status
    score: Score | None
    p_pass: float | None
    p_low: float
    p_high: float
    reason: Reason | None
    needs: tuple[str, ...]


def levels(context: AnalysisContext, code: str, stream: str, numbers: IndicatorThresholds) -> Draws:
    """Levels of draws, evenly spread over 0–1, in an order that depends on edition, code, date and stream.

    Parts with the same stream move together: the probability that both pass is the lesser of the two.
    """
    text = "\x1f".join((context.edition, code, context.as_of.isoformat(), stream))
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    count = numbers.count("draws")
    order = np.random.default_rng(seed).permutation(count)
    spread: Draws = (order + 0.5) / count
    return spread


def curve(part: PartThresholds, values: Draws) -> Draws:
    """Scores of values by the part's anchors: linear between, flat beyond."""
    xs, ys = zip(*part.anchors, strict=True)
    scores: Draws = np.interp(values, xs, ys)
    return scores


def score_of(
    draws: Draws, numbers: IndicatorThresholds, low: Draws | None = None, high: Draws | None = None
) -> Score:
    """Median and middle interval of draws; the ends from other draws where rows are missing."""
    tail = (1 - numbers["interval"]) / 2
    return Score(
        median=float(np.median(draws)),
        low=float(np.quantile(draws if low is None else low, tail)),
        high=float(np.quantile(draws if high is None else high, 1 - tail)),
    )


def score_share(
    part: PartThresholds,
    title: Sentence,
    share: Share,
    measures: tuple[Measure, ...],
    *,
    at: Draws,
    coverage: Coverage,
    numbers: IndicatorThresholds,
) -> ScoredPart:
    """A part scored on a share.

    Args:
        part: its anchors.
        title: what it is.
        share: the share with the n it is worth (after over-dispersion).
        measures: what to show; the first is the share itself.
        at: levels of the draws.
        coverage: of the rows it was counted on: missing ones widen the score, all bad and all good.
        numbers: for the interval and the line between pass and fail.
    """
    missing = coverage.missing(share.n)
    rising = part.anchors[0][1] < part.anchors[-1][1]
    fewer, more = Share(share.met, share.n + missing), Share(share.met + missing, share.n + missing)
    bad, good = (fewer, more) if rising else (more, fewer)
    draws = curve(part, posterior_quantiles(share, at))
    low = draws if not missing else curve(part, posterior_quantiles(bad, at))
    high = draws if not missing else curve(part, posterior_quantiles(good, at))
    p_low, p_high = _passing(low), _passing(high)
    shown = Part(
        name=part.name,
        title=title,
        weight=part.weight,
        must=part.must,
        status=status_of(p_low, p_high, numbers),
        score=score_of(draws, numbers, low, high),
        p_pass=_passing(draws),
        reason=None,
        measures=measures,
    )
    return ScoredPart(shown, draws, low, high)


def unknown_part(
    part: PartThresholds, title: Sentence, reason: Reason, measures: tuple[Measure, ...] = ()
) -> ScoredPart:
    """A part that cannot be said, with the reason."""
    return ScoredPart(Part(part.name, title, part.weight, part.must, "unknown", None, None, reason, measures))


def combine(
    parts: Sequence[ScoredPart],
    numbers: IndicatorThresholds,
    *,
    caps: Sequence[Cap] = (),
    open_caps: Sequence[Cap] = (),
    deduction: float = 0.0,
) -> Combined:
    """The weighted sum of parts, those that are unknown at 0 and at 100.

    Args:
        parts: their weights need not add up to 1; they are taken relative to each other.
        numbers: for the lines between pass, leaning, fail and unknown.
        caps: rules that hold the score down.
        open_caps: rules of which it is not known whether they hold: applied at the low end only.
        deduction: points taken off; never by itself from over the line to under it.

    Returns:
        pass from P ≥ 0.8 with everything unknown at 0; fail up to P ≤ 0.2 with everything unknown at 100;
        else unknown where over half of the weight is, else leaning.
    """
    limit = min([100.0, *(cap.score for cap in caps)])
    open_limit = min([limit, *(cap.score for cap in open_caps)])
    low = _total(parts, [one.low for one in parts], 0.0, open_limit, deduction)
    high = _total(parts, [one.high for one in parts], 100.0, limit, deduction)
    p_low, p_high = _passing(low), _passing(high)
    unknown = [one.part for one in parts if one.draws is None]
    weight_unknown = sum(p.weight for p in unknown) / sum(one.part.weight for one in parts)
    status = status_of(p_low, p_high, numbers)
    if status == "leaning" and weight_unknown > numbers["unknown_weight"]:
        status = "unknown"
    decided = not unknown and open_limit == limit
    middle = (
        _total(parts, [one.draws for one in parts], 0.0, limit, deduction) if decided else (low + high) / 2
    )
    reasons = [p.reason for p in sorted(unknown, key=lambda p: -p.weight) if p.reason]
    return Combined(
        status=status,
        score=None if status == "unknown" else score_of(middle, numbers, low, high),
        p_pass=_passing(middle) if decided else p_low if p_low == p_high else None,
        p_low=p_low,
        p_high=p_high,
        reason=reasons[0] if reasons and status in {"unknown", "leaning"} else None,
        needs=tuple(dict.fromkeys(r.needs for r in reasons if r.needs)) if p_low != p_high else (),
    )


def _total(
    parts: Sequence[ScoredPart], draws: Sequence[Draws | None], blank: float, limit: float, deduction: float
) -> Draws:
    """Draws of the whole: weighted, held under the line by a must that fails, lowered, capped."""
    weight = sum(one.part.weight for one in parts)
    total = np.zeros(1)
    held = np.full(1, 100.0)
    for one, found in zip(parts, draws, strict=True):
        scores = np.full(1, blank) if found is None else found
        total = total + scores * (one.part.weight / weight)
        if one.part.must:
            held = np.where(scores < PASS, UNDER_THE_LINE, held)
    total = np.minimum(total, held)
    # A deduction costs points, but does not forbid a pass by itself: it stops at the line.
    lowered = np.where(total >= PASS, np.maximum(total - deduction, PASS), total - deduction)
    capped: Draws = np.clip(np.minimum(lowered, limit), 0, 100)
    return capped


def status_of(p_low: float, p_high: float, numbers: IndicatorThresholds) -> Status:
    """Pass, fail or leaning, by the probability of passing at both ends of what is unknown."""
    if p_low >= numbers["pass_probability"]:
        return "pass"
    return "fail" if p_high <= numbers["fail_probability"] else "leaning"


def _passing(draws: Draws) -> float:
    return float(np.count_nonzero(draws >= PASS)) / len(draws)
