"""Syncro's words and ours: the defaults of a new account. Whoever renamed them maps them in the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from phasewise.connectors.parse import neutral_word, plain
from phasewise.model.words import MAPPINGS

STATUSES: Mapping[str, str] = {
    "new": "new",
    "in progress": "in_progress",
    "customer reply": "in_progress",
    "waiting for parts": "waiting",
    "waiting on customer": "waiting",
    "scheduled": "waiting",
    "resolved": "resolved",
    "invoiced": "closed",
}
"""`GET /tickets/settings` of a new account."""

PRIORITIES: Mapping[str, str] = {"urgent": "critical", "high": "high", "normal": "medium", "low": "low"}
"""Without the number before it: `GET /settings` lists "0 Urgent" to "3 Low"."""

OUTCOMES: Mapping[str, str] = {"fresh": "open", "draft": "open", "approved": "won", "declined": "lost"}
"""States of an estimate (`POST /estimates`)."""

GROUPS: Mapping[str, str] = {
    "tech": "technician",
    "techs": "technician",
    "technicians": "technician",
    "dispatch": "dispatcher",
    "dispatchers": "dispatcher",
    "managers": "manager",
}
"""Names of security groups. That somebody is in "Admins" does not say what the person does."""

ASSET_TYPES: Mapping[str, str] = {
    "desktop": "workstation",
    "laptop": "workstation",
    "pc": "workstation",
    "computer": "workstation",
    "router": "network",
    "switch": "network",
    "firewall": "network",
    "access point": "network",
    "phone": "mobile",
    "tablet": "mobile",
}
"""Types that people give to assets. "Syncro Device", every machine with the agent, stays `other`."""

RECURRING = "Recurring Invoice"
"""What Syncro calls a schedule on its screens: the kind of agreement it stands for."""

PATCH_OUTCOMES: Mapping[str, str] = {"recently installed": "succeeded", "failed patches": "failed"}
"""Groups of patches that tell of an installation that was tried."""

PERIODS_A_YEAR: Mapping[str, int | tuple[int, int]] = {
    "weekly": 52,
    "biweekly": 26,
    "monthly": 12,
    "quarterly": 4,
    "semi-annually": 2,
    "annually": 1,
    "biennially": (1, 2),
    "triennially": (1, 3),
    "daily": 365,
}
"""How often a schedule bills: in a year, or as (times, years)."""


_WORDS = 1024
"""Words kept with what they mean: an account has a few of each kind, and every row has some."""

_SORTED_BY = re.compile(r"^\s*\d+\s+")


@lru_cache(maxsize=_WORDS)
def status(word: str | None) -> str | None:
    """Our word for the state of a ticket."""
    return neutral_word(word, field="status", words=STATUSES, known=MAPPINGS["status"])


@lru_cache(maxsize=_WORDS)
def kind(word: str | None) -> str | None:
    """Our word for the type of a ticket: only what is spelled like one of ours is known."""
    return neutral_word(word, field="type", words={}, known=MAPPINGS["type"])


@lru_cache(maxsize=_WORDS)
def priority(word: str | None) -> str | None:
    """Our word for a priority. Only the number that Syncro sorts by is taken off its front."""
    bare = _SORTED_BY.sub("", word or "")
    return neutral_word(bare, field="priority", words=PRIORITIES, known=MAPPINGS["priority"])


def is_word_of(word: str, words: Mapping[str, str], mapping: str) -> bool:
    """Whether we have a word for it by ourselves."""
    spelled = plain(word).replace(" ", "_").replace("-", "_")
    return plain(word) in words or spelled in MAPPINGS[mapping]
