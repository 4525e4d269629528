"""What numbers mean in one Halo: statuses, ticket types and priorities, looked up once a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from phasewise.connectors.base import Page
from phasewise.connectors.parse import minutes, plain
from phasewise.connectors.vendors.halopsa.lists import whole
from phasewise.connectors.vendors.halopsa.session import Session, objects
from phasewise.connectors.vendors.halopsa.values import if_readable, number_of, reference, text

RIGHT = "read:tickets"

UNITS = {"m": "minutes", "h": "hours"}
"""First letter of a unit of a promise. Days are not among them: how long one is depends on the workday."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a priority of a service level promises: its name, and minutes of working time."""

    name: str | None
    response_minutes: int | None
    fix_minutes: int | None


@dataclass(frozen=True, slots=True)
class Lookups:
    """The words behind the numbers.

    Attributes:
        statuses: number → name.
        pausing: names of statuses in which the clock of a service level stands.
        types: number of a ticket type → name.
        others: numbers of the types of projects and opportunities.
        promises: (service level, priority) → what is promised. A priority's number means nothing by itself.
    """

    statuses: Mapping[str, str]
    pausing: frozenset[str]
    types: Mapping[str, str]
    others: frozenset[str]
    promises: Mapping[tuple[str, str], Promise]


def lookups(session: Session) -> Lookups:
    """What there is in this Halo."""
    return session.once("lookups", lambda: _read(session))


def promise_of(row: Mapping[str, Any]) -> Promise:
    """What a row of `/Priority` promises."""
    return Promise(
        text(row, "name"),
        _minutes(row.get("responsetime"), row.get("responseunits"), "response_minutes"),
        _minutes(row.get("fixtime"), row.get("fixunits"), "fix_minutes"),
    )


def is_pausing(status: Mapping[str, Any]) -> bool:
    """Whether the clock of a service level stands in this status.

    Halo's own word is `hold`, of which only the first letter was seen; others are taken for running.
    """
    return plain(str(status.get("slaaction") or ""))[:1] == "h"


def is_other_use(word: Any) -> bool:
    """Whether a ticket type, or a ticket, is used for projects or opportunities.

    Halo's own filter calls them `prjs` and `opps`, beside `reqs`; other words are taken for tickets.
    """
    return plain(str(word or "")).startswith(("prj", "proj", "opp"))


def _read(session: Session) -> Lookups:
    statuses = _rows(whole(session, "/Status", "statuses", {"showall": True}, right=RIGHT))
    types = _rows(whole(session, "/TicketType", "tickettypes", {"showall": True}, right=RIGHT))
    priorities = _rows(whole(session, "/Priority", "priorities", {}, right=RIGHT, identify=_guid))
    return Lookups(
        statuses=_names(statuses),
        pausing=frozenset(str(row["name"]) for row in statuses if is_pausing(row) and text(row, "name")),
        types=_names(types),
        others=frozenset(_names(row for row in types if is_other_use(row.get("use")))),
        promises={key: promise_of(row) for row in priorities if (key := _key(row)) is not None},
    )


def _rows(pages: Iterable[Page]) -> list[Mapping[str, Any]]:
    return [row for page in pages for row in objects(page.payloads)]


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        number, name = if_readable(partial(number_of, row)), text(row, "name")
        if number is not None and name is not None:
            found[number] = name
    return found


def _key(row: Mapping[str, Any]) -> tuple[str, str] | None:
    level = if_readable(lambda: reference(row.get("slaid"), field="slaid"))
    priority = if_readable(lambda: reference(row.get("priorityid"), field="priorityid"))
    return None if level is None or priority is None else (level, priority)


def _guid(row: Any) -> str:
    return f"{row.get('slaid')}:{row.get('priorityid')}:{row.get('id')}"


def _minutes(value: Any, unit: Any, field: str) -> int | None:
    known = UNITS.get(plain(str(unit or ""))[:1])
    if known is None or value is None:
        return None
    # A promise that nobody can read is none; the ticket is worth more than it.
    found = if_readable(lambda: minutes(value, field=field, unit="hours" if known == "hours" else "minutes"))
    return found or None
