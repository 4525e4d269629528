"""Projects, their tasks and the meetings with clients, as rows of ConnectWise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from phasewise.model.records.meetings import Meeting
from phasewise.model.records.projects import Project, ProjectTask
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import words
from phasewise.sandbox.vendors.connectwise.forms import Places, info, midnight, named, ref, stamp

FIRST_TASK = 100_000
"""Tickets of projects and of boards are numbered together: tasks get numbers of their own behind this."""


def project_row(project: Project, templates: Mapping[str, int]) -> Item:
    """A project; `templates` are the numbers of the templates by their names."""
    return {
        "id": int(project.id),
        "name": project.name,
        "company": ref(project.client),
        "type": words.place(words.PROJECT, project.kind),
        "projectTemplateId": templates.get(project.template or ""),
        "status": named(project.status),
        "manager": ref(project.technician),
        "estimatedStart": midnight(project.planned_start_on),
        "estimatedEnd": midnight(project.planned_end_on),
        "actualStart": midnight(project.started_on),
        "actualEnd": midnight(project.finished_on),
        "opportunity": ref(project.opportunity),
        "_info": info(project.updated_at, project.created_at),
    }


def task_id(task: ProjectTask) -> int:
    """The number of a task among all tickets."""
    return FIRST_TASK + int(task.id)


def _task(task: ProjectTask) -> Item:
    return {
        "id": task_id(task),
        "summary": task.name,
        "project": ref(task.project),
        "phase": named("Delivery"),
        "board": named("Projects board", 90),
        "status": named(task.status),
        "company": None,
        "requiredDate": stamp(task.due_at),
        "closedDate": stamp(task.done_at) or "",
        "closedFlag": task.done_at is not None,
        "_info": info(task.updated_at),
    }


def _activity(meeting: Meeting) -> Item:
    planned = meeting.at is not None and meeting.minutes is not None
    ended = meeting.at + timedelta(minutes=meeting.minutes or 0) if planned and meeting.at else None
    return {
        "id": int(meeting.id),
        "name": "A meeting",
        "type": words.place(words.MEETING, meeting.kind),
        "company": ref(meeting.client),
        "contact": {"id": 40, "name": "Jane Roe"},
        "status": named(words.HELD[meeting.is_held]),
        "notes": "Jane was not amused" if meeting.has_notes else "",
        "dateStart": stamp(meeting.at),
        "dateEnd": stamp(ended),
        "assignTo": ref(meeting.technician),
        "_info": info(meeting.updated_at),
    }


PLACES: Places = {
    ProjectTask: ("/project/tickets", _task),
    Meeting: ("/sales/activities", _activity),
}
