"""Items in the shapes of Datto's specification, and the filters of its log."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from phasewise.testing.world import Asked, Item, Reply

API_KEY, API_SECRET = "TESTKEY0001", "s3cr3t-of-the-test"
PUBLIC = "Basic cHVibGljLWNsaWVudDpwdWJsaWM="
TOKENS = "/auth/oauth/token"
API = "/api/v2"
DAY = datetime(2026, 2, 2, 9, tzinfo=UTC).timestamp()
HOUR = 3600.0

STATUSES = ("Success", "Failure", "Warning", "Expired", "Retired", "Running")


def uid(number: int, what: str = "row") -> str:
    """A uid of a number."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{what} {number}"))


def ms(at: float) -> int:
    """Epoch seconds as Datto writes most times."""
    return int(at * 1000)


def site(number: int, **values: Any) -> Item:
    return {
        "id": number,
        "uid": uid(number, "site"),
        "accountUid": "acme-0000",
        "name": f"Client {number}",
        "description": "ask for Anna",
        "notes": "gate code 4711",
        "onDemand": False,
        "autotaskCompanyName": f"Client {number}",
        "autotaskCompanyId": str(29000 + number) if number % 3 else None,
        "portalUrl": "https://pinotage.rmm.datto.com/site/1",
        **values,
    }


def device(number: int, **values: Any) -> Item:
    return {
        "id": number,
        "uid": uid(number, "device"),
        "siteId": 1 + number % 7,
        "siteUid": uid(1 + number % 7, "site"),
        "siteName": f"Client {1 + number % 7}",
        "deviceType": {"category": ("Desktop", "Laptop", "Server")[number % 3], "type": "Tower"},
        "deviceClass": "device",
        "hostname": f"PC-{number}",
        "intIpAddress": "10.0.0.9",
        "lastLoggedInUser": "ACME\\anna",
        "description": "Anna's",
        "suspended": False,
        "deleted": False,
        "online": True,
        "lastSeen": ms(DAY + number * HOUR),
        "creationDate": ms(DAY - 400 * 24 * HOUR),
        "patchManagement": {"patchStatus": ("FullyPatched", "ApprovedPending", "NoData")[number % 3]},
        "udf": {"udf1": "hunter2"},
        **values,
    }


def action(type_: str, at: float, **values: Any) -> Item:
    """What Datto did about an alert."""
    return {
        "actionTime": ms(at),
        "actionType": type_,
        "description": "mail to anna@example.com",
        "actionReference": "ref-1",
        "actionReferenceInt": None,
        **values,
    }


def alert(number: int, **values: Any) -> Item:
    """A resolved alert: by a person, by itself, after a component, or by who knows whom."""
    at = DAY + number * HOUR
    by_person = number % 4 == 0
    return {
        "alertUid": uid(number, "alert"),
        "priority": ("Critical", "High", "Moderate", "Low")[number % 4],
        "diagnostics": "Disk C: of ANNA-PC is almost full",
        "resolved": True,
        "resolvedBy": "anna.lopez" if by_person else None,
        "resolvedOn": ms(at + 1800),
        "muted": False,
        "ticketNumber": f"T20260202.{number:04d}" if number % 3 == 0 else None,
        "timestamp": ms(at),
        "alertMonitorInfo": {"sendsEmails": True, "createsTicket": True},
        "alertContext": {"@class": "perf_disk_usage_ctx", "diskName": "C:"},
        "alertSourceInfo": {
            "deviceUid": uid(1 + number % 40, "device"),
            "deviceName": "ANNA-PC",
            "siteUid": uid(1 + number % 7, "site"),
            "siteName": "Client",
        },
        "responseActions": [action("COMPONENT", at + 60), action("EMAIL_SENT", at + 5)]
        if number % 4 == 1
        else [],
        "autoresolveMins": None if by_person else 60,
        **values,
    }


def activity(number: int, **values: Any) -> Item:
    """A job, deployed to a device: of a schedule or of a person."""
    details = {
        "device.uid": uid(1 + number % 40, "device"),
        "device.hostname": "ANNA-PC",
        "entity": "DEVICE",
        "event.action": "deployment",
        "event.category": "job",
        "job.uid": uid(number, "job"),
        "job.name": "Clean temp files",
        "job.status": "active",
        "job.deployment_id": number,
        "user.username": "anna.lopez",
    }
    if number % 2:
        details["job.scheduled_job_uid"] = uid(1, "schedule")
    return {
        "id": uid(number, "activity"),
        "entity": "DEVICE",
        "category": "job",
        "action": "deployment",
        "date": DAY + number % 1000 * HOUR + 0.125,
        "site": {"id": 1 + number % 7, "name": "Client"},
        "deviceId": 1 + number % 40,
        "hostname": "ANNA-PC",
        "user": {"id": 5, "userName": "anna.lopez", "firstName": "Anna", "lastName": "López"},
        "details": json.dumps(details),
        "hasStdOut": True,
        "hasStdErr": False,
        **values,
    }


def result(number: int, **values: Any) -> Item:
    """How the job of that number ended."""
    return {
        "jobUid": uid(number, "job"),
        "deviceUid": uid(1 + number % 40, "device"),
        "ranOn": ms(DAY + number % 1000 * HOUR + 30),
        "jobDeploymentStatus": STATUSES[number % len(STATUSES)],
        "componentResults": [{"componentName": "Clean temp files", "componentStatus": "Success"}],
        **values,
    }


RESULTS = {f"{API}/job/{r['jobUid']}/results/{r['deviceUid']}": r for r in map(result, range(1, 1001))}

USER = {"username": "anna.lopez", "email": "anna@example.com", "firstName": "Anna", "lastName": "López"}


def page(name: str, items: list[Item]) -> Reply:
    """A whole list in one page, which tells no total."""
    told = {"count": len(items), "totalCount": None, "prevPageUrl": None, "nextPageUrl": None}
    return Reply({"pageDetails": told, name: items})


def at_of(value: Any) -> datetime:
    return datetime.fromtimestamp(float(value), tz=UTC)


def is_in_log(asked: Asked, item: Item) -> bool:
    """The filters of the log."""
    begin, end = asked.query.get("from"), asked.query.get("until")
    at = at_of(item["date"])
    return (
        begin is not None  # else the last quarter of an hour, in which nothing happened here
        and datetime.fromisoformat(begin) <= at
        and (end is None or at <= datetime.fromisoformat(end))
        and asked.query.get("categories") in (None, item["category"])
    )


def other(asked: Asked) -> Reply | None:
    """What is looked up beside the lists, and the lists that a world does not hold."""
    if asked.path in RESULTS:
        return Reply(RESULTS[asked.path])
    whole: dict[str, Reply] = {
        f"{API}/account": Reply({"id": 7, "uid": "acme-0000", "name": "Acme IT"}),
        f"{API}/system/request_rate": Reply(
            {"slidingTimeWindowSizeSeconds": 60, "accountCount": 3, "accountRateLimit": 600}
        ),
        f"{API}/account/users": page("users", [USER]),
        f"{API}/account/sites": page("sites", [site(n) for n in range(1, 8)]),
        f"{API}/account/devices": page("devices", [device(n) for n in range(1, 41)]),
        f"{API}/account/alerts/open": page("alerts", []),
        f"{API}/account/alerts/resolved": page("alerts", []),
        f"{API}/activity-logs": page("activities", []),
    }
    return whole.get(asked.path)
