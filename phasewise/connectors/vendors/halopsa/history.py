"""What happened to a ticket, out of its actions: one request a ticket, in the background, of changed ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.base import CursorKind, FetchContext, Page, Slice, Stream
from phasewise.connectors.paging import in_window
from phasewise.connectors.vendors.halopsa.actions import Found, actions
from phasewise.connectors.vendors.halopsa.events import event_records
from phasewise.connectors.vendors.halopsa.lists import BY_ID, paged
from phasewise.connectors.vendors.halopsa.lookups import Lookups, lookups
from phasewise.connectors.vendors.halopsa.session import Session, objects
from phasewise.connectors.vendors.halopsa.tickets import (
    NAME,
    PATH,
    RIGHT,
    listed_ids,
    looked_up,
    told_change,
    window,
)
from phasewise.connectors.vendors.halopsa.values import (
    if_readable,
    kept,
    names,
    number_of,
    provided,
)
from phasewise.errors import ContractError

AT_ONCE = 20
"""Tickets a page: what a killed run has asked for in vain."""

NOTES = ("note", "emailbody")

READ_OF_TICKETS = names(
    """
    id status_id status_name tickettype_id dateoccurred sla_id priority_id last_update lastupdate use
    """
)

READ = names(
    """
    id ticket_id datetime old_status new_status new_status_name new_agent new_team new_priority
    new_sla_id who_agentid actionby_agent_id actionby_user_id emaildirection hiddenfromuser
    merged_from_ticketid outcome
    """
)


def history_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The changed tickets, each with all of its actions beside it (`actions`)."""
    query = {**BY_ID, "excludeslacalcs": True, "includestatus": True, **window(slice_)}
    listed = paged(
        session,
        PATH,
        NAME,
        query,
        right=RIGHT,
        resume=slice_.resume,
        size=AT_ONCE,
        background=True,
    )
    doubted: list[str] = []
    for page in in_window(listed, slice_, told_change, where="ticket_history"):
        known = lookups(session)
        payloads = [_with_actions(session, payload, known, doubted) for payload in page.payloads]
        if page.proof != "none" and doubted:
            note = f"not all actions came of {len(doubted)} tickets, among them {doubted[0]}"
            yield replace(page, payloads=payloads, proof="none", note=note)
        else:
            yield replace(page, payloads=payloads)


def _with_actions(session: Session, payload: Any, known: Lookups, doubted: list[str]) -> Any:
    number = if_readable(lambda: number_of(payload))
    if number is None:
        return payload
    found = actions(session, {"ticket_id": int(number)}, background=True)
    _refuse_others(number, found)
    if not found.is_whole:
        doubted.append(number)
    entries = [{**kept(item, READ), "has_note": _has_note(item)} for item in objects(found.items)]
    numbers = {str(entry.get(name)) for entry in entries for name in ("old_status", "new_status")}
    return {
        **kept(payload, READ_OF_TICKETS),
        "actions": entries,
        "looked_up": {
            **looked_up(payload, known),
            "statuses": {n: name for n, name in sorted(known.statuses.items()) if n in numbers},
            "priorities": _priorities(payload, known),
        },
    }


def _has_note(action: Mapping[str, Any]) -> bool:
    """Whether somebody wrote something; what it says is not kept."""
    return any(isinstance(action.get(name), str) and action[name].strip() for name in NOTES)


def _priorities(payload: Mapping[str, Any], known: Lookups) -> dict[str, str]:
    """Number of a priority → its name, in the service level of a ticket."""
    level = str(payload.get("sla_id"))
    return {
        priority: promised.name
        for (of, priority), promised in sorted(known.promises.items())
        if of == level and promised.name is not None
    }


def _refuse_others(ticket: str, found: Found) -> None:
    """Halo ignores a parameter that it does not know: then every ticket would have the actions of all."""
    for item in found.items:
        other = if_readable(partial(number_of, item, "ticket_id"))
        if other not in (None, ticket):
            raise ContractError(
                f"the source ignores the filter: asked for actions of ticket {ticket}, got one of {other}",
                where="GET /api/Actions",
                remedy=CHANGED,
            )


STREAM = Stream(
    name="ticket_history",
    record="ticket_events",
    pages=history_pages,
    records=event_records,
    identify=number_of,
    provides=provided("ticket_events", "ticket at kind from_value from_raw to_value to_raw actor technician"),
    cursor=CursorKind.MODIFIED,
    bounded=True,
    listing=listed_ids,  # so that a reconcile does not ask for every history again
    page_size=(1, 50, AT_ONCE),
    right=RIGHT,
    history_months=6,
    background=True,
    lists_all=False,
)
