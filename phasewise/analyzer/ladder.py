"""The ladder: from twenty pieces of evidence to one phase. Pure.

The phase is a floor: the highest phase reached by gates that are *proven*, from the bottom. The ceiling is
where the gates would lead if everything unknown passed. A gate is passed when its five pass together with a
probability of at least 0.8: the product of the five, which errs low where they depend on each other. A mean
would let good billing buy off missed promises; the product does not.

What is not known enters as an interval: [0, 1] for an unknown indicator, [p_low, p_high] for one whose
unknown parts leave it open. So a gate's probability is an interval too, and what lies between its ends is
*undecided*: it belongs to no phase.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

from phasewise.analyzer.indicator import Evidence
from phasewise.analyzer.needs import Need, needs
from phasewise.model.maturity import GATES, PHASE_KEYS, STATEMENTS, THRIVING, PhaseKey, gate_codes

RULES_VERSION = 3
"""Raised by hand whenever the ladder answers differently for the same evidence; part of the edition."""

PASSED = 0.8
"""Joint probability from which a gate is passed."""

ATTESTED_CAP = 0.8
"""The most that an indicator resting on people's word alone can bring to its gate."""

TOO_SMALL = frozenset({"2.2", "2.3", "3.5"})
"""Indicators that leave their gate where an MSP is too small for an answer (reason `too_small_to_tell`)."""

Role = Literal["counted", "not_applicable", "second_word"]
"""`second_word`: rests on people's word where another of the gate already does; counts as unknown."""


@dataclass(frozen=True, slots=True)
class GateValue:
    """The joint probability that a gate's five pass, as an interval.

    Attributes:
        p_low: with everything unknown failing, 0–1.
        p_high: with everything unknown passing, 0–1; never below p_low.
    """

    p_low: float
    p_high: float

    @property
    def passed(self) -> bool:
        """Proven to be passed."""
        return self.p_low >= PASSED

    @property
    def failed(self) -> bool:
        """Known not to be passed, whatever the unknown would say."""
        return self.p_high < PASSED

    @property
    def decided(self) -> bool:
        """No unknown could change whether the gate is passed."""
        return self.passed or self.failed


