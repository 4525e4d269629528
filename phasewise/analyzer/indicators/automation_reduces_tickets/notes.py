"""What a reader must know beside the numbers of 2.3, and the SQL that lists the records."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.indicator import Frames, Part, Sentence
from phasewise.analyzer.indicators.automation_reduces_tickets.counted import MOST_AUTOMATIONS
from phasewise.analyzer.indicators.automation_reduces_tickets.effects import Effect
from phasewise.analyzer.indicators.automation_reduces_tickets.parts import Reactive
from phasewise.analyzer.indicators.automation_reduces_tickets.registered import targets_of
from phasewise.analyzer.indicators.automation_reduces_tickets.tables import MONTHS, leading
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

DOUBTS: Mapping[str, str] = MappingProxyType(
    {
        "retrospective": N_("%(name)s was registered after it went live: it can lean, and claim nothing"),
        "no_control": N_("%(name)s has no other tickets to compare with: it can lean, and claim nothing"),
        "few_clients": N_("%(name)s rests on too few clients to claim anything"),
        "before": N_("%(name)s: a change is found before it went live, where there can be none"),
        "elsewhere": N_("%(name)s: categories that it does not touch fell as well: %(categories)s"),
        "moved": N_("%(name)s: what it made fewer may be in another category now: %(categories)s"),
    }
)

GRADES: Mapping[str, str] = MappingProxyType(
    {
        "A": N_("%(name)s: %(fewer)s fewer targeted tickets (%(low)s to %(high)s), %(month)s a month"),
        "B": N_("%(name)s: perhaps %(fewer)s fewer (%(low)s to %(high)s), which is not proven"),
        "none": N_("%(name)s: no reduction found, though one of %(detectable)s would have been"),
        "cannot_tell": N_("%(name)s: cannot tell yet; only a fall of %(detectable)s would be found now"),
    }
)


def notes(
    effects: Sequence[Effect], volume: Reactive, frames: Frames, numbers: IndicatorThresholds
) -> list[Sentence]:
    """One sentence on each automation, then the doubts, then what is general."""
    found = [_graded(effect) for effect in effects if effect.verdict.estimate is not None]
    for effect in effects:
        if effect.verdict.estimate is None and effect.tellable_on is not None:
            text = N_("%(name)s: cannot tell yet; not before %(day)s")
            values = {"name": effect.automation.name, "day": effect.tellable_on.isoformat()}
            found.append(Sentence(text, values))
    for effect in effects:
        both = {"name": effect.automation.name, "categories": _categories(effect)}
        found += [Sentence(DOUBTS[doubt], both) for doubt in effect.verdict.doubts]
    if volume.before and volume.now > (1 + numbers["tickets_rise"]) * volume.before:
        text = N_("Reactive tickets rose within a year, from %(before)s to %(now)s a week")
        found.append(Sentence(text, {"before": f"{volume.before:.0f}", "now": f"{volume.now:.0f}"}))
    left_out = len(targets_of(frames["automations"])) - MOST_AUTOMATIONS
    if left_out > 0:
        text = N_("%(count)s registered automations are not looked at: there are too many")
        found.append(Sentence(text, {"count": left_out}))
    if effects:
        text = N_("Tickets suppressed are not tickets avoided: see whether alerts fell with them")
        found.append(Sentence(text))
    return found


def _graded(effect: Effect) -> Sentence:
    estimate, verdict = effect.verdict.estimate, effect.verdict
    assert estimate is not None
    assert verdict.detectable is not None  # it comes with the estimate
    low, high = estimate.interval(0.9)
    values = {
        "name": effect.automation.name,
        "fewer": f"{1 - math.exp(estimate.effect):.0%}",
        "low": f"{1 - high:.0%}",
        "high": f"{1 - low:.0%}",
        "month": f"{verdict.avoided * MONTHS:.1f}",
        "detectable": f"{verdict.detectable:.0%}",
    }
    return Sentence(GRADES[verdict.grade], values)


def _categories(effect: Effect) -> str:
    looked = effect.verdict.siblings
    rows = [*looked.fell] if looked.suspect is None else [looked.suspect, *looked.fell]
    return ", ".join(effect.categories[row] for row in rows if row < len(effect.categories))


def summary(effects: Sequence[Effect], part: Part) -> Sentence:
    """The numbers in a few words."""
    lead = leading(effects)
    if lead is None:
        return Sentence(N_("no automation registered"))
    if part.status == "unknown" and lead.tellable_on is not None:
        day = min(day for effect in effects if (day := effect.tellable_on) is not None)
        return Sentence(N_("not tellable before %(day)s"), {"day": day.isoformat()})
    if part.status == "unknown" or not part.measures or part.measures[0].value is None:
        return Sentence(N_("not tellable within a year"))
    claimed = sum(effect.verdict.grade == "A" for effect in effects)
    text = N_("%(share)s of tickets avoided, %(claimed)s of %(count)s proven")
    share = f"{part.measures[0].value:.1%}"
    return Sentence(text, {"share": share, "claimed": claimed, "count": len(effects)})


def query(effects: Sequence[Effect], window: Window) -> str:
    """SQL on the documented views that counts the targeted tickets of the leading automation by week."""
    lead = leading(effects)
    if lead is None:
        return ""
    conditions = [
        f"{column} IN ({', '.join(_quoted(value) for value in values)})"
        for column, values in lead.automation.targets
    ]
    first, last = window.starts_on.isoformat(), window.weeks[-1].starts_on.isoformat()
    lines = (
        "SELECT opened_week, client_name, ticket, category, subcategory, type, queue",
        "FROM v_tickets",
        f"WHERE opened_week BETWEEN '{first}' AND '{last}' AND is_gone = 0",
        *(f"  AND {condition}" for condition in conditions),
        "ORDER BY opened_week, ticket",
    )
    return "\n".join(lines)


def _quoted(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
