"""What tickets and opportunities need to be read with: asked once a run, and only where it is needed.

All of it stands in one right, *Table Setup*. Without it the streams go on: what rests on a look-up is then
not known, and the receipt says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.connectwise.lists import List, rows
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import identify, ref
from phasewise.errors import ForbiddenError

TABLES = "System: Table Setup"
MEMBERS = "System: Member Maintenance"

GOALS = ("respondHours", "planWithin", "resolutionHours")
"""Hours of the SLA's calendar."""

T = TypeVar("T")

Goals = Mapping[str, Any]


def board_statuses(session: Session, board: str) -> Mapping[str, Mapping[str, Any]]:
    """Id of a status of a board → `name`, `closedStatus`, `escalationStatus`; empty where nobody tells.

    Names repeat from board to board and mean something else there.
    """

    def look() -> Mapping[str, Mapping[str, Any]]:
        fields = ("id", "name", "closedStatus", "escalationStatus")
        listed = List(f"/service/boards/{int(board)}/statuses", fields, TABLES)
        return {identify(row): row for row in _let_in(lambda: rows(session, listed)) or ()}

    return session.once(f"statuses of {board}", look)


def sla_goals(session: Session, sla: str, priority: str | None) -> Goals | None:
    """What an SLA promises for a priority, in hours; None where nobody tells.

    An SLA has goals of its own for some priorities; for the others its own defaults hold.
    """

    def defaults() -> Mapping[str, Goals] | None:
        listed = List("/service/SLAs", ("id", *GOALS), TABLES)
        return _let_in(lambda: {identify(row): row for row in rows(session, listed)})

    def own() -> Mapping[str, Goals]:
        fields = ("id", "priority/id", *GOALS)
        listed = List(f"/service/SLAs/{int(sla)}/priorities", fields, TABLES)
        found = _let_in(lambda: rows(session, listed)) or ()
        return {key: row for row in found if (key := ref(row, "priority")) is not None}

    known = session.once("SLAs", defaults)
    if known is None or sla not in known:
        return None
    found = session.once(f"priorities of SLA {sla}", own).get(priority or "", known[sla])
    return {name: found.get(name) for name in GOALS}


def member_ids(session: Session) -> Mapping[str, str]:
    """Login of a member, as it is compared → id; empty where we may not see members."""

    def look() -> Mapping[str, str]:
        found = _let_in(lambda: rows(session, List("/system/members", ("id", "identifier"), MEMBERS))) or ()
        return {plain(str(row["identifier"])): identify(row) for row in found if row.get("identifier")}

    return session.once("members", look)


def opportunity_statuses(session: Session) -> Mapping[str, Mapping[str, Any]]:
    """Id of an opportunity's status → its flags `wonFlag`, `lostFlag`, `closedFlag`; empty: nobody tells."""

    def look() -> Mapping[str, Mapping[str, Any]]:
        listed = List("/sales/opportunities/statuses", ("id", "wonFlag", "lostFlag", "closedFlag"), TABLES)
        return {identify(row): row for row in _let_in(lambda: rows(session, listed)) or ()}

    return session.once("opportunity statuses", look)


def _let_in(look: Callable[[], T]) -> T | None:
    try:
        return look()
    except ForbiddenError:
        return None  # the streams that need it say in their receipts what is not known for want of it
