"""The people who own tickets, found without listing every account.

The list of users holds everybody who ever wrote a mail, spammers included, and does not say who is staff. So
the owners are asked out of the tickets: one ticket of an owner not known yet, until there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.lists import LISTED, number_of
from phasewise.connectors.vendors.request_tracker.people import NOBODY, person
from phasewise.connectors.vendors.request_tracker.records import technician_of
from phasewise.connectors.vendors.request_tracker.session import Session
from phasewise.errors import ContractError, RecordError

MOST_OWNERS = 250
"""Owners that one query can exclude: its address stays under the 4,000 characters that every server takes."""


def technician_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """All owners of tickets, in one page."""
    known: dict[str, Any] = {}
    time = None
    while len(known) < MOST_OWNERS:
        others = [f"Owner != {int(number)}" for number in known]
        query = queries.together([queries.ALL_TICKETS, f"Owner != '{NOBODY}'", *others])
        answer = session.search(
            "tickets", query, per_page=1, **{"fields": "Owner", "fields[Owner]": "id,Name"}
        )
        time = time or answer.source_time
        items = LISTED(answer).items
        if not items:
            break
        number = str(number_of(items[0].get("Owner")))
        if number in known:
            raise ContractError(
                f"asked for tickets of other owners, got one of {number} again",
                where="technicians",
                remedy=CHANGED,
            )
        known[number] = {"id": number, **person(session, number)}
    is_all = len(known) < MOST_OWNERS
    note = "" if is_all else f"only the first {MOST_OWNERS} owners of tickets were read"
    yield Page(list(known.values()), proof="end_mark" if is_all else "none", source_time=time, note=note)


def technician_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The technician. A program that owns tickets is none."""
    if payload.get("Name") in context.settings.automation_users:
        return
    if payload.get("Name") is None:
        raise RecordError("the owner of a ticket is no user any more", reason="no_user")
    yield technician_of(str(payload["id"]), payload)
