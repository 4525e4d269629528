"""Devices, with what four reports say of them: serial numbers, patches, backups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.vendors.ninjaone.clients import client_of
from phasewise.connectors.vendors.ninjaone.lists import after_id, identify
from phasewise.connectors.vendors.ninjaone.moments import moment
from phasewise.connectors.vendors.ninjaone.reports import Reports, read_reports
from phasewise.connectors.vendors.ninjaone.session import RIGHT, Session
from phasewise.connectors.vendors.ninjaone.settings import NinjaOneSettings
from phasewise.connectors.vendors.ninjaone.words import guess
from phasewise.model.records.automation import Device

KEPT = [
    "id",
    "organizationId",
    "locationId",
    "nodeClass",
    "approvalStatus",
    "displayName",
    "systemName",
    "created",
    "lastContact",
    "lastUpdate",
]
"""What is kept of a device. Its owner, addresses, notes and tags stay where they are."""

UNMANAGED = "UNMANAGED_DEVICE"
APPROVED = "APPROVED"
NOT_MANAGED = frozenset({"PENDING", "STAGED", "DECOMMISSIONED"})

KINDS = {
    "windows_server": "server",
    "linux_server": "server",
    "mac_server": "server",
    "vmware_vm_host": "server",
    "hyperv_vmm_host": "server",
    "nms_vm_host": "server",
    "nms_server": "server",
    "windows_workstation": "workstation",
    "linux_workstation": "workstation",
    "mac": "workstation",
    "nms_computer": "workstation",
    "android": "mobile",
    "apple_ios": "mobile",
    "apple_ipados": "mobile",
    "nms_switch": "network",
    "nms_router": "network",
    "nms_firewall": "network",
    "nms_wap": "network",
    "nms_private_network_gateway": "network",
    "nms_dial_manager": "network",
    "nms_network_management_agent": "network",
}
"""Classes → our words. A guest that its host reports is `other`: one with an agent is in the list as a server
or workstation as well, and would count twice."""


def device_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Devices, each with what the reports say of it."""
    reports = read_reports(session)
    for page in after_id(session.get, "/v2/devices-detailed", resume=slice_.resume):
        yield replace(page, payloads=[_with(reports, item) for item in page.payloads])


def device_records(payload: Any, context: RecordContext) -> Iterable[Device]:
    """The device."""
    word = payload.get("nodeClass")
    yield Device(
        id=identify(payload),
        updated_at=moment(payload.get("lastUpdate"), field="updated_at"),
        client=client_of(context.settings, payload),
        name=payload.get("displayName") or payload.get("systemName"),
        serial_number=payload.get("serialNumber"),
        kind=guess(word, field="kind", words=KINDS, mapping="device_kind"),
        kind_raw=word,
        installed_at=moment(payload.get("created"), field="installed_at"),
        last_check_in_at=moment(payload.get("lastContact"), field="last_check_in_at"),
        is_managed=_is_managed(payload),
        is_patched=payload.get("isPatched"),
        has_backup=payload.get("hasBackup"),
    )


def _with(reports: Reports, item: Mapping[str, Any]) -> dict[str, Any]:
    number = str(item.get("id"))
    told = {
        "serialNumber": reports.serials.get(number),
        "isPatched": _is_patched(reports, number),
        "hasBackup": None if reports.backed_up is None else number in reports.backed_up,
    }
    return {key: item.get(key) for key in KEPT} | told


def _is_patched(reports: Reports, number: str) -> bool | None:
    """None for a device of which no report tells a patch: it may never have been looked at."""
    if number in reports.missing:
        return False
    return True if number in reports.patched_at_all else None


def _is_managed(payload: Mapping[str, Any]) -> bool | None:
    status = payload.get("approvalStatus")
    if payload.get("nodeClass") == UNMANAGED or status in NOT_MANAGED:
        return False
    return True if status == APPROVED else None


def devices(settings: NinjaOneSettings | None) -> Stream:
    """The stream; backups only where the settings say that they are NinjaOne's."""
    fields = "client name serial_number kind kind_raw installed_at last_check_in_at is_managed is_patched"
    backups = settings is None or settings.backup_is_ninjaone
    return Stream(
        name="devices",
        record="devices",
        pages=device_pages,
        records=device_records,
        identify=identify,
        provides=frozenset(
            f"devices.{name}" for name in (*fields.split(), *(["has_backup"] if backups else []))
        ),
        page_size=(1, 1000, 1000),
        right=RIGHT,
    )
