"""The judgement of 2.1: from frames to evidence. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from phasewise.analyzer.indicator import AnalysisContext, Evidence, Frames, FunnelStep, Reason, Sentence
from phasewise.analyzer.indicators.sla_adherence import rules
from phasewise.analyzer.indicators.sla_adherence.facts import Facts, facts_of
from phasewise.analyzer.indicators.sla_adherence.measures import measures, met_measure, query
from phasewise.analyzer.indicators.sla_adherence.notes import notes, summary
from phasewise.analyzer.indicators.sla_adherence.tables import tables
from phasewise.analyzer.indicators.sla_adherence.targets import TargetResult
from phasewise.analyzer.scope import LABELS, funnel
from phasewise.analyzer.scoring import ScoredPart, combine, levels, score_share, unknown_part
from phasewise.analyzer.stats import share_from_which
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

CODE = "2.1"

TITLES: Mapping[str, str] = {
    "first_response": N_("First responses in time"),
    "resolution": N_("Resolutions in time"),
}

STEPS: Mapping[str, str] = {
    **LABELS,
    "no_promise": N_("no promise was made"),
    "no_verdict": N_("the source gives no verdict"),
    "no_deadline": N_("without a deadline, though its source gives deadlines"),
    "running": N_("not decided at the date"),
}


def judge(frames: Frames, numbers: IndicatorThresholds, context: AnalysisContext) -> Evidence:
    """From what was counted to evidence; see the page of the indicator for the rules."""
    facts = facts_of(frames, numbers, context)
    if isinstance(facts, Reason):
        return Evidence(CODE, "unknown", "derived", reason=facts, needs=(facts.needs,) if facts.needs else ())
    parts = [_part(result, facts, numbers, context) for result in facts.results]
    short = rules.shortfalls(facts.results, facts.window, numbers, context)
    clients = rules.clients(frames["promises"], facts.results, numbers)
    covered = rules.sla_coverage(frames["tickets"], numbers)
    caps = [cap for cap in (short.cap, clients.cap) if cap]
    open_caps = [covered.cap] if covered.cap else []
    combined = combine(parts, numbers, caps=caps, open_caps=open_caps, deduction=short.deduction)
    held = combine(
        parts,
        numbers,
        caps=[cap for cap in (short.cap_for_holding, clients.cap) if cap],
        open_caps=open_caps,
        deduction=short.deduction,
    )
    open_reason = covered.reason if combined.status == "leaning" else None
    needs = (*combined.needs, *((covered.reason.needs,) if covered.reason and covered.reason.needs else ()))
    lead = facts.results[0]
    return Evidence(
        code=CODE,
        status=combined.status,
        evidence_class="derived",
        score=combined.score,
        p_pass=combined.p_pass,
        p_low=combined.p_low,
        p_high=combined.p_high,
        hold_low=held.p_low,
        hold_high=held.p_high,
        reason=combined.reason or open_reason,
        measures=tuple(measures(facts, clients, covered)),
        parts=tuple(one.part for one in parts),
        caps=(*caps, *open_caps),
        notes=tuple(notes(facts, numbers, short, covered)),
        funnel=tuple(_funnel(frames)),
        tables=tables(frames, facts.results, context.msp.technicians.show),
        query=query(facts, context),
        needs=tuple(dict.fromkeys(needs)) if combined.p_low != combined.p_high else (),
        sure_from=share_from_which(
            lead.share, numbers.parts[lead.target].target, numbers["sure_probability"]
        ),
        summary=summary(facts),
    )


def _part(
    result: TargetResult, facts: Facts, numbers: IndicatorThresholds, context: AnalysisContext
) -> ScoredPart:
    part, title = numbers.parts[result.target], Sentence(TITLES[result.target])
    measure = met_measure(result, facts)
    if result.decided < numbers["decided"]:
        text = N_("Only %(decided)s promises were decided; it needs %(needed)s")
        sentence = Sentence(text, {"decided": result.decided, "needed": numbers.count("decided")})
        return unknown_part(part, title, Reason("too_few", sentence), (measure,))
    # One stream of levels for all targets: they pass together with the lesser of their probabilities.
    at = levels(context, CODE, "targets", numbers)
    return score_share(part, title, result.share, (measure,), at=at, coverage=facts.coverage, numbers=numbers)


def _funnel(frames: Frames) -> list[FunnelStep]:
    total = 0
    dropped: dict[str, int] = {}
    for row in (r for r in frames["promises"] if r["frame"] == "week"):
        n = int(row["n"] or 0)
        total += n
        verdict = "running" if row["verdict"] == "unmapped" else str(row["verdict"])
        rule = str(row["dropped"]) or verdict
        if rule not in {"met", "missed"}:
            dropped[rule] = dropped.get(rule, 0) + n
    return funnel(total, dropped, STEPS)
