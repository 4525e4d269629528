"""The phase as of a date: the gates at the 26 week ends up to it, and the hysteresis over them.

It is a pure function of store, edition and date. A week end is judged as any past date is: by what was
knowable then and by how much of its window is proven, never by the age of the data. What was judged before by
the same rules on the same data is kept in `gate_weeks` and read from there; no stored analysis is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from phasewise.analyzer.calendar import end_of
from phasewise.analyzer.indicator import (
    AnalysisContext,
    Evidence,
    count_with_weeks,
    evaluate_each,
    indicators,
    not_measured_yet,
)
from phasewise.analyzer.ladder import GateValue, gate_value, of_gate, open_codes
from phasewise.analyzer.side_by_side import side_by_side
from phasewise.analyzer.weeks import PhaseWeek, WeekGates, phase_over_weeks
from phasewise.model.maturity import GATES, STATEMENTS
from phasewise.storage.engine import MspStore
from phasewise.storage.gate_weeks import StoredGate, read_gate_weeks, save_gate_weeks

WEEKS = 26
"""Week ends that a phase rests on."""

SUNDAY = 7
LONG_PAST = timedelta(days=3)
"""Added to a week end it makes a clock at which that day is neither yesterday nor today."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """The week ends up to a date, oldest first.

    Attributes:
        gates: week end → its three gates.
        phases: the phase at every week end, with hysteresis.
    """

    gates: Mapping[date, tuple[StoredGate, ...]]
    phases: tuple[PhaseWeek, ...]

    @property
    def last(self) -> PhaseWeek:
        """Where the weeks lead: the phase as of the date."""
        return self.phases[-1]

    @property
    def open_now(self) -> tuple[str, ...]:
        """The codes that leave the held gate open at the latest week end; none where it is not held."""
        last = self.last
        if last.held_gate is None:
            return ()
        return next(gate.open for gate in self.gates[last.ends_on] if gate.gate == last.held_gate)


def week_ends(as_of: date, count: int = WEEKS) -> list[date]:
    """The latest Sundays up to a date, oldest first."""
    latest = as_of - timedelta(days=as_of.isoweekday() % SUNDAY)
    return [latest - timedelta(weeks=back) for back in reversed(range(count))]


def week_context(context: AnalysisContext, ends_on: date) -> AnalysisContext:
    """The context that judges one week end, alike whenever it is done."""
    instant = end_of(ends_on, context.zone)
    return replace(context, as_of=ends_on, instant=instant, now=instant + LONG_PAST)


def keep_gates(scope: MspStore, context: AnalysisContext, bases: Mapping[date, str]) -> None:
    """Judge week ends that nobody has judged yet by these rules on this data, and keep their gates.

    Args:
        scope: the MSP's store.
        context: of any date.
        bases: week end → digest of the data as of it, oldest first.
    """
    kept = read_gate_weeks(scope.live, context.edition, bases)
    missing = [week_context(context, day) for day in bases if day not in kept]
    save_gate_weeks(scope, context.edition, bases, judge_weeks(scope, missing))


def judge_date(
    scope: MspStore, context: AnalysisContext, bases: Mapping[date, str], *, save: bool
) -> tuple[dict[str, Evidence], Weeks]:
    """The evidence of the twenty statements as of a date, and the gates at the week ends up to it.

    Args:
        scope: the MSP's store.
        context: of the date.
        bases: week end → digest of the data as of it, for all week ends, oldest first.
        save: keep the gates that had to be judged.
    """
    # Kept by whoever judged them on this very data, in this process or in another one, perhaps just now.
    kept = read_gate_weeks(scope.live, context.edition, bases)
    missing = [week_context(context, day) for day in bases if day not in kept]
    evidences, judged = judge_all(scope, context, missing)
    if save:
        save_gate_weeks(scope, context.edition, bases, judged)
    return evidences, weeks_of({day: tuple(kept.get(day) or judged[day]) for day in bases})


def weeks_of(gates: Mapping[date, tuple[StoredGate, ...]]) -> Weeks:
    """The phase over weeks whose gates are known, oldest first."""
    return Weeks(gates, phase_over_weeks([_week(day, found) for day, found in gates.items()]))


def judge_all(
    scope: MspStore, context: AnalysisContext, weeks: Sequence[AnalysisContext]
) -> tuple[dict[str, Evidence], dict[date, tuple[StoredGate, ...]]]:
    """The evidence as of a date and the gates at week ends, from the records of one instant."""
    evidences = {code: not_measured_yet(code) for code in STATEMENTS}
    at_weeks = [dict(evidences) for _ in weeks]
    counted = {code: weeks if STATEMENTS[code].gate in GATES else () for code in indicators()}
    # The later an indicator stands, the more it looks back as a rule: those begin.
    codes = sorted(counted, reverse=True)

    def count(code: str) -> Callable[[MspStore], Callable[[], tuple[Evidence, list[Evidence]]]]:
        return lambda own: count_with_weeks(own, indicators()[code], context, counted[code])

    for code, judge in zip(codes, side_by_side(scope, [count(code) for code in codes]), strict=True):
        evidences[code], found = judge()
        for one, evidence in zip(at_weeks, found, strict=bool(counted[code])):
            one[code] = evidence
    return evidences, {week.as_of: gates_of(one) for week, one in zip(weeks, at_weeks, strict=True)}


def judge_weeks(scope: MspStore, contexts: Sequence[AnalysisContext]) -> dict[date, tuple[StoredGate, ...]]:
    """The gates at week ends, from the records: every indicator that stands in a gate, at every one."""
    if not contexts:
        return {}
    nothing = {code: not_measured_yet(code) for code in STATEMENTS}
    evidences: list[dict[str, Evidence]] = [dict(nothing) for _ in contexts]
    for code, indicator in indicators().items():
        if STATEMENTS[code].gate not in GATES:
            continue
        for found, evidence in zip(evidences, evaluate_each(scope, indicator, contexts), strict=True):
            found[code] = evidence
    return {c.as_of: gates_of(found) for c, found in zip(contexts, evidences, strict=True)}


def gates_of(evidences: Mapping[str, Evidence]) -> tuple[StoredGate, ...]:
    """The three gates by the evidence of one date; a code that is missing counts as unknown."""
    return tuple(_gate(number, of_gate(number, evidences)) for number in GATES)


def _gate(number: int, five: Sequence[Evidence]) -> StoredGate:
    value, held = gate_value(five), gate_value(five, holding=True)
    return StoredGate(number, value.p_low, value.p_high, held.p_low, held.p_high, open_codes(five))


def _week(day: date, gates: Sequence[StoredGate]) -> WeekGates:
    return WeekGates(
        day,
        tuple(GateValue(gate.p_low, gate.p_high) for gate in gates),
        tuple(GateValue(gate.hold_low, gate.hold_high) for gate in gates),
    )
