"""A pretended Syncro for the contract suite: its lists, its paging, and what lies behind single addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from phasewise.testing.world import Asked, Collection, Item, PageRules, Paging, Reply, World, header
from tests.contract.vendors.syncro import rows

BASE = "/api/v1"
TOKEN = "T4f0c2a1-9852-4d1a-84e9-eedb5c50abcd"
ME = {
    "user_token": "3746f72b-9852-4d1a-84e9-eedb5c50abcd", "user_email": "joedoe@example.com",
    "user_name": "Joe Doe", "user_id": 1, "admin": True, "can_use_app": True, "two_factor_required": False,
    "subdomain": "testsubdomainwi1", "default_location": None, "enable_multi_locations": False,
    "locations_allowed": [], "permissions": {
        "asset": {"read": True, "write": False, "delete": False},
        "ticket": {"read": True, "write": True, "delete": False},
        "script": {"execute": True},
    },
}  # fmt: skip
TICKET_SETTINGS = {
    "ticket_status_list": [
        "New", "In Progress", "Resolved", "Invoiced", "Waiting for Parts", "Waiting on Customer",
        "Scheduled", "Customer Reply",
    ],
    "users": [{"id": 1, "name": "Bat Man"}],
}  # fmt: skip
SETTINGS = {
    "locale": {"iso_code": "en", "currency_symbol": "$", "time_zone": "America/Los_Angeles"},
    "ticket": {"priorities": ["", "0 Urgent", "1 High", "2 Normal", "3 Low"]},
}
FIXED = {f"{BASE}/me": ME, f"{BASE}/tickets/settings": TICKET_SETTINGS, f"{BASE}/settings": SETTINGS}

Make = Callable[[int], Item]


def pages(key: str, *, total: bool = False, has_meta: bool = True) -> Paging:
    """`?page=2` → `{key: […], "meta": {"total_pages": 3, "page": 2}}`; with `total_entries` where it has."""

    def answer(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
        number, size = int(asked.query.get("page", "1")), rules.size(None)
        start = rules.start(number, size)
        part = [] if start is None else list(found[start : start + size])
        count = -(-max(len(found), len(found) + rules.hidden) // size) + (1 if rules.hole else 0)
        meta: dict[str, Any] = {"total_pages": count, "page": number}
        if total:
            meta |= {"total_entries": len(found) + rules.hidden, "per_page": size}
        return Reply({key: part, "meta": meta} if has_meta else {key: part})

    return answer


def pairs(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
    """`GET /users`."""
    return Reply({"users": [[item["id"], item["full_name"]] for item in found]})


def read(text: str) -> datetime:
    """A time in a query."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def since_updated(asked: Asked, item: Item) -> bool:
    since = asked.query.get("since_updated_at")
    return since is None or read(item["updated_at"]) >= read(since)


def of_number(asked: Asked, item: Item) -> bool:
    wanted = asked.query.get("number")
    return since_updated(asked, item) and (wanted is None or str(item["number"]) == wanted)


def created_between(asked: Asked, item: Item) -> bool:
    after, before = asked.query.get("created_at_gt"), asked.query.get("created_at_lt")
    at = read(item["created_at"])
    return (after is None or at > read(after)) and (before is None or at < read(before))


def not_disabled(asked: Asked, item: Item) -> bool:
    return asked.query.get("include_disabled") == "true" or not item["disabled"]


def in_status(asked: Asked, item: Item) -> bool:
    wanted = asked.query.get("status", "active")
    return wanted == "all" or bool(item["resolved"]) == (wanted == "resolved")


def updated(item: Item) -> datetime:
    return read(item["updated_at"])


def created(item: Item) -> datetime:
    return read(item["created_at"])


DATES = ("created_at", "updated_at")
RULES = PageRules(default=25, largest=100)


def collection(stream: str, path: str, make: Make, paging: Paging, **rest: Any) -> Collection:
    return Collection(stream, BASE + path, make, paging, rules=RULES, **rest)


def one_ticket(number: int, **values: Any) -> Item:
    return rows.ticket(number, **values)


TICKETS = collection(
    "tickets", "/tickets", one_ticket, pages("tickets"), matches=of_number, changed=updated,
    texts=("subject",), times=(*DATES, "resolved_at"),
)  # fmt: skip
HISTORY = collection(
    "ticket_history", "/tickets", one_ticket, pages("tickets"), matches=since_updated, changed=updated,
)  # fmt: skip
LISTS = (
    collection(
        "clients", "/customers", rows.customer, pages("customers", total=True), matches=not_disabled,
        texts=("business_name",), times=DATES, deleted=lambda item: {**item, "disabled": True},
    ),
    collection("technicians", "/users", rows.user, pairs, moves=False, shifts=False),
    TICKETS,
    collection(
        "time_entries", "/ticket_timers", rows.timer, pages("ticket_timers"), matches=created_between,
        changed=created, times=(*DATES, "start_time", "end_time"),
    ),
    collection(
        "invoices", "/invoices", rows.invoice, pages("invoices"), matches=since_updated, changed=updated,
        times=DATES, texts=("number",),
    ),
    collection("invoice_lines", "/line_items", rows.line_item, pages("line_items", total=True),
               texts=("item",), times=DATES),
    collection("payments", "/payments", rows.payment, pages("payments"), times=DATES),
    collection("agreements", "/schedules", rows.schedule, pages("schedules"), texts=("name",)),
    collection(
        "opportunities", "/estimates", rows.estimate, pages("estimates"), texts=("name",), times=DATES
    ),
    collection(
        "devices", "/customer_assets", rows.asset, pages("assets", total=True), texts=("name",), times=DATES
    ),
    collection(
        "alerts", "/rmm_alerts", rows.alert, pages("rmm_alerts"), matches=in_status, times=DATES,
        texts=("description",),
    ),
)  # fmt: skip


def other(asked: Asked) -> Reply | None:
    """What lies behind one address: a user, the comments of a ticket, the patches of an asset."""
    if found := re.fullmatch(rf"{BASE}/users/(\d+)", asked.path):
        return Reply({"user": rows.user(int(found[1]))})
    if found := re.fullmatch(rf"{BASE}/tickets/(\d+)/comments", asked.path):
        written = rows.comments(int(found[1]))
        return Reply({"comments": written, "meta": {"total_pages": 1, "page": 1, "per_page": 100}})
    if re.fullmatch(rf"{BASE}/customer_assets/(\d+)/patches", asked.path):
        return Reply(rows.patches(rows.FAILED, rows.REJECTED))
    return None


def world(*collections: Collection, answers: Callable[[Asked], Reply | None] = other) -> World:
    """The vendor with these lists."""
    return World(collections, fixed=FIXED, other=answers, accepts=header("Authorization", f"Bearer {TOKEN}"))


def settings(url: str) -> Mapping[str, Any]:
    """Settings that read all there is."""
    return {"base_url": url, "token": TOKEN, "currency": "USD", "invoice_lines": True}


HOUR = timedelta(hours=1)
