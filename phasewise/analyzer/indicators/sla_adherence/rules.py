"""The rules of 2.1 that hold a score down: weeks, clients, and tickets without a promise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.indicator import AnalysisContext, Cap, Reason, Row, Sentence, SentenceValues
from phasewise.analyzer.indicators.sla_adherence.tables import counts_by_key
from phasewise.analyzer.indicators.sla_adherence.targets import TargetResult, WeekCount
from phasewise.analyzer.stats import Share, probability_above
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.config.settings import ExceptionSettings
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

CODE = "2.1"


@dataclass(frozen=True)
class Shortfalls:
    """The weeks that fell short, over all targets.

    Attributes:
        weeks: first Monday → the targets that fell short in it; excepted ones too.
        excepted: (week, exception) of weeks that are left out of the cap.
        cap: for a gate that is not passed yet; None where no rule applies.
        cap_for_holding: for a gate that is passed already.
        deduction: points off the score.
    """

    weeks: dict[str, list[str]] = field(default_factory=dict)
    excepted: tuple[tuple[str, ExceptionSettings], ...] = ()
    cap: Cap | None = None
    cap_for_holding: Cap | None = None
    deduction: float = 0.0


def shortfalls(
    results: Sequence[TargetResult], window: Window, numbers: IndicatorThresholds, context: AnalysisContext
) -> Shortfalls:
    """Which weeks fell short, and what follows.

    One costs points; one in the latest four, or two, cap at 69; three cap at 50. A gate that is passed
    already does not fall on one. A week that a person has excepted is left out here, never of the count.
    """
    short: dict[str, list[str]] = {}
    weeks: dict[str, WeekCount] = {}
    for result in results:
        for week in result.shortfalls:
            short.setdefault(week.name, []).append(result.target)
            weeks[week.name] = week
    excepted = [
        (name, exception)
        for name, week in sorted(weeks.items())
        for exception in context.msp.exceptions
        if exception.indicator == CODE
        and exception.week in week.weeks
        and exception.expires_on > context.as_of
    ]
    counting = sorted(set(weeks) - {name for name, _ in excepted})
    recent = {week.starts_on for week in window.last(numbers.count("recent_weeks")).weeks}
    is_recent = any(recent.intersection(weeks[name].weeks) for name in counting)
    return Shortfalls(
        weeks=dict(sorted(short.items())),
        excepted=tuple(excepted),
        cap=_shortfall_cap(counting, numbers, is_recent=is_recent),
        cap_for_holding=_shortfall_cap(counting, numbers, is_recent=False),
        deduction=numbers["shortfall_deduction"] if len(counting) == 1 else 0.0,
    )


def _shortfall_cap(weeks: Sequence[str], numbers: IndicatorThresholds, *, is_recent: bool) -> Cap | None:
    values: SentenceValues = {"weeks": ", ".join(weeks), "count": len(weeks)}
    if len(weeks) >= 3:
        text = N_("%(count)s of the latest 13 weeks fell short of the target")
        return Cap(numbers["three_shortfalls_cap"], Sentence(text, values))
    if len(weeks) == 2:
        text = N_("Two of the latest 13 weeks fell short of the target: %(weeks)s")
        return Cap(numbers["two_shortfalls_cap"], Sentence(text, values))
    if weeks and is_recent:
        text = N_("The week of %(weeks)s, one of the latest four, fell short of the target")
        return Cap(numbers["two_shortfalls_cap"], Sentence(text, values))
    return None


@dataclass(frozen=True)
class ClientRule:
    """How many clients are served well enough.

    Attributes:
        judged: clients with enough decided promises.
        served: those of them likelier than not at or above the level.
        left_behind: how many are not, for the target with fewest served.
        cap: where too few are served.
    """

    judged: int = 0
    served: int = 0
    cap: Cap | None = None

    @property
    def left_behind(self) -> int:
        """Clients judged and not served well enough."""
        return self.judged - self.served


def clients(
    promises: Iterable[Row], results: Sequence[TargetResult], numbers: IndicatorThresholds
) -> ClientRule:
    """The share of clients served well enough, for the target with the least of them."""
    counts = counts_by_key("client", promises)
    rules = []
    for result in results:
        shares = [
            Share(c["met"], c["met"] + c["missed"])
            for (target, _, client), c in counts.items()
            if target == result.target and client and c["met"] + c["missed"] >= numbers["client_tickets"]
        ]
        served = sum(
            probability_above(share, numbers["client_level"]) > numbers["client_probability"]
            for share in shares
        )
        if shares:
            rules.append(ClientRule(len(shares), served))
    least = min(rules, key=lambda rule: rule.served / rule.judged, default=ClientRule())
    if least.served >= numbers["clients_served"] * least.judged:
        return least
    text = N_("Only %(served)s of %(judged)s clients with enough tickets get at least %(level)s in time")
    values: SentenceValues = {
        "served": least.served,
        "judged": least.judged,
        "level": f"{numbers['client_level']:.0%}",
    }
    return ClientRule(least.judged, least.served, Cap(numbers["clients_cap"], Sentence(text, values)))


@dataclass(frozen=True)
class SlaCoverage:
    """How many tickets have a promise at all.

    Attributes:
        promised, tickets: of the tickets counted.
        cap: the cap that would hold if the tickets without a promise are of clients with an agreement.
        reason: why it is not known whether it holds.
    """

    promised: int
    tickets: int
    cap: Cap | None = None
    reason: Reason | None = None


def sla_coverage(tickets: Iterable[Row], numbers: IndicatorThresholds) -> SlaCoverage:
    """The share of tickets with a promise.

    The rule is about clients with a recurring agreement, and agreements are not read yet. Over all tickets
    the share is as a rule lower, because tickets outside agreements seldom have a promise: where even that
    share is enough, the rule holds. Where it is not, nobody knows, and the cap applies at the low end only.
    """
    rows = list(tickets)
    total = sum(int(row["n"] or 0) for row in rows)
    promised = sum(int(row["n"] or 0) for row in rows if row["promised"])
    if not total or promised >= numbers["coverage"] * total:
        return SlaCoverage(promised, total)
    values = {"promised": promised, "total": total}
    cap_text = N_(
        "Only %(promised)s of %(total)s tickets have a promise; it counts if their clients have agreements"
    )
    text = N_(
        "%(promised)s of %(total)s tickets have a promise; whether their clients have agreements is not known"
    )
    return SlaCoverage(
        promised,
        total,
        Cap(numbers["coverage_cap"], Sentence(cap_text, values)),
        Reason("no_source", Sentence(text, values), N_("agreements")),
    )
