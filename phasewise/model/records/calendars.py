"""The hours in which a promise runs."""

from __future__ import annotations

from datetime import datetime

from phasewise.model.fields import Json, column, record, required


@record("calendars", "Working hours and holidays")
class Calendar:
    """Working hours of a zone. SLA minutes run only inside them."""

    id: str = required("the vendor's id, or the calendar's name in the settings")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    name: str | None = column("what people call it", default=None)
    zone: str | None = column("IANA time zone of the hours", default=None)
    hours: Json | None = column('weekday "mon".."sun" → list of "HH:MM-HH:MM"', default=None)
    holidays: Json | None = column("list of ISO dates without working hours", default=None)


@record("sla_policies", "What is promised to whom")
class SlaPolicy:
    """A service level: the hours it runs in and how fast it promises to be."""

    id: str = required("the vendor's id of the policy")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    name: str | None = column("what people call it", default=None)
    calendar: str | None = column("the calendar it runs by", default=None, reference="calendars")
    goals: Json | None = column(
        "target → priority (the vendor's word) → promised business minutes", default=None
    )
    pausing_statuses: Json | None = column(
        "list of statuses (the vendor's words) in which its clock stands", default=None
    )
    is_default: bool | None = column("it holds where nothing else is agreed", default=None)
