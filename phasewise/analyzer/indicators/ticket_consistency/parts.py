"""The four parts of 1.1: captured, complete, flowing, and staying resolved."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from phasewise.analyzer.coverage import Coverage, is_current, providers
from phasewise.analyzer.durations import survival
from phasewise.analyzer.indicator import AnalysisContext, Measure, Reason, Sentence, listed
from phasewise.analyzer.indicators.ticket_consistency.facts import Facts, WeekSeries, by_week, series, total
from phasewise.analyzer.measures import share_measure
from phasewise.analyzer.needs import NOT_MEASURED_YET
from phasewise.analyzer.scoring import ScoredPart, levels, score_share, unknown_part
from phasewise.analyzer.stats import Share, Survival, deflated, jeffreys
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

CODE = "1.1"

REQUIRED: Mapping[str, str] = MappingProxyType(
    {
        "tickets.client": N_("client"),
        "tickets.requester": N_("requester"),
        "tickets.type": N_("type"),
        "tickets.priority": N_("priority"),
        "tickets.technician": N_("owner"),
        "ticket_events.to_value": N_("status history"),
    }
)
"""Field → in words: what a complete ticket has."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "capture": N_("Work is captured on tickets"),
        "completeness": N_("Tickets are complete"),
        "flow": N_("Tickets do not lie about"),
        "reopen": N_("What is resolved stays resolved"),
    }
)

STOPS = ("tickets.resolved_at", "tickets.closed_at", "ticket_events.to_value", "tickets.status")
"""Any of these tells that a ticket has stopped."""


def parts(facts: Facts, numbers: IndicatorThresholds, context: AnalysisContext) -> list[ScoredPart]:
    """The parts in the order of thresholds.toml."""
    made = {"capture": _capture, "completeness": _completeness, "flow": _flow, "reopen": _reopen}
    return [made[name](facts, numbers, context) for name in numbers.parts]


def _capture(facts: Facts, numbers: IndicatorThresholds, context: AnalysisContext) -> ScoredPart:  # noqa: ARG001  # one shape for all parts
    if providers(facts.frames["provides"], "time_entries.minutes"):
        text = N_("There are time entries, but Phasewise does not measure yet which work had no ticket")
        reason = Reason("not_measured_yet", Sentence(text), NOT_MEASURED_YET)
    else:
        text = N_("No connected system gives time entries: which work was done without a ticket is not known")
        reason = Reason("no_source", Sentence(text), N_("time entries"))
    return unknown_part(numbers.parts["capture"], Sentence(TITLES["capture"]), reason)


def complete_connections(facts: Facts) -> list[str]:
    """The connections that give everything a complete ticket has."""
    return [name for name in facts.connections if not missing_fields(facts, name)]


def missing_fields(facts: Facts, connection: str) -> list[str]:
    """What a connection does not give of a complete ticket."""
    return [
        field
        for field in REQUIRED
        if not facts.provides(connection, field)
        or (field == "ticket_events.to_value" and connection not in facts.with_events)
    ]


def completeness_series(facts: Facts, numbers: IndicatorThresholds) -> WeekSeries:
    """Complete tickets among those opened, by week."""
    rows = facts.tickets(complete_connections(facts))
    return series(by_week(rows, "complete"), by_week(rows, "n"), numbers["special_cause_sigmas"])


def _completeness(facts: Facts, numbers: IndicatorThresholds, context: AnalysisContext) -> ScoredPart:
    part, title = numbers.parts["completeness"], Sentence(TITLES["completeness"])
    if not complete_connections(facts):
        return unknown_part(part, title, _not_given(facts))
    if facts.events_coverage.reason is not None:
        return unknown_part(part, title, facts.events_coverage.reason)
    found = completeness_series(facts, numbers)
    complete, n = sum(found.counts), sum(found.sizes)
    sigma_z = found.chart.sigma_z
    measure = share_measure(
        "tickets_complete", complete, n, facts.window, complete=facts.coverage.complete, sigma_z=sigma_z
    )
    if n < numbers["tickets"]:
        return unknown_part(part, title, _few(n, numbers.count("tickets")), (measure,))
    return score_share(
        part,
        title,
        deflated(Share(complete, n), sigma_z),
        (measure,),
        at=levels(context, CODE, "completeness", numbers),
        coverage=facts.coverage,
        numbers=numbers,
    )


def _not_given(facts: Facts) -> Reason:
    """What the connection with most tickets does not give."""
    main = max(facts.connections, key=lambda name: (total(facts.tickets([name]), "n"), name))
    missing = [REQUIRED[field] for field in missing_fields(facts, main)]
    text = N_("%(connection)s does not give: %(fields)s")
    fields = listed([Sentence(word) for word in missing])
    sentence = Sentence(text, {"connection": main, "fields": fields})
    return Reason("not_provided", sentence, f"{', '.join(missing)} of tickets")


def _few(n: int, needed: int) -> Reason:
    return Reason("too_few", Sentence(N_("Only %(n)s; it needs %(needed)s"), {"n": n, "needed": needed}))


def _unmapped(facts: Facts, numbers: IndicatorThresholds) -> Reason | None:
    rows = facts.tickets(facts.connections)
    unmapped, n = total(rows, "unmapped"), total(rows, "n")
    if unmapped <= numbers["unmapped_most"] * n:
        return None
    text = N_("%(count)s of %(counted)s tickets are in a state that nobody has mapped")
    return Reason(
        "not_mapped", Sentence(text, {"count": unmapped, "counted": n}), N_("a mapping of the ticket states")
    )


def curve(facts: Facts) -> Survival:
    """How long unplanned tickets take, of the connections that tell when a ticket has stopped."""
    telling = {name for name in facts.connections if any(facts.provides(name, field) for field in STOPS)}
    return survival(
        r for r in facts.frames["tickets"] if r["frame"] == "duration" and r["connection_id"] in telling
    )


