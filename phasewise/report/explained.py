"""An explanation as text and as JSON: how a number came about, down to the query that lists its records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from phasewise.analyzer.answer import detail_json, indicator_json
from phasewise.analyzer.explain import Explanation, ShownTable, sections
from phasewise.analyzer.indicator import Evidence, FunnelStep, Measure
from phasewise.analyzer.thresholds import IndicatorThresholds, Number, PartThresholds
from phasewise.i18n import gettext as _
from phasewise.i18n import mark as N_  # noqa: N812  # the name that gettext's tools extract by
from phasewise.model.maturity import THRIVING, Statement, phase_above, phase_below
from phasewise.report import wording
from phasewise.report.formats.text import parts
from phasewise.report.layout import Layout, columns, wrapped
from phasewise.report.screen import STYLES

SOURCES = {
    "psa": N_("PSA"),
    "rmm": N_("RMM"),
    "accounting": N_("accounting"),
    "documentation": N_("documentation"),
    "surveys": N_("surveys"),
    "people": N_("people"),
}
TABLES = {
    "week": N_("By week"),
    "client": N_("By client"),
    "queue": N_("By queue"),
    "technician": N_("By technician"),
    "first_priority": N_("By priority at opening"),
}
HEADINGS = {
    "week": N_("week"),
    "client": N_("client"),
    "queue": N_("queue"),
    "technician": N_("technician"),
    "first_priority": N_("priority"),
    "target": N_("target"),
    "met": N_("met"),
    "missed": N_("missed"),
    "running": N_("running"),
    "decided": N_("decided"),
    "share": N_("share"),
    "low_limit": N_("low limit"),
    "high_limit": N_("high limit"),
    "shortfall": N_("shortfall"),
    "special_cause": N_("special cause"),
    "tickets": N_("tickets"),
    "complete": N_("complete"),
    "share_complete": N_("share complete"),
    "resolved": N_("resolved"),
    "followed": N_("followed up"),
    "reopened": N_("reopened"),
    "share_reopened": N_("share reopened"),
}
WORDS = {
    "first_response": N_("first response"),
    "resolution": N_("resolution"),
    "critical": N_("critical"),
    "high": N_("high"),
    "medium": N_("medium"),
    "low": N_("low"),
    "other": N_("other"),
}
"""Our words in columns that hold nothing else."""

OWN_COLUMNS = frozenset({"target", "special_cause", "first_priority"})
STAND_INS = {"(others)": N_("(others)"), "(none)": N_("(none)")}
"""What stands for pooled rows and for nobody; everything else in the other columns is the MSP's own."""

FLAGS = frozenset({"shortfall"})
SHARES = frozenset({"share", "share_complete", "share_reopened", "low_limit", "high_limit"})


def explanation_text(explanation: Explanation, layout: Layout) -> str:
    """The explanation as text, without a line end."""
    evidence = explanation.evidence
    blocks = [
        _head(explanation, layout),
        _verdict(evidence, layout),
        _section(_("Measures"), _measures(evidence.measures), layout),
        _section(_("Parts"), parts(evidence.parts, layout), layout),
        _section(_("From all rows to those counted"), _funnel(evidence.funnel), layout),
        *(_table(table, layout) for table in explanation.tables),
        _section(_("Thresholds (70 passes)"), _thresholds(explanation.numbers, layout), layout),
        _section(_("Needs"), [f"  {_(need)}" for need in evidence.needs], layout),
        _section(_("What can show it"), _feeds(explanation.statement), layout),
        _section(_("The records"), _query(explanation), layout),
        *(_section(_(title), [_(text)], layout) for title, text in sections(explanation.document)),
    ]
    return "\n\n".join(block for block in blocks if block)


