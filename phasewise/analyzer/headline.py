"""The first sentence of an answer: what is proven, what stands in the way, what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phasewise.analyzer.indicator import Evidence
from phasewise.analyzer.ladder import PASSED, Gate, Ladder, Standing
from phasewise.analyzer.needs import NOT_MEASURED_YET, is_unmeasured
from phasewise.analyzer.weeks import FALLEN, WEEKS_IN_A_ROW, WEEKS_IN_ALL, WEEKS_TO_LOSE
from phasewise.i18n import gettext as _
from phasewise.i18n import ngettext
from phasewise.model.maturity import PHASE_KEYS, PHASES, STATEMENTS, gate_codes


def headline(ladder: Ladder, evidences: Mapping[str, Evidence]) -> str:
    """The phase in one sentence, and what qualifies it in further ones, in the reader's language.

    Args:
        ladder: the answer.
        evidences: code → evidence of the twenty statements.
    """
    gate = ladder.next_gate
    if gate is None:
        sentences = [_thriving(ladder, evidences)]
    elif gate.value.passed:
        sentences = [_on_the_way(ladder, gate)]
    elif gate.value.decided:
        sentences = [_decided(ladder, gate, evidences)]
    else:
        sentences = [_undecided(ladder, gate, evidences)]
    sentences += [*_slipping(ladder), *_qualifications(ladder)]
    return " ".join(sentences)


def need_title(need: str) -> str:
    """A need as people read it."""
    return _("not measured yet") if need == NOT_MEASURED_YET else _(need)


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`, in the reader's language."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _thriving(ladder: Ladder, evidences: Mapping[str, Evidence]) -> str:
    passing = [code for code in gate_codes(ladder.thriving.number) if evidences[code].status == "pass"]
    return _("%(phase)s: all three gates are passed. Of the five that say how well, %(count)d pass.") % {
        "phase": _(PHASES[ladder.phase].title),
        "count": len(passing),
    }


def _on_the_way(ladder: Ladder, gate: Gate) -> str:
    return _(
        "%(phase)s: gate %(gate)d would be passed today; it counts once it was so %(row)d weeks in a row, or "
        "%(all)d of the latest half year."
    ) % {
        "phase": _(PHASES[ladder.phase].title),
        "gate": gate.number,
        "row": WEEKS_IN_A_ROW,
        "all": WEEKS_IN_ALL,
    }


def _slipping(ladder: Ladder) -> list[str]:
    """Gates below the floor that would not be passed today: it takes four bad weeks to lose one."""
    below = ladder.gates[: PHASE_KEYS.index(ladder.phase)]
    text = _("Gate %(gate)d stands at %(joint).2f today; below %(fallen).1f for %(weeks)d weeks it is lost.")
    return [
        text % {"gate": g.number, "joint": g.value.p_high, "fallen": FALLEN, "weeks": WEEKS_TO_LOSE}
        for g in below
        if g.value.failed
    ]


def _decided(ladder: Ladder, gate: Gate, evidences: Mapping[str, Evidence]) -> str:
    phase = _(PHASES[ladder.phase].title)
    standing = [s.code for s in gate.standings if evidences[s.code].status in {"fail", "leaning"}]
    if standing:
        return _("%(phase)s: gate %(gate)d is not passed. %(obstacles)s.") % {
            "phase": phase,
            "gate": gate.number,
            "obstacles": _obstacles(standing, evidences),
        }
    least = ladder.limiting[0]
    return _(
        "%(phase)s: those known of gate %(gate)d pass one by one, but not surely together: %(joint).2f, and "
        "%(needed).1f is needed. The least certain is %(code)s (%(p_pass).2f)."
    ) % {
        "phase": phase,
        "gate": gate.number,
        "joint": gate.value.p_high,
        "needed": PASSED,
        "code": least,
        "p_pass": next(s.p_high for s in gate.standings if s.code == least),
    }


def _obstacles(codes: Sequence[str], evidences: Mapping[str, Evidence]) -> str:
    failing = [code for code in codes if evidences[code].status == "fail"]
    leaning = [code for code in codes if evidences[code].status == "leaning"]
    parts = []
    if failing:
        parts.append(_("Failing: %(codes)s") % {"codes": joined([_named(code) for code in failing])})
    if leaning:
        parts.append(_("Uncertain: %(codes)s") % {"codes": joined([_named(code) for code in leaning])})
    return ". ".join(parts)


def _named(code: str) -> str:
    return f"{code} {_(STATEMENTS[code].title)}"


def _undecided(ladder: Ladder, gate: Gate, evidences: Mapping[str, Evidence]) -> str:
    counted = [s for s in gate.standings if s.role != "not_applicable"]
    missing = [s for s in counted if _is_missing(s, evidences)]
    known = [s for s in counted if s not in missing]
    return _undecided_form(len(known), is_open=bool(_open(known)), is_missing=bool(missing)) % {
        "phase": _(PHASES[ladder.phase].title),
        "gate": gate.number,
        "known": len(known),
        "all": len(counted),
        "missing": joined(_missing(missing, evidences)),
        "open": joined(_open(known)),
    }


def _undecided_form(known: int, *, is_open: bool, is_missing: bool) -> str:
    if not known:
        return _("At least %(phase)s: none of the %(all)d of gate %(gate)d is known; missing %(missing)s.")
    if not is_missing:
        return _(
            "At least %(phase)s: the %(all)d of gate %(gate)d are known, but parts of %(open)s are missing."
        )
    if is_open:
        return ngettext(
            "At least %(phase)s: %(known)d of the %(all)d of gate %(gate)d is known, and not surely passing "
            "(%(open)s); missing %(missing)s.",
            "At least %(phase)s: %(known)d of the %(all)d of gate %(gate)d are known, but not surely passing "
            "(%(open)s); missing %(missing)s.",
            known,
        )
    return ngettext(
        "At least %(phase)s: %(known)d of the %(all)d of gate %(gate)d is known and passes; "
        "missing %(missing)s.",
        "At least %(phase)s: %(known)d of the %(all)d of gate %(gate)d are known and pass; "
        "missing %(missing)s.",
        known,
    )


def _open(known: Sequence[Standing]) -> list[str]:
    return [s.code for s in known if s.p_low < PASSED]


def _is_missing(standing: Standing, evidences: Mapping[str, Evidence]) -> bool:
    return evidences[standing.code].status == "unknown" or standing.role == "second_word"


def _missing(standings: Sequence[Standing], evidences: Mapping[str, Evidence]) -> list[str]:
    """The missing indicators, those with the same need together: `1.2 (documents)`, `1.3, 1.5 (…)`."""
    by_need: dict[str, list[str]] = {}
    for standing in standings:
        by_need.setdefault(_first_need(evidences[standing.code]), []).append(standing.code)
    return [f"{', '.join(codes)} ({need})" if need else ", ".join(codes) for need, codes in by_need.items()]


def _first_need(evidence: Evidence) -> str:
    if is_unmeasured(evidence):
        return need_title(NOT_MEASURED_YET)
    if evidence.needs:
        return need_title(evidence.needs[0])
    if evidence.evidence_class == "attested":
        return _("on your word only")
    return ""


def _qualifications(ladder: Ladder) -> list[str]:
    """Who was left out, and what rests on people's word alone, in the gates up to the one above the floor."""
    reached = [gate for gate in ladder.gates if gate.value.passed or gate == ladder.next_gate]
    left_out = [s.code for gate in reached for s in gate.standings if s.role == "not_applicable"]
    on_word = [s.code for gate in reached for s in gate.standings if s.on_word and s.role == "counted"]
    sentences = []
    if left_out:
        sentences.append(_("Not applicable at this size: %(codes)s.") % {"codes": joined(left_out)})
    if on_word:
        sentences.append(_("On your word for %(codes)s.") % {"codes": joined(on_word)})
    return sentences
