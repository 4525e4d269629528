"""Items in the shapes of NinjaOne's specification, and how its lists are paged."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from phasewise.testing.world import Asked, Item, PageRules, Reply

CLIENT_ID, CLIENT_SECRET = "phasewise-reads", "s3cr3t-of-the-test"
TOKENS = "/ws/oauth/token"
DAY = datetime(2026, 2, 2, 9, tzinfo=UTC).timestamp()
HOUR = 3600.0
DEVICES = 40

RUN_TYPES = ("CONDITION_ACTION", "CONDITION_ACTIONSET", "SCHEDULED_TASK", "ACTION", "ACTIONSET", "SCRIPTING")
RESULTS = ("SUCCESS", "FAILURE", "UNSUPPORTED", "UNCOMPLETED")


def series(number: int) -> str:
    """A UUID of a number."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"series {number}"))


def organization(number: int, **values: Any) -> Item:
    return {
        "id": number,
        "name": f"Client {number}",
        "description": "",
        "nodeApprovalMode": "AUTOMATIC",
        "locations": [{"id": 100 + number, "name": "Main office", "address": "1 High Street"}],
        "policies": [],
        **values,
    }


def device(number: int, **values: Any) -> Item:
    return {
        "id": number,
        "uid": series(number),
        "organizationId": 1 + number % 7,
        "locationId": 101 + number % 7,
        "nodeClass": ("WINDOWS_SERVER", "WINDOWS_WORKSTATION", "NMS_SWITCH")[number % 3],
        "approvalStatus": "APPROVED",
        "offline": False,
        "displayName": f"PC-{number}",
        "systemName": f"PC-{number}",
        "created": DAY - 400 * 24 * HOUR + number,
        "lastContact": DAY + number * HOUR + 0.25,
        "lastUpdate": DAY + number * HOUR + 0.5,
        **values,
    }


def activity(number: int, **values: Any) -> Item:
    """A triggered condition, in a series of its own unless told otherwise."""
    return {
        "id": number,
        "activityTime": DAY + number % 1000 * HOUR + 0.123,
        "deviceId": 1 + number % DEVICES,
        "severity": "MAJOR",
        "priority": "HIGH",
        "seriesUid": series(number),
        "activityType": "CONDITION",
        "statusCode": "TRIGGERED",
        "status": "Triggered",
        "activityResult": None,
        "sourceConfigUid": series(-1),
        "sourceName": "Disk almost full",
        "subject": "Disk",
        "userId": None,
        "message": "Disk C: of ANNA-PC is almost full",
        "type": "Condition",
        "data": {},
        **values,
    }


def alert_told(number: int) -> Item:
    """Raised; every third one is over, every fifth by its ticket."""
    if number % 5 == 0:
        ticket = {"message": {"code": "psa", "params": {"ticketId": 7000 + number}}}
        return activity(number, statusCode="RESET_BY_PSA_TICKET_CALLBACK", data=ticket)
    return activity(number, statusCode="RESET") if number % 3 == 0 else activity(number)


def run_told(number: int) -> Item:
    """Begun or ended, of every type there is."""
    ended = {"statusCode": "COMPLETED", "activityResult": RESULTS[number % 4]}
    begun = {"statusCode": "STARTED", "userId": 5 if number % 4 == 0 else None}
    values = ended if number % 2 else begun
    return activity(number, activityType=RUN_TYPES[number % 6], sourceName="Clean temp files", **values)


def active_alert(number: int, **values: Any) -> Item:
    """One of the list of active alerts."""
    at = DAY + number % 1000 * HOUR + 0.123
    return {
        "uid": series(number),
        "deviceId": 1 + number % DEVICES,
        "message": "Disk C: of ANNA-PC is almost full",
        "createTime": at,
        "updateTime": at,
        "sourceType": "CONDITION_AGENT_DISK_FREE_SPACE",
        "sourceConfigUid": series(-1),
        "sourceName": "Disk almost full",
        "severity": "MAJOR",
        "psaTicketId": 7000 + number,
        **values,
    }


