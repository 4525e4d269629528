"""Nights with the simulated ConnectWise: what they cost, and what is left in the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from phasewise.config.settings import ConnectionSettings, MspSettings, Settings, StoreSettings
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.connectwise import CONNECTOR
from phasewise.model.records.billing import Invoice, Payment
from phasewise.model.records.tickets import Ticket
from phasewise.sandbox.serving import SandboxServer
from phasewise.sandbox.small_world import records as small_world
from phasewise.sandbox.small_world.tickets import one, promises, time_entries
from phasewise.sandbox.vendors.connectwise import SIMULATOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import remap_msp, sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.clock import FakeClock
from phasewise.testing.stored import stored_rows

WITH_SLA_AND_TIME = frozenset({"tickets", "time_entries"})


class Nights:
    """A simulated vendor, a store, and a sync in one line."""

    def __init__(self, store: Store, server: SandboxServer, clock: FakeClock) -> None:
        self.store, self.server, self.clock = store, server, clock
        validated = CONNECTOR.settings.model_validate(server.settings())
        one_ = ConnectionSettings(msp="acme", connector="connectwise", settings=validated)
        self.settings = Settings(
            path=Path("phasewise.toml"),
            store=StoreSettings(url=store.url),
            msps={"acme": MspSettings(name="Acme", zone="Europe/Madrid", currency="EUR")},
            connections={"psa": one_},
        )

    def sync(self, *streams: str, **options: Any) -> Any:
        self.clock.sleep(86_400)
        with timing(self.clock.timing()):
            return sync_msp(
                self.store, self.settings, "acme", SyncOptions(streams=frozenset(streams), **options),
                clock=self._look, progress=lambda _: None, find=lambda _: CONNECTOR,
            )  # fmt: skip

    def remap(self) -> Any:
        return remap_msp(
            self.store, self.settings, "acme",
            clock=self._look, progress=lambda _: None, find=lambda _: CONNECTOR,
        )  # fmt: skip

    def rows(self, table: str) -> list[Any]:
        return list(stored_rows(self.store.msp("acme")).get(table, ()))

    def _look(self) -> Any:
        self.clock.sleep(1)
        return self.clock.now()


@pytest.fixture
def nights(sqlite_store: Store) -> Iterator[Nights]:
    clock = FakeClock()
    with SandboxServer(SIMULATOR, list(small_world()), now=clock.now) as server:
        yield Nights(sqlite_store, server, clock)


def with_changed(held: Sequence[Any], numbers: range, clock: FakeClock) -> list[Any]:
    """The same records, with these tickets and their time changed just now (new ones among them)."""
    at = clock.now() - timedelta(hours=3)
    ids = {str(number) for number in numbers}
    rest = [
        r
        for r in held
        if getattr(r, "ticket", None) not in ids and not (isinstance(r, Ticket) and r.id in ids)
    ]
    for number in numbers:
        ticket = replace(one(number), updated_at=at)
        worked = [replace(entry, updated_at=at) for entry in time_entries(ticket)]
        rest += [ticket, *promises(ticket), *worked]
    return rest


def test_a_night_of_300_changed_tickets_with_time_and_sla_takes_at_most_30_requests(nights: Nights) -> None:
    held = list(small_world())
    nights.sync(*WITH_SLA_AND_TIME)
    nights.clock.sleep(86_400)
    held = with_changed(held, range(1, 301), nights.clock)
    nights.server.hold(held)
    before = len(nights.server.asked)
    done = nights.sync(*WITH_SLA_AND_TIME)
    asked = nights.server.asked[before:]
    assert done.status == "complete"
    changed = next(r for r in done.receipts if r.stream == "tickets" and r.slice == "increment")
    assert changed.rows_read >= 300
    assert len(nights.rows("tickets")) == 300
    assert len(nights.rows("sla_results")) == 600
    assert {row["vendor_outcome"] for row in nights.rows("sla_results")} >= {"met", "missed"}
    assert len(asked) <= 30, [a.path for a in asked]
    assert len(asked) <= 12  # what it takes today; more would be a step back


def test_a_payment_that_was_withdrawn_is_no_longer_there(nights: Nights) -> None:
    nights.sync("payments")
    paid = len(nights.rows("payments"))
    assert paid == 30
    at = nights.clock.now() + timedelta(hours=20)
    held = [
        replace(r, balance=r.total, updated_at=at) if isinstance(r, Invoice) and r.id in {"1", "2"} else r
        for r in small_world()
        if not (isinstance(r, Payment) and r.invoice in {"1", "2"})
    ]
    nights.server.hold(held)
    assert nights.sync("payments").status == "complete"
    left = {row["invoice"] for row in nights.rows("payments")}
    assert left == {str(number) for number in range(3, 31)}
    assert nights.remap().status == "complete"
    assert {row["invoice"] for row in nights.rows("payments")} == left


def test_a_trail_that_reads_otherwise_the_next_time_is_replaced(nights: Nights) -> None:
    nights.sync("ticket_history")
    before = [row["id"] for row in nights.rows("ticket_events") if row["ticket"] == "4"]
    assert len(before) == 3
    at = nights.clock.now() + timedelta(hours=20)
    rows = nights.server.memory.rows
    rows["audits"] = [row for row in rows["audits"] if not (row["ticket"] == 4 and "Closed" in row["text"])]
    for ticket in rows["/service/tickets"]:
        if ticket["id"] == 4:
            ticket["_info"] = {**ticket["_info"], "lastUpdated": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    assert nights.sync("ticket_history").status == "complete"
    after = [row["id"] for row in nights.rows("ticket_events") if row["ticket"] == "4"]
    assert len(after) == 2
    assert set(after) < set(before)


def test_the_history_asks_for_changed_tickets_alone(nights: Nights) -> None:
    nights.sync("ticket_history")
    nights.clock.sleep(86_400)
    nights.server.hold(with_changed(list(small_world()), range(1, 4), nights.clock))
    before = len(nights.server.asked)
    nights.sync("ticket_history")
    trails = [a.query["id"] for a in nights.server.asked[before:] if a.path.endswith("/audittrail")]
    assert sorted(trails) == ["1", "2", "3"]


def test_the_newest_trails_are_read_first(nights: Nights) -> None:
    nights.sync("ticket_history")
    changed = {t["id"]: t["_info"]["lastUpdated"][:10] for t in nights.server.memory.rows["/service/tickets"]}
    read = [changed[int(a.query["id"])] for a in nights.server.asked if a.path.endswith("/audittrail")]
    # Windows of a week run side by side, so that neighbours may pass each other.
    assert min(read[:20]) > max(read[-20:])
