"""From an analysis to the model of a report."""

from __future__ import annotations

from phasewise.analyzer.gates import Weeks
from phasewise.analyzer.headline import need_title
from phasewise.analyzer.indicator import Evidence
from phasewise.analyzer.ladder import PASSED, Gain, Gate, Ladder
from phasewise.analyzer.run import Analysis, headline_of, to_json
from phasewise.analyzer.sources import Unmapped, age_hours, first_record_at, last_full_day
from phasewise.i18n import gettext as _
from phasewise.i18n import ngettext
from phasewise.model.maturity import PHASES, STATEMENTS, THRIVING, phase_above, phase_below
from phasewise.report import wording
from phasewise.report.model import Advice, DataState, Group, GroupState, Limit, Line, Need, Report
from phasewise.report.past import Past, read_past
from phasewise.storage.engine import MspStore


def make_report(scope: MspStore, analysis: Analysis) -> Report:
    """The report on an analysis, in the reader's language; the store is read for its past.

    Args:
        scope: the store of the MSP analysed.
        analysis: what to report.
    """
    old = old_sentence(scope, analysis)
    return report_of(analysis, read_past(scope, analysis), _months(scope, analysis), old)


def report_of(analysis: Analysis, past: Past, months: int | None, old: str = "") -> Report:
    """The report on an analysis whose past is known.

    Args:
        analysis: what to report.
        past: what was stored before its date.
        months: whole months of tickets behind it, None without tickets.
        old: that the records end long before its date, "" where they do not.
    """
    ladder, context = analysis.ladder, analysis.context
    return Report(
        msp=analysis.msp,
        name=context.msp.name or analysis.msp,
        as_of=context.as_of,
        zone=str(context.zone),
        edition=context.edition,
        basis=analysis.basis,
        made=analysis.made,
        made_at=context.now,
        months=months,
        phase=ladder.phase,
        ceiling=ladder.ceiling,
        titles={key: _(phase.title) for key, phase in PHASES.items()} | {"undecided": _("undecided")},
        since=analysis.weeks.last.since,
        or_before=analysis.weeks.last.or_before,
        held=held_sentence(analysis.weeks),
        decided=ladder.decided,
        headline=headline_of(analysis),
        distribution=ladder.distribution,
        groups=tuple(_group(gate, analysis) for gate in (*ladder.gates, ladder.thriving)),
        limiting=_limits(ladder, analysis),
        needs=tuple(Need(need_title(need.need), need.codes) for need in ladder.needs),
        advice=_advice(ladder),
        moved=past.moved,
        data=_data(analysis, old),
        is_partial=analysis.is_partial,
        answer=to_json(analysis),
    )


def held_sentence(weeks: Weeks) -> str:
    """Since when the phase is only held, and because of what; "" when it is not."""
    last = weeks.last
    if last.held_since is None:
        return ""
    facts = {
        "day": wording.day(last.held_since),
        "gate": last.held_gate or 0,
        "codes": ", ".join(weeks.open_now),
    }
    if last.held_since == weeks.phases[0].ends_on:
        text = _("held since %(day)s or before: gate %(gate)d cannot be judged (%(codes)s unknown)") % facts
    else:
        text = _("held since %(day)s: gate %(gate)d cannot be judged (%(codes)s unknown)") % facts
    if last.last_known and last.since is not None:
        return _("%(held)s; the phase is the last known") % {"held": text}
    return text


def _months(scope: MspStore, analysis: Analysis) -> int | None:
    first = first_record_at(scope)
    if first is None:
        return None
    start, end = first.astimezone(analysis.context.zone), analysis.context.as_of
    return max(0, (end.year - start.year) * 12 + end.month - start.month + 1)


def _group(gate: Gate, analysis: Analysis) -> Group:
    left_out = {s.code for s in gate.standings if s.role == "not_applicable"}
    lines = tuple(_line(analysis.evidences[s.code], is_left_out=s.code in left_out) for s in gate.standings)
    return Group(gate.number, _group_title(gate), _state(gate), gate.value.p_low, gate.value.p_high, lines)


