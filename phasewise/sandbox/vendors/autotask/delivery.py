"""Projects, their tasks and the meetings with clients, as rows of Autotask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from phasewise.sandbox.vendors.autotask import picklists as lists
from phasewise.sandbox.vendors.autotask.forms import midnight, number, stamp, value
from phasewise.sandbox.vendors.autotask.making import Makers, Making


def _project(making: Making, r: Any) -> None:
    kind = "delivery" if r.kind in ("onboarding", "offboarding") else r.kind
    making.add(
        "Projects",
        id=int(r.id),
        companyID=making.company(r.client),
        projectName=r.name,
        projectType=value(lists.PROJECT, kind),
        status=making.label("Projects", "status", r.status),
        projectLeadResourceID=number(r.technician),
        startDateTime=midnight(r.planned_start_on),
        endDateTime=midnight(r.planned_end_on),
        completedDateTime=midnight(r.finished_on),
        createDateTime=stamp(r.created_at),
        lastActivityDateTime=stamp(r.updated_at),
    )


def _task(making: Making, r: Any) -> None:
    making.add(
        "Tasks",
        id=int(r.id),
        projectID=int(r.project),
        title=r.name,
        status=making.label("Tasks", "status", r.status),
        endDateTime=stamp(r.due_at),
        completedDateTime=stamp(r.done_at),
        createDateTime=stamp(r.updated_at),
        lastActivityDateTime=stamp(r.updated_at),
    )


def is_note(meeting: Any) -> bool:
    """Whether a meeting was written down as a note; the others were planned as to-dos."""
    return int(meeting.id) % 3 == 0


def _meeting(making: Making, r: Any) -> None:
    written = "Talked about the budget with Ann" if r.has_notes else None
    ended = r.at + timedelta(minutes=r.minutes) if r.at and r.minutes else None
    done = stamp(ended or r.at) if r.is_held else None
    shared = {
        "id": int(r.id),
        "companyID": making.company(r.client),
        "actionType": value(lists.ACTION, r.kind),
        "startDateTime": stamp(r.at),
        "endDateTime": stamp(ended),
        "createDateTime": stamp(r.updated_at),
        "lastModifiedDate": stamp(r.updated_at),
    }
    resource = number(r.technician)
    if is_note(r):
        making.add(
            "CompanyNotes", **shared, assignedResourceID=resource, completedDateTime=done, note=written
        )
    else:
        making.add(
            "CompanyToDos",
            **shared,
            assignedToResourceID=resource,
            completedDate=done,
            activityDescription=written,
        )


MAKERS: Makers = {
    "projects": _project,
    "project_tasks": _task,
    "meetings": _meeting,
}
