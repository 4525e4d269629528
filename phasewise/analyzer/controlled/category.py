"""Category control: the target's share of a client's tickets, with a relative trend and season of its own.

What hits all tickets alike (growth, holidays, staff that does not log) cancels in the share. What moves the
target alone without anyone's doing is allowed for by the design's trend and waves. The effect is taken twice:
over the weeks, and over the clients (delete-one-client jackknife), because a sum over clients claims in 17%
of splits in which nothing was done; the worse of the two counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.controlled.estimate import Array, Estimate, Series, tail, worth
from phasewise.analyzer.controlled.regression import Allowance, Design, Fit, design, fit


def category_estimate(series: Series, allowance: Allowance, kept: NDArray[np.bool_]) -> Estimate:
    """The effect on the treated clients' target against their other tickets.

    Args:
        series: the weeks.
        allowance: how far the target may move by itself.
        kept: (weeks,) weeks that count; those just before a go-live are left out.
    """
    mine = series.treated
    target = series.target[mine].astype(np.float64)
    control = series.control[mine].astype(np.float64)
    made = share_design(series, allowance, kept)
    found = fit_without_each(target[:, kept], control[:, kept], made)
    effect, error = float(found.effect[0]), float(found.error[0])
    fewer, more = tail(effect, error, found.freedom)
    clients = worth(target.sum(axis=1))
    spread = jackknife_error(found.effect[1:])
    if len(target) > 1 and spread > 0:
        freedom = max(1.0, min(len(target), clients) - 1)
        client_fewer, client_more = tail(effect, spread, freedom)
        fewer, more = max(fewer, client_fewer), max(more, client_more)
        if spread > error:
            return Estimate(effect, spread, fewer, more, min(freedom, found.freedom), clients)
    return Estimate(effect, error, fewer, more, found.freedom, clients)


def share_design(series: Series, allowance: Allowance, kept: NDArray[np.bool_]) -> Design:
    """The design of the weeks that count; live is the share of the treated clients' tickets that is."""
    mine = series.treated
    sizes = (series.target[mine] + series.control[mine]).astype(np.float64)
    live = np.arange(series.weeks) >= series.live_from[mine][:, None]
    of_all = sizes.mean(axis=1, keepdims=True)
    share = (live * of_all).sum(axis=0) / max(float(of_all.sum()), 1e-12)
    made = design(share, allowance)
    return Design(made.columns[kept], made.precision)


def fit_without_each(target: Array, control: Array, made: Design) -> Fit:
    """Fits of all clients together (first) and of all but each."""
    together, sizes = target.sum(axis=0), (target + control).sum(axis=0)
    counts = np.vstack([together, together - target])
    return fit(counts, np.vstack([sizes, sizes - target - control]), made, errors_of=1)


def jackknife_error(without: Array) -> float:
    """Standard error out of the estimates without each client in turn (Tukey 1958)."""
    count = len(without)
    if count < 2:
        return 0.0
    return float(np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum()))
