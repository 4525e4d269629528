"""The statistics of the indicators. Pure functions of counts; shares are 0–1, probabilities 0–1.

`scipy.special` only: `scipy.stats` takes 1.7 s to import. Each function names the source of its formula.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOVING_RANGE = 1.128
"""Mean moving range of two standard normal values (d2 for subgroups of two; any table of control charts)."""


@dataclass(frozen=True)
class Share:
    """A share as seen: `met` of `n`, both 0 or more, `met` at most `n`; not whole after an adjustment."""

    met: float
    n: float

    def __post_init__(self) -> None:
        if not 0 <= self.met <= self.n:
            raise ValueError(f"{self.met} of {self.n} is no share")


def deflated(share: Share, sigma_z: float) -> Share:
    """The share resting on as many independent cases as its over-dispersed weeks are worth.

    n becomes n / max(1, sigma_z²): never more certain than binomial, less where weeks scatter more than
    chance. On a real ticket log sigma_z was 12.8, so that a binomial interval was 13 times too narrow.
    """
    factor = 1.0 / max(1.0, sigma_z * sigma_z)
    return Share(share.met * factor, share.n * factor)


def posterior(share: Share) -> tuple[float, float]:
    """The two parameters of the Beta posterior under Jeffreys' prior, Beta(1/2, 1/2)."""
    return share.met + 0.5, share.n - share.met + 0.5


def jeffreys(share: Share, level: float = 0.9) -> tuple[float, float]:
    """Jeffreys interval of a share; its lower end is 0 at 0 of n, its upper end 1 at n of n.

    Source: Brown, Cai, DasGupta (2001), Interval estimation for a binomial proportion.
    """
    from scipy.special import betaincinv  # noqa: PLC0415  # 0.3 s, only where something is judged

    a, b = posterior(share)
    tail = (1 - level) / 2
    low = 0.0 if share.met == 0 else float(betaincinv(a, b, tail))
    high = 1.0 if share.met == share.n else float(betaincinv(a, b, 1 - tail))
    return low, high


def probability_above(share: Share, value: float) -> float:
    """Posterior probability that the true share is at least `value` (0–1)."""
    from scipy.special import betaincc  # noqa: PLC0415  # as above

    a, b = posterior(share)
    return float(betaincc(a, b, value))


def share_from_which(share: Share, value: float, probability: float) -> float | None:
    """The smallest seen share that would be at least `value` with this probability, at the same n.

    Returns:
        0–1 by bisection to 1e-6; None where not even n of n would be sure enough.
    """
    n = share.n
    if probability_above(Share(n, n), value) < probability:
        return None
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        if probability_above(Share(middle * n, n), value) >= probability:
            high = middle
        else:
            low = middle
    return high


