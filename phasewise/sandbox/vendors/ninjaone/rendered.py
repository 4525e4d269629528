"""Records of the model as rows of NinjaOne, in the shapes of its specification (2.0.9-draft)."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.documents import Document
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.people import Client
from phasewise.sandbox.simulator import Item

Row = tuple[str, Item]
"""Collection and item."""

TECHNICIAN = 5
"""Number of the user who does what a person does."""

CLASSES = {
    "workstation": "WINDOWS_WORKSTATION",
    "server": "WINDOWS_SERVER",
    "network": "NMS_SWITCH",
    "mobile": "ANDROID",
    "other": "CLOUD_MONITOR_TARGET",
}
SEVERITIES = {"low": "MINOR", "medium": "MODERATE", "high": "MAJOR", "critical": "CRITICAL"}
TYPES = {"remediation": "CONDITION_ACTION", "script": "SCHEDULED_TASK", "workflow": "ACTIONSET"}
RESULTS = {"succeeded": "SUCCESS", "failed": "FAILURE", "skipped": "UNSUPPORTED"}
TEMPLATES = {"process": "Processes", "runbook": "Runbooks", "configuration": "Configurations"}

COLLECTIONS = [
    "organizations",
    "devices",
    "activities",
    "alerts",
    "os_installs",
    "software_installs",
    "systems",
    "missing",
    "jobs",
    "articles",
    "client_articles",
    "documents",
]


def render(records: Iterable[Any]) -> dict[str, list[Item]]:
    """Every record that NinjaOne has a place for."""
    held = list(records)
    tickets = {r.row: r.value for r in held if isinstance(r, ExternalId) and r.table_name == "alerts"}
    found: dict[str, list[Item]] = {name: [] for name in COLLECTIONS}
    for record in held:
        for collection, item in _rows(record, tickets):
            found[collection].append(item)
    return found


def series(what: str, number: str) -> str:
    """The UUID that stands for a row."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"ninjaone {what} {number}"))


def seconds(at: datetime | None) -> float | None:
    """As NinjaOne writes times."""
    return None if at is None else at.timestamp()


def _rows(record: Any, tickets: dict[str, str]) -> Iterator[Row]:
    if isinstance(record, Alert):
        yield from _alert(record, tickets.get(record.id))
        return
    kinds: dict[type[Any], Callable[[Any], Iterator[Row]]] = {
        Client: _organization,
        Device: _device,
        AutomationRun: _run,
        Document: _document,
    }
    render_one = kinds.get(type(record))
    if render_one is not None:
        yield from render_one(record)


def _organization(client: Client) -> Iterator[Row]:
    number = int(client.id)
    locations = [{"id": 100 + number, "name": "Main office", "address": "1 High Street"}]
    yield (
        "organizations",
        {
            "id": number,
            "name": client.name,
            "description": "",
            "nodeApprovalMode": "AUTOMATIC",
            "locations": locations,
            "policies": [],
        },
    )


def _device(device: Device) -> Iterator[Row]:
    number = int(device.id)
    organization = None if device.client is None else int(device.client)
    yield (
        "devices",
        {
            "id": number,
            "uid": series("device", device.id),
            "organizationId": organization,
            "locationId": None if organization is None else 100 + organization,
            "nodeClass": CLASSES[device.kind or "other"],
            "approvalStatus": "APPROVED" if device.is_managed else "PENDING",
            "offline": False,
            "displayName": device.name,
            "systemName": device.name,
            "created": seconds(device.installed_at),
            "lastContact": seconds(device.last_check_in_at),
            "lastUpdate": seconds(device.updated_at),
        },
    )
    system = {
        "deviceId": number,
        "serialNumber": device.serial_number,
        "timestamp": seconds(device.updated_at),
    }
    yield "systems", system
    if device.is_patched is not None:
        # Of a device that misses nothing, a rejected patch shows that it was looked at.
        patch = {
            "deviceId": number,
            "id": series("missing patch", device.id),
            "name": "Cumulative Update",
            "severity": "CRITICAL",
            "status": "REJECTED" if device.is_patched else "APPROVED",
        }
        yield "missing", patch
    if device.has_backup is not None:
        job = {
            "jobId": series("backup", device.id),
            "jobStartTime": seconds(device.last_check_in_at),
            "jobStatus": "COMPLETED" if device.has_backup else "FAILED",
            "planType": "IMAGE",
            "deviceId": number,
        }
        yield "jobs", job


