"""Halo's own words out of the box, and ours. What is not here becomes `other` until somebody maps it."""

from __future__ import annotations

STATUSES = {
    "new": "new",
    "open": "in_progress",
    "in progress": "in_progress",
    "updated": "in_progress",
    "action required": "in_progress",
    "re-opened": "in_progress",
    "reopened": "in_progress",
    "scheduled": "in_progress",
    "awaiting approval": "waiting",
    "on hold": "waiting",
    "waiting": "waiting",
    "with user": "waiting",
    "with supplier": "waiting",
    "with third party": "waiting",
    "pending": "waiting",
    "pending closure": "resolved",
    "completed": "resolved",
    "resolved": "resolved",
    "closed": "closed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "rejected": "cancelled",
    "merged": "merged",
}

TYPES = {
    "incident": "incident",
    "service request": "request",
    "request": "request",
    "change request": "change",
    "change": "change",
    "problem": "problem",
    "alert": "alert",
    "task": "task",
    "to-do": "task",
}

PRIORITIES = {
    "critical": "critical",
    "urgent": "critical",
    "p1": "critical",
    "high": "high",
    "p2": "high",
    "medium": "medium",
    "normal": "medium",
    "p3": "medium",
    "low": "low",
    "p4": "low",
}

CLIENTS = {"client": "client", "customer": "client", "prospect": "prospect", "supplier": "vendor"}

DEVICES = {
    "workstation": "workstation",
    "desktop": "workstation",
    "laptop": "workstation",
    "server": "server",
    "virtual machine": "server",
    "router": "network",
    "switch": "network",
    "firewall": "network",
    "access point": "network",
    "mobile phone": "mobile",
    "mobile": "mobile",
    "tablet": "mobile",
}

ROLES = {
    "technician": "technician",
    "engineer": "technician",
    "team lead": "lead",
    "service manager": "manager",
    "manager": "manager",
    "director": "executive",
    "dispatcher": "dispatcher",
}

AGREEMENTS = {
    "contract": "recurring",
    "managed service": "recurring",
    "managed services": "recurring",
    "recurring invoice": "recurring",
    "pre-pay": "block",
    "prepay": "block",
    "block hours": "block",
    "pay as you go": "time_and_materials",
    "time and materials": "time_and_materials",
    "retainer": "retainer",
    "project": "project",
}

INVOICES = {"recurring invoice": "recurring", "credit note": "credit"}

OUTCOMES = {
    "won": "won",
    "closed won": "won",
    "converted": "won",
    "lost": "lost",
    "closed lost": "lost",
}

PROJECTS = {
    "onboarding": "onboarding",
    "client onboarding": "onboarding",
    "offboarding": "offboarding",
    "client offboarding": "offboarding",
    "project": "delivery",
    "internal project": "improvement",
}

MEETINGS = {
    "quarterly business review": "business_review",
    "business review": "business_review",
    "qbr": "business_review",
    "kpi review": "kpi_review",
    "leadership meeting": "leadership",
    "check-in": "check_in",
}

ZONES = {
    "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "Atlantic/Reykjavik",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central Europe Standard Time": "Europe/Budapest",
    "E. Europe Standard Time": "Europe/Chisinau",
    "FLE Standard Time": "Europe/Kyiv",
    "South Africa Standard Time": "Africa/Johannesburg",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
    "India Standard Time": "Asia/Kolkata",
    "Singapore Standard Time": "Asia/Singapore",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "New Zealand Standard Time": "Pacific/Auckland",
    "UTC": "UTC",
}
"""Zones as Windows names them, in which Halo keeps its workdays, and as the world does (Unicode CLDR)."""

MONTHS = {
    "monthly": 1,
    "month": 1,
    "1 month": 1,
    "quarterly": 3,
    "quarter": 3,
    "3 months": 3,
    "6 monthly": 6,
    "six monthly": 6,
    "half yearly": 6,
    "6 months": 6,
    "yearly": 12,
    "annually": 12,
    "annual": 12,
    "year": 12,
    "12 months": 12,
}
"""Billing periods whose amount can be said by the month. Of weeks and days nothing is: they are no months."""
