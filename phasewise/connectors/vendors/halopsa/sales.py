"""Opportunities and projects. For Halo both are tickets: the same lists, the same fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import neutral_word
from phasewise.connectors.vendors.halopsa.lists import BY_ID, only, paged
from phasewise.connectors.vendors.halopsa.lookups import lookups
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.tickets import (
    client_of,
    closed_at,
    is_deleted,
    last_change,
    looked_up,
    owner,
)
from phasewise.connectors.vendors.halopsa.values import (
    amount,
    day_of,
    moment,
    names,
    number_of,
    provided,
    text,
)
from phasewise.connectors.vendors.halopsa.words import OUTCOMES, PROJECTS
from phasewise.model.records.projects import Opportunity, Project
from phasewise.model.words import MAPPINGS, OpportunityOutcome, ProjectKind

SALES, PROJECTS_RIGHT = "read:sales", "read:projects"

READ = names(
    """
    id summary dateoccurred dateclosed status_id status_name tickettype_id tickettype_name client_id
    agent_id last_update lastupdate deleted sla_id priority_id
    """
)
READ_OF_SALES = READ | {"pipeline_stage_name", "oppvalue", "oppconverteddate"}
READ_OF_PROJECTS = READ | {"startdate", "targetdate"}

QUERY = {**BY_ID, "excludeslacalcs": True, "includestatus": True, "includetickettype": True}


def opportunity_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All opportunities, in full: they are few."""
    pages = paged(session, "/Opportunities", "tickets", QUERY, right=SALES, resume=slice_.resume)
    return _named(session, only(pages, READ_OF_SALES))


def opportunity_records(payload: Any, context: RecordContext) -> Iterable[Opportunity]:
    """The opportunity. Its amount is in the currency of the client, which is not said here."""
    status, closed = _status(payload), closed_at(payload)
    yield Opportunity(
        id=number_of(payload),
        updated_at=last_change(payload),
        client=client_of(payload, context),
        name=text(payload, "summary"),
        stage=text(payload, "pipeline_stage_name") or status,
        outcome=_outcome(payload, status, is_open=closed is None),
        outcome_raw=status,
        amount=amount(payload.get("oppvalue"), field="amount"),
        created_at=moment(payload.get("dateoccurred"), field="created_at"),
        closed_at=closed,
    )


def project_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All projects, in full: they are few."""
    pages = paged(session, "/Projects", "tickets", QUERY, right=PROJECTS_RIGHT, resume=slice_.resume)
    return _named(session, only(pages, READ_OF_PROJECTS))


def project_records(payload: Any, context: RecordContext) -> Iterable[Project]:
    """The project."""
    kind, closed = text(payload, "tickettype_name") or _looked_up(payload, "type"), closed_at(payload)
    yield Project(
        id=number_of(payload),
        updated_at=last_change(payload),
        client=client_of(payload, context),
        name=text(payload, "summary"),
        kind=cast(
            "ProjectKind | None",
            neutral_word(kind, field="kind", words=PROJECTS, known=MAPPINGS["project_kind"]),
        ),
        kind_raw=kind,
        status=_status(payload),
        technician=owner(payload, context),
        planned_start_on=day_of(payload.get("startdate"), field="planned_start_on"),
        planned_end_on=day_of(payload.get("targetdate"), field="planned_end_on"),
        finished_on=None if closed is None else closed.date(),
        created_at=moment(payload.get("dateoccurred"), field="created_at"),
    )


def _outcome(payload: Mapping[str, Any], status: str | None, *, is_open: bool) -> OpportunityOutcome | None:
    """Open as long as it has no end; then by its conversion, or by what its last state is called."""
    if status is None:
        return None
    if is_open:
        return "open"
    if moment(payload.get("oppconverteddate"), field="outcome") is not None:
        return "won"
    found = neutral_word(status, field="outcome", words=OUTCOMES, known=MAPPINGS["opportunity_outcome"])
    return "other" if found == "open" else cast("OpportunityOutcome | None", found)


def _status(payload: Mapping[str, Any]) -> str | None:
    return text(payload, "status_name") or _looked_up(payload, "status")


def _looked_up(payload: Mapping[str, Any], name: str) -> str | None:
    found = (payload.get("looked_up") or {}).get(name)
    return None if found is None else str(found)


def _named(session: Session, pages: Iterator[Page]) -> Iterator[Page]:
    for page in pages:
        known = lookups(session)
        yield replace(
            page,
            payloads=[
                {**p, "looked_up": looked_up(p, known)} if isinstance(p, Mapping) else p
                for p in page.payloads
            ],
        )


OPPORTUNITIES = Stream(
    name="opportunities",
    record="opportunities",
    pages=opportunity_pages,
    records=opportunity_records,
    identify=number_of,
    provides=provided("opportunities", "client name stage outcome amount created_at closed_at"),
    page_size=(1, 50, 100),
    right=SALES,
    deleted=is_deleted,
)

PROJECTS_STREAM = Stream(
    name="projects",
    record="projects",
    pages=project_pages,
    records=project_records,
    identify=number_of,
    provides=provided(
        "projects",
        "client name kind status technician planned_start_on planned_end_on finished_on created_at",
    ),
    page_size=(1, 50, 100),
    right=PROJECTS_RIGHT,
    deleted=is_deleted,
)
