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
