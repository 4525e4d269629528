"""A Syncro with a few rows, served on this machine, and what the connector makes of it in one line each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import CheckResult, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.syncro import CONNECTOR
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.world import Asked, Reply, World
from tests.contract.vendors.syncro.twin import BASE, FIXED, TOKEN

ALL = Slice("all")

KEYS = {
    "/customers": "customers",
    "/tickets": "tickets",
    "/ticket_timers": "ticket_timers",
    "/invoices": "invoices",
    "/line_items": "line_items",
    "/payments": "payments",
    "/schedules": "schedules",
    "/estimates": "estimates",
    "/customer_assets": "assets",
    "/rmm_alerts": "rmm_alerts",
}
FORBIDDEN = Reply(
    {"error": "Not authorized. Please ask account admin to update your group permissions."}, 401
)


def pseudonym(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Shop:
    """What the vendor has.

    Attributes:
        lists: path → rows.
        single: path → the body or the reply there.
        size: rows a page; by path where it differs.
        tells: `pages`, `total` or "" for no meta.
        before: called with each request first; a reply in place of the answer, or None.
    """

    lists: dict[str, list[Any]] = field(default_factory=dict)
    single: dict[str, Any] = field(default_factory=dict)
    size: int = 25
    tells: str = "pages"
    before: Callable[[Asked], Reply | None] = lambda _: None

    def answer(self, asked: Asked) -> Reply | None:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply({"error": "Invalid token"}, 401)
        if (instead := self.before(asked)) is not None:
            return instead
        path = asked.path.removeprefix(BASE)
        if path in self.single:
            found = self.single[path]
            return found if isinstance(found, Reply) else Reply(found)
        if path == "/users":
            return Reply({"users": []})
        return self.page(path, asked) if path in KEYS else None

    def page(self, path: str, asked: Asked) -> Reply:
        found, page = self.lists.get(path, []), int(asked.query.get("page", "1"))
        if "number" in asked.query:
            found = [row for row in found if str(row["number"]) == asked.query["number"]]
        body: dict[str, Any] = {KEYS[path]: found[(page - 1) * self.size : page * self.size]}
        if self.tells:
            body["meta"] = {"total_pages": -(-len(found) // self.size), "page": page}
        if self.tells == "total":
            body["meta"]["total_entries"] = len(found)
        return Reply(body)


@dataclass
class Desk:
    """An opened connector at a shop.

    Attributes:
        settings: of the connection, validated.
        client: the opened client.
        server: who is asked.
        clock: whose waits take no time.
        known: payloads that count as stored.
    """

    settings: Any
    client: Any
    server: FaultServer
    clock: FakeClock
    known: dict[str, Any] = field(default_factory=dict)

    def stream(self, name: str) -> Stream:
        return next(s for s in CONNECTOR.streams(self.settings) if s.name == name)

    def pages(self, stream: str, slice_: Slice = ALL) -> list[Page]:
        context = FetchContext(
            self.context, previous=lambda ids: {i: self.known[i] for i in ids if i in self.known}
        )
        return list(self.stream(stream).pages(self.client, slice_, context))

    def payloads(self, stream: str, slice_: Slice = ALL) -> list[Any]:
        return [payload for page in self.pages(stream, slice_) for payload in page.payloads]

    def records(self, stream: str, slice_: Slice = ALL) -> list[Any]:
        made = self.stream(stream).records
        return [record for payload in self.payloads(stream, slice_) for record in made(payload, self.context)]

    def check(self) -> CheckResult:
        return CONNECTOR.check(self.client, self.settings)

    @property
    def context(self) -> RecordContext:
        return RecordContext(self.settings, ZoneInfo("America/Los_Angeles"), pseudonym)

    def asked(self, path: str) -> Sequence[Mapping[str, str]]:
        """The queries of the requests for a path."""
        return [asked.query for asked in self.server.asked if asked.path == BASE + path]


@contextmanager
def desk(shop: Shop, **settings: Any) -> Iterator[Desk]:
    """A connector at a shop, on a clock whose waits take no time."""
    written: Mapping[str, Any] = {"token": TOKEN, "currency": "USD", **settings}
    clock = FakeClock()
    with FaultServer(World((), fixed=FIXED, other=shop.answer), now=clock.now) as server:
        validated = CONNECTOR.settings.model_validate({"base_url": server.url, **written})
        with timing(clock.timing()), CONNECTOR.open(validated) as client:
            yield Desk(validated, client, server, clock)


def derived(stream: str, payload: Any, **settings: Any) -> list[Any]:
    """The records of a payload."""
    written = {"base_url": "http://127.0.0.1:9", "token": TOKEN, "currency": "USD", **settings}
    validated = CONNECTOR.settings.model_validate(written)
    found = next(s for s in CONNECTOR.streams(validated) if s.name == stream)
    return list(found.records(payload, RecordContext(validated, ZoneInfo("America/Los_Angeles"), pseudonym)))
