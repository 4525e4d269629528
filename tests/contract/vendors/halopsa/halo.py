"""A Halo on this machine with the items that a test gives it, and the connector at it, in one line each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import CheckResult, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.halopsa import CONNECTOR
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.world import Asked, Reply, World
from tests.contract.vendors.halopsa import items

SECRET = "s3cret-of-the-test"
ALL = Slice("all")
ABOUT = {
    "/api/Agent/me": {"id": 9, "name": "Phasewise", "is_admin": False},
    "/api/InstanceInfo": {"version": "2.184.1"},
}
BARE = ("/Agent", "/Workday", "/SLA", "/Feedback", "/Status", "/TicketType", "/Priority")
ENVELOPES = {
    "/Client": "clients", "/Site": "sites", "/Tickets": "tickets", "/Actions": "actions",
    "/ClientContract": "contracts", "/RecurringInvoice": "invoices", "/Invoice": "invoices",
    "/InvoicePayment": "payments", "/Opportunities": "tickets", "/Projects": "tickets",
    "/Appointment": "appointments", "/Asset": "assets", "/KBArticle": "articles",
}  # fmt: skip

Answer = Callable[[Asked], Reply | None]


@dataclass
class Halo:
    """What this Halo has, and how it answers.

    Attributes:
        lists: path → items.
        instead: asked first; None = answer as usual.
        auth_url: what `/AuthInfo` says, with `{host}` for its own address.
        cap: rows a page, and rows of an answer without pages.
    """

    lists: dict[str, Sequence[Any]] = field(default_factory=lambda: dict(items.LOOKUPS))
    instead: Answer = lambda _asked: None
    auth_url: str = "{host}/auth"
    cap: int = 100

    def answer(self, asked: Asked) -> Reply | None:
        if (said := self.instead(asked)) is not None:
            return said
        if asked.path == "/api/AuthInfo":
            return Reply({"auth_url": self.auth_url.format(host=asked.host), "tenant_id": "acme"})
        if asked.path == "/auth/token":
            return self._token(asked)
        if asked.headers.get("authorization") != "Bearer t0ken":
            return Reply({"Message": "Authorization has been denied for this request."}, 401)
        return Reply(ABOUT[asked.path]) if asked.path in ABOUT else self._listed(asked)

    def _token(self, asked: Asked) -> Reply:
        form = asked.body if isinstance(asked.body, Mapping) else {}
        if form.get("client_secret") != SECRET:
            return Reply({"error": "invalid_client"}, 400)
        return Reply({"access_token": "t0ken", "token_type": "Bearer", "expires_in": 3600})

    def _listed(self, asked: Asked) -> Reply | None:
        path = asked.path.removeprefix("/api")
        found = [row for row in self.lists.get(path, ()) if _is_wanted(row, asked.query)]
        if path in BARE:
            return Reply(found)
        if path not in ENVELOPES:
            return None
        page = found[: self.cap]
        if asked.query.get("pageinate") == "true":
            size = min(self.cap, int(asked.query["page_size"]))
            start = (int(asked.query["page_no"]) - 1) * size
            page = found[start : start + size]
        elif "count" in asked.query:
            page = found[: min(self.cap, int(asked.query["count"]))]
        return Reply({"record_count": len(found), ENVELOPES[path]: page})


def _is_wanted(row: Any, query: Mapping[str, str]) -> bool:
    """The filters that tests need; any other parameter is ignored, as Halo does."""
    if "ticket_id" in query and str(row.get("ticket_id")) != query["ticket_id"]:
        return False
    if query.get("closed_only") == "true" and row.get("dateclosed") in (None, items.NEVER):
        return False
    bounds = (
        ("last_update", "lastupdatefromdate", "lastupdatetodate"),
        ("datetime", "startdate", "enddate"),
        ("start_date", "start_date", "end_date"),
    )
    for name, start, end in bounds:
        if name in row and not query.get(start, "") <= str(row[name]) < query.get(end, "9"):
            return False
    return True


@dataclass
class Desk:
    """An opened connector at a Halo."""

    settings: Any
    client: Any
    server: FaultServer
    clock: FakeClock

    def stream(self, name: str) -> Stream:
        return next(s for s in CONNECTOR.streams(self.settings) if s.name == name)

    def pages(self, stream: str, slice_: Slice = ALL) -> list[Page]:
        return list(self.stream(stream).pages(self.client, slice_, FetchContext(self.context)))

    def payloads(self, stream: str, slice_: Slice = ALL) -> list[Any]:
        return [payload for page in self.pages(stream, slice_) for payload in page.payloads]

    def records(self, stream: str, slice_: Slice = ALL) -> list[Any]:
        made = self.stream(stream).records
        return [r for payload in self.payloads(stream, slice_) for r in made(payload, self.context)]

    def check(self) -> CheckResult:
        return CONNECTOR.check(self.client, self.settings)

    @property
    def context(self) -> RecordContext:
        return RecordContext(self.settings, ZoneInfo("Asia/Tokyo"), pseudonym)

    def asked(self, path: str) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path == f"/api{path}"]


@contextmanager
def desk(halo: Halo, **settings: Any) -> Iterator[Desk]:
    """A connector at a Halo, on a clock whose waits take no time."""
    written = {"client_id": "phasewise", "client_secret": SECRET, **settings}
    clock = FakeClock()
    with FaultServer(World((), other=halo.answer), now=clock.now) as server:
        validated = CONNECTOR.settings.model_validate({"base_url": server.url, **written})
        with timing(clock.timing()), CONNECTOR.open(validated) as client:
            yield Desk(validated, client, server, clock)


def records_of(stream: str, *payloads: Any, **settings: Any) -> list[Any]:
    """What payloads become, without a Halo."""
    written = {"base_url": "https://acme.halopsa.com", "client_id": "p", "client_secret": "s", **settings}
    validated = CONNECTOR.settings.model_validate(written)
    context = RecordContext(validated, ZoneInfo("Asia/Tokyo"), pseudonym)
    made = next(s for s in CONNECTOR.streams(validated) if s.name == stream).records
    return [record for payload in payloads for record in made(payload, context)]


def only(records: Sequence[Any], table: str, **values: Any) -> Any:
    """The one record of a table with these values."""
    found = [
        r
        for r in records
        if r.__record__.table == table and all(getattr(r, k) == v for k, v in values.items())
    ]
    assert len(found) == 1, f"{len(found)} {table} with {values}"
    return found[0]


def pseudonym(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
