"""Several automations at once: fewer false claims, and no sum of lucky estimates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def benjamini_hochberg(probabilities: Sequence[float], level: float) -> list[bool]:
    """Which of several p are claimed, so that the expected share of false ones is at most `level`.

    Source: Benjamini, Hochberg (1995).
    """
    count = len(probabilities)
    order = sorted(range(count), key=lambda i: probabilities[i])
    passing = [rank for rank, i in enumerate(order, start=1) if probabilities[i] <= level * rank / count]
    claimed = set(order[: max(passing, default=0)])
    return [i in claimed for i in range(count)]


def shrink(
    effects: Sequence[float], errors: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Effects drawn towards their common mean as far as they are noise; one alone stays as it is.

    Normal–normal, with the variance between by moments (DerSimonian, Laird 1986). The error keeps what is
    not known of the common mean.

    Returns:
        Means and standard deviations of the effects.
    """
    values, variances = np.asarray(effects, dtype=np.float64), np.asarray(errors, dtype=np.float64) ** 2
    if len(values) < 2:
        return values, np.sqrt(variances)
    weights = 1 / variances
    mean = float((weights * values).sum() / weights.sum())
    scatter = float((weights * (values - mean) ** 2).sum())
    between = (scatter - (len(values) - 1)) / float(weights.sum() - (weights**2).sum() / weights.sum())
    between = max(0.0, between)
    joint = 1 / (variances + between)
    mean = float((joint * values).sum() / joint.sum())
    kept = between / (between + variances)
    spread = kept * variances + (1 - kept) ** 2 / float(joint.sum())
    return mean + kept * (values - mean), np.sqrt(spread)
