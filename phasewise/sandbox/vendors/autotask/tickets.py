"""Tickets with what was promised of them, their history and the time spent, as rows of Autotask."""

from __future__ import annotations

from typing import Any

from phasewise.sandbox.vendors.autotask import picklists as lists
from phasewise.sandbox.vendors.autotask.forms import midnight, number, stamp, value
from phasewise.sandbox.vendors.autotask.making import Makers, Making
from phasewise.sandbox.vendors.autotask.picklists import own_value

ADMINISTRATOR = 29_682_885
"""The resource that workflow rules act as."""
WORK = {
    "reactive": "Remote Support",
    "proactive": "Maintenance",
    "project": "Project work",
    "planning": "Consulting",
    "sales": "Sales",
    "admin": "Administration",
    "leave": "Vacation Time",
}


def _ticket(making: Making, r: Any) -> None:
    promised = {p.target: p for p in making.promises.get(r.id, ())}
    first, last = promised.get("first_response"), promised.get("resolution")
    policy = next((p.policy for p in promised.values()), None)
    responder = r.technician if r.first_response_by == "human" else str(ADMINISTRATOR)
    making.add(
        "Tickets",
        id=int(r.id),
        ticketNumber=r.number,
        title=r.title,
        description="As told on the phone by Ann",
        companyID=making.company(r.client),
        contactID=number(r.requester),
        assignedResourceID=number(r.technician),
        configurationItemID=number(r.device),
        contractID=number(r.agreement),
        problemTicketId=number(r.parent),
        projectID=number(r.project),
        ticketType=value(lists.TYPE, r.type),
        issueType=making.label("Tickets", "issueType", r.category),
        subIssueType=making.label("Tickets", "subIssueType", r.subcategory),
        priority=value(lists.PRIORITY, r.priority),
        source=value(lists.SOURCE, r.source),
        queueID=making.label("Tickets", "queueID", r.queue),
        status=value(lists.STATUS, r.status),
        createDate=stamp(r.opened_at),
        completedDate=stamp(r.closed_at),
        lastActivityDate=stamp(r.updated_at),
        lastTrackedModificationDateTime=stamp(r.updated_at if int(r.id) % 2 else r.opened_at),
        rmmAlertID=making.alerts.get(r.id),
        serviceLevelAgreementID=number(policy),
        serviceLevelAgreementHasBeenMet=None,
        firstResponseDateTime=stamp(r.first_response_at),
        firstResponseDueDateTime=stamp(first and first.due_at),
        firstResponseInitiatingResourceID=None if r.first_response_by is None else number(responder),
        resolvedDateTime=stamp(r.resolved_at),
        resolvedDueDateTime=stamp(last and last.due_at),
        userDefinedFields=[{"name": "Door code", "value": "1234"}],
    )
    if promised:
        _verdict(making, r.id, first, last)


def _verdict(making: Making, ticket: str, first: Any, last: Any) -> None:
    making.add(
        "ServiceLevelAgreementResults",
        id=int(ticket),
        ticketID=int(ticket),
        serviceLevelAgreementName="Standard",
        isFirstResponseMet=_is_met(first),
        firstResponseElapsedHours=_hours(first),
        isResolutionMet=_is_met(last),
        resolutionElapsedHours=_hours(last),
    )


def _is_met(promise: Any) -> bool | None:
    return {"met": True, "missed": False}.get(getattr(promise, "vendor_outcome", None) or "")


def _hours(promise: Any) -> float | None:
    minutes = getattr(promise, "elapsed_minutes", None)
    return None if minutes is None else minutes / 60


def _policy(making: Making, r: Any) -> None:
    making.own["Tickets", "serviceLevelAgreementID", int(r.id), r.name] = None


def _event(making: Making, r: Any) -> None:
    words: Any = {"status": lists.STATUS, "priority": lists.PRIORITY}.get(r.kind, {})
    before, after = (words[w][1] if w in words else w for w in (r.from_value, r.to_value))
    field = {"status": "Status", "priority": "Priority", "group": "Queue", "assignment": "Primary Resource"}
    making.add(
        "TicketHistory",
        id=int(r.id),
        ticketID=int(r.ticket),
        action="Edited",
        detail=f"{field.get(r.kind, 'Note')}: {before} -> {after}",
        date=stamp(r.at),
        resourceID=number(r.technician),
    )


def _time(making: Making, r: Any) -> None:
    code = own_value(WORK[r.purpose]) if r.purpose in WORK else None
    making.add(
        "TimeEntries",
        id=int(r.id),
        ticketID=number(r.ticket),
        taskID=None,
        resourceID=number(r.technician),
        contractID=number(r.agreement),
        billingCodeID=None if r.purpose == "leave" else code,
        internalBillingCodeID=code if r.purpose == "leave" else None,
        dateWorked=midnight(r.started_at and r.started_at.date()),
        startDateTime=stamp(r.started_at),
        hoursWorked=r.minutes / 60,
        isNonBillable=None if r.is_billable is None else not r.is_billable,
        createDateTime=stamp(r.entered_at),
        lastModifiedDateTime=stamp(r.updated_at),
        summaryNotes="Spoke to Ann",
    )


def add_work(making: Making) -> None:
    """The kinds of work that time is booked on."""
    for name in WORK.values():
        making.add("BillingCodes", id=own_value(name), name=name)


MAKERS: Makers = {
    "tickets": _ticket,
    "sla_policies": _policy,
    "ticket_events": _event,
    "time_entries": _time,
}