def os_install(number: int, **values: Any) -> Item:
    at = DAY + number % 1000 * HOUR
    return {
        "id": series(number),
        "name": f"2026-02 Cumulative Update {number}",
        "severity": "CRITICAL",
        "status": "FAILED" if number % 5 == 0 else "INSTALLED",
        "type": "SECURITY_UPDATES",
        "installedAt": at,
        "deviceId": 1 + number % DEVICES,
        "timestamp": at + 60,
        "kbNumber": f"KB50{number:05d}",
        **values,
    }


def software_install(number: int, **values: Any) -> Item:
    row = {**os_install(number), "title": f"Browser 12{number}", "impact": "CRITICAL", "type": "PATCH"}
    return {key: value for key, value in row.items() if key not in ("name", "severity", "kbNumber")} | values


def article(number: int, **values: Any) -> Item:
    return {
        "id": number,
        "organizationId": None,
        "parentFolderId": 1,
        "name": f"How to {number}",
        "isNinjaArticle": True,
        "isArchived": number % 9 == 0,
        "content": {"html": "<p>Call Anna</p>", "text": "Call Anna at home"},
        "createTime": DAY,
        "updateTime": DAY + number * HOUR,
        "path": "/",
        **values,
    }


def client_article(number: int) -> Item:
    return article(1000 + number, organizationId=1 + number % 7)


def document(number: int, **values: Any) -> Item:
    return {
        "documentId": number,
        "documentName": f"Firewall {number}",
        "documentUpdateTime": DAY + number * HOUR,
        "fields": [{"name": "password", "value": "hunter2", "valueUpdateTime": DAY}],
        "documentTemplateId": 3,
        "documentTemplateName": "Configurations",
        "organizationId": 1 + number % 7,
        **values,
    }


def at(value: Any) -> datetime:
    return datetime.fromtimestamp(float(value), tz=UTC)


def is_in_log(asked: Asked, item: Item) -> bool:
    """The filters of the activity log."""
    query = asked.query
    return (
        query.get("type") in (None, item["activityType"])
        and float(query.get("after", 0)) <= item["activityTime"]
        and item["activityTime"] < float(query.get("before", "inf"))
    )


def is_installed(asked: Asked, item: Item) -> bool:
    """The filters of installations."""
    after, before = asked.query.get("installedAfter", 0), asked.query.get("installedBefore", "inf")
    return float(after) <= item["installedAt"] < float(before)


def older(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
    """Newest first, below an id."""
    below = int(asked.query.get("olderThan") or 10**12)
    size = max(10, rules.size(asked.query.get("pageSize"))) if rules.largest >= 10 else rules.largest
    ordered = sorted(found, key=lambda item: -int(item["id"]))
    rest = ordered if rules.repeats else [item for item in ordered if int(item["id"]) < below]
    items = [] if rules.hole and asked.turn == rules.hole else rest[:size]
    return Reply({"lastActivityId": 999, "activities": items})


def other(asked: Asked) -> Reply | None:
    """What is looked up beside the lists, and the lists that a world does not hold."""
    path = asked.path
    if path == "/v2/devices":
        behind = int(asked.query.get("after") or 0)
        return Reply([device(n) for n in range(behind + 1, DEVICES + 1)])
    if path == "/v2/activities":
        return Reply({"lastActivityId": 0, "activities": []})
    if path == "/v2/backup/jobs" or path.startswith("/v2/queries/"):
        return report(REPORTS.get(path, []))
    return Reply([]) if path.startswith("/v2/") else None


REPORTS: dict[str, list[Item]] = {
    "/v2/queries/computer-systems": [{"deviceId": n, "serialNumber": f"SN{n}"} for n in range(1, DEVICES)],
    "/v2/queries/os-patches": [
        {"deviceId": n, "id": series(n), "status": ("APPROVED", "REJECTED")[n % 2], "severity": "CRITICAL"}
        for n in (1, 2)
    ],
    "/v2/backup/jobs": [
        {"jobId": series(1), "deviceId": 1, "jobStatus": "COMPLETED", "jobStartTime": 2 * DAY}
    ],
}


def report(rows: Any) -> Reply:
    return Reply({"cursor": {"name": None, "offset": 0}, "results": list(rows)})
