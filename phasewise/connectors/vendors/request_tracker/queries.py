"""What is asked of Request Tracker: its query language, and the fields that an answer carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.request_tracker.moments import not_earlier, not_later

ALL_TICKETS = "EffectiveId > 0"
"""Naming EffectiveId is what makes a search list merged tickets, with their own fields. Deleted ones are in
no search at all, whatever it names."""

TICKET_FIELDS: Mapping[str, str] = {
    "fields": "id,EffectiveId,Subject,Status,Queue,Owner,Requestor,Priority,SLA,Created,Started,Due,Resolved,"
    "LastUpdated,TimeWorked,CustomFields",
    "fields[Queue]": "id,Name",
    "fields[Owner]": "id,Name",
    "fields[Requestor]": "id,Name,Organization",
}
"""Without `fields` an item is an address only. Asked for as a subfield, a user's id is its number."""

HISTORY_FIELDS: Mapping[str, str] = {
    "fields": "Type,Field,OldValue,NewValue,TimeTaken,Created,ObjectId,Creator",
    "fields[Creator]": "id",
}
"""`Object` would come empty: `ObjectId` says the ticket."""

OF_TICKETS = "ObjectType = 'RT::Ticket'"
"""Without it, transactions of users and groups come as well."""

UNREAD = ("EmailRecord", "CommentEmailRecord", "SetWatcher", "AddWatcher", "DelWatcher", "CustomField")
"""Types of transactions that are not asked for: copies of mails (which need a right of their own), changes of
people and of custom fields. An owner's change stands in a `Set` beside its `SetWatcher`."""


def in_slice(field: str, slice_: Slice, zone: ZoneInfo | None) -> list[str]:
    """The conditions that hold a field to a slice: inclusive below, exclusive above.

    Args:
        field: name of a date.
        slice_: the window.
        zone: the zone in which dates are read; None where the slice has no bounds.
    """
    found: list[str] = []
    if zone is None:
        return found
    if slice_.start is not None:
        found.append(f"{field} >= '{not_later(slice_.start, zone)}'")
    if slice_.end is not None:
        found.append(f"{field} < '{not_earlier(slice_.end, zone)}'")
    return found


def at(field: str, instant: datetime, zone: ZoneInfo) -> str:
    """The condition that a field is this instant, to the second."""
    return f"{field} >= '{not_later(instant, zone)}' AND {field} <= '{not_earlier(instant, zone)}'"


def after(key: str | None) -> str:
    """The condition that leads on behind an id."""
    return f"id > {int(key or 0)}"


def together(conditions: Iterable[str]) -> str:
    """All of them."""
    return " AND ".join(conditions)


def one_of(field: str, numbers: Iterable[str]) -> str:
    """One of these ids."""
    return "(" + " OR ".join(f"{field} = {int(number)}" for number in numbers) + ")"


def history_of(tickets: Iterable[str], *, comments: bool | None = None) -> str:
    """The transactions of these tickets that are read: all, their comments alone, or all but those."""
    kinds = ["Type = 'Comment'"] if comments else [f"Type != '{name}'" for name in UNREAD]
    kinds += ["Type != 'Comment'"] if comments is False else []
    return together([OF_TICKETS, one_of("ObjectId", tickets), *kinds])


def removals(slice_: Slice, zone: ZoneInfo | None) -> str:
    """The transactions by which tickets leave the listing, or come back into it."""
    changes = "(NewValue = 'deleted' OR OldValue = 'deleted' OR Field = 'MergedInto')"
    return together([OF_TICKETS, changes, *in_slice("Created", slice_, zone)])
