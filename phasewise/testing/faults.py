"""How vendors misbehave: a value per fault, to be combined at will.

    with FaultServer(WORLD, items=250, faults=[page_size_capped(30), too_many_requests("0")]) as server:
        ...

A fault changes what the source holds (`items`), answers in place of the endpoint (`instead`), spoils an
answer (`spoil`) or changes how pages are cut (`rules`). Which requests it touches is said by their number, so
that a fault holds no state. Write your own as a `Fault` of functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal

from phasewise.testing.world import Asked, Collection, Item, PageRules, Reply

RetryAfter = Literal["seconds", "date", "0", "absent"]

STRANGE_TEXTS = (
    "😀 família 👩‍👩‍👧‍👦 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎",
    "\u202bשלום עולם\u202c مرحبا",
    "e\u0301 é Å ﬁ ½ \u200b\ufeff",
    "'; DROP TABLE tickets; -- \" \\ \t\n",
    "NULL",
)
"""Emoji of several code points, 4-byte letters, right-to-left marks, combining and invisible characters."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a fault knows beside the request: the server's clock and how often it was asked.

    Attributes:
        now: the server's clock, aware.
        data_requests: requests for data so far, this one included.
        pages_served: pages of this collection answered before this request.
    """

    now: datetime
    data_requests: int
    pages_served: int


def _same_items(_collection: Collection, items: list[Item], _moment: Moment) -> list[Item]:
    return items


def _nothing(_asked: Asked, _collection: Collection | None, _moment: Moment) -> Reply | None:
    return None


def _same_reply(_asked: Asked, reply: Reply, _moment: Moment) -> Reply:
    return reply


def _same_rules(rules: PageRules) -> PageRules:
    return rules


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave.

    Attributes:
        name: for test reports.
        items: what the source holds for a request.
        instead: an answer in place of the endpoint's, None for the endpoint's own.
        spoil: the endpoint's answer, spoilt.
        rules: how pages are cut.
        ignores_filter: every request gets everything.
        clock_off: how far the server's clock is from the true one.
        token_life: requests that a token is good for, None = for ever.
        most_items: makes the source hold so many, None = as the test says.
    """

    name: str
    items: Callable[[Collection, list[Item], Moment], list[Item]] = _same_items
    instead: Callable[[Asked, Collection | None, Moment], Reply | None] = _nothing
    spoil: Callable[[Asked, Reply, Moment], Reply] = _same_reply
    rules: Callable[[PageRules], PageRules] = _same_rules
    ignores_filter: bool = False
    clock_off: timedelta = timedelta(0)
    token_life: int | None = None
    most_items: int | None = None


def too_many_requests(
    retry_after: RetryAfter = "seconds",
    *,
    wait_seconds: int = 2,
    at: int = 2,
    times: int = 1,
    status: int = 429,
) -> Fault:
    """429 (or 503) on the requests number `at` and following, with `Retry-After` in every form there is."""

    def instead(_asked: Asked, _collection: Collection | None, moment: Moment) -> Reply | None:
        if not at <= moment.data_requests < at + times:
            return None
        until = format_datetime(
            (moment.now + timedelta(seconds=wait_seconds)).replace(microsecond=0), usegmt=True
        )
        text = {"seconds": str(wait_seconds), "date": until, "0": "0"}.get(retry_after)
        headers = {} if text is None else {"Retry-After": text}
        return Reply({"message": "Slow down"}, status, headers)

    return Fault(f"{status} with Retry-After {retry_after}", instead=instead)


def failing(status: int = 503, *, at: int = 2, times: int = 1) -> Fault:
    """The vendor's own failure on some requests; `times` large = for ever."""

    def instead(_asked: Asked, _collection: Collection | None, moment: Moment) -> Reply | None:
        is_hit = at <= moment.data_requests < at + times
        return Reply(b"<html>Bad gateway</html>", status, {"Content-Type": "text/html"}) if is_hit else None

    return Fault(f"{status} {times} times", instead=instead)


def cut_body(*, at: int = 2, times: int = 1) -> Fault:
    """Half of the answer, then the connection is closed."""
    return Fault("cut body", spoil=_on(at, times, lambda reply: replace(reply, is_cut=True)))


def error_body(body: Mapping[str, Any], *, at: int = 2, times: int = 1) -> Fault:
    """200 with the vendor's error in the body."""
    return Fault("200 with an error", spoil=_on(at, times, lambda _: Reply(body)))


def web_page(*, at: int = 1, times: int = 1_000_000) -> Fault:
    """200 with a page for people: a login, a maintenance notice, a filter."""
    page = Reply(b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "text/html"})
    return Fault("web page", spoil=_on(at, times, lambda _: page))


def page_size_capped(largest: int = 10) -> Fault:
    """Fewer items a page than asked for, without a word."""
    return Fault(f"pages capped at {largest}", rules=lambda rules: replace(rules, largest=largest))


def small_default_page(default: int = 25) -> Fault:
    """So many items a page unless a size is asked for."""
    return Fault(f"default page of {default}", rules=lambda rules: replace(rules, default=default))


def empty_page(number: int = 2) -> Fault:
    """An empty page with more behind it."""
    return Fault("empty page in the middle", rules=lambda rules: replace(rules, hole=number))


