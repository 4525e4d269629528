"""A made-up MSP's evidence, for tests of how answers are shown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from phasewise.analyzer.gates import gates_of, week_ends, weeks_of
from phasewise.analyzer.indicator import (
    N_,
    AnalysisContext,
    Cap,
    Evidence,
    FunnelStep,
    Measure,
    Part,
    Reason,
    Score,
    Sentence,
    not_measured_yet,
)
from phasewise.analyzer.ladder import climb
from phasewise.analyzer.run import Analysis
from phasewise.analyzer.sources import StreamState, Unmapped
from phasewise.config.settings import MspSettings
from phasewise.model.maturity import STATEMENTS

AS_OF = date(2026, 11, 22)
NOW = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)


def measure(name: str, numerator: int, denominator: int, *, complete: bool = True) -> Measure:
    share = numerator / denominator
    return Measure(
        name=name,
        value=share,
        unit="share",
        numerator=numerator,
        denominator=denominator,
        n=denominator,
        low=share - 0.02,
        high=share + 0.02,
        window_start=date(2026, 8, 17),
        window_end=date(2026, 11, 16),
        complete=complete,
    )


def failing(code: str = "2.1") -> Evidence:
    resolution = measure("resolution_met", 1220, 1412)
    part = Part(
        "resolution",
        Sentence(N_("resolution")),
        1.0,
        True,
        "fail",
        Score(58, 49, 66),
        0.01,
        None,
        (resolution,),
    )
    return Evidence(
        code,
        "fail",
        "derived",
        score=Score(58, 49, 66),
        p_pass=0.01,
        p_low=0.01,
        p_high=0.01,
        measures=(resolution,),
        parts=(part,),
        caps=(Cap(69, Sentence(N_("two weeks fell short: %(weeks)s"), {"weeks": "2026-10-05, 2026-10-19"})),),
        notes=(Sentence(N_("%(share)s of the misses are queue Network"), {"share": "71%"}),),
        funnel=(
            FunnelStep("all", Sentence(N_("all promises")), 0, 1500),
            FunnelStep("running", Sentence(N_("still running")), 88, 1412),
        ),
        tables={
            "client": [
                {"client": f"c{i}", "name": f"Client {i}", "met": 50 - i, "n": 50, "share": (50 - i) / 50}
                for i in range(15)
            ],
            "technician": [{"technician": "7", "name": "Ana María Ruiz", "met": 40, "n": 50, "share": 0.8}],
        },
        query="SELECT * FROM v_sla_results",
        sure_from=0.93,
    )


def passing(code: str) -> Evidence:
    return Evidence(code, "pass", "derived", score=Score(88, 84, 91), p_pass=0.99, p_low=0.99, p_high=0.99)


def missing(code: str, need: str) -> Evidence:
    reason = Reason("no_source", Sentence(N_("No connected system has %(need)s"), {"need": need}), need)
    return Evidence(code, "unknown", "derived", reason=reason, needs=(need,))


def analysis(changes: dict[str, Evidence] | None = None, *, incomplete: int = 0) -> Analysis:
    zone = "Europe/Madrid"
    msp = MspSettings(name="Acme IT", zone=zone, currency="EUR")
    context = AnalysisContext(
        AS_OF, datetime(2026, 11, 22, 23, tzinfo=UTC), ZoneInfo(zone), msp, "7f3a12bc", NOW
    )
    evidences = {code: not_measured_yet(code) for code in STATEMENTS} | (changes or {})
    why = "the source says it has 500 items, 460 came"
    streams = (
        StreamState("desk", "tickets", 8, incomplete, False, why if incomplete else "", NOW.replace(hour=4)),
        StreamState("desk", "time", 8, 0, False, "", NOW.replace(hour=5)),
    )
    unmapped = (Unmapped("tickets", "type", 41, ("1.1", "1.5")),)
    weeks = weeks_of({day: gates_of(evidences) for day in week_ends(AS_OF)})
    ladder = climb(evidences, weeks.last.phase)
    return Analysis("acme", context, "0badcafe", "nightly", ladder, weeks, evidences, streams, unmapped)


def stable() -> Analysis:
    """Gate 1 passed, 2.1 failing, one indicator of gate 2 without a source."""
    gate_1 = {code: passing(code) for code in ("1.1", "1.2", "1.3", "1.4", "1.5")}
    return analysis({**gate_1, "2.1": failing(), "2.2": missing("2.2", "projects")})
