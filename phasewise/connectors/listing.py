"""How one answer of a listing is read: its items, the total it declares, and what leads on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.errors import ContractError


@dataclass(frozen=True, slots=True)
class Listing:
    """One answer of a listing.

    Attributes:
        items: in the source's order.
        total: items the whole listing has, as the source says; None when it does not.
        next: the link or token that leads to the next page, None when there is none.
        is_last: the source says in its own words that this is the last page.
    """

    items: Sequence[Any]
    total: int | None = None
    next: str | None = None
    is_last: bool = False


Read = Callable[[Answer], Listing]


def listing(
    *, items: str = "", total: str = "", next_mark: str = "", page_of: tuple[str, str] | None = None
) -> Read:
    """A reader of answers, by the places of things in the body (`pageDetails.nextPageUrl`).

    Args:
        items: where the list is; "" = the body is the list.
        total: where the total of the whole listing is, "" = not said. Not the number of items in this answer.
        next_mark: where the next link or token is, "" = not said there.
        page_of: where this page's number and the number of pages are; the last page ends the listing.

    Returns:
        The reader. It raises ContractError where the list is missing: that is no empty page.
    """

    def read(answer: Answer) -> Listing:
        return Listing(
            items=_items(answer, items),
            total=_count(place(answer.body, total)) if total else None,
            next=_mark(place(answer.body, next_mark)) if next_mark else None,
            is_last=page_of is not None and _is_last(answer.body, page_of),
        )

    return read


def link_header(read: Read) -> Read:
    """The same reader, with the next link from the `Link` header (RFC 8288, `rel="next"`)."""

    def read_with_link(answer: Answer) -> Listing:
        found = read(answer)
        return Listing(found.items, found.total, next_link(answer.headers.get("link", "")), found.is_last)

    return read_with_link


def next_link(header: str) -> str | None:
    """The address of `rel="next"` in a `Link` header, None when there is none."""
    for target, parameters in re.findall(r"<([^>]*)>([^<]*)", header):
        relations = re.findall(r"""\brel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))""", parameters, re.I)
        if any("next" in " ".join(found).lower().split() for found in relations):
            return str(target).strip() or None
    return None


def place(body: Any, path: str) -> Any:
    """The value at a dotted place of a JSON value; None when it is not there. "" = the value itself."""
    for name in path.split(".") if path else ():
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body


def _items(answer: Answer, path: str) -> Sequence[Any]:
    found = place(answer.body, path)
    if not isinstance(found, list):
        what = f'the answer has no list "{path}"' if path else "the answer is no list"
        raise ContractError(what, where=answer.where, remedy=CHANGED)
    return found


def _count(value: Any) -> int | None:
    try:
        count = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return count if count >= 0 else None


def _mark(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _is_last(body: Any, page_of: tuple[str, str]) -> bool:
    page, pages = (_count(place(body, path)) for path in page_of)
    return page is not None and pages is not None and page >= pages
