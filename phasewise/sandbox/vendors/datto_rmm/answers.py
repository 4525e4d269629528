"""How Datto RMM answers: its token, its one limit for all keys, its pages and its log of a quarter hour."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from phasewise.sandbox.rules import hand_out_token, is_alive, seconds_to_wait
from phasewise.sandbox.simulator import Item, Memory
from phasewise.testing.world import Asked, Reply

API_KEY, API_SECRET = "SANDBOXKEY0000", "sandbox-secret-key"
TOKENS = "/auth/oauth/token"
TOKEN_LIFE_SECONDS = 100 * 3600
PUBLIC = "Basic " + base64.b64encode(b"public-client:public").decode()

READS, WINDOW_SECONDS = 600, 60
PATIENCE = 10
"""Refusals in a row after which who goes on asking is locked out."""
LOCK = timedelta(minutes=5)

LARGEST = 250
LARGEST_OF_ALERTS = 100
"""The account's largest page does not hold for alerts. Which one does is not published."""

UNASKED = timedelta(minutes=15)
"""What the log answers of when no beginning is asked for."""

API = "/api/v2"
LISTS = {
    f"{API}/account/sites": "sites",
    f"{API}/account/devices": "devices",
    f"{API}/account/users": "users",
}
ALERTS = {f"{API}/account/alerts/open": False, f"{API}/account/alerts/resolved": True}
RESULT = re.compile(rf"{API}/job/([^/]+)/results/([^/]+)")


def answer(memory: Memory, asked: Asked, now: datetime) -> Reply:
    """Answer a request by Datto's rules."""
    if asked.path == TOKENS and asked.method == "POST":
        return _token(memory, asked, now)
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not is_alive(memory, token, now):
        return refused(asked, 401, "Unauthorized", now)
    if (refusal := _limited(memory, asked, now)) is not None:
        return refusal
    if asked.method != "GET":
        return refused(asked, 405, "Method Not Allowed", now)
    return _read(memory, asked, now)


def refused(asked: Asked, status: int, error: str, now: datetime) -> Reply:
    """How Datto says no."""
    path = asked.path.removeprefix("/api")
    stamp = int(now.timestamp() * 1000)
    return Reply({"timestamp": stamp, "status": status, "error": error, "path": path}, status)


def _read(memory: Memory, asked: Asked, now: datetime) -> Reply:
    rows = memory.rows
    if asked.path in LISTS:
        name = LISTS[asked.path]
        return _page(rows.get(name, []), asked, name, LARGEST)
    if asked.path in ALERTS:
        is_over = ALERTS[asked.path]
        found = [row for row in rows.get("alerts", []) if bool(row["resolved"]) is is_over]
        return _page(found, asked, "alerts", LARGEST_OF_ALERTS)
    if asked.path == f"{API}/activity-logs":
        return _log(rows.get("activities", []), asked, now)
    one = _one(memory, asked.path)
    return refused(asked, 404, "Not Found", now) if one is None else Reply(one)


def _one(memory: Memory, path: str) -> Item | None:
    """What is not a list."""
    if path == f"{API}/account":
        return {"id": 7, "uid": "acme-0000", "name": "Acme IT", "currency": "EUR"}
    if path == f"{API}/system/request_rate":
        return _rate(memory)
    match = RESULT.fullmatch(path)
    names = None if match is None else match.groups()
    found = (row for row in memory.rows.get("results", []) if (row["jobUid"], row["deviceUid"]) == names)
    return next(found, None)


def _token(memory: Memory, asked: Asked, now: datetime) -> Reply:
    form = asked.body if isinstance(asked.body, dict) else {}
    if asked.headers.get("authorization") != PUBLIC:
        return Reply({"error": "unauthorized", "error_description": "Full authentication is required"}, 401)
    if form.get("grant_type") != "password":
        return Reply({"error": "unsupported_grant_type"}, 400)
    if (form.get("username"), form.get("password")) != (API_KEY, API_SECRET):
        return Reply({"error": "invalid_grant", "error_description": "Bad credentials"}, 400)
    token = hand_out_token(memory, now, life_seconds=TOKEN_LIFE_SECONDS)
    return Reply({"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFE_SECONDS - 1})


def _limited(memory: Memory, asked: Asked, now: datetime) -> Reply | None:
    with memory.lock:
        if memory.kept.get("locked_until", now) > now:
            return refused(asked, 403, "Forbidden", now)
        wait = seconds_to_wait(memory, "account", now, requests=READS, window_seconds=WINDOW_SECONDS)
        if wait == 0:
            memory.kept["refusals"] = 0
            return None
        memory.kept["refusals"] = memory.kept.get("refusals", 0) + 1
        if memory.kept["refusals"] > PATIENCE:
            memory.kept["locked_until"] = now + LOCK
    return refused(asked, 429, "Too Many Requests", now)


def _rate(memory: Memory) -> Item:
    return {
        "slidingTimeWindowSizeSeconds": WINDOW_SECONDS,
        "accountUid": "acme-0000",
        "accountCount": len(memory.spent.get("account", ())),
        "accountRateLimit": READS,
        "accountCutOffRatio": 0.9,
    }


def _page(found: Sequence[Item], asked: Asked, name: str, largest: int) -> Reply:
    """A page and the link to the next one, which has forgotten all but its number."""
    size = min(largest, _whole(asked.query.get("max"), largest) or largest)
    number = _whole(asked.query.get("page"), 0)
    items = list(found[number * size : (number + 1) * size])
    link = f"{asked.host}{asked.path}?page={number + 1}" if (number + 1) * size < len(found) else None
    return Reply({"pageDetails": _details(items, len(found), link), name: items})


def _log(rows: Sequence[Item], asked: Asked, now: datetime) -> Reply:
    """Rows behind the one that the link names; the link has forgotten the window."""
    query = asked.query
    begin = _instant(query["from"]) if "from" in query else now - UNASKED
    end = _instant(query["until"]) if "until" in query else now
    kinds = [word.lower() for word in query.get("categories", "").split(",") if word]
    found = [
        row
        for row in rows
        if begin.timestamp() <= row["date"] <= end.timestamp()
        and (not kinds or row["category"].lower() in kinds)
    ]
    is_newest_first = query.get("order", "desc") == "desc"
    found.sort(key=_place, reverse=is_newest_first)
    if (mark := query.get("searchAfter")) is not None:
        found = [row for row in found if (_mark(row) < mark if is_newest_first else _mark(row) > mark)]
    size = min(LARGEST, _whole(query.get("size"), LARGEST) or LARGEST)
    items = found[:size]
    behind = {"page": "next", "searchAfter": _mark(items[-1])} if items else {}
    link = f"{asked.host}{asked.path}?{urlencode(behind)}" if len(found) > size else None
    details = {"count": len(items), "prevPageUrl": None, "nextPageUrl": link}
    return Reply({"pageDetails": details, "activities": items, "error": None})


def _place(row: Item) -> tuple[int, str]:
    return int(row["date"] * 1000), str(row["id"])


def _mark(row: Item) -> str:
    return f"{int(row['date'] * 1000):015d},{row['id']}"


def _details(items: Sequence[Item], total: int, link: str | None) -> dict[str, Any]:
    return {"count": len(items), "totalCount": total, "prevPageUrl": None, "nextPageUrl": link}


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise
