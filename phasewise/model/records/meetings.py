"""When people of the MSP and of a client, or of the MSP alone, talked."""

from __future__ import annotations

from datetime import datetime

from phasewise.model.fields import column, record, required
from phasewise.model.words import MeetingKind


@record("meetings", "A conversation that was planned")
class Meeting:
    """An appointment or activity. That it was planned does not say that it was held."""

    id: str = required("the vendor's id of the meeting")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    client: str | None = column("the client it was with", default=None, reference="clients", indexed=True)
    technician: str | None = column("whose it was", default=None, reference="technicians")
    kind: MeetingKind | None = column("what it was for", default=None, mapping="meeting_kind")
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    at: datetime | None = column("when it was planned to begin", default=None, indexed=True)
    minutes: int | None = column("how long it was planned to last, or lasted", default=None, unit="minutes")
    is_held: bool | None = column("it took place, by the source's own word", default=None)
    has_client_attended: bool | None = column("somebody of the client was there", default=None)
    has_notes: bool | None = column("something was written down about it", default=None)
    actions: int | None = column("actions that came out of it", default=None)
