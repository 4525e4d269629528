"""Projects and their tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.autotask.entities import PROJECTS, TASKS
from phasewise.connectors.vendors.autotask.listing import changed_pages
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    Payload,
    at,
    identify,
    label,
    latest,
    needed,
    on_in,
    reference,
    text,
    word,
)
from phasewise.model.records.projects import Project, ProjectTask
from phasewise.model.words import ProjectKind

TYPES: dict[str, ProjectKind] = {"client": "delivery", "internal": "improvement"}


def project_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The projects that changed within a slice."""
    return changed_pages(session, slice_, PROJECTS)


def project_records(payload: Any, context: RecordContext) -> Iterable[Project]:
    """The project."""
    kind, raw = _kind(payload, context)
    zone = context.zone
    yield Project(
        id=identify(payload),
        updated_at=latest(payload, *PROJECTS.changed),
        client=reference(payload, "companyID"),
        name=text(payload, "projectName"),
        kind=kind,
        kind_raw=raw,
        status=label(payload, "status"),
        technician=reference(payload, "projectLeadResourceID"),
        planned_start_on=on_in(payload, "startDateTime", zone, field="planned_start_on"),
        planned_end_on=on_in(payload, "endDateTime", zone, field="planned_end_on"),
        finished_on=on_in(payload, "completedDateTime", zone, field="finished_on"),
        created_at=at(payload, "createDateTime", field="created_at"),
    )


def _kind(payload: Payload, context: RecordContext) -> tuple[ProjectKind | None, str | None]:
    """What a project is for, and the word that says so: a phrase of its name, else its type."""
    name = plain(text(payload, "projectName") or "")
    for phrase, kind in context.settings.project_kinds.items():
        if plain(phrase) in name:
            return kind, f"name: {phrase}"
    type_ = label(payload, "projectType")
    return word(type_, field="kind", mapping="project_kind", words=TYPES), type_


def task_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The tasks that changed within a slice."""
    return changed_pages(session, slice_, TASKS)


def task_records(payload: Any, context: RecordContext) -> Iterable[ProjectTask]:  # noqa: ARG001  # the form of Stream.records
    """The task. Whether it came with a template is not told."""
    yield ProjectTask(
        id=identify(payload),
        updated_at=latest(payload, *TASKS.changed),
        project=needed(payload, "projectID", field="project"),
        name=text(payload, "title"),
        status=label(payload, "status"),
        due_at=at(payload, "endDateTime", field="due_at"),
        done_at=at(payload, "completedDateTime", field="done_at"),
    )
