"""How a list of Syncro is read to its end, and what of a row is kept.

The page size is Syncro's own: it differs from list to list and from what is documented (25 written, 50 seen).
Some lists tell their total (`meta.total_entries`), most only the number of pages, a few nothing.
Where there is no total, it is worked out from the number of pages and the length of the last one, before and
after: so a row that moved or was deleted while we paged is noticed and the list is read again. Syncro has not
told that total, so neither the receipt nor a resumed run builds on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from phasewise.connectors.answers import Answer
from phasewise.connectors.base import Page
from phasewise.connectors.listing import Listing, Read, listing, place
from phasewise.connectors.paging import by_page_number
from phasewise.connectors.vendors.syncro.session import Session
from phasewise.errors import RecordError

Row = Mapping[str, Any]


def identify(payload: Any) -> str:
    """The id of a row.

    Raises:
        RecordError: it has none.
    """
    number = payload.get("id") if type(payload) is dict or isinstance(payload, Mapping) else None
    if type(number) is int:
        return str(number)
    if number is None or isinstance(number, bool | dict | list) or not str(number).strip():
        raise RecordError("the row has no id", reason="no_id")
    return str(number)


def number_of(row: Any) -> str | None:
    """The id of a row where it is a whole number, to ask for the row with; None where it is not."""
    found = row.get("id") if isinstance(row, Mapping) else None
    return str(found) if str(found).isascii() and str(found).isdecimal() else None


def kept(row: Any, fields: Sequence[str]) -> Any:
    """The row with these fields only: what is not read is not stored."""
    return {name: row[name] for name in fields if name in row} if isinstance(row, Mapping) else row


def keeping(fields: Sequence[str]) -> Callable[[Any], Any]:
    """`kept` with these fields, two or more: for the many rows of a list."""
    take = itemgetter(*fields)

    def keep(row: Any) -> Any:
        try:
            return dict(zip(fields, take(row), strict=True))
        except (KeyError, TypeError):  # a field is missing, or it is no row
            return kept(row, fields)

    return keep


def read_list(
    session: Session,
    path: str,
    key: str,
    query: Mapping[str, Any] | None = None,
    *,
    right: str,
    resume: str | None = None,
    background: bool = False,
    first: Answer | None = None,
) -> Iterator[Page]:
    """All rows of a list, as Syncro writes them.

    Args:
        session: the client.
        path: of the list.
        key: where the rows are in an answer.
        query: parameters beside the page.
        right: Syncro's name of the right it needs.
        resume: a former run's mark.
        background: ask with a quarter of the budget.
        first: the answer of the first page, where it was asked for already.
    """

    def ask(number: int) -> Answer:
        return session.get(path, {**(query or {}), "page": number}, right=right, background=background)

    first = first or ask(1)
    read = reader(key)
    if read(first).total is not None or _pages(first) is None or place(first.body, "meta.page") != 1:
        # Asked for already, and still fresh: nothing was read before it.
        head = [first]
        return by_page_number(
            lambda number: head.pop() if number == 1 and head else ask(number),
            read,
            identify=identify,
            size=0,
            resume=resume,
        )
    return _without_a_mark(_counted(ask, read, first))


def reader(key: str) -> Read:
    """A reader of the answers of a list."""
    return listing(items=key, total="meta.total_entries", page_of=("meta.page", "meta.total_pages"))


def _counted(ask: Callable[[int], Answer], read: Read, first: Answer) -> Iterator[Page]:
    """A list that tells only how many pages it has. Costs two requests more than it has pages."""
    head, longest = [first], 0
    before: int | None = None

    def fetch(number: int) -> Answer:
        nonlocal before
        if number == 1 and head:
            return head.pop()
        if number == 2 and before is None:
            last = _last_page(ask, first)
            # Rows of the first page that are behind it by now have shifted others, or are gone.
            gone = _ids(read(first).items) - _ids(read(ask(1)).items)
            before = (_total(last, read, longest) or 0) + len(gone)
            if place(last.body, "meta.page") == 2:
                return last
        return ask(number)

    def read_and_count(answer: Answer) -> Listing:
        nonlocal longest
        found = read(answer)
        longest = max(longest, len(found.items))
        after = _total(answer, read, longest)
        return replace(found, total=before if after is None else after)

    return by_page_number(fetch, read_and_count, identify=identify, size=0)


def _last_page(ask: Callable[[int], Answer], answer: Answer) -> Answer:
    """The last page, whichever that is by now."""
    while (pages := _pages(answer) or 1) != place(answer.body, "meta.page"):
        answer = ask(pages)
    return answer


def _total(answer: Answer, read: Read, longest: int) -> int | None:
    """How many rows a list has, by its last page; None for another page."""
    pages = _pages(answer) or 1
    if pages != place(answer.body, "meta.page"):
        return None
    return (pages - 1) * longest + len(read(answer).items)


def _ids(rows: Sequence[Any]) -> set[str]:
    return {str(row.get("id")) for row in rows if isinstance(row, Mapping)}


def _without_a_mark(pages: Iterator[Page]) -> Iterator[Page]:
    for page in pages:
        proof = "end_mark" if page.proof == "declared_total" else page.proof
        yield replace(page, cursor=None, declared=None, proof=proof)


def _pages(answer: Answer) -> int | None:
    """How many pages the list has, as its answer says."""
    value = place(answer.body, "meta.total_pages")
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
