"""The fits, beside a slow reference that shares nothing with them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from phasewise.analyzer.controlled.regression import Allowance, design, fit
from phasewise.analyzer.controlled.wander import wandering_variance

ALLOWANCE = Allowance(trend=0.5, season=0.2, half_season=0.1, effect=3.0)


def weeks(count=78, live=26, *, effect=-0.5, seed=1, size=120):
    rng = np.random.default_rng(seed)
    on = (np.arange(count) >= count - live).astype(float)
    sizes = rng.poisson(size, count).astype(float)
    share = 1 / (1 + np.exp(1.4 - effect * on - 0.1 * np.sin(np.arange(count) / 8)))
    return rng.binomial(sizes.astype(int), share).astype(float), sizes, on


def penalised(counts, sizes, made, family):
    """The mode of likelihood and prior, written from the definition and minimised without a gradient."""

    def value(beta):
        linear = made.columns @ beta
        if family == "share":
            likelihood = counts * linear - sizes * np.log1p(np.exp(linear))
        else:
            likelihood = counts * linear - sizes * np.exp(linear)
        return -likelihood.sum() + 0.5 * (made.precision * beta**2).sum()

    start = np.zeros(made.columns.shape[1])
    start[0] = -1.0
    for _ in range(3):
        start = minimize(value, start, method="BFGS", options={"gtol": 1e-7, "maxiter": 5000}).x
    return start


@pytest.mark.parametrize("family", ["share", "rate"])
def test_the_batched_fit_is_that_of_a_slow_reference(family):
    counts, sizes, on = weeks()
    made = design(on, ALLOWANCE)
    offsets = sizes if family == "share" else np.ones_like(sizes)
    found = fit(counts[None], offsets[None], made, family=family)
    assert found.coefficients[0] == pytest.approx(penalised(counts, offsets, made, family), abs=2e-5)


def test_a_series_of_a_batch_is_fitted_as_if_it_were_alone():
    one, two = weeks(seed=1), weeks(seed=2)
    made = design(one[2], ALLOWANCE)
    both = fit(np.stack([one[0], two[0]]), np.stack([one[1], two[1]]), made)
    alone = fit(two[0][None], two[1][None], made)
    assert both.effect[1] == pytest.approx(alone.effect[0], abs=1e-10)
    assert both.error[1] == pytest.approx(alone.error[0], rel=1e-9)


def test_the_model_error_is_that_of_the_curvature():
    counts, sizes, on = weeks(size=2000, effect=0.0)
    made = design(on, ALLOWANCE)
    found = fit(counts[None], sizes[None], made, wanders=False)
    share = 1 / (1 + np.exp(-made.columns @ found.coefficients[0]))
    weight = sizes * share * (1 - share)
    information = made.columns.T @ (weight[:, None] * made.columns)
    dispersion = max(1.0, float(((counts - sizes * share) ** 2 / weight).sum() / (len(on) - 7)))
    bread = np.linalg.inv(information + np.diag(made.precision))
    variance = (bread @ (dispersion * information + np.diag(made.precision)) @ bread)[-1, -1]
    assert found.model_error[0] == pytest.approx(np.sqrt(variance), rel=1e-6)


def test_no_error_is_smaller_than_that_of_the_model():
    counts, sizes, on = weeks()
    found = fit(counts[None], sizes[None], design(on, ALLOWANCE))
    assert found.error[0] >= found.model_error[0]


def test_weeks_without_tickets_since_the_go_live_give_a_finite_effect():
    counts, sizes, on = weeks()
    found = fit((counts * (on == 0))[None], sizes[None], design(on, ALLOWANCE))
    assert -20 < found.effect[0] < -3
    assert np.isfinite(found.error[0])


def test_a_share_that_wanders_has_a_larger_error():
    rng = np.random.default_rng(5)
    wave = np.zeros(104)
    for week in range(1, 104):
        wave[week] = 0.9 * wave[week - 1] + rng.normal(0, 0.12)
    sizes = np.full(104, 700.0)
    on = (np.arange(104) >= 78).astype(float)
    still = rng.binomial(700, 0.15, 104).astype(float)
    wandering = rng.binomial(700, 1 / (1 + np.exp(1.7 - wave))).astype(float)
    found = fit(np.stack([still, wandering]), np.stack([sizes, sizes]), design(on, ALLOWANCE))
    assert found.error[1] > 2 * found.error[0]


def test_the_error_of_a_wave_is_that_of_its_definition():
    """With everything but one wave ruled out, the average is the sandwich with that wave's covariance."""
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(30), np.arange(30) >= 20]).astype(float)
    prior, weight = np.array([1e-9, 1 / 9]), np.full(30, 40.0)
    noise = rng.normal(size=30) / np.sqrt(weight)
    plain = wandering_variance(x, prior, weight, noise, 1.0)
    bread = np.linalg.inv(x.T @ (weight[:, None] * x) + np.diag(prior))
    least = (bread @ (x.T @ (weight[:, None] * x) + np.diag(prior)) @ bread)[-1, -1]
    apart = np.abs(np.arange(30)[:, None] - np.arange(30)[None, :])
    scores = weight[:, None] * x
    most = (
        bread @ (x.T @ scores * 1.25 + scores.T @ (0.09 * 0.96**apart) @ scores + np.diag(prior)) @ bread
    )[-1, -1]
    assert least <= plain <= most
