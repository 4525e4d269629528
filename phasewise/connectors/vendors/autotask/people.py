"""Companies become clients, resources become technicians. Both lists are short and are read in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.autotask import words
from phasewise.connectors.vendors.autotask.entities import COMPANIES, RESOURCES
from phasewise.connectors.vendors.autotask.listing import pages
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    Payload,
    amount,
    at,
    identify,
    label,
    latest,
    text,
    word,
)
from phasewise.model.records.people import Client, Technician
from phasewise.model.words import TechnicianRole

OWN_COMPANY = "0"
"""The MSP itself is the company of this id."""

INTERNAL = "own company"
"""What the MSP itself is called instead of its company type, which may say anything."""


def client_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Every company."""
    return pages(session, COMPANIES, resume=slice_.resume)


def client_records(payload: Any, context: RecordContext) -> Iterable[Client]:  # noqa: ARG001  # the form of Stream.records
    """The client. Whether it still is one is not kept: a company that is inactive has no date of it."""
    id_ = identify(payload)
    is_own = id_ == OWN_COMPANY
    kind = INTERNAL if is_own else label(payload, "companyType")
    yield Client(
        id=id_,
        updated_at=latest(payload, *COMPANIES.changed),
        name=text(payload, "companyName"),
        kind="internal" if is_own else word(kind, field="kind", mapping="client_kind", words=words.COMPANY),
        kind_raw=kind,
        tier=label(payload, "classification"),
        started_at=at(payload, "createDate", field="started_at"),
        is_internal=is_own,
    )


def technician_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Every resource, those who left included."""
    return pages(session, RESOURCES, resume=slice_.resume)


def technician_records(payload: Any, context: RecordContext) -> Iterable[Technician]:
    """The technician."""
    title = _what_it_is(payload)
    cost = amount(payload, "internalCost", field="hourly_cost")
    name = " ".join(filter(None, (text(payload, "firstName"), text(payload, "lastName"))))
    yield Technician(
        id=identify(payload),
        name=name or None,
        role=_role(title),
        role_raw=title,
        is_active=payload.get("isActive"),
        currency=context.settings.currency or None,
        hourly_cost=cost,
    )


def _what_it_is(payload: Payload) -> str | None:
    """Title of a person; of a program the kind of its licence, as it is no technician."""
    licence = label(payload, "licenseType")
    return licence if licence is not None and "api" in licence.casefold() else text(payload, "title")


def _role(title: str | None) -> TechnicianRole | None:
    if title is None:
        return None
    plain = f" {title.casefold()} "
    return next((role for phrase, role in words.ROLE if phrase in plain), "other")
