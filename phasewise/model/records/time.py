"""Where the working time goes."""

from __future__ import annotations

from datetime import datetime

from phasewise.model.fields import column, record, required
from phasewise.model.words import WorkPurpose


@record("time_entries", "Working time that somebody wrote down")
class TimeEntry:
    """Time worked. Many sources only say when it was written down: then `started_at` is null, not a guess."""

    id: str = required("the vendor's id of the entry")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    technician: str | None = column("who worked", default=None, reference="technicians", indexed=True)
    ticket: str | None = column(
        "the ticket it was worked on", default=None, reference="tickets", indexed=True
    )
    project: str | None = column("the project it was worked on", default=None, reference="projects")
    client: str | None = column("the client it was worked for", default=None, reference="clients")
    agreement: str | None = column("the agreement it is covered by", default=None, reference="agreements")
    started_at: datetime | None = column(
        "when the work began, where the source says it", default=None, indexed=True
    )
    entered_at: datetime | None = column("when it was written down", default=None, indexed=True)
    minutes: int = required("time worked; below zero corrects an earlier entry", unit="minutes")
    is_billable: bool | None = column("it may be billed", default=None)
    is_invoiced: bool | None = column("it was billed", default=None)
    purpose: WorkPurpose | None = column("what the work was for", default=None, mapping="work_type")
    purpose_raw: str | None = column("the vendor's word for purpose: its type of work", default=None)
