"""The register as it was known at an instant: what has one name and target is one automation, in waves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from phasewise.analyzer.indicator import Row
from phasewise.analyzer.scope import Clause
from phasewise.config.msps import TARGET_COLUMNS

FINEST = ("subcategory", "category", "queue", "type", "source", "priority")
"""Columns by which the tickets beside a target are told apart, the finest that the target names."""

Targets = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Wave:
    """From when an automation ran for some clients.

    Attributes:
        clients: ids or names; None = all.
        went_live_at: epoch seconds; None = not by the instant.
        ended_at: epoch seconds; None = not by the instant.
        is_retrospective: registered after it went live, or after the instant.
    """

    clients: frozenset[str] | None
    went_live_at: int | None
    ended_at: int | None
    is_retrospective: bool


@dataclass(frozen=True)
class Registered:
    """One automation.

    Attributes:
        name: what people call it.
        targets: column of tickets → values; all must hold.
        waves: from when it ran, and for whom.
    """

    name: str
    targets: Targets
    waves: tuple[Wave, ...]

    @property
    def column(self) -> str:
        """The column that tells sibling categories apart."""
        named = {column for column, _ in self.targets}
        return next(column for column in FINEST if column in named)

    @property
    def is_retrospective(self) -> bool:
        """One of its waves was registered after it went live."""
        return any(wave.is_retrospective for wave in self.waves)

    @property
    def went_live_at(self) -> int | None:
        """The first go-live; None = none by the instant."""
        return min((w.went_live_at for w in self.waves if w.went_live_at is not None), default=None)

    @property
    def ended_at(self) -> int | None:
        """When the first wave ended; None = none did."""
        return min((w.ended_at for w in self.waves if w.ended_at is not None), default=None)

    def live_for(self, client: str, name: str) -> int | None:
        """From when it ran for a client, epoch seconds; None = never by the instant."""
        found = [
            wave.went_live_at
            for wave in self.waves
            if wave.went_live_at is not None
            and (wave.clients is None or client in wave.clients or name in wave.clients)
        ]
        return min(found, default=None)


def targets_of(rows: Iterable[Row]) -> list[tuple[str, Targets]]:
    """Name and target of every automation in the register, sorted; without those that no ticket can match."""
    found = {
        (str(row["name"]), targets) for row in rows if (targets := _targets(row["targets"])) and row["name"]
    }
    return sorted(found)


def registered(rows: Iterable[Row], instant: int) -> list[Registered]:
    """The automations in the register as they were known at an instant, in the order of `targets_of`.

    Args:
        rows: of frame `automations`.
        instant: epoch seconds; what is later is not known.
    """
    known = [row for row in rows if row["gone_at"] is None or int(row["gone_at"]) > instant]
    found = []
    for name, targets in targets_of(known):
        own = [r for r in known if r["name"] == name and _targets(r["targets"]) == targets]
        found.append(Registered(name, targets, tuple(_wave(row, instant) for row in own)))
    return found


def _wave(row: Row, instant: int) -> Wave:
    def known(field: str) -> int | None:
        value = row[field]
        return int(value) if value is not None and int(value) <= instant else None

    live, said = known("went_live_at"), known("registered_at")
    listed = json.loads(str(row["clients"])) if row["clients"] is not None else None
    return Wave(
        clients=None if listed is None else frozenset(str(client) for client in listed),
        went_live_at=live,
        ended_at=known("ended_at"),
        is_retrospective=live is not None and (said is None or said > live),
    )


def _targets(text: int | str | None) -> Targets:
    """The predicate, with what is no column of tickets left out: empty = none."""
    written = json.loads(str(text)) if text is not None else {}
    if not isinstance(written, Mapping) or not written or not set(written) <= set(TARGET_COLUMNS):
        return ()
    return tuple(
        (column, tuple(sorted([values] if isinstance(values, str) else map(str, values))))
        for column, values in sorted(written.items())
    )


def predicate(targets: Targets, prefix: str) -> Clause:
    """SQL that says of a ticket `t` whether it is in the target: 1 or 0."""
    parameters: dict[str, int | str] = {}
    parts = []
    for number, (column, values) in enumerate(targets):
        names = {f"{prefix}_{number}_{i}": value for i, value in enumerate(values)}
        parameters |= names
        parts.append(f"t.{column} IN ({', '.join(f':{name}' for name in names)})")
    return Clause(f"CASE WHEN {' AND '.join(parts)} THEN 1 ELSE 0 END", parameters)
