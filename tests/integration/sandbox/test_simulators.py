"""Each simulated vendor and its connector: what is stored is what the vendor holds, at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from phasewise.config.settings import ConnectionSettings, MspSettings, Settings, StoreSettings
from phasewise.connectors import connector
from phasewise.connectors.timing import timing
from phasewise.model.records.tickets import Ticket
from phasewise.sandbox import simulators
from phasewise.sandbox.serving import SandboxServer
from phasewise.sandbox.simulator import Simulator
from phasewise.sandbox.small_world import records as small_world
from phasewise.sandbox.small_world.tickets import events, one, promises, time_entries
from phasewise.sandbox.truth import differences
from phasewise.storage.engine import MspStore, Store
from phasewise.storage.msps import register_msp
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.clock import FakeClock
from tests.conftest import NOW

ZONE = "Europe/Madrid"


@dataclass(frozen=True)
class Night:
    """A connector, its simulated vendor and a store."""

    simulator: Simulator
    server: SandboxServer
    store: Store
    scope: MspStore
    clock: FakeClock

    def sync(self, **options: Any) -> Any:
        source = connector(self.simulator.name)
        settings = Settings(
            path=Path("phasewise.toml"),
            store=StoreSettings(url=self.store.url),
            msps={"acme": MspSettings(name="Acme", zone=ZONE, currency="EUR")},
            connections={
                "vendor": ConnectionSettings(
                    msp="acme",
                    connector=source.name,
                    settings=source.settings.model_validate(self.server.settings()),
                )
            },
        )
        with timing(self.clock.timing()):
            return sync_msp(
                self.store,
                settings,
                "acme",
                SyncOptions(**options),
                clock=self._look,
                progress=lambda _: None,
                find=lambda _: source,
            )

    def differences(self, held: Sequence[Any]) -> list[str]:
        source = connector(self.simulator.name)
        settings = source.settings.model_validate(self.server.settings())
        provides = frozenset().union(*(stream.provides for stream in source.streams(settings)))
        return differences(self.scope, provides, self.simulator.truth(held))

    def _look(self) -> Any:
        self.clock.sleep(1)
        return self.clock.now()


@pytest.fixture(params=sorted(simulators()))
def night(request: pytest.FixtureRequest, either_store: Store) -> Iterator[Night]:
    simulator = simulators()[request.param]
    clock = FakeClock()
    scope = register_msp(either_store, msp_id="acme", name="Acme", zone=ZONE, currency="EUR", now=NOW)
    with SandboxServer(simulator, list(small_world()), now=clock.now) as server:
        yield Night(simulator, server, either_store, scope, clock)


def changed(held: Sequence[Any], edit: Callable[[Ticket], Ticket], numbers: range) -> list[Any]:
    """The same records with some tickets edited, and all that hangs on them told anew."""
    ids = {str(number) for number in numbers}
    rest = [r for r in held if getattr(r, "ticket", None) not in ids or not _hangs_on_a_ticket(r)]
    edited = [edit(r) if isinstance(r, Ticket) and r.id in ids else r for r in rest]
    told = [t for r in edited if isinstance(r, Ticket) and r.id in ids for t in _with_all(r)]
    return edited + told


def _with_all(ticket: Ticket) -> list[Any]:
    return [*events(ticket), *promises(ticket), *time_entries(ticket)]


def _hangs_on_a_ticket(record: Any) -> bool:
    return record.__record__.table in {"ticket_events", "sla_results", "time_entries"}


def test_a_first_sync_stores_exactly_what_the_vendor_holds(night: Night) -> None:
    done = night.sync()
    assert done.status == "complete", [(r.stream, r.slice, r.status, r.message) for r in done.receipts]
    assert night.differences(list(small_world()))[:10] == []


def test_the_next_nights_find_what_changed_what_is_new_and_what_was_deleted(night: Night) -> None:
    held = list(small_world())
    night.sync()
    night.clock.sleep(86_400)
    moment = night.clock.now() - timedelta(hours=2)

    def resolve(ticket: Ticket) -> Ticket:
        return replace(
            ticket, status="resolved", status_raw="resolved", resolved_at=moment, updated_at=moment
        )

    held = changed(held, resolve, range(180, 201, 10))
    new = replace(one(201), opened_at=moment, first_response_at=moment, resolved_at=None, closed_at=None)
    new = replace(new, status="in_progress", status_raw="in_progress", updated_at=moment)
    held += [new, *_with_all(new)]
    night.server.hold(held)
    done = night.sync()
    assert done.status == "complete", [(r.stream, r.slice, r.status, r.message) for r in done.receipts]
    assert night.differences(held)[:10] == []

    night.clock.sleep(86_400)
    deleted = {"10", "11"}
    held = [
        r
        for r in held
        if not (isinstance(r, Ticket) and r.id in deleted)
        and not (_hangs_on_a_ticket(r) and r.ticket in deleted)
    ]
    night.server.hold(held)
    done = night.sync(reconcile=True)
    assert done.status == "complete", [(r.stream, r.slice, r.status, r.message) for r in done.receipts]
    assert night.differences(held)[:10] == []
