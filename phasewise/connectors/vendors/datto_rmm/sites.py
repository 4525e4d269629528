"""Sites are clients, and the company of Autotask that a site is linked with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.datto_rmm.lists import PAGE, listed, uid_of
from phasewise.connectors.vendors.datto_rmm.session import OF_SITES, SITES, Session
from phasewise.connectors.vendors.datto_rmm.settings import DattoRmmSettings
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.people import Client

KEPT = ["uid", "id", "name", "onDemand", "autotaskCompanyId"]
"""What is kept of a site. Descriptions, notes and settings of proxies stay where they are."""

NO_COMPANY = frozenset({"", "0", "-1"})
"""What stands for a site that is linked with no company."""


def site_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Sites."""
    pages = listed(
        lambda path, query: session.get(path, query, right=OF_SITES),
        SITES,
        "sites",
        identify=uid_of,
        resume=slice_.resume,
    )
    for page in pages:
        yield replace(page, payloads=[{key: item.get(key) for key in KEPT} for item in page.payloads])


def site_records(payload: Any, context: RecordContext) -> Iterable[Client | ExternalId]:
    """The client, and what Autotask calls it; nothing for a site that is no client."""
    uid, name = uid_of(payload), payload.get("name")
    if is_ignored(context.settings, name):
        return
    yield Client(id=uid, name=name)
    company = str(payload.get("autotaskCompanyId") or "").strip()
    if company not in NO_COMPANY:
        yield ExternalId(
            id=f"clients:{uid}:autotask",
            table_name="clients",
            row=uid,
            system="autotask",
            target_table="clients",
            value=company,
        )


def is_ignored(settings: DattoRmmSettings, name: str | None) -> bool:
    """Whether a site of this name is no client."""
    return name is not None and plain(name) in {plain(ignored) for ignored in settings.ignored_sites}


CLIENTS = Stream(
    name="clients",
    record="clients",
    pages=site_pages,
    records=site_records,
    identify=uid_of,
    provides=frozenset(
        {
            "clients.name",
            *(f"external_ids.{name}" for name in ["table_name", "row", "system", "target_table", "value"]),
        }
    ),
    emits=("clients", "external_ids"),
    page_size=(1, PAGE, PAGE),
    right=OF_SITES,
)
