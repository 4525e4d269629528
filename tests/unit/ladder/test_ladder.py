"""What the ladder promises: a floor, a ceiling, and nothing gained by not knowing."""

from __future__ import annotations

from dataclasses import replace
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.analyzer.indicator import N_, Evidence, Reason, Score, Sentence
from phasewise.analyzer.ladder import ATTESTED_CAP, Gate, GateValue, climb, distribution, gate_value
from phasewise.model.maturity import PHASE_KEYS, STATEMENTS, gate_codes

CODES = tuple(STATEMENTS)


def known(code: str, p_pass: float, *, evidence: str = "derived", median: float = 70.0) -> Evidence:
    status = "pass" if p_pass >= 0.8 else "fail" if p_pass <= 0.2 else "leaning"
    score = Score(median, max(0.0, median - 5), min(100.0, median + 5))
    return Evidence(code, status, evidence, score=score, p_pass=p_pass, p_low=p_pass, p_high=p_pass)


def unknown(code: str, reason: str = "no_source", needs: tuple[str, ...] = ()) -> Evidence:
    why = Reason(reason, Sentence(N_("why")))
    return Evidence(code, "unknown", "derived", reason=why, needs=needs)


def open_between(code: str, low: float, high: float) -> Evidence:
    return Evidence(code, "leaning", "derived", score=Score(60, 50, 70), p_low=low, p_high=high)


def passing(*gates: int) -> dict[str, Evidence]:
    return {code: known(code, 1.0) for gate in gates for code in gate_codes(gate)}


probability = st.floats(0, 1)
evidence_class = st.sampled_from(["derived", "partly", "attested"])


@st.composite
def evidence_of(draw: st.DrawFn, code: str) -> Evidence:
    kind = draw(st.sampled_from(["unknown", "known", "open"]))
    if kind == "unknown":
        return unknown(code, draw(st.sampled_from(["no_source", "too_few", "too_small_to_tell"])))
    if kind == "known":
        return known(code, draw(probability), evidence=draw(evidence_class), median=draw(st.floats(0, 100)))
    low, high = sorted((draw(probability), draw(probability)))
    return open_between(code, low, high)


@st.composite
def twenty(draw: st.DrawFn) -> dict[str, Evidence]:
    return {code: draw(evidence_of(code)) for code in CODES}


def rank(phase: str) -> int:
    return PHASE_KEYS.index(phase)


@given(twenty())
def test_the_distribution_sums_to_one_and_holds_no_negative_share(evidences: dict[str, Evidence]) -> None:
    shares = climb(evidences).distribution
    assert set(shares) == {*PHASE_KEYS, "undecided"}
    assert isclose(sum(shares.values()), 1.0, abs_tol=1e-9)
    assert min(shares.values()) >= -1e-12


@given(twenty())
def test_the_floor_is_never_above_the_ceiling_and_decided_means_they_meet(
    evidences: dict[str, Evidence],
) -> None:
    ladder = climb(evidences)
    assert rank(ladder.phase) <= rank(ladder.ceiling)
    assert ladder.decided == (ladder.phase == ladder.ceiling)
    assert ladder.decided == (ladder.next_gate is None or ladder.next_gate.value.failed)


@given(twenty(), st.sampled_from(CODES), st.sampled_from(["no_source", "partial", "too_few", "stale"]))
def test_forgetting_an_indicator_never_raises_the_floor_and_never_lowers_the_ceiling(
    evidences: dict[str, Evidence], code: str, reason: str
) -> None:
    before, after = climb(evidences), climb({**evidences, code: unknown(code, reason)})
    assert rank(after.phase) <= rank(before.phase)
    assert rank(after.ceiling) >= rank(before.ceiling)


@given(twenty(), st.sampled_from(CODES), st.floats(0.8, 1.0), evidence_class)
def test_learning_that_an_unknown_passes_never_lowers_the_floor(
    evidences: dict[str, Evidence], code: str, p_pass: float, kind: str
) -> None:
    not_known = {**evidences, code: unknown(code)}
    learned = {**evidences, code: known(code, p_pass, evidence=kind)}
    assert rank(climb(learned).phase) >= rank(climb(not_known).phase)


