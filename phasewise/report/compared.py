"""Two dates side by side, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from phasewise.analyzer.compare import Comparison, Moved, Standing, Step
from phasewise.analyzer.movement import WHAT, Mover
from phasewise.i18n import gettext as _
from phasewise.i18n import mark as N_  # noqa: N812  # the name that gettext's tools extract by
from phasewise.model.maturity import PHASES, STATEMENTS
from phasewise.report import wording
from phasewise.report.layout import Layout, wrapped

CAUSES = {
    "data": N_("the data"),
    "basis": N_("data of that date that came later (basis)"),
    "thresholds": N_("thresholds"),
    "mapping": N_("the mapping of words"),
    "calendars": N_("calendars"),
    "scope": N_("the scope"),
    "sla": N_("the rules for SLAs"),
    "indicators": N_("a new version of an indicator"),
    "ladder": N_("the rules of the ladder"),
    "exceptions": N_("exceptions"),
    "capacity": N_("the capacity of technicians"),
    "zone": N_("the zone"),
    "currency": N_("the currency"),
    "rules": N_("rules"),
}
"""What can move a number, in words."""
DIMENSIONS = {
    "client": N_("client %(name)s"),
    "queue": N_("queue %(name)s"),
    "category": N_("category %(name)s"),
    "technician": N_("technician %(name)s"),
}


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as one object; causes and keys are stable codes, scores medians from 0 to 100."""
    said = comparison.said
    return {
        "msp": comparison.msp,
        "first": {
            "as_of": comparison.first.isoformat(),
            "stored": said is not None,
            "edition": said.edition if said else comparison.then.context.edition,
            "basis": said.basis if said else comparison.then.basis,
            "phase": comparison.phase_before,
        },
        "first_today": _analysis_json(comparison, which="then"),
        "second": _analysis_json(comparison, which="now"),
        "changed": list(comparison.changed),
        "moved": [_moved_json(one) for one in comparison.moved],
        "tickets": [mover_json(one) for one in comparison.volume],
    }


def _analysis_json(comparison: Comparison, *, which: str) -> dict[str, Any]:
    analysis = comparison.then if which == "then" else comparison.now
    return {
        "as_of": analysis.context.as_of.isoformat(),
        "edition": analysis.context.edition,
        "basis": analysis.basis,
        "phase": analysis.ladder.phase,
    }


def _moved_json(moved: Moved) -> dict[str, Any]:
    return {
        "code": moved.code,
        "before": _standing_json(moved.before),
        "after": _standing_json(moved.after),
        "steps": [
            {
                "causes": list(step.causes),
                "before": _standing_json(step.before),
                "after": _standing_json(step.after),
            }
            for step in moved.steps
        ],
        "by": [mover_json(mover) for mover in moved.by],
    }


def _standing_json(standing: Standing) -> dict[str, Any]:
    return {"status": standing.status, "score": standing.median}


def mover_json(mover: Mover) -> dict[str, Any]:
    """A client, queue or category, and what of it changed."""
    return {
        "dimension": mover.dimension,
        "name": mover.name,
        "what": mover.what,
        "before": mover.before,
        "after": mover.after,
    }


def comparison_text(comparison: Comparison, layout: Layout) -> str:
    """The comparison as text, without a line end."""
    lines = [layout.paint("strong", _head(comparison)), _phase(comparison)]
    lines += _changed(comparison, layout)
    for moved in comparison.moved:
        lines += ["", layout.paint("strong", _moved_head(moved))]
        lines += [wrapped(_step(step), layout, indent="  ") for step in moved.steps]
        lines += by_lines(moved.by, layout)
    if not comparison.moved:
        lines += ["", _("No indicator moved.")]
    if comparison.volume:
        lines += ["", layout.paint("strong", _("Tickets opened in the 13 weeks up to each date"))]
        lines += by_lines(comparison.volume, layout)
    return "\n".join(lines)


def _head(comparison: Comparison) -> str:
    name = comparison.now.context.msp.name or comparison.msp
    days = {"first": wording.day(comparison.first), "second": wording.day(comparison.second)}
    return f"{name} · " + _("%(first)s → %(second)s") % days


def _phase(comparison: Comparison) -> str:
    before, after = (_phase_title(key) for key in (comparison.phase_before, comparison.now.ladder.phase))
    if before == after:
        return _("Phase: %(phase)s, on both dates") % {"phase": after}
    return _("Phase: %(before)s → %(after)s") % {"before": before, "after": after}


def _phase_title(key: str) -> str:
    return next((_(phase.title) for phase in PHASES.values() if phase.key == key), key)


def _changed(comparison: Comparison, layout: Layout) -> list[str]:
    if comparison.said is None:
        text = _("No analysis of the first date is stored: both are judged by today's rules on today's data.")
    elif not comparison.changed:
        text = _("Rules and data of the first date are as they were when it was analysed.")
    else:
        text = _("Since the first date was analysed these changed: %(causes)s.") % {
            "causes": causes(comparison.changed)
        }
    return [wrapped(text, layout)]


def causes(found: Sequence[str]) -> str:
    """Causes in words, with commas between."""
    return ", ".join(_(CAUSES.get(cause, cause)) for cause in found)


def _moved_head(moved: Moved) -> str:
    title = _(STATEMENTS[moved.code].title)
    return f"{moved.code} {title}: {_standing(moved.before)} → {_standing(moved.after)}"


def _standing(standing: Standing) -> str:
    title = _(wording.STATUSES.get(standing.status, standing.status))
    return title if standing.median is None else f"{standing.median:.0f} ({title})"


def _step(step: Step) -> str:
    facts = {
        "causes": causes(step.causes),
        "before": _standing(step.before),
        "after": _standing(step.after),
    }
    if len(step.causes) > 1:
        return _("%(before)s → %(after)s by %(causes)s, which cannot be told apart") % facts
    return _("%(before)s → %(after)s by %(causes)s") % facts


def by_lines(movers: Sequence[Mover], layout: Layout) -> list[str]:
    """A line for each mover."""
    return [wrapped(mover_text(mover), layout, indent="    ") for mover in movers]


def mover_text(mover: Mover) -> str:
    """`queue Network: missed promises 120 → 80`."""
    return _("%(who)s: %(what)s %(before)s → %(after)s") % {
        "who": _(DIMENSIONS[mover.dimension]) % {"name": mover.name},
        "what": _(WHAT[mover.what]),
        "before": wording.number(mover.before),
        "after": wording.number(mover.after),
    }
