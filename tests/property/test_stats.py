"""The statistics hold what their docstrings promise; cross-checked against scipy.stats where it has them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats as reference

from phasewise.analyzer import stats
from phasewise.analyzer.stats import Share

counts = st.integers(0, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
weeks = st.lists(counts.filter(lambda c: c[1] > 0), min_size=1, max_size=26)
times = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 20)), max_size=40)


@given(counts)
def test_jeffreys_is_that_of_the_beta_distribution(share):
    met, n = share
    low, high = stats.jeffreys(Share(met, n), 0.9)
    beta = reference.beta(met + 0.5, n - met + 0.5)
    assert low == (0 if met == 0 else pytest.approx(beta.ppf(0.05), abs=1e-9))
    assert high == (1 if met == n else pytest.approx(beta.ppf(0.95), abs=1e-9))


@given(counts)
def test_the_interval_holds_the_share_seen(share):
    met, n = share
    assume(n > 0)
    low, high = stats.jeffreys(Share(met, n))
    assert 0 <= low <= met / n <= high <= 1


@given(counts, st.floats(0.01, 0.99))
def test_the_tail_probability_is_that_of_the_beta_distribution(share, value):
    met, n = share
    expected = reference.beta(met + 0.5, n - met + 0.5).sf(value)
    assert stats.probability_above(Share(met, n), value) == pytest.approx(expected, abs=1e-9)


@given(st.integers(1, 2000), st.floats(0.05, 0.95), st.sampled_from([0.8, 0.956]))
def test_the_surely_passing_share_is_the_first_that_is_sure(n, value, probability):
    found = stats.share_from_which(Share(0, n), value, probability)
    if found is None:
        assert stats.probability_above(Share(n, n), value) < probability
    else:
        assert stats.probability_above(Share(found * n, n), value) >= probability
        below = max(0.0, found - 1e-4)
        assert stats.probability_above(Share(below * n, n), value) < probability


@given(counts, st.floats(0.01, 0.99))
def test_the_shortfall_test_is_the_exact_binomial_tail(share, target):
    met, n = share
    expected = reference.binom(n, target).cdf(met)
    assert stats.shortfall_probability(met, n, target) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(counts, st.floats(0, 20))
def test_scatter_never_makes_a_share_more_certain(share, sigma_z):
    met, n = share
    assume(n > 0)
    found = stats.deflated(Share(met, n), sigma_z)
    assert found.n <= n
    assert found.met / found.n == pytest.approx(met / n)
    low, high = stats.jeffreys(Share(met, n))
    wide_low, wide_high = stats.jeffreys(found)
    if 0 < met < n and found.n > 2:
        assert wide_high - wide_low >= high - low - 1e-9


def test_a_share_of_more_than_all_is_refused():
    with pytest.raises(ValueError, match="3 of 2"):
        Share(3, 2)


@given(weeks)
def test_a_chart_has_limits_around_its_mean_and_signals_beyond_them(series):
    chart = stats.laney([c for c, _ in series], [n for _, n in series])
    assert len(chart.low) == len(chart.high) == len(chart.signals) == len(series)
    for (met, n), low, high, signal in zip(series, chart.low, chart.high, chart.signals, strict=True):
        assert 0 <= low <= chart.mean + 1e-12
        assert chart.mean - 1e-12 <= high <= 1
        assert (signal == "low") == (met / n < low)
        assert (signal == "high") == (met / n > high)


@given(weeks)
def test_weeks_that_are_all_alike_never_signal(series):
    n = series[0][1]
    chart = stats.laney([series[0][0]] * len(series), [n] * len(series))
    assert set(chart.signals) == {None}
    assert chart.sigma_z == 1.0


def test_sigma_z_is_the_mean_moving_range_over_its_expectation():
    """Worked by hand: mean 0.5, standard errors 0.05, z = 2, -2, 0, so ranges 4 and 2."""
    chart = stats.laney([60, 40, 50], [100, 100, 100])
    assert chart.sigma_z == pytest.approx((4 + 2) / 2 / 1.128)
    assert chart.low[0] == pytest.approx(0.5 - 3 * 0.05 * chart.sigma_z)


def test_binomial_weeks_have_a_sigma_z_near_one():
    rng = np.random.default_rng(1)
    found = [stats.laney(list(map(int, rng.binomial(200, 0.9, 26))), [200] * 26).sigma_z for _ in range(200)]
    assert 0.9 < sum(found) / len(found) < 1.1


def test_a_crisis_is_a_signal_though_the_weeks_scatter():
    """The shape of a real log: weeks between 45% and 85%, one at 4%, thousands of tickets each."""
    met = [820, 88, 681, 1025, 1558, 1518, 1580, 921, 1692, 1623, 1175]
    n = [1805, 2044, 1939, 1644, 2125, 1942, 1943, 1365, 1989, 1975, 1380]
    chart = stats.laney(met, n)
    assert [i for i, s in enumerate(chart.signals) if s] == [1]
    assert chart.sigma_z == pytest.approx(12.83, abs=0.01)


@given(weeks)
def test_a_rate_chart_takes_more_events_than_its_size(series):
    chart = stats.laney([c + n for c, n in series], [n for _, n in series], kind="rate")
    assert all(math.isfinite(limit) for limit in chart.low + chart.high)
    assert all(low >= 0 for low in chart.low)


def test_no_weeks_make_an_empty_chart():
    assert stats.laney([], []).signals == ()


@given(times, times)
def test_survival_is_that_of_scipy(closed, watched):
    data = [t for t, n in closed for _ in range(n)]
    right = [t for t, n in watched for _ in range(n)]
    assume(data)
    curve = stats.kaplan_meier(closed, watched)
    expected = reference.ecdf(reference.CensoredData(uncensored=data, right=right)).sf
    for time, share in zip(curve.times, curve.shares, strict=True):
        assert share == pytest.approx(float(expected.evaluate(time)), abs=1e-9)


@given(times, times)
def test_survival_falls_and_its_variance_is_no_less_than_without_censoring(closed, watched):
    curve = stats.kaplan_meier(closed, watched)
    assert curve.n == sum(n for _, n in closed) + sum(n for _, n in watched)
    assert list(curve.shares) == sorted(curve.shares, reverse=True)
    assert all(0 <= share <= 1 for share in curve.shares)
    assert all(v >= 0 for v in curve.variances)
    for time in curve.times:
        share = curve.effective(time)
        assert share is not None
        assert share.n <= curve.n


@given(times)
def test_without_anything_open_the_curve_is_the_share_closed(closed):
    assume(closed)
    curve = stats.kaplan_meier(closed, [])
    total = sum(n for _, n in closed)
    for time in {t for t, _ in closed}:
        done = sum(n for t, n in closed if t <= time)
        assert curve.open_after(time) == pytest.approx(1 - done / total, abs=1e-9)
    assert curve.open_after(10**6) == pytest.approx(0, abs=1e-9)


@given(times, times, st.sampled_from([0.25, 0.5, 0.75, 0.9]))
def test_a_quantile_beyond_the_curve_is_no_number(closed, watched, share):
    curve = stats.kaplan_meier(closed, watched)
    found = curve.quantile(share)
    if found is None:
        assert not curve.shares or 1 - curve.shares[-1] < share
    else:
        open_then = curve.open_after(found)
        assert open_then is not None
        assert 1 - open_then >= share - 1e-9


def test_what_was_never_watched_so_long_is_not_known():
    curve = stats.kaplan_meier([(5, 3)], [(10, 7)])
    assert curve.open_after(10) == pytest.approx(0.7)
    assert curve.open_after(11) is None
    assert curve.effective(11) is None
    assert curve.quantile(0.5) is None


def test_open_tickets_count_for_as_long_as_they_were_watched():
    """Four closed at 1, 2, 3, 4 and one watched until 2: (1-1/5)(1-1/4)(1-1/2)(1-1/1)."""
    curve = stats.kaplan_meier([(1, 1), (2, 1), (3, 1), (4, 1)], [(2, 1)])
    assert curve.shares == pytest.approx((0.8, 0.6, 0.3, 0.0))
    # Greenwood after 2: 0.6² · (1/(5·4) + 1/(4·3))
    assert curve.variances[1] == pytest.approx(0.36 * (1 / 20 + 1 / 12))
