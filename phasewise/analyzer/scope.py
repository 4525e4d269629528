"""Which tickets are an MSP's service to its clients: everything else is dropped, counted and named.

Names in the settings are compared as the source writes them. Whether a client is the MSP itself is read from
the client's newest state, also for a past date: scope is a rule of today, and part of the edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template
from types import MappingProxyType
from typing import Any

from phasewise.analyzer.indicator import FunnelStep, Sentence
from phasewise.analyzer.tickets import joined_clients
from phasewise.config.settings import ScopeSettings
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame

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


DROPS = ("", *LABELS)
"""What `Drops.code` numbers: counted, and then the reasons."""


@dataclass(frozen=True)
class Clause:
    """A piece of SQL with the values it names."""

    sql: str
    parameters: Mapping[str, int | str]


@dataclass(frozen=True)
class Drops(Clause):
    """SQL that says of a ticket `t` why it is left out, '' when it is counted.

    Attributes:
        pieces: for `compose`: what joins the clients `c` it looks at, nothing where it names them itself.
    """

    pieces: Mapping[str, str]

    @property
    def code(self) -> str:
        """The same as a number, of `DROPS`: what many rows are grouped by is better one number."""
        codes = " ".join(f"WHEN '{reason}' THEN {code}" for code, reason in enumerate(DROPS))
        return f"CASE {self.sql} {codes} END"


SPECIAL = """
SELECT connection_id, id, CASE WHEN $internal THEN 1 ELSE 0 END AS internal,
  CASE WHEN $named THEN 1 ELSE 0 END AS named
FROM clients c
WHERE msp_id = :msp_id AND ($internal OR $named)
LIMIT :most
"""
INTERNAL = "c.is_internal = 1 OR c.kind = 'internal'"

MOST_NAMED = 100
"""Clients that a query names one by one. Few are special, and a join for every ticket costs more."""


def drop_reason(
    scope: MspStore,
    settings: ScopeSettings,
    imports: Iterable[tuple[int, int]] = (),
    *,
    at_instant: bool = True,
) -> Drops:
    """SQL that says why a ticket is left out.

    Args:
        scope: the MSP's store, for the clients that are left out.
        settings: the MSP's scope.
        imports: spans of time (epoch seconds, the end exclusive) whose tickets look imported.
        at_instant: also for what did not exist yet, or no longer, at `:instant`.

    Returns:
        A CASE over alias `t` and, where its pieces join clients, `c`, both from outer joins.
    """
    names = {f"client_{i}": value for i, value in enumerate(sorted(settings.exclude_clients))}
    by_name = f"c.name IN ({', '.join(f':{name}' for name in names)})" if names else "1 = 0"
    sql = Template(SPECIAL).substitute(internal=INTERNAL, named=by_name)
    special = read_frame(scope, sql, most=MOST_NAMED + 1, **names)
    if len(special) > MOST_NAMED:
        whens, parameters = _whens(settings, imports, INTERNAL, by_name, at_instant=at_instant)
        return Drops(whens, parameters, joined_clients(is_joined=True))
    internal = _named("own", [row for row in special if row["internal"]])
    named = _named("named", [row for row in special if row["named"]])
    whens, parameters = _whens(settings, imports, internal.sql, named.sql, at_instant=at_instant)
    values = {**parameters, **internal.parameters, **named.parameters}
    return Drops(whens, values, joined_clients(is_joined=False))


def _named(prefix: str, clients: Iterable[Mapping[str, Any]]) -> Clause:
    """SQL that says of a ticket `t` whether it is of one of these clients."""
    by_connection: dict[str, list[str]] = {}
    for row in clients:
        by_connection.setdefault(str(row["connection_id"]), []).append(str(row["id"]))
    parameters: dict[str, int | str] = {}
    parts = []
    for number, (connection, ids) in enumerate(sorted(by_connection.items())):
        own = {f"{prefix}_{number}_{i}": client for i, client in enumerate(sorted(ids))}
        parameters |= {f"{prefix}_{number}": connection, **own}
        listed = ", ".join(f":{name}" for name in own)
        parts.append(f"t.connection_id = :{prefix}_{number} AND t.client IN ({listed})")
    return Clause(" OR ".join(parts) or "1 = 0", parameters)


def _whens(
    settings: ScopeSettings,
    imports: Iterable[tuple[int, int]],
    internal: str,
    named: str,
    *,
    at_instant: bool,
) -> tuple[str, dict[str, int | str]]:
    """The CASE, with SQL that says whether a ticket's client is the MSP itself, or excluded by its name."""
    whens = ["WHEN t.id IS NULL THEN 'ticket_unknown'"]
    if at_instant:
        whens += [
            "WHEN t.opened_at > :instant THEN 'later'",
            "WHEN t.gone_at <= :instant THEN 'gone'",
        ]
    whens += [
        "WHEN t.status = 'merged' THEN 'merged'",
        f"WHEN t.is_internal = 1 OR {internal} THEN 'internal'",
    ]
    parameters: dict[str, int | str] = {}
    for rule, also, values in (
        ("queue", "", settings.exclude_queues),
        ("client", f" OR {named}", settings.exclude_clients),
        ("type", "", settings.exclude_types),
        ("category", "", settings.exclude_categories),
    ):
        names = {f"{rule}_{i}": value for i, value in enumerate(sorted(values))}
        parameters |= names
        if names:
            listed = ", ".join(f":{name}" for name in names)
            whens.append(f"WHEN t.{rule} IN ({listed}){also} THEN '{rule}'")
    for i, (start, end) in enumerate(imports):
        parameters |= {f"import_{i}_start": start, f"import_{i}_end": end}
        whens.append(f"WHEN t.opened_at >= :import_{i}_start AND t.opened_at < :import_{i}_end THEN 'import'")
    return "CASE " + " ".join(whens) + " ELSE '' END", parameters


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
