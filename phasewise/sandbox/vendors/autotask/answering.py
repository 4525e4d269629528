"""How the simulated Autotask answers: zones, keys, limits, pages, its language of queries, its refusals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson

from phasewise.sandbox.rules import seconds_to_wait
from phasewise.sandbox.simulator import Item, Memory
from phasewise.sandbox.vendors.autotask.picklists import PICKLISTS
from phasewise.sandbox.vendors.autotask.query import Fits, QueryError, compiled, leaves
from phasewise.sandbox.vendors.autotask.rendering import ENTITIES
from phasewise.testing.world import Asked, Reply

USER, SECRET, CODE = "phasewise@sandbox.example", "sandbox-secret", "SANDBOX-CODE"
INTERFACE = "/atservicesrest/v1.0/"
LARGEST_PAGE = 500
AN_HOUR = 3600.0
REQUESTS_AN_HOUR = 10_000

_NAMES = {name.lower(): name for name in ENTITIES}


def answer(memory: Memory, asked: Asked, now: datetime) -> Reply:
    """The answer of Autotask to a request."""
    path = asked.path.lower()
    rest = path.removeprefix(INTERFACE).strip("/") if path.startswith(INTERFACE) else ""
    if rest == "zoneinformation":
        return _zone(asked)
    if not _is_let_in(asked):
        return _no(401, "Unauthorized")
    if seconds_to_wait(memory, "hour", now, requests=REQUESTS_AN_HOUR, window_seconds=AN_HOUR):
        return _no(429, "The request threshold of this database has been exceeded.")
    if rest == "thresholdinformation":
        return _threshold(memory)
    name, _, verb = rest.partition("/")
    try:
        return _of_entity(memory, asked, _NAMES.get(name, ""), verb)
    except QueryError as error:
        return _no(500, str(error))


def _zone(asked: Asked) -> Reply:
    if asked.query.get("user") != USER:
        return _no(500, "Zone information could not be determined.")
    return Reply(
        {
            "zoneName": "Sandbox",
            "url": f"{asked.host}/ATServicesRest/",
            "webUrl": f"{asked.host}/",
            "ci": 0,
        }
    )


def _is_let_in(asked: Asked) -> bool:
    keys = {"username": USER, "secret": SECRET, "apiintegrationcode": CODE}
    return all(asked.headers.get(name) == key for name, key in keys.items())


def _threshold(memory: Memory) -> Reply:
    return Reply(
        {
            "externalRequestThreshold": REQUESTS_AN_HOUR,
            "requestThresholdTimeframe": 60,
            "currentTimeframeRequestCount": len(memory.spent.get("hour", ())),
        }
    )


def _of_entity(memory: Memory, asked: Asked, entity: str, verb: str) -> Reply:
    if entity and verb == "entityinformation/fields" and asked.method == "GET":
        return Reply({"fields": _fields(memory, entity)})
    if not entity or verb not in ("query", "query/next", "query/count"):
        return _no(404, "No HTTP resource was found that matches the request URI.")
    if asked.method != "POST":
        return _no(405, "The requested resource does not support http method 'GET'.")
    body = {str(key).lower(): value for key, value in (asked.body or {}).items()}
    conditions = body.get("filter") or []
    if entity == "TicketHistory":
        _refuse_all_but_one_ticket(conditions, body)
    _refuse_unknown(memory, entity, conditions, body)
    fits = compiled(conditions)
    if verb == "query/count":
        return Reply({"queryCount": sum(map(fits, _candidates(memory, entity, conditions)))})
    return _page(memory, asked, entity, conditions, body, fits)


def _page(
    memory: Memory,
    asked: Asked,
    entity: str,
    conditions: Sequence[Mapping[str, Any]],
    body: Mapping[str, Any],
    fits: Fits,
) -> Reply:
    size = min(int(body.get("maxrecords") or LARGEST_PAGE), LARGEST_PAGE)
    rows = _candidates(memory, entity, conditions)
    last = _last_id(asked)
    place = bisect_right(rows, last, key=_id)
    found: list[Item] = []
    has_more = False
    while place < len(rows) and not has_more:
        if fits(rows[place]):
            has_more = len(found) == size
            if not has_more:
                found.append(rows[place])
        place += 1
    wanted = body.get("includefields")
    items = found if not wanted else [{name: row.get(name) for name in wanted} for row in found]
    details = {
        "count": len(items),
        "requestCount": size,
        "prevPageUrl": None,
        "nextPageUrl": _next(asked, entity, size, last, _id(found[-1])) if has_more else None,
    }
    return Reply({"items": items, "pageDetails": details})


def _next(asked: Asked, entity: str, size: int, before: int, last: int) -> str:
    """Where the next page is: behind an id, written in another case than it was asked for."""
    mark = orjson.dumps({"pageSize": size, "previousIds": [before], "nextIds": [last]}).decode()
    return f"{asked.host}{INTERFACE}{entity}/query/next?paging={quote(mark)}"


def _last_id(asked: Asked) -> int:
    text = asked.query.get("paging")
    if text is None:
        return -1
    try:
        return int(orjson.loads(text)["nextIds"][-1])
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError):
        raise QueryError("The paging parameter is not valid.") from None


def _candidates(memory: Memory, entity: str, conditions: Sequence[Mapping[str, Any]]) -> Sequence[Item]:
    """The rows that may fit, by id: where a condition lists numbers, those that an index finds."""
    rows = memory.rows.get(entity, [])
    together = [leaf for c in conditions for leaf in (c.get("items", ()) if c.get("op") == "and" else (c,))]
    listed = next((c for c in together if c.get("op") in ("in", "eq") and c.get("field")), None)
    if listed is None:
        return rows
    wanted = listed["value"] if isinstance(listed["value"], list) else [listed["value"]]
    index = _index(memory, entity, str(listed["field"]), rows)
    return sorted((row for value in dict.fromkeys(wanted) for row in index.get(value, ())), key=_id)


def _index(memory: Memory, entity: str, field: str, rows: Sequence[Item]) -> Mapping[Any, list[Item]]:
    with memory.lock:
        known = memory.kept.get(f"index {entity} {field}")
        if known is None or known[0] is not rows:
            index: dict[Any, list[Item]] = {}
            for row in rows:
                index.setdefault(row.get(field), []).append(row)
            known = memory.kept[f"index {entity} {field}"] = (rows, index)
        found: Mapping[Any, list[Item]] = known[1]
        return found


def _refuse_all_but_one_ticket(conditions: Sequence[Mapping[str, Any]], body: Mapping[str, Any]) -> None:
    is_one = len(conditions) == 1 and (conditions[0].get("op"), conditions[0].get("field")) == (
        "eq",
        "ticketID",
    )
    if not is_one or body.get("includefields"):
        raise QueryError("TicketHistory can only be queried by one ticketID with the operator eq.")


def _refuse_unknown(
    memory: Memory, entity: str, conditions: Sequence[Mapping[str, Any]], body: Mapping[str, Any]
) -> None:
    rows = memory.rows.get(entity) or []
    named = [*(body.get("includefields") or ()), *(leaf.get("field") for leaf in leaves(conditions))]
    unknown = [name for name in named if rows and name not in rows[0]]
    if unknown:
        raise QueryError(f"Unable to find {unknown[0]} in the {entity} Entity.")
    if body.get("includefields") and "id" not in body["includefields"]:
        raise QueryError("The id must be among the fields of a query with more than one page.")


def _fields(memory: Memory, entity: str) -> list[Item]:
    lists: dict[str, list[Item]] = {}
    for row in memory.rows.get(PICKLISTS, []):
        if row["entity"] == entity:
            told = {"value": row["value"], "label": row["label"], "isActive": True, "isSystem": False}
            lists.setdefault(row["field"], []).append(told)
    rows = memory.rows.get(entity) or [{}]
    names = dict.fromkeys([*rows[0], *lists])
    return [{"name": name, "isPickList": name in lists, "picklistValues": lists.get(name)} for name in names]


_id: Callable[[Item], int] = lambda row: int(row["id"])  # noqa: E731  # a key, used thrice


def _no(status: int, *errors: str) -> Reply:
    return Reply({"errors": list(errors)}, status)
