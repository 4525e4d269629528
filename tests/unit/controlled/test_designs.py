"""The two controlled designs, and several automations at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.analyzer.controlled.category import category_estimate, jackknife_error
from phasewise.analyzer.controlled.estimate import Series, worth
from phasewise.analyzer.controlled.regression import Allowance
from phasewise.analyzer.controlled.several import benjamini_hochberg, shrink
from phasewise.analyzer.controlled.staggered import comparison, staggered_estimate

ALLOWANCE = Allowance(trend=0.5, season=0.2, half_season=0.1, effect=3.0)


def series(*, left=1.0, clients=20, live=None, weeks=104, first=78, weekly=20.0, seed=1):
    """Weeks of clients of equal size; `live` of them (all) get it in week `first`."""
    rng = np.random.default_rng(seed)
    mine = np.arange(clients) < (clients if live is None else live)
    on = mine[:, None] & (np.arange(weeks) >= first)
    target = rng.poisson(weekly / clients * np.where(on, left, 1.0), (clients, weeks))
    siblings = rng.poisson(weekly, (5, weeks))
    control = rng.poisson(5 * weekly / clients, (clients, weeks))
    return Series(target, control, siblings, np.where(mine, first, weeks).astype(np.int64))


def test_half_is_found_by_category():
    found = category_estimate(series(left=0.5, weekly=60), ALLOWANCE, np.ones(104, dtype=bool))
    low, high = found.interval(0.95)
    assert low < 0.5 < high
    assert found.p_fewer < 0.001


def test_half_is_found_by_clients():
    made = series(left=0.5, live=10, weekly=60)
    compared = comparison(made, before=26, after=13, fewest=5)
    found = staggered_estimate(made, compared, washout=8, seed=1)
    low, high = found.interval(0.95)
    assert low < 0.5 < high
    assert found.p_fewer < 0.005


def test_permutations_are_never_surer_than_there_are_permutations():
    made = series(left=0.05, live=10, weekly=200)
    found = staggered_estimate(made, comparison(made, before=26, after=13, fewest=5), washout=0, seed=1)
    assert found.p_fewer >= 1 / 2000


def test_everybody_live_in_two_waves_is_compared_until_the_last_wave():
    made = series(clients=20)
    live = np.where(np.arange(20) < 10, 40, 78).astype(np.int64)
    compared = comparison(
        Series(made.target, made.control, made.siblings, live), before=26, after=13, fewest=5
    )
    assert compared is not None
    assert compared.end == 78
    assert compared.waves.tolist() == [40]


def test_too_few_others_are_no_comparison():
    assert comparison(series(live=17), before=26, after=13, fewest=5) is None


def test_one_client_that_changes_alone_makes_the_error_larger():
    made = series(weekly=200, clients=8)
    target = made.target.copy()
    target[0, 78:] = 0
    alone = category_estimate(
        Series(target, made.control, made.siblings, made.live_from), ALLOWANCE, np.ones(104, dtype=bool)
    )
    assert alone.p_fewer > 0.025


def test_the_jackknife_of_means_is_the_error_of_the_mean():
    values = np.array([1.0, 4.0, 2.0, 8.0, 5.0])
    without = (values.sum() - values) / 4
    assert jackknife_error(without) == pytest.approx(values.std(ddof=1) / np.sqrt(5))


def test_equal_sizes_are_worth_as_many_and_one_giant_is_worth_one():
    assert worth(np.ones(7)) == pytest.approx(7)
    assert worth(np.array([1e9, 1.0, 1.0])) == pytest.approx(1, abs=1e-6)


def test_the_example_of_benjamini_and_hochberg():
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    p += [0.6528, 0.7590, 1.0]
    assert sum(benjamini_hochberg(p, 0.05)) == 4  # as in their paper of 1995, section 3.2


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.2))
def test_nothing_is_claimed_that_alone_would_not_be(probabilities, level):
    for p, claimed in zip(probabilities, benjamini_hochberg(probabilities, level), strict=True):
        assert not claimed or p <= level


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0.05, 1)), min_size=2, max_size=8))
def test_shrinking_moves_nothing_beyond_the_others(pairs):
    effects, errors = zip(*pairs, strict=True)
    means, spreads = shrink(effects, errors)
    assert (means >= min(effects) - 1e-9).all()
    assert (means <= max(effects) + 1e-9).all()
    assert (spreads > 0).all()


def test_one_effect_alone_stays_as_it_is():
    means, errors = shrink([-0.4], [0.1])
    assert (means[0], errors[0]) == (-0.4, 0.1)
