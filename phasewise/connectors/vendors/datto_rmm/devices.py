"""Devices, with the state of their patches. Datto dates no patch: the state is that of the day we ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.datto_rmm.lists import PAGE, listed, uid_of, under
from phasewise.connectors.vendors.datto_rmm.moments import moment
from phasewise.connectors.vendors.datto_rmm.session import DEVICES, OF_DEVICES, Session
from phasewise.connectors.vendors.datto_rmm.settings import DattoRmmSettings
from phasewise.connectors.vendors.datto_rmm.sites import is_ignored
from phasewise.connectors.vendors.datto_rmm.words import guess
from phasewise.model.records.automation import Device

KEPT = [
    "uid",
    "siteUid",
    "siteName",
    "hostname",
    "deviceClass",
    "suspended",
    "deleted",
    "creationDate",
    "lastSeen",
]
"""What is kept of a device. Its users, addresses, description and own fields stay where they are."""

AGENT = "device"
NO_AGENT = frozenset({"printer", "esxihost", "rmmnetworkdevice"})
"""Classes of devices that another one's agent watches over the network."""

NOT_PATCHED = frozenset({"approvedpending", "installerror", "rebootrequired"})
"""States of patches of a device that misses some. NoPolicy and NoData are those of one that nobody patches
through Datto, or that has not been looked at: they say nothing, and neither does a word that nobody knows."""

KINDS = {
    "desktop": "workstation",
    "laptop": "workstation",
    "workstation": "workstation",
    "server": "server",
    "esxi host": "server",
    "esxihost": "server",
    "network device": "network",
    "rmmnetworkdevice": "network",
    "smartphone": "mobile",
    "tablet": "mobile",
    "printer": "other",
}
"""Categories, and the classes that stand in for one, → our words."""


def device_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Devices, each with whether its site is one of occasional support."""
    sites = session.sites()
    pages = listed(
        lambda path, query: session.get(path, query, right=OF_DEVICES),
        DEVICES,
        "devices",
        identify=uid_of,
        resume=slice_.resume,
    )
    for page in pages:
        yield replace(page, payloads=[_kept(item, sites) for item in page.payloads])


def device_records(payload: Any, context: RecordContext) -> Iterable[Device]:
    """The device."""
    word = under(payload, "deviceType", "category") or payload.get("deviceClass")
    is_binned = is_ignored(context.settings, payload.get("siteName"))
    yield Device(
        id=uid_of(payload),
        updated_at=moment(payload.get("lastSeen"), field="updated_at"),
        client=None if is_binned else payload.get("siteUid"),
        name=payload.get("hostname"),
        kind=guess(word, field="kind", words=KINDS, mapping="device_kind"),
        kind_raw=word,
        installed_at=moment(payload.get("creationDate"), field="installed_at"),
        last_check_in_at=moment(payload.get("lastSeen"), field="last_check_in_at"),
        is_managed=_is_managed(payload),
        is_patched=is_patched(context.settings, under(payload, "patchManagement", "patchStatus")),
    )


def is_deleted(payload: Any) -> bool:
    """Whether Datto says that it was deleted: such a device stays in the list for a while."""
    return payload.get("deleted") is True


def is_patched(settings: DattoRmmSettings, status: str | None) -> bool | None:
    """Whether no patch is missing; None where the state says nothing of it."""
    word = plain(status or "")
    if word in {plain(patched) for patched in settings.patched}:
        return True
    return False if word in NOT_PATCHED else None


def _kept(item: Mapping[str, Any], sites: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {key: item.get(key) for key in KEPT} | {
        "deviceType": {"category": under(item, "deviceType", "category")},
        "patchManagement": {"patchStatus": under(item, "patchManagement", "patchStatus")},
        "isOnDemand": under(sites.get(str(item.get("siteUid"))), "onDemand"),
    }


def _is_managed(payload: Mapping[str, Any]) -> bool | None:
    class_ = plain(str(payload.get("deviceClass") or ""))
    if payload.get("suspended") is True or payload.get("isOnDemand") is True or is_deleted(payload):
        return False
    if class_ in NO_AGENT:
        return False
    return True if class_ == AGENT else None


FILLED = "client name kind kind_raw installed_at last_check_in_at is_managed is_patched"

STREAM = Stream(
    name="devices",
    record="devices",
    pages=device_pages,
    records=device_records,
    identify=uid_of,
    provides=frozenset(f"devices.{name}" for name in FILLED.split()),
    page_size=(1, PAGE, PAGE),
    right=OF_DEVICES,
    deleted=is_deleted,
)
