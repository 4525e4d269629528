"""The phase over weeks: gates move with hysteresis, so that a phase does not flap. Pure.

A gate goes up after 8 weeks in a row at 0.8 or more, or once it had 12 such weeks since it was last lost; it
is lost after 4 weeks in a row below 0.4. Before the first week no gate is passed. Eight weeks keep chance
out: with four, a gate that is a coin toss was passed in one year of thirteen. The twelve keep a gate good
in most weeks, and seldom for eight in a row, once its eight are out of sight. What this rule does, and what
others do, stands in docs/reference/operating-characteristics.md and docs/adr/0011.

A week that leaves the question open (is it at least 0.8? for a gate that is down; is it below 0.4? for one
that is up) counts neither way: the state is *held*, and the weeks counted so far stay counted. A week that is
known and between the two starts a row again. After 13 held weeks the phase is only the *last known*.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from phasewise.analyzer.ladder import PASSED, GateValue
from phasewise.model.maturity import GATES, PHASE_KEYS, PhaseKey

FALLEN = 0.4
"""Joint probability below which a week counts towards losing a gate."""
WEEKS_IN_A_ROW = 8
"""Weeks in a row at which a gate must be passed to count."""
WEEKS_IN_ALL = 12
"""Weeks that do it as well, whatever lies between them, unless the gate was lost in between."""
WEEKS_TO_LOSE = 4
"""Weeks in a row below `FALLEN` after which a gate is lost, and the weeks counted in all are forgotten."""
WEEKS_UNTIL_LAST_KNOWN = 13


@dataclass(frozen=True, slots=True)
class WeekGates:
    """The three gates as evaluated at one week end.

    Attributes:
        ends_on: the last day of the week, local date.
        gates: the values of gates 1 to 3, by which a gate goes up.
        holding: the same as judged for a gate that is passed already, by which it comes down; None = alike.
    """

    ends_on: date
    gates: tuple[GateValue, ...]
    holding: tuple[GateValue, ...] | None = None


@dataclass(frozen=True, slots=True)
class PhaseWeek:
    """The phase at one week end.

    Attributes:
        ends_on: the last day of the week.
        phase: the phase by then.
        since: the last day of the week in which it was reached; None when it is that of the first week.
        or_before: it may have been reached before that: it was never a higher one, and had the gates been
            passed before the first week, it would never have been a lower one.
        held_since: the first of the held weeks that end here; None when this week counts.
        held_gate: the lowest gate that could not be judged; None when this week counts.
        last_known: held for 13 weeks or more: the phase is what was known last.
    """

    ends_on: date
    phase: PhaseKey
    since: date | None
    or_before: bool
    held_since: date | None
    held_gate: int | None
    last_known: bool


@dataclass(frozen=True, slots=True)
class _GateState:
    passed: bool = False
    in_a_row: int = 0
    in_all: int = 0
    fallen: int = 0
    held: bool = False


def phase_over_weeks(weeks: Sequence[WeekGates]) -> tuple[PhaseWeek, ...]:
    """The phase at every week end, with hysteresis.

    Args:
        weeks: consecutive weeks, oldest first.

    Returns:
        One row a week, in the same order.
    """
    phase, since, held_since, held_weeks = PHASE_KEYS[0], None, None, 0
    highest, lowest_otherwise = 0, len(GATES)
    rows: list[PhaseWeek] = []
    for week, states, others in zip(
        weeks, _states(weeks, passed=False), _states(weeks, passed=True), strict=True
    ):
        reached = _reached(states)
        if PHASE_KEYS[reached] != phase:
            phase, since = PHASE_KEYS[reached], week.ends_on
        highest, lowest_otherwise = max(highest, reached), min(lowest_otherwise, _reached(others))
        or_before = since is not None and highest == reached <= lowest_otherwise
        held_gate = next((n for n, s in zip(GATES, states, strict=True) if s.held and n <= reached + 1), None)
        held_weeks = held_weeks + 1 if held_gate else 0
        held_since = None if not held_gate else held_since or week.ends_on
        last_known = held_weeks >= WEEKS_UNTIL_LAST_KNOWN
        rows.append(PhaseWeek(week.ends_on, phase, since, or_before, held_since, held_gate, last_known))
    return tuple(rows)


def _states(weeks: Sequence[WeekGates], *, passed: bool) -> Iterator[tuple[_GateState, ...]]:
    """The gates week by week, from a start at which none or all of them were passed."""
    states = tuple(_GateState(passed) for _ in GATES)
    for week in weeks:
        pairs = zip(states, week.gates, week.holding or week.gates, strict=True)
        states = tuple(
            _kept(state, held) if state.passed else _sought(state, value) for state, value, held in pairs
        )
        yield states


def _kept(state: _GateState, value: GateValue) -> _GateState:
    """A passed gate after a week, by what is judged for holding it."""
    if value.p_low < FALLEN <= value.p_high:
        return replace(state, held=True)
    fallen = state.fallen + 1 if value.p_high < FALLEN else 0
    return _GateState() if fallen == WEEKS_TO_LOSE else _GateState(passed=True, fallen=fallen)


def _sought(state: _GateState, value: GateValue) -> _GateState:
    """A gate that is not passed after a week."""
    if value.p_low < PASSED <= value.p_high:
        return replace(state, held=True)
    fallen = state.fallen + 1 if value.p_high < FALLEN else 0
    if value.p_low < FALLEN <= value.p_high:
        fallen = state.fallen
    in_a_row = state.in_a_row + 1 if value.passed else 0
    in_all = 0 if fallen >= WEEKS_TO_LOSE else state.in_all + value.passed
    if in_a_row == WEEKS_IN_A_ROW or in_all == WEEKS_IN_ALL:
        return _GateState(passed=True)
    return _GateState(in_a_row=in_a_row, in_all=in_all, fallen=fallen)


def _reached(states: Sequence[_GateState]) -> int:
    count = 0
    while count < len(states) and states[count].passed:
        count += 1
    return count
