"""What the phase over weeks promises: it moves slowly, and not at all on what is not known."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from phasewise.analyzer.ladder import GateValue
from phasewise.analyzer.weeks import PhaseWeek, WeekGates, phase_over_weeks
from phasewise.model.maturity import PHASE_KEYS

FIRST = date(2026, 1, 4)
UP, DOWN, BETWEEN, OPEN = GateValue(0.9, 0.9), GateValue(0.1, 0.1), GateValue(0.6, 0.6), GateValue(0.0, 1.0)


def run(*gates: list[GateValue]) -> tuple[PhaseWeek, ...]:
    """Gate 1 (and 2, 3) week by week; gates not given are down."""
    length = len(gates[0])
    columns = [*gates, *([[DOWN] * length] * (3 - len(gates)))]
    weeks = [
        WeekGates(FIRST + timedelta(weeks=i), tuple(column[i] for column in columns)) for i in range(length)
    ]
    return phase_over_weeks(weeks)


def phases(*gates: list[GateValue]) -> list[str]:
    return [row.phase for row in run(*gates)]


def test_a_gate_goes_up_in_the_eighth_week_and_not_before() -> None:
    assert phases([UP] * 9) == ["reactive"] * 7 + ["stable"] * 2
    assert run([UP] * 9)[-1].since == FIRST + timedelta(weeks=7)


def test_a_week_between_starts_the_row_again() -> None:
    assert phases([UP] * 7 + [BETWEEN] + [UP] * 3)[-1] == "reactive"
    assert phases([UP] * 7 + [DOWN] + [UP] * 3)[-1] == "reactive"


def test_twelve_good_weeks_lift_a_gate_without_eight_in_a_row() -> None:
    three_of_four = [BETWEEN, UP, UP, UP]
    assert phases(three_of_four * 4)[-2:] == ["reactive", "stable"]
    assert phases([*three_of_four * 3, DOWN, DOWN, DOWN, UP, UP, UP])[-1] == "stable"


def test_good_weeks_before_four_below_0_4_are_forgotten() -> None:
    assert phases([UP] * 7 + [DOWN] * 4 + [UP] * 7)[-1] == "reactive"
    assert phases([UP] * 7 + [DOWN] * 2 + [OPEN] + [DOWN] * 2 + [UP] * 7)[-1] == "reactive"
    assert phases([UP] * 8 + [DOWN] * 4 + [UP] * 7)[-1] == "reactive"


def test_a_gate_comes_down_after_four_weeks_below_0_4_and_not_after_three() -> None:
    assert phases([UP] * 8 + [DOWN] * 3 + [BETWEEN] + [DOWN] * 3)[-1] == "stable"
    assert phases([UP] * 8 + [DOWN] * 4)[-1] == "reactive"


def test_a_weak_week_below_0_8_costs_nothing() -> None:
    assert phases([UP] * 8 + [BETWEEN] * 18)[-1] == "stable"


def test_an_undecided_week_counts_neither_up_nor_down() -> None:
    assert phases([UP] * 4 + [OPEN] + [UP] * 4)[-1] == "stable"
    assert phases([UP] * 8 + [OPEN] * 18)[-1] == "stable"
    assert phases([OPEN] * 26)[-1] == "reactive"


def test_held_weeks_are_named_with_their_gate_and_become_last_known_after_13() -> None:
    rows = run([UP] * 8 + [OPEN] * 13)
    assert rows[7].held_since is None
    assert (rows[8].held_since, rows[8].held_gate) == (FIRST + timedelta(weeks=8), 1)
    assert rows[19].held_since == FIRST + timedelta(weeks=8)
    assert not rows[19].last_known
    assert rows[20].last_known


def test_a_phase_that_may_be_older_than_the_weeks_in_sight_says_so() -> None:
    assert run([UP] * 26)[-1].or_before
    assert run([BETWEEN] * 5 + [UP] * 8)[-1].or_before
    assert not run([DOWN] * 4 + [UP] * 8)[-1].or_before, "whatever it was before, it was lost in sight"
    assert not run([UP] * 8 + [DOWN] * 4)[-1].or_before, "it fell in sight"
    assert not run([DOWN] * 26)[-1].or_before, "there is no date that anything could be before"
    assert run([UP] * 26, [DOWN] * 26)[-1].or_before


def test_a_gate_that_cannot_matter_yet_holds_nothing() -> None:
    assert run([DOWN] * 4, [OPEN] * 4)[-1].held_gate is None
    assert run([UP] * 8, [OPEN] * 8)[-1].held_gate == 2


def test_half_known_weeks_count_where_the_question_is_answered() -> None:
    surely_not_up = GateValue(0.0, 0.7)
    assert run([surely_not_up] * 4)[-1].held_gate is None
    assert phases([UP] * 7 + [surely_not_up, UP])[-1] == "reactive"
    assert run([UP] * 8 + [surely_not_up])[-1].held_gate == 1


def test_a_gate_above_one_that_fell_takes_the_phase_down_to_the_fallen_one() -> None:
    assert phases([UP] * 8 + [DOWN] * 4, [UP] * 12)[7] == "proactive"
    assert phases([UP] * 8 + [DOWN] * 4, [UP] * 12)[-1] == "reactive"


def test_a_passed_gate_comes_down_by_what_is_judged_for_holding_it() -> None:
    def weeks(holding: GateValue) -> list[WeekGates]:
        values = [UP] * 8 + [DOWN] * 6
        return [
            WeekGates(FIRST + timedelta(weeks=i), (v, DOWN, DOWN), (v if v is UP else holding, DOWN, DOWN))
            for i, v in enumerate(values)
        ]

    assert phase_over_weeks(weeks(BETWEEN))[-1].phase == "stable"
    assert phase_over_weeks(weeks(DOWN))[-1].phase == "reactive"


values = st.sampled_from([UP, DOWN, BETWEEN, OPEN])
weeks_of_three = st.lists(st.tuples(values, values, values), max_size=40)


@given(weeks_of_three)
def test_a_phase_lasts_at_least_four_weeks_in_any_gate(rows: list[tuple[GateValue, ...]]) -> None:
    one_gate = phase_over_weeks(
        [WeekGates(FIRST + timedelta(weeks=i), (gates[0], DOWN, DOWN)) for i, gates in enumerate(rows)]
    )
    changes = [i for i in range(1, len(one_gate)) if one_gate[i].phase != one_gate[i - 1].phase]
    assert all(later - earlier >= 4 for earlier, later in pairwise(changes))


@given(weeks_of_three)
def test_the_answer_for_a_week_does_not_depend_on_later_weeks(rows: list[tuple[GateValue, ...]]) -> None:
    weeks = [WeekGates(FIRST + timedelta(weeks=i), gates) for i, gates in enumerate(rows)]
    whole = phase_over_weeks(weeks)
    for cut in range(len(weeks) + 1):
        assert phase_over_weeks(weeks[:cut]) == whole[:cut]
    assert all(row.phase in PHASE_KEYS for row in whole)
