"""How HaloPSA answers: its tokens, its limit, its pages of a hundred, its filters and its silences.

By what is known of its interface (its OpenAPI description and what users of it found): a parameter that it
does not know is ignored, a page is never longer than 100, without `pageinate` there are no pages, lists of
actions are not paged, deleted tickets are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from phasewise.sandbox.rules import hand_out_token, is_alive, seconds_to_wait
from phasewise.sandbox.simulator import Item, Memory
from phasewise.testing.world import Asked, Reply

CLIENT, SECRET, TENANT = "phasewise-sandbox", "s3cret-of-the-sandbox", "sandbox"
REQUESTS, WINDOW_SECONDS = 700, 300
TOKEN_SECONDS = 3600
LARGEST, DEFAULT = 100, 50

ENVELOPES = {
    "Client": "clients", "Site": "sites", "Tickets": "tickets", "Actions": "actions",
    "ClientContract": "contracts", "RecurringInvoice": "invoices", "Invoice": "invoices",
    "InvoicePayment": "invoicepayments", "Opportunities": "tickets", "Projects": "tickets",
    "Appointment": "appointments", "Asset": "assets", "KBArticle": "articles",
}  # fmt: skip
"""List → what its envelope calls it; the other ones are bare arrays."""

UNPAGED = frozenset({"Actions"})

Filter = Callable[[Item, str], bool]


def answer(memory: Memory, asked: Asked, now: datetime) -> Reply:
    """Answer a request by Halo's rules."""
    if asked.path == "/auth/token":
        return _token(memory, asked, now)
    if asked.path == "/api/AuthInfo":
        return Reply({"auth_url": f"{asked.host}/auth", "tenant_id": TENANT})
    return _refused(memory, asked, now) or _told(memory, asked)


def _refused(memory: Memory, asked: Asked, now: datetime) -> Reply | None:
    kind, _, token = asked.headers.get("authorization", "").partition(" ")
    if kind != "Bearer" or not is_alive(memory, token, now):
        return Reply({"Message": "Authorization has been denied for this request."}, 401)
    wait = seconds_to_wait(memory, "tenant", now, requests=REQUESTS, window_seconds=WINDOW_SECONDS)
    if wait:
        said = f"Rate Limit Reached - {REQUESTS} Requests per rolling 5 minute window"
        return Reply({"Message": said}, 429, {"Retry-After": str(wait)})
    if asked.method != "GET":
        return Reply({"ClassName": "System.Exception", "Message": "The sandbox only reads"}, 400)
    return None


def _told(memory: Memory, asked: Asked) -> Reply:
    if asked.path == "/api/InstanceInfo":
        return Reply({"version": "2.184.1"})
    if asked.path == "/api/Agent/me":
        return Reply({"id": 900, "name": "Phasewise", "is_admin": False})
    return _listed(memory, asked)


def _token(memory: Memory, asked: Asked, now: datetime) -> Reply:
    form: Mapping[str, Any] = asked.body if isinstance(asked.body, Mapping) else {}
    told = (form.get("grant_type"), form.get("client_id"), form.get("client_secret"))
    if asked.query.get("tenant") != TENANT:
        return Reply({"error": "invalid_tenant"}, 400)
    if told != ("client_credentials", CLIENT, SECRET):
        return Reply({"error": "invalid_client"}, 400)
    token = hand_out_token(memory, now, life_seconds=TOKEN_SECONDS)
    return Reply({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": "all"})


def _listed(memory: Memory, asked: Asked) -> Reply:
    name = asked.path.removeprefix("/api/")
    with memory.lock:
        held = list(memory.rows.get(name, ())) if name in memory.rows else None
    if held is None:
        return Reply({"Message": "No HTTP resource was found"}, 404)
    found = [row for row in held if _is_wanted(name, row, asked.query)]
    order = asked.query.get("order")
    if order:
        found.sort(key=lambda row: row.get(order) or 0, reverse=asked.query.get("orderdesc") == "true")
    envelope = ENVELOPES.get(name)
    if envelope is None:
        return Reply(found)
    total, page = len(found), _page(name, found, asked.query)
    return Reply({"record_count": total, envelope: [_shown(name, row, asked.query) for row in page]})


def _page(name: str, found: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
    if name in UNPAGED or query.get("pageinate") != "true":
        count = _whole(query.get("count"))
        return found[: count or DEFAULT]
    size = min(LARGEST, _whole(query.get("page_size")) or DEFAULT)
    number = max(1, _whole(query.get("page_no")) or 1)
    return found[(number - 1) * size : number * size]


def _shown(name: str, row: Item, query: Mapping[str, str]) -> Item:
    """Lists show lines of invoices, names of states and the like only where they are asked for."""
    hidden = {
        "Invoice": {"lines": "includelines"},
        "RecurringInvoice": {"lines": "includelines"},
        "Tickets": {"tickettype_name": "includetickettype"},
    }.get(name, {})
    return {key: value for key, value in row.items() if key not in hidden or query.get(hidden[key]) == "true"}


def _is_wanted(name: str, row: Item, query: Mapping[str, str]) -> bool:
    return all(passes(row, query[key]) for key, passes in FILTERS.get(name, {}).items() if key in query) and (
        _is_shown(name, row, query)
    )


def _is_shown(name: str, row: Item, query: Mapping[str, str]) -> bool:
    """What a list leaves out unless it is asked for."""
    if name in ("Client", "Asset", "KBArticle") and row.get("inactive"):
        return query.get("includeinactive") == "true"
    if name == "Agent" and row.get("isdisabled"):
        return query.get("includedisabled") == "true"
    if name == "Appointment":
        return query.get("showall") == "true"
    return not row.get("deleted")


def _from(field: str) -> Filter:
    return lambda row, bound: str(row.get(field) or "").removesuffix("Z") >= bound


def _until(field: str) -> Filter:
    return lambda row, bound: str(row.get(field) or "").removesuffix("Z") < bound


FILTERS: Mapping[str, Mapping[str, Filter]] = {
    "Tickets": {
        "lastupdatefromdate": _from("last_update"),
        "lastupdatetodate": _until("last_update"),
        "closed_only": lambda row, told: told != "true" or not str(row["dateclosed"]).startswith("1900"),
        "open_only": lambda row, told: told != "true" or str(row["dateclosed"]).startswith("1900"),
    },
    "Actions": {
        "ticket_id": lambda row, told: str(row["ticket_id"]) == told,
        "startdate": _from("datetime"),
        "enddate": _until("datetime"),
        "timeentriesonly": lambda row, told: told != "true" or bool(row.get("timetaken")),
    },
    "Appointment": {"start_date": _from("start_date"), "end_date": _until("start_date")},
    "Agent": {"thisAgentOnly": lambda row, told: told != "true" or row["id"] == 0},
}
"""List → parameter → whether a row passes it. Any other parameter is ignored, as Halo does."""


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
