"""The rule: what is claimed, what is doubted, and from when something could be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from phasewise.analyzer.controlled.estimate import Series
from phasewise.analyzer.controlled.rule import rule_of
from phasewise.analyzer.controlled.verdict import assess, settle
from phasewise.analyzer.thresholds import shipped
from tests.unit.controlled.test_designs import series

RULE = rule_of(shipped().indicators["2.3"])


def judged(made, *, retrospective=False):
    return settle([assess(made, RULE, is_retrospective=retrospective, seed=1)], RULE)[0]


def test_a_cut_to_a_third_is_claimed():
    verdict = judged(series(left=0.3, weekly=40))
    assert (verdict.grade, verdict.design, verdict.doubts) == ("A", "category", ())
    assert verdict.avoided == pytest.approx(40 * 0.7, rel=0.3)


def test_a_cut_for_half_of_the_clients_is_claimed_by_comparing_clients():
    verdict = judged(series(left=0.3, live=10, weekly=40))
    assert (verdict.grade, verdict.design) == ("A", "staggered")


def test_what_was_registered_with_hindsight_claims_nothing():
    verdict = judged(series(left=0.3, weekly=40), retrospective=True)
    assert verdict.grade == "B"
    assert "retrospective" in verdict.doubts


def test_four_clients_claim_nothing():
    verdict = judged(series(left=0.3, weekly=40, clients=4))
    assert verdict.grade != "A"
    assert "few_clients" in verdict.doubts


def test_without_other_tickets_it_leans_and_claims_nothing():
    made = series(left=0.3, weekly=40)
    verdict = judged(Series(made.target, 0 * made.control, 0 * made.siblings[:0], made.live_from))
    assert (verdict.design, verdict.grade) == ("alone", "B")
    assert verdict.doubts == ("no_control",)


def test_tickets_that_only_got_another_name_claim_nothing():
    made = series(left=0.4, weekly=40)
    moved = series(left=1.0, weekly=40).target.sum(axis=0) - made.target.sum(axis=0)
    siblings = made.siblings.copy()
    siblings[0, 78:] += np.maximum(moved[78:], 0)
    control = made.control.copy()
    control[0, 78:] += np.maximum(moved[78:], 0)
    verdict = judged(Series(made.target, control, siblings, made.live_from))
    assert verdict.grade == "B"
    assert "moved" in verdict.doubts
    assert verdict.siblings.suspect == 0


def test_a_fall_half_a_year_before_the_go_live_claims_nothing():
    made = series(left=0.3, weekly=40, first=56)
    late = replace(made, live_from=np.full(20, 78))
    assert judged(late).grade != "A"


def test_nothing_done_at_a_large_volume_is_no_reduction():
    assert judged(series(weekly=400)).grade == "none"


def test_few_tickets_cannot_tell_and_say_from_when():
    verdict = judged(series(weekly=8, first=52, weeks=70))
    assert verdict.grade == "cannot_tell"
    assert verdict.detectable > 0.3
    assert verdict.weeks_until is None or verdict.weeks_until > 0


def test_too_early_says_after_which_week_it_could_be_told():
    verdict = judged(series(left=0.3, weekly=200, first=100))
    assert verdict.estimate is None
    assert verdict.weeks_until is not None
    assert verdict.weeks_until >= RULE.weeks_after - 4


def test_too_few_weeks_before_are_never_told():
    verdict = judged(series(left=0.3, weekly=40, first=20))
    assert (verdict.grade, verdict.weeks_until) == ("cannot_tell", None)


def test_an_automation_that_is_not_live_yet_has_no_verdict():
    made = series(weekly=40, live=0)
    verdict = judged(made)
    assert (verdict.grade, verdict.design) == ("cannot_tell", "none")


def test_of_many_that_do_nothing_a_lucky_one_is_not_claimed():
    lucky = assess(series(left=0.3, weekly=40), RULE, is_retrospective=False, seed=1)
    p = RULE.claim * 0.9
    near = replace(lucky, estimate=replace(lucky.estimate, p_fewer=p))
    other = replace(lucky, grade="none", estimate=replace(lucky.estimate, p_fewer=0.6))
    assert [v.grade for v in settle([near], RULE)] == ["A"]
    assert [v.grade for v in settle([near, *[other] * 9], RULE)] == ["B", *["none"] * 9]


def test_the_same_weeks_give_the_same_digits():
    made = series(left=0.6, live=10)
    assert judged(made) == judged(made)
