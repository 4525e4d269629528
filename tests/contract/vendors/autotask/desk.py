"""A small Autotask for tests: how it pages, filters, describes its fields and answers look-ups."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import CheckResult, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.autotask import CONNECTOR
from phasewise.connectors.vendors.autotask.entities import ENTITIES
from phasewise.sandbox.vendors.autotask.query import QueryError, compiled, leaves
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.world import Asked, Item, PageRules, Reply, World

BASE = "/ATServicesRest/V1.0"
USER = "phasewise@acme.example"
SECRET, CODE = "s3cret-of-the-test", "C0DE-OF-THE-TEST"
DAY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
RULES = PageRules(default=500, largest=500)
ALL = Slice("all")

PICKLISTS: dict[str, dict[str, dict[str, str]]] = {
    "Tickets": {
        "status": {"1": "New", "5": "Complete", "8": "In Progress", "10": "Waiting Customer", "12": "Parked"},
        "priority": {"1": "High", "2": "Medium", "3": "Low", "4": "Critical"},
        "queueID": {"29682833": "Level I Support", "29682969": "Projects"},
        "source": {"2": "Phone", "4": "Email", "8": "Monitoring Alert"},
        "ticketType": {"1": "Service Request", "2": "Incident", "5": "Alert"},
        "issueType": {"10": "Hardware", "11": "Network"},
        "subIssueType": {"136": "Printer", "137": "VPN"},
        "serviceLevelAgreementID": {"1": "Gold", "2": "Silver"},
    },
    "Companies": {
        "companyType": {"1": "Customer", "3": "Prospect", "7": "Vendor"},
        "classification": {"1": "Platinum", "2": "Delinquent"},
    },
    "Resources": {"licenseType": {"1": "Professional", "7": "API User"}},
    "Contracts": {
        "contractType": {"7": "Recurring Service", "4": "Block Hours"},
        "contractCategory": {"3": "Complete Care"},
        "contractPeriodType": {"m": "Monthly", "q": "Quarterly"},
        "status": {"1": "Active", "0": "Inactive"},
    },
    "Services": {"periodType": {"1": "Monthly", "2": "Quarterly", "4": "Yearly", "5": "One-Time"}},
    "ServiceBundles": {"periodType": {"1": "Monthly", "2": "Quarterly"}},
    "Opportunities": {
        "stage": {"1": "Proposal", "2": "Closing"},
        "status": {"1": "Active", "2": "Lost", "3": "Closed", "4": "Implemented"},
    },
    "Projects": {
        "projectType": {"4": "Internal", "5": "Client"},
        "status": {"1": "New", "5": "Complete"},
    },
    "Tasks": {"status": {"1": "New", "5": "Complete"}},
    "CompanyNotes": {"actionType": {"1": "Phone Call", "9": "QBR"}},
    "CompanyToDos": {"actionType": {"1": "Phone Call", "9": "QBR"}},
    "ConfigurationItems": {"configurationItemType": {"1": "Workstation", "2": "Server", "3": "Espresso"}},
}
"""Entity → field → value → label. Values are texts there, and numbers in the rows."""


def stamp(at: datetime) -> str:
    """An instant as the interface writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def accepts(asked: Asked) -> bool:
    """Whether the three keys are there; where zones are told, none is wanted."""
    if asked.path.lower().endswith("/zoneinformation"):
        return True
    wanted = {"username": USER, "secret": SECRET, "apiintegrationcode": CODE}
    return all(asked.headers.get(name) == value for name, value in wanted.items())


def settings_of(url: str) -> dict[str, Any]:
    """Settings of a connection, whole."""
    return {
        "base_url": url,
        "user": USER,
        "secret": SECRET,
        "integration_code": CODE,
        "currency": "EUR",
        "survey_scale": [1, 5],
        "automation_resources": [4],
    }


def description(entity: str) -> dict[str, Any]:
    """The fields of an entity with their picklists."""
    return {
        "fields": [
            {"name": "id", "dataType": "long", "isPickList": False, "picklistValues": None},
            *(
                {
                    "name": name,
                    "dataType": "integer",
                    "isPickList": True,
                    "picklistValues": [
                        {"value": value, "label": label, "isActive": True, "isSystem": False}
                        for value, label in values.items()
                    ],
                }
                for name, values in PICKLISTS.get(entity, {}).items()
            ),
        ]
    }


