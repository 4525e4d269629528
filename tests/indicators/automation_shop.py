"""An invented shop whose automation does what we say it does, written as a sync writes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from phasewise.model.records.automation import AutomationRun, Device
from phasewise.model.records.people import Client
from phasewise.model.records.tickets import Ticket
from phasewise.storage.automations import BY_PEOPLE, Registration, register_automations
from phasewise.storage.engine import MspStore
from tests.indicators.facts import LAST_WEEK
from tests.indicators.stores import EVERYTHING, fill

PROVIDES = EVERYTHING | {
    *(f"devices.{name}" for name in ("client", "installed_at", "is_managed")),
    *(f"automation_runs.{name}" for name in ("device", "started_at", "outcome")),
    *(f"alerts.{name}" for name in ("raised_at", "resolved_by")),
}
OTHERS = ("Printers", "Passwords", "Mail", "Network")


def monday(weeks_ago: int) -> datetime:
    """Noon of the Monday of a week, the latest whole one is 0."""
    day = LAST_WEEK - timedelta(weeks=weeks_ago)
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def open_shop(
    scope: MspStore,
    *,
    weeks: int = 104,
    live_weeks: int = 26,
    targeted: float = 20.0,
    left: float = 0.3,
    weekly_others: float = 1.25,
    clients: int = 12,
    live_clients: Sequence[int] | None = None,
    endpoints: int = 40,
    with_run: int = 36,
    registered: datetime | None = None,
    register: bool = True,
    seed: int = 1,
) -> None:
    """Fill a store.

    Args:
        scope: the store.
        weeks: of tickets.
        live_weeks: since when the automation runs.
        targeted: disk-space tickets a week before it.
        left: share of them that is left since.
        weekly_others: tickets of each other category per targeted one.
        clients: how many.
        live_clients: for whom it runs; None = all.
        endpoints: devices.
        with_run: of them with a run in the latest 30 days.
        registered: when; None = a week before the go-live.
        register: it is registered at all.
        seed: of the counts.
    """
    rng = np.random.default_rng(seed)
    mine = range(clients) if live_clients is None else live_clients
    tickets: list[Ticket] = []
    for ago in range(weeks):
        for client in range(clients):
            live = ago < live_weeks and client in mine
            counts = {"Disk space": targeted / clients * (left if live else 1.0)}
            counts |= dict.fromkeys(OTHERS, weekly_others * targeted / clients)
            for category, mean in counts.items():
                tickets += [
                    _ticket(f"{ago}-{client}-{category}-{n}", ago, n, client, category)
                    for n in range(rng.poisson(mean))
                ]
    devices = [
        Device(id=f"D{n}", client=f"C{n % clients}", installed_at=monday(weeks), is_managed=True)
        for n in range(endpoints)
    ]
    runs = [
        AutomationRun(
            id=f"R{n}", device=f"D{n}", automation="Clean", started_at=monday(1), outcome="succeeded"
        )
        for n in range(with_run)
    ]
    people = [Client(id=f"C{n}", name=f"Client {n}") for n in range(clients)]
    fill(scope, [*tickets, *devices, *runs, *people], provides=PROVIDES)
    if register:
        go_live = monday(live_weeks - 1) - timedelta(hours=14)
        one = Registration(
            name="Clean full disks",
            targets={"category": ["Disk space"]},
            clients=None if live_clients is None else [f"Client {n}" for n in live_clients],
            went_live_at=go_live,
            ended_at=None,
            registered_by="Ada",
        )
        at = registered or go_live - timedelta(days=7)
        register_automations(scope, BY_PEOPLE, [one], now=at, whole=False)


def _ticket(key: str, ago: int, n: int, client: int, category: str) -> Ticket:
    fields: dict[str, Any] = {"client": f"C{client}", "category": category, "type": "incident"}
    return Ticket(id=key, opened_at=monday(ago) + timedelta(minutes=n), status="closed", **fields)
