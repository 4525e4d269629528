"""A cheap look: are we let in, are the dates understood, and is everything we need visible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.base import CheckResult
from phasewise.connectors.parse import integer
from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.moments import not_later
from phasewise.connectors.vendors.request_tracker.session import CONCURRENCY, LISTED, Session
from phasewise.connectors.vendors.request_tracker.settings import RequestTrackerSettings
from phasewise.connectors.vendors.request_tracker.transactions import transaction_pages
from phasewise.errors import AuthError, ContractError, ForbiddenError, SourceError

FAR_AHEAD = datetime(2999, 1, 1, tzinfo=UTC)

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
    version = session.get("/rt").body.get("Version", "of an unknown version")
    identity = f"Request Tracker {version}, as the user {me.get('Name') or settings.account}"
    try:
        notes = [_dates(session)]
        most = session.search(
            "tickets",
            queries.ALL_TICKETS,
            fields="id,TimeWorked",
            orderby="TimeWorked",
            order="DESC",
            per_page=1,
        )
        items = LISTED(most).items
        hidden, excess = _hidden(session, items[0]) if items else ("", ())
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


def _hidden(session: Session, ticket: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """What of the time worked on a ticket its history does not show, and which right we do not need."""
    shown, excess, is_merged = 0, set(), False
    for comments in (False, True):
        query = queries.history_of([str(ticket["id"])], comments=comments)
        for answer in transaction_pages(session, query, may_hide=False):
            found = LISTED(answer)
            shown += sum(integer(item.get("TimeTaken"), field="minutes") or 0 for item in found.items)
            # A ticket has the time of those merged into it, and they keep their transactions.
            is_merged |= any(item.get("Field") == "MergedInto" for item in found.items)
            # Only a superuser is told how many transactions there are.
            excess |= {"SuperUser"} if found.total is not None else set()
    worked = integer(ticket.get("TimeWorked"), field="minutes") or 0
    if worked <= shown or is_merged:
        return "", tuple(excess)
    return (
        f"of the {worked:,} minutes worked on ticket {ticket['id']} its history shows {shown:,}: "
        "is the right ShowTicketComments missing?"
    ), tuple(excess)


def _cost(tickets: int | None) -> tuple[int, float] | None:
    """Requests and minutes of the first sync."""
    if tickets is None:
        return None
    requests = 200 + round(tickets * (1 + TRANSACTIONS_A_TICKET) / 100)
    return requests, requests * SECONDS_A_REQUEST / CONCURRENCY / 60
