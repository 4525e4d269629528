"""A report as text: the first screen, then every indicator that is measured, then what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from phasewise.analyzer.indicator import Part
from phasewise.analyzer.needs import is_unmeasured
from phasewise.i18n import gettext as _
from phasewise.model.maturity import PHASE_KEYS
from phasewise.report import wording
from phasewise.report.layout import Layout, columns, wrapped
from phasewise.report.model import Line, Report
from phasewise.report.screen import STYLES, first_screen


def render(report: Report, layout: Layout) -> str:
    """The report, without a line end."""
    measured = [line for g in report.groups for line in g.lines if not is_unmeasured(line.evidence)]
    blocks = [first_screen(report, layout), *(indicator(line, layout) for line in measured)]
    return "\n\n".join([*blocks, _advice(report, layout)])


def indicator(line: Line, layout: Layout) -> str:
    """One indicator: its statement, its parts with their measures, what must be known beside them."""
    evidence = line.evidence
    title = layout.paint("strong", f"{line.code} {line.title}")
    status = layout.paint(STYLES[line.status], _(wording.STATUSES[line.status]))
    head = "  ".join([title, status, *([wording.score(line.score)] if line.score else [])])
    blocks = [head, wrapped(line.statement, layout, indent="  "), *parts(evidence.parts, layout)]
    said = [*(cap.sentence for cap in evidence.caps), *evidence.notes]
    if evidence.reason:
        said.insert(0, evidence.reason.sentence)
    blocks += [wrapped(str(sentence), layout, indent="    ", first="  - ") for sentence in said]
    return "\n".join(block.rstrip() for block in blocks)


def parts(found: Sequence[Part], layout: Layout) -> list[str]:
    """The parts of an indicator, a line each: title, weight, status, score, measure or why it is unknown."""
    rows = [
        [
            f"  {part.title}",
            wording.percent(part.weight, 0),
            _(wording.STATUSES[part.status]),
            wording.score(part.score),
            str(part.reason.sentence) if part.reason else "; ".join(map(wording.measure, part.measures[:1])),
        ]
        for part in found
    ]
    lines = []
    for cells in columns(rows, right=(1,)):
        indent = " " * sum(len(cell) for cell in cells[:-1])
        lines.append("".join(cells[:-1]) + wrapped(cells[-1], layout, indent=indent).removeprefix(indent))
    return lines


def _advice(report: Report, layout: Layout) -> str:
    advice = report.advice
    title = _("What to work towards in %(phase)s") % {"phase": report.titles[report.phase]}
    is_last = report.phase == PHASE_KEYS[-1]
    near = _("It works when: %(when)s") if is_last else _("The next phase is near when: %(when)s")
    blocks = [
        layout.paint("strong", title),
        wrapped(advice.aim, layout, indent="  "),
        wrapped(_("Involve: %(who)s") % {"who": "; ".join(advice.involve)}, layout, indent="  "),
        wrapped(near % {"when": advice.ready_when}, layout, indent="  "),
    ]
    return "\n".join(blocks)
