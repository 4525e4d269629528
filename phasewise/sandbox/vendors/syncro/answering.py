"""What Syncro answers, by its rules.

One token, 180 requests a minute, pages of a size that nobody can ask for, most lists without a total.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from phasewise.sandbox.rules import seconds_to_wait
from phasewise.sandbox.simulator import Item, Memory
from phasewise.testing.world import Asked, Reply

BASE = "/api/v1"
KEY = "T-sandbox-0123456789abcdef"
REQUESTS_A_MINUTE = 180

NOT_FOUND = {"message": "Not found"}

Fits = Callable[[Item, Mapping[str, str]], bool]


def _all(_row: Item, _query: Mapping[str, str]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class List:
    """A list.

    Attributes:
        collection: what is in it.
        size: rows a page; nobody can ask for another.
        tells: what is told of the whole: `total`, `pages`, or nothing at all.
        fits: the filter.
        newest_first: the newest row comes first.
    """

    collection: str
    size: int
    tells: str = "pages"
    fits: Fits = _all
    newest_first: bool = False


def answer(memory: Memory, asked: Asked, now: datetime) -> Reply:
    """Answer a request."""
    if seconds_to_wait(memory, "minute", now, requests=REQUESTS_A_MINUTE, window_seconds=60):
        return Reply({"error": "Rate limit exceeded"}, 429)
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return Reply({"error": "Invalid API token"}, 401)
    if asked.method != "GET" or not asked.path.startswith(BASE):
        return Reply(NOT_FOUND, 404)
    path = asked.path.removeprefix(BASE)
    if path in LISTS:
        return _list(memory, LISTS[path], asked)
    if path in FIXED:
        return Reply(FIXED[path])
    return _single(memory, path, asked)


def _list(memory: Memory, found: List, asked: Asked) -> Reply:
    rows = [row for row in memory.rows.get(found.collection, []) if found.fits(row, asked.query)]
    if found.newest_first:
        rows.sort(key=lambda row: str(row["created_at"]), reverse=True)
    return Reply(_page(rows, found.collection, _whole(asked, "page", 1), found.size, found.tells))


def _page(rows: Sequence[Item], key: str, page: int, size: int, tells: str) -> dict[str, Any]:
    body: dict[str, Any] = {key: list(rows[(page - 1) * size : page * size])}
    if tells:
        body["meta"] = {"total_pages": -(-len(rows) // size), "page": page}
    if tells == "total":
        body["meta"] |= {"total_entries": len(rows), "per_page": size}
    return body


def _single(memory: Memory, path: str, asked: Asked) -> Reply:
    for pattern, found in SINGLE.items():
        if match := re.fullmatch(pattern, path):
            body = found(memory, match.groups()[0] if match.groups() else "", asked)
            return Reply(NOT_FOUND, 404) if body is None else Reply(body)
    return Reply(NOT_FOUND, 404)


def _users(memory: Memory, _number: str, _asked: Asked) -> Any:
    """Pairs, in one answer."""
    return {"users": [[row["id"], row["full_name"]] for row in memory.rows["users"]]}


def _user(memory: Memory, number: str, _asked: Asked) -> Any:
    user = _by_id(memory, "users", number)
    return None if user is None else {"user": user}


def _patches(memory: Memory, number: str, _asked: Asked) -> Any:
    patches = _by_id(memory, "patches", number)
    return None if patches is None else {key: value for key, value in patches.items() if key != "id"}


def _by_id(memory: Memory, collection: str, number: str) -> Item | None:
    return next((row for row in memory.rows.get(collection, []) if str(row["id"]) == number), None)


def _comments(memory: Memory, number: str, asked: Asked) -> Any:
    """The newest first, 10 a page, unless asked otherwise."""
    if _by_id(memory, "tickets", number) is None:
        return None
    rows = [row for row in memory.rows["comments"] if str(row["ticket_id"]) == number]
    is_ascending = asked.query.get("sort_direction", "DESC") == "ASC"
    rows.sort(key=lambda row: str(row[asked.query.get("sort_by", "created_at")]), reverse=not is_ascending)
    size = _whole(asked, "per_page", 10)
    body = _page(rows, "comments", _whole(asked, "page", 1), size, "pages")
    body["meta"]["per_page"] = size
    return body


def _whole(asked: Asked, name: str, otherwise: int) -> int:
    text = asked.query.get(name, "")
    return int(text) if text.isdecimal() and int(text) else otherwise


def _at(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _updated_since(row: Item, query: Mapping[str, str]) -> bool:
    since = query.get("since_updated_at")
    return since is None or _at(row["updated_at"]) > _at(since)


def _ticket_fits(row: Item, query: Mapping[str, str]) -> bool:
    number = query.get("number")
    return _updated_since(row, query) and number in (None, str(row["number"]))


def _created_between(row: Item, query: Mapping[str, str]) -> bool:
    at, after, before = _at(row["created_at"]), query.get("created_at_gt"), query.get("created_at_lt")
    return (after is None or at > _at(after)) and (before is None or at < _at(before))


def _alert_fits(row: Item, query: Mapping[str, str]) -> bool:
    wanted = query.get("status", "active")
    return wanted == "all" or row["resolved"] == (wanted == "resolved")


def _customer_fits(row: Item, query: Mapping[str, str]) -> bool:
    return query.get("include_disabled") == "true" or not row["disabled"]


LISTS = {
    "/customers": List("customers", 25, "total", _customer_fits),
    "/tickets": List("tickets", 50, "pages", _ticket_fits, newest_first=True),
    "/ticket_timers": List("ticket_timers", 100, "pages", _created_between),
    "/invoices": List("invoices", 25, "pages", _updated_since, newest_first=True),
    "/line_items": List("line_items", 100, "total"),
    "/payments": List("payments", 25, "pages"),
    "/schedules": List("schedules", 25, ""),
    "/estimates": List("estimates", 50, "pages"),
    "/customer_assets": List("assets", 50, "total"),
    "/rmm_alerts": List("rmm_alerts", 25, "pages", _alert_fits),
}
SINGLE: Mapping[str, Callable[[Memory, str, Asked], Any]] = {
    r"/users": _users,
    r"/users/(\d+)": _user,
    r"/tickets/(\d+)/comments": _comments,
    r"/customer_assets/(\d+)/patches": _patches,
}
"""Addresses of one thing, and what lies there; None = nothing."""
FIXED: Mapping[str, Any] = {
    "/me": {
        "user_name": "Phasewise", "user_email": "phasewise@msp.example", "user_id": 1, "admin": False,
        "subdomain": "sandbox", "permissions": {"ticket": {"read": True, "write": False, "delete": False}},
    },
    "/settings": {
        "locale": {"currency_symbol": "€", "time_zone": "Europe/Madrid"},
        "ticket": {"priorities": ["", "0 Urgent", "1 High", "2 Normal", "3 Low"]},
    },
    "/tickets/settings": {
        "ticket_status_list": [
            "New", "In Progress", "Resolved", "Invoiced", "Waiting for Parts", "Waiting on Customer",
            "Scheduled", "Customer Reply",
        ],
    },
}  # fmt: skip
