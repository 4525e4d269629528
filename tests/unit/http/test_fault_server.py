"""The fault server misbehaves exactly as told, and not otherwise."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from phasewise.testing import faults
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.faults import Fault
from phasewise.testing.world import (
    Collection,
    PageRules,
    Paging,
    World,
    cursor_marks,
    header,
    keyset,
    link_headers,
    next_urls,
    offsets,
    page_numbers,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def world(paging: Paging | None = None, **changed: Any) -> World:
    collection = Collection(
        "items",
        "/items",
        lambda n: {"id": n, "text": f"t{n}", "at": "2026-01-01T00:00:00", "inner": {"a": [n]}},
        paging or page_numbers(),
        texts=("text",),
        times=("at",),
        rules=PageRules(default=3, largest=5),
    )
    return World((collection,), **changed)


def serve(*wrong: Fault, paging: Paging | None = None, items: int = 12, **changed: Any) -> FaultServer:
    return FaultServer(world(paging, **changed), items=items, faults=wrong, now=lambda: NOON)


def ask(server: FaultServer, path: str, **headers: str) -> tuple[int, Any, dict[str, str]]:
    url = path if "://" in path else server.url + path
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, json.loads(answer.read()), {k.lower(): v for k, v in answer.headers.items()}
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(), {k.lower(): v for k, v in refused.headers.items()}


def test_page_numbers_are_served_with_a_total() -> None:
    with serve() as server:
        assert [i["id"] for i in ask(server, "/items")[1]["items"]] == [1, 2, 3]
        assert [i["id"] for i in ask(server, "/items?page=2&per_page=100")[1]["items"]] == [6, 7, 8, 9, 10]
        assert ask(server, "/items?page=9&per_page=5")[1] == {"items": [], "total": 12}
        assert [asked.query.get("page") for asked in server.asked] == [None, "2", "9"]


def test_every_other_paging_kind_leads_to_every_item() -> None:
    def by_body(get: Callable[[Any], Any]) -> Callable[[Any, dict[str, str]], str | None]:
        return lambda body, _: get(body)

    def by_header(_: Any, headers: dict[str, str]) -> str | None:
        link = headers.get("link", "")
        return link[1 : link.index(">")] if link else None

    kinds: list[tuple[Paging, Callable[[Any, dict[str, str]], str | None], str]] = [
        (next_urls(), by_body(lambda b: b["pageDetails"]["nextPageUrl"]), "items"),
        (
            cursor_marks(),
            by_body(lambda b: b["cursor"]["name"] and f"/items?cursor={b['cursor']['name']}"),
            "results",
        ),
        (
            offsets(),
            by_body(lambda b: f"/items?offset={b['items'][-1]['id']}" if b["items"] else None),
            "items",
        ),
        (keyset(), by_body(lambda b: f"/items?after={b[-1]['id']}" if b else None), ""),
        (link_headers(), by_header, ""),
    ]
    for paging, follow, items in kinds:
        with serve(paging=paging) as server:
            came, path = [], "/items"
            while path:
                _, body, headers = ask(server, path)
                came += [item["id"] for item in (body[items] if items else body)]
                path = follow(body, headers) or ""
            assert came == list(range(1, 13))


def test_what_is_not_there_is_404_and_what_is_fixed_is_answered() -> None:
    with serve(fixed={"/me": {"name": "me"}}, accepts=header("X-Key", "k")) as server:
        assert ask(server, "/me")[0] == 401
        assert ask(server, "/me", **{"X-Key": "k"})[1] == {"name": "me"}
        assert ask(server, "/you", **{"X-Key": "k"})[0] == 404


def statuses(server: FaultServer, count: int) -> Iterator[int]:
    for _ in range(count):
        yield ask(server, "/items")[0]


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [("seconds", "2"), ("date", "Mon, 02 Mar 2026 12:00:02 GMT"), ("0", "0"), ("absent", None)],
)
def test_too_many_requests_are_refused_in_every_form(retry_after: Any, expected: str | None) -> None:
    with serve(faults.too_many_requests(retry_after, at=2, times=2)) as server:
        assert ask(server, "/items")[0] == 200
        status, _, headers = ask(server, "/items")
        assert (status, headers.get("retry-after")) == (429, expected)
        assert list(statuses(server, 2)) == [429, 200]


def test_failures_and_refusals_hit_the_requests_they_are_told_to() -> None:
    with serve(faults.failing(502, at=1, times=2)) as server:
        assert list(statuses(server, 3)) == [502, 502, 200]
    with serve(faults.wrong_key()) as server:
        assert list(statuses(server, 2)) == [401, 401]
    with serve(faults.forbidden("items"), fixed={"/me": 1}) as server:
        assert (ask(server, "/items")[0], ask(server, "/me")[0]) == (403, 200)
    with serve(faults.error_body({"error": "no"}, at=1)) as server:
        assert ask(server, "/items")[1] == {"error": "no"}
        assert ask(server, "/items")[1]["total"] == 12


def test_a_cut_body_breaks_off_in_the_middle() -> None:
    with serve(faults.cut_body(at=1)) as server:
        with pytest.raises(http.client.IncompleteRead):
            ask(server, "/items")
        assert ask(server, "/items")[0] == 200


def ids(server: FaultServer, path: str = "/items?per_page=5") -> list[int]:
    return [item["id"] for item in ask(server, path)[1]["items"]]


def test_paging_faults_do_what_they_say() -> None:
    with serve(faults.page_size_capped(2)) as server:
        assert ids(server) == [1, 2]
    with serve(faults.small_default_page(4)) as server:
        assert (ids(server, "/items"), ids(server)) == ([1, 2, 3, 4], [1, 2, 3, 4, 5])
    with serve(faults.empty_page(2)) as server:
        assert [ids(server, f"/items?per_page=5&page={n}") for n in (1, 2, 3)] == [
            [1, 2, 3, 4, 5], [], [6, 7, 8, 9, 10],
        ]  # fmt: skip
    with serve(faults.same_page_for_ever()) as server:
        assert ids(server, "/items?per_page=5&page=7") == [1, 2, 3, 4, 5]
    with serve(faults.page_of(100)) as server:
        assert len(ids(server)) == 100
    with serve(faults.hidden_records(4)) as server:
        assert ask(server, "/items")[1]["total"] == 16


def test_faults_of_the_items_do_what_they_say() -> None:
    with serve(faults.duplicate_id(), faults.page_of(1)) as server:
        body = ask(server, "/items")[1]
        server_ids = ids(server)
        assert body["total"] == 12
        assert server_ids == [1]
    with serve(faults.moving_record()) as server:
        assert ids(server) == [1, 2, 3, 4, 5]
        assert ids(server, "/items?per_page=5&page=2") == [7, 8, 9, 10, 11]
    with serve(faults.deleted_record()) as server:
        ids(server)
        assert ids(server, "/items?per_page=5&page=2") == [7, 8, 9, 10, 11]
        assert ask(server, "/items")[1]["total"] == 11
    with serve(faults.nulls()) as server:
        assert ask(server, "/items")[1]["items"][0] == {
            "id": 1,
            "text": None,
            "at": None,
            "inner": {"a": [None]},
        }
    with serve(faults.strange_text()) as server:
        assert [i["text"] for i in ask(server, "/items")[1]["items"]] == list(faults.STRANGE_TEXTS[:3])
    with serve(faults.times_in_the_hour_that_comes_twice()) as server:
        assert ask(server, "/items")[1]["items"][0]["at"] == "2025-10-26T02:30:00"
    with serve(faults.renamed_field("text", "Text")) as server:
        assert "Text" in ask(server, "/items")[1]["items"][0]
        assert server.items("items")[0]["text"] == "t1"


def test_the_clock_of_the_server_can_be_off() -> None:
    with serve(faults.clock_off(-10)) as server:
        assert parsedate_to_datetime(ask(server, "/items")[2]["date"]) == NOON - timedelta(minutes=10)


def test_faults_are_combined_at_will() -> None:
    with serve(faults.page_size_capped(2), faults.strange_text(), faults.failing(503, at=1)) as server:
        assert ask(server, "/items")[0] == 503
        assert [i["text"] for i in ask(server, "/items")[1]["items"]] == list(faults.STRANGE_TEXTS[:2])


def test_what_the_vendors_users_do_meanwhile_is_served_from_then_on() -> None:
    with serve() as server:
        server.replace("items", server.items("items")[10:])
        assert ids(server) == [11, 12]
