"""The picklists of the simulated Autotask: what it comes with, and what its users have added.

A row holds a number, the description of its field the labels; the values of the description are texts.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from phasewise.sandbox.simulator import Item

PICKLISTS = "#picklists"
"""Collection of what the description of the fields tells; no entity of the vendor."""

STATUS = {
    "new": (1, "New"),
    "closed": (5, "Complete"),
    "in_progress": (8, "In Progress"),
    "waiting": (7, "Waiting Customer"),
    "resolved": (15, "Resolved"),
    "cancelled": (16, "Cancelled"),
    "other": (17, "Parked"),
}
PRIORITY = {
    "critical": (4, "Critical"),
    "high": (1, "High"),
    "medium": (2, "Medium"),
    "low": (3, "Low"),
    "other": (9, "Whenever"),
}
TYPE = {
    "request": (1, "Service Request"),
    "incident": (2, "Incident"),
    "problem": (3, "Problem"),
    "change": (4, "Change Request"),
    "alert": (5, "Alert"),
}
SOURCE = {
    "phone": (2, "Phone"),
    "email": (4, "Email"),
    "portal": (5, "Client Portal"),
    "technician": (6, "In Person/Onsite"),
    "alert": (8, "Monitoring Alert"),
    "automation": (9, "Recurring"),
    "chat": (13, "Chat"),
    "other": (11, "Other"),
}
COMPANY = {
    "client": (1, "Customer"),
    "prospect": (3, "Prospect"),
    "vendor": (7, "Vendor"),
    "other": (8, "Partner"),
}
CONTRACT = {
    "time_and_materials": (1, "Time & Materials"),
    "project": (3, "Fixed Price"),
    "block": (4, "Block Hours"),
    "retainer": (6, "Retainer"),
    "recurring": (7, "Recurring Service"),
    "other": (8, "Incident"),
}
CYCLE = {"monthly": ("m", "Monthly"), "quarterly": ("q", "Quarterly"), "yearly": ("y", "Yearly")}
ACTIVE = {True: (1, "Active"), False: (0, "Inactive")}
OUTCOME = {"open": (1, "Active"), "lost": (2, "Lost"), "won": (3, "Closed"), "other": (9, "Parked")}
PROJECT = {"improvement": (4, "Internal"), "delivery": (5, "Client"), "other": (1, "Baseline")}
ACTION = {
    "business_review": (901, "QBR"),
    "kpi_review": (902, "KPI Review"),
    "leadership": (903, "Leadership Meeting"),
    "check_in": (904, "Check-in"),
    "other": (1, "Phone Call"),
}
DEVICE = {
    "workstation": (1, "Workstation"),
    "server": (2, "Server"),
    "network": (3, "Firewall"),
    "mobile": (4, "Smartphone"),
    "other": (5, "Printer"),
}

FIXED: Mapping[tuple[str, str], Mapping[Any, tuple[Any, str]]] = {
    ("Tickets", "status"): STATUS,
    ("Tickets", "priority"): PRIORITY,
    ("Tickets", "ticketType"): TYPE,
    ("Tickets", "source"): SOURCE,
    ("Companies", "companyType"): COMPANY,
    ("Resources", "licenseType"): {"person": (1, "Professional"), "program": (7, "API User")},
    ("Contracts", "contractType"): CONTRACT,
    ("Contracts", "contractPeriodType"): CYCLE,
    ("Contracts", "status"): ACTIVE,
    ("Services", "periodType"): {1: (1, "Monthly"), 3: (2, "Quarterly"), 12: (4, "Yearly")},
    ("ServiceBundles", "periodType"): {1: (1, "Monthly")},
    ("Opportunities", "status"): OUTCOME,
    ("Projects", "projectType"): PROJECT,
    ("CompanyToDos", "actionType"): ACTION,
    ("CompanyNotes", "actionType"): ACTION,
    ("ConfigurationItems", "configurationItemType"): DEVICE,
}


def own_value(label: str) -> int:
    """The number of a label that the vendor's users have made: always the same one."""
    return 29_680_000 + zlib.crc32(label.encode()) % 1_000_000


def rows(own: Iterable[tuple[str, str, object, str]]) -> list[Item]:
    """The collection of all values.

    Args:
        own: entity, field, value and label of what the users have made.
    """
    fixed = [
        (entity, field, value, label)
        for (entity, field), values in FIXED.items()
        for value, label in values.values()
    ]
    return [
        {"id": number, "entity": entity, "field": field, "value": str(value), "label": label}
        for number, (entity, field, value, label) in enumerate(dict.fromkeys([*fixed, *own]))
    ]