def _alert(alert: Alert, ticket: str | None) -> Iterator[Row]:
    told = {
        "deviceId": _number(alert.device),
        "severity": SEVERITIES.get(alert.severity or "", "NONE"),
        "sourceConfigUid": series("condition", alert.category or ""),
        "sourceName": alert.category,
    }

    def activity(at: datetime | None, code: str, type_: str = "CONDITION", **values: Any) -> Row:
        uid = series("alert", alert.id)
        return "activities", _activity(at, uid, type_, code, **{**told, **values})

    yield activity(alert.raised_at, "TRIGGERED")
    if alert.resolved_at is not None:
        user = TECHNICIAN if alert.resolved_by == "technician" else None
        yield activity(alert.resolved_at, "RESET", userId=user)
    else:
        yield "alerts", _active(alert, told, ticket)
    if ticket is not None:
        data = {"message": {"code": "psa_ticket_created", "params": {"ticketId": ticket}}}
        yield activity(alert.raised_at, "PSA_TICKET_CREATION_SUCCEEDED", "PSA", data=data)


def _active(alert: Alert, told: Item, ticket: str | None) -> Item:
    return {
        "uid": series("alert", alert.id),
        "createTime": seconds(alert.raised_at),
        "updateTime": seconds(alert.updated_at),
        "sourceType": "CONDITION_AGENT_DISK_FREE_SPACE",
        "message": "something is wrong",
        "psaTicketId": None if ticket is None else int(ticket),
        **told,
    }


def _run(run: AutomationRun) -> Iterator[Row]:
    if run.kind == "patch":
        patch = {
            "id": series("patch", run.id),
            "name": run.automation,
            "severity": "CRITICAL",
            "status": "FAILED" if run.outcome == "failed" else "INSTALLED",
            "type": "SECURITY_UPDATES",
            "installedAt": seconds(run.started_at),
            "deviceId": _number(run.device),
            "timestamp": seconds(run.updated_at),
        }
        yield "os_installs", patch
        return
    type_ = TYPES[run.kind or "script"]
    told = {"deviceId": _number(run.device), "sourceName": run.automation, "severity": "NONE"}
    uid = series("run", run.id)
    yield "activities", _activity(run.started_at, uid, type_, "STARTED", **told)
    if run.finished_at is not None:
        result = RESULTS[run.outcome or "succeeded"]
        ended = _activity(run.finished_at, uid, type_, "COMPLETED", activityResult=result, **told)
        yield "activities", ended


def _activity(at: datetime | None, uid: str, type_: str, code: str, **values: Any) -> Item:
    # Ids grow with time, and stay as they are when something else happens.
    told = zlib.crc32(f"{uid} {code}".encode()) % 100_000
    return {
        "id": (0 if at is None else int(at.timestamp())) * 100_000 + told,
        "activityTime": seconds(at),
        "deviceId": None,
        "severity": "NONE",
        "priority": "NONE",
        "seriesUid": uid,
        "activityType": type_,
        "statusCode": code,
        "status": code.capitalize(),
        "activityResult": None,
        "userId": None,
        "message": "",
        "data": {},
        **values,
    }


def _document(document: Document) -> Iterator[Row]:
    number = int(document.id)
    organization = _number(document.client)
    if organization is not None and document.kind != "knowledge":
        row = {
            "documentId": number,
            "documentName": document.title,
            "documentUpdateTime": seconds(document.edited_at),
            "documentTemplateName": TEMPLATES.get(document.kind or "", document.kind),
            "documentTemplateId": 3,
            "organizationId": organization,
            "fields": [{"name": "Password", "value": "hunter2"}],
        }
        yield "documents", row
        return
    text = " ".join(["word"] * (document.words or 0))
    article = {
        "id": number,
        "organizationId": organization,
        "name": document.title,
        "isNinjaArticle": True,
        "isArchived": bool(document.is_archived),
        "content": {"html": f"<p>{text}</p>", "text": text},
        "createTime": seconds(document.created_at),
        "updateTime": seconds(document.edited_at),
        "path": "/",
    }
    yield ("articles" if organization is None else "client_articles"), article


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