def _head(explanation: Explanation, layout: Layout) -> str:
    statement, context = explanation.statement, explanation.context
    facts = [
        context.msp.name or explanation.msp,
        _("as of %(day)s (%(zone)s)") % {"day": wording.weekday(context.as_of), "zone": str(context.zone)},
        _("edition %(edition)s") % {"edition": context.edition},
    ]
    title = layout.paint("strong", f"{statement.code} {_(statement.title)}")
    return "\n".join(
        [f"{title} · {_place(statement)}", wrapped(_(statement.sentence), layout), " · ".join(facts)]
    )


def _place(statement: Statement) -> str:
    if statement.gate == THRIVING:
        return _("Thriving")
    return _("Gate %(number)d, %(below)s → %(above)s") % {
        "number": statement.gate,
        "below": _(phase_below(statement.gate).title),
        "above": _(phase_above(statement.gate).title),
    }


def _verdict(evidence: Evidence, layout: Layout) -> str:
    facts = [layout.paint(STYLES[evidence.status], _(wording.STATUSES[evidence.status]))]
    if evidence.score:
        facts.append(_("score %(score)s") % {"score": wording.score(evidence.score)})
        shown = wording.probability(evidence.p_low, evidence.p_high)
        facts.append(_("passes with probability %(p)s") % {"p": shown})
        facts.append(_(wording.EVIDENCE[evidence.evidence_class]))
    if evidence.sure_from is not None and evidence.measures:
        value = wording.quantity(evidence.sure_from, evidence.measures[0].unit)
        facts.append(_("passes surely from %(value)s") % {"value": value})
    said = [cap.sentence for cap in evidence.caps] + list(evidence.notes)
    if evidence.reason:
        said.insert(0, evidence.reason.sentence)
    return "\n".join(
        ["   ".join(facts), *(wrapped(str(s), layout, indent="    ", first="  - ") for s in said)]
    )


def _section(title: str, lines: Iterable[str], layout: Layout) -> str:
    body = [line for line in lines if line]
    return "\n".join([layout.paint("strong", title), *body]) if body else ""


def _measures(measures: Sequence[Measure]) -> list[str]:
    rows = [
        [
            f"  {m.name}",
            wording.quantity(m.value, m.unit, above=m.above),
            _interval(m),
            _counts(m),
            _("%(start)s to %(end)s") % {"start": m.window_start, "end": m.window_end - timedelta(days=1)},
            "" if m.complete else _("so far: rows may be missing"),
        ]
        for m in measures
    ]
    return ["".join(cells).rstrip() for cells in columns(rows, right=(1,))]


