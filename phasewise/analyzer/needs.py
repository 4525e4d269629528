"""What would decide most: the sources, answers and acts that open indicators wait for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phasewise.analyzer.indicator import Evidence
from phasewise.model.maturity import STATEMENTS

NOT_MEASURED_YET = "not_measured_yet"
"""The need of statements that only a later release can measure; always last, because nobody can act on it."""


@dataclass(frozen=True, slots=True)
class Need:
    """A source, answer or act that would decide indicators.

    Attributes:
        need: what it is, in English ("time entries"); NOT_MEASURED_YET where a later release is needed.
        codes: the indicators it would decide, those of the lowest gates first.
    """

    need: str
    codes: tuple[str, ...]


def needs(evidences: Mapping[str, Evidence], *, first_gate: int) -> tuple[Need, ...]:
    """What would decide indicators that are open: by how many of the gate above the floor, then of all.

    Args:
        evidences: code → evidence. A code that is missing counts as unknown.
        first_gate: the gate above the floor, 1 to 4; lower ones need nothing.
    """
    codes_by_need: dict[str, list[str]] = {}
    for code, statement in STATEMENTS.items():
        evidence = evidences.get(code) or Evidence(code, "unknown", "derived")
        if statement.gate < first_gate or not _is_open(evidence):
            continue
        for need in _needs_of(evidence):
            codes_by_need.setdefault(need, []).append(code)

    def weight(need: str) -> tuple[bool, int, int, str]:
        codes = codes_by_need[need]
        at_the_gate = sum(STATEMENTS[code].gate == first_gate for code in codes)
        return (need == NOT_MEASURED_YET, -at_the_gate, -len(codes), need)

    return tuple(Need(need, tuple(codes_by_need[need])) for need in sorted(codes_by_need, key=weight))


def _is_open(evidence: Evidence) -> bool:
    return evidence.status == "unknown" or (evidence.status == "leaning" and evidence.p_low < evidence.p_high)


def _needs_of(evidence: Evidence) -> tuple[str, ...]:
    if is_unmeasured(evidence):
        return (NOT_MEASURED_YET,)
    return evidence.needs or ((evidence.reason.needs,) if evidence.reason and evidence.reason.needs else ())


def is_unmeasured(evidence: Evidence) -> bool:
    """No indicator of this release could decide it, whatever is connected or written in the settings."""
    reason = evidence.reason
    return reason is not None and reason.code == NOT_MEASURED_YET and not evidence.needs and not reason.needs
