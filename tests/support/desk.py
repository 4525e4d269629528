"""A simulated vendor on this machine with rows of a test's own, and what its connector makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import CheckResult, Connector, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.sandbox.simulator import Memory
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
        connector: the connector.
        memory: what the vendor holds.
        settings: of the connection, validated.
        client: the opened client.
        server: who is asked.
        known: payloads that count as stored, by id.
    """

    connector: Connector
    memory: Memory
    settings: Any
    client: Any
    server: FaultServer
    known: dict[str, Any] = field(default_factory=dict)

    def stream(self, name: str) -> Stream:
        return next(s for s in self.connector.streams(self.settings) if s.name == name)

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
        return self.connector.check(self.client, self.settings)

    @property
    def context(self) -> RecordContext:
        return RecordContext(self.settings, ZoneInfo("Asia/Tokyo"), pseudonym)

    def asked(self, path: str) -> Sequence[Asked]:
        return [a for a in self.server.asked if a.path == path]


@contextmanager
def opened(
    connector: Connector,
    answer: Callable[[Memory, Asked, datetime], Reply],
    settings: Mapping[str, Any],
    *faults: Fault,
    rows: dict[str, list[Any]] | None = None,
    instead: Instead | None = None,
) -> Iterator[Desk]:
    """A connector at its simulated vendor, on a clock whose waits take no time.

    Args:
        connector: the connector.
        answer: the simulated vendor.
        settings: of the connection, without the address.
        faults: how the vendor misbehaves.
        rows: what it holds, in its own form.
        instead: answers in its place.
    """
    clock, memory = FakeClock(), Memory(rows=rows or {})

    def answered(asked: Asked) -> Reply | None:
        other = None if instead is None else instead(asked)
        return other or answer(memory, asked, clock.now())

    with FaultServer(World((), other=answered), faults=faults, now=clock.now) as server:
        validated = connector.settings.model_validate({"base_url": server.url, **settings})
        with timing(clock.timing()), connector.open(validated) as client:
            yield Desk(connector, memory, validated, client, server)


def only(records: Sequence[Any], table: str) -> Any:
    """The one record of a table."""
    found = [record for record in records if type(record).__record__.table == table]
    assert len(found) == 1, f"{len(found)} {table}: {found}"
    return found[0]
