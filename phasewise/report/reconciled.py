"""The source's figure and ours, and every promise that differs, as text and as JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from phasewise.analyzer.reconcile import Difference, Figure, Reconciliation, TargetReconciled
from phasewise.i18n import gettext as _
from phasewise.i18n import mark as N_  # noqa: N812  # the name that gettext's tools extract by
from phasewise.report import wording
from phasewise.report.layout import Layout, columns, wrapped

TARGETS = {"first_response": N_("First response"), "resolution": N_("Resolution")}

NO_CLOCK = N_(
    "Calendar and pause: unknown. Phasewise does not run the SLA clock itself yet, so there is no second "
    "verdict to set beside the source's."
)


def reconciliation_text(found: Reconciliation, layout: Layout) -> str:
    """Both figures and what lies between them, without a line end."""
    context = found.context
    head = layout.paint("strong", _("2.1: the source's figure and ours"))
    facts = [
        context.msp.name or found.msp,
        _("as of %(day)s (%(zone)s)") % {"day": wording.weekday(context.as_of), "zone": str(context.zone)},
        _("edition %(edition)s") % {"edition": context.edition},
    ]
    blocks = ["\n".join([head, " · ".join(facts)]), *(_target(one, found, layout) for one in found.targets)]
    if not found.targets:
        blocks.append(_("There are no SLA results to compare."))
    if not found.own_clock:
        blocks.append(wrapped(_(NO_CLOCK), layout))
    return "\n\n".join(blocks)


def _target(one: TargetReconciled, found: Reconciliation, layout: Layout) -> str:
    ours = _("as of %(day)s, weeks of %(start)s to %(end)s") % {
        "day": wording.day(found.context.as_of),
        "start": found.starts_on,
        "end": found.ends_on and found.ends_on - timedelta(days=1),
    }
    head = ["", _("met"), _("decided"), "", ""]
    rows = [
        head,
        _figure(_("the source's verdicts as they stand now"), one.vendor),
        *(_difference(difference) for difference in one.differences),
        _figure(f"= {ours}", one.ours),
    ]
    lines = ["  " + "".join(cells).rstrip() for cells in columns(rows, right=(1, 2))]
    running = _("running, in neither: %(count)s") % {"count": wording.number(one.ours.running)}
    examples = [
        wrapped("; ".join(difference.examples), layout, indent="      ", first=f"    {_(difference.label)}: ")
        for difference in one.differences
    ]
    title = _(TARGETS[one.target]) if one.target in TARGETS else one.target
    parts = [layout.paint("strong", title), *lines, f"  {running}"]
    if examples:
        parts += ["  " + _("first tickets of each:"), *examples]
    return "\n".join(parts)


def _figure(title: str, figure: Figure) -> list[str]:
    share = wording.NOTHING if figure.share is None else wording.percent(figure.share, 3)
    return [title, wording.number(figure.met), wording.number(figure.decided), share, ""]


def _difference(difference: Difference) -> list[str]:
    tickets = _("%(count)s differ") % {"count": wording.number(difference.tickets)}
    return [
        f"  {_(difference.label)}",
        _signed(difference.met),
        _signed(difference.decided),
        tickets,
        difference.kind,
    ]


def _signed(value: int) -> str:
    if not value:
        return "0"
    return ("+" if value > 0 else "−") + wording.number(abs(value))


def reconciliation_json(found: Reconciliation) -> dict[str, Any]:
    """The same as one JSON value; the differences add up from `vendor` to `ours`."""
    return {
        "msp": found.msp,
        "as_of": found.context.as_of.isoformat(),
        "edition": found.context.edition,
        "code": "2.1",
        "window_start": found.starts_on.isoformat() if found.starts_on else None,
        "window_end": found.ends_on.isoformat() if found.ends_on else None,
        "targets": [
            {
                "target": one.target,
                "vendor": _figure_json(one.vendor),
                "ours": _figure_json(one.ours),
                "differences": [
                    {
                        "cause": difference.cause,
                        "kind": difference.kind,
                        "why": difference.label,
                        "tickets": difference.tickets,
                        "met": difference.met,
                        "decided": difference.decided,
                        "examples": list(difference.examples),
                    }
                    for difference in one.differences
                ],
            }
            for one in found.targets
        ],
        "own_clock": {"status": "known"}
        if found.own_clock
        else {"status": "unknown", "reason": "not_measured_yet", "sentence": NO_CLOCK},
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {"met": figure.met, "decided": figure.decided, "running": figure.running, "share": figure.share}