@given(twenty(), st.sampled_from(CODES), probability, probability)
def test_a_likelier_indicator_never_lowers_the_floor_or_the_ceiling(
    evidences: dict[str, Evidence], code: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    worse, better = (climb({**evidences, code: known(code, p)}) for p in (low, high))
    assert rank(worse.phase) <= rank(better.phase)
    assert rank(worse.ceiling) <= rank(better.ceiling)


@given(twenty())
def test_what_limits_stands_in_the_gate_above_the_floor(evidences: dict[str, Evidence]) -> None:
    ladder = climb(evidences)
    if ladder.next_gate is None:
        assert ladder.limiting == ()
    else:
        assert ladder.limiting
        assert set(ladder.limiting) <= set(gate_codes(ladder.next_gate.number))


@given(twenty())
def test_making_a_limiting_indicator_certain_never_makes_its_gate_less_likely(
    evidences: dict[str, Evidence],
) -> None:
    for gain in climb(evidences).gains:
        assert gain.certain.p_low >= gain.now.p_low
        assert gain.certain.p_high >= gain.now.p_high
        assert gain.ratio is None or gain.ratio >= 1


@given(st.permutations(CODES), twenty())
def test_the_order_of_the_evidence_does_not_matter(order: list[str], evidences: dict[str, Evidence]) -> None:
    assert climb({code: evidences[code] for code in order}) == climb(evidences)


def test_nothing_known_is_at_least_reactive_and_could_be_anything() -> None:
    ladder = climb({})
    assert (ladder.phase, ladder.ceiling, ladder.decided) == ("reactive", "scalable", False)
    assert ladder.distribution["undecided"] == 1.0
    assert ladder.limiting == gate_codes(1)


def test_one_failing_indicator_decides_its_gate_whatever_is_unknown() -> None:
    ladder = climb({"1.1": known("1.1", 0.1)})
    assert (ladder.phase, ladder.ceiling, ladder.decided) == ("reactive", "reactive", True)
    assert isclose(ladder.distribution["reactive"], 0.9)
    assert isclose(ladder.distribution["undecided"], 0.1)
    assert ladder.limiting == ("1.1",)


def test_a_failing_indicator_of_a_higher_gate_lowers_the_ceiling_only() -> None:
    ladder = climb({"2.1": known("2.1", 0.0)})
    assert (ladder.phase, ladder.ceiling, ladder.decided) == ("reactive", "stable", False)


def test_five_that_pass_alone_do_not_pass_together_below_0_8() -> None:
    five = {code: known(code, 0.95) for code in gate_codes(1)}
    ladder = climb({**five, "1.3": known("1.3", 0.9)})
    assert (ladder.phase, ladder.decided) == ("reactive", True)
    assert ladder.limiting == ("1.3",)
    assert climb({code: known(code, 0.957) for code in gate_codes(1)}).phase == "stable"


def test_a_gate_passed_above_one_that_is_not_promotes_nothing() -> None:
    ladder = climb(passing(2, 3))
    assert ladder.phase == "reactive"
    assert [gate.value.passed for gate in ladder.gates] == [False, True, True]


def test_all_three_gates_lead_to_scalable_and_the_last_five_are_no_phase() -> None:
    ladder = climb({**passing(1, 2, 3), "4.1": known("4.1", 0.0)})
    assert (ladder.phase, ladder.ceiling, ladder.decided) == ("scalable", "scalable", True)
    assert ladder.next_gate is None
    assert (ladder.limiting, ladder.gains) == ((), ())
    assert ladder.thriving.value == GateValue(0.0, 0.0)


def test_peoples_word_brings_at_most_0_8_and_counts_once_in_a_gate() -> None:
    certain = passing(1)
    one = gate_value(
        [*[certain[c] for c in ("1.1", "1.2", "1.3", "1.4")], known("1.5", 1.0, evidence="attested")]
    )
    assert one == GateValue(ATTESTED_CAP, ATTESTED_CAP)
    assert one.passed
    two = gate_value(
        [
            *[certain[c] for c in ("1.1", "1.2", "1.3")],
            known("1.4", 1.0, evidence="attested"),
            known("1.5", 0.9, evidence="attested"),
        ]
    )
    assert two == GateValue(0.0, ATTESTED_CAP)


def test_a_fail_on_peoples_word_is_a_fail() -> None:
    assert climb({"1.2": known("1.2", 0.0, evidence="attested")}).decided


def test_too_small_to_tell_leaves_the_gate_for_two_of_gate_2_and_one_elsewhere() -> None:
    small = {code: unknown(code, "too_small_to_tell") for code in ("2.2", "2.3", "3.5", "1.2", "2.1")}
    gates = climb({**passing(1, 2, 3), **small}).gates
    assert roles(gates[1]) == {"2.2", "2.3"}
    assert roles(gates[2]) == {"3.5"}
    assert roles(gates[0]) == set()
    assert not gates[1].value.passed
    ladder = climb({**passing(1, 2, 3), "2.2": small["2.2"], "2.3": small["2.3"], "3.5": small["3.5"]})
    assert ladder.phase == "scalable"


def roles(gate: Gate) -> set[str]:
    return {s.code for s in gate.standings if s.role == "not_applicable"}


def test_what_limits_is_the_known_one_least_likely_then_the_lower_score() -> None:
    base = passing(1)
    ladder = climb({**base, "1.2": known("1.2", 0.4), "1.4": known("1.4", 0.3), "1.5": unknown("1.5")})
    assert ladder.limiting == ("1.4",)
    tie = climb({**base, "1.2": known("1.2", 0.3, median=66), "1.4": known("1.4", 0.3, median=61)})
    assert tie.limiting == ("1.4",)


def test_an_unknown_limits_first_only_when_nothing_known_stands_in_the_way() -> None:
    assert climb({**passing(1), "1.4": unknown("1.4")}).limiting == ("1.4",)


def test_the_gain_says_whether_fixing_the_limiting_one_is_enough() -> None:
    gain = climb({**passing(1), "1.4": known("1.4", 0.25)}).gains[0]
    assert (gain.now, gain.certain, gain.ratio) == (GateValue(0.25, 0.25), GateValue(1.0, 1.0), 4.0)
    hopeless = climb({**passing(1), "1.4": known("1.4", 0.0)}).gains[0]
    assert hopeless.ratio is None


def test_needs_are_ordered_by_what_they_would_decide() -> None:
    ladder = climb(
        {
            **passing(1, 2, 3),
            "1.1": unknown("1.1", needs=("time entries",)),
            "1.3": unknown("1.3", needs=("time entries",)),
            "1.2": unknown("1.2", needs=("documents",)),
            "2.1": unknown("2.1", needs=("payments",)),
            "3.4": unknown("3.4", needs=("payments",)),
            "3.5": unknown("3.5", "not_measured_yet"),
        }
    )
    assert [(n.need, n.codes) for n in ladder.needs] == [
        ("time entries", ("1.1", "1.3")),
        ("documents", ("1.2",)),
        ("payments", ("2.1", "3.4")),
        ("not_measured_yet", ("3.5",)),
    ]


def test_a_decided_indicator_needs_nothing() -> None:
    failing = Evidence("1.1", "fail", "derived", p_low=0.0, p_high=0.1, needs=("time entries",))
    assert climb({"1.1": failing}).needs == ()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([(1, 1), (1, 1), (1, 1)], {"scalable": 1.0}),
        ([(0, 0), (1, 1), (1, 1)], {"reactive": 1.0}),
        ([(1, 1), (0.25, 0.25), (0, 1)], {"stable": 0.75, "undecided": 0.25}),
        ([(0.5, 0.75), (0, 0), (0, 0)], {"reactive": 0.25, "stable": 0.5, "undecided": 0.25}),
    ],
)
def test_no_probability_goes_to_a_phase_for_lack_of_data(
    values: list[tuple[float, float]], expected: dict[str, float]
) -> None:
    shares = distribution([GateValue(low, high) for low, high in values])
    assert {key: share for key, share in shares.items() if share} == expected


def test_a_gate_is_held_by_the_milder_judgement_where_there_is_one() -> None:
    five = [known(code, 1.0) for code in gate_codes(2)]
    five[0] = replace(known("2.1", 0.1), hold_low=0.9, hold_high=0.9)
    assert gate_value(five) == GateValue(0.1, 0.1)
    assert gate_value(five, holding=True) == GateValue(0.9, 0.9)
