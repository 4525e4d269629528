"""Configurations: the devices that ConnectWise keeps a list of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import (
    STAMPS,
    Item,
    at,
    changed_at,
    identify,
    ref,
    text,
    word,
)
from phasewise.connectors.vendors.connectwise.words import DEVICE, our_word
from phasewise.model.records.automation import Device
from phasewise.model.records.identities import ExternalId

CONFIGURATIONS = List(
    "/company/configurations",
    (
        "id", "name", "type/name", "company/id", "deviceIdentifier", "serialNumber", "installationDate",
        *STAMPS,
    ),
    "Companies: Configurations (inquire all)",
)  # fmt: skip


def device_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Configurations changed in a slice."""
    return lists.changed(session, CONFIGURATIONS, slice_)


def device_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the configurations there are."""
    return lists.ids(session, CONFIGURATIONS, slice_)


def device_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The device, and what the tool that watches it calls it, where that tool has written it here."""
    raw = word(payload, "type")
    kind: Any = our_word(raw, "device_kind", DEVICE)
    number = identify(payload)
    yield Device(
        id=number,
        updated_at=changed_at(payload),
        client=ref(payload, "company"),
        name=text(payload.get("name")),
        serial_number=text(payload.get("serialNumber")),
        kind=kind,
        kind_raw=raw,
        installed_at=at(payload.get("installationDate"), "installed_at"),
    )
    elsewhere = text(payload.get("deviceIdentifier"))
    if elsewhere is not None:
        yield ExternalId(
            id=f"devices:{number}:rmm",
            updated_at=changed_at(payload),
            table_name="devices",
            row=number,
            system="rmm",
            target_table="devices",
            value=elsewhere,
        )
