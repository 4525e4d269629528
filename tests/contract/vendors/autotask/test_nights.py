"""Nights against the simulated Autotask: how many requests they take, and what ends how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from phasewise.config.settings import ConnectionSettings, MspSettings, Settings, StoreSettings
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.autotask import CONNECTOR
from phasewise.sandbox.serving import SandboxServer
from phasewise.sandbox.small_world import records as small_world
from phasewise.sandbox.small_world.tickets import one, promises, time_entries
from phasewise.sandbox.vendors.autotask import SIMULATOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.clock import FakeClock
from phasewise.testing.world import Asked, Reply

CHANGED = 300


@dataclass(frozen=True)
class Desk:
    """The simulated vendor, and a store to sync into."""

    server: SandboxServer
    store: Store
    clock: FakeClock

    def sync(self, *streams: str, **settings: Any) -> Any:
        validated = CONNECTOR.settings.model_validate({**self.server.settings(), **settings})
        written = Settings(
            path=Path("phasewise.toml"),
            store=StoreSettings(url=self.store.url),
            msps={"acme": MspSettings(name="Acme", zone="Europe/Madrid", currency="EUR")},
            connections={"psa": ConnectionSettings(msp="acme", connector="autotask", settings=validated)},
        )
        with timing(self.clock.timing()):
            return sync_msp(
                self.store,
                written,
                "acme",
                SyncOptions(streams=frozenset(streams)),
                clock=self._look,
                progress=lambda _: None,
                find=lambda _: CONNECTOR,
            )

    def _look(self) -> Any:
        self.clock.sleep(1)
        return self.clock.now()


@contextmanager
def desk(
    store: Store, held: Sequence[Any], *, spoil: Callable[[Asked], Reply | None] | None = None
) -> Iterator[Desk]:
    """Every request is offered to `spoil` first; what it leaves is the simulated vendor's."""
    clock = FakeClock()

    def answer(memory: Any, asked: Asked, now: Any) -> Reply:
        spoilt = None if spoil is None else spoil(asked)
        return SIMULATOR.answer(memory, asked, now) if spoilt is None else spoilt

    with SandboxServer(replace(SIMULATOR, answer=answer), held, now=clock.now) as server:
        yield Desk(server, store, clock)


def tickets_changed_at(moment: Any) -> list[Any]:
    """So many tickets with their promises and the time worked on them, all changed in the last night."""
    found: list[Any] = []
    for number in range(1001, 1001 + CHANGED):
        ticket = replace(one(number), opened_at=moment, first_response_at=moment, resolved_at=None)
        ticket = replace(ticket, closed_at=None, status="in_progress", updated_at=moment)
        found += [ticket, *promises(ticket)]
        found += [replace(entry, updated_at=moment) for entry in time_entries(ticket)]
    return found


