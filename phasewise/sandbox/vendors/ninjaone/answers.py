"""How NinjaOne answers: tokens, ways of paging, filters. No limit of rate is published, none kept here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from phasewise.sandbox.rules import hand_out_token, is_alive
from phasewise.sandbox.simulator import Item, Memory
from phasewise.testing.world import Asked, Reply

CLIENT_ID, CLIENT_SECRET = "sandbox-application", "sandbox-secret"
TOKENS = ("/ws/oauth/token", "/oauth/token")
TOKEN_LIFE_SECONDS = 3600
SCOPES = frozenset({"monitoring"})
"""Scopes that the application has."""

CURSOR_LIFE = timedelta(minutes=10)
"""Not published; the answer says it."""

BEHIND_AN_ID = {
    "/v2/organizations": "organizations",
    "/v2/organizations-detailed": "organizations",
    "/v2/devices": "devices",
    "/v2/devices-detailed": "devices",
}
BY_CURSOR = {
    "/v2/queries/os-patch-installs": "os_installs",
    "/v2/queries/software-patch-installs": "software_installs",
    "/v2/queries/os-patches": "missing",
    "/v2/queries/computer-systems": "systems",
    "/v2/backup/jobs": "jobs",
}
WHOLE = {
    "/v2/alerts": "alerts",
    "/v2/knowledgebase/global/articles": "articles",
    "/v2/knowledgebase/organization/articles": "client_articles",
    "/v2/organization/documents": "documents",
}
CAPS = {"/v2/backup/jobs": 10_000}
LARGEST = 1000


def answer(memory: Memory, asked: Asked, now: datetime) -> Reply:
    """Answer a request by NinjaOne's rules."""
    if asked.path in TOKENS and asked.method == "POST":
        return _token(memory, asked, now)
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not is_alive(memory, token, now):
        return Reply({"error": "invalid_token", "error_description": "The access token is not valid"}, 401)
    if asked.method != "GET":
        return _refused("METHOD_NOT_ALLOWED", 405)
    return _list(memory, asked, now)


def _list(memory: Memory, asked: Asked, now: datetime) -> Reply:
    if asked.path == "/v2/activities":
        return _activities(memory, asked)
    if asked.path in BEHIND_AN_ID:
        return _behind_an_id(memory.rows.get(BEHIND_AN_ID[asked.path], []), asked)
    if asked.path in WHOLE:
        return _whole(memory.rows.get(WHOLE[asked.path], []), asked)
    if asked.path in BY_CURSOR:
        return _by_cursor(memory, asked, now)
    return _refused("NOT_FOUND", 404)


def _token(memory: Memory, asked: Asked, now: datetime) -> Reply:
    form = asked.body if isinstance(asked.body, dict) else {}
    if form.get("grant_type") != "client_credentials":
        return Reply({"error": "unsupported_grant_type"}, 400)
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        return Reply({"error": "invalid_client"}, 401)
    if not set(str(form.get("scope", "")).split()) <= SCOPES:
        return Reply({"error": "invalid_scope"}, 400)
    token = hand_out_token(memory, now, life_seconds=TOKEN_LIFE_SECONDS)
    body = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE_SECONDS}
    return Reply({**body, "scope": form.get("scope")})


def _behind_an_id(rows: Sequence[Item], asked: Asked) -> Reply:
    last = _whole_number(asked, "after", 0)
    rest = sorted((row for row in rows if row["id"] > last), key=lambda row: int(row["id"]))
    return Reply(rest[: _size(asked, LARGEST)])


def _whole(rows: Sequence[Item], asked: Asked) -> Reply:
    with_archived = asked.query.get("includeArchived") == "true"
    return Reply([row for row in rows if with_archived or not row.get("isArchived")])


def _activities(memory: Memory, asked: Asked) -> Reply:
    query = asked.query
    below = _whole_number(asked, "olderThan", 10**15)
    above = _whole_number(asked, "newerThan", 0)
    after, before = _bound(query.get("after"), 0.0), _bound(query.get("before"), float("inf"))
    rows = memory.rows.get("activities", [])
    found = [
        row
        for row in rows
        if above < row["id"] < below
        and after <= (row["activityTime"] or 0.0) < before
        and query.get("type") in (None, row["activityType"])
        and query.get("seriesUid") in (None, row["seriesUid"])
    ]
    found.sort(key=lambda row: -int(row["id"]))
    newest = max((int(row["id"]) for row in rows), default=0)
    return Reply({"lastActivityId": newest, "activities": found[: max(10, _size(asked, 200))]})


def _by_cursor(memory: Memory, asked: Asked, now: datetime) -> Reply:
    """A cursor is kept here, leads through what was there at first, and moves on with every answer."""
    name = asked.query.get("cursor")
    with memory.lock:
        if name is None:
            name = f"cursor-{len(memory.kept) + 1}"
            rows = memory.rows.get(BY_CURSOR[asked.path], [])
            found = [row for row in rows if _is_wanted(asked, row)]
            memory.kept[name] = {"rows": found, "offset": 0, "expires": now + CURSOR_LIFE}
        cursor = memory.kept.get(name)
        if cursor is None or cursor["expires"] <= now:
            return _refused("CURSOR_NOT_FOUND", 404)
        offset, size = cursor["offset"], _size(asked, CAPS.get(asked.path, LARGEST))
        items = cursor["rows"][offset : offset + size]
        cursor["offset"] = offset + len(items)
    told = {"name": name, "offset": offset, "count": len(items), "expires": cursor["expires"].timestamp()}
    return Reply({"cursor": told, "results": items})


def _is_wanted(asked: Asked, row: Item) -> bool:
    query = asked.query
    after, before = (
        _bound(query.get("installedAfter"), 0.0),
        _bound(query.get("installedBefore"), float("inf")),
    )
    if "installedAt" in row and not after <= row["installedAt"] < before:
        return False
    return _fits(query.get("sf"), r"status = (\w+)", lambda word: row["jobStatus"] == word) and _fits(
        query.get("stf"),
        r"startTime after (\S+)",
        lambda text: row["jobStartTime"] > datetime.fromisoformat(text).timestamp(),
    )


def _fits(text: str | None, form: str, test: Callable[[str], bool]) -> bool:
    if text is None:
        return True
    match = re.fullmatch(form, text)
    return match is not None and test(match[1])


def _bound(text: str | None, otherwise: float) -> float:
    """Epoch seconds, or an ISO time."""
    if not text:
        return otherwise
    if re.fullmatch(r"\d+", text):
        return float(text)
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _size(asked: Asked, otherwise: int) -> int:
    return min(CAPS.get(asked.path, LARGEST), max(1, _whole_number(asked, "pageSize", otherwise)))


def _whole_number(asked: Asked, name: str, otherwise: int) -> int:
    text: Any = asked.query.get(name)
    return int(text) if text and str(text).isdecimal() else otherwise


def _refused(code: str, status: int) -> Reply:
    return Reply({"resultCode": code, "errorMessage": code.replace("_", " ").capitalize()}, status)
