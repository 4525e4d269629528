"""A twin served on this machine, and what the connector makes of it, in one line each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import CheckResult, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.request_tracker import CONNECTOR
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.world import Asked, World
from tests.contract.vendors.request_tracker.twin import BASE, READER, Twin

TOKEN = f"1-{READER}-0123456789abcdef0123456789abcdef"
ALL = Slice("all")


def pseudonym(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Desk:
    """An opened connector at a twin.

    Attributes:
        twin: what the vendor has.
        settings: of the connection, validated.
        client: the opened client.
        server: who is asked.
        known: payloads that count as stored.
    """

    twin: Twin
    settings: Any
    client: Any
    server: FaultServer
    known: dict[str, Any] = field(default_factory=dict)

    def stream(self, name: str = "tickets") -> Stream:
        return next(s for s in CONNECTOR.streams(self.settings) if s.name == name)

    def pages(self, slice_: Slice = ALL, stream: str = "tickets") -> list[Page]:
        context = FetchContext(
            self.context, previous=lambda ids: {i: self.known[i] for i in ids if i in self.known}
        )
        return list(self.stream(stream).pages(self.client, slice_, context))

    def payloads(self, slice_: Slice = ALL, stream: str = "tickets") -> dict[str, Any]:
        """Payloads by id; of several the last."""
        return {str(p["id"]): p for page in self.pages(slice_, stream) for p in page.payloads}

    def records(self, slice_: Slice = ALL, stream: str = "tickets") -> dict[str, list[Any]]:
        """Table → records of every payload."""
        made: dict[str, list[Any]] = {}
        for payload in self.payloads(slice_, stream).values():
            for record in self.stream(stream).records(payload, self.context):
                made.setdefault(type(record).__record__.table, []).append(record)
        return made

    def check(self) -> CheckResult:
        return CONNECTOR.check(self.client, self.settings)

    @property
    def context(self) -> RecordContext:
        return RecordContext(self.settings, ZoneInfo("Asia/Tokyo"), pseudonym)

    def asked(self, path: str) -> Sequence[Asked]:
        return [a for a in self.server.asked if a.path == BASE + path]

    def queries(self, path: str) -> list[str]:
        return [a.query.get("query", "") for a in self.asked(path)]


@contextmanager
def desk(twin: Twin, **settings: Any) -> Iterator[Desk]:
    """A connector at a twin, on a clock whose waits take no time."""
    written: Mapping[str, Any] = {"token": TOKEN, **settings}
    clock = FakeClock()
    with FaultServer(World((), other=twin.answer), now=clock.now) as server:
        validated = CONNECTOR.settings.model_validate({"base_url": server.url, **written})
        with timing(clock.timing()), CONNECTOR.open(validated) as client:
            yield Desk(twin, validated, client, server)


def only(records: Mapping[str, Sequence[Any]], table: str, **values: Any) -> Any:
    """The one record of a table with these values."""
    found = [r for r in records.get(table, ()) if all(getattr(r, k) == v for k, v in values.items())]
    assert len(found) == 1, f"{len(found)} {table} with {values}"
    return found[0]
