"""The contract suite, second part: a connector, the sync engine and a real store together.

    from phasewise.sync.engine import sync_msp
    from phasewise.sync.options import SyncOptions
    from phasewise.testing.sync_contract import Bench, sync_promises_of

    @pytest.mark.parametrize("promise", sync_promises_of(Bench(SUBJECT, sync_msp, SyncOptions)))
    def test_a_sync_keeps_its_promises(promise, store):      # store: any empty, opened store
        promise(store)

The engine is handed in, as this package stands beside it and not above it.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from phasewise.config.settings import ConnectionSettings, MspSettings, Settings, StoreSettings
from phasewise.connectors.base import Stream
from phasewise.connectors.timing import timing
from phasewise.storage.engine import Store
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.faults import Fault
from phasewise.testing.folder import Folder
from phasewise.testing.subject import ITEMS, Subject


@dataclass(frozen=True, slots=True)
class Bench:
    """What a promise about a sync is tried on.

    Attributes:
        subject: the connector and its vendor.
        sync: `phasewise.sync.engine.sync_msp`.
        options: `phasewise.sync.options.SyncOptions`.
    """

    subject: Subject
    sync: Callable[..., Any]
    options: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Vendor:
    """A server with its clock, and a sync from it in one line."""

    bench: Bench
    server: FaultServer | Folder
    clock: FakeClock

    def sync(
        self,
        store: Store,
        msp_id: str = "acme",
        *,
        told: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> Any:
        """Sync one MSP; returns the engine's `SyncResult`. Every look at the clock takes it a second on."""
        subject = self.bench.subject
        one = ConnectionSettings(
            msp=msp_id, connector=subject.connector.name, settings=subject.validated(self.server.url)
        )
        settings = Settings(
            path=Path("phasewise.toml"),
            store=StoreSettings(url=store.url),
            msps={msp_id: MspSettings(name=msp_id, zone=subject.zone, currency="EUR")},
            connections={"vendor": one},
        )
        with timing(self.clock.timing()):
            return self.bench.sync(
                store,
                settings,
                msp_id,
                self.bench.options(**options),
                clock=self._look,
                progress=told or _nobody,
                find=lambda _: subject.connector,
            )

    def streams(self) -> Sequence[Stream]:
        """The streams there are collections for."""
        return self.bench.subject.streams()

    def _look(self) -> datetime:
        self.clock.sleep(1)
        return self.clock.now()


@contextmanager
def vendor(bench: Bench, *faults: Fault, items: int = ITEMS) -> Iterator[Vendor]:
    """A vendor on this machine, misbehaving as told."""
    clock = FakeClock()
    with bench.subject.source(faults, items, clock) as server:
        yield Vendor(bench, server, clock)


def sync_promises_of(bench: Bench) -> list[Any]:
    """Parameters for pytest: one for each promise, to be called with a store."""
    module = importlib.import_module("phasewise.testing.sync_promises")
    found = {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    params = []
    for name, promise in found.items():
        reason = bench.subject.not_promised.get(name)
        marks = (
            [] if reason is None else [pytest.mark.skip(reason=f"{bench.subject.connector.title}: {reason}")]
        )
        params.append(pytest.param(partial(promise, bench), id=name, marks=marks))
    return params


def _nobody(progress: Any) -> None:
    """Nobody is told."""
