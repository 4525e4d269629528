"""Which tickets are an MSP's service to its clients: everything else is dropped, counted and named.

Names in the settings are compared as the source writes them. Whether a client is the MSP itself is read from
the client's newest state, also for a past date: scope is a rule of today, and part of the edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from phasewise.analyzer.indicator import FunnelStep, Sentence
from phasewise.config.settings import ScopeSettings
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "ticket_unknown": N_("its ticket is not in the store"),
        "later": N_("opened after the date"),
        "gone": N_("deleted in the source by then"),
        "merged": N_("merged into another ticket"),
        "internal": N_("the MSP's own work"),
        "queue": N_("in an excluded queue"),
        "client": N_("of an excluded client"),
        "type": N_("of an excluded type"),
        "category": N_("of an excluded category"),
        "import": N_("of a week that looks imported"),
    }
)
"""Why a ticket is left out, in the order in which the reasons are tried: the first that fits counts it."""


@dataclass(frozen=True)
class Clause:
    """A piece of SQL with the values it names."""

    sql: str
    parameters: Mapping[str, int | str]


def drop_reason(
    settings: ScopeSettings, imports: Iterable[tuple[int, int]] = (), *, at_instant: bool = True
) -> Clause:
    """SQL that says of a ticket `t` (its client: `c`) why it is left out, '' when it is counted.

    Args:
        settings: the MSP's scope.
        imports: spans of time (epoch seconds, the end exclusive) whose tickets look imported.
        at_instant: also for what did not exist yet, or no longer, at `:instant`.

    Returns:
        A CASE over aliases `t` and `c`, both from outer joins.
    """
    whens = ["WHEN t.id IS NULL THEN 'ticket_unknown'"]
    if at_instant:
        whens += [
            "WHEN t.opened_at > :instant THEN 'later'",
            "WHEN t.gone_at <= :instant THEN 'gone'",
        ]
    whens += [
        "WHEN t.status = 'merged' THEN 'merged'",
        "WHEN t.is_internal = 1 OR c.is_internal = 1 OR c.kind = 'internal' THEN 'internal'",
    ]
    parameters: dict[str, int | str] = {}
    for rule, columns, values in (
        ("queue", ("t.queue",), settings.exclude_queues),
        ("client", ("t.client", "c.name"), settings.exclude_clients),
        ("type", ("t.type",), settings.exclude_types),
        ("category", ("t.category",), settings.exclude_categories),
    ):
        names = {f"{rule}_{i}": value for i, value in enumerate(sorted(values))}
        parameters |= names
        if names:
            listed = ", ".join(f":{name}" for name in names)
            whens.append(f"WHEN {' OR '.join(f'{column} IN ({listed})' for column in columns)} THEN '{rule}'")
    for i, (start, end) in enumerate(imports):
        parameters |= {f"import_{i}_start": start, f"import_{i}_end": end}
        whens.append(f"WHEN t.opened_at >= :import_{i}_start AND t.opened_at < :import_{i}_end THEN 'import'")
    return Clause("CASE " + " ".join(whens) + " ELSE '' END", parameters)


def funnel(total: int, dropped: Mapping[str, int], labels: Mapping[str, str] = LABELS) -> list[FunnelStep]:
    """The steps from all rows to those counted, in the order of the labels; reasons that drop nothing too.

    Args:
        total: all rows.
        dropped: reason → rows.
        labels: reason → why, for people.
    """
    steps, left = [], total
    for rule, label in labels.items():
        left -= dropped.get(rule, 0)
        steps.append(FunnelStep(rule, Sentence(label), dropped.get(rule, 0), left))
    return steps
