"""Clients with their sites: a site is no record of its own, but it says what a client is called elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import neutral_word
from phasewise.connectors.vendors.halopsa.elsewhere import CLIENT_IDS, external_ids
from phasewise.connectors.vendors.halopsa.lists import BY_ID, only, paged
from phasewise.connectors.vendors.halopsa.session import Session, objects
from phasewise.connectors.vendors.halopsa.values import (
    changed_at,
    if_readable,
    kept,
    number_of,
    reference,
    text,
    yes,
)
from phasewise.connectors.vendors.halopsa.words import CLIENTS
from phasewise.model.records.people import Client
from phasewise.model.words import MAPPINGS, ClientKind

RIGHT = "read:customers"

READ = frozenset({"id", "name", "inactive", "alastupdate", "customertype_new", "isopportunity", *CLIENT_IDS})
READ_OF_SITES = frozenset({"id", "client_id", *CLIENT_IDS})

EVERYONE = {**BY_ID, "includeactive": True, "includeinactive": True}


def client_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All clients, the inactive ones included, each with its sites beside it (`sites`)."""
    pages = paged(session, "/Client", "clients", EVERYONE, right=RIGHT, resume=slice_.resume)
    for page in only(pages, READ):
        sites = _sites(session)
        payloads = [
            {**payload, "sites": sites.get(_client_of(payload, "id"), [])}
            if isinstance(payload, Mapping)
            else payload
            for payload in page.payloads
        ]
        yield replace(page, payloads=payloads)


def client_records(payload: Any, _context: RecordContext) -> Iterable[Any]:
    """The client, and what it is called in other systems."""
    number, changed = number_of(payload), changed_at(payload, "alastupdate")
    kind = _kind(payload)
    yield Client(
        id=number,
        updated_at=changed,
        name=text(payload, "name"),
        kind=cast(
            "ClientKind | None",
            neutral_word(kind, field="kind", words=CLIENTS, known=MAPPINGS["client_kind"]),
        ),
        kind_raw=kind,
    )
    yield from external_ids("clients", number, [payload, *(payload.get("sites") or ())], CLIENT_IDS, changed)


def is_inactive(payload: Any) -> bool:
    """Halo deletes no client that had a ticket; it makes it inactive."""
    return yes(payload.get("inactive"), field="inactive") is True


def _kind(payload: Mapping[str, Any]) -> str | None:
    """The client's type by its name; of a prospect Halo says it by a number."""
    told = text(payload, "customertype_new")
    if told is None and reference(payload.get("isopportunity"), field="isopportunity") is not None:
        return "prospect"
    return told


def _sites(session: Session) -> Mapping[str, list[Mapping[str, Any]]]:
    return session.once("sites", lambda: _read_sites(session))


def _read_sites(session: Session) -> Mapping[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for page in paged(session, "/Site", "sites", EVERYONE, right=RIGHT):
        for site in objects(page.payloads):
            # A site without ids elsewhere says nothing that is stored.
            plain = {name: value for name, value in kept(site, READ_OF_SITES).items() if value}
            if plain.keys() & CLIENT_IDS.keys():
                found.setdefault(_client_of(site, "client_id"), []).append(plain)
    return found


def _client_of(payload: Mapping[str, Any], name: str) -> str:
    """A site's client is a number with decimals in Halo's own description."""
    return if_readable(lambda: reference(payload.get(name), field=name)) or ""


STREAM = Stream(
    name="clients",
    record="clients",
    pages=client_pages,
    records=client_records,
    identify=number_of,
    provides=frozenset(
        {
            "clients.name",
            "clients.kind",
            *(f"external_ids.{name}" for name in ("table_name", "row", "system", "target_table", "value")),
        }
    ),
    emits=("clients", "external_ids"),
    page_size=(1, 50, 100),
    right=RIGHT,
    deleted=is_inactive,
)
