"""The simulated Datto RMM on this machine with rows of a test's own, and what the connector makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import CheckResult, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.datto_rmm import CONNECTOR
from phasewise.sandbox.simulator import Memory
from phasewise.sandbox.vendors.datto_rmm.answers import API_KEY, API_SECRET, answer
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.faults import Fault
from phasewise.testing.world import Asked, Reply, World

ALL = Slice("all")
Instead = Callable[[Asked], Reply | None]
"""Answers in place of the simulated vendor; None for its own answer."""


def pseudonym(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Desk:
    """An opened connector.

    Attributes:
        memory: what the vendor holds.
        settings: of the connection, validated.
        client: the opened client.
        server: who is asked.
        known: payloads that count as stored, by id.
    """

    memory: Memory
    settings: Any
    client: Any
    server: FaultServer
    known: dict[str, Any] = field(default_factory=dict)

    def stream(self, name: str) -> Stream:
        return next(s for s in CONNECTOR.streams(self.settings) if s.name == name)

    def pages(self, stream: str, slice_: Slice = ALL) -> list[Page]:
        context = FetchContext(
            self.context, previous=lambda ids: {i: self.known[i] for i in ids if i in self.known}
        )
        return list(self.stream(stream).pages(self.client, slice_, context))

    def payloads(self, stream: str, slice_: Slice = ALL) -> dict[str, Any]:
        """Payloads by id; of several the last. They count as stored from now on."""
        identify = self.stream(stream).identify
        found = {identify(p): p for page in self.pages(stream, slice_) for p in page.payloads}
        self.known |= found
        return found

    def records(self, stream: str, slice_: Slice = ALL) -> list[Any]:
        """The records of every payload."""
        made = self.stream(stream).records
        return [
            record
            for payload in self.payloads(stream, slice_).values()
            for record in made(payload, self.context)
        ]

    def check(self) -> CheckResult:
        return CONNECTOR.check(self.client, self.settings)

    @property
    def context(self) -> RecordContext:
        return RecordContext(self.settings, ZoneInfo("Asia/Tokyo"), pseudonym)

    def asked(self, path: str) -> Sequence[Asked]:
        return [a for a in self.server.asked if a.path == path]


@contextmanager
def desk(
    *faults: Fault, rows: dict[str, list[Any]] | None = None, instead: Instead | None = None, **settings: Any
) -> Iterator[Desk]:
    """A connector at a simulated Datto RMM, on a clock whose waits take no time."""
    clock, memory = FakeClock(), Memory(rows=rows or {})

    def answered(asked: Asked) -> Reply | None:
        other = None if instead is None else instead(asked)
        return other or answer(memory, asked, clock.now())

    keys = {"api_key": API_KEY, "api_secret": API_SECRET}
    with FaultServer(World((), other=answered), faults=faults, now=clock.now) as server:
        validated = CONNECTOR.settings.model_validate({"base_url": server.url, **keys, **settings})
        with timing(clock.timing()), CONNECTOR.open(validated) as client:
            yield Desk(memory, validated, client, server)


def only(records: Sequence[Any], table: str) -> Any:
    """The one record of a table."""
    found = [record for record in records if type(record).__record__.table == table]
    assert len(found) == 1, f"{len(found)} {table}: {found}"
    return found[0]
