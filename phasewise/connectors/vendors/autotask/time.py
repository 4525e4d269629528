"""Time entries, with whose work it was: the entry itself names neither client nor project.

`dateWorked` is a date and no moment, so an entry without a start has only the time it was written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.autotask import words
from phasewise.connectors.vendors.autotask.entities import (
    BILLING_CODES,
    PROJECTS,
    TASKS,
    TICKETS,
    TIME_ENTRIES,
)
from phasewise.connectors.vendors.autotask.listing import (
    belonging,
    changed_pages,
    everything,
    noted,
    tolerated,
)
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    at,
    hours,
    identify,
    latest,
    reference,
    text,
    word,
)
from phasewise.errors import RecordError
from phasewise.model.records.time import TimeEntry

PLACE = "Place"
"""Key under which a payload carries the client and the project it was worked for."""
WORK = "BillingCode"
"""Key under which a payload carries the name of its type of work."""


def time_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The entries that were changed within a slice.

    Their clients and types of work are looked up; where a right for that is missing, the receipt says so.
    """
    notes: set[str] = set()

    def complete() -> Iterator[Page]:
        for page in changed_pages(session, slice_, TIME_ENTRIES):
            rows = [row for row in page.payloads if isinstance(row, Mapping)]
            places = _places(session, rows, notes)
            codes = _codes(session, rows, notes)
            yield replace(page, payloads=[_completed(row, places, codes) for row in page.payloads])

    return noted(complete(), notes)


def time_records(payload: Any, context: RecordContext) -> Iterable[TimeEntry]:  # noqa: ARG001  # the form of Stream.records
    """The entry.

    Raises:
        RecordError: it has no hours.
    """
    worked = hours(payload, "hoursWorked", field="minutes")
    if worked is None:
        raise RecordError("there are no hours", field="minutes", reason="missing_minutes")
    place = payload.get(PLACE) or {}
    purpose = text(payload, WORK)
    is_unbilled = payload.get("isNonBillable")
    yield TimeEntry(
        id=identify(payload),
        updated_at=latest(payload, *TIME_ENTRIES.changed),
        technician=reference(payload, "resourceID"),
        ticket=reference(payload, "ticketID"),
        project=reference(place, "projectID"),
        client=reference(place, "companyID"),
        agreement=reference(payload, "contractID"),
        started_at=at(payload, "startDateTime", field="started_at"),
        entered_at=at(payload, "createDateTime", field="entered_at"),
        minutes=worked,
        is_billable=None if is_unbilled is None else not is_unbilled,
        purpose=word(purpose, field="purpose", mapping="work_type", words=words.PURPOSE),
        purpose_raw=purpose,
    )


def _completed(row: Any, places: Mapping[str, Any], codes: Mapping[str, Any]) -> Any:
    if not isinstance(row, Mapping):
        return row
    place = places.get(f"ticket {row.get('ticketID')}") or places.get(f"task {row.get('taskID')}")
    code = codes.get(str(row.get("billingCodeID"))) or codes.get(str(row.get("internalBillingCodeID")))
    return {**row, PLACE: place, WORK: None if code is None else code.get("name")}


def _codes(session: Session, rows: list[Any], notes: set[str]) -> Mapping[str, Any]:
    if not any(row.get("billingCodeID") or row.get("internalBillingCodeID") for row in rows):
        return {}
    found: Mapping[str, Any] = tolerated(
        notes, "types of work are", lambda: everything(session, BILLING_CODES)
    )
    return found


def _places(session: Session, rows: list[Any], notes: set[str]) -> dict[str, dict[str, Any]]:
    """`ticket 7` or `task 7` → the company it is for, and the project."""
    found: dict[str, dict[str, Any]] = {}
    tickets = _named(rows, "ticketID")
    for id_, row in _looked_up(session, TICKETS, tickets, ("id", "companyID"), notes).items():
        found[f"ticket {id_}"] = {"companyID": row.get("companyID")}
    tasks = _looked_up(session, TASKS, _named(rows, "taskID"), ("id", "projectID"), notes)
    projects = _named(list(tasks.values()), "projectID")
    companies = _looked_up(session, PROJECTS, projects, ("id", "companyID"), notes)
    for id_, row in tasks.items():
        project = row.get("projectID")
        company = companies.get(str(project), {}).get("companyID")
        found[f"task {id_}"] = {"projectID": project, "companyID": company}
    return found


def _named(rows: list[Any], name: str) -> list[str]:
    return list(dict.fromkeys(str(row[name]) for row in rows if row.get(name) is not None))


def _looked_up(
    session: Session, entity: Any, ids: list[str], fields: tuple[str, ...], notes: set[str]
) -> dict[str, Any]:
    rows: Mapping[str, list[Any]] = tolerated(
        notes,
        f"clients of time on {entity.name.lower()} are",
        lambda: belonging(session, entity, "id", ids, fields=fields),
    )
    return {id_: found[0] for id_, found in rows.items() if found}