def same_page_for_ever() -> Fault:
    """Every page is the first one."""
    return Fault("same page for ever", rules=lambda rules: replace(rules, repeats=True))


def duplicate_id() -> Fault:
    """The first item is listed once more in the middle; the total does not count it."""

    def items(_collection: Collection, items: list[Item], _moment: Moment) -> list[Item]:
        middle = len(items) // 2
        return [*items[:middle], *items[:1], *items[middle:]]

    return Fault("duplicate id", items=items, rules=lambda rules: replace(rules, hidden=rules.hidden - 1))


def moving_record() -> Fault:
    """After the first page was read, its first item moves to the end: what follows shifts by one."""

    def items(collection: Collection, items: list[Item], moment: Moment) -> list[Item]:
        return [*items[1:], *items[:1]] if moment.pages_served and collection.moves else items

    return Fault("record that moves between pages", items=items)


def deleted_record() -> Fault:
    """After the first page was read, its first item is deleted: what follows shifts, the total shrinks."""

    def items(collection: Collection, items: list[Item], moment: Moment) -> list[Item]:
        return items[1:] if moment.pages_served and collection.shifts else items

    return Fault("record deleted while we page", items=items)


def called_deleted() -> Fault:
    """The source still sends its first item, and says that it is deleted."""

    def items(collection: Collection, items: list[Item], _moment: Moment) -> list[Item]:
        return items if collection.deleted is None else [collection.deleted(items[0]), *items[1:]]

    return Fault("item that the source calls deleted", items=items)


def hidden_records(count: int = 3) -> Fault:
    """The total counts records that no page holds, as we have no right to see them."""
    return Fault(f"{count} hidden records", rules=lambda rules: replace(rules, hidden=rules.hidden + count))


def token_expires(after: int = 3) -> Fault:
    """A token is good for so many requests, however long the vendor said it would live."""
    return Fault(f"token expires after {after} requests", token_life=after)


def wrong_key() -> Fault:
    """Our key is refused."""
    return Fault("wrong key", instead=lambda *_: Reply({"message": "Unauthorized"}, 401))


def forbidden(stream: str) -> Fault:
    """403 on one stream."""

    def instead(_asked: Asked, collection: Collection | None, _moment: Moment) -> Reply | None:
        is_hit = collection is not None and collection.stream == stream
        return Reply({"message": "Your role may not read this"}, 403) if is_hit else None

    return Fault(f"403 on {stream}", instead=instead)


def redirect(to: str) -> Fault:
    """Every request is sent elsewhere."""
    return Fault("redirect", instead=lambda asked, *_: Reply(None, 302, {"Location": to + asked.path}))


def times_in_the_hour_that_comes_twice(text: str = "2025-10-26T02:30:00") -> Fault:
    """Every time of every item is without a zone, in the hour that the clocks of Europe go through twice."""
    return Fault("naive time in the doubled hour", items=_with_fields(lambda c: c.times, lambda _: text))


def strange_text() -> Fault:
    """Emoji, right-to-left and 4-byte text in every text field."""
    return Fault(
        "strange text", items=_with_fields(lambda c: c.texts, lambda n: STRANGE_TEXTS[n % len(STRANGE_TEXTS)])
    )


def nulls() -> Fault:
    """Every value but the id is null, at every depth."""

    def items(collection: Collection, items: list[Item], _moment: Moment) -> list[Item]:
        return [{k: v if k == collection.key else _nulled(v) for k, v in item.items()} for item in items]

    return Fault("nulls everywhere", items=items)


def renamed_field(old: str, new: str) -> Fault:
    """A field has another name from today on."""

    def items(_collection: Collection, items: list[Item], _moment: Moment) -> list[Item]:
        return [{new if key == old else key: value for key, value in item.items()} for item in items]

    return Fault(f"{old} renamed", items=items)


def page_of(size: int = 50_000) -> Fault:
    """So many items, all in one page, however few are asked for."""
    return Fault(
        f"page of {size:,}",
        rules=lambda rules: replace(rules, largest=size, is_fixed=True),
        most_items=size,
    )


def clock_off(minutes: float = 10) -> Fault:
    """The server's clock is wrong by so much (or ours is, seen from there)."""
    return Fault(f"clock off by {minutes:g} minutes", clock_off=timedelta(minutes=minutes))


def ignored_filter() -> Fault:
    """Every request gets everything, whatever it asks for."""
    return Fault("ignored filter", ignores_filter=True)


def _on(at: int, times: int, change: Callable[[Reply], Reply]) -> Callable[[Asked, Reply, Moment], Reply]:
    def spoil(_asked: Asked, reply: Reply, moment: Moment) -> Reply:
        return change(reply) if at <= moment.data_requests < at + times else reply

    return spoil


def _with_fields(
    names: Callable[[Collection], Sequence[str]], value: Callable[[int], Any]
) -> Callable[[Collection, list[Item], Moment], list[Item]]:
    def items(collection: Collection, items: list[Item], _moment: Moment) -> list[Item]:
        return [{**item, **dict.fromkeys(names(collection), value(n))} for n, item in enumerate(items)]

    return items


def _nulled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _nulled(inner) for key, inner in value.items()}
    return [_nulled(inner) for inner in value] if isinstance(value, list) else None