@dataclass(frozen=True, slots=True)
class Standing:
    """How one indicator enters its gate.

    Attributes:
        code: its code.
        role: counted as it is, left out as not applicable, or a second word of people.
        p_low, p_high: the probability of passing with which it enters, 0–1.
        on_word: it rests on people's word alone.
    """

    code: str
    role: Role
    p_low: float
    p_high: float
    on_word: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate with what stands in it. Gate 4 is the five of the last phase: shown, never a phase."""

    number: int
    value: GateValue
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Gain:
    """What making one indicator certain to pass would do for its gate.

    Attributes:
        code: the indicator.
        now: the gate as it is.
        certain: the gate if this indicator were certain to pass.
    """

    code: str
    now: GateValue
    certain: GateValue

    @property
    def ratio(self) -> float | None:
        """How many times likelier the gate would become; None when it is impossible as it is."""
        return self.certain.p_high / self.now.p_high if self.now.p_high > 0 else None


@dataclass(frozen=True, slots=True)
class Ladder:
    """The answer.

    Attributes:
        phase: the floor.
        ceiling: the phase if every unknown above the floor passed.
        distribution: phase → probability, and `undecided`; sums to 1.
        gates: the three gates from the bottom.
        thriving: the five of the last phase.
        needs: what would decide most, first.
        limiting: codes that hold the MSP where it is: in the lowest gate not passed, the known one least
            likely to pass; where nothing known stands in the way, the unknown ones.
        gains: what each of `limiting` would do for the gate.
    """

    phase: PhaseKey
    ceiling: PhaseKey
    distribution: Mapping[str, float]
    gates: tuple[Gate, ...]
    thriving: Gate
    needs: tuple[Need, ...]
    limiting: tuple[str, ...]
    gains: tuple[Gain, ...]

    @property
    def decided(self) -> bool:
        """Nothing unknown could lift the phase: the gate above the floor is known not to be passed."""
        return self.phase == self.ceiling

    @property
    def next_gate(self) -> Gate | None:
        """The gate above the floor; None in the last phase."""
        index = PHASE_KEYS.index(self.phase)
        return self.gates[index] if index < len(self.gates) else None


def climb(evidences: Mapping[str, Evidence], held: PhaseKey | None = None) -> Ladder:
    """From the evidence of the twenty statements to the phase.

    Args:
        evidences: code → evidence. A code that is missing counts as unknown.
        held: the phase by the weeks before, which move it slowly (weeks.py); None = by the evidence alone.
    """
    gates = tuple(_gate(number, evidences) for number in GATES)
    thriving = _gate(THRIVING, evidences)
    floor = _reached(gates, lambda value: value.passed) if held is None else PHASE_KEYS.index(held)
    ceiling = floor + _reached(gates[floor:], lambda value: not value.failed)
    limiting = _limiting(gates[floor], evidences) if floor < len(gates) else ()
    return Ladder(
        phase=PHASE_KEYS[floor],
        ceiling=PHASE_KEYS[ceiling],
        distribution=distribution([gate.value for gate in gates]),
        gates=gates,
        thriving=thriving,
        needs=needs(evidences, first_gate=floor + 1),
        limiting=limiting,
        gains=tuple(_gain(gates[floor], code) for code in limiting),
    )


def of_gate(number: int, evidences: Mapping[str, Evidence]) -> list[Evidence]:
    """The five of a gate, unknown where there is nothing."""
    return [evidences.get(code) or Evidence(code, "unknown", "derived") for code in gate_codes(number)]


def gate_value(evidences: Sequence[Evidence], *, holding: bool = False) -> GateValue:
    """The joint probability that the evidence of one gate passes.

    Args:
        evidences: those of one gate, at most one for a code.
        holding: as judged for a gate that is passed already, which some rules treat milder.
    """
    return _value(_standings([_as_held(e) for e in evidences] if holding else evidences))


def _as_held(evidence: Evidence) -> Evidence:
    if evidence.hold_low is None or evidence.hold_high is None:
        return evidence
    return replace(evidence, p_low=evidence.hold_low, p_high=evidence.hold_high)


def distribution(values: Sequence[GateValue]) -> dict[str, float]:
    """Probability of each phase, and of what rests on unknown indicators (`undecided`). Sums to 1.

    Args:
        values: the three gates from the bottom.
    """
    shares: dict[str, float] = {}
    reached, undecided = 1.0, 0.0
    for key, value in zip(PHASE_KEYS, values, strict=False):
        shares[key] = reached * (1 - value.p_high)
        undecided += reached * (value.p_high - value.p_low)
        reached *= value.p_low
    shares[PHASE_KEYS[-1]] = reached
    return {**shares, "undecided": undecided}


def _gate(number: int, evidences: Mapping[str, Evidence]) -> Gate:
    standings = _standings(of_gate(number, evidences))
    return Gate(number, _value(standings), standings)


def open_codes(evidences: Sequence[Evidence]) -> tuple[str, ...]:
    """The codes of one gate that leave it open: unknown as a whole, or in parts."""
    return tuple(s.code for s in _standings(evidences) if s.p_low < s.p_high)


def _value(standings: Sequence[Standing]) -> GateValue:
    counted = [s for s in standings if s.role != "not_applicable"]
    low, high = prod(s.p_low for s in counted), prod(s.p_high for s in counted)
    return GateValue(low, max(low, high))


def _standings(evidences: Sequence[Evidence]) -> tuple[Standing, ...]:
    left_out = _left_out(evidences)
    word = _word_that_counts(evidences)
    return tuple(_standing(e, left_out, word) for e in evidences)


def _standing(evidence: Evidence, left_out: frozenset[str], word: str | None) -> Standing:
    code = evidence.code
    if code in left_out:
        return Standing(code, "not_applicable", 1.0, 1.0)
    if evidence.status == "unknown":
        return Standing(code, "counted", 0.0, 1.0)
    if evidence.evidence_class != "attested" or evidence.status == "fail":
        return Standing(
            code, "counted", evidence.p_low, evidence.p_high, evidence.evidence_class == "attested"
        )
    if code != word:
        return Standing(code, "second_word", 0.0, 1.0, on_word=True)
    low, high = min(evidence.p_low, ATTESTED_CAP), min(evidence.p_high, ATTESTED_CAP)
    return Standing(code, "counted", low, high, on_word=True)


def _left_out(evidences: Sequence[Evidence]) -> frozenset[str]:
    """Codes that are not applicable: from the fixed list, at most two in gate 2, one elsewhere."""
    codes = [
        e.code
        for e in evidences
        if e.code in TOO_SMALL and e.status == "unknown" and e.reason and e.reason.code == "too_small_to_tell"
    ]
    most = 2 if codes and STATEMENTS[codes[0]].gate == 2 else 1
    return frozenset(codes[:most])


def _word_that_counts(evidences: Sequence[Evidence]) -> str | None:
    """The one indicator of a gate that may enter on people's word: the likeliest to pass."""
    words = [e for e in evidences if e.evidence_class == "attested" and e.status in {"pass", "leaning"}]
    return max(words, key=lambda e: (e.p_low, e.p_high)).code if words else None


def _reached(gates: Sequence[Gate], may_pass: Callable[[GateValue], bool]) -> int:
    """How many gates from the bottom satisfy the judge."""
    count = 0
    while count < len(gates) and may_pass(gates[count].value):
        count += 1
    return count


def _limiting(gate: Gate, evidences: Mapping[str, Evidence]) -> tuple[str, ...]:
    if gate.value.passed:
        return ()  # nothing but the weeks that a gate must be passed for
    counted = [s for s in gate.standings if s.role != "not_applicable"]
    unknown = [s.code for s in counted if _is_unknown(s, evidences)]
    known = [s for s in counted if s.code not in unknown]
    obstacles = [s for s in known if evidences[s.code].status != "pass"]
    if unknown and not obstacles and not gate.value.failed:
        return tuple(unknown)
    least = sorted(obstacles or known, key=lambda s: (_likelihood(s, evidences), _median(s.code, evidences)))
    return (least[0].code,) if least else ()


def _is_unknown(standing: Standing, evidences: Mapping[str, Evidence]) -> bool:
    evidence = evidences.get(standing.code)
    return evidence is None or evidence.status == "unknown" or standing.role == "second_word"


def _likelihood(standing: Standing, evidences: Mapping[str, Evidence]) -> float:
    p_pass = evidences[standing.code].p_pass
    return (standing.p_low + standing.p_high) / 2 if p_pass is None else min(p_pass, standing.p_high)


def _median(code: str, evidences: Mapping[str, Evidence]) -> float:
    score = evidences[code].score
    return 0.0 if score is None else score.median


def _gain(gate: Gate, code: str) -> Gain:
    certain = [s if s.code != code else Standing(code, s.role, 1.0, 1.0) for s in gate.standings]
    return Gain(code, gate.value, _value(certain))
