"""Staggered by client: clients for whom it went live against clients for whom it did not, or not yet.

For each client the log ratio of ratios: target against its other tickets, after against before. Trend and
season of the target are everybody's, and cancel between clients; what is left differs from client to client,
and how much is seen among clients. Inference by permuting who went live when (studentised: Chung, Romano
2013), and by the spread of the clients; the worse of the two counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.controlled.estimate import Array, Estimate, Series, tail, worth

PERMUTATIONS = 1999
BETWEEN = 0.05
"""Variance between clients that the weights assume beside chance, so that no large client is everything."""


@dataclass(frozen=True)
class Comparison:
    """Who is compared with whom.

    Attributes:
        rows: (clients,) positions in the series of those who take part, live ones and others.
        waves: distinct first live weeks, ascending.
        wave: (clients,) which wave each is in; -1 = not live until `end`.
        end: first week that is not looked at.
    """

    rows: NDArray[np.int64]
    waves: NDArray[np.int64]
    wave: NDArray[np.int64]
    end: int


def comparison(series: Series, *, before: int, after: int, fewest: int) -> Comparison | None:
    """Clients with enough weeks before and after, and enough others; None where there are too few of them.

    Args:
        series: the weeks.
        before: least weeks before a go-live.
        after: least weeks after it.
        fewest: least clients on each side.
    """
    live = series.live_from
    active = (series.target + series.control).sum(axis=1) > 0
    end = series.weeks
    others = active & (live >= end)
    if others.sum() < fewest and (active & series.treated).any():
        # Everybody is live in the end: look until the last of them went live, who are the others till then.
        end = int(live[active & series.treated].max())
        others = active & (live >= end)
    mine = active & (live >= before) & (live <= end - after)
    if others.sum() < fewest or mine.sum() < fewest:
        return None
    rows = np.flatnonzero(others | mine)
    waves = np.unique(live[mine])
    wave = np.where(mine[rows], np.searchsorted(waves, live[rows]), -1)
    return Comparison(rows, waves, wave, end)


def staggered_estimate(series: Series, compared: Comparison, *, washout: int, seed: int) -> Estimate:
    """The effect on those who went live against those who did not.

    Args:
        series: the weeks.
        compared: of `comparison`.
        washout: weeks before a go-live that are left out.
        seed: of the permutations.
    """
    ratios, weights = _ratios(series, compared, washout)
    observed = compared.wave[None, :]
    shuffled = np.random.default_rng(seed).permuted(np.repeat(observed, PERMUTATIONS, axis=0), axis=1)
    effects, errors = _difference(ratios, weights, np.vstack([observed, shuffled]))
    t = effects / np.maximum(errors, 1e-12)
    effect, error = float(effects[0]), float(errors[0])
    sizes = weights.mean(axis=1)
    mine = compared.wave >= 0
    clients = min(worth(sizes[mine]), worth(sizes[~mine]))
    freedom = max(1.0, worth(sizes[mine]) + worth(sizes[~mine]) - 2)
    fewer, more = tail(effect, error, freedom)
    return Estimate(
        effect=effect,
        error=error,
        p_fewer=max(fewer, float((t <= t[0]).mean())),
        p_more=max(more, float((t >= t[0]).mean())),
        freedom=freedom,
        clients=clients,
    )


def _ratios(series: Series, compared: Comparison, washout: int) -> tuple[Array, Array]:
    """(clients, waves) log ratio of ratios, and what it is worth."""
    target = np.cumsum(series.target[compared.rows], axis=1, dtype=np.float64)
    control = np.cumsum(series.control[compared.rows], axis=1, dtype=np.float64)
    last, first = compared.end - 1, compared.waves - 1
    before = np.maximum(first - washout, 0)
    cells = [
        found + 0.5
        for sums in (target, control)
        for found in (sums[:, [last]] - sums[:, first], sums[:, before])
    ]
    after_t, before_t, after_c, before_c = cells
    ratios = np.log(after_t / before_t) - np.log(after_c / before_c)
    weights: Array = 1 / (1 / after_t + 1 / before_t + 1 / after_c + 1 / before_c + BETWEEN)
    return ratios, weights


def _difference(ratios: Array, weights: Array, wave: NDArray[np.int64]) -> tuple[Array, Array]:
    """(assignments,) weighted difference between live and others over the waves, and its error."""
    others = (wave < 0).astype(np.float64)
    total = np.zeros(len(wave))
    effect, variance = np.zeros(len(wave)), np.zeros(len(wave))
    for number in range(ratios.shape[1]):
        mine = (wave == number).astype(np.float64)
        r, w = ratios[:, number], weights[:, number]
        mean_mine, error_mine, weight = _mean(r, w, mine)
        mean_others, error_others, _ = _mean(r, w, others)
        total += weight
        effect += weight * (mean_mine - mean_others)
        variance += weight**2 * (error_mine + error_others)
    return effect / total, np.sqrt(variance) / total


def _mean(values: Array, weights: Array, mask: Array) -> tuple[Array, Array, Array]:
    """Weighted mean of each row's members, its squared error, and the members' weight."""
    weight = np.maximum(mask @ weights, 1e-12)
    mean = (mask @ (weights * values)) / weight
    # Σ w²(v - m)², by its three terms; members / (members - 1) for the mean that was taken from them.
    square = weights * weights
    spread = mask @ (square * values**2) - 2 * mean * (mask @ (square * values)) + mean**2 * (mask @ square)
    members = mask.sum(axis=1)
    # One client alone tells nothing of how clients differ: its error is what chance alone gives.
    lone = 1 / weight
    error = np.where(
        members > 1, np.maximum(spread, 0) / weight**2 * members / np.maximum(members - 1, 1), lone
    )
    return mean, error, weight
