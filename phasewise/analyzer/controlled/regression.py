"""Regressions of weekly counts with errors that week-to-week dependence cannot make too small. Batched.

Quasi-likelihood by iteratively reweighted least squares, many series at a time (one per client left out, one
per sibling category). Coefficients may carry a prior of mean zero: that is how a season or a drift of the
target's own is allowed for where the series is too short to estimate it freely. The error of a coefficient is
the largest of three: heteroscedasticity and autocorrelation consistent (Newey, West 1987, Bartlett weights),
quasi-likelihood (Pearson dispersion, at least 1; McCullagh, Nelder 1989), and the same inflated by the
residuals' autocorrelation, (1 + r) / (1 - r), because the first is too small in short series; and, unless it
is not asked for, that of a share that wanders (`wander.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.controlled.wander import wandering_variance

Array = NDArray[np.float64]

WEEKS_A_YEAR = 365.2425 / 7
STEPS = 40
REACH = 30.0
"""Largest linear predictor: beyond it a share is 0 or 1 to double precision."""
LARGEST_CORRELATION = 0.95


@dataclass(frozen=True)
class Design:
    """What may move a series of weeks.

    Attributes:
        columns: (weeks, p): constant, relative trend per year, two waves of a year, two of half a year, and
            last the share of the treated that is live, 0–1.
        precision: (p,): 1/sd² of the prior of each coefficient, 0 = free.
    """

    columns: Array
    precision: Array


@dataclass(frozen=True)
class Allowance:
    """How far a target may move by itself, relative to its control, without anything having been done.

    Attributes:
        trend: standard deviation of its drift, log per year.
        season: of each of the two waves of a year, log.
        half_season: of each of the two waves of half a year, log.
        effect: of the effect itself; wide, it only keeps a series without tickets from running away.
    """

    trend: float
    season: float
    half_season: float
    effect: float


@dataclass(frozen=True)
class Fit:
    """One coefficient of a batch of fits: the last column of the design.

    Attributes:
        effect: (batch,) log effect.
        error: (series with errors,) its standard error, the largest of all.
        model_error: (series with errors,) the quasi-likelihood one.
        freedom: degrees of freedom of the t distribution.
        coefficients: (batch, p).
    """

    effect: Array
    error: Array
    model_error: Array
    freedom: float
    coefficients: Array


def design(live: Array, allowance: Allowance) -> Design:
    """The design of a series.

    Args:
        live: (weeks,) share of the treated that is live in each week, 0–1.
        allowance: how far the target may move by itself.
    """
    weeks = np.arange(len(live), dtype=np.float64)
    years = (weeks - weeks.mean()) / WEEKS_A_YEAR
    waves = [
        wave(2 * math.pi * times * weeks / WEEKS_A_YEAR) for times in (1, 2) for wave in (np.sin, np.cos)
    ]
    deviations = (allowance.trend, *[allowance.season] * 2, *[allowance.half_season] * 2, allowance.effect)
    columns = np.column_stack([np.ones_like(weeks), years, *waves, live])
    return Design(columns, np.array([1e-9, *(1 / (sd * sd) for sd in deviations)]))


def fit(
    counts: Array,
    sizes: Array,
    made: Design,
    *,
    family: Literal["share", "rate"] = "share",
    errors_of: int | None = None,
    wanders: bool = True,
) -> Fit:
    """Fit a batch of series on one design.

    Args:
        counts: (batch, weeks) successes of `sizes` (share: binomial, logit), or events (rate: Poisson, log).
        sizes: (batch, weeks) cases, or exposure; weeks of size 0 say nothing.
        made: the design.
        family: which of the two.
        errors_of: for how many of the first series errors are wanted; None = all.
        wanders: the errors allow for slow waves too; it takes most of the time.

    Returns:
        The last coefficient with its error; see the module for the three errors.
    """
    x, prior = made.columns, made.precision
    beta = np.zeros((len(counts), x.shape[1]))
    total, whole = counts.sum(axis=1), sizes.sum(axis=1)
    rate = (total + 0.5) / (whole + 1.0)
    beta[:, 0] = np.log(rate / (1 - rate)) if family == "share" else np.log(rate)
    for _ in range(STEPS):
        mean, weight = _mean(x, beta, sizes, family)
        step = np.linalg.solve(
            _information(x, weight, prior), ((counts - mean) @ x - prior * beta)[..., None]
        )[..., 0]
        step = np.clip(step, -2.0, 2.0)
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    some = slice(errors_of)
    mean, weight = _mean(x, beta[some], sizes[some], family)
    error, model, freedom = _errors(counts[some] - mean, weight, made)
    if wanders:
        error = np.maximum(error, _wandering(x, counts[some] - mean, weight, beta[some], made))
    return Fit(beta[:, -1], error, model, freedom, beta)


def _mean(x: Array, beta: Array, sizes: Array, family: str) -> tuple[Array, Array]:
    linear = np.clip(beta @ x.T, -REACH, REACH)
    if family == "rate":
        mean = sizes * np.exp(linear)
        return mean, mean
    share = 1 / (1 + np.exp(-linear))
    return sizes * share, sizes * share * (1 - share)


def _information(x: Array, weight: Array, prior: Array) -> Array:
    found: Array = np.einsum("bw,wp,wq->bpq", weight, x, x, optimize=True) + np.diag(prior)
    return found


def _errors(residual: Array, weight: Array, made: Design) -> tuple[Array, Array, float]:
    """The largest and the model's error of the last coefficient, and the degrees of freedom."""
    x, prior = made.columns, np.diag(made.precision)
    weeks = np.count_nonzero(weight.sum(axis=0))
    # Coefficients held by their prior count as whole ones: it errs towards fewer degrees of freedom.
    freedom = float(max(2, weeks - x.shape[1]))
    bread = np.linalg.inv(_information(x, weight, made.precision))
    safe = np.maximum(weight, 1e-12)
    pearson = np.where(weight > 1e-12, residual / np.sqrt(safe), 0.0)
    dispersion = np.maximum(1.0, (pearson**2).sum(axis=1) / freedom)[:, None, None]
    plain = _information(x, weight, 0 * made.precision)
    robust = _newey_west(residual[..., None] * x) * (weeks / freedom)
    correlation = _correlation(pearson, x.shape[1])[:, None, None]
    inflated = dispersion * (1 + correlation) / (1 - correlation)
    last = bread[:, -1, :]

    def of(meat: Array) -> Array:
        variance: Array = np.einsum("bp,bpq,bq->b", last, meat + prior, last)
        return np.sqrt(variance)

    model = of(dispersion * plain)
    return np.maximum.reduce([of(robust), model, of(inflated * plain)]), model, freedom