def posterior_quantiles(share: Share, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of the posterior of a share: draws, where the levels are uniform draws."""
    from scipy.special import betaincinv  # noqa: PLC0415  # as above

    a, b = posterior(share)
    quantiles: NDArray[np.float64] = betaincinv(a, b, levels)
    return quantiles


def shortfall_probability(met: int, n: int, target: float) -> float:
    """Exact binomial tail P(X ≤ met) for n cases that each succeed with probability `target`.

    A week is a shortfall when this is below 0.00135, the one-sided three-sigma tail: a test against the
    target, not about the week's own mean, and exact for few cases.
    """
    from scipy.special import bdtr  # noqa: PLC0415  # as above

    return float(bdtr(met, n, target))


@dataclass(frozen=True)
class ControlChart:
    """A Laney chart of one series of weeks.

    Attributes:
        mean: the pooled share, or rate.
        sigma_z: how many times the weeks scatter more than chance (1: as chance); 1.0 where there are fewer
            than two weeks or they cannot scatter.
        low, high: limits of each week, three sigmas wide, clipped to what is possible.
        signals: "low" or "high" for a week beyond its limits, else None.
    """

    mean: float
    sigma_z: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    signals: tuple[Literal["low", "high"] | None, ...]


def laney(
    counts: Sequence[int], sizes: Sequence[int], *, kind: Literal["share", "rate"] = "share", width: float = 3
) -> ControlChart:
    """Laney p' chart (shares) or u' chart (rates): limits widened by the scatter between weeks.

    z_i = (p_i - mean) / s_i, with s_i of the binomial (share) or Poisson (rate);
    sigma_z = mean |z_i - z_(i-1)| / 1.128; limits mean ± width · s_i · max(1, sigma_z): thirteen weeks that
    happen to lie close together are no reason to call the next one special.

    Args:
        counts: successes (or events) per week, in order of time.
        sizes: cases (or exposure) per week, each at least 1.
        kind: a share of its size, or a rate per size.
        width: sigmas from the mean to a limit.

    Source: Laney (2002), Improved control charts for attributes, Quality Engineering 14(4).
    """
    if not sizes:
        return ControlChart(math.nan, 1.0, (), (), ())
    mean = sum(counts) / sum(sizes)
    variance = mean * (1 - mean) if kind == "share" else mean
    values = [c / n for c, n in zip(counts, sizes, strict=True)]
    errors = [math.sqrt(variance / n) for n in sizes]
    z = [(v - mean) / s if s > 0 else 0.0 for v, s in zip(values, errors, strict=True)]
    moves = [abs(b - a) for a, b in pairwise(z)]
    # A chart of one week, or of weeks that are all alike, shows no scatter: limits as by chance alone.
    sigma_z = sum(moves) / len(moves) / MOVING_RANGE if any(moves) else 1.0
    top = 1.0 if kind == "share" else math.inf
    reach = width * max(1.0, sigma_z)
    low = tuple(max(0.0, mean - reach * s) for s in errors)
    high = tuple(min(top, mean + reach * s) for s in errors)
    return ControlChart(mean, sigma_z, low, high, tuple(map(_signal, values, low, high)))


def _signal(value: float, low: float, high: float) -> Literal["low", "high"] | None:
    if value < low:
        return "low"
    return "high" if value > high else None


@dataclass(frozen=True)
class Survival:
    """A Kaplan–Meier curve: the share still open after each time.

    Attributes:
        times: ascending times at which something was closed.
        shares: share still open just after each of them, 0–1, falling.
        variances: Greenwood's variance of each share.
        last: the longest time anything was watched; beyond it nothing is known.
        n: cases at the start.
    """

    times: tuple[int, ...]
    shares: tuple[float, ...]
    variances: tuple[float, ...]
    last: int
    n: int

    def _at(self, time: int) -> tuple[float, float]:
        reached = [i for i, t in enumerate(self.times) if t <= time]
        return (self.shares[reached[-1]], self.variances[reached[-1]]) if reached else (1.0, 0.0)

    def open_after(self, time: int) -> float | None:
        """Share still open after `time`; None where the curve ends before, some still open."""
        share, _ = self._at(time)
        return share if time <= self.last or share == 0 else None

    def variance_after(self, time: int) -> float:
        """Greenwood's variance of `open_after`."""
        return self._at(time)[1]

    def quantile(self, share: float) -> int | None:
        """The time by which this share is closed; None where the curve does not get there ("> last")."""
        for time, still_open in zip(self.times, self.shares, strict=True):
            # 1 - 0.5 - 0.5 must be 0 whatever order the products were taken in.
            if 1 - still_open >= share - 1e-12:
                return time
        return None

    def effective(self, time: int) -> Share | None:
        """The closed share after `time` as a share of as many cases as its variance is worth.

        n = S(1-S)/variance; where the variance is 0 (all or none closed), the cases at the start.
        """
        still_open = self.open_after(time)
        if still_open is None:
            return None
        variance = self.variance_after(time)
        n = still_open * (1 - still_open) / variance if variance > 0 else float(self.n)
        n = min(n, float(self.n))
        return Share((1 - still_open) * n, n)


def kaplan_meier(closed: Sequence[tuple[int, int]], watched: Sequence[tuple[int, int]]) -> Survival:
    """How long cases stay open when some are still open: those count for as long as they were watched.

    Args:
        closed: (time until closed, cases), each time once or several times.
        watched: (time watched so far, cases) of those still open. At equal times the closed come first.

    Sources: Kaplan, Meier (1958); variance: Greenwood (1926).
    """
    ends: dict[int, int] = {}
    leaves: dict[int, int] = {}
    for time, cases in closed:
        ends[time] = ends.get(time, 0) + cases
    for time, cases in watched:
        leaves[time] = leaves.get(time, 0) + cases
    total = at_risk = sum(ends.values()) + sum(leaves.values())
    times, shares, variances = [], [], []
    share, hazard = 1.0, 0.0
    for time in sorted({*ends, *leaves}):
        done = ends.get(time, 0)
        if done:
            share *= (at_risk - done) / at_risk
            hazard += done / (at_risk * (at_risk - done)) if at_risk > done else 0.0
            times.append(time)
            shares.append(share)
            variances.append(share * share * hazard)
        at_risk -= done + leaves.get(time, 0)
    last = max([*ends, *leaves], default=0)
    return Survival(tuple(times), tuple(shares), tuple(variances), last, total)
