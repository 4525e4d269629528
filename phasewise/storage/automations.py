"""The register of automations: what people say an automation is for, fixed when it is said.

A registration is a row of `automations` that came by no source: its connection says who speaks, the settings
or a person. What it says is never changed afterwards; another target or go-live is another registration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import RECORD_TABLES
from phasewise.storage.types import to_json

BY_SETTINGS = "(settings)"
BY_PEOPLE = "(people)"
"""Connections of registrations: no connection of a source can have such a name."""

TABLE = RECORD_TABLES["automations"]


@dataclass(frozen=True, slots=True)
class Registration:
    """What is said of an automation.

    Attributes:
        name: what people call it; those of one name and target are waves of one automation.
        targets: column of tickets → values; all columns must hold.
        clients: ids or names of the clients it runs for; None = all.
        went_live_at: from when.
        ended_at: until when; None = still.
        registered_by: who says so.
    """

    name: str
    targets: Mapping[str, Sequence[str]]
    clients: Sequence[str] | None
    went_live_at: datetime
    ended_at: datetime | None
    registered_by: str

    @property
    def key(self) -> str:
        """Its id: a hash of what it says, without when it ended and who said it."""
        targets = {column: sorted(values) for column, values in sorted(self.targets.items())}
        clients = None if self.clients is None else sorted(self.clients)
        said = to_json([self.name, targets, clients, self.went_live_at.isoformat()])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def register_automations(
    scope: MspStore, origin: str, registrations: Sequence[Registration], *, now: datetime, whole: bool
) -> int:
    """Write registrations; one that is there keeps the time of its registration.

    Args:
        scope: the MSP's store.
        origin: BY_SETTINGS or BY_PEOPLE.
        registrations: what is said.
        now: the instant; the time of registration of those that are new.
        whole: these are all of the origin: others are marked as withdrawn (`gone_at`).

    Returns:
        How many were new.
    """
    c = TABLE.c
    mine = (c.msp_id == scope.msp_id) & (c.connection_id == origin)
    by_key = {one.key: one for one in registrations}
    query = select(c.id, c.ended_at, c.gone_at).where(mine)
    with scope.read() as connection:
        known = {row.id: row for row in connection.execute(query)}
    new = [key for key in by_key if key not in known]
    changed = [
        key
        for key, one in by_key.items()
        if key in known and (known[key].ended_at != one.ended_at or known[key].gone_at is not None)
    ]
    withdrawn = [key for key, row in known.items() if whole and key not in by_key and row.gone_at is None]
    if not (new or changed or withdrawn):
        return 0
    with scope.write() as connection:
        for key in new:
            connection.execute(insert(TABLE).values(_row(scope, origin, by_key[key], now)))
        for key in changed:
            says = {"ended_at": by_key[key].ended_at, "gone_at": None, "seen_at": now}
            connection.execute(update(TABLE).where(mine, c.id == key).values(says))
        for key in withdrawn:
            connection.execute(update(TABLE).where(mine, c.id == key).values(gone_at=now))
    return len(new)


def _row(scope: MspStore, origin: str, one: Registration, now: datetime) -> dict[str, object]:
    return {
        "msp_id": scope.msp_id,
        "connection_id": origin,
        "id": one.key,
        "name": one.name,
        "targets": {column: sorted(values) for column, values in sorted(one.targets.items())},
        "clients": None if one.clients is None else sorted(one.clients),
        "went_live_at": one.went_live_at,
        "ended_at": one.ended_at,
        "registered_at": now,
        "registered_by": one.registered_by,
        "first_seen_at": now,
        "seen_at": now,
    }