def _flow(facts: Facts, numbers: IndicatorThresholds, context: AnalysisContext) -> ScoredPart:
    part, title = numbers.parts["flow"], Sentence(TITLES["flow"])
    if not any(facts.provides(name, field) for name in facts.connections for field in STOPS):
        text = N_("No connected system tells when a ticket was resolved or closed")
        return unknown_part(
            part, title, Reason("not_provided", Sentence(text), N_("resolution times of tickets"))
        )
    unmapped = _unmapped(facts, numbers)
    if unmapped is not None:
        return unknown_part(part, title, unmapped)
    found = curve(facts)
    closed = found.effective(numbers.count("open_days") * 24)
    if found.n < numbers["resolutions"]:
        return unknown_part(part, title, _few(found.n, numbers.count("resolutions")))
    if closed is None:
        text = N_("No ticket has been watched for %(days)s days yet")
        sentence = Sentence(text, {"days": numbers.count("open_days")})
        return unknown_part(part, title, Reason("too_few", sentence))
    still_open = Share(closed.n - closed.met, closed.n)
    return score_share(
        part,
        title,
        still_open,
        (_open_measure(still_open, found, facts, numbers),),
        at=levels(context, CODE, "flow", numbers),
        coverage=facts.coverage,
        numbers=numbers,
    )


def _open_measure(share: Share, found: Survival, facts: Facts, numbers: IndicatorThresholds) -> Measure:
    low, high = jeffreys(share)
    return Measure(
        name=f"unresolved_after_{numbers.count('open_days')}_days",
        value=share.met / share.n,
        unit="share",
        numerator=None,
        denominator=None,
        n=found.n,
        low=low,
        high=high,
        window_start=facts.window.starts_on,
        window_end=facts.window.ends_on,
        complete=facts.coverage.complete,
    )


def _reopen(facts: Facts, numbers: IndicatorThresholds, context: AnalysisContext) -> ScoredPart:
    part, title = numbers.parts["reopen"], Sentence(TITLES["reopen"])
    unmapped = _unmapped(facts, numbers)
    if unmapped is not None:
        return unknown_part(part, title, unmapped)
    if facts.with_events:
        return _reopen_by_events(facts, numbers, context)
    if not any(facts.provides(name, "tickets.reopened_count") for name in facts.connections):
        text = N_("No connected system gives the status history of tickets, nor how often they were reopened")
        return unknown_part(
            part, title, Reason("not_provided", Sentence(text), N_("status history of tickets"))
        )
    if not is_current(context):
        text = N_(
            "The source counts reopenings without saying when: what it counted at this date is not known"
        )
        return unknown_part(
            part, title, Reason("not_yet_observed", Sentence(text), N_("status history of tickets"))
        )
    return _reopen_by_counter(facts, numbers, context)


def reopen_series(facts: Facts, numbers: IndicatorThresholds, column: str = "reopened") -> WeekSeries:
    """Reopened resolutions among those long enough ago, by week."""
    rows = facts.resolutions(facts.with_events)
    return series(by_week(rows, column), by_week(rows, "followed"), numbers["special_cause_sigmas"])


def _reopen_by_events(facts: Facts, numbers: IndicatorThresholds, context: AnalysisContext) -> ScoredPart:
    if facts.events_coverage.reason is not None:
        return unknown_part(numbers.parts["reopen"], Sentence(TITLES["reopen"]), facts.events_coverage.reason)
    found, wider = reopen_series(facts, numbers), reopen_series(facts, numbers, "again")
    names = (
        f"reopened_within_{numbers.count('reopen_days')}_days",
        f"reopened_or_again_within_{numbers.count('again_days')}_days",
    )
    measures = tuple(
        share_measure(
            name,
            sum(one.counts),
            sum(one.sizes),
            facts.window,
            complete=facts.events_coverage.complete,
            sigma_z=one.chart.sigma_z,
        )
        for name, one in zip(names, (found, wider), strict=True)
    )
    share = Share(sum(found.counts), sum(found.sizes))
    return _scored_reopen(share, found.chart.sigma_z, measures, facts.events_coverage, numbers, context)


def _reopen_by_counter(facts: Facts, numbers: IndicatorThresholds, context: AnalysisContext) -> ScoredPart:
    """Without a history: tickets opened in the weeks that have stopped, and ever were reopened."""
    counting = [name for name in facts.connections if facts.provides(name, "tickets.reopened_count")]
    rows = facts.tickets(counting)
    found = series(by_week(rows, "flagged"), by_week(rows, "done"), numbers["special_cause_sigmas"])
    share = Share(sum(found.counts), sum(found.sizes))
    measure = share_measure(
        "ever_reopened",
        sum(found.counts),
        sum(found.sizes),
        facts.window,
        complete=facts.coverage.complete,
        sigma_z=found.chart.sigma_z,
    )
    return _scored_reopen(share, found.chart.sigma_z, (measure,), facts.coverage, numbers, context)


def _scored_reopen(
    share: Share,
    sigma_z: float,
    measures: tuple[Measure, ...],
    coverage: Coverage,
    numbers: IndicatorThresholds,
    context: AnalysisContext,
) -> ScoredPart:
    part, title = numbers.parts["reopen"], Sentence(TITLES["reopen"])
    if share.n < numbers["resolutions"]:
        return unknown_part(part, title, _few(int(share.n), numbers.count("resolutions")), measures)
    return score_share(
        part,
        title,
        deflated(share, sigma_z),
        measures,
        at=levels(context, CODE, "reopen", numbers),
        coverage=coverage,
        numbers=numbers,
    )
