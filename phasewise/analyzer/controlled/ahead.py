"""From when something could be said: the design as it will be, with the noise as it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.controlled.estimate import Array, Estimate, Series, detectable
from phasewise.analyzer.controlled.regression import Allowance, design, fit
from phasewise.analyzer.controlled.rule import Rule


def weeks_until_detectable(
    series: Series, kept: NDArray[np.bool_], found: Estimate | None, rule: Rule
) -> int | None:
    """Weeks from now until a reduction of 30% would be found with 80% power, at today's noise and volume.

    Args:
        series: the weeks so far.
        kept: (weeks,) weeks that count.
        found: the estimate of today; None where there are too few weeks since the go-live for one.
        rule: its limits.

    Returns:
        0 when it would be today, None when not within `rule.ahead` weeks. It is a date from which it *could*
        be told: what happens meanwhile is not known.
    """
    mine = series.treated
    if not mine.any():
        return None
    first = int(np.median(series.live_from[mine]))
    counts = series.target[mine].sum(axis=0).astype(np.float64)
    sizes = counts + series.control[mine].sum(axis=0)
    noise, freedom = _noise(series, counts, sizes, kept, found, rule)
    if noise is None:
        return None
    share = max(float(counts[:first].sum()), 0.5) / max(float(sizes[:first].sum()), 1.0)
    size = float(sizes[-26:].mean())
    since = series.weeks - first
    for more in range(max(0, rule.weeks_after - since), rule.ahead + 1):
        weeks = np.arange(series.weeks + more)
        counted = (weeks < first - rule.washout_before(first)) | (weeks >= first)
        error = noise * _planned(weeks >= first, counted, size * share * (1 - share), rule.allowance)
        if detectable(error, max(1.0, freedom + more), rule.claim, rule.power) <= rule.detectable:
            return more
    return None


def _noise(
    series: Series,
    counts: Array,
    sizes: Array,
    kept: NDArray[np.bool_],
    found: Estimate | None,
    rule: Rule,
) -> tuple[float | None, float]:
    """How many times larger the error is than that of the plan, and its degrees of freedom."""
    first = int(np.median(series.live_from[series.treated]))
    if found is not None:
        live, counted = np.arange(series.weeks) >= first, kept
        error, freedom = found.error, found.freedom
    else:
        # Too early: the noise of the weeks before, by a go-live that never was.
        live = np.arange(series.weeks) >= first * 3 // 4
        counted = np.arange(series.weeks) < first
        made = design(live.astype(np.float64)[counted], rule.allowance)
        fits = fit(counts[None, counted], sizes[None, counted], made)
        error, freedom = float(fits.error[0]), fits.freedom
    share = max(float(counts[counted].sum()), 0.5) / max(float(sizes[counted].sum()), 1.0)
    weight = float(sizes[counted].mean()) * share * (1 - share)
    plan = _planned(live, counted, weight, rule.allowance)
    return (error / plan if plan > 0 and np.isfinite(error) else None), freedom


def _planned(
    live: NDArray[np.bool_], counted: NDArray[np.bool_], weight: float, allowance: Allowance
) -> float:
    """The error that chance alone would leave, every week with the same weight (n · p · (1 - p))."""
    made = design(live.astype(np.float64), allowance)
    x = made.columns[counted]
    information = weight * (x.T @ x) + np.diag(made.precision)
    return float(np.sqrt(np.linalg.inv(information)[-1, -1]))
