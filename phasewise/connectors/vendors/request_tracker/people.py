"""Who is who: staff by their numbers and names, everybody else by a keyed hash only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from phasewise.connectors.vendors.request_tracker.session import Session

SYSTEM = "1"
"""Number of the user as which Request Tracker itself acts (RT_System)."""

NOBODY = "Nobody"
"""Name of the owner of a ticket that has none."""

Person = Mapping[str, Any]


def person(session: Session, number: str) -> Person:
    """What is stored of a user that works tickets.

    Returns:
        Name, RealName, Privileged (0 or 1) and Enabled (None where nobody can tell); empty where there is
        no such user.
    """
    if number == SYSTEM:
        return {"Name": "RT_System"}
    found = session.user(number)
    if not found:
        return {}
    name = found.get("Name")
    kept = {key: found[key] for key in ("Name", "RealName", "Privileged") if found.get(key) is not None}
    if name in (None, NOBODY):
        return kept
    account = session.account_of(str(name))
    return {**kept, "Enabled": None if account is None and not _can_filter(session) else account is not None}


def is_staff(session: Session, number: str) -> bool:
    """Whether a user is one that RT calls privileged, or RT itself: not a client."""
    return number == SYSTEM or bool(session.user(number).get("Privileged"))


def people(session: Session, numbers: Iterable[str]) -> dict[str, Person]:
    """Number → what is stored of that user."""
    return {number: person(session, number) for number in sorted(set(numbers), key=int)}


def _can_filter(session: Session) -> bool:
    """Whether the filter by name works for us: it finds ourselves."""
    return session.account_of(str(session.me().get("Name"))) is not None
