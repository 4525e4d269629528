"""Clients, technicians, calendars and promises of the small world."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from phasewise.model.records.calendars import Calendar, SlaPolicy
from phasewise.model.records.people import Client, Technician
from phasewise.model.words import ClientKind, TechnicianRole
from phasewise.sandbox.small_world.times import BEFORE, at

CLIENTS: tuple[tuple[str, ClientKind], ...] = (
    ("Aurora Dental", "client"),
    ("Brightwater Legal", "client"),
    ("Casa Müller GmbH", "client"),
    ("Delta Logistics", "client"),
    ("Évora Clinics", "client"),
    ("Fjord Outdoor 🏔", "client"),
    ("Gable & Sons", "prospect"),
    ("Our Own Office", "internal"),
)
TECHNICIANS: tuple[tuple[str, TechnicianRole, str, bool], ...] = (
    ("Ana Ruiz", "technician", "Service Desk", True),
    ("Ben Okafor", "technician", "Service Desk", True),
    ("Chloé Martin", "technician", "Projects", True),
    ("Dmitri Volkov", "lead", "Service Desk", True),
    ("Elif Kaya", "manager", "Service Desk", True),
    ("Finn Larsen", "technician", "Projects", False),
)
GOALS = {
    "first_response": {"critical": 30, "high": 60, "medium": 240, "low": 480},
    "resolution": {"critical": 240, "high": 480, "medium": 1440, "low": 2880},
}
"""Target → priority → promised business minutes."""


def records() -> Iterator[Any]:
    """8 clients, 6 technicians, a calendar and 2 service levels."""
    for number, (name, kind) in enumerate(CLIENTS, start=1):
        yield Client(
            id=str(number),
            updated_at=at(number),
            name=name,
            kind=kind,
            kind_raw=kind,
            started_at=BEFORE,
            is_internal=kind == "internal",
        )
    for number, (name, role, team, is_active) in enumerate(TECHNICIANS, start=1):
        yield Technician(
            id=str(number),
            updated_at=at(number),
            name=name,
            role=role,
            role_raw=role,
            team=team,
            is_active=is_active,
            capacity_minutes_per_week=2400,
            currency="EUR",
            hourly_cost=Decimal(30 + number),
        )
    weekdays = {day: ["08:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    yield Calendar(
        id="1",
        updated_at=BEFORE,
        name="Office hours",
        zone="Europe/Madrid",
        hours=weekdays,
        holidays=["2025-12-25", "2026-01-01"],
    )
    for number, name in enumerate(("Standard", "Premium"), start=1):
        yield SlaPolicy(
            id=str(number),
            updated_at=BEFORE,
            name=name,
            calendar="1",
            goals=GOALS,
            pausing_statuses=["waiting"],
            is_default=number == 1,
        )
