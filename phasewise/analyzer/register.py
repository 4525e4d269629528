"""The register of automations: what is in it, and what the tools have run that is not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.types import from_epoch

RUNS = """
SELECT r.automation, min(r.started_at) AS first_at, max(r.started_at) AS latest_at, count(*) AS runs,
  count(DISTINCT r.device) AS devices, count(DISTINCT COALESCE(r.client, d.client)) AS clients,
  sum(CASE WHEN r.outcome = 'succeeded' THEN 1 ELSE 0 END) AS succeeded
FROM automation_runs r
LEFT JOIN devices d ON d.msp_id = r.msp_id AND d.connection_id = r.connection_id AND d.id = r.device
WHERE r.msp_id = :msp_id AND r.automation IS NOT NULL AND r.started_at IS NOT NULL AND r.gone_at IS NULL
GROUP BY r.automation
"""

REGISTERED = """
SELECT connection_id, id, name, targets, clients, went_live_at, ended_at, registered_at, registered_by,
  gone_at
FROM automations
WHERE msp_id = :msp_id
"""


@dataclass(frozen=True)
class Suggestion:
    """An automation that the tools have run and nobody has registered.

    Attributes:
        name: as the tool calls it.
        first_on, latest_on: local dates of its first and latest run.
        runs, succeeded: how many.
        devices, clients: its reach so far.
    """

    name: str
    first_on: date
    latest_on: date
    runs: int
    succeeded: int
    devices: int
    clients: int


def suggestions(scope: MspStore, zone: ZoneInfo) -> list[Suggestion]:
    """What the tools have run and nobody has registered by that name, those on most devices first.

    The first run is where to look for a go-live, and no more: a script may have been tried for months.
    """
    known = {str(one["name"]) for one in register(scope, zone) if one["withdrawn_on"] is None}
    found = [
        Suggestion(
            name=str(row["automation"]),
            first_on=_local(row["first_at"], zone),
            latest_on=_local(row["latest_at"], zone),
            runs=int(row["runs"]),
            succeeded=int(row["succeeded"]),
            devices=int(row["devices"]),
            clients=int(row["clients"]),
        )
        for row in read_frame(scope, RUNS)
        if str(row["automation"]) not in known
    ]
    return sorted(found, key=lambda one: (-one.devices, one.name))


def register(scope: MspStore, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The register, by name and go-live: dates are local, `is_retrospective` says that it came too late."""
    found = []
    for row in read_frame(scope, REGISTERED):
        live, said = row["went_live_at"], row["registered_at"]
        found.append(
            {
                "id": row["id"],
                "name": row["name"],
                "targets": json.loads(row["targets"]) if row["targets"] else {},
                "clients": json.loads(row["clients"]) if row["clients"] else "all",
                "went_live_on": _shown(live, zone),
                # Ends are midnights after the last day.
                "ended_on": _shown(None if row["ended_at"] is None else row["ended_at"] - 1, zone),
                "registered_on": _shown(said, zone),
                "registered_by": row["registered_by"],
                "source": row["connection_id"],
                "is_retrospective": live is not None and (said is None or said > live),
                "withdrawn_on": _shown(row["gone_at"], zone),
            }
        )
    return sorted(found, key=lambda one: (str(one["name"]), str(one["went_live_on"]), str(one["id"])))


def _local(seconds: int, zone: ZoneInfo) -> date:
    return from_epoch(seconds).astimezone(zone).date()


def _shown(seconds: int | None, zone: ZoneInfo) -> str | None:
    return None if seconds is None else _local(seconds, zone).isoformat()