def _group_title(gate: Gate) -> str:
    if gate.number == THRIVING:
        return _("Thriving")
    return _("Gate %(number)d, %(below)s → %(above)s") % {
        "number": gate.number,
        "below": _(phase_below(gate.number).title),
        "above": _(phase_above(gate.number).title),
    }


def _state(gate: Gate) -> GroupState:
    if gate.number == THRIVING:
        return "shown"
    if gate.value.decided:
        return "passed" if gate.value.passed else "not_passed"
    return "undecided"


def _line(evidence: Evidence, *, is_left_out: bool) -> Line:
    statement = STATEMENTS[evidence.code]
    return Line(
        code=evidence.code,
        title=_(statement.title),
        statement=_(statement.sentence),
        status=evidence.status,
        score=evidence.score,
        is_left_out=is_left_out,
        measure=str(evidence.summary) if evidence.summary else _leading(evidence),
        because=wording.because(evidence),
        evidence=evidence,
    )


def _leading(evidence: Evidence) -> str:
    """The leading measure, named by the part it scores."""
    if not evidence.measures:
        return ""
    text = wording.measure(evidence.measures[0])
    part = next((p for p in evidence.parts if evidence.measures[0] in p.measures), None)
    return f"{part.title} {text}" if part else text


def _limits(ladder: Ladder, analysis: Analysis) -> tuple[Limit, ...]:
    return tuple(
        Limit(gain.code, _limit(analysis.evidences[gain.code], gain), f"phasewise explain {gain.code}")
        for gain in ladder.gains
    )


def _limit(evidence: Evidence, gain: Gain) -> str:
    sentences = [text.rstrip(".") + "." for text in (wording.because(evidence),) if text]
    facts = {
        "now": wording.probability(gain.now.p_low, gain.now.p_high),
        "certain": wording.probability(gain.certain.p_low, gain.certain.p_high),
        "needed": PASSED,
    }
    if gain.certain.passed:
        sentences.append(_("With it the gate would pass (%(now)s → %(certain)s).") % facts)
    elif gain.certain.failed:
        sentences.append(
            _("That alone would not be enough: %(now)s → %(certain)s, and %(needed).1f is needed.") % facts
        )
    return " ".join(sentences)


def _advice(ladder: Ladder) -> Advice:
    phase = PHASES[ladder.phase]
    return Advice(_(phase.aim), tuple(_(who) for who in phase.involve), _(phase.ready_when))


def old_sentence(scope: MspStore, analysis: Analysis) -> str:
    """That the records end long before the date, and which date to ask of instead; "" where they do not."""
    last = last_full_day(scope, analysis.context)
    if last is None:
        return ""
    return _("the records end about %(day)s: `--as-of %(date)s` asks of then") % {
        "day": wording.day(last),
        "date": last.isoformat(),
    }


def _data(analysis: Analysis, old: str) -> DataState:
    streams = analysis.streams
    complete = [s for s in streams if not s.incomplete and not s.refused]
    incomplete = [
        _("%(stream)s of %(connection)s is not complete: %(why)s")
        % {"stream": s.stream, "connection": s.connection_id, "why": s.message or _("see v_receipts")}
        for s in streams
        if s not in complete
    ]
    words = [_unmapped(one) for one in analysis.unmapped]
    if analysis.unnamed:
        words.append(
            _(
                "Records of %(connections)s are counted too, which the settings do not name: after a "
                "renaming everything counts twice. Give the connection its old name"
            )
            % {"connections": ", ".join(analysis.unnamed)}
        )
    age = age_hours(streams, analysis.context.now)
    return DataState(len(streams), len(complete), age, (*([old] if old else []), *incomplete, *words))


def _unmapped(unmapped: Unmapped) -> str:
    text = ngettext(
        "%(count)s row of %(table)s with an unmapped %(mapping)s",
        "%(count)s rows of %(table)s with an unmapped %(mapping)s",
        unmapped.count,
    ) % {"count": wording.number(unmapped.count), "table": unmapped.table, "mapping": unmapped.mapping}
    if not unmapped.codes:
        return text
    return _("%(rows)s (touches %(codes)s)") % {"rows": text, "codes": ", ".join(unmapped.codes)}
