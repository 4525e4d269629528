"""Paging kinds: generators of pages that go on until the end is shown, and never trust the size asked for.

Each kind takes `fetch(mark)`, which asks for one page, and `read`, which says what is in the answer (see
`listing`). So verbs, bodies and parameters stay in the connector:

    def tickets(client, slice_, context):
        def fetch(number):
            return client.get_json("/tickets", query={"page": number, "per_page": 100})
        yield from by_page_number(
            fetch, listing(items="items", total="total"), identify=ticket_id, size=100, resume=slice_.resume
        )

A listing ends with an empty page or the vendor's own end mark **and**, where a total is declared, when as
many distinct ids came as the smaller of the totals before and after. If they did not (records moved between
pages while we read), or the total shrank meanwhile, it is read once more, and only what is new is handed on.
If the total is still not reached, the last page claims no proof and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import Page, Slice
from phasewise.connectors.listing import Listing, Read
from phasewise.connectors.walk import Count, Identify, Kind, Walk
from phasewise.errors import ContractError

DOUBTED = timedelta(days=1)
"""A row this far outside of the window asked for was not filtered: no zone and no cut date explains it."""


def by_page_number(
    fetch: Callable[[int], Answer],
    read: Read,
    *,
    identify: Identify,
    size: int,
    first: int = 1,
    resume: str | None = None,
    max_depth: int | None = None,
    count: Count | None = None,
) -> Iterator[Page]:
    """Pages 1, 2, 3, ….

    Args:
        fetch: asks for the page of that number.
        read: what is in an answer.
        identify: a payload's id.
        size: items a page that were asked for. A shorter page ends the listing only where the declared total
            is reached, too.
        first: number of the first page.
        resume: a former run's `Page.cursor`.
        max_depth: most items the source lists; no more is asked for, and the last page says so.
        count: asks the source for the total where it has an own request for it; called before and after.
    """
    kind = Kind(fetch, first, int, _next_number, may_shift=True, needs_total_to_resume=True, empty_ends=True)
    return Walk(kind, read, identify, size=size, max_depth=max_depth, count=count).pages(resume)


def by_offset(
    fetch: Callable[[int], Answer],
    read: Read,
    *,
    identify: Identify,
    size: int,
    first: int = 0,
    resume: str | None = None,
    max_depth: int | None = None,
    count: Count | None = None,
) -> Iterator[Page]:
    """From the first item, then from as many on as came.

    Args:
        fetch: asks for the items from that offset on.
        read: what is in an answer.
        identify: a payload's id.
        size: items a page that were asked for, as in `by_page_number`.
        first: offset of the first item.
        resume: a former run's `Page.cursor`.
        max_depth: most items the source lists; no more is asked for, and the last page says so.
        count: asks the source for the total where it has an own request for it; called before and after.
    """
    longest = 0

    def advance(offset: int, found: Listing) -> int:
        nonlocal longest
        longest = max(longest, len(found.items))
        # Over a hole by what the source really gives, which may be less than was asked for.
        return offset + (len(found.items) or longest or size)

    kind = Kind(fetch, first, int, advance, may_shift=True, needs_total_to_resume=True, empty_ends=True)
    return Walk(kind, read, identify, size=size, max_depth=max_depth, count=count).pages(resume)


def by_next(
    fetch: Callable[[str | None], Answer],
    read: Read,
    *,
    identify: Identify,
    empty_ends: bool = False,
    resume: str | None = None,
    max_depth: int | None = None,
    count: Count | None = None,
) -> Iterator[Page]:
    """As the source leads: a next link in the body or the `Link` header, or a cursor token.

    Args:
        fetch: asks for the first page (None), or for what the link or token names (same verb, same body).
        read: what is in an answer; its `next` leads on, None ends the listing.
        identify: a payload's id.
        empty_ends: an empty page ends the listing though it has a next mark (cursors that never run out).
        resume: a former run's `Page.cursor`.
        max_depth: most items the source lists; no more is asked for, and the last page says so.
        count: asks the source for the total where it has an own request for it; called before and after.
    """
    kind: Kind[str | None] = Kind(fetch, None, str, _next_mark, may_shift=True, empty_ends=empty_ends)
    return Walk(kind, read, identify, max_depth=max_depth, count=count).pages(resume)


def by_key(
    fetch: Callable[[str | None], Answer],
    read: Read,
    *,
    identify: Identify,
    key: Callable[[Any], int | str],
    descending: bool = False,
    resume: str | None = None,
    max_depth: int | None = None,
    count: Count | None = None,
) -> Iterator[Page]:
    """After the last id of the page before (keyset paging).

    Args:
        fetch: asks for the items after that key, None = from the start.
        read: what is in an answer.
        identify: a payload's id.
        key: the key of a payload; whole numbers must grow from item to item (shrink, when `descending`).
        descending: the source lists the newest first.
        resume: a former run's `Page.cursor`.
        max_depth: most items the source lists; no more is asked for, and the last page says so.
        count: asks the source for the total where it has an own request for it; called before and after.
    """

    def advance(before: str | None, found: Listing) -> str | None:
        keys = [key(item) for item in found.items]
        numbers = [k for k in keys if isinstance(k, int)]
        if numbers and numbers != sorted(numbers, reverse=descending):
            raise ContractError("the source does not list in the order of its ids", remedy=CHANGED)
        return str(keys[-1]) if keys else before

    kind: Kind[str | None] = Kind(fetch, None, str, advance, empty_ends=True)
    return Walk(kind, read, identify, max_depth=max_depth, count=count).pages(resume)


def in_window(
    pages: Iterator[Page], slice_: Slice, changed_at: Callable[[Any], datetime | None], *, where: str
) -> Iterator[Page]:
    """The same pages, and an error when the source ignores the filter.

    A filter that is ignored answers every window with everything: months of requests, and a full listing
    that passes for an increment. A day on both sides is let pass, as sources cut times to dates and read
    them in other zones.

    Args:
        pages: of that slice.
        slice_: the window asked for.
        changed_at: the payload's instant that the source filters by, None when it has none.
        where: stream, for the message.

    Raises:
        ContractError: most rows of a page are outside of the window.
    """
    start = None if slice_.start is None else slice_.start - DOUBTED
    end = None if slice_.end is None else slice_.end + DOUBTED
    for page in pages:
        times = [at for at in map(changed_at, page.payloads) if at is not None]
        outside = [
            at for at in times if (start is not None and at < start) or (end is not None and at >= end)
        ]
        if len(outside) * 2 > len(times):
            what = f"asked for {_window(slice_)}, got {outside[0]:%Y-%m-%d %H:%M} UTC"
            raise ContractError(f"the source ignores the filter: {what}", where=where, remedy=CHANGED)
        yield page


def _next_number(number: int, _found: Listing) -> int:
    return number + 1


def _next_mark(_mark: str | None, found: Listing) -> str | None:
    return found.next


def _window(slice_: Slice) -> str:
    start = "the beginning" if slice_.start is None else f"{slice_.start:%Y-%m-%d %H:%M}"
    return f"{start} to {'now' if slice_.end is None else f'{slice_.end:%Y-%m-%d %H:%M} UTC'}"
