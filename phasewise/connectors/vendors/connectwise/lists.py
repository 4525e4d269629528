"""Lists of ConnectWise, read in the order of their ids until the end is shown.

A list is asked for page by page *behind an id* (`pagination-type: forward-only`, `pageId`): a row that is
changed while we read cannot slip between two pages. Where a list does not know that way (its answer has no
`Link` header at all), the same is asked for as a condition, `id > 123`, in the order of ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import Page, Slice
from phasewise.connectors.listing import Listing, listing, next_link
from phasewise.connectors.paging import by_key, in_window
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import changed_at, identify, pruned, tree
from phasewise.errors import ContractError, RecordError

FORWARD = {"pagination-type": "forward-only"}

ITEMS = listing()

SMALLEST_PAGE = 25
"""Rows of a page where the size asked for is not heeded: no shorter page is cut."""


@dataclass(frozen=True, slots=True)
class List:
    """A list of ConnectWise.

    Attributes:
        path: below the interface.
        fields: what is asked for and kept, `company/id` for an inner field. What is not named here stays
            with the vendor: names, addresses and texts of people.
        right: the right it needs.
        condition: what every row must fulfil, "" = all rows.
        background: take at most a quarter of the budget.
        has_count: its total is asked for beside it, as `/count`.
        is_short: a look-up of a page or two: asked for in the order of ids at once.
        asks_each: something is asked for each of its rows: then pages are short, as a page that is not whole
            is read again by the next run.
    """

    path: str
    fields: tuple[str, ...]
    right: str
    condition: str = ""
    background: bool = False
    has_count: bool = True
    is_short: bool = False
    asks_each: bool = False


ROWS_TO_ASK_FOR = 50
"""Rows a page of a list whose rows are asked for one by one."""


def changed(session: Session, listed: List, slice_: Slice) -> Iterator[Page]:
    """The rows of a list that were changed in a slice."""
    pages = _pages(session, listed, _bounds(slice_), slice_.resume)
    return in_window(pages, slice_, _told_at, where=listed.path)


def everything(session: Session, listed: List, slice_: Slice) -> Iterator[Page]:
    """All rows of a list that has no filter by time."""
    return _pages(session, listed, (), slice_.resume)


def ids(session: Session, listed: List, slice_: Slice) -> Iterator[Page]:
    """The ids of all rows changed since the beginning of what is stored: what is not among them is gone."""
    return _pages(session, replace(listed, fields=("id",)), _bounds(slice_), None)


def rows(session: Session, listed: List) -> list[Any]:
    """All rows of a short list: a look-up, or what hangs on one row of another list."""
    pages = _pages(session, replace(listed, has_count=False, is_short=True), (), None)
    return [item for page in pages for item in page.payloads]


def _pages(session: Session, listed: List, bounds: Sequence[str], resume: str | None) -> Iterator[Page]:
    reading = _Reading(session, listed, " and ".join(filter(None, (listed.condition, *bounds))))
    pages = by_key(
        reading.fetch,
        lambda answer: read_page(answer, reading.size),
        identify=identify,
        key=number_of,
        resume=resume,
        count=reading.count if listed.has_count else None,
    )
    kept = tree(listed.fields)
    for page in pages:
        yield replace(page, payloads=[pruned(item, kept) for item in page.payloads])


class _Reading:
    """One reading of a list: what is asked for, and how many rows came of it."""

    def __init__(self, session: Session, listed: List, condition: str) -> None:
        self._session = session
        self._list = listed
        self._condition = condition
        most = session.settings.page_size
        self.size = min(most, ROWS_TO_ASK_FOR) if listed.asks_each else most
        self._total: int | None = None
        self._came = 0
        self._is_counted = False

    def fetch(self, key: str | None) -> Answer:
        """The page behind an id, None = the first one."""
        answer = None
        if not self._list.is_short and self._list.path not in self._session.plain_paths:
            answer = self._ask({"pageId": key}, self._condition, FORWARD)
            if "link" not in answer.headers:
                self._session.plain_paths.add(self._list.path)
                answer = None
        if answer is None:
            behind = "" if key is None else f"id > {int(key)}"
            condition = " and ".join(filter(None, (self._condition, behind)))
            answer = self._ask({"orderBy": "id asc"}, condition, {})
        self._came += len(answer.body) if isinstance(answer.body, list) else 0
        return answer

    def count(self) -> int | None:
        """The total; asked for again only where fewer rows came than it was before."""
        if not self._is_counted or (self._total is not None and self._came < self._total):
            self._is_counted = True
            self._total = total(self._session, self._list, self._condition)
        return self._total

    def _ask(self, query: Mapping[str, Any], condition: str, headers: Mapping[str, str]) -> Answer:
        asked = {
            "conditions": condition or None,
            "fields": ",".join(self._list.fields),
            "pageSize": self.size,
            **query,
        }
        return self._session.get(
            self._list.path, asked, right=self._list.right, headers=headers, background=self._list.background
        )


def total(session: Session, listed: List, condition: str = "") -> int | None:
    """How many rows a list has under a condition; None where the list is not counted."""
    answer = session.get(
        f"{listed.path}/count",
        {"conditions": condition or None},
        right=listed.right,
        allow=(404,),
        background=listed.background,
    )
    found = answer.body.get("count") if isinstance(answer.body, Mapping) else None
    return found if answer.status != 404 and isinstance(found, int) else None


def number_of(item: Any) -> int:
    """The id of a row as the number it is.

    Raises:
        ContractError: it has none.
    """
    try:
        return int(identify(item))
    except (RecordError, ValueError) as error:
        raise ContractError(f"a row has no number as its id: {error}", remedy=CHANGED) from None


def moment(instant: datetime) -> str:
    """An instant as conditions write it: in square brackets, UTC. They know no parts of a second."""
    return f"[{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}]"


def _told_at(item: Any) -> datetime | None:
    """When a row says it was changed; a row that says it wrongly is rejected later, by itself."""
    try:
        return changed_at(item) if isinstance(item, Mapping) else None
    except RecordError:
        return None


def _bounds(slice_: Slice) -> tuple[str, ...]:
    bounds = []
    if slice_.start is not None:
        bounds.append(f"lastUpdated >= {moment(slice_.start)}")
    if slice_.end is not None:
        bounds.append(f"lastUpdated < {moment(slice_.end)}")
    return tuple(bounds)


def read_page(answer: Answer, size: int) -> Listing:
    """A bare list. A `Link` header without a next page is the end mark.

    No such header says nothing: then a page shorter than any that is ever cut in silence is the last one.

    Args:
        answer: what was received.
        size: items a page that were asked for.
    """
    found = ITEMS(answer)
    link = answer.headers.get("link")
    is_last = len(found.items) < min(size, SMALLEST_PAGE) if link is None else next_link(link) is None
    return replace(found, is_last=is_last)
