"""Companies and resources, as rows of Autotask."""

from __future__ import annotations

from typing import Any

from phasewise.sandbox.vendors.autotask import picklists as lists
from phasewise.sandbox.vendors.autotask.forms import money, stamp, value
from phasewise.sandbox.vendors.autotask.making import Makers, Making

TITLES = {
    "technician": "Technician",
    "lead": "Team Lead",
    "manager": "Service Manager",
    "executive": "CEO",
    "dispatcher": "Dispatcher",
    "other": "Florist",
}


def _client(making: Making, r: Any) -> None:
    making.add(
        "Companies",
        id=making.company(r.id),
        companyName=r.name,
        companyType=value(lists.COMPANY, r.kind) or 1,
        classification=making.label("Companies", "classification", r.tier),
        isActive=r.ended_at is None,
        createDate=stamp(r.started_at),
        lastActivityDate=stamp(r.updated_at),
        lastTrackedModifiedDateTime=None,
        phone="555-0100",
        userDefinedFields=[{"name": "Account note", "value": "pays late"}],
    )


def _technician(making: Making, r: Any) -> None:
    first, _, last = str(r.name).partition(" ")
    making.add(
        "Resources",
        id=int(r.id),
        firstName=first,
        lastName=last,
        title=TITLES.get(r.role),
        isActive=r.is_active,
        licenseType=1,
        internalCost=money(r.hourly_cost),
        email="someone@acme.example",
        userDefinedFields=[],
    )


MAKERS: Makers = {
    "clients": _client,
    "technicians": _technician,
}
