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
    updated_at: datetime | None = column("when the vendor last changed the row")
    client: str | None = column("who may buy", reference="clients", indexed=True)
    name: str | None = column("what it is called")
    stage: str | None = column("where it stands, the vendor's word")
    outcome: OpportunityOutcome | None = column("how it ended", mapping="opportunity_outcome")
    outcome_raw: str | None = column("the vendor's word for outcome")
    currency: str | None = column("ISO 4217 code of the amounts")
    amount: Decimal | None = column("what it is worth once", unit="currency")
    monthly_amount: Decimal | None = column("what it is worth a month", unit="currency")
    created_at: datetime | None = column("when it was written down", indexed=True)
    closed_at: datetime | None = column("when it was won or lost")
    project: str | None = column("the project that delivers it", reference="projects")


@record("projects", "Work with a plan and an end")
class Project:
    """A project. Dates are dates in the MSP's plan."""

    id: str = required("the vendor's id of the project")
    updated_at: datetime | None = column("when the vendor last changed the row")
    client: str | None = column("for whom", reference="clients", indexed=True)
    name: str | None = column("what it is called")
    kind: ProjectKind | None = column("what it is for", mapping="project_kind")
    kind_raw: str | None = column("the vendor's word for kind")
    template: str | None = column("the template it was made from")
    status: str | None = column("where it stands, the vendor's word")
    technician: str | None = column("who leads it", reference="technicians")
    planned_start_on: date | None = column("day it should begin")
    planned_end_on: date | None = column("day it should end")
    started_on: date | None = column("day it began")
    finished_on: date | None = column("day it was done")
    created_at: datetime | None = column("when it was made in the source", indexed=True)
    opportunity: str | None = column("the sale it delivers", reference="opportunities")


@record("project_tasks", "A step of a project")
class ProjectTask:
    """A task, phase or checklist item of a project."""

    id: str = required("the vendor's id of the task")
    updated_at: datetime | None = column("when the vendor last changed the row")
    project: str = required("the project it belongs to", reference="projects", indexed=True)
    name: str | None = column("what is to be done")
    status: str | None = column("where it stands, the vendor's word")
    due_at: datetime | None = column("when it should be done")
    done_at: datetime | None = column("when it was done")
    is_from_template: bool | None = column("it came with the template of the project")
