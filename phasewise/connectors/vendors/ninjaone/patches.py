"""Patches that were installed, or failed to be: one run each. What is missing is a fact of the device.

The log tells of patching, too (scans, and runs that apply several patches). It is not read for that, so that
no patch counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from phasewise.connectors.base import CursorKind, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.paging import in_window
from phasewise.connectors.vendors.ninjaone.clients import client_of
from phasewise.connectors.vendors.ninjaone.lists import by_cursor
from phasewise.connectors.vendors.ninjaone.moments import moment, not_earlier, not_later, told_at
from phasewise.connectors.vendors.ninjaone.session import RIGHT, Session
from phasewise.connectors.vendors.ninjaone.words import guess
from phasewise.errors import RecordError
from phasewise.model.records.automation import AutomationRun

OS_INSTALLS = "/v2/queries/os-patch-installs"
SOFTWARE_INSTALLS = "/v2/queries/software-patch-installs"

KEPT = [
    "id",
    "name",
    "title",
    "severity",
    "impact",
    "status",
    "type",
    "installedAt",
    "deviceId",
    "timestamp",
    "kbNumber",
]
OUTCOMES = {"installed": "succeeded", "failed": "failed"}

REPORTED_LATE = timedelta(days=14)
"""The filter is the time of the installation, and a device that was away reports it when it is back."""

HISTORY_MONTHS = 12

FIELDS = "device client automation kind kind_raw started_at outcome outcome_raw"


def _identify(what: str) -> Callable[[Any], str]:
    def identify(payload: Any) -> str:
        """What, device, patch and instant: a patch that fails is tried again under its own number."""
        at = moment(payload.get("installedAt"), field="started_at")
        parts = [payload.get("deviceId"), payload.get("id"), at]
        if at is None or None in parts:
            raise RecordError("an installation without its device, patch or time", field="id", reason="no_id")
        return f"{what}:{parts[0]}:{parts[1]}:{int(at.timestamp())}"

    return identify


os_install = _identify("os")
software_install = _identify("software")


def _pages(path: str, identify: Callable[[Any], str]) -> Callable[..., Iterator[Page]]:
    def pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
        query = {"installedAfter": not_later(slice_.start), "installedBefore": not_earlier(slice_.end)}
        found = by_cursor(session.get, path, query, identify=identify)
        for page in in_window(found, slice_, _at, where=path):
            owners = session.owners() if page.payloads else {}
            payloads = [
                {key: item[key] for key in KEPT if key in item}
                | {"owner": owners.get(str(item.get("deviceId")))}
                for item in page.payloads
            ]
            yield replace(page, payloads=payloads)

    return pages


def _records(
    identify: Callable[[Any], str], kind: str
) -> Callable[[Any, RecordContext], Iterable[AutomationRun]]:
    def records(payload: Any, context: RecordContext) -> Iterable[AutomationRun]:
        status = payload.get("status")
        at = moment(payload.get("installedAt"), field="started_at")
        yield AutomationRun(
            id=identify(payload),
            updated_at=moment(payload.get("timestamp"), field="updated_at") or at,
            device=str(payload["deviceId"]),
            client=client_of(context.settings, payload.get("owner")),
            automation=payload.get("name") or payload.get("title"),
            kind="patch",
            kind_raw=kind,
            started_at=at,
            outcome=guess(status, field="outcome", words=OUTCOMES, mapping="run_outcome"),
            outcome_raw=status,
        )

    return records


def _at(item: Any) -> datetime | None:
    return told_at(item.get("installedAt"))


def _stream(name: str, path: str, identify: Callable[[Any], str], kind: str) -> Stream:
    return Stream(
        name=name,
        record="automation_runs",
        pages=_pages(path, identify),
        records=_records(identify, kind),
        identify=identify,
        provides=frozenset(f"automation_runs.{field}" for field in FIELDS.split()),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        overlap=REPORTED_LATE,
        page_size=(1, 1000, 1000),
        right=RIGHT,
        history_months=HISTORY_MONTHS,
        lists_all=False,
    )


OS_PATCHES = _stream("os_patch_installs", OS_INSTALLS, os_install, "os-patch-install")
SOFTWARE_PATCHES = _stream(
    "software_patch_installs", SOFTWARE_INSTALLS, software_install, "software-patch-install"
)
