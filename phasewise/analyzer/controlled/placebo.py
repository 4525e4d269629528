"""Where nothing was done, nothing may be found: placebo in time, in category, and where tickets went instead.

An effect before the automation, or in a category it does not touch, says that the comparison is not to be
trusted. A sibling category that rises as the target falls says that tickets were only given another name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.controlled.category import share_design
from phasewise.analyzer.controlled.estimate import Estimate, Series, tail
from phasewise.analyzer.controlled.regression import fit
from phasewise.analyzer.controlled.rule import Rule


@dataclass(frozen=True)
class Siblings:
    """What the sibling categories did.

    Attributes:
        fell: positions of those that fell at the go-live, as if it had been theirs.
        suspect: of those that rose, the one into which most of what the target lost may have gone; None where
            none can have taken enough to matter.
        share: of what the target lost, how much the suspect can have gained at most (95%); 0 without one.
    """

    fell: tuple[int, ...] = ()
    suspect: int | None = None
    share: float = 0.0


def placebo_series(series: Series) -> Series:
    """The weeks before the first go-live, with a go-live that never was at three quarters of them."""
    first = int(series.live_from[series.treated].min())
    fake = np.where(series.treated, first * 3 // 4, first)
    return Series(
        series.target[:, :first], series.control[:, :first], series.siblings[:, :first], fake.astype(np.int64)
    )


def two_sided(estimate: Estimate) -> float:
    """Two-sided p of an effect."""
    return min(1.0, 2 * min(estimate.p_fewer, estimate.p_more))


def siblings(series: Series, kept: NDArray[np.bool_], found: Estimate, rule: Rule) -> Siblings:
    """Look at the largest sibling categories, each against all of the others.

    A category that surely rose by less than most of what the target lost did not take it. Siblings may move
    less by themselves than the target may: one that does raises a doubt, and never a claim.

    Args:
        series: the weeks; its siblings are those of the treated clients.
        kept: (weeks,) weeks that count.
        found: the effect on the target.
        rule: its limits.
    """
    from scipy.special import stdtrit  # noqa: PLC0415  # 0.3 s, only where something is judged

    target = series.target[series.treated].sum(axis=0).astype(np.float64)
    rows = series.siblings.astype(np.float64)
    enough = np.flatnonzero(rows.sum(axis=1) >= max(1.0, rule.sibling_share * float(target.sum())))
    largest = enough[np.argsort(-rows[enough].sum(axis=1), kind="stable")][: rule.siblings]
    if len(rows) < 2 or not len(largest):
        return Siblings()
    made = share_design(series, rule.sibling_allowance, kept)
    sizes = np.repeat(rows.sum(axis=0)[None, kept], len(largest), axis=0)
    fits = fit(rows[largest][:, kept], sizes, made, wanders=False)
    tails = [tail(float(b), float(e), fits.freedom) for b, e in zip(fits.effect, fits.error, strict=True)]
    each = rule.clean / 2 / len(largest)
    fell = tuple(int(k) for k, (fewer, _) in zip(largest, tails, strict=True) if fewer < each)
    live = made.columns[:, -1] > 0
    lost = float(target[kept][live].sum()) * float(np.expm1(-found.effect))
    reach = float(stdtrit(fits.freedom, 0.95))
    after = rows[largest][:, kept][:, live].sum(axis=1)
    most = after * -np.expm1(-(fits.effect + reach * fits.error)) / lost if lost > 0 else np.zeros(len(after))
    suspects = [
        (float(share), int(k))
        for k, (_, p), share in zip(largest, tails, most, strict=True)
        if p < rule.moved and share >= rule.moved_share
    ]
    if not suspects:
        return Siblings(fell)
    share, suspect = max(suspects)
    return Siblings(fell, suspect, share)
