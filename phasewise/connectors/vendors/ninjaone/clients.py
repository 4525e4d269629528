"""Organizations are clients; of a collective one its locations are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.vendors.ninjaone.lists import after_id, identify
from phasewise.connectors.vendors.ninjaone.session import RIGHT, Session
from phasewise.connectors.vendors.ninjaone.settings import NinjaOneSettings
from phasewise.model.records.people import Client


def client_of(settings: NinjaOneSettings, owner: Mapping[str, Any] | None) -> str | None:
    """The id of the client that something belongs to.

    Args:
        settings: which organizations are collective.
        owner: its `organizationId` and, where it has one, its `locationId`.
    """
    organization = None if owner is None else owner.get("organizationId")
    if owner is None or organization is None:
        return None
    location = owner.get("locationId")
    if organization in settings.collective_organizations and location is not None:
        return f"{organization}:{location}"
    return str(organization)


def client_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Organizations with their locations."""
    for page in after_id(session.get, "/v2/organizations-detailed", resume=slice_.resume):
        yield replace(page, payloads=[_kept(item) for item in page.payloads])


def client_records(payload: Any, context: RecordContext) -> Iterable[Client]:
    """The client, or those that a collective organization holds."""
    number = identify(payload)
    if payload.get("id") not in context.settings.collective_organizations:
        yield Client(id=number, name=payload.get("name"))
        return
    for location in payload.get("locations") or ():
        yield Client(id=f"{number}:{identify(location)}", name=location.get("name"))


def _kept(item: Any) -> dict[str, Any]:
    """Names and numbers; addresses and free text stay where they are."""
    locations = item.get("locations") or ()
    return {
        "id": item.get("id"),
        "name": item.get("name"),
        "locations": [{key: place.get(key) for key in ("id", "name")} for place in locations if place],
    }


CLIENTS = Stream(
    name="clients",
    record="clients",
    pages=client_pages,
    records=client_records,
    identify=identify,
    provides=frozenset({"clients.name"}),
    page_size=(1, 1000, 1000),
    right=RIGHT,
)
