"""What there is to judge of 2.1, or why nothing can be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phasewise.analyzer.calendar import Window, window_of
from phasewise.analyzer.coverage import Coverage, judge_coverage, providers
from phasewise.analyzer.indicator import AnalysisContext, Frames, Reason, Sentence
from phasewise.analyzer.indicators.sla_adherence.frames import SOURCE
from phasewise.analyzer.indicators.sla_adherence.targets import COUNTED, TargetResult, target_result
from phasewise.analyzer.quality import filled
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know


@dataclass(frozen=True)
class Facts:
    """What the judge works on, once it is known that there is something to judge.

    Attributes:
        frames: of `read`.
        window: the weeks counted.
        coverage: of the promises and their tickets, the lesser of the two.
        results: the targets with anything counted, resolution first.
        basis: what puts a result into its week: deadline, opening, or deadline_or_opening.
    """

    frames: Frames
    window: Window
    coverage: Coverage
    results: tuple[TargetResult, ...]
    basis: str


def facts_of(frames: Frames, numbers: IndicatorThresholds, context: AnalysisContext) -> Facts | Reason:
    """What there is to judge, or why nothing can be said."""
    whole = window_of(frames["weeks"])
    if not providers(frames["provides"], "sla_results"):
        text = N_("No connected system tells what became of its SLAs")
        return Reason("no_source", Sentence(text), SOURCE)
    if whole is None:
        return Reason("too_few", Sentence(N_("There is no whole week before this date")))
    window = whole.last(int(frames["counted"][0]["weeks"] or 0))
    coverage = _coverage(frames, window, numbers, context)
    if coverage.reason is not None:
        return coverage.reason
    verdicts = _verdicts(frames)
    counted = sum(verdicts.get(verdict, 0) for verdict in COUNTED)
    unusable = _unusable(verdicts, counted, numbers, context)
    if unusable is not None:
        return unusable
    if not counted:
        text = N_("No promise of the weeks from %(start)s to %(end)s is in the store")
        values = {"start": window.starts_on.isoformat(), "end": window.weeks[-1].starts_on.isoformat()}
        return Reason("too_few", Sentence(text, values))
    results = tuple(
        result
        for target in sorted(numbers.parts, reverse=True)
        if (
            result := target_result(target, frames["promises"], window, numbers.parts[target].target, numbers)
        ).weeks
    )
    return Facts(frames, window, coverage, results, _basis(frames))


def _coverage(
    frames: Frames, window: Window, numbers: IndicatorThresholds, context: AnalysisContext
) -> Coverage:
    both = [
        judge_coverage(frames["coverage"], table, window, numbers, context, source=source)
        for table, source in (("sla_results", SOURCE), ("tickets", "a ticket system"))
    ]
    return min(both, key=lambda c: (c.reason is None, c.complete, c.share or 0.0))


def _verdicts(frames: Frames) -> dict[str, int]:
    """Verdict → results of the window that are in scope."""
    found: dict[str, int] = {}
    for row in frames["promises"]:
        if row["frame"] == "week" and not row["dropped"]:
            found[str(row["verdict"])] = found.get(str(row["verdict"]), 0) + int(row["n"] or 0)
    return found


def _unusable(
    verdicts: Mapping[str, int], counted: int, numbers: IndicatorThresholds, context: AnalysisContext
) -> Reason | None:
    without = verdicts.get("no_verdict", 0)
    if context.msp.sla.basis == "phasewise" and without > counted:
        text = N_("Phasewise does not judge SLAs by its own clock yet, and the settings ask for it")
        return Reason("not_measured_yet", Sentence(text), N_('sla.basis = "vendor" in the settings'))
    unfilled = filled(
        "outcome", counted, counted + without, numbers, needs=N_("verdicts of the ticket system")
    ) or filled(
        "due_at",
        counted,
        counted + verdicts.get("no_deadline", 0),
        numbers,
        needs=N_("deadlines of the ticket system"),
    )
    if unfilled is not None:
        return unfilled
    unmapped = verdicts.get("unmapped", 0)
    if unmapped > numbers["unmapped_most"] * counted:
        text = N_("%(count)s of %(counted)s tickets are in a state that nobody has mapped")
        sentence = Sentence(text, {"count": unmapped, "counted": counted})
        return Reason("not_mapped", sentence, N_("a mapping of the ticket states"))
    return None


def _basis(frames: Frames) -> str:
    """What puts results into weeks, by the connections that give SLA results."""
    all_of_them = providers(frames["provides"], "sla_results")
    with_deadlines = providers(frames["provides"], "sla_results.due_at")
    if with_deadlines == all_of_them:
        return "deadline"
    return "deadline_or_opening" if with_deadlines else "opening"
