"""Alerts: their life out of the activity log, and what the list of active ones says beside it.

The list of active alerts forgets an alert as it is reset, and the ticket it became with it. So both are read:
the log tells when an alert was raised and what ended it, the list which ticket the PSA has for it. What the
list once said stays in the payload.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from phasewise.connectors.base import CursorKind, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.vendors.ninjaone.activities import (
    OVERLAP,
    Activity,
    Recent,
    Series,
    gathered,
    in_order,
    scalar,
    series_of,
    times_of,
    walk,
)
from phasewise.connectors.vendors.ninjaone.clients import client_of
from phasewise.connectors.vendors.ninjaone.lists import LISTED
from phasewise.connectors.vendors.ninjaone.moments import moment
from phasewise.connectors.vendors.ninjaone.session import RIGHT, Session
from phasewise.connectors.vendors.ninjaone.words import guess
from phasewise.errors import RecordError
from phasewise.model.records.automation import Alert
from phasewise.model.records.identities import ExternalId

ACTIVE = "/v2/alerts"
CONDITION = "CONDITION"
TYPES = (CONDITION, "PSA")
"""What tells of alerts. Tickets last: of one without an alert nothing can be made."""

RAISED = "TRIGGERED"
BY_TICKET = "RESET_BY_PSA_TICKET_CALLBACK"
CLOSED = frozenset({"RESET", "DISABLED", BY_TICKET})
RESOLVERS = {
    "reset (user)": "technician",
    "reset (no user)": "cleared",
    "disabled": "other",
    BY_TICKET.lower(): "other",
}
"""How an alert ended → our word. That a reset without a user is a condition that cleared by itself follows
from the meaning of the fields; the vendor does not say it. Who closed the ticket, NinjaOne does not know."""

KEPT = [
    "uid",
    "deviceId",
    "severity",
    "sourceType",
    "sourceConfigUid",
    "sourceName",
    "createTime",
    "updateTime",
    "psaTicketId",
]


@dataclass(slots=True)
class _Tickets:
    """What could not be told of tickets, for the receipt."""

    strange: int = 0
    without_alert: int = 0

    def note(self) -> str:
        said = []
        if self.without_alert:
            said.append(f"{self.without_alert:,} series of tickets belong to no alert that is known")
        if self.strange:
            said.append(
                f"{self.strange:,} ids of PSA tickets have a form that nobody knows and were not read"
            )
        return "; ".join(said)


def alert_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """Alerts with all that is known of them; those that are active and not in the slice on the last page."""
    tickets = _Tickets()
    active = _active(session)
    tickets.strange = sum(
        1 for alert in active.values() if alert["psaTicketId"] is not None and not _ticket(alert)
    )
    for page in gathered(walk(session, TYPES, slice_), session, context):
        for payload in page.payloads:  # remembered with it: the page behind may tell more of the same series
            payload["alert"] = active.pop(payload["seriesUid"], payload.get("alert"))
        alerts = [payload for payload in page.payloads if _is_alert(payload)]
        tickets.without_alert += len(page.payloads) - len(alerts)
        if page.proof == "none":
            if alerts:
                yield replace(page, payloads=alerts)
            continue
        notes = [note for note in (page.note, tickets.note()) if note]
        rest = _rest(active, session, context)
        yield replace(page, payloads=alerts + rest, note="; ".join(notes))


def alert_records(payload: Any, context: RecordContext) -> Iterable[Alert | ExternalId]:
    """The alert, and the ticket that the PSA has for it."""
    series, activities, active = series_of(payload), in_order(payload), payload.get("alert") or {}
    raised = [a for a in activities if a.get("statusCode") == RAISED]
    closed = [a for a in activities if a.get("statusCode") in CLOSED]
    if not raised and not closed and not active and not _is_acknowledged(activities):
        words = sorted({str(a.get("statusCode")) for a in activities})
        raise RecordError(f"none of its states is known: {', '.join(words)}", reason="unknown_status")
    end = closed[-1] if closed and (not raised or closed[-1]["id"] > raised[-1]["id"]) else None
    first = next(chain(raised, closed, activities, (active,)))
    times = times_of(activities)
    changed = _newest([*times.values(), moment(active.get("updateTime"), field="updated_at")])
    resolver = None if end is None else _resolver(end)
    yield Alert(
        id=series,
        updated_at=changed,
        device=_text(first.get("deviceId")),
        client=client_of(context.settings, payload.get("owner") or active.get("owner")),
        category=first.get("sourceName") or active.get("sourceName"),
        severity=first.get("severity") or active.get("severity"),
        raised_at=times[raised[0]["id"]] if raised else moment(active.get("createTime"), field="raised_at"),
        resolved_at=None if end is None else times[end["id"]],
        resolved_by=guess(resolver, field="resolved_by", words=RESOLVERS, mapping="alert_resolver"),
        resolved_by_raw=resolver,
    )
    ticket = _ticket(active) or next((a["psaTicketId"] for a in activities if a.get("psaTicketId")), None)
    if ticket is not None:
        yield ExternalId(
            id=f"alerts:{series}:psa",
            updated_at=changed,
            table_name="alerts",
            row=series,
            system="psa",
            target_table="tickets",
            value=ticket,
        )


def _active(session: Session) -> dict[str, dict[str, Any]]:
    """Series → the active alert, without its text and its device but for whose that is."""
    found = {}
    for item in LISTED(session.get(ACTIVE)).items:
        if item.get("uid"):
            device = item.get("device") or {}
            owner = {key: device.get(key) for key in ("organizationId", "locationId")}
            found[str(item["uid"])] = {key: item.get(key) for key in KEPT} | {"owner": owner}
    return found


def _rest(active: Mapping[str, Mapping[str, Any]], session: Session, context: FetchContext) -> list[Series]:
    """Active alerts of which nothing was told in the slice: raised earlier, or before the log begins."""
    known = Recent(context).known(active.keys())
    rest = []
    for series, alert in active.items():
        before = known.get(series) or {"seriesUid": series, "activities": []}
        owner = session.owners().get(str(alert["deviceId"])) or before.get("owner") or alert["owner"]
        rest.append({**before, "owner": owner, "alert": alert})
    return rest


def _is_alert(payload: Series) -> bool:
    if payload.get("alert") is not None or payload["seriesUid"] is None:
        return True  # one without a series is handed on, to be a reject
    return any(activity.get("activityType") != "PSA" for activity in payload["activities"])


def _is_acknowledged(activities: Iterable[Activity]) -> bool:
    return any(activity.get("statusCode") == "ACKNOWLEDGED" for activity in activities)


def _newest(times: Iterable[datetime | None]) -> datetime | None:
    return max(filter(None, times), default=None)


def _resolver(end: Activity) -> str:
    code = str(end["statusCode"])
    if code != "RESET":
        return code
    return "RESET (no user)" if end.get("userId") is None else "RESET (user)"


def _ticket(alert: Mapping[str, Any]) -> str | None:
    """The ticket of an active alert. The specification calls it an object and says no more of it."""
    told = alert.get("psaTicketId")
    if isinstance(told, Mapping):
        told = told.get("id", told.get("ticketId"))
    return scalar(told)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


ALERTS = Stream(
    name="alerts",
    record="alerts",
    pages=alert_pages,
    records=alert_records,
    identify=series_of,
    provides=frozenset(
        {
            *(f"alerts.{name}" for name in ["device", "client", "category", "severity", "raised_at"]),
            *(f"alerts.{name}" for name in ["resolved_at", "resolved_by", "resolved_by_raw"]),
            *(f"external_ids.{name}" for name in ["table_name", "row", "system", "target_table", "value"]),
        }
    ),
    cursor=CursorKind.MODIFIED,
    emits=("alerts", "external_ids"),
    overlap=OVERLAP,
    page_size=(10, 200, 1000),
    right=RIGHT,
    lists_all=False,
)
