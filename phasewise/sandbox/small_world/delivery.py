"""Projects, their tasks, meetings and surveys of the small world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from phasewise.model.records.meetings import Meeting
from phasewise.model.records.projects import Project, ProjectTask
from phasewise.model.records.surveys import SurveyResponse
from phasewise.model.words import MeetingKind, ProjectKind
from phasewise.sandbox.small_world.tickets import one
from phasewise.sandbox.small_world.times import at, on

PROJECTS: tuple[ProjectKind, ...] = ("onboarding", "improvement", "delivery", "delivery")
MEETINGS: tuple[MeetingKind, ...] = ("business_review", "check_in", "other")


def records() -> Iterator[Any]:
    """4 projects of 5 tasks, 12 meetings, 40 answers to surveys."""
    for number, kind in enumerate(PROJECTS, start=1):
        yield from _project(number, kind)
    for number in range(1, 13):
        yield _meeting(number)
    for number in range(1, 41):
        yield _response(number)


def _project(number: int, kind: ProjectKind) -> Iterator[Any]:
    start, is_done = number * 25, number % 2 == 1
    yield Project(
        id=str(number),
        updated_at=at(start + (40 if is_done else 20), 17),
        client=str(number),
        name=f"{kind.capitalize()} {number}",
        kind=kind,
        kind_raw=kind,
        template="Standard onboarding" if kind == "onboarding" else None,
        status="Completed" if is_done else "In Progress",
        technician="3",
        planned_start_on=on(start),
        planned_end_on=on(start + 42),
        started_on=on(start + 1),
        finished_on=on(start + 40) if is_done else None,
        created_at=at(start - 5),
        opportunity=str(number) if number in (1, 4) else None,
    )
    for task in range(5):
        done_at = at(start + 8 * task, 16) if is_done or task < 3 else None
        yield ProjectTask(
            id=str(number * 10 + task),
            updated_at=done_at or at(start - 5),
            project=str(number),
            name=f"Step {task + 1}",
            status="Completed" if done_at else "New",
            due_at=at(start + 8 * task + 1, 17),
            done_at=done_at,
            is_from_template=kind == "onboarding",
        )


def _meeting(number: int) -> Meeting:
    return Meeting(
        id=str(number),
        updated_at=at(number * 14, 12),
        client=str(1 + number % 6),
        technician="5",
        kind=MEETINGS[number % 3],
        kind_raw=MEETINGS[number % 3],
        at=at(number * 14, 10),
        minutes=60,
        is_held=number % 4 != 0,
        has_client_attended=number % 4 != 0,
        has_notes=number % 2 == 0,
        actions=number % 3,
    )


def _response(number: int) -> SurveyResponse:
    ticket = one(number * 5 - 1)
    answered_at = (ticket.resolved_at or at(0)) + timedelta(days=1)
    stars = 5 if number % 8 else 1
    return SurveyResponse(
        id=str(number),
        updated_at=answered_at,
        client=ticket.client,
        ticket=ticket.id,
        technician=ticket.technician,
        at=answered_at,
        score=float((stars - 1) * 25),
        score_raw=str(stars),
        scale="1-5",
        has_comment=number % 3 == 0,
    )
