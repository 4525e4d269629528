"""The judgement of 1.1: from frames to evidence. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from phasewise.analyzer.calendar import business_days
from phasewise.analyzer.durations import duration_measures
from phasewise.analyzer.indicator import (
    AnalysisContext,
    Cap,
    Evidence,
    Frames,
    FunnelStep,
    Measure,
    Part,
    Reason,
    Sentence,
    listed,
)
from phasewise.analyzer.indicators.ticket_consistency.facts import (
    Facts,
    WeekSeries,
    by_week,
    facts_of,
    imported,
    series,
    total,
)
from phasewise.analyzer.indicators.ticket_consistency.parts import (
    CODE,
    REQUIRED,
    completeness_series,
    curve,
    missing_fields,
    parts,
)
from phasewise.analyzer.indicators.ticket_consistency.tables import tables
from phasewise.analyzer.measures import count_measure, share_measure
from phasewise.analyzer.quality import imported_weeks, inspect
from phasewise.analyzer.scope import funnel
from phasewise.analyzer.scoring import combine
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know


def judge(frames: Frames, numbers: IndicatorThresholds, context: AnalysisContext) -> Evidence:
    """From what was counted to evidence; see the page of the indicator for the rules."""
    facts = facts_of(frames, numbers, context)
    if isinstance(facts, Reason):
        return Evidence(CODE, "unknown", "derived", reason=facts, needs=(facts.needs,) if facts.needs else ())
    scored = parts(facts, numbers, context)
    complete, flow = completeness_series(facts, numbers), _closes(facts, numbers)
    cap = _special_cause(facts, complete, flow, numbers, context)
    caps = (cap,) if cap else ()
    combined = combine(scored, numbers, caps=caps)
    shown = tuple(one.part for one in scored)
    return Evidence(
        code=CODE,
        status=combined.status,
        evidence_class="derived",
        score=combined.score,
        p_pass=combined.p_pass,
        p_low=combined.p_low,
        p_high=combined.p_high,
        reason=combined.reason,
        measures=tuple(_measures(facts, shown, flow)),
        parts=shown,
        caps=caps,
        notes=tuple(_notes(facts, complete, numbers)),
        funnel=tuple(_funnel(frames)),
        tables=tables(facts, complete, context.msp.technicians.show),
        query=_query(facts),
        needs=combined.needs,
        summary=_summary(shown),
    )


def _closes(facts: Facts, numbers: IndicatorThresholds) -> WeekSeries:
    """Resolutions per new ticket by week, of connections that tell of both."""
    opened = by_week(facts.tickets(facts.with_events), "n")
    closed = by_week(facts.resolutions(facts.with_events), "n")
    return series(closed, opened, numbers["special_cause_sigmas"], is_rate=True)


def _special_cause(
    facts: Facts,
    complete: WeekSeries,
    flow: WeekSeries,
    numbers: IndicatorThresholds,
    context: AnalysisContext,
) -> Cap | None:
    """A cap where a recent ordinary week stands out as worse than the others."""
    recent = facts.window.last(numbers.count("recent_weeks")).weeks
    days = business_days(context.msp, recent)
    ordinary = {w.starts_on for w in recent if days[w.starts_on] >= numbers["business_days"]}
    flooded = {str(row["week"]) for row in imported_weeks(facts.frames["creations"], numbers)}
    found = []
    for found_in, text in (
        (complete, N_("tickets were less complete than in the other weeks: %(weeks)s")),
        (flow, N_("fewer tickets were resolved for each new one than in the other weeks: %(weeks)s")),
    ):
        weeks = [
            week
            for week, signal in zip(found_in.weeks, found_in.chart.signals, strict=True)
            if signal == "low" and date.fromisoformat(week) in ordinary and week not in flooded
        ]
        if weeks:
            found.append(Sentence(text, {"weeks": ", ".join(weeks)}))
    if not found:
        return None
    whole = Sentence(N_("Lately %(what)s"), {"what": found[0]})
    return Cap(numbers["special_cause_cap"], whole)


def _measures(facts: Facts, shown: Sequence[Part], flow: WeekSeries) -> list[Measure]:
    window, complete = facts.window, facts.coverage.complete
    found = [measure for part in shown for measure in part.measures]
    rows = facts.tickets(facts.connections)
    n = total(rows, "n")
    found.append(count_measure("tickets", n, "tickets", n, window, complete=complete))
    for field, column in zip(REQUIRED, _MISSING, strict=True):
        giving = [name for name in facts.connections if field not in missing_fields(facts, name)]
        if giving:
            own = facts.tickets(giving)
            name = f"tickets_without_{column.removeprefix('no_')}"
            found.append(share_measure(name, total(own, column), total(own, "n"), window, complete=complete))
    if sum(flow.sizes):
        per_ticket = sum(flow.counts) / sum(flow.sizes)
        found.append(
            count_measure(
                "resolutions_per_new_ticket",
                per_ticket,
                "ratio",
                sum(flow.sizes),
                window,
                complete=complete and facts.events_coverage.complete,
            )
        )
    return found + duration_measures(curve(facts), window, complete=complete, prefix="resolved")


_MISSING = ("no_client", "no_requester", "no_type", "no_priority", "no_owner", "no_history")


def _notes(facts: Facts, complete: WeekSeries, numbers: IndicatorThresholds) -> list[Sentence]:
    found = [Sentence(N_("What was done without a ticket cannot be seen in tickets"))]
    low = [w for w, s in zip(complete.weeks, complete.chart.signals, strict=True) if s == "low"]
    if low:
        text = N_("Special cause (complete tickets): worse than the other weeks can explain: %(weeks)s")
        found.append(Sentence(text, {"weeks": ", ".join(low)}))
    for name in facts.connections:
        missing = missing_fields(facts, name)
        if missing and len(facts.connections) > 1:
            text = N_(
                "The tickets of %(connection)s are not judged for completeness: it does not give %(fields)s"
            )
            fields = listed([Sentence(REQUIRED[field]) for field in missing])
            found.append(Sentence(text, {"connection": name, "fields": fields}))
    planned = total(facts.tickets(facts.connections), "planned")
    if planned:
        text = N_("%(count)s tickets of projects, changes and tasks are left out of the time to resolve")
        found.append(Sentence(text, {"count": planned}))
    if imported(facts, numbers):
        found.append(Sentence(N_("Imported weeks are in none of the numbers")))
    beside = [f.sentence for f in inspect(facts.frames["creations"], facts.frames["oddities"], numbers)]
    return [*found, *facts.coverage.notes, *beside]


def _funnel(frames: Frames) -> list[FunnelStep]:
    rows = [r for r in frames["tickets"] if r["frame"] == "week"]
    dropped: dict[str, int] = {}
    for row in rows:
        if row["dropped"]:
            dropped[str(row["dropped"])] = dropped.get(str(row["dropped"]), 0) + int(row["n"] or 0)
    return funnel(total(rows, "n"), dropped)


def _summary(shown: Sequence[Part]) -> Sentence:
    values = {p.name: p.measures[0].value for p in shown if p.measures and p.measures[0].value is not None}
    said = [
        Sentence(text, {"share": f"{values[name]:.1%}"})
        for name, text in (
            ("completeness", N_("%(share)s complete")),
            ("flow", N_("%(share)s open after 30 days")),
            ("reopen", N_("%(share)s reopened")),
        )
        if name in values
    ]
    return listed(said) if said else Sentence(N_("nothing known yet"))


def _query(facts: Facts) -> str:
    """SQL on the documented views that lists the incomplete tickets of the window."""
    first, last = facts.window.starts_on, facts.window.ends_on - timedelta(days=7)
    lines = (
        "SELECT ticket, opened_week, client_name, requester, type, priority, technician, queue, status",
        "FROM v_tickets",
        f"WHERE opened_week BETWEEN '{first}' AND '{last}' AND is_gone = 0",
        "  AND (client IS NULL OR requester IS NULL OR type IS NULL OR priority IS NULL",
        "    OR technician IS NULL)",
        "ORDER BY opened_week, ticket",
    )
    return "\n".join(lines)
