"""Assets: the machines that Halo keeps a list of, and what the RMM systems call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import neutral_word
from phasewise.connectors.vendors.halopsa.elsewhere import DEVICE_IDS, external_ids
from phasewise.connectors.vendors.halopsa.lists import BY_ID, only, paged
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.tickets import client_of
from phasewise.connectors.vendors.halopsa.values import changed_at, number_of, text, yes
from phasewise.connectors.vendors.halopsa.words import DEVICES
from phasewise.model.records.automation import Device
from phasewise.model.words import MAPPINGS, DeviceKind

RIGHT = "read:assets"

READ = frozenset(
    {"id", "client_id", "inventory_number", "assettype_name", "inactive", "last_modified", *DEVICE_IDS}
)


def device_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All assets, the retired ones included."""
    query = {**BY_ID, "includeactive": True, "includeinactive": True}
    return only(paged(session, "/Asset", "assets", query, right=RIGHT, resume=slice_.resume), READ)


def device_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The device, and what it is called in other systems."""
    number, changed = number_of(payload), changed_at(payload, "last_modified")
    kind = text(payload, "assettype_name")
    yield Device(
        id=number,
        updated_at=changed,
        client=client_of(payload, context),
        name=text(payload, "inventory_number"),
        kind=cast(
            "DeviceKind | None",
            neutral_word(kind, field="kind", words=DEVICES, known=MAPPINGS["device_kind"]),
        ),
        kind_raw=kind,
    )
    yield from external_ids("devices", number, [payload], DEVICE_IDS, changed)


def is_retired(payload: Any) -> bool:
    """An asset that is no longer in use is inactive in Halo."""
    return yes(payload.get("inactive"), field="inactive") is True


STREAM = Stream(
    name="devices",
    record="devices",
    pages=device_pages,
    records=device_records,
    identify=number_of,
    provides=frozenset(
        [f"devices.{name}" for name in ("client", "name", "kind")]
        + [f"external_ids.{name}" for name in ("table_name", "row", "system", "target_table", "value")]
    ),
    emits=("devices", "external_ids"),
    page_size=(1, 50, 100),
    right=RIGHT,
    deleted=is_retired,
)
