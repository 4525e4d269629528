"""The numbers of 2.1, and the SQL that lists the records behind them."""

from __future__ import annotations

from datetime import UTC

from phasewise.analyzer.durations import duration_measures, survival
from phasewise.analyzer.indicator import AnalysisContext, Measure
from phasewise.analyzer.indicators.sla_adherence.facts import Facts
from phasewise.analyzer.indicators.sla_adherence.rules import ClientRule, SlaCoverage
from phasewise.analyzer.indicators.sla_adherence.tables import counts_by_key
from phasewise.analyzer.indicators.sla_adherence.targets import TargetResult
from phasewise.analyzer.measures import count_measure, share_measure


def measures(facts: Facts, clients: ClientRule, covered: SlaCoverage) -> list[Measure]:
    """Every measure of the indicator, the leading one first."""
    window, complete = facts.window, facts.coverage.complete
    found = [met_measure(result, facts) for result in facts.results]
    for result in facts.results:
        name, n = result.target, result.decided
        for what, value, unit, among in (
            ("running", result.running, "promises", n + result.running),
            ("scatter_of_weeks", result.chart.sigma_z, "sigmas", len(result.pooled)),
            ("shortfall_weeks", len(result.shortfalls), "weeks", len(result.pooled)),
            ("special_cause_weeks", len(result.special("low")), "weeks", len(result.pooled)),
        ):
            found.append(count_measure(f"{name}_{what}", value, unit, among, window, complete=complete))
    found.append(share_measure("clients_served", clients.served, clients.judged, window, complete=complete))
    promised, tickets = covered.promised, covered.tickets
    found.append(share_measure("tickets_with_a_promise", promised, tickets, window, complete=complete))
    found += _guards(facts)
    curve = survival(facts.frames["tickets"])
    return found + duration_measures(curve, window, complete=complete, prefix="resolved")


def met_measure(result: TargetResult, facts: Facts) -> Measure:
    """The share of decided promises that was kept; the name says what puts a promise into its week."""
    return share_measure(
        f"{result.target}_met_by_{facts.basis}_week",
        result.met,
        result.decided,
        facts.window,
        complete=facts.coverage.complete,
        sigma_z=result.chart.sigma_z,
    )


def _guards(facts: Facts) -> list[Measure]:
    """What a level can hide: waiting, pauses, automatic answers. Shown, never scored."""
    found = []
    window, complete = facts.window, facts.coverage.complete
    waited = counts_by_key("waited", facts.frames["promises"])
    for result in facts.results:
        for answer, name in (("yes", "of_those_that_waited"), ("no", "of_those_that_never_waited")):
            counts = waited.get((result.target, "", answer), {"met": 0, "missed": 0})
            met, decided = counts["met"], counts["met"] + counts["missed"]
            found.append(
                share_measure(f"{result.target}_met_{name}", met, decided, window, complete=complete)
            )
        ever = ever_waited(facts, result.target)
        all_of_them = result.decided + result.running
        found.append(
            share_measure(f"{result.target}_ever_waited", ever, all_of_them, window, complete=complete)
        )
        paused, used = minutes(facts, result.target)
        if paused + used:
            found.append(
                share_measure(
                    f"{result.target}_paused_minutes", paused, paused + used, window, complete=complete
                )
            )
    answered = counts_by_key("responder", facts.frames["promises"])
    by_machine = sum(sum(c.values()) for (_, _, who), c in answered.items() if who == "automation")
    known = sum(sum(c.values()) for (_, _, who), c in answered.items() if who)
    if known:
        found.append(
            share_measure("first_responses_by_automation", by_machine, known, window, complete=complete)
        )
    return found


def ever_waited(facts: Facts, target: str) -> int:
    """Promises counted whose ticket was in a waiting state at some time until the instant."""
    waited = counts_by_key("waited", facts.frames["promises"])
    return sum(waited.get((target, "", "yes"), {}).values())


def minutes(facts: Facts, target: str) -> tuple[int, int]:
    """Minutes paused and minutes used, of the promises counted whose source gives both; 0 where none does."""
    rows = [
        r
        for r in facts.frames["promises"]
        if r["frame"] == "week" and r["target"] == target and not r["dropped"]
    ]
    return sum(int(r["paused"] or 0) for r in rows), sum(int(r["elapsed"] or 0) for r in rows)


def query(facts: Facts, context: AnalysisContext) -> str:
    """SQL on the documented views that lists the promises of the window that were missed by the instant."""
    first, last = facts.window.starts_on.isoformat(), facts.window.weeks[-1].starts_on.isoformat()
    instant = context.instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    lines = (
        "SELECT ticket, target, week, client_name, queue, technician, priority, missed_at",
        "FROM v_sla_results",
        f"WHERE week BETWEEN '{first}' AND '{last}' AND is_gone = 0",
        f"  AND outcome = 'missed' AND coalesce(missed_at, closed_at) <= '{instant}'",
        "ORDER BY week, ticket",
    )
    return "\n".join(lines)
