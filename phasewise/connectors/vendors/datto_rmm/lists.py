"""How the lists of Datto are paged: as `nextPageUrl` leads, and with all that was asked for at first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from phasewise.connectors.addresses import Query
from phasewise.connectors.answers import Answer
from phasewise.connectors.base import Page
from phasewise.connectors.listing import listing
from phasewise.connectors.paging import by_next
from phasewise.errors import RecordError

PAGE = 250
"""Items asked for at a time. The account's own largest is told by /v2/system/pagination; 250 was seen. Where
it is smaller nothing is lost, as only the next link is followed."""

Get = Callable[[str, Query], Answer]


def listed(
    get: Get, path: str, items: str, *, identify: Callable[[Any], str], resume: str | None = None
) -> Iterator[Page]:
    """A list, page by page.

    No page is ever numbered by us: whether the first one is 0 or 1 is written nowhere. A next link was
    seen to drop parameters of the request, so they are sent again beside it.

    Args:
        get: asks for a JSON value.
        path: of the list.
        items: where its items are in the answer.
        identify: a payload's id.
        resume: a former run's `Page.cursor`.
    """
    return by_next(
        lambda link: get(link or path, {"max": PAGE}),
        listing(items=items, total="pageDetails.totalCount", next_mark="pageDetails.nextPageUrl"),
        identify=identify,
        resume=resume,
    )


def uid_of(payload: Any, name: str = "uid") -> str:
    """The uid of an item.

    Raises:
        RecordError: there is none.
    """
    uid = payload.get(name) if isinstance(payload, Mapping) else None
    if uid is None or not str(uid).strip():
        raise RecordError("there is no id", field="id", reason="no_id")
    return str(uid)


def under(payload: Any, *path: str) -> Any:
    """What lies under these keys; None where one of them is not there."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, Mapping) else None
    return payload
