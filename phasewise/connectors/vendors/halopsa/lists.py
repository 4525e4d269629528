"""How lists of Halo are read: pages of a hundred, lists in one answer, and answers that count.

A list comes in an envelope (`{"record_count": 717, "tickets": […]}`), whose name for it differs from one to
another, or as a bare array; either is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import Page, Proof
from phasewise.connectors.listing import Listing, Read
from phasewise.connectors.paging import by_next, by_page_number
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.values import kept, number_of
from phasewise.errors import ContractError

Query = Mapping[str, Any]
Identify = Callable[[Any], str]

BY_ID: Query = {"order": "id", "orderdesc": False}
"""An order in which no change moves a row to another page."""

WEAKEST: tuple[Proof, ...] = ("none", "end_mark", "declared_total")


def rows(name: str, *, size: int = 0) -> Read:
    """A reader of answers.

    Args:
        name: what the envelope calls its list.
        size: items a page that were asked for, 0 where the list is not paged.

    Returns:
        The reader. An answer of more than a page is one of a list that ignores paging: then it is all.
    """

    def read(answer: Answer) -> Listing:
        body = answer.body
        if isinstance(body, list):
            # A full page may have one behind it; a shorter or longer one is the whole list.
            return Listing(body, is_last=len(body) != size or not size)
        items = _list(answer, name)
        total = _total(body.get("record_count"))
        is_whole = total is not None and len(items) >= total
        return Listing(items, total, is_last=is_whole and len(items) > size)

    return read


def paged(
    session: Session,
    path: str,
    name: str,
    query: Query,
    *,
    right: str,
    resume: str | None = None,
    identify: Identify = number_of,
    size: int | None = None,
    background: bool = False,
) -> Iterator[Page]:
    """A list in pages. Without `pageinate` (Halo's own spelling) the size of a page is ignored.

    Args:
        session: where.
        path: of the list.
        name: what the envelope calls it.
        query: filters and order.
        right: the right it needs.
        resume: a former run's mark.
        identify: a payload's id.
        size: items a page, None = as the settings say.
        background: take at most a quarter of the budget.
    """
    items = min(size or session.settings.page_size, session.settings.page_size)

    def fetch(number: int) -> Answer:
        page = {"pageinate": True, "page_size": items, "page_no": number}
        return session.get(path, {**query, **page}, right=right, background=background)

    return by_page_number(fetch, rows(name, size=items), identify=identify, size=items, resume=resume)


def whole(
    session: Session,
    path: str,
    name: str,
    query: Query,
    *,
    right: str,
    identify: Identify = number_of,
    background: bool = False,
) -> Iterator[Page]:
    """A list that comes in one answer. Arguments as `paged`."""

    def fetch(_mark: str | None) -> Answer:
        return session.get(path, query, right=right, background=background)

    return by_next(fetch, rows(name), identify=identify)


def only(pages: Iterator[Page], names: Collection[str]) -> Iterator[Page]:
    """The same pages, with the fields that are read and no other ones."""
    for page in pages:
        yield replace(page, payloads=[kept(payload, names) for payload in page.payloads])


def together(listings: Sequence[Iterator[Page]] | Iterator[Iterator[Page]]) -> Iterator[Page]:
    """Several listings as one: proven when each of them is, with the sum of their totals.

    None of the pages can be resumed after: a mark says nothing of the listing it belongs to.
    """
    held: Page | None = None
    proof: Proof = "declared_total"
    total: int | None = 0
    notes: list[str] = []
    for listing in listings:
        for page in listing:
            if held is not None and held.payloads:  # an empty one would be a transaction for nothing
                yield replace(held, cursor=None, declared=None, proof="none", note="")
            held = page
            if page.proof != "none" or page.note:
                proof = min(proof, page.proof, key=WEAKEST.index)
                total = None if total is None or page.declared is None else total + page.declared
                notes += [page.note] if page.note else []
    if held is not None:
        yield replace(held, cursor=None, declared=total, proof=proof, note="; ".join(notes))


def _list(answer: Answer, name: str) -> Sequence[Any]:
    body = answer.body
    if isinstance(body, Mapping):
        found = body.get(name)
        if isinstance(found, list):
            return found
        lists = [value for value in body.values() if isinstance(value, list)]
        if len(lists) == 1:
            return lists[0]
    raise ContractError(f'the answer has no list "{name}"', where=answer.where, remedy=CHANGED)


def _total(value: Any) -> int | None:
    try:
        found = int(str(value))
    except ValueError:
        return None
    return found if found >= 0 else None
