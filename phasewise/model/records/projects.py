"""What is sold, and what is delivered after it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from phasewise.model.fields import column, record, required
from phasewise.model.words import OpportunityOutcome, ProjectKind


@record("opportunities", "Something that may be sold")
class Opportunity:
    """A possible sale ("estimate", "deal")."""

    id: str = required("the vendor's id of the opportunity")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    client: str | None = column("who may buy", default=None, reference="clients", indexed=True)
    name: str | None = column("what it is called", default=None)
    stage: str | None = column("where it stands, the vendor's word", default=None)
    outcome: OpportunityOutcome | None = column("how it ended", default=None, mapping="opportunity_outcome")
    outcome_raw: str | None = column("the vendor's word for outcome", default=None)
    currency: str | None = column("ISO 4217 code of the amounts", default=None)
    amount: Decimal | None = column("what it is worth once", default=None, unit="currency")
    monthly_amount: Decimal | None = column("what it is worth a month", default=None, unit="currency")
    created_at: datetime | None = column("when it was written down", default=None, indexed=True)
    closed_at: datetime | None = column("when it was won or lost", default=None)
    project: str | None = column("the project that delivers it", default=None, reference="projects")


@record("projects", "Work with a plan and an end")
class Project:
    """A project. Dates are dates in the MSP's plan."""

    id: str = required("the vendor's id of the project")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    client: str | None = column("for whom", default=None, reference="clients", indexed=True)
    name: str | None = column("what it is called", default=None)
    kind: ProjectKind | None = column("what it is for", default=None, mapping="project_kind")
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    template: str | None = column("the template it was made from", default=None)
    status: str | None = column("where it stands, the vendor's word", default=None)
    technician: str | None = column("who leads it", default=None, reference="technicians")
    planned_start_on: date | None = column("day it should begin", default=None)
    planned_end_on: date | None = column("day it should end", default=None)
    started_on: date | None = column("day it began", default=None)
    finished_on: date | None = column("day it was done", default=None)
    created_at: datetime | None = column("when it was made in the source", default=None, indexed=True)
    opportunity: str | None = column("the sale it delivers", default=None, reference="opportunities")


@record("project_tasks", "A step of a project")
class ProjectTask:
    """A task, phase or checklist item of a project."""

    id: str = required("the vendor's id of the task")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    project: str = required("the project it belongs to", reference="projects", indexed=True)
    name: str | None = column("what is to be done", default=None)
    status: str | None = column("where it stands, the vendor's word", default=None)
    due_at: datetime | None = column("when it should be done", default=None)
    done_at: datetime | None = column("when it was done", default=None)
    is_from_template: bool | None = column("it came with the template of the project", default=None)
