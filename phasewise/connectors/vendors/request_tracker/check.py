"""A cheap look: are we let in, are the dates understood, and is everything we need visible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.base import CheckResult
from phasewise.connectors.parse import integer
from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.lists import LISTED
from phasewise.connectors.vendors.request_tracker.moments import not_later
from phasewise.connectors.vendors.request_tracker.session import CONCURRENCY, Session
from phasewise.connectors.vendors.request_tracker.settings import RequestTrackerSettings
from phasewise.connectors.vendors.request_tracker.transactions import transaction_pages
from phasewise.errors import AuthError, ContractError, ForbiddenError, RecordError, SourceError

FAR_AHEAD = datetime(2999, 1, 1, tzinfo=UTC)

SAMPLE = 10
"""Tickets, those with the most time worked, on which it is tried whether all of it is visible."""

STREAMS = ("tickets", "technicians")

TRANSACTIONS_A_TICKET = 12
"""Of the kinds that are read; for the estimate alone."""

SECONDS_A_REQUEST = 0.9
"""A page of a hundred transactions takes about this long on a small server."""


def check(session: Session, settings: RequestTrackerSettings) -> CheckResult:
    """Say who we are, whether dates are read as we write them, and what is hidden from us.

    Raises:
        SourceError: we are not let in at all.
    """
    me = session.me()
    about = session.get("/rt").body
    version = about.get("Version") if isinstance(about, Mapping) else None
    user = me.get("Name") or settings.account
    identity = f"Request Tracker {version or 'of an unknown version'}, as the user {user}"
    try:
        notes = [_dates(session)]
        most = session.search(
            "tickets",
            queries.ALL_TICKETS,
            fields="id,TimeWorked",
            orderby="TimeWorked",
            order="DESC",
            per_page=SAMPLE,
        )
        items = LISTED(most).items
        hidden, excess = _hidden(session, items) if items else ("", ())
    except AuthError:
        raise
    except ForbiddenError as error:
        return CheckResult(identity, missing=dict.fromkeys(STREAMS, error.right))
    except SourceError as error:
        return CheckResult(identity, missing={"tickets": str(error)})
    return CheckResult(
        identity,
        excess=excess,
        notes=[note for note in (*notes, hidden) if note],
        cost=_cost(LISTED(most).total),
    )


def _dates(session: Session) -> str:
    """Ask for what changes in a thousand years: a filter that is understood finds nothing.

    Raises:
        ContractError: it found something, or the zone of dates cannot be told.
    """
    zone = session.zone()
    query = f"{queries.ALL_TICKETS} AND LastUpdated >= '{not_later(FAR_AHEAD, zone)}'"
    found = LISTED(session.search("tickets", query, per_page=1))
    if found.items:
        raise ContractError(
            "the source ignores the filter: asked for tickets changed in the year 2999, it found some",
            where="tickets",
            remedy=CHANGED,
        )
    advice = "" if zone.key == "UTC" else "; UTC is safer: it has no hour that comes twice"
    return f"dates in queries are read in {zone.key}{advice}"


def _hidden(session: Session, tickets: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """What of the time worked on tickets their histories do not show, and which right we do not need."""
    shown: Counter[str] = Counter()
    targets, excess = set(), set()
    for comments in (False, True):
        query = queries.history_of([str(ticket["id"]) for ticket in tickets], comments=comments)
        for answer in transaction_pages(session, query, may_hide=False):
            found = LISTED(answer)
            # Only a superuser is told how many transactions there are.
            excess |= {"SuperUser"} if found.total is not None else set()
            for item in found.items:
                shown[str(item["ObjectId"])] += _minutes(item.get("TimeTaken"))
                targets |= {str(item["ObjectId"])} if item.get("Field") == "MergedInto" else set()
    # A ticket has the time of those merged into it, and they keep their transactions.
    worked = {
        str(ticket["id"]): _minutes(ticket.get("TimeWorked"))
        for ticket in tickets
        if str(ticket["id"]) not in targets
    }
    all_of_it, seen = sum(worked.values()), sum(shown[number] for number in worked)
    if seen >= all_of_it:
        return "", tuple(excess)
    return (
        f"of the {all_of_it:,} minutes worked on {len(worked)} tickets their histories show {seen:,}: "
        "is the right ShowTicketComments missing?"
    ), tuple(excess)


def _minutes(value: Any) -> int:
    try:
        return integer(value, field="minutes") or 0
    except RecordError:
        return 0  # a sync will reject it and say so; a look goes on


def _cost(tickets: int | None) -> tuple[int, float] | None:
    """Requests and minutes of the first sync."""
    if tickets is None:
        return None
    requests = 200 + round(tickets * (1 + TRANSACTIONS_A_TICKET) / 100)
    return requests, requests * SECONDS_A_REQUEST / CONCURRENCY / 60
