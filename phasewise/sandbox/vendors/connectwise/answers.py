"""By which rules ConnectWise answers: keys, pages, conditions, and what it says when it refuses."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

from phasewise.sandbox.rules import seconds_to_wait
from phasewise.sandbox.simulator import Item, Memory
from phasewise.sandbox.vendors.connectwise.conditions import ConditionError, parse
from phasewise.testing.world import Asked, Reply

COMPANY, PUBLIC_KEY, PRIVATE_KEY = "sandbox", "sandbox-public", "sandbox-private"
CLIENT_ID = "00000000-0000-4000-8000-000000000000"
CODEBASE = "v2025_1/"
CODEBASES = (CODEBASE, "v4_6_release/")
"""The second one is taken by every server."""

DEFAULT_PAGE, LARGEST_PAGE = 25, 1000
REQUESTS_A_MINUTE = 1_000
"""Nobody knows the true one. It is here so that a client has to wait sometimes."""

AUDIT_TYPES = frozenset({"Ticket", "ProjectTicket", "Contact", "Company", "Agreement", "Invoice"})

HANGING: Sequence[tuple[str, str, str]] = (
    (r"/finance/agreements/(\d+)/additions", "additions", "agreementId"),
    (r"/finance/invoices/(\d+)/payments", "payments", "invoice/id"),
    (r"/service/boards/(\d+)/statuses", "statuses", "board/id"),
    (r"/service/SLAs/(\d+)/priorities", "goals", "sla/id"),
    (r"/service/surveys/(\d+)/questions", "questions", "surveyId"),
    (r"/service/surveys/(\d+)/results", "results", "surveyId"),
)
"""Lists that hang on a row: path, collection, the field that names the row."""

FORWARD_TOO = frozenset({"additions", "results"})
"""Of those, the lists that can be paged forward."""

_parsed = cache(parse)


def answer(memory: Memory, asked: Asked, now: datetime) -> Reply:
    """What is answered to a request."""
    if asked.method != "GET":
        return _refusal(405, "MethodNotAllowed", "This key may read and nothing else")
    if asked.path.startswith("/login/companyinfo/"):
        return _companyinfo(unquote(asked.path.rpartition("/")[2]))
    base = next((f"/{c}apis/3.0" for c in CODEBASES if asked.path.startswith(f"/{c}apis/3.0/")), None)
    if base is None:
        return Reply(b"<html><title>404</title></html>", 404, {"Content-Type": "text/html"})
    return _door(asked) or _inside(memory, asked, asked.path.removeprefix(base), now)


def _inside(memory: Memory, asked: Asked, path: str, now: datetime) -> Reply:
    wait = seconds_to_wait(memory, "requests", now, requests=REQUESTS_A_MINUTE, window_seconds=60)
    if wait:
        return Reply({"code": "TooManyRequests", "message": "Slow down"}, 429, {"Retry-After": str(wait)})
    try:
        return _route(memory, asked, path)
    except ConditionError as error:
        return _refusal(400, "InvalidObject", f"conditions: {error}")


def _companyinfo(company: str) -> Reply:
    if company.lower() != COMPANY:
        return Reply(b"null")
    return Reply(
        {
            "CompanyName": "Sandbox",
            "Codebase": CODEBASE,
            "VersionCode": "v2025.1",
            "VersionNumber": "v2025.1.11",
            "CompanyID": COMPANY,
            "IsCloud": True,
        }
    )


def _door(asked: Asked) -> Reply | None:
    pair = f"{COMPANY}+{PUBLIC_KEY}:{PRIVATE_KEY}".encode()
    if asked.headers.get("authorization") != "Basic " + base64.b64encode(pair).decode():
        return _refusal(401, "Unauthorized", "The credentials are wrong")
    if asked.headers.get("clientid") != CLIENT_ID:
        return _refusal(401, "ConnectWiseApi", "A clientId is required")
    return None


def _route(memory: Memory, asked: Asked, path: str) -> Reply:
    if path == "/system/info":
        return Reply({"version": "v2025.1.11", "isCloud": True, "cloudRegion": "EU"})
    is_count = path.endswith("/count")
    listed = path.removesuffix("/count")
    if listed == "/system/audittrail":
        return _audit_trail(memory, asked)
    forecast = re.fullmatch(r"/sales/opportunities/(\d+)/forecast", listed)
    if forecast is not None:
        found = _hanging_on(memory, "forecasts", "id", int(forecast[1]))
        return Reply(found[0]) if found else _refusal(404, "NotFound", "There is no such opportunity")
    name, rows = _rows(memory, listed)
    if rows is None:
        return _refusal(404, "NotFound", "There is no such list")
    test = _parsed(asked.query.get("conditions", ""))
    found = [row for row in rows if test(row)]
    if is_count:
        return Reply({"count": len(found)})
    return _page(asked, found, can_page_forward=listed == name or name in FORWARD_TOO)


def _rows(memory: Memory, path: str) -> tuple[str, list[Item] | None]:
    """The rows of a list, and the collection they stand in."""
    if path.startswith("/") and path in memory.rows:
        return path, memory.rows[path]
    for pattern, collection, field in HANGING:
        match = re.fullmatch(pattern, path)
        if match is not None:
            return collection, _hanging_on(memory, collection, field, int(match[1]))
    return path, None


def _hanging_on(memory: Memory, collection: str, field: str, wanted: int) -> list[Item]:
    """The rows of a collection that name a row; by an index, as a database would."""
    rows, (top, _, inner) = memory.rows[collection], field.partition("/")
    with memory.lock:
        held, index = memory.kept.get(collection, (None, {}))
        if held is not rows:
            index = {}
            for row in rows:
                index.setdefault(row[top][inner] if inner else row[top], []).append(row)
            memory.kept[collection] = rows, index
        found: list[Item] = index.get(wanted, [])
        return found


def _audit_trail(memory: Memory, asked: Asked) -> Reply:
    if asked.query.get("type") not in AUDIT_TYPES or not asked.query.get("id", "").isdecimal():
        return _refusal(400, "InvalidObject", "type and id are required")
    wanted = int(asked.query["id"]) if asked.query["type"] == "Ticket" else 0
    found = [
        {key: value for key, value in row.items() if key != "ticket"}
        for row in _hanging_on(memory, "audits", "ticket", wanted)
    ]
    # The newest entry first.
    found.sort(key=lambda row: str(row["enteredDate"]), reverse=True)
    return _page(asked, found, can_page_forward=False)


def _page(asked: Asked, found: list[Item], *, can_page_forward: bool) -> Reply:
    size = min(_whole(asked.query.get("pageSize"), DEFAULT_PAGE) or DEFAULT_PAGE, LARGEST_PAGE)
    if asked.headers.get("pagination-type") == "forward-only":
        if can_page_forward:
            return _forward_page(asked, found, size)
        return Reply(_shown(asked, _ordered(asked, found)[:size]))
    page = max(1, _whole(asked.query.get("page"), 1))
    ordered = _ordered(asked, found)
    rows = ordered[(page - 1) * size : page * size]
    last = max(1, -(-len(ordered) // size))
    links = [f'<{asked.link(page=page + 1)}>; rel="next"'] if page < last else []
    links += [f'<{asked.link(page=last)}>; rel="last"'] if last > 1 else []
    return Reply(_shown(asked, rows), headers={"Link": ", ".join(links)} if links else {})


def _forward_page(asked: Asked, found: list[Item], size: int) -> Reply:
    if "orderBy" in asked.query:
        return _refusal(400, "InvalidObject", "orderBy cannot be used with forward-only paging")
    behind = _whole(asked.query.get("pageId"), 0)
    rest = sorted((row for row in found if row["id"] > behind), key=lambda row: int(row["id"]))
    rows = rest[:size]
    link = f'<{asked.link(pageId=rows[-1]["id"])}>; rel="next"' if len(rest) > size else ""
    return Reply(_shown(asked, rows), headers={"Link": link})


def _ordered(asked: Asked, found: list[Item]) -> list[Item]:
    """In the order asked for; without one, the row that was changed last comes first."""
    order = asked.query.get("orderBy", "")
    key: Callable[[Item], Any] = lambda row: str((row.get("_info") or {}).get("lastUpdated"))  # noqa: E731  # two orders of one form
    if order:
        field, _, way = order.strip().partition(" ")
        return sorted(found, key=lambda row: row[field], reverse=way.lower() == "desc")
    return found if not any("_info" in row for row in found) else sorted(found, key=key, reverse=True)


def _shown(asked: Asked, rows: list[Item]) -> list[Item]:
    """The fields asked for; all of them where none are."""
    fields = [field for field in asked.query.get("fields", "").split(",") if field]
    return [_only(row, fields) for row in rows] if fields else rows


def _only(row: Mapping[str, Any], fields: Sequence[str]) -> Item:
    shown: Item = {}
    for field in fields:
        top, _, inner = field.partition("/")
        if top not in row:
            continue
        if not inner or not isinstance(row[top], Mapping):
            shown[top] = row[top]
        elif inner in row[top]:
            shown.setdefault(top, {})[inner] = row[top][inner]
    return shown


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() else otherwise


def _refusal(status: int, code: str, message: str) -> Reply:
    return Reply({"code": code, "message": message, "errors": None}, status)