def statuses(result: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for receipt in result.receipts:
        found.setdefault(receipt.stream, set()).add(receipt.status)
    return found


def test_a_night_of_300_changed_tickets_takes_at_most_30_requests(sqlite_store: Store) -> None:
    held = list(small_world())
    with desk(sqlite_store, held) as here:
        here.sync()
        here.clock.sleep(86_400)
        here.server.hold([*held, *tickets_changed_at(here.clock.now() - timedelta(hours=2))])
        before = len(here.server.asked)
        result = here.sync("tickets", "time_entries", "clients", "technicians", "sla_policies")
        asked = here.server.asked[before:]
    assert result.status == "complete", result.receipts
    stored = Counter[str]()
    for receipt in result.receipts:
        stored.update(receipt.records)
    assert (stored["tickets"], stored["sla_results"]) == (CHANGED, 2 * CHANGED)
    assert stored["time_entries"] >= CHANGED
    assert len(asked) <= 30, Counter(a.path for a in asked)
    assert len(asked) <= 15  # what it takes today; the vendor's promise leaves room for the other streams


def test_a_whole_night_without_histories_takes_few_more(sqlite_store: Store) -> None:
    held = list(small_world())
    with desk(sqlite_store, held) as here:
        here.sync()
        here.clock.sleep(86_400)
        here.server.hold([*held, *tickets_changed_at(here.clock.now() - timedelta(hours=2))])
        before = len(here.server.asked)
        assert here.sync().status == "complete"
        asked = Counter(a.path.partition("V1.0/")[2] for a in here.server.asked[before:])
        assert max(here.server.memory.most_at_once.values()) <= 2
    histories = asked.pop("TicketHistory/query")
    assert histories == CHANGED
    assert sum(asked.values()) <= 60, asked


def test_histories_take_a_quarter_of_the_hour_and_are_done_all_the_same(sqlite_store: Store) -> None:
    """400 requests an hour: a hundred of them for histories, which then take three hours."""
    with desk(sqlite_store, list(small_world())) as here:
        began = here.clock.monotonic()
        result = here.sync("ticket_history", requests_an_hour=400)
        waited = here.clock.monotonic() - began
        histories = sum(a.path.endswith("TicketHistory/query") for a in here.server.asked)
    assert result.status == "complete"
    # Some change in two weeks, by their two times of change, and come in both windows.
    assert 200 <= histories <= 240
    assert 2 * 3600 <= waited <= 4 * 3600


def test_an_hour_that_others_have_used_up_ends_as_later_and_harms_nothing(sqlite_store: Store) -> None:
    full = Reply({"errors": ["The request threshold of this database has been exceeded."]}, 429)
    is_full: list[bool] = []
    with desk(sqlite_store, list(small_world()), spoil=lambda _: full if is_full else None) as here:
        assert here.sync("tickets").status == "complete"
        is_full.append(True)
        here.clock.sleep(86_400)
        assert statuses(here.sync("tickets")) == {"tickets": {"later"}}
        is_full.clear()
        assert here.sync("tickets").status == "complete"


@pytest.mark.parametrize("entity", ["Tickets", "Contracts", "BillingItems", "TicketHistory"])
def test_a_right_that_is_missing_skips_its_streams_and_the_others_go_on(
    sqlite_store: Store, entity: str
) -> None:
    denied = Reply({"errors": ["The logged in Resource does not have the adequate permissions."]}, 500)
    needed = {
        "Tickets": {"tickets", "ticket_history"},
        "Contracts": {"agreements"},
        "BillingItems": {"invoice_lines"},
        "TicketHistory": {"ticket_history"},
    }[entity]

    def spoil(asked: Asked) -> Reply | None:
        return denied if asked.path.endswith(f"/{entity}/query") else None

    with desk(sqlite_store, list(small_world()), spoil=spoil) as here:
        found = statuses(here.sync())
    assert {stream for stream, ended in found.items() if "skipped" in ended} == needed
    assert all(ended == {"complete"} for stream, ended in found.items() if stream not in needed)


def test_a_history_of_an_unknown_form_is_rejected_and_counted(sqlite_store: Store) -> None:
    with desk(sqlite_store, list(small_world())) as here:
        for row in here.server.memory.rows["TicketHistory"][:3]:
            row["detail"] = "Status;New;Complete"
        result = here.sync("ticket_history")
    assert sum(r.rejected for r in result.receipts) == len(
        {row["ticketID"] for row in here.server.memory.rows["TicketHistory"][:3]}
    )
    reasons = Counter[str]()
    for receipt in result.receipts:
        reasons.update(receipt.reasons)
    assert set(reasons) == {"unknown_history"}


def test_a_field_that_is_gone_stops_its_stream_and_says_which(sqlite_store: Store) -> None:
    with desk(sqlite_store, list(small_world())) as here:
        for row in here.server.memory.rows["Opportunities"]:
            del row["stage"]
        result = here.sync("opportunities", "projects")
    assert statuses(result) == {"opportunities": {"failed"}, "projects": {"complete"}}
    message = next(r.message for r in result.receipts if r.stream == "opportunities")
    assert "Unable to find stage in the Opportunities Entity" in str(message)
