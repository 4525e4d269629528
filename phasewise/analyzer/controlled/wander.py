"""Errors for a share that wanders: slow waves that nobody made, seen through counting noise.

A fit takes most of a slow wave into its trend and its step, so that the residuals look harmless. Instead, how
far the share wanders (and how slowly, and how far counting scatters) is averaged over a grid by restricted
likelihood: what the fit would have taken is integrated out (Patterson, Thompson 1971), and where the weeks
are too few to tell, large waves keep their weight. The variance of the effect is then that of the same
estimate under such waves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FADING = (0.6, 0.85, 0.96)
"""By which factor a wave fades from week to week: weeks, months, most of a year."""
WAVES = (0.0, 0.03, 0.06, 0.10, 0.15, 0.20, 0.30)
"""Standard deviation of the wave, log."""
SCATTER = (0.3, 0.45, 0.6, 0.8, 1.0, 1.25)
"""Times the residuals' dispersion that counting scatters by itself (never less than chance)."""


def wandering_variance(x: Array, prior: Array, weight: Array, working: Array, dispersion: float) -> float:
    """Variance of the last coefficient of a weighted fit, averaged over how far the share may wander.

    Args:
        x: (weeks, p) design.
        prior: (p,) precision of the coefficients.
        weight: (weeks,) information of each week, above zero.
        working: (weeks,) working response on the scale of the linear predictor.
        dispersion: of the fit's residuals, at least 1.
    """
    root = np.sqrt(weight)
    scaled, response = root[:, None] * x, root * working
    bread = np.linalg.inv(scaled.T @ scaled + np.diag(prior))[-1]
    own = float(bread**2 @ prior)
    apart = np.abs(np.arange(len(x))[:, None] - np.arange(len(x))[None, :])
    scatter = np.unique(np.maximum(1.0, dispersion * np.array(SCATTER)))
    likelihoods, variances = [], []
    for factor in FADING:
        values, vectors = np.linalg.eigh(root[:, None] * factor**apart * root[None, :])
        turned_x, turned_z = vectors.T @ scaled, vectors.T @ response
        effect = turned_x @ bread
        # (waves · scatters, weeks): the variances of the turned weeks.
        spread = (
            np.array(WAVES)[:, None, None] ** 2 * np.maximum(values, 0.0) + scatter[None, :, None]
        ).reshape(-1, len(x))
        likelihoods.append(_likelihood(turned_x, turned_z, spread, prior))
        variances.append(spread @ effect**2 + own)
    found = np.concatenate(likelihoods)
    chances = np.exp(found - found.max())
    return float(chances @ np.concatenate(variances) / chances.sum())


def _likelihood(x: Array, z: Array, spread: Array, prior: Array) -> Array:
    """Log restricted likelihood of each row of `spread`, up to a constant."""
    inner = np.einsum("kw,wp,wq->kpq", 1 / spread, x, x, optimize=True) + np.diag(prior)
    right = (z / spread) @ x
    fitted = (right * np.linalg.solve(inner, right[..., None])[..., 0]).sum(axis=1)
    _, size = np.linalg.slogdet(inner)
    found: Array = -0.5 * (np.log(spread).sum(axis=1) + size + (z * z / spread).sum(axis=1) - fitted)
    return found
