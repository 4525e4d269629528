"""The phase over weeks: gates move with hysteresis, so that a phase does not flap. Pure.

A gate goes up after 4 consecutive weeks at 0.8 or more, and down after 4 consecutive weeks below 0.4. Before
the first week no gate is passed. Without the hold, five indicators at a true 74 changed state 44 times a year
in simulation; with it, about once.

A week that leaves the question open (is it at least 0.8? for a gate that is down; is it below 0.4? for one
that is up) counts neither way: the state is *held*, and the weeks counted so far stay counted. A week that is
known and between the two starts the count again. After 13 held weeks the phase is only the *last known*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from phasewise.analyzer.ladder import PASSED, GateValue
from phasewise.model.maturity import GATES, PHASE_KEYS, PhaseKey

FALLEN = 0.4
"""Joint probability below which a week counts towards losing a gate."""
WEEKS_TO_MOVE = 4
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
        held_since: the first of the held weeks that end here; None when this week counts.
        held_gate: the lowest gate that could not be judged; None when this week counts.
        last_known: held for 13 weeks or more: the phase is what was known last.
    """

    ends_on: date
    phase: PhaseKey
    since: date | None
    held_since: date | None
    held_gate: int | None
    last_known: bool


@dataclass(frozen=True, slots=True)
class _GateState:
    passed: bool = False
    counted: int = 0
    held: bool = False


def phase_over_weeks(weeks: Sequence[WeekGates]) -> tuple[PhaseWeek, ...]:
    """The phase at every week end, with hysteresis.

    Args:
        weeks: consecutive weeks, oldest first.

    Returns:
        One row a week, in the same order.
    """
    states = tuple(_GateState() for _ in GATES)
    phase, since, held_since, held_weeks = PHASE_KEYS[0], None, None, 0
    rows: list[PhaseWeek] = []
    for week in weeks:
        pairs = zip(states, week.gates, week.holding or week.gates, strict=True)
        states = tuple(_step(state, held if state.passed else value) for state, value, held in pairs)
        reached = _reached(states)
        if PHASE_KEYS[reached] != phase:
            phase, since = PHASE_KEYS[reached], week.ends_on
        held_gate = next((n for n, s in zip(GATES, states, strict=True) if s.held and n <= reached + 1), None)
        held_weeks = held_weeks + 1 if held_gate else 0
        held_since = None if not held_gate else held_since or week.ends_on
        last_known = held_weeks >= WEEKS_UNTIL_LAST_KNOWN
        rows.append(PhaseWeek(week.ends_on, phase, since, held_since, held_gate, last_known))
    return tuple(rows)


def _step(state: _GateState, value: GateValue) -> _GateState:
    moves, stays = _verdict(state.passed, value)
    if not moves and not stays:
        return replace(state, held=True)
    counted = state.counted + 1 if moves else 0
    if counted == WEEKS_TO_MOVE:
        return _GateState(passed=not state.passed)
    return _GateState(state.passed, counted)


def _verdict(passed: bool, value: GateValue) -> tuple[bool, bool]:
    """Whether the week surely counts towards a move, and whether it surely does not."""
    if passed:
        return value.p_high < FALLEN, value.p_low >= FALLEN
    return value.p_low >= PASSED, value.p_high < PASSED


def _reached(states: Sequence[_GateState]) -> int:
    count = 0
    while count < len(states) and states[count].passed:
        count += 1
    return count
