"""What a vendor's word probably means, for a person to accept. Never applied by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from phasewise.model.words import MAPPINGS

LIKENESS = 0.8
"""How alike two words must be (0-1, by difflib) for one to stand for the other."""

KNOWN: Mapping[str, Mapping[str, str]] = {
    "status": {
        "open": "new",
        "opened": "new",
        "unassigned": "new",
        "to do": "new",
        "active": "in_progress",
        "assigned": "in_progress",
        "started": "in_progress",
        "work in progress": "in_progress",
        "working": "in_progress",
        "escalated": "in_progress",
        "reopened": "in_progress",
        "scheduled": "in_progress",
        "pending": "waiting",
        "on hold": "waiting",
        "hold": "waiting",
        "parked": "waiting",
        "paused": "waiting",
        "stalled": "waiting",
        "awaiting": "waiting",
        "waiting on": "waiting",
        "done": "resolved",
        "completed": "resolved",
        "complete": "resolved",
        "fixed": "resolved",
        "solved": "resolved",
        "finished": "closed",
        "archived": "closed",
        "rejected": "cancelled",
        "canceled": "cancelled",
        "withdrawn": "cancelled",
        "deleted": "cancelled",
        "spam": "cancelled",
        "duplicate": "merged",
    },
    "priority": {
        "urgent": "critical",
        "emergency": "critical",
        "p1": "critical",
        "p2": "high",
        "major": "high",
        "p3": "medium",
        "normal": "medium",
        "moderate": "medium",
        "standard": "medium",
        "p4": "low",
        "p5": "low",
        "minor": "low",
        "planning": "low",
    },
    "type": {
        "service request": "request",
        "service": "request",
        "question": "request",
        "break/fix": "incident",
        "break fix": "incident",
        "fault": "incident",
        "issue": "incident",
        "event": "alert",
        "monitoring": "alert",
        "maintenance": "task",
        "to do": "task",
    },
    "source": {
        "mail": "email",
        "e-mail": "email",
        "call": "phone",
        "telephone": "phone",
        "web": "portal",
        "self-service": "portal",
        "self service": "portal",
        "rmm": "alert",
        "monitoring": "alert",
        "walk-in": "technician",
        "api": "automation",
    },
    "work_type": {
        "break/fix": "reactive",
        "remote support": "reactive",
        "on-site": "reactive",
        "onsite": "reactive",
        "maintenance": "proactive",
        "project work": "project",
        "holiday": "leave",
        "vacation": "leave",
        "sick": "leave",
        "meeting": "admin",
        "presales": "sales",
    },
    "role": {
        "engineer": "technician",
        "agent": "technician",
        "helpdesk": "technician",
        "service desk": "technician",
        "team lead": "lead",
        "supervisor": "lead",
        "director": "executive",
        "owner": "executive",
        "ceo": "executive",
        "coordinator": "dispatcher",
    },
}
"""Words that many systems use → ours. Lowercase."""

_NUMBERING = re.compile(r"^\W*[a-z]?\d+\s*[-.:)]\s*|\s*[-.:(]\s*[a-z]?\d+\W*$", re.IGNORECASE)


def suggest(mapping: str, word: str, mapped: Iterable[tuple[str, str]] = ()) -> str | None:
    """Our word that a vendor's word probably means.

    Args:
        mapping: name of the mapping table.
        word: the vendor's word.
        mapped: (word, target) pairs that are mapped already; a near relative among them counts.

    Returns:
        One of the mapping's words, None where nothing comes near.
    """
    targets = {target.replace("_", " "): target for target in MAPPINGS.get(mapping, ()) if target != "other"}
    known = {
        **dict(KNOWN.get(mapping, {})),
        **{_plain(one): target for one, target in mapped if target != "other"},
        **targets,
    }
    plain = _plain(word)
    if plain in known:
        return known[plain]
    near = get_close_matches(plain, list(known), n=1, cutoff=LIKENESS)
    if near:
        return known[near[0]]
    inside = [name for name in known if re.search(rf"\b{re.escape(name)}\b", plain)]
    return known[max(inside, key=len)] if inside else None


def _plain(word: str) -> str:
    """The word without numbering and case: `3 - Medium` and `medium (P3)` are both `medium`."""
    bare = _NUMBERING.sub("", word.strip()).strip()
    return (bare or word.strip()).casefold()
