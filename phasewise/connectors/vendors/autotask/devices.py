"""Configuration items become devices. One that is inactive counts as gone since it was last changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.autotask import words
from phasewise.connectors.vendors.autotask.entities import DEVICES
from phasewise.connectors.vendors.autotask.listing import changed_pages
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    at_in,
    identify,
    label,
    latest,
    reference,
    text,
    word,
)
from phasewise.model.records.automation import Device
from phasewise.model.records.identities import ExternalId


def device_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The configuration items that changed within a slice."""
    return changed_pages(session, slice_, DEVICES)


def is_retired(payload: Any) -> bool:
    """Whether the item is out of use."""
    return payload.get("isActive") is False


def device_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The device, and what the RMM calls it. Without a name there nothing is said of an agent."""
    id_, kind = identify(payload), label(payload, "configurationItemType")
    updated_at = latest(payload, *DEVICES.changed)
    uid = text(payload, "rmmDeviceUID")
    has_agent = uid is not None or reference(payload, "rmmDeviceID") is not None
    yield Device(
        id=id_,
        updated_at=updated_at,
        client=reference(payload, "companyID"),
        name=text(payload, "referenceTitle"),
        serial_number=text(payload, "serialNumber"),
        kind=word(kind, field="kind", mapping="device_kind", words=words.DEVICE),
        kind_raw=kind,
        installed_at=at_in(payload, "installDate", context.zone, field="installed_at"),
        is_managed=True if has_agent else None,
    )
    # Its number in the RMM is not handed on: two systems that count have the same numbers.
    if uid is not None:
        yield ExternalId(
            id=f"devices:{id_}:rmm",
            updated_at=updated_at,
            table_name="devices",
            row=id_,
            system="rmm",
            target_table="devices",
            value=uid,
        )
