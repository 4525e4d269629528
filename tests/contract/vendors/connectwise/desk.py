"""A ConnectWise on this machine, and what the connector makes of it, in one line each."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import CheckResult, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.connectwise import CONNECTOR
from phasewise.sandbox.vendors.connectwise.conditions import parse
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.world import Asked, Collection, Item, PageRules, Reply, World
from tests.contract.vendors.connectwise import items

BASE = "/v2025_1/apis/3.0"
COMPANY, PUBLIC, PRIVATE = "acme", "p0bl1cK3y0fTheT3st", "pr1vat3K3y0fTheT3st"
CLIENT_ID = "11111111-2222-3333-4444-555555555555"
KEY = "Basic " + base64.b64encode(f"{COMPANY}+{PUBLIC}:{PRIVATE}".encode()).decode()
ALL = Slice("all")
RULES = PageRules(default=25, largest=1000)
ABOUT = {"CompanyName": "Acme", "Codebase": "v2025_1/", "VersionNumber": "v2025.1.1", "IsCloud": True}
INFO = {"version": "v2025.1.1", "isCloud": True, "cloudRegion": "EU"}

MAKERS: Mapping[str, tuple[str, Callable[[int], Item], tuple[str, ...]]] = {
    "clients": ("/company/companies", items.company, ("name",)),
    "technicians": ("/system/members", items.member, ()),
    "tickets": ("/service/tickets", items.ticket, ("summary",)),
    "project_tickets": ("/project/tickets", items.project_ticket, ("summary",)),
    "project_tasks": ("/project/tickets", items.project_ticket, ("summary",)),
    "ticket_history": ("/service/tickets", items.ticket, ()),
    "time_entries": ("/time/entries", items.time_entry, ()),
    "projects": ("/project/projects", items.project, ("name",)),
    "agreements": ("/finance/agreements", items.agreement, ("name",)),
    "agreement_lines": ("/finance/agreements", items.agreement, ()),
    "invoices": ("/finance/invoices", items.invoice, ("invoiceNumber",)),
    "payments": ("/finance/invoices", items.invoice, ()),
    "invoice_lines": ("/procurement/products", items.product, ()),
    "opportunities": ("/sales/opportunities", items.opportunity, ("name",)),
    "meetings": ("/sales/activities", items.activity, ()),
    "schedule_entries": ("/schedule/entries", items.schedule_entry, ()),
    "devices": ("/company/configurations", items.configuration, ("name", "serialNumber")),
    "survey_responses": ("/service/surveys/1/results", items.survey_result, ()),
    "sla_policies": ("/service/SLAs", items.sla, ("name",)),
}
"""Stream → the list it is read from, its rows, and their texts that are kept."""

UNFILTERED = frozenset({"agreement_lines", "survey_responses", "sla_policies"})


def pseudonym(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def forward(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
    """What lies behind an id; an empty `Link` header is the end. The hole comes empty once."""
    last = 0 if rules.repeats else int(asked.query.get("pageId") or 0)
    rest = sorted((i for i in found if int(i["id"]) > last), key=lambda item: int(item["id"]))
    size = rules.size(asked.query.get("pageSize"))
    if rules.hole and asked.turn == rules.hole:
        return Reply([], headers={"Link": f'<{asked.link(pageId=last)}>; rel="next"'})
    page = rest[:size]
    leads_on = len(rest) > size or rules.repeats
    link = f'<{asked.link(pageId=page[-1]["id"])}>; rel="next"' if leads_on and page else ""
    return Reply(page, headers={"Link": link})


def matches(asked: Asked, item: Item) -> bool:
    return _parsed(asked.query.get("conditions", ""))(item)


_parsed = cache(parse)


def accepts(asked: Asked) -> bool:
    if asked.path.startswith("/login/"):
        return "authorization" not in asked.headers
    return (asked.headers.get("authorization"), asked.headers.get("clientid")) == (KEY, CLIENT_ID)


def changed(item: Item) -> datetime:
    return datetime.fromisoformat(item["_info"]["lastUpdated"])


def other(asked: Asked) -> Reply | None:
    """Look-ups, and what is asked for one row of a list."""
    path = asked.path.removeprefix(BASE)
    if path.endswith("/count"):
        return None
    for pattern, answer in DETAILS:
        match = re.fullmatch(pattern, path)
        if match is not None:
            number = int(match[1]) if match.groups() else int(asked.query.get("id") or 0)
            found = answer(number)
            behind = int(asked.query.get("pageId") or 0)
            rows = (
                [row for row in found if behind == 0 and matches(asked, row)]
                if isinstance(found, list)
                else found
            )
            return Reply(rows, headers={"Link": ""})
    return None


DETAILS: Sequence[tuple[str, Callable[[int], Any]]] = (
    (r"/service/boards/(\d+)/statuses", lambda _: items.STATUSES),
    (r"/service/SLAs", lambda _: [items.sla(3)]),
    (r"/service/SLAs/(\d+)/priorities", lambda _: [items.SLA_PRIORITY]),
    (r"/system/members", lambda _: [{**items.member(2)}, {**items.member(7), "identifier": "JSmith"}]),
    (r"/sales/opportunities/statuses", lambda _: items.OPPORTUNITY_STATUSES),
    (r"/sales/opportunities/(\d+)/forecast", items.forecast),
    (r"/finance/agreements/(\d+)/additions", lambda n: [items.addition(n, k) for k in (1, 2)]),
    (r"/finance/invoices/(\d+)/payments", lambda n: [items.payment(n, k) for k in (1, 2)]),
    (r"/system/audittrail", items.trail),
    (r"/service/surveys", lambda _: [{"id": 1, "name": "How was it?"}]),
    (r"/service/surveys/(\d+)/questions", lambda _: items.QUESTIONS),
    *((re.escape(path), lambda _: []) for path, _, _ in MAKERS.values()),
)
"""Path → its rows. Lists that are no collection of a world are empty."""


def collection(stream: str, **changes: Any) -> Collection:
    path, make, texts = MAKERS[stream]
    made = Collection(
        stream, BASE + path, make, forward, matches=matches, rules=RULES, moves=False, shifts=False,
        changed=None if stream in UNFILTERED else changed, texts=texts,
    )  # fmt: skip
    return replace(made, **changes)


def world(*streams: str) -> World:
    """The vendor with the lists of these streams."""
    fixed = {f"/login/companyinfo/{COMPANY}": ABOUT, f"{BASE}/system/info": INFO}
    return World(tuple(map(collection, streams)), fixed=fixed, other=other, accepts=accepts)


def settings(url: str, **changes: Any) -> dict[str, Any]:
    return {
        "base_url": url,
        "company": COMPANY,
        "public_key": PUBLIC,
        "private_key": PRIVATE,
        "client_id": CLIENT_ID,
        **changes,
    }


@dataclass
class Desk:
    """An opened connector, and a vendor that a test has written out itself.

    Attributes:
        server: who is asked.
        settings: of the connection, validated.
        client: the opened client.
    """

    server: FaultServer
    settings: Any
    client: Any
    known: dict[str, Any] = field(default_factory=dict)

    def stream(self, name: str) -> Stream:
        return next(s for s in CONNECTOR.streams(self.settings) if s.name == name)

    def pages(self, name: str, slice_: Slice = ALL) -> list[Page]:
        return list(self.stream(name).pages(self.client, slice_, FetchContext(self.context)))

    def payloads(self, name: str, slice_: Slice = ALL) -> list[Any]:
        return [payload for page in self.pages(name, slice_) for payload in page.payloads]

    def records(self, name: str, slice_: Slice = ALL) -> list[Any]:
        stream = self.stream(name)
        return [r for p in self.payloads(name, slice_) for r in stream.records(p, self.context)]

    def check(self) -> CheckResult:
        return CONNECTOR.check(self.client, self.settings)

    @property
    def context(self) -> RecordContext:
        return RecordContext(self.settings, ZoneInfo("Asia/Tokyo"), pseudonym)

    def asked(self, path: str) -> list[Asked]:
        return [a for a in self.server.asked if a.path == BASE + path]


Rows = Sequence[Mapping[str, Any]]


@contextmanager
def desk(
    rows: Mapping[str, Rows] | None = None,
    *,
    instead: Callable[[Asked], Reply | None] = lambda _: None,
    **changes: Any,
) -> Iterator[Desk]:
    """A connector at a vendor that holds these rows, on a clock whose waits take no time.

    Args:
        rows: path of a list → its rows, in place of the empty ones.
        instead: an answer in place of all others, None for theirs.
        changes: of the settings.
    """

    def answer(asked: Asked) -> Reply | None:
        if (found := instead(asked)) is not None:
            return found
        path = asked.path.removeprefix(BASE)
        if asked.path == f"/login/companyinfo/{COMPANY}":
            return Reply(ABOUT)
        if path == "/system/info":
            return Reply(INFO)
        listed = path.removesuffix("/count")
        if listed in (rows or {}):
            found = [row for row in (rows or {})[listed] if matches(asked, row)]
            return Reply({"count": len(found)}) if path != listed else forward(found, asked, RULES)
        return other(asked) if path == listed else Reply({"count": 0})

    clock = FakeClock()
    with FaultServer(World((), other=answer, accepts=accepts), now=clock.now) as server:
        validated = CONNECTOR.settings.model_validate(settings(server.url, **changes))
        with timing(clock.timing()), CONNECTOR.open(validated) as client:
            yield Desk(server, validated, client)
