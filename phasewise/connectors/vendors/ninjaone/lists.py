"""How the lists of NinjaOne are paged: behind an id, by a cursor of the server, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phasewise.connectors.addresses import Query
from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import Page
from phasewise.connectors.listing import listing, place
from phasewise.connectors.paging import by_key, by_next
from phasewise.errors import ContractError, RecordError

PAGE = 1000
"""Items asked for at a time. The largest of activities; of other lists no largest is documented."""

READINGS = 2
"""Times a listing by cursor is read from its start, where a page of it got lost."""

LISTED = listing()
RESULTS = listing(items="results", next_mark="cursor.name")

Get = Callable[[str, Query], Answer]
Payload = Mapping[str, Any]


def identify(payload: Any) -> str:
    """The id of an item.

    Raises:
        RecordError: there is none.
    """
    number = payload.get("id") if isinstance(payload, dict) else None
    if number is None:
        raise RecordError("there is no id", reason="no_id")
    return str(number)


def number_of(payload: Any) -> int:
    """The number of an item, to go on behind it.

    Raises:
        ContractError: it has none.
    """
    number = payload.get("id") if isinstance(payload, dict) else None
    if type(number) is not int:  # a `bool` is an `int`, too
        raise ContractError(f"an item without a number: {str(number)[:80]}", where="a list", remedy=CHANGED)
    return number


def after_id(get: Get, path: str, *, resume: str | None = None) -> Iterator[Page]:
    """A list that goes on behind the last id of the page before (`after`), as a bare array.

    Args:
        get: asks for a JSON value.
        path: of the list.
        resume: a former run's `Page.cursor`.
    """

    def fetch(key: str | None) -> Answer:
        return get(path, {"pageSize": PAGE, "after": key})

    return by_key(fetch, LISTED, identify=identify, key=number_of, resume=resume)


def by_cursor(
    get: Get, path: str, query: Query, *, identify: Callable[[Any], str], size: int = PAGE
) -> Iterator[Page]:
    """A report that the server hands on page by page under the name of a cursor.

    The server moves the cursor on with every answer, so that a page whose answer got lost is not there again,
    and a cursor expires. So no page can be resumed after, the offset is followed, and where a page is missing
    the report is read again from its start, once.

    Args:
        get: asks for a JSON value.
        path: of the report.
        query: its filters.
        identify: a payload's id.
        size: items a page.

    Raises:
        ContractError: pages got lost in the second reading as well.
    """
    for reading in range(1, READINGS + 1):
        try:
            yield from _one_reading(get, path, {**query, "pageSize": size}, identify)
        except _LostPageError as lost:
            if reading == READINGS:
                raise lost.error from None
        else:
            return


def whole(get: Get, path: str, query: Query, shape: Callable[[Payload], Payload]) -> Iterator[Page]:
    """A list that comes in one answer, as a bare array. Its end is its proof: NinjaOne tells no total.

    Args:
        get: asks for a JSON value.
        path: of the list.
        query: its filters.
        shape: what is kept of an item.
    """
    answer = get(path, query)
    items = [shape(item) for item in LISTED(answer).items]
    yield Page(items, proof="end_mark", source_time=answer.source_time)


class _LostPageError(Exception):
    """A page of a report got lost; never leaves this file."""

    def __init__(self, error: ContractError) -> None:
        super().__init__()
        self.error = error


def _one_reading(get: Get, path: str, query: Query, identify: Callable[[Any], str]) -> Iterator[Page]:
    offsets = _Offsets()

    def fetch(cursor: str | None) -> Answer:
        try:
            answer = get(path, {**query, "cursor": cursor})
        except ContractError as error:
            if cursor is None:
                raise
            raise _LostPageError(error) from None  # it may have expired
        offsets.follow(place(answer.body, "cursor.offset"), len(RESULTS(answer).items), answer.where)
        return answer

    for page in by_next(fetch, RESULTS, identify=identify, empty_ends=True):
        yield replace(page, cursor=None)


@dataclass(slots=True)
class _Offsets:
    """The offsets that a cursor tells: of a page's first item or behind its last, as the first page shows."""

    seen: int = 0
    last: int | None = None
    of_the_end: bool | None = None

    def follow(self, offset: Any, items: int, where: str) -> None:
        """Note a page.

        Raises:
            _LostPageError: the offset shows that one before it is missing.
        """
        if isinstance(offset, bool) or not isinstance(offset, int) or not items:
            return
        expected = self.seen + (items if self.of_the_end else 0)
        if self.last is None:
            self.of_the_end = {0: False, items: True}.get(offset)
        elif offset != self.last and self.of_the_end is not None and offset != expected:
            what = f"a page is missing: it goes on at {offset:,} where {expected:,} was next"
            raise _LostPageError(ContractError(what, where=where, remedy=CHANGED))
        self.last = offset
        self.seen += items
