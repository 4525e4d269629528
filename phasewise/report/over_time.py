"""The first lines of a history: the phase, since when, and each gate and indicator over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from phasewise.analyzer.ladder import PASSED
from phasewise.i18n import gettext as _
from phasewise.i18n import ngettext
from phasewise.model.maturity import GATES, PHASES, STATEMENTS
from phasewise.report import wording
from phasewise.report.layout import Layout, columns, wrapped

if TYPE_CHECKING:
    from phasewise.report.history import PastAnalysis

BARS = "▁▂▃▄▅▆▇█"
"""A chance from 0 to 1, or a score from 0 to 100, in eight steps."""
OPEN = "·"
"""A gate that cannot be judged, an indicator that is unknown."""
FEWEST_SIGNS = 26
"""Signs of a line where the labels leave less room than that: a line that is too long beats one unread."""
GAP = 2


def overview(history: Sequence[PastAnalysis], layout: Layout, name: str) -> list[str]:
    """Phase, gates and known indicators over time, of the dates that the newest rules speak of.

    Args:
        history: newest date first, not empty.
        layout: for width and colour.
        name: of the MSP.

    Returns:
        Lines; those of gates and indicators begin with the oldest date and end with the newest value.
    """
    newest = history[0]
    series = [one for one in reversed(history) if one.edition == newest.edition]
    first, last = (wording.day(date.fromisoformat(one.as_of)) for one in (series[0], newest))
    title = [name, _("%(first)s to %(last)s") % {"first": first, "last": last}]
    title.append(_("edition %(edition)s") % {"edition": newest.edition})
    since, or_before = _since(series)
    facts = [
        layout.paint("strong", phase_title(newest.phase).upper()),
        wording.since(since, or_before=or_before),
        _held(newest),
        _("ceiling: %(phase)s") % {"phase": phase_title(newest.ceiling)},
        _("decided: yes") if newest.decided else _("decided: no"),
    ]
    return [
        " · ".join(part for part in title if part),
        "   ".join(fact for fact in facts if fact),
        *_lines(series, layout),
        *(_change(*pair) for pair in reversed(list(pairwise(series))) if pair[0].phase != pair[1].phase),
    ]


def phase_title(key: str) -> str:
    """The name of a phase in the reader's language."""
    titles: dict[str, str] = {name: _(phase.title) for name, phase in PHASES.items()}
    return titles.get(key, key)


def is_known(one: PastAnalysis, code: str) -> bool:
    """Whether that analysis could say anything of an indicator."""
    return any(i.code == code and i.status != "unknown" for i in one.indicators)


def _since(series: Sequence[PastAnalysis]) -> tuple[date | None, bool]:
    """Since when the phase is what it is, and whether perhaps before: by the first date that says the same.

    An analysis sees half a year; the series of them sees further.
    """
    same = list(takewhile(lambda one: one.phase == series[-1].phase, reversed(series)))
    first = same[-1]
    if len(same) == len(series):
        return None if first.since is None else date.fromisoformat(first.since), first.or_before
    return date.fromisoformat(first.since or first.as_of), False


def _held(newest: PastAnalysis) -> str:
    if not newest.held:
        return ""
    day = wording.day(date.fromisoformat(newest.held))
    if newest.held_or_before:
        return _("held since %(day)s or before") % {"day": day}
    return _("held since %(day)s") % {"day": day}


def _lines(series: Sequence[PastAnalysis], layout: Layout) -> list[str]:
    """A line a gate, under it one for each of its indicators that was ever known; then how to read them."""
    rows: list[tuple[str, list[str], str]] = []
    for number in GATES:
        gates = [_gate(one, number) for one in series]
        label = _("Gate %(number)d") % {"number": number}
        rows.append((label, [sign for sign, _now in gates], gates[-1][1]))
        for code, statement in STATEMENTS.items():
            if statement.gate == number and any(is_known(one, code) for one in series):
                scores = [_indicator(one, code) for one in series]
                title = f"  {code} {_(statement.title)}"
                rows.append((title, [sign for sign, _now in scores], scores[-1][1]))
    room = layout.width - sum(max(len(row[i]) for row in rows) + GAP for i in (0, 2))
    step = -(-len(series) // max(room, FEWEST_SIGNS))
    shown = [(label, "".join(_thinned(signs, step)), now) for label, signs, now in rows]
    return [*("".join(cells).rstrip() for cells in columns(shown, gap=GAP)), wrapped(_legend(step), layout)]


def _thinned(signs: Sequence[str], step: int) -> list[str]:
    """One sign of `step`, the newest among them."""
    return list(signs[::-1][::step][::-1])


def _legend(step: int) -> str:
    every = ngettext("A sign a date", "A sign every %(step)d dates", step) % {"step": step}
    return _(
        "%(every)s, the newest at the right: the chance that the five of a gate pass together, the score of "
        "an indicator; %(least)s to %(most)s, %(open)s is not known."
    ) % {"every": every, "least": BARS[0], "most": BARS[-1], "open": OPEN}


def _gate(one: PastAnalysis, number: int) -> tuple[str, str]:
    """Its sign, and its value in words."""
    gate = next((g for g in one.gates if g.gate == number), None)
    if gate is None:
        return OPEN, ""
    text = wording.probability(gate.p_low, gate.p_high)
    if gate.p_low < PASSED <= gate.p_high:
        return OPEN, text
    return _bar(gate.p_low if gate.p_low >= PASSED else gate.p_high), text


def _indicator(one: PastAnalysis, code: str) -> tuple[str, str]:
    """Its sign, and its value in words."""
    found = next((i for i in one.indicators if i.code == code), None)
    if found is None or found.score is None:
        return OPEN, _(wording.STATUSES["unknown"])
    return _bar(found.score[0] / 100), f"{found.score[0]:.0f} {_(wording.STATUSES[found.status])}"


def _bar(share: float) -> str:
    return BARS[min(len(BARS) - 1, int(share * len(BARS)))]


def _change(before: PastAnalysis, after: PastAnalysis) -> str:
    return _("%(day)s: %(before)s → %(after)s") % {
        "day": wording.day(date.fromisoformat(after.as_of)),
        "before": phase_title(before.phase),
        "after": phase_title(after.phase),
    }