def _wandering(x: Array, residual: Array, weight: Array, beta: Array, made: Design) -> Array:
    """Standard error of each series where its share may wander."""
    found = np.empty(len(residual))
    for row in range(len(residual)):
        some = weight[row] > 1e-9
        own = weight[row][some]
        freedom = max(2, int(some.sum()) - x.shape[1])
        dispersion = max(1.0, float((residual[row][some] ** 2 / own).sum()) / freedom)
        linear = np.clip(x[some] @ beta[row], -REACH, REACH)
        working = linear - linear.mean() + residual[row][some] / own
        found[row] = np.sqrt(wandering_variance(x[some], made.precision, own, working, dispersion))
    return found


def _correlation(pearson: Array, columns: int) -> Array:
    """Lag-one correlation of residuals, with what fitting took from it given back; never below zero."""
    weeks = pearson.shape[1]
    square = np.maximum((pearson**2).sum(axis=1), 1e-12)
    first = (pearson[:, 1:] * pearson[:, :-1]).sum(axis=1) / square
    # Residuals of a fit with p columns look less correlated than the errors are: by about p / weeks.
    found: Array = np.clip(first + columns / weeks, 0.0, LARGEST_CORRELATION)
    return found


def _newey_west(scores: Array) -> Array:
    weeks = scores.shape[1]
    lags = int(4 * (weeks / 100) ** (2 / 9))
    meat: Array = np.einsum("bwp,bwq->bpq", scores, scores, optimize=True)
    for lag in range(1, lags + 1):
        crossed = np.einsum("bwp,bwq->bpq", scores[:, lag:], scores[:, :-lag], optimize=True)
        meat = meat + (1 - lag / (lags + 1)) * (crossed + crossed.transpose(0, 2, 1))
    return meat
