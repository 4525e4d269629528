"""The first screen: the phase, the gates, what limits, what moved, and what it all rests on."""

from __future__ import annotations

from phasewise.analyzer.headline import need_title
from phasewise.analyzer.needs import NOT_MEASURED_YET, is_unmeasured
from phasewise.i18n import gettext as _
from phasewise.i18n import ngettext
from phasewise.model.maturity import PHASE_KEYS
from phasewise.report import wording
from phasewise.report.layout import Layout, Style, columns, wrapped
from phasewise.report.model import Group, Line, Report

STYLES: dict[str, Style] = {
    "pass": "good",
    "fail": "bad",
    "leaning": "open",
    "unknown": "quiet",
    "passed": "good",
    "not_passed": "bad",
    "undecided": "open",
}
SIGNS = {"passed": "●", "not_passed": "○", "undecided": "◌"}
SMALL = 0.005
"""Shares below it would print as 0.00 and are left out."""
HOURS_A_DAY = 24
A_WEEK = 7


def first_screen(report: Report, layout: Layout) -> str:
    """The first screen as text, without a line end."""
    blocks = [
        _head(report, layout),
        wrapped(report.headline, layout),
        _groups(report, layout),
        "\n".join([*_limiting(report, layout), *_needs(report, layout), *_moved(report, layout)]),
        "\n".join(_data(report, layout)),
    ]
    return "\n\n".join(block for block in blocks if block)


def _head(report: Report, layout: Layout) -> str:
    facts = [
        report.name,
        _("as of %(day)s (%(zone)s)") % {"day": wording.weekday(report.as_of), "zone": report.zone},
        _("edition %(edition)s") % {"edition": report.edition},
    ]
    if report.months is not None:
        facts.append(
            ngettext("%(months)d month of tickets", "%(months)d months of tickets", report.months)
            % {"months": report.months}
        )
    phase = layout.paint("strong", report.titles[report.phase].upper())
    since = wording.since(report.since, or_before=report.or_before)
    ceiling = _("ceiling: %(phase)s") % {"phase": report.titles[report.ceiling]}
    decided = _("decided: yes") if report.decided else _("decided: no")
    second = "   ".join(text for text in (phase, since, ceiling, decided) if text)
    lines = [" · ".join(facts), second, _ladder(report, layout)]
    return "\n".join([*lines, *([wrapped(report.held, layout, indent="  ")] if report.held else [])])


def _ladder(report: Report, layout: Layout) -> str:
    steps = [report.titles[PHASE_KEYS[0]]]
    for group, key in zip(report.groups, PHASE_KEYS[1:], strict=False):
        steps.append(layout.paint(STYLES[group.state], f"─{SIGNS[group.state]}─"))
        steps.append(report.titles[key])
    shares = [
        f"{report.titles[key]} {wording.number(share, 2)}"
        for key, share in report.distribution.items()
        if share >= SMALL
    ]
    return f"  {' '.join(steps)}      {'  '.join(shares)}"


def _groups(report: Report, layout: Layout) -> str:
    rows = [row for group in report.groups for row in _rows(group)]
    lines: list[str] = []
    for cells, (_cells, style) in zip(columns([cells for cells, _style in rows]), rows, strict=True):
        head, code, status, score, rest = cells
        indent = " " * len(head + code + status + score)
        body = wrapped(rest, layout, indent=indent).removeprefix(indent)
        lines.append((head + code + layout.paint(style, status) + score + body).rstrip())
    return "\n".join(lines)


def _rows(group: Group) -> list[tuple[list[str], Style]]:
    """(cells, style) of a group: one row an indicator, those that are not measured yet together in one."""
    rows = [(_cells(line), STYLES[line.status]) for line in group.lines if not is_unmeasured(line.evidence)]
    unmeasured = [line.code for line in group.lines if is_unmeasured(line.evidence)]
    if unmeasured:
        unknown = _(wording.STATUSES["unknown"])
        cells = [", ".join(unmeasured), unknown, wording.NOTHING, need_title(NOT_MEASURED_YET)]
        rows.append((cells, "quiet"))
    titles = [_short_title(group), *[""] * (len(rows) - 1)]
    return [([title, *cells], style) for title, (cells, style) in zip(titles, rows, strict=True)]


def _short_title(group: Group) -> str:
    return _("Thriving") if group.state == "shown" else _("Gate %(number)d") % {"number": group.number}


def _cells(line: Line) -> list[str]:
    status = _("not applicable") if line.is_left_out else _(wording.STATUSES[line.status])
    rest = ". ".join(text for text in (line.measure, line.because) if text)
    return [f"{line.code} {line.title}", status, wording.score(line.score), rest]


def _limiting(report: Report, layout: Layout) -> list[str]:
    named = [limit for limit in report.limiting if not _unmeasured_code(report, limit.code)]
    if not named:
        return []
    label = _("Limiting: ")
    lines: list[str] = []
    for limit in named:
        text = f"{limit.code}. {limit.sentence}  → {limit.command}"
        lines.append(wrapped(text, layout, indent=" " * len(label), first=label if not lines else ""))
    return lines


def _unmeasured_code(report: Report, code: str) -> bool:
    return any(line.code == code and is_unmeasured(line.evidence) for g in report.groups for line in g.lines)


def _needs(report: Report, layout: Layout) -> list[str]:
    needs = [need for need in report.needs if need.title != need_title(NOT_MEASURED_YET)]
    if not needs:
        return []
    label = _("Would decide most: ")
    text = "; ".join(f"{need.title} ({', '.join(need.codes)})" for need in needs)
    return [wrapped(text, layout, indent=" " * len(label), first=label)]


def _moved(report: Report, layout: Layout) -> list[str]:
    moved = report.moved
    if moved is None:
        return []
    last_week = (report.as_of - moved.as_of).days == A_WEEK
    label = _("Since last week: ") if last_week else _("Since %(day)s: ") % {"day": wording.day(moved.as_of)}
    said = [
        f"{move.code} {move.before} → {move.after}" + (f" ({move.by})" if move.by else "")
        for move in moved.moves
    ]
    if moved.phase_before:
        said.insert(0, f"{moved.phase_before} → {report.titles[report.phase]}")
    text = "; ".join(said) + _("; nothing else moved") if said else _("nothing moved")
    if not moved.same_rules:
        text += _("; the rules changed too (another edition)")
    return [wrapped(text + ".", layout, indent=" " * len(label), first=label)]


def _data(report: Report, layout: Layout) -> list[str]:
    data = report.data
    label = _("Data: ")
    if not data.streams:
        return [wrapped(_("no sync has run yet"), layout, indent=" " * len(label), first=label)]
    text = ngettext(
        "%(complete)d of %(streams)d stream complete",
        "%(complete)d of %(streams)d streams complete",
        data.streams,
    ) % {"complete": data.complete, "streams": data.streams}
    if data.age_hours is not None:
        text = _("%(streams)s, %(age)s old") % {"streams": text, "age": _age(data.age_hours)}
    sentences = "; ".join([text, *data.sentences])
    return [wrapped(sentences, layout, indent=" " * len(label), first=label)]


def _age(hours: float) -> str:
    if hours < 1:
        return _("%(count)d min") % {"count": max(0, round(hours * 60))}
    if hours < 2 * HOURS_A_DAY:
        return _("%(count)d h") % {"count": round(hours)}
    return ngettext("%(count)d day", "%(count)d days", round(hours / HOURS_A_DAY)) % {
        "count": round(hours / HOURS_A_DAY)
    }
