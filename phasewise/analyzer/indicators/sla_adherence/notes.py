"""What a reader of 2.1 must know beside the numbers, most important first."""

from __future__ import annotations

from collections.abc import Sequence

from phasewise.analyzer.indicator import Sentence, SentenceValues
from phasewise.analyzer.indicators.sla_adherence.facts import Facts
from phasewise.analyzer.indicators.sla_adherence.measures import ever_waited, minutes
from phasewise.analyzer.indicators.sla_adherence.rules import Shortfalls, SlaCoverage
from phasewise.analyzer.indicators.sla_adherence.tables import counts_by_key
from phasewise.analyzer.indicators.sla_adherence.targets import TargetResult, WeekCount
from phasewise.analyzer.quality import inspect
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

TARGETS = {"first_response": N_("first response"), "resolution": N_("resolution")}
"""A target in words."""


def summary(facts: Facts) -> Sentence:
    """The leading target in a line."""
    lead = facts.results[0]
    if not lead.decided:
        return Sentence(N_("nothing decided yet, %(running)s running"), {"running": lead.running})
    worst = min(lead.pooled, key=lambda week: week.met / week.decided)
    values: SentenceValues = {
        "share": f"{lead.met / lead.decided:.1%}",
        "decided": lead.decided,
        "week": worst.name,
        "worst": f"{worst.met / worst.decided:.1%}",
    }
    if lead.target == "resolution":
        text = N_("resolution %(share)s of %(decided)s, worst week %(week)s (%(worst)s)")
    else:
        text = N_("first response %(share)s of %(decided)s, worst week %(week)s (%(worst)s)")
    return Sentence(text, values)


def notes(
    facts: Facts, numbers: IndicatorThresholds, short: Shortfalls, covered: SlaCoverage
) -> list[Sentence]:
    """The sentences beside the numbers."""
    found: list[Sentence | None] = [
        _weeks_that_fell_short(short),
        *map(_weeks_that_stand_out, facts.results),
    ]
    found += [_excepted(short), _targets(facts), _basis(facts), _widened(facts, numbers), _queue(facts)]
    found += [_waiting(facts, result, numbers) for result in facts.results]
    found += [_unmapped(facts), _sla_coverage(covered)]
    beside = [*facts.coverage.notes]
    beside += [f.sentence for f in inspect(facts.frames["creations"], facts.frames["oddities"], numbers)]
    return [sentence for sentence in found if sentence is not None] + beside


def _weeks_that_fell_short(short: Shortfalls) -> Sentence:
    if not short.weeks:
        return Sentence(N_("No week fell short of the target"))
    listed = ", ".join(short.weeks)
    return Sentence(N_("Weeks that fell short of the target: %(weeks)s"), {"weeks": listed})


def _weeks_that_stand_out(result: TargetResult) -> Sentence:
    """The special causes of one target, by name: the weeks to ask about first."""
    low, high = result.special("low"), result.special("high")
    values: SentenceValues = {
        "target": Sentence(TARGETS[result.target]),
        "low": _named(low),
        "high": _named(high),
    }
    if low and high:
        text = N_("Special cause (%(target)s): worse than the other weeks %(low)s; better %(high)s")
    elif low:
        text = N_("Special cause (%(target)s): worse than the other weeks can explain: %(low)s")
    elif high:
        text = N_("Special cause (%(target)s): better than the other weeks can explain: %(high)s")
    else:
        text = N_("No special cause (%(target)s): the weeks scatter as they usually do")
    return Sentence(text, values)


def _named(weeks: Sequence[WeekCount]) -> str:
    return ", ".join(f"{week.name} ({week.met / week.decided:.1%})" for week in weeks)


def _excepted(short: Shortfalls) -> Sentence | None:
    if not short.excepted:
        return None
    listed = "; ".join(f"{week}: {e.reason} ({e.owner}, until {e.expires_on})" for week, e in short.excepted)
    text = N_("Excepted by a person, left out of the cap and not of the count: %(weeks)s")
    return Sentence(text, {"weeks": listed})


def _targets(facts: Facts) -> Sentence | None:
    if len(facts.results) > 1:
        return None
    if facts.results[0].target == "resolution":
        return Sentence(N_("It rests on resolutions alone: the source tells nothing of first responses"))
    return Sentence(N_("It rests on first responses alone: the source tells nothing of resolutions"))


def _basis(facts: Facts) -> Sentence | None:
    if facts.basis == "opening":
        return Sentence(
            N_("The source gives no deadlines: a promise counts in the week in which its ticket was opened")
        )
    if facts.basis == "deadline_or_opening":
        return Sentence(
            N_("Where a source gives no deadlines, a promise counts in the week its ticket was opened in")
        )
    return None


def _widened(facts: Facts, numbers: IndicatorThresholds) -> Sentence | None:
    if len(facts.window.weeks) <= numbers.count("window_weeks"):
        return None
    text = N_("13 weeks hold too few promises to tell, so that %(weeks)s were read")
    return Sentence(text, {"weeks": len(facts.window.weeks)})


def _queue(facts: Facts) -> Sentence | None:
    """The queue with most misses, where it has at least a quarter of them."""
    lead = facts.results[0]
    counts = counts_by_key("queue", facts.frames["promises"])
    missed = {q: c["missed"] for (target, _, q), c in counts.items() if target == lead.target and q}
    total = sum(week.missed for week in lead.weeks)
    if len(missed) < 2 or not total:
        return None
    queue, most = min(missed.items(), key=lambda item: (-item[1], item[0]))
    if 4 * most < total:
        return None
    text = N_("%(share)s of the misses are in queue %(queue)s")
    return Sentence(text, {"share": f"{most / total:.0%}", "queue": queue})


def _waiting(facts: Facts, result: TargetResult, numbers: IndicatorThresholds) -> Sentence | None:
    """Parked tickets: what the pause hides."""
    paused, used = minutes(facts, result.target)
    total = result.decided + result.running
    ever = ever_waited(facts, result.target)
    if paused > numbers["waited_flag"] * (paused + used):
        text = N_("Clocks stood still for %(share)s of the time (%(target)s): the pause decides the number")
        share = f"{paused / (paused + used):.0%}"
        return Sentence(text, {"share": share, "target": Sentence(TARGETS[result.target])})
    if ever > numbers["waited_flag"] * total:
        text = N_("%(share)s of the tickets waited at some time: what a pause may hide decides the number")
        return Sentence(text, {"share": f"{ever / total:.0%}"})
    return None


def _unmapped(facts: Facts) -> Sentence | None:
    unmapped = sum(result.unmapped for result in facts.results)
    if not unmapped:
        return None
    text = N_("%(count)s promises count as running because nobody has mapped the state of their ticket")
    return Sentence(text, {"count": unmapped})


def _sla_coverage(covered: SlaCoverage) -> Sentence | None:
    if covered.reason is not None:
        return covered.reason.sentence
    if covered.promised == covered.tickets:
        return None
    text = N_("%(promised)s of %(total)s tickets have a promise, whatever agreement their clients have")
    return Sentence(text, {"promised": covered.promised, "total": covered.tickets})
