"""Words that ConnectWise comes with, and ours. Every MSP renames them: the operator's mapping goes first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from phasewise.connectors.parse import neutral_word, plain
from phasewise.model.words import MAPPINGS

STATUS: Mapping[str, str] = {
    "new (email connector)": "new",
    "new (portal)": "new",
    "unassigned": "new",
    "assigned": "in_progress",
    "acknowledged": "in_progress",
    "scheduled": "in_progress",
    "work in progress": "in_progress",
    "escalated": "in_progress",
    "client responded": "in_progress",
    "customer responded": "in_progress",
    "re-opened": "in_progress",
    "reopened": "in_progress",
    "on hold": "waiting",
    "completed": "resolved",
    "complete": "resolved",
    "canceled": "cancelled",
}
STATUS_BEGINS = {"new": "new", "waiting": "waiting", "closed": "closed"}
"""How many of the usual names begin: "Waiting - Parts", "Closed - No Response"."""

BY_ESCALATION = {
    "NotResponded": "new",
    "Responded": "in_progress",
    "ResolutionPlan": "in_progress",
    "Resolved": "resolved",
    "NoEscalation": "waiting",
}
"""`escalationStatus`: what a board says of its status."""

PRIORITY: Mapping[str, str] = {
    "emergency": "critical",
    "urgent": "critical",
    "quick response": "high",
    "normal response": "medium",
    "normal": "medium",
    "scheduled maintenance": "low",
}
BY_NUMBER = {"1": "critical", "2": "high", "3": "medium", "4": "low"}
"""ConnectWise's own names are "Priority 1 - Critical" and so on."""

TYPE: Mapping[str, str] = {
    "service request": "request",
    "move/add/change": "request",
    "break/fix": "incident",
    "break-fix": "incident",
    "monitoring": "alert",
    "change request": "change",
}
SOURCE: Mapping[str, str] = {
    "email connector": "email",
    "call": "phone",
    "customer portal": "portal",
    "in person": "technician",
    "internal": "technician",
    "automate": "alert",
    "labtech": "alert",
    "rmm": "alert",
    "workflow": "automation",
}
WORK: Mapping[str, str] = {
    "project work": "project",
    "maintenance": "proactive",
    "pre-sales": "sales",
    "presales": "sales",
    "administration": "admin",
    "administrative": "admin",
    "internal": "admin",
    "meeting": "admin",
    "vacation": "leave",
    "holiday": "leave",
    "sick": "leave",
    "pto": "leave",
}
CLIENT: Mapping[str, str] = {
    "customer": "client",
    "managed client": "client",
    "lead": "prospect",
    "suspect": "prospect",
    "supplier": "vendor",
    "distributor": "vendor",
    "manufacturer": "vendor",
    "owner": "internal",
    "our company": "internal",
}
ROLE: Mapping[str, str] = {
    "service manager": "manager",
    "service coordinator": "dispatcher",
    "team lead": "lead",
    "owner": "executive",
    "president": "executive",
    "ceo": "executive",
    "engineer": "technician",
}
AGREEMENT: Mapping[str, str] = {
    "managed services": "recurring",
    "managed service": "recurring",
    "block time": "block",
    "block hours": "block",
    "prepaid": "block",
    "t&m": "time_and_materials",
    "hourly": "time_and_materials",
}
UNIT: Mapping[str, str] = {
    "users": "user",
    "seat": "user",
    "devices": "device",
    "workstation": "device",
    "server": "device",
    "location": "site",
}
INVOICE: Mapping[str, str] = {
    "agreement": "recurring",
    "creditmemo": "credit",
    "progress": "project",
    "miscellaneous": "other",
    "downpayment": "other",
}
APPLIED_TO: Mapping[str, str] = {
    "agreement": "recurring",
    "project": "project",
    "projectphase": "project",
    "ticket": "time",
    "salesorder": "product",
}
"""What a standard invoice bills."""

PROJECT: Mapping[str, str] = {
    "implementation": "delivery",
    "installation": "delivery",
    "upgrade": "improvement",
    "client onboarding": "onboarding",
}
MEETING: Mapping[str, str] = {
    "qbr": "business_review",
    "tbr": "business_review",
    "quarterly business review": "business_review",
    "account review": "business_review",
    "call": "check_in",
    "check-in": "check_in",
}
DEVICE: Mapping[str, str] = {
    "desktop": "workstation",
    "laptop": "workstation",
    "managed workstation": "workstation",
    "managed server": "server",
    "firewall": "network",
    "router": "network",
    "switch": "network",
    "managed network": "network",
    "phone": "mobile",
    "tablet": "mobile",
}


def status_word(name: str | None) -> str | None:
    """Our word for the name of a status, `other` where only the board knows what it means."""
    # Names of the last states are often written ">Closed", so that they stand at the end of a list.
    name = re.sub(r"^[>\s]+", "", name or "")
    begins = next(
        (ours for begin, ours in STATUS_BEGINS.items() if re.match(rf"{begin}\b", plain(name))), None
    )
    found = neutral_word(name, field="status", words=STATUS, known=MAPPINGS["status"])
    return begins if found == "other" and begins else found


def state_word(name: str | None, meaning: Mapping[str, Any]) -> str | None:
    """Our word for a status: by its name, and where that is one of the MSP's own, by what its board says.

    Args:
        name: of the status.
        meaning: `closedStatus` and `escalationStatus` of it; empty where nobody tells.
    """
    named = status_word(name)
    if named != "other":
        return named
    if meaning.get("closedStatus") is True:
        return "closed"
    return BY_ESCALATION.get(str(meaning.get("escalationStatus")), "other")


def priority_word(name: str | None) -> str | None:
    """Our word for the name of a priority, by its number where it has one of ConnectWise's own."""
    numbered = re.match(r"priority\s*([1-4])\b", plain(name or ""))
    if numbered is not None:
        return BY_NUMBER[numbered[1]]
    return neutral_word(name, field="priority", words=PRIORITY, known=MAPPINGS["priority"])


def our_word(name: str | None, mapping: str, words: Mapping[str, str]) -> str | None:
    """Our word for a vendor's: the connector's guess, before the operator's mapping."""
    return neutral_word(name, field=mapping, words=words, known=MAPPINGS[mapping])
