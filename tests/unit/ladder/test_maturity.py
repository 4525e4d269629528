"""The model: four phases, three gates of five, five more; codes and names that never move."""

from __future__ import annotations

from phasewise.analyzer.indicator import indicators
from phasewise.model.maturity import (
    GATES,
    PHASE_KEYS,
    PHASES,
    SOURCE_KINDS,
    STATEMENTS,
    THRIVING,
    gate_codes,
    phase_above,
    phase_below,
)

NAMES = {
    "1.1": "ticket_consistency",
    "1.2": "process_documentation",
    "1.3": "improvement_time",
    "1.4": "billing_consistency",
    "1.5": "recurring_work_identified",
    "2.1": "sla_adherence",
    "2.2": "onboarding_repeatability",
    "2.3": "automation_reduces_tickets",
    "2.4": "tool_data_used",
    "2.5": "packaged_pricing",
    "3.1": "sales_handoff",
    "3.2": "client_reviews",
    "3.3": "kpi_accountability",
    "3.4": "recurring_revenue",
    "3.5": "leadership_time",
    "4.1": "integrated_stack",
    "4.2": "retention_growth_csat",
    "4.3": "continuous_improvement",
    "4.4": "margins_and_forecast",
    "4.5": "scalable_leadership",
}
"""As in every store and every answer there is: a code is never reused, a name never changed."""


def test_codes_and_names_never_move() -> None:
    assert {code: statement.name for code, statement in STATEMENTS.items()} == NAMES


def test_every_gate_has_five() -> None:
    for gate in (*GATES, THRIVING):
        assert gate_codes(gate) == tuple(f"{gate}.{i}" for i in range(1, 6))


def test_gates_lead_from_phase_to_phase() -> None:
    assert tuple(PHASES) == PHASE_KEYS
    assert [(phase_below(gate).key, phase_above(gate).key) for gate in GATES] == [
        ("reactive", "stable"),
        ("stable", "proactive"),
        ("proactive", "scalable"),
    ]


def test_every_statement_says_what_could_show_it() -> None:
    for statement in STATEMENTS.values():
        assert statement.feeds
        assert set(statement.feeds) <= set(SOURCE_KINDS)
        assert statement.sentence.endswith(".")
        assert len(statement.title) <= 28


def test_an_indicator_measures_the_statement_of_its_name() -> None:
    for indicator in indicators().values():
        assert STATEMENTS[indicator.code].name == indicator.name