def _interval(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return ""
    low, high = (wording.quantity(end, measure.unit) for end in (measure.low, measure.high))
    return f"({low}–{high})"


def _counts(measure: Measure) -> str:
    if measure.numerator is None or measure.denominator is None:
        return f"n {wording.number(measure.n)}"
    return _("%(value)s of %(denominator)s") % {
        "value": wording.number(measure.numerator),
        "denominator": wording.number(measure.denominator),
    }


def _funnel(steps: Sequence[FunnelStep]) -> list[str]:
    """All rows, every reason that left some out, and what was counted."""
    if not steps:
        return []
    rows = [[f"  {wording.number(steps[0].left + steps[0].dropped)}", _("all")]]
    rows += [[f"−{wording.number(s.dropped)}", str(s.label)] for s in steps if s.dropped]
    rows.append([wording.number(steps[-1].left), _("counted")])
    return ["".join(cells) for cells in columns(rows, right=(0,))]


def _table(table: ShownTable, layout: Layout) -> str:
    title = _(TABLES[table.name]) if table.name in TABLES else table.name
    if not table.rows:
        return ""
    names = list(table.rows[0])
    numeric = [i for i, name in enumerate(names) if any(isinstance(r[name], int | float) for r in table.rows)]
    head = [_(HEADINGS.get(name, name)) for name in names]
    rows = [[_cell(name, row[name]) for name in names] for row in table.rows]
    lines = ["  " + "".join(cells).rstrip() for cells in columns([head, *rows], right=numeric)]
    if table.not_shown:
        lines.append("  " + _("… and %(count)s more") % {"count": wording.number(table.not_shown)})
    return _section(title, lines, layout)


def _cell(name: str, value: float | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        ours = WORDS if name in OWN_COLUMNS else {}
        known = ours.get(value) or STAND_INS.get(value)
        return _(known) if known else value
    if name in FLAGS:
        return _("yes") if value else ""
    return wording.percent(value) if name in SHARES else wording.number(value)


def _thresholds(numbers: IndicatorThresholds | None, layout: Layout) -> list[str]:
    if numbers is None:
        return []
    lines = []
    for part in numbers.parts.values():
        lines.append(f"  {part.name}: {_anchors(part)}")
        lines.append(wrapped(_source(part.source, overridden=part.overridden), layout, indent="      "))
    shared = {name: number for name, number in numbers.common.items() if name not in numbers.numbers}
    lines += _number_lines(numbers.numbers, layout)
    return [*lines, "  " + _("for all indicators:"), *_number_lines(shared, layout)]


def _number_lines(numbers: Mapping[str, Number], layout: Layout) -> list[str]:
    rows = [
        [f"  {name}", _number(number), _source(number.source, overridden=number.overridden)]
        for name, number in numbers.items()
    ]
    lines = []
    for cells in columns(rows):
        indent = " " * sum(len(cell) for cell in cells[:-1])
        lines.append("".join(cells[:-1]) + wrapped(cells[-1], layout, indent=indent).removeprefix(indent))
    return lines


def _anchors(part: PartThresholds) -> str:
    return ", ".join(f"{wording.quantity(value, part.unit)}: {score:.0f}" for value, score in part.anchors)


def _number(number: Number) -> str:
    if number.unit == "share":
        return wording.percent(number.value, 0 if (number.value * 100).is_integer() else 1)
    text = f"{number.value:g}"
    return text if number.unit in {"probability", "score"} else f"{text} {number.unit}"


def _source(source: str, *, overridden: bool) -> str:
    said = _(source)
    return _("%(source)s (your own number)") % {"source": said} if overridden else said


def _feeds(statement: Statement) -> list[str]:
    rows = [[f"  {_(SOURCES[source])}", _(what)] for source, what in statement.feeds.items()]
    return ["".join(cells) for cells in columns(rows)]


def _query(explanation: Explanation) -> list[str]:
    query = explanation.evidence.query.strip()
    if not query:
        return []
    return [
        "  phasewise sql --msp " + explanation.msp + ' "',
        *(f"  {line}" for line in query.splitlines()),
        '  "',
    ]


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation as one JSON value: codes and values, sentences in English."""
    statement, context = explanation.statement, explanation.context
    return {
        "msp": explanation.msp,
        "as_of": context.as_of.isoformat(),
        "edition": context.edition,
        **indicator_json(explanation.evidence),
        "gate": statement.gate,
        "statement": statement.sentence,
        "feeds": dict(statement.feeds),
        "detail": detail_json(explanation.evidence),
        "thresholds": _thresholds_json(explanation.numbers),
        "tables": {
            table.name: {
                "rows": [dict(row) for row in table.rows],
                "not_shown": table.not_shown,
            }
            for table in explanation.tables
        },
        "query": explanation.evidence.query.strip(),
        "document": explanation.document,
    }


def _thresholds_json(numbers: IndicatorThresholds | None) -> dict[str, Any] | None:
    if numbers is None:
        return None
    return {
        "parts": {
            part.name: {
                "weight": part.weight,
                "must": part.must,
                "unit": part.unit,
                "anchors": [list(anchor) for anchor in part.anchors],
                "source": part.source,
                "overridden": part.overridden,
            }
            for part in numbers.parts.values()
        },
        "numbers": {
            name: {
                "value": number.value,
                "unit": number.unit,
                "source": number.source,
                "overridden": number.overridden,
            }
            for name, number in {**numbers.common, **numbers.numbers}.items()
        },
    }
