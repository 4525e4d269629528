"""Projects, and their tickets as the tasks that they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.tickets import PROJECT
from phasewise.connectors.vendors.connectwise.values import (
    STAMPS,
    Item,
    at,
    changed_at,
    identify,
    made_at,
    on,
    ref,
    text,
    word,
)
from phasewise.connectors.vendors.connectwise.words import PROJECT as PROJECT_WORDS
from phasewise.connectors.vendors.connectwise.words import our_word
from phasewise.errors import RecordError
from phasewise.model.records.projects import Project, ProjectTask

PROJECTS = List(
    "/project/projects",
    (
        "id", "name", "company/id", "type/name", "projectTemplateId", "status/name", "manager/id",
        "estimatedStart", "estimatedEnd", "actualStart", "actualEnd", "opportunity/id", *STAMPS,
    ),
    "Project: Project Headers (inquire all)",
)  # fmt: skip
TASKS = List(
    "/project/tickets",
    ("id", "summary", "project/id", "status/name", "requiredDate", "closedDate", *STAMPS),
    PROJECT,
)


def project_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Projects changed in a slice."""
    return lists.changed(session, PROJECTS, slice_)


def project_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the projects there are."""
    return lists.ids(session, PROJECTS, slice_)


def task_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Project tickets changed in a slice."""
    return lists.changed(session, TASKS, slice_)


def task_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the project tickets there are."""
    return lists.ids(session, TASKS, slice_)


def project_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The project."""
    raw = word(payload, "type")
    kind: Any = our_word(raw, "project_kind", PROJECT_WORDS)
    template = payload.get("projectTemplateId")
    yield Project(
        id=identify(payload),
        updated_at=changed_at(payload),
        client=ref(payload, "company"),
        name=text(payload.get("name")),
        kind=kind,
        kind_raw=raw,
        template=str(template) if template else None,
        status=word(payload, "status"),
        technician=ref(payload, "manager"),
        planned_start_on=on(payload.get("estimatedStart"), "planned_start_on"),
        planned_end_on=on(payload.get("estimatedEnd"), "planned_end_on"),
        started_on=on(payload.get("actualStart"), "started_on"),
        finished_on=on(payload.get("actualEnd"), "finished_on"),
        created_at=made_at(payload, "created_at"),
        opportunity=ref(payload, "opportunity"),
    )


def task_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The task.

    Raises:
        RecordError: it belongs to no project (`no_project`).
    """
    project = ref(payload, "project")
    if project is None:
        raise RecordError("a project ticket without its project", field="project", reason="no_project")
    yield ProjectTask(
        id=identify(payload),
        updated_at=changed_at(payload),
        project=project,
        name=text(payload.get("summary")),
        status=word(payload, "status"),
        due_at=at(payload.get("requiredDate"), "due_at"),
        done_at=at(payload.get("closedDate"), "done_at"),
    )
