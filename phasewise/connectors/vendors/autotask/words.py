"""Our words for the labels that Autotask comes with; a default guess, as every MSP writes its own.

Labels are compared without case. The numbers behind them differ from one Autotask to the next, except for the
states New (1) and Complete (5), which nobody can rename away.
"""

from __future__ import annotations

from phasewise.model.words import (
    AgreementKind,
    ClientKind,
    DeviceKind,
    MeetingKind,
    OpportunityOutcome,
    Priority,
    TechnicianRole,
    TicketSource,
    TicketStatus,
    TicketType,
    WorkPurpose,
)

STATUS: dict[str, TicketStatus] = {
    "new": "new",
    "in progress": "in_progress",
    "in process": "in_progress",
    "assigned": "in_progress",
    "scheduled": "in_progress",
    "dispatched": "in_progress",
    "escalate": "in_progress",
    "escalated": "in_progress",
    "customer note added": "in_progress",
    "change order": "in_progress",
    "waiting customer": "waiting",
    "waiting materials": "waiting",
    "waiting vendor": "waiting",
    "waiting approval": "waiting",
    "on hold": "waiting",
    "inactive": "waiting",
    "resolved": "resolved",
    "ready to bill": "resolved",
    "complete": "closed",
    "completed": "closed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "duplicate": "cancelled",
}

SYSTEM_STATUS: dict[int, TicketStatus] = {1: "new", 5: "closed"}
"""Numbers whose meaning is Autotask's own, however they are labelled."""

PRIORITY: dict[str, Priority] = {
    "critical": "critical",
    "high": "high",
    "medium": "medium",
    "normal": "medium",
    "low": "low",
}

TYPE: dict[str, TicketType] = {
    "service request": "request",
    "incident": "incident",
    "problem": "problem",
    "change request": "change",
    "alert": "alert",
}

SOURCE: dict[str, TicketSource] = {
    "phone": "phone",
    "voice mail": "phone",
    "voicemail": "phone",
    "email": "email",
    "e-mail": "email",
    "client portal": "portal",
    "web portal": "portal",
    "web/portal": "portal",
    "website": "portal",
    "chat": "chat",
    "monitoring alert": "alert",
    "in person/onsite": "technician",
    "insourced": "technician",
    "recurring": "automation",
}

COMPANY: dict[str, ClientKind] = {
    "customer": "client",
    "lead": "prospect",
    "prospect": "prospect",
    "vendor": "vendor",
    "partner": "other",
    "dead": "other",
    "cancelation": "other",
    "cancellation": "other",
}

ROLE: tuple[tuple[str, TechnicianRole], ...] = (
    ("dispatch", "dispatcher"),
    ("service coordinator", "dispatcher"),
    ("team lead", "lead"),
    ("lead ", "lead"),
    (" lead", "lead"),
    ("chief", "executive"),
    ("owner", "executive"),
    ("president", "executive"),
    ("ceo", "executive"),
    ("cto", "executive"),
    ("manager", "manager"),
    ("supervisor", "manager"),
    ("technician", "technician"),
    ("engineer", "technician"),
    ("administrator", "technician"),
    ("help desk", "technician"),
    ("helpdesk", "technician"),
    ("service desk", "technician"),
    ("support", "technician"),
)
"""What a title says of a person; the first that fits."""

PURPOSE: dict[str, WorkPurpose] = {
    "remote support": "reactive",
    "onsite support": "reactive",
    "emergency/after hours support": "reactive",
    "phone support": "reactive",
    "support": "reactive",
    "break/fix": "reactive",
    "maintenance": "proactive",
    "preventive maintenance": "proactive",
    "proactive": "proactive",
    "monitoring": "proactive",
    "project": "project",
    "project work": "project",
    "installation": "project",
    "implementation": "project",
    "project management": "planning",
    "consulting": "planning",
    "planning": "planning",
    "sales": "sales",
    "pre-sales": "sales",
    "administration": "admin",
    "administrative": "admin",
    "internal meeting": "admin",
    "meeting": "admin",
    "training": "admin",
    "paid time off": "leave",
    "vacation": "leave",
    "vacation time": "leave",
    "sick": "leave",
    "sick time": "leave",
    "personal time": "leave",
    "holiday": "leave",
    "floating holiday": "leave",
}

AGREEMENT: dict[str, AgreementKind] = {
    "recurring service": "recurring",
    "block hours": "block",
    "time & materials": "time_and_materials",
    "time and materials": "time_and_materials",
    "retainer": "retainer",
    "fixed price": "project",
    "incident": "other",
    "per ticket": "other",
}

MONTHS: dict[str, int | None] = {
    "monthly": 1,
    "quarterly": 3,
    "semi-annual": 6,
    "semi-annually": 6,
    "semiannual": 6,
    "yearly": 12,
    "annual": 12,
    "annually": 12,
    "one-time": None,
    "one time": None,
}
"""Label of a service's billing period → months it covers; None = billed once, nothing a month."""

OUTCOME: dict[str, OpportunityOutcome] = {
    "active": "open",
    "not ready to buy": "open",
    "lost": "lost",
    "closed": "won",
    "won": "won",
    "implemented": "won",
}

MEETING: dict[str, MeetingKind] = {
    "business review": "business_review",
    "quarterly business review": "business_review",
    "qbr": "business_review",
    "strategic business review": "business_review",
    "account review": "business_review",
    "kpi review": "kpi_review",
    "leadership meeting": "leadership",
    "check-in": "check_in",
    "check in": "check_in",
}

DEVICE: dict[str, DeviceKind] = {
    "workstation": "workstation",
    "desktop": "workstation",
    "laptop": "workstation",
    "notebook": "workstation",
    "computer": "workstation",
    "server": "server",
    "virtual server": "server",
    "firewall": "network",
    "router": "network",
    "switch": "network",
    "access point": "network",
    "network device": "network",
    "network": "network",
    "printer": "other",
    "mobile device": "mobile",
    "mobile phone": "mobile",
    "smartphone": "mobile",
    "tablet": "mobile",
}
