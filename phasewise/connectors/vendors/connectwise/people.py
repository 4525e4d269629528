"""Companies and members: who is served, and who works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import boolean
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.lookups import MEMBERS as MEMBERS_RIGHT
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import (
    STAMPS,
    Item,
    amount,
    at,
    changed_at,
    identify,
    text,
    word,
)
from phasewise.connectors.vendors.connectwise.words import CLIENT, ROLE, our_word
from phasewise.model.records.people import Client, Technician

COMPANIES = List(
    "/company/companies",
    (
        "id",
        "name",
        "types",
        "leadFlag",
        "isVendorFlag",
        "dateAcquired",
        "deletedFlag",
        "dateDeleted",
        *STAMPS,
    ),
    "Companies: Company Maintenance (inquire all)",
)
MEMBERS = List(
    "/system/members",
    (
        "id", "identifier", "licenseClass", "firstName", "lastName", "title", "inactiveFlag", "hourlyCost",
        "defaultDepartment/name", *STAMPS,
    ),
    MEMBERS_RIGHT,
)  # fmt: skip

PROGRAM = "A"
"""License class of API members. What other letters mean is not written down anywhere."""

RANK = ("client", "internal", "prospect", "vendor")
"""A company may have several types: the first of these counts."""


def client_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Companies changed in a slice, deleted ones included."""
    return lists.changed(session, COMPANIES, slice_)


def client_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the companies there are; a deleted one, which stays in the list, is not."""
    return lists.ids(session, replace(COMPANIES, condition="deletedFlag = false"), slice_)


def technician_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Members changed in a slice, inactive ones included."""
    return lists.changed(session, MEMBERS, slice_)


def technician_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the members there are."""
    return lists.ids(session, MEMBERS, slice_)


def is_deleted(payload: Any) -> bool:
    """Whether a company was deleted: it stays in the list, with a flag."""
    return payload.get("deletedFlag") is True


def client_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The client."""
    raw = _kind(payload)
    kind: Any = our_word(raw, "client_kind", CLIENT)
    yield Client(
        id=identify(payload),
        updated_at=changed_at(payload),
        name=text(payload.get("name")),
        kind=kind,
        kind_raw=raw,
        started_at=at(payload.get("dateAcquired"), "started_at"),
        ended_at=at(payload.get("dateDeleted"), "ended_at"),
    )


def technician_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The technician. A member that is a program is none."""
    if payload.get("licenseClass") == PROGRAM:
        return
    whole = " ".join(filter(None, (text(payload.get(key)) for key in ("firstName", "lastName"))))
    raw = text(payload.get("title"))
    role: Any = our_word(raw, "role", ROLE)
    is_inactive = boolean(payload.get("inactiveFlag"), field="is_active")
    yield Technician(
        id=identify(payload),
        updated_at=changed_at(payload),
        name=whole or text(payload.get("identifier")),
        role=role,
        role_raw=raw,
        team=word(payload, "defaultDepartment"),
        is_active=None if is_inactive is None else not is_inactive,
        # 0 is what a member has that nobody gave a cost.
        hourly_cost=amount(payload, "hourlyCost", "hourly_cost") or None,
    )


def _kind(payload: Item) -> str | None:
    types = payload.get("types")
    names = (
        [name for one in types if isinstance(one, dict) and (name := text(one.get("name")))]
        if (isinstance(types, list))
        else []
    )
    for wanted in RANK:
        for name in names:
            if our_word(name, "client_kind", CLIENT) == wanted:
                return name
    if names:
        return names[0]
    if payload.get("isVendorFlag") is True:
        return "Vendor"
    return "Lead" if payload.get("leadFlag") is True else None
