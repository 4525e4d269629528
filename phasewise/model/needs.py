"""What each part of each indicator must be told by a source, in the words of the records.

An indicator's own `reads` is what its code looks at; this is the least without which a part has nothing to
count, for all twenty, measured in this release or not. What people say in Phasewise itself (decisions,
targets, reviews) is needed beside it and is not a source's to give.

Source of the parts: the operational definitions of the indicators, `docs/reference/indicators.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _fields(text: str) -> frozenset[str]:
    """`tickets: client opened_at; clients: name` → {tickets.client, tickets.opened_at, clients.name}."""
    found = set()
    for group in text.split(";"):
        table, _, names = group.strip().partition(":")
        found |= {f"{table}.{name}" for name in names.split()}
    return frozenset(found)


PARTS: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        code: MappingProxyType({part: _fields(text) for part, text in parts.items()})
        for code, parts in {
            "1.1": {
                "capture": "time_entries: technician minutes ticket; technicians: capacity_minutes_per_week",
                "completeness": "tickets: client type priority technician opened_at; ticket_events: kind at",
                "flow": "tickets: opened_at resolved_at",
                "reopen": "tickets: resolved_at; ticket_events: kind at to_value",
            },
            "1.2": {
                "coverage": "documents: title kind words technician reviewed_at",
                "used": "document_uses: document ticket at",
                "client records": "documents: client kind title",
            },
            "1.3": {
                "improvement": "time_entries: minutes purpose",
                "artefacts": "audit_events: at what",
            },
            "1.4": {
                "on schedule": "agreements: billing_cycle next_bill_on; invoices: agreement issued_on",
                "complete": "time_entries: minutes is_billable is_invoiced",
                "collected": "invoices: issued_on due_on total balance; payments: invoice paid_on amount",
                "old debt": "invoices: due_on balance",
            },
            "1.5": {
                "recurring": "tickets: client category title opened_at",
                "hours": "time_entries: ticket minutes",
            },
            "2.1": {
                # A deadline says in which week a promise counts; without one it is the week of the opening.
                "first response": "sla_results: ticket target met_at; tickets: opened_at",
                "resolution": "sla_results: ticket target; tickets: opened_at resolved_at",
            },
            "2.2": {
                "template used": "projects: kind template",
                "conformance": "project_tasks: project due_at done_at is_from_template",
                "duration": "projects: kind started_on finished_on",
            },
            "2.3": {
                "introduced": "automation_runs: device started_at outcome; devices: client is_managed",
                "reducing": "tickets: client category opened_at",
            },
            "2.4": {
                "coverage": "devices: client last_check_in_at is_managed",
                "handling": "alerts: raised_at resolved_at resolved_by",
                "signal": "alerts: raised_at resolved_by",
                "used": "audit_events: at what",
            },
            "2.5": {
                "catalogue": "agreements: package monthly_amount",
                "dispersion": "agreement_lines: package unit quantity unit_price",
                "list prices": "price_list: unit price valid_from",
            },
            "3.1": {
                "handoff": "opportunities: outcome closed_at project; projects: created_at started_on",
                "surprises": "tickets: client opened_at agreement type",
                "roles": "tickets: technician group_reassigned_count",
            },
            "3.2": {
                "reviews": "meetings: client kind at is_held; clients: tier",
                "quality": "meetings: has_client_attended has_notes actions",
                "contact gap": "meetings: client at; agreements: client monthly_amount",
            },
            "3.3": {"scorecard": "kpis: target owner value at"},
            "3.4": {
                "recurring share": "invoices: issued_on; invoice_lines: amount is_recurring",
                "service margin": "ledger_months: month class amount",
                "concentration": "invoices: client issued_on total",
            },
            "3.5": {
                "leaders' tickets": "time_entries: technician ticket minutes; technicians: role",
                "planning": "time_entries: technician purpose minutes; technicians: role",
                "escalated": "ticket_events: technician at; technicians: role",
            },
            "4.1": {
                "record match": "devices: client name serial_number",
                "standard stack": "devices: has_edr has_backup is_patched is_managed",
                "automation first": "automation_runs: ticket outcome",
            },
            "4.2": {
                "retention": "agreements: client started_on ended_on monthly_amount",
                "satisfaction": "survey_responses: client at score",
                "acquisition": "agreements: client started_on monthly_amount",
            },
            "4.3": {
                "closed loops": "survey_responses: score at followed_up_at",
                "hours": "time_entries: minutes purpose",
            },
            "4.4": {
                "profit": "ledger_months: month class amount",
                "visibility": "ledger_months: month closed_at",
                "forecast": "forecasts: month value issued_at",
            },
            "4.5": {
                "elasticity": "time_entries: minutes purpose started_at; devices: installed_at is_managed",
                "resilience": "sla_results: outcome due_at; technicians: is_active",
                "key person": "time_entries: technician ticket minutes; tickets: category",
            },
        }.items()
    }
)
"""Code → part → `table.field` names that the part cannot do without."""


def share_given(needed: frozenset[str], provided: frozenset[str]) -> float:
    """How much of what a part needs is provided, as a share 0-1; what we fill ourselves counts as given."""
    asked = {name for name in needed if name not in FILLED_HERE}
    return len(asked & provided) / len(asked) if asked else 1.0


FILLED_HERE = frozenset({"sla_results.outcome"})
"""Fields that Phasewise works out."""
