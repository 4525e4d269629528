"""What NinjaOne reports about devices beside their list: serial numbers, missing patches, backups."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from phasewise.connectors.addresses import Query
from phasewise.connectors.base import Page
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.ninjaone.lists import by_cursor
from phasewise.connectors.vendors.ninjaone.moments import not_later
from phasewise.connectors.vendors.ninjaone.patches import OS_INSTALLS
from phasewise.connectors.vendors.ninjaone.session import Session

SERIALS = "/v2/queries/computer-systems"
MISSING = "/v2/queries/os-patches"
BACKUP_JOBS = "/v2/backup/jobs"

LOOKED_AT = timedelta(days=60)
"""A device with an installation within so long is one that NinjaOne patches: every month brings some."""

REJECTED = "rejected"
"""Status of a patch that somebody decided against. It is not missing."""

LARGEST_OF_JOBS = 10_000


@dataclass(frozen=True, slots=True)
class Reports:
    """What the reports say, by the id of the device.

    Attributes:
        serials: device → serial number.
        missing: devices on which a patch that matters is not installed.
        patched_at_all: devices of which any report tells a patch, missing or installed.
        backed_up: devices with a completed backup in time; None where NinjaOne does not back up.
    """

    serials: Mapping[str, str]
    missing: Collection[str]
    patched_at_all: Collection[str]
    backed_up: Collection[str] | None


def read_reports(session: Session) -> Reports:
    """Read the reports. Their clock is NinjaOne's own."""
    settings = session.settings
    serials, now = _serials(session)
    minor = {plain(word) for word in settings.minor_patches}
    told, missing = set(), set()
    for item in _items(session, MISSING, {}):
        told.add(_device(item))
        if plain(str(item.get("status"))) != REJECTED and plain(str(item.get("severity"))) not in minor:
            missing.add(_device(item))
    if now is not None:
        since = {"installedAfter": not_later(now - LOOKED_AT)}
        told.update(_device(item) for item in _items(session, OS_INSTALLS, since))
    backed_up = _backed_up(session, now) if settings.backup_is_ninjaone else None
    return Reports(serials, missing, told, backed_up)


def _serials(session: Session) -> tuple[dict[str, str], datetime | None]:
    """Serial numbers, and NinjaOne's clock as it answered."""
    found, now = {}, None
    for page in _pages(session, SERIALS, {}):
        now = now or page.source_time
        for item in page.payloads:
            serial = item.get("serialNumber") or item.get("biosSerialNumber")
            if serial:
                found[_device(item)] = str(serial)
    return found, now


def _backed_up(session: Session, now: datetime | None) -> set[str] | None:
    if now is None:
        return None
    since = now - timedelta(days=session.settings.backup_days)
    filters = {"sf": "status = COMPLETED", "stf": f"startTime after {since:%Y-%m-%dT%H:%M:%S}.000Z"}
    jobs = _items(session, BACKUP_JOBS, filters, size=LARGEST_OF_JOBS)
    # Asked again here: filters of this list were seen to be left out in silence elsewhere.
    return {
        _device(job)
        for job in jobs
        if job.get("jobStatus") == "COMPLETED" and (job.get("jobStartTime") or 0) >= since.timestamp() - 1
    }


def _items(session: Session, path: str, query: Query, *, size: int = 1000) -> Iterator[Mapping[str, Any]]:
    for page in _pages(session, path, query, size=size):
        yield from page.payloads


def _pages(session: Session, path: str, query: Query, *, size: int = 1000) -> Iterator[Page]:
    return by_cursor(session.get, path, query, identify=_row, size=size)


def _row(item: Any) -> str:
    """What tells a row of a report from others: a device has several patches and jobs."""
    return (
        f"{item.get('deviceId')}:{item.get('id') or item.get('jobId') or ''}:{item.get('installedAt') or ''}"
    )


def _device(item: Mapping[str, Any]) -> str:
    return str(item.get("deviceId"))