def paged(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
    """Rows by id; the next page begins behind the last one, and is asked with the same verb and body."""
    body = asked.body or {}
    wanted = rules.size(body.get("maxRecords"))
    last = int(asked.query.get("paging", -1))
    ordered = sorted(found, key=lambda item: int(item["id"]))
    rest = ordered if rules.repeats else [item for item in ordered if int(item["id"]) > last]
    is_hole = bool(rules.hole) and asked.turn == rules.hole
    part = [] if is_hole else rest[:wanted]
    leads_on = is_hole or rules.repeats or len(rest) > wanted
    behind = part[-1]["id"] if part else last
    details = {
        "count": len(part),
        "requestCount": wanted,
        "prevPageUrl": None,
        "nextPageUrl": asked.link(paging=behind) if leads_on else None,
    }
    return Reply({"items": [_chosen(item, body) for item in part], "pageDetails": details})


def _chosen(item: Item, body: Mapping[str, Any]) -> Item:
    wanted = body.get("includeFields")
    return item if not wanted else {name: item.get(name) for name in wanted}


_compiled: dict[int, tuple[Any, Callable[[Any], bool]]] = {}


def matches(asked: Asked, item: Item) -> bool:
    """The filter of a request; compiled once a request, as it is asked of every row."""
    known = _compiled.get(id(asked.body))
    if known is None or known[0] is not asked.body:
        if len(_compiled) > 64:
            _compiled.clear()
        known = _compiled[id(asked.body)] = (asked.body, compiled(asked.body["filter"]))
    return known[1](item)


Rows = Callable[[Sequence[int], Mapping[str, Any]], list[Item]]
"""The numbers that a query asks about, and its body → the rows that fit."""


def asked_for(body: Mapping[str, Any]) -> list[int]:
    """The numbers of the first condition that lists some."""
    for leaf in leaves(body["filter"]):
        value = leaf.get("value")
        if isinstance(value, list):
            return [int(number) for number in value]
    return [int(leaf["value"]) for leaf in leaves(body["filter"]) if leaf.get("op") == "eq"]


@dataclass
class Vendor:
    """What answers beside the collections: zones, fields, look-ups.

    Attributes:
        rows: entity → its rows for a query.
        instead: path's end → what is answered there in place of all else.
        zone: address that the zone is told to have, "" = this server.
        threshold: what was asked of the database in this hour.
    """

    rows: dict[str, Rows] = field(default_factory=dict)
    instead: dict[str, Reply] = field(default_factory=dict)
    zone: str = ""
    threshold: int = 124

    def answer(self, asked: Asked) -> Reply | None:
        """The answer to a request that is for no collection."""
        for end, reply in self.instead.items():
            if asked.path.endswith(end):
                return reply
        if asked.path.lower().endswith("/zoneinformation"):
            return self._zone(asked)
        if not asked.path.startswith(BASE):
            return None
        if asked.path == f"{BASE}/ThresholdInformation":
            return Reply(
                {
                    "externalRequestThreshold": 10_000,
                    "requestThresholdTimeframe": 60,
                    "currentTimeframeRequestCount": self.threshold,
                }
            )
        return self._entity(asked)

    def _entity(self, asked: Asked) -> Reply | None:
        entity, _, rest = asked.path.removeprefix(f"{BASE}/").partition("/")
        if rest == "entityInformation/fields":
            return Reply(description(entity))
        if entity not in ENTITIES or not rest.startswith("query"):
            return None
        try:
            found = self._found(entity, asked.body)
        except QueryError as error:
            return Reply({"errors": [str(error)]}, 500)
        return Reply({"queryCount": len(found)}) if rest.endswith("count") else paged(found, asked, RULES)

    def _found(self, entity: str, body: Mapping[str, Any]) -> list[Item]:
        fits = compiled(body["filter"])
        make = self.rows.get(entity)
        made = make(asked_for(body), body) if make else []
        return [row for row in made if fits(row)]

    def _zone(self, asked: Asked) -> Reply:
        if asked.query.get("user") != USER:
            return Reply({"errors": ["Zone information could not be determined"]}, 500)
        url = self.zone or f"{asked.host}/ATServicesRest/"
        return Reply({"zoneName": "America East", "url": url, "webUrl": "https://ww2.autotask.net/", "ci": 1})


def pseudonym(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


POSTS = frozenset(f"{BASE}/{name}/query" for name in ENTITIES)


@dataclass
class Desk:
    """An opened connector at a pretended Autotask.

    Attributes:
        vendor: what answers.
        settings: of the connection, validated.
        client: the opened client.
        server: who is asked.
    """

    vendor: Vendor
    settings: Any
    client: Any
    server: FaultServer

    def stream(self, name: str) -> Stream:
        return next(s for s in CONNECTOR.streams(self.settings) if s.name == name)

    def pages(self, stream: str, slice_: Slice = ALL, **context: Any) -> list[Page]:
        return list(self.stream(stream).pages(self.client, slice_, FetchContext(self.context, **context)))

    def payloads(self, stream: str, slice_: Slice = ALL, **context: Any) -> list[Any]:
        return [payload for page in self.pages(stream, slice_, **context) for payload in page.payloads]

    def records(self, stream: str, slice_: Slice = ALL) -> dict[str, list[Any]]:
        """Table → records of every payload."""
        made: dict[str, list[Any]] = {}
        for payload in self.payloads(stream, slice_):
            for record in self.stream(stream).records(payload, self.context):
                made.setdefault(type(record).__record__.table, []).append(record)
        return made

    def check(self) -> CheckResult:
        return CONNECTOR.check(self.client, self.settings)

    @property
    def context(self) -> RecordContext:
        return RecordContext(self.settings, ZoneInfo("America/New_York"), pseudonym)

    def asked(self, entity: str) -> list[Asked]:
        """Queries of an entity."""
        return [a for a in self.server.asked if a.path.startswith(f"{BASE}/{entity}/query")]


@contextmanager
def desk(vendor: Vendor | None = None, **settings: Any) -> Iterator[Desk]:
    """A connector at a pretended Autotask, on a clock whose waits take no time."""
    vendor, clock = vendor or Vendor(), FakeClock()
    world = World((), other=vendor.answer, accepts=accepts, posts=POSTS)
    with FaultServer(world, now=clock.now) as server:
        validated = CONNECTOR.settings.model_validate({**settings_of(server.url), **settings})
        with timing(clock.timing()), CONNECTOR.open(validated) as client:
            yield Desk(vendor, validated, client, server)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
