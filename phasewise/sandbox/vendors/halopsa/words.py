"""The words and numbers of a Halo as it comes out of the box, by the neutral words."""

from __future__ import annotations

STATUSES = {
    "new": (1, "New"),
    "in_progress": (2, "In Progress"),
    "waiting": (4, "On Hold"),
    "resolved": (8, "Resolved"),
    "closed": (9, "Closed"),
    "cancelled": (10, "Cancelled"),
    "other": (30, "Being Looked At"),
}
"""Neutral word → number and name. A merged ticket keeps its status and says what it was merged into."""

TYPES = {
    "incident": (1, "Incident"),
    "request": (3, "Service Request"),
    "problem": (4, "Problem"),
    "change": (2, "Change Request"),
    "alert": (21, "Alert"),
    "task": (22, "Task"),
    "other": (23, "Quick Note"),
}
PROJECTS = {
    "onboarding": (24, "Client Onboarding"),
    "offboarding": (25, "Client Offboarding"),
    "improvement": (26, "Internal Project"),
    "delivery": (5, "Project"),
    "other": (27, "Something Else"),
}
PRIORITIES = {"critical": (1, "Critical"), "high": (2, "High"), "medium": (3, "Medium"), "low": (4, "Low")}
SOURCES = {
    "email": 1, "phone": 2, "portal": 3, "chat": 4, "alert": 5, "technician": 6, "automation": 7, "other": 8,
}  # fmt: skip
CLIENTS = {
    "client": "Customer", "prospect": None, "internal": "Internal", "vendor": "Supplier", "other": "Friend",
}  # fmt: skip
ROLES = {
    "technician": "Engineer", "lead": "Team Lead", "manager": "Service Manager", "executive": "Director",
    "dispatcher": "Dispatcher", "other": "Apprentice",
}  # fmt: skip
AGREEMENTS = {
    "recurring": "Managed Services", "block": "Pre-Pay", "time_and_materials": "Pay As You Go",
    "retainer": "Retainer", "project": "Project", "other": "Handshake",
}  # fmt: skip
OUTCOMES = {"open": "New", "won": "Won", "lost": "Lost", "other": "Forgotten"}
MEETINGS = {
    "business_review": "Quarterly Business Review", "kpi_review": "KPI Review",
    "leadership": "Leadership Meeting", "check_in": "Check-in", "other": "Site Visit",
}  # fmt: skip
DEVICES = {
    "workstation": "Workstation", "server": "Server", "network": "Firewall", "mobile": "Tablet",
    "other": "Coffee Machine",
}  # fmt: skip

ZONES = {"Europe/Madrid": ("Romance Standard Time", "Europe/Paris")}
"""Zone → how Windows calls it, and the zone that this name stands for: more than one has it."""

WRITTEN = frozenset({"process", "runbook", "knowledge"})
"""Kinds of documents that a knowledge base holds."""
