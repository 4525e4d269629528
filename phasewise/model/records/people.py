"""Whom the MSP works for, and who works."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from phasewise.model.fields import column, record, required
from phasewise.model.words import ClientKind, TechnicianRole


@record("clients", "A customer of the MSP", history=True)
class Client:
    """A customer of the MSP ("company" in ConnectWise and Autotask, "client" in Halo)."""

    id: str = required("the vendor's id of the client")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    name: str | None = column("the client's name", default=None, watched=True)
    calendar: str | None = column(
        "calendar its SLA runs by", default=None, reference="calendars", watched=True
    )
    kind: ClientKind | None = column(
        "client, prospect, internal, vendor", default=None, mapping="client_kind", watched=True
    )
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    tier: str | None = column("service tier, the vendor's word", default=None, watched=True)
    started_at: datetime | None = column("when it became a client", default=None, watched=True)
    ended_at: datetime | None = column("when it stopped being a client", default=None, watched=True)
    is_internal: bool | None = column("the MSP itself", default=None, watched=True)


@record("technicians", "A person who works tickets", history=True)
class Technician:
    """A person who works tickets ("member", "resource", "agent")."""

    id: str = required("the vendor's id of the technician")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    name: str | None = column("the technician's name", default=None, personal=True)
    role: TechnicianRole | None = column("what the person does", default=None, mapping="role", watched=True)
    role_raw: str | None = column("the vendor's word for role", default=None)
    team: str | None = column("team or queue the person belongs to", default=None, watched=True)
    is_active: bool | None = column("still works here", default=None, watched=True)
    capacity_minutes_per_week: int | None = column(
        "contracted working time", default=None, unit="minutes", watched=True
    )
    currency: str | None = column("ISO 4217 code of hourly_cost", default=None)
    hourly_cost: Decimal | None = column(
        "cost of an hour", default=None, unit="currency", watched=True, personal=True
    )
