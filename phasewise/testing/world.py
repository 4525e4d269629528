"""What a pretended vendor has and how it answers: the description that a connector's author writes.

    WORLD = World(
        Collection("tickets", "/tickets", make_ticket, page_numbers(items="items", total="total")),
        Collection("clients", "/clients", make_client, keyset(key="id")),
        accepts=header("Authorization", "Bearer k3y"),
    )

A collection makes as many items as a test wants (`make_ticket(7)`); the paging value says which parameters
the vendor takes and what its answers look like. See `faults` for how such a vendor misbehaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the server saw it.

    Attributes:
        method: GET or POST.
        path: without the query.
        query: parameter → its last value.
        headers: lower-case name → value.
        body: decoded JSON, or form fields; None when empty.
        host: the address it was asked at, to make links with.
        number: which request of the server, from 1; requests for tokens are not counted.
        turn: which request on this path, from 1.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    host: str
    number: int = 0
    turn: int = 0

    def link(self, **changed: str | int) -> str:
        """This request's address with some parameters changed."""
        return (
            f"{self.host}{self.path}?{urlencode({**self.query, **{k: str(v) for k, v in changed.items()}})}"
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers.

    Attributes:
        body: a JSON value, or bytes that are sent as they are.
        status: HTTP status.
        headers: beside those every answer has.
        is_cut: half of the body is sent, then the connection is closed.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class PageRules:
    """How large pages are, and what is wrong with them.

    Attributes:
        default: items a page when none are asked for.
        largest: most items a page, whatever is asked for.
        is_fixed: every page is as large as the largest, whatever is asked for.
        hole: number of the page that comes empty though more follow, 0 = none.
        repeats: every page is the first one.
        hidden: how many more items the total counts than the pages hold.
    """

    default: int = 25
    largest: int = 100
    is_fixed: bool = False
    hole: int = 0
    repeats: bool = False
    hidden: int = 0

    def size(self, asked: str | int | None) -> int:
        """Items a page for a request that asks for so many."""
        try:
            wanted = int(asked or 0)
        except ValueError:
            wanted = 0
        return self.largest if self.is_fixed else min(self.largest, wanted or self.default)

    def start(self, number: int, size: int) -> int | None:
        """First item of the page of that number (from 1); None for the hole."""
        if self.repeats:
            return 0
        if self.hole and number == self.hole:
            return None
        behind = 1 if self.hole and number > self.hole else 0
        return (number - 1 - behind) * size


Paging = Callable[[Sequence[Item], Asked, PageRules], Reply]
"""Answers a request for a page out of the items that fit it."""


def _everything(asked: Asked, item: Item) -> bool:  # noqa: ARG001  # the form of Collection.matches
    return True


def unpaged(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:  # noqa: ARG001  # form of Paging
    """Everything in one answer, as a bare list."""
    return Reply(list(found))


@dataclass(frozen=True, slots=True)
class Collection:
    """A list the vendor has.

    Attributes:
        stream: the connector's stream that lists it.
        path: as the connector asks for it, below the base URL; the file's name where it reads files.
        make: the item of a number, from 1; ids must be different.
        paging: how it is paged.
        method: GET, or POST where the query is a POST.
        matches: the vendor's filter: does this request want this item?
        rules: sizes of its pages.
        moves: a change can move an item to another page. False where the connector asks for an order by id.
        shifts: a deleted item shifts those behind it. False where the next page begins after an id.
        key: the field that holds an item's id.
        texts: fields with free text, for `faults.strange_text`.
        times: fields with instants, for `faults.times_in_the_hour_that_comes_twice`.
        changed: the instant that the source filters by, aware; None where it filters by none.
        deleted: the same item as the source sends it once it was deleted there; None where it sends no such
            item. Give it for every stream that has a `Stream.deleted`.
    """

    stream: str
    path: str
    make: Callable[[int], Item]
    paging: Paging = unpaged
    method: str = "GET"
    matches: Callable[[Asked, Item], bool] = _everything
    rules: PageRules = PageRules()
    moves: bool = True
    shifts: bool = True
    key: str = "id"
    texts: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    changed: Callable[[Item], datetime] | None = None
    deleted: Callable[[Item], Item] | None = None


@dataclass(frozen=True, slots=True)
class World:
    """A pretended vendor.

    Attributes:
        collections: its lists.
        fixed: path → what it answers with 200 (who we are, settings).
        other: answers what is neither a list nor fixed (a record by id), None for 404.
        accepts: whether a request shows the right key; a token is checked by the server itself.
        token_path: where tokens are asked for, "" where the vendor has none.
        has_right_to_ask: whether a request for a token shows the right secret.
        posts: paths of further queries that are a POST, beside those of the collections.
    """

    collections: tuple[Collection, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    other: Callable[[Asked], Reply | None] = lambda _: None
    accepts: Callable[[Asked], bool] = lambda _: True
    token_path: str = ""
    has_right_to_ask: Callable[[Asked], bool] = lambda _: True
    posts: frozenset[str] = frozenset()


def header(name: str, value: str) -> Callable[[Asked], bool]:
    """Accept requests whose header has this value."""
    return lambda asked: asked.headers.get(name.lower()) == value


def page_numbers(
    *, page: str = "page", size: str = "per_page", items: str = "items", total: str = "total", first: int = 1
) -> Paging:
    """`?page=2&per_page=100` → `{"items": […], "total": 717}`; `items=""` answers the bare list."""

    def answer(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
        wanted = rules.size(asked.query.get(size))
        start = rules.start(_whole(asked.query.get(page), first) - first + 1, wanted)
        return Reply(_envelope(_part(found, start, wanted), items, {total: len(found) + rules.hidden}))

    return answer


def offsets(
    *, offset: str = "offset", size: str = "limit", items: str = "items", total: str = "total", first: int = 0
) -> Paging:
    """`?offset=100&limit=100` → `{"items": […], "total": 717}`; the hole comes empty once, for one offset."""

    def answer(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
        wanted = rules.size(asked.query.get(size))
        start: int | None = _whole(asked.query.get(offset), first) - first
        if rules.repeats:
            start = 0
        if rules.hole and asked.turn == rules.hole:
            start = None
        return Reply(_envelope(_part(found, start, wanted), items, {total: len(found) + rules.hidden}))

    return answer


def link_headers(*, page: str = "page", size: str = "pageSize", items: str = "") -> Paging:
    """`?page=2&pageSize=100` → a list, and `Link: <…>; rel="next"` while there is more."""

    def answer(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
        number, wanted = _whole(asked.query.get(page), 1), rules.size(asked.query.get(size))
        start = rules.start(number, wanted)
        leads_on = start is None or rules.repeats or start + wanted < len(found)
        link = f'<{asked.link(**{page: number + 1})}>; rel="next"'
        headers = {"Link": link} if leads_on else {}
        return Reply(_envelope(_part(found, start, wanted), items, {}), headers=headers)

    return answer


def next_urls(
    *,
    page: str = "paging",
    size: str = "size",
    size_in_body: str = "",
    items: str = "items",
    next_mark: str = "pageDetails.nextPageUrl",
    total: str = "",
) -> Paging:
    """→ `{"items": […], "pageDetails": {"nextPageUrl": "https://…?paging=2"}}`, null on the last page."""

    def answer(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
        wanted_size = (asked.body or {}).get(size_in_body) if size_in_body else asked.query.get(size)
        number, wanted = _whole(asked.query.get(page), 1), rules.size(wanted_size)
        start = rules.start(number, wanted)
        leads_on = start is None or rules.repeats or start + wanted < len(found)
        facts = {
            next_mark: asked.link(**{page: number + 1}) if leads_on else None,
            total: len(found) + rules.hidden,
        }
        return Reply(_envelope(_part(found, start, wanted), items, facts))

    return answer


def cursor_marks(
    *,
    cursor: str = "cursor",
    size: str = "pageSize",
    items: str = "results",
    next_mark: str = "cursor.name",
    total: str = "",
) -> Paging:
    """`?cursor=…` → `{"results": […], "cursor": {"name": "…"}}`; the mark is null on the last page."""

    def answer(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
        number = _whole(asked.query.get(cursor, "").removeprefix("cursor-"), 1)
        wanted = rules.size(asked.query.get(size))
        start = rules.start(number, wanted)
        leads_on = start is None or rules.repeats or start + wanted < len(found)
        facts = {next_mark: f"cursor-{number + 1}" if leads_on else None, total: len(found) + rules.hidden}
        return Reply(_envelope(_part(found, start, wanted), items, facts))

    return answer


def keyset(
    *, after: str = "after", size: str = "pageSize", items: str = "", key: str = "id", total: str = ""
) -> Paging:
    """`?after=100&pageSize=100` → the items after that id, in the order of ids."""

    def answer(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
        last = _whole(asked.query.get(after), 0)
        ordered = sorted(found, key=lambda item: int(item[key]))
        rest = ordered if rules.repeats else [item for item in ordered if int(item[key]) > last]
        start = None if rules.hole and asked.turn == rules.hole else 0
        return Reply(
            _envelope(
                _part(rest, start, rules.size(asked.query.get(size))),
                items,
                {total: len(found) + rules.hidden},
            )
        )

    return answer


def _part(found: Sequence[Item], start: int | None, size: int) -> list[Item]:
    return [] if start is None else list(found[start : start + size])


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return otherwise


def _envelope(found: list[Item], items: str, facts: Mapping[str, Any]) -> Any:
    if not items:
        return found
    body: dict[str, Any] = {}
    for path, value in {items: found, **facts}.items():
        if path:
            _put(body, path.split("."), value)
    return body


def _put(body: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value
