"""In which time zone Request Tracker reads the dates we ask for. Found out, never guessed.

It is the zone of the user that asks. Where that user has none, it is the server's, which the interface does
not tell: then the settings must say it, and two tickets of known times show whether it is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from phasewise.connectors.vendors.request_tracker import queries
from phasewise.connectors.vendors.request_tracker.lists import LISTED
from phasewise.connectors.vendors.request_tracker.moments import told_at
from phasewise.errors import ContractError

if TYPE_CHECKING:
    from phasewise.connectors.vendors.request_tracker.session import Session

WHERE = "time zone of queries"
SET_IT = (
    'In Request Tracker, give the user "{name}" the time zone UTC (Logged in as → Settings → About me, or '
    "Admin → Users)"
)


def find_zone(session: Session) -> ZoneInfo:
    """The zone in which dates of queries are read.

    Raises:
        ContractError: nothing says it, or what the settings say is not true.
    """
    me = session.me()
    told, written = str(me.get("Timezone") or "").strip(), session.settings.zone
    remedy = SET_IT.format(name=me.get("Name") or session.settings.account)
    if not told and written is None:
        raise ContractError(
            "nobody says in which time zone Request Tracker reads dates",
            where=WHERE,
            remedy=f"{remedy}, or write the server's as `zone` in the settings",
        )
    if told and written is not None and told != written:
        raise ContractError(
            f"the settings say {written}, and Request Tracker says {told} for this user",
            where=WHERE,
            remedy="Leave `zone` out of the settings: it is for users that have none there",
        )
    zone = _made(told or str(written), remedy)
    if not told:
        _verify(session, zone, remedy)
    return zone


def _made(name: str, remedy: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ContractError(f"nobody knows the time zone {name!r}", where=WHERE, remedy=remedy) from None


def _verify(session: Session, zone: ZoneInfo, remedy: str) -> None:
    """Ask for the tickets changed first and last by their own times, read in this zone.

    Two, because a zone that is right in winter may be wrong in summer. Without any ticket there is nothing
    that could be read wrongly.
    """
    seen = {}
    for order in ("ASC", "DESC"):
        answer = session.search(
            "tickets",
            queries.ALL_TICKETS,
            fields="id,LastUpdated",
            orderby="LastUpdated",
            order=order,
            per_page=1,
        )
        for item in LISTED(answer).items:
            at = told_at(item.get("LastUpdated"))
            if at is not None:
                seen[str(item["id"])] = at
    if not seen:
        return
    wanted = [f"(id = {int(id_)} AND {queries.at('LastUpdated', at, zone)})" for id_, at in seen.items()]
    query = f"{queries.ALL_TICKETS} AND ({' OR '.join(wanted)})"
    found = LISTED(session.search("tickets", query, per_page=2)).total
    if found != len(seen):
        raise ContractError(
            f"Request Tracker does not read dates in {zone.key}: asked for {len(seen)} tickets by their "
            f"times, it found {found}",
            where=WHERE,
            remedy=f"{remedy}, or correct `zone` in the settings",
        )
