"""The people who own tickets, found without listing every account.

The list of users holds everybody who ever wrote a mail, spammers included, and does not say who is staff. So
the owners are asked out of the tickets: one ticket of an owner not known yet, until there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.lists import LISTED, number_of
from phasewise.connectors.vendors.request_tracker.people import NOBODY, person
from phasewise.connectors.vendors.request_tracker.records import technician_of
from phasewise.connectors.vendors.request_tracker.session import Session
from phasewise.errors import ContractError, RecordError

MOST_OWNERS = 250
"""Owners that one query can exclude: its address stays under the 4,000 characters that every server takes."""

LOOKS = 2
"""Times it is asked for a ticket that is counted and not shown, before the list is called not whole."""


def technician_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """All owners of tickets, in one page."""
    known: dict[str, Any] = {}
    time, note = None, f"only the first {MOST_OWNERS} owners of tickets were read"
    while len(known) < MOST_OWNERS:
        answer = _ask(session, known)
        time = time or answer.source_time
        found = LISTED(answer)
        if not found.items:
            note = (
                f"{found.total:,} tickets of other owners were counted and not shown" if found.total else ""
            )
            break
        number = str(number_of(found.items[0].get("Owner")))
        if number in known:
            raise ContractError(
                f"asked for tickets of other owners, got one of {number} again",
                where="technicians",
                remedy=CHANGED,
            )
        known[number] = {"id": number, **person(session, number)}
    yield Page(list(known.values()), proof="none" if note else "end_mark", source_time=time, note=note)


def _ask(session: Session, known: Iterable[str]) -> Answer:
    """Ask for one ticket of an owner not known yet; once more where it is counted and not shown."""
    others = [f"Owner != {int(number)}" for number in known]
    query = queries.together([queries.ALL_TICKETS, f"Owner != '{NOBODY}'", *others])
    for _ in range(LOOKS):
        answer = session.search(
            "tickets", query, per_page=1, **{"fields": "Owner", "fields[Owner]": "id,Name"}
        )
        found = LISTED(answer)
        if found.items or not found.total:
            break
    return answer


def technician_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The technician. A program that owns tickets is none."""
    if payload.get("Name") in context.settings.automation_users:
        return
    if payload.get("Name") is None:
        raise RecordError("the owner of a ticket is no user any more", reason="no_user")
    yield technician_of(str(payload["id"]), payload)
