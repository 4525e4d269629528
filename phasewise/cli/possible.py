"""Which indicators are possible with what is connected, and what to connect for more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

KIND_OF_TABLE = {
    "tickets": "psa",
    "ticket_events": "psa",
    "sla_results": "psa",
    "time_entries": "psa",
    "agreements": "psa",
    "agreement_lines": "psa",
    "opportunities": "psa",
    "projects": "psa",
    "project_tasks": "psa",
    "meetings": "psa",
    "sla_policies": "psa",
    "invoices": "accounting",
    "invoice_lines": "accounting",
    "payments": "accounting",
    "ledger_months": "accounting",
    "devices": "rmm",
    "alerts": "rmm",
    "automation_runs": "rmm",
    "audit_events": "rmm",
    "documents": "documentation",
    "document_uses": "documentation",
    "survey_responses": "surveys",
}
"""Table → the kind of source that usually gives it. Files may give any; clients and people come with all."""

BESIDE = frozenset({"ticket_events", "time_entries", "audit_events", "alerts"})
"""Tables that make an answer finer, and without which there is one."""


@dataclass(frozen=True, slots=True)
class Possible:
    """Whether an indicator can be answered.

    Attributes:
        code: the indicator.
        title: a few words.
        is_measured: this release has a file for it.
        is_possible: it is measured and a source of what it counts is connected.
        missing: fields it reads that no connection provides; parts of it stay unknown for them.
        connect: kinds of sources that would feed it and are not connected.
    """

    code: str
    title: str
    is_measured: bool
    is_possible: bool
    missing: tuple[str, ...]
    connect: tuple[str, ...]


def possible_indicators(provided: Iterable[str]) -> list[Possible]:
    """Every indicator, by what can be answered.

    Args:
        provided: `table.field` names that the connections provide together.
    """
    from phasewise.analyzer.indicator import indicators
    from phasewise.model.maturity import STATEMENTS

    fields = frozenset(provided)
    tables = {name.partition(".")[0] for name in fields}
    kinds = {KIND_OF_TABLE[table] for table in tables if table in KIND_OF_TABLE}
    known = indicators()
    found = []
    for code, statement in STATEMENTS.items():
        reads = known[code].reads if code in known else frozenset()
        feeding = {kind for kind in statement.feeds if kind != "people"}
        counted = {name.partition(".")[0] for name in reads} & (set(KIND_OF_TABLE) - BESIDE)
        found.append(
            Possible(
                code=code,
                title=statement.title,
                is_measured=code in known,
                is_possible=bool(counted) and counted <= tables,
                missing=tuple(sorted(name for name in reads if name not in fields and _counts(name))),
                connect=tuple(kind for kind in statement.feeds if kind in feeding - kinds),
            )
        )
    return found


def _counts(name: str) -> bool:
    """Whether a field is one that a source provides; keys and what Phasewise itself writes are not."""
    table, _, field = name.partition(".")
    return table in KIND_OF_TABLE and field not in _OURS and not field.endswith("_raw")


_OURS = frozenset(
    {"id", "updated_at", "first_seen_at", "seen_at", "gone_at", "outcome", "own_outcome", "agrees"}
)


def gains(found: Iterable[Possible]) -> dict[str, list[str]]:
    """Kind of source to connect → the measured indicators that it would make possible, most first."""
    gained: dict[str, list[str]] = {}
    for one in found:
        if one.is_measured and not one.is_possible:
            for kind in one.connect:
                gained.setdefault(kind, []).append(one.code)
    return dict(sorted(gained.items(), key=lambda item: -len(item[1])))


@cache
def touched_codes(mapping: str) -> tuple[str, ...]:
    """The indicators that read a field which a mapping fills."""
    from phasewise.analyzer.indicator import indicators
    from phasewise.model.fields import field_infos
    from phasewise.model.records import record_kinds

    names = {
        f"{table}.{field}"
        for table, kind in record_kinds().items()
        for field, info in field_infos(kind).items()
        if info.mapping == mapping
    }
    if mapping in ("status", "priority"):
        names |= {"ticket_events.from_value", "ticket_events.to_value"}
    return tuple(sorted(code for code, one in indicators().items() if names & one.reads))
