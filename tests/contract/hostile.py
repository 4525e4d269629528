"""A vendor that has every paging kind, hostile names and no time zone, and the connector that knows it.

It is the suite's own subject: what a plug-in's author writes looks like this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, SecretStr

from phasewise.connectors.answers import Answer, Reading
from phasewise.connectors.auth import client_credentials
from phasewise.connectors.base import (
    CheckResult,
    Connector,
    CursorKind,
    FetchContext,
    Page,
    RecordContext,
    Slice,
    Stream,
)
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.listing import link_header, listing
from phasewise.connectors.paging import by_key, by_next, by_offset, by_page_number, in_window
from phasewise.connectors.parse import instant, money, neutral_word
from phasewise.errors import ForbiddenError, RecordError
from phasewise.model.records.billing import Invoice, Payment
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.tickets import Ticket, TicketEvent
from phasewise.model.words import MAPPINGS
from phasewise.testing.subject import Subject
from phasewise.testing.world import (
    Asked,
    Collection,
    Item,
    World,
    cursor_marks,
    keyset,
    link_headers,
    next_urls,
    offsets,
    page_numbers,
)

ZONE = ZoneInfo("Europe/Madrid")
SECRET = "h0stile/s3cret+of=acme"
ID, TITLE, STATE, CHANGED, CLIENT = "№", "2nd title", "state of 😀", "last changed", "cliënt"
ERASED = "gelöscht"
STATES = {"neu": "new", "in arbeit": "in_progress", "fertig": "closed"}


class HostileSettings(BaseModel):
    """What the hostile vendor wants."""

    base_url: str
    client_id: str = "phasewise"
    client_secret: SecretStr
    zone: str = "Europe/Madrid"


def open_client(settings: HostileSettings) -> HttpClient:
    return HttpClient(
        settings.base_url,
        auth=client_credentials("/oauth/token", settings.client_id, settings.client_secret, scope="read"),
        budget=Budget(Rule("a minute", requests=600), Rule("an entity", concurrent=3, path=r"^/(\w+)")),
        reading=Reading(error=_error),
        query_posts=(r"^/technicians/query", r"paging="),
    )


def _error(body: Any) -> str | None:
    return str(body["error"]) if isinstance(body, dict) and "error" in body else None


def identify(payload: Any) -> str:
    if not isinstance(payload, Mapping) or payload.get(ID) is None:
        raise RecordError("there is no id", reason="no_id")
    return str(payload[ID])


def _naive(at: datetime) -> str:
    return at.astimezone(ZONE).replace(tzinfo=None).isoformat(timespec="seconds")


def _changed_at(payload: Any) -> datetime | None:
    return instant(payload.get(CHANGED), field="updated_at", zone=ZONE)


def ticket_pages(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    query = {
        "changed from": None if slice_.start is None else _naive(slice_.start),
        "changed to": None if slice_.end is None else _naive(slice_.end),
        "per page": 100,
    }

    def fetch(number: int) -> Answer:
        return client.get_json("/tickets", query={**query, "page": number}, right="Tickets: read")

    pages = by_page_number(
        fetch,
        listing(items="data.rows", total="data.count"),
        identify=identify,
        size=100,
        resume=slice_.resume,
    )
    return in_window(pages, slice_, _changed_at, where="tickets")


def client_pages(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    return by_key(
        lambda key: client.get_json("/clients", query={"after": key, "pageSize": 100}, right="Clients: read"),
        listing(),
        identify=identify,
        key=lambda payload: int(payload[ID]),
        resume=slice_.resume,
    )


def technician_pages(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    body = {"MaxRecords": 100, "Filter": [{"op": "gte", "field": "id", "value": 0}]}
    return by_next(
        lambda link: client.post_json(link or "/technicians/query", body, right="Technicians: read"),
        listing(items="items", next_mark="pageDetails.nextPageUrl"),
        identify=identify,
        resume=slice_.resume,
    )


def invoice_pages(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    return by_next(
        lambda mark: client.get_json(
            "/invoices", query={"cursor": mark, "pageSize": 100}, right="Invoices: read"
        ),
        listing(items="results", next_mark="cursor.name", total="total"),
        identify=identify,
        resume=slice_.resume,
    )


def payment_pages(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    return by_next(
        lambda link: client.get_json(link or "/payments", query={"pageSize": 100}, right="Payments: read"),
        link_header(listing()),
        identify=identify,
        resume=slice_.resume,
    )


def event_pages(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    return by_offset(
        lambda offset: client.get_json(
            "/events", query={"offset": offset, "limit": 100}, right="Events: read"
        ),
        listing(items="items", total="total"),
        identify=identify,
        size=100,
        resume=slice_.resume,
    )


def ticket_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    yield Ticket(
        id=identify(payload),
        updated_at=instant(payload.get(CHANGED), field="updated_at", zone=context.zone),
        title=payload.get(TITLE),
        client=_text(payload.get(CLIENT)),
        status=neutral_word(payload.get(STATE), field="status", words=STATES, known=MAPPINGS["status"]),  # type: ignore[arg-type]  # one of the known words
        status_raw=payload.get(STATE),
    )


def is_erased(payload: Any) -> bool:
    return bool(payload.get(STATE) == ERASED)


def client_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    yield Client(id=identify(payload), name=payload.get(TITLE))


def technician_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    yield Technician(id=identify(payload), name=payload.get(TITLE))


def invoice_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    yield Invoice(
        id=identify(payload), client=_text(payload.get(CLIENT)), total=money(payload.get("€"), field="total")
    )


def payment_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    yield Payment(
        id=identify(payload),
        invoice=_text(payload.get("inv/oice")),
        amount=money(payload.get("€"), field="amount"),
    )


def event_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    at = instant(payload.get(CHANGED), field="at", zone=context.zone)
    if at is None or payload.get("ticket") is None:
        raise RecordError("an event without ticket or time", reason="no_parent")
    yield TicketEvent(id=identify(payload), ticket=str(payload["ticket"]), at=at, kind="comment")


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


STREAMS = (
    Stream(
        "tickets", "tickets", ticket_pages, ticket_records, identify,
        frozenset({"tickets.title", "tickets.client", "tickets.status"}),
        cursor=CursorKind.MODIFIED, bounded=True, right="Tickets: read", deleted=is_erased,
    ),
    Stream("clients", "clients", client_pages, client_records, identify, frozenset({"clients.name"}),
           right="Clients: read"),
    Stream("technicians", "technicians", technician_pages, technician_records, identify,
           frozenset({"technicians.name"}), right="Technicians: read"),
    Stream("invoices", "invoices", invoice_pages, invoice_records, identify,
           frozenset({"invoices.client", "invoices.total"}), right="Invoices: read"),
    Stream("payments", "payments", payment_pages, payment_records, identify,
           frozenset({"payments.invoice", "payments.amount"}), right="Payments: read"),
    Stream("events", "ticket_events", event_pages, event_records, identify,
           frozenset({"ticket_events.ticket", "ticket_events.at", "ticket_events.kind"}),
           right="Events: read"),
)  # fmt: skip


def check(client: HttpClient, settings: HostileSettings) -> CheckResult:
    me = client.get_json("/me").body
    missing: dict[str, str] = {}
    for stream in STREAMS:
        try:
            next(iter(stream.pages(client, Slice("check"), FetchContext(_no_context(settings)))))
        except ForbiddenError as error:
            missing[stream.name] = error.right
    return CheckResult(identity=str(me["name"]), missing=missing)


def _no_context(settings: HostileSettings) -> RecordContext:
    return RecordContext(settings, ZoneInfo(settings.zone), lambda text: text)


CONNECTOR = Connector(
    name="hostile",
    title="A hostile vendor",
    kind="psa",
    settings=HostileSettings,
    open=open_client,
    streams=lambda _: STREAMS,
    check=check,
    concurrency=3,
)


# What the vendor has. Two lines of an author's work per list: how an item looks, and how it is paged.


def _item(number: int, **values: Any) -> Item:
    return {ID: number, TITLE: f"title {number}", "": "nameless", "0": [{"deep": None}], **values}


def make_ticket(number: int) -> Item:
    at = datetime(2026, 1, 1, 9, 0, tzinfo=UTC) + timedelta(hours=number % 1000)
    return _item(
        number, **{CHANGED: _naive(at), STATE: "Neu" if number % 2 else "Sonstiges", CLIENT: number % 7}
    )


def _ticket_changed(item: Item) -> datetime:
    return datetime.fromisoformat(item[CHANGED]).replace(tzinfo=ZONE)


def _ticket_matches(asked: Asked, item: Item) -> bool:
    start, end = asked.query.get("changed from", ""), asked.query.get("changed to", "9")
    return start <= str(item[CHANGED]) < end


WORLD = World(
    (
        Collection("tickets", "/tickets", make_ticket,
                   page_numbers(size="per page", items="data.rows", total="data.count"),
                   matches=_ticket_matches, changed=_ticket_changed,
                   key=ID, texts=(TITLE,), times=(CHANGED,),
                   deleted=lambda item: {**item, STATE: ERASED}),
        Collection("clients", "/clients", _item, keyset(key=ID), key=ID, texts=(TITLE,)),
        Collection("technicians", "/technicians/query", _item, next_urls(size_in_body="MaxRecords"),
                   method="POST", key=ID, texts=(TITLE,), moves=False, shifts=False),
        Collection("invoices", "/invoices", lambda n: _item(n, **{"€": "12,5"[:2] + str(n), CLIENT: n}),
                   cursor_marks(total="total"), key=ID),
        Collection("payments", "/payments", lambda n: _item(n, **{"€": n + 0.25, "inv/oice": n}),
                   link_headers(), key=ID, moves=False, shifts=False),
        Collection("events", "/events", lambda n: _item(n, ticket=n % 5, **{CHANGED: "2026-02-03T04:05:06"}),
                   offsets(), key=ID, texts=(TITLE,), times=(CHANGED,)),
    ),
    fixed={"/me": {"name": "read-only API user 'phasewise'"}},
    token_path="/oauth/token",
    has_right_to_ask=lambda asked: isinstance(asked.body, dict) and asked.body.get("client_secret") == SECRET,
)  # fmt: skip

SUBJECT = Subject(
    CONNECTOR,
    WORLD,
    settings=lambda url: {"base_url": url, "client_secret": SECRET},
    secrets=(SECRET, "token-1"),
    error_body={"error": "database timeout"},
)
