"""Records of the model as rows of Datto RMM, in the shapes of its specification (Build 235)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.people import Client
from phasewise.sandbox.simulator import Item

CATEGORIES = {
    "workstation": "Desktop",
    "server": "Server",
    "network": "Network Device",
    "mobile": "Smartphone",
}
CLASSES = {"network": "rmmnetworkdevice", "other": "printer"}
CONTEXTS = {
    "disk": "perf_disk_usage_ctx",
    "service": "srvc_status_ctx",
    "backup": "backup_management_ctx",
    "offline": "online_offline_status_ctx",
}
PRIORITIES = {"low": "Low", "medium": "Moderate", "high": "High", "critical": "Critical"}
STATUSES = {"succeeded": "Success", "failed": "Failure", "skipped": "Expired"}
USER = {
    "username": "anna.lopez",
    "email": "anna@example.com",
    "firstName": "Anna",
    "lastName": "López",
    "disabled": False,
}


def render(records: Iterable[Any]) -> dict[str, list[Item]]:
    """Every record that Datto has a place for."""
    held = list(records)
    companies = _values(held, "clients")
    tickets = _values(held, "alerts")
    runs = [record for record in held if isinstance(record, AutomationRun)]
    alerts = [record for record in held if isinstance(record, Alert)]
    jobs = [run for run in runs if not is_response(run, alerts)]
    return {
        "sites": [_site(r, companies.get(r.id)) for r in held if isinstance(r, Client)],
        "devices": [_device(r) for r in held if isinstance(r, Device)],
        "alerts": [_alert(a, tickets.get(a.id), responses_of(a, runs)) for a in alerts],
        "activities": [row for run in jobs for row in (_deployment(run), _creation(run))],
        "results": [_result(run) for run in jobs if run.outcome is not None],
        "users": [USER],
    }


def uid(what: str, number: str) -> str:
    """The uid that stands for a row."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"datto {what} {number}"))


def is_response(run: AutomationRun, alerts: Iterable[Alert]) -> bool:
    """Whether a run is told as the response of an alert."""
    return run.alert in {alert.id for alert in alerts}


def responses_of(alert: Alert, runs: Iterable[AutomationRun]) -> list[AutomationRun]:
    """The runs that answered an alert."""
    return [run for run in runs if run.alert == alert.id]


def milliseconds(at: datetime | None) -> int | None:
    """As Datto writes most times."""
    return None if at is None else int(at.timestamp() * 1000)


def _values(held: Iterable[Any], table: str) -> dict[str, str]:
    return {r.row: r.value for r in held if isinstance(r, ExternalId) and r.table_name == table}


def _site(client: Client, company: str | None) -> Item:
    return {
        "id": int(client.id),
        "uid": uid("site", client.id),
        "accountUid": "acme-0000",
        "name": client.name,
        "description": "ask for Anna",
        "notes": None,
        "onDemand": False,
        "splashtopAutoInstall": False,
        "devicesStatus": {"numberOfDevices": 4, "numberOfOnlineDevices": 4, "numberOfOfflineDevices": 0},
        "autotaskCompanyName": None if company is None else client.name,
        "autotaskCompanyId": company,
    }


def _device(device: Device) -> Item:
    kind = device.kind or "other"
    status = {True: "FullyPatched", False: "ApprovedPending", None: "NoData"}[device.is_patched]
    return {
        "id": int(device.id),
        "uid": uid("device", device.id),
        "siteId": None if device.client is None else int(device.client),
        "siteUid": None if device.client is None else uid("site", device.client),
        "siteName": "a site",
        "deviceType": {"category": CATEGORIES.get(kind, "Printer"), "type": "Main System Chassis"},
        "deviceClass": CLASSES.get(kind, "device"),
        "hostname": device.name,
        "lastLoggedInUser": "ACME\\anna",
        "intIpAddress": "10.0.0.9",
        "online": True,
        "suspended": False,
        "deleted": False,
        "lastSeen": milliseconds(device.last_check_in_at),
        "creationDate": milliseconds(device.installed_at),
        "patchManagement": {
            "patchStatus": status,
            "patchesApprovedPending": 0 if device.is_patched else 3,
            "patchesNotApproved": 0,
            "patchesInstalled": 40,
        },
    }


def _alert(alert: Alert, ticket: str | None, responses: list[AutomationRun]) -> Item:
    is_by_user = alert.resolved_by == "technician"
    actions = [_action("COMPONENT", run.started_at, uid("component", run.id)) for run in responses]
    if ticket is not None:
        actions.append(_action("TICKET_CREATED", alert.raised_at, ticket))
    return {
        "alertUid": uid("alert", alert.id),
        "priority": PRIORITIES.get(alert.severity or "", "Unknown"),
        "diagnostics": "ask Anna",
        "resolved": alert.resolved_at is not None,
        "resolvedBy": USER["username"] if is_by_user else None,
        "resolvedOn": milliseconds(alert.resolved_at),
        "muted": False,
        "ticketNumber": ticket,
        "timestamp": milliseconds(alert.raised_at),
        "alertMonitorInfo": {"sendsEmails": False, "createsTicket": ticket is not None},
        "alertContext": {"@class": CONTEXTS.get(alert.category or "", alert.category)},
        "alertSourceInfo": {
            "deviceUid": None if alert.device is None else uid("device", alert.device),
            "deviceName": "PC",
            "siteUid": None if alert.client is None else uid("site", alert.client),
            "siteName": "a site",
        },
        "responseActions": actions,
        "autoresolveMins": 0 if is_by_user else 60,
    }


def _action(type_: str, at: datetime | None, reference: str) -> Item:
    return {
        "actionTime": milliseconds(at),
        "actionType": type_,
        "description": "done for Anna",
        "actionReference": reference,
        "actionReferenceInt": None,
    }


def _deployment(run: AutomationRun) -> Item:
    device = None if run.device is None else uid("device", run.device)
    details = {
        "device.uid": device,
        "entity": "DEVICE",
        "event.action": "deployment",
        "event.category": "job",
        "job.uid": uid("job", run.id),
        "job.name": run.automation,
        "job.status": "active",
        "user.username": USER["username"],
    }
    if run.trigger == "schedule":
        details["job.scheduled_job_uid"] = uid("schedule", run.automation or "")
    return _activity(run, "deployment", uid("activity", run.id), details)


def _creation(run: AutomationRun) -> Item:
    return _activity(run, "create", uid("creation", run.id), {"job.uid": uid("job", run.id)})


def _activity(run: AutomationRun, action: str, id_: str, details: Item) -> Item:
    assert run.started_at is not None  # a simulated run has begun
    return {
        "id": id_,
        "entity": "DEVICE",
        "category": "job",
        "action": action,
        "date": run.started_at.timestamp() + 0.125,
        "site": None if run.client is None else {"id": int(run.client), "name": "a site"},
        "deviceId": None if run.device is None else int(run.device),
        "hostname": "PC",
        "user": {"id": 5, "userName": USER["username"], "firstName": "Anna", "lastName": "López"},
        "details": json.dumps(details),
        "hasStdOut": True,
        "hasStdErr": False,
    }


def _result(run: AutomationRun) -> Item:
    return {
        "jobUid": uid("job", run.id),
        "deviceUid": None if run.device is None else uid("device", run.device),
        "ranOn": milliseconds(run.started_at),
        "jobDeploymentStatus": STATUSES[run.outcome or "succeeded"],
        "componentResults": [
            {
                "componentUid": uid("component", run.id),
                "componentName": run.automation,
                "componentStatus": "Success",
            }
        ],
    }
