"""The words that this ConnectWise is set up with: the usual ones, and one status of its own."""

from __future__ import annotations

STATUS = {
    "new": "New",
    "in_progress": "In Progress",
    "waiting": "Parked",
    "resolved": "Completed",
    "closed": ">Closed",
    "cancelled": "Cancelled",
    "merged": "Completed",
    "other": "See Notes",
}
ESCALATION = {
    "New": "NotResponded",
    "In Progress": "Responded",
    "Parked": "NoEscalation",
    "Completed": "Resolved",
    ">Closed": "Resolved",
    "Cancelled": "Resolved",
    "See Notes": "",
}
CLOSED = frozenset({">Closed", "Cancelled"})
ENDED = frozenset({"closed", "cancelled", "merged"})
"""States in which a ticket has closedFlag."""

PRIORITY = {
    "critical": "Priority 1 - Critical",
    "high": "Priority 2 - High",
    "medium": "Priority 3 - Normal Response",
    "low": "Priority 4 - Scheduled Maintenance",
    "other": "Do Not Respond",
}
TYPE = {
    "incident": "Break/Fix",
    "request": "Service Request",
    "problem": "Problem",
    "change": "Change Request",
    "alert": "Monitoring",
    "task": "Task",
    "other": "Unknown",
}
SOURCE = {
    "email": "Email Connector",
    "phone": "Phone",
    "portal": "Portal",
    "chat": "Chat",
    "alert": "Automate",
    "technician": "In Person",
    "automation": "Workflow",
    "other": "Letter",
}
CLIENT = {
    "client": "Customer",
    "prospect": "Prospect",
    "internal": "Owner",
    "vendor": "Vendor",
    "other": "Competitor",
}
ROLE = {
    "technician": "Engineer",
    "lead": "Team Lead",
    "manager": "Service Manager",
    "executive": "President",
    "dispatcher": "Service Coordinator",
    "other": "Intern",
}
WORK = {
    "reactive": "Reactive",
    "proactive": "Maintenance",
    "improvement": "Improvement",
    "project": "Project Work",
    "planning": "Planning",
    "sales": "Presales",
    "admin": "Administration",
    "leave": "PTO",
    "other": "Travel",
}
AGREEMENT = {
    "recurring": "Managed Services",
    "block": "Block Time",
    "time_and_materials": "Time and Materials",
    "retainer": "Retainer",
    "project": "Project",
    "other": "Warranty",
}
UNIT = {"user": "User", "device": "Device", "site": "Location", "flat": "Flat", "other": "GB"}
INVOICE = {
    "recurring": ("Agreement", "Agreement"),
    "project": ("Standard", "Project"),
    "time": ("Standard", "Ticket"),
    "product": ("Standard", "SalesOrder"),
    "credit": ("CreditMemo", "All"),
    "other": ("Miscellaneous", "All"),
}
"""Kind → type of the invoice, and what it applies to."""

OUTCOME = {"open": "Open", "won": "Won", "lost": "Lost", "other": "Pending"}
PROJECT = {
    "onboarding": "Client Onboarding",
    "offboarding": "Offboarding",
    "improvement": "Upgrade",
    "delivery": "Implementation",
    "other": "Audit",
}
MEETING = {
    "business_review": "QBR",
    "kpi_review": "KPI Review",
    "leadership": "Leadership",
    "check_in": "Call",
    "other": "Task",
}
DEVICE = {
    "workstation": "Managed Workstation",
    "server": "Managed Server",
    "network": "Firewall",
    "mobile": "Tablet",
    "other": "UPS",
}
HELD = {True: "Closed", False: "Cancelled", None: "Open"}


def place(words: dict[str, str], ours: str | None) -> dict[str, object] | None:
    """A reference to a word, numbered by its place; None where there is none."""
    if ours is None:
        return None
    return {"id": 1 + list(words).index(ours), "name": words[ours]}
