"""Records of the model as rows of Autotask, by entity."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.autotask import picklists as lists
from phasewise.sandbox.vendors.autotask.picklists import PICKLISTS, own_value

OWN_COMPANY = 0
ADMINISTRATOR = 29_682_885
"""The resource that workflow rules act as."""
FOR_EVER = date(2099, 12, 31)
WORK = {
    "reactive": "Remote Support",
    "proactive": "Maintenance",
    "project": "Project work",
    "planning": "Consulting",
    "sales": "Sales",
    "admin": "Administration",
    "leave": "Vacation Time",
}
TITLES = {
    "technician": "Technician",
    "lead": "Team Lead",
    "manager": "Service Manager",
    "executive": "CEO",
    "dispatcher": "Dispatcher",
    "other": "Florist",
}


class Making:
    """The rows made so far, and what later rows need to know of earlier ones."""

    def __init__(self, records: Iterable[Any]) -> None:
        self.rows: dict[str, list[Item]] = {}
        self.own: dict[tuple[str, str, object, str], None] = {}
        self.companies: dict[str, int] = {}
        self.held = list(records)
        self.alerts = {
            r.value: r.row
            for r in self.held
            if _table(r) == "external_ids" and (r.table_name, r.target_table) == ("alerts", "tickets")
        }
        self.promises: dict[str, list[Any]] = {}
        for record in self.held:
            if _table(record) == "clients" and record.kind == "internal":
                self.companies[record.id] = OWN_COMPANY
            if _table(record) == "sla_results":
                self.promises.setdefault(record.ticket, []).append(record)

    def add(self, entity: str, **values: Any) -> None:
        """One more row."""
        self.rows.setdefault(entity, []).append(values)

    def label(self, entity: str, field: str, label: str | None) -> int | None:
        """The value of a label that the users have made, None for none."""
        if label is None:
            return None
        self.own[entity, field, own_value(label), label] = None
        return own_value(label)

    def company(self, client: str | None) -> int | None:
        """The id of a company."""
        return None if client is None else self.companies.get(client, int(client))


def render(records: Iterable[Any]) -> dict[str, list[Item]]:
    """Entity → its rows, by id; the picklists beside them."""
    making = Making(records)
    for entity in ENTITIES:
        making.rows[entity] = []
    for record in making.held:
        make = _MAKERS.get(_table(record))
        if make is not None:
            make(making, record)
    for name in WORK.values():
        making.add("BillingCodes", id=own_value(name), name=name)
    for rows in making.rows.values():
        rows.sort(key=lambda row: int(row["id"]))
    making.rows[PICKLISTS] = lists.rows(making.own)
    return making.rows


def stamp(at: datetime | None) -> str | None:
    """An instant as Autotask writes it."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def midnight(day: date | None) -> str | None:
    """A date as Autotask writes it."""
    return None if day is None else f"{day:%Y-%m-%d}T00:00:00Z"


def number(text: str | None) -> int | None:
    """A reference."""
    return None if text is None else int(text)


def value(words: Any, word: Any) -> Any:
    """The value of a picklist for a word of ours; None where there is none for it."""
    return words[word][0] if word in words else None


def money(amount: Any) -> float | None:
    """An amount as JSON has it."""
    return None if amount is None else float(amount)


def _table(record: Any) -> str:
    return str(record.__record__.table)


def _client(making: Making, r: Any) -> None:
    making.add(
        "Companies",
        id=making.company(r.id),
        companyName=r.name,
        companyType=value(lists.COMPANY, r.kind) or 1,
        classification=making.label("Companies", "classification", r.tier),
        isActive=r.ended_at is None,
        createDate=stamp(r.started_at),
        lastActivityDate=stamp(r.updated_at),
        lastTrackedModifiedDateTime=None,
        phone="555-0100",
        userDefinedFields=[{"name": "Account note", "value": "pays late"}],
    )


def _technician(making: Making, r: Any) -> None:
    first, _, last = str(r.name).partition(" ")
    making.add(
        "Resources",
        id=int(r.id),
        firstName=first,
        lastName=last,
        title=TITLES.get(r.role),
        isActive=r.is_active,
        licenseType=1,
        internalCost=money(r.hourly_cost),
        email="someone@acme.example",
        userDefinedFields=[],
    )


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


def _agreement(making: Making, r: Any) -> None:
    making.add(
        "Contracts",
        id=int(r.id),
        companyID=making.company(r.client),
        contractName=r.name,
        contractType=value(lists.CONTRACT, r.kind),
        contractCategory=making.label("Contracts", "contractCategory", r.package),
        contractPeriodType=value(lists.CYCLE, r.billing_cycle),
        startDate=midnight(r.started_on),
        endDate=midnight(r.ended_on),
        status=value(lists.ACTIVE, r.is_active),
        contactName="Ann Client",
    )


def _line(making: Making, r: Any) -> None:
    service = own_value(r.product)
    if all(row["id"] != service for row in making.rows["Services"]):
        making.add("Services", id=service, name=r.product, periodType=1)
    making.add(
        "ContractServices",
        id=int(r.id),
        contractID=int(r.agreement),
        serviceID=service,
        unitPrice=money(r.unit_price),
        unitCost=money(r.unit_cost),
        invoiceDescription=None,
    )
    started, ended = r.started_on or date(2024, 1, 1), r.ended_on or FOR_EVER
    periods = ((started - timedelta(days=31), started - timedelta(days=1), 1), (started, ended, r.quantity))
    for place, (start, end, units) in enumerate(periods):
        making.add(
            "ContractServiceUnits",
            id=int(r.id) * 10 + place,
            contractID=int(r.agreement),
            contractServiceID=int(r.id),
            units=int(units),
            price=999.0,
            startDate=midnight(start),
            endDate=midnight(end),
        )


def _invoice(making: Making, r: Any) -> None:
    making.add(
        "Invoices",
        id=int(r.id),
        companyID=making.company(r.client),
        invoiceNumber=r.number,
        invoiceDateTime=midnight(r.issued_on),
        dueDate=midnight(r.due_on),
        paidDate=midnight(r.paid_on),
        createDateTime=stamp(r.created_at),
        invoiceTotal=money(r.total),
        isVoided=False,
        voidedDate=None,
    )


def _billed(making: Making, r: Any) -> None:
    making.add(
        "BillingItems",
        id=int(r.id),
        invoiceID=int(r.invoice),
        contractID=number(r.agreement),
        itemName=r.product,
        quantity=r.quantity,
        rate=money(r.unit_price),
        extendedPrice=money(r.amount),
        serviceID=own_value(r.product) if r.is_recurring else None,
        serviceBundleID=None,
        timeEntryID=None,
        expenseItemID=None,
        ticketChargeID=1 if r.is_recurring is False else None,
        projectChargeID=None,
        contractChargeID=None,
        milestoneID=None,
        postedDate=stamp(r.updated_at),
    )


def _opportunity(making: Making, r: Any) -> None:
    making.add(
        "Opportunities",
        id=int(r.id),
        companyID=making.company(r.client),
        title=r.name,
        stage=making.label("Opportunities", "stage", r.stage),
        status=value(lists.OUTCOME, r.outcome),
        amount=99_999.0,
        onetimeRevenue=money(r.amount),
        monthlyRevenue=money(r.monthly_amount),
        quarterlyRevenue=None,
        semiannualRevenue=None,
        yearlyRevenue=None,
        createDate=stamp(r.created_at),
        closedDate=stamp(r.closed_at) if r.outcome == "won" else None,
        lostDate=stamp(r.closed_at) if r.outcome == "lost" else None,
        lastActivity=stamp(r.updated_at),
    )


def _project(making: Making, r: Any) -> None:
    kind = "delivery" if r.kind in ("onboarding", "offboarding") else r.kind
    making.add(
        "Projects",
        id=int(r.id),
        companyID=making.company(r.client),
        projectName=r.name,
        projectType=value(lists.PROJECT, kind),
        status=making.label("Projects", "status", r.status),
        projectLeadResourceID=number(r.technician),
        startDateTime=midnight(r.planned_start_on),
        endDateTime=midnight(r.planned_end_on),
        completedDateTime=midnight(r.finished_on),
        createDateTime=stamp(r.created_at),
        lastActivityDateTime=stamp(r.updated_at),
    )


def _task(making: Making, r: Any) -> None:
    making.add(
        "Tasks",
        id=int(r.id),
        projectID=int(r.project),
        title=r.name,
        status=making.label("Tasks", "status", r.status),
        endDateTime=stamp(r.due_at),
        completedDateTime=stamp(r.done_at),
        createDateTime=stamp(r.updated_at),
        lastActivityDateTime=stamp(r.updated_at),
    )


def is_note(meeting: Any) -> bool:
    """Whether a meeting was written down as a note; the others were planned as to-dos."""
    return int(meeting.id) % 3 == 0


def _meeting(making: Making, r: Any) -> None:
    written = "Talked about the budget with Ann" if r.has_notes else None
    ended = r.at + timedelta(minutes=r.minutes) if r.at and r.minutes else None
    done = stamp(ended or r.at) if r.is_held else None
    shared = {
        "id": int(r.id),
        "companyID": making.company(r.client),
        "actionType": value(lists.ACTION, r.kind),
        "startDateTime": stamp(r.at),
        "endDateTime": stamp(ended),
        "createDateTime": stamp(r.updated_at),
        "lastModifiedDate": stamp(r.updated_at),
    }
    resource = number(r.technician)
    if is_note(r):
        making.add(
            "CompanyNotes", **shared, assignedResourceID=resource, completedDateTime=done, note=written
        )
    else:
        making.add(
            "CompanyToDos",
            **shared,
            assignedToResourceID=resource,
            completedDate=done,
            activityDescription=written,
        )


def _device(making: Making, r: Any) -> None:
    making.add(
        "ConfigurationItems",
        id=int(r.id),
        companyID=making.company(r.client),
        configurationItemType=value(lists.DEVICE, r.kind),
        referenceTitle=r.name,
        serialNumber=r.serial_number,
        isActive=True,
        installDate=stamp(r.installed_at),
        createDate=stamp(r.installed_at or r.updated_at),
        lastModifiedTime=stamp(r.updated_at),
        rmmDeviceID=None,
        rmmDeviceUID=f"uid-{r.id}" if r.is_managed else None,
    )


def _response(making: Making, r: Any) -> None:
    making.add(
        "SurveyResults",
        id=int(r.id),
        companyID=making.company(r.client),
        ticketID=number(r.ticket),
        surveyRating=None if r.score_raw is None else float(r.score_raw),
        completeDate=stamp(r.at),
        contactID=100,
    )


_MAKERS: dict[str, Callable[[Making, Any], None]] = {
    "clients": _client,
    "technicians": _technician,
    "tickets": _ticket,
    "sla_policies": _policy,
    "ticket_events": _event,
    "time_entries": _time,
    "agreements": _agreement,
    "agreement_lines": _line,
    "invoices": _invoice,
    "invoice_lines": _billed,
    "opportunities": _opportunity,
    "projects": _project,
    "project_tasks": _task,
    "meetings": _meeting,
    "devices": _device,
    "survey_responses": _response,
}

ENTITIES = (
    "Companies", "Resources", "Tickets", "ServiceLevelAgreementResults", "TicketHistory", "TimeEntries",
    "BillingCodes", "Contracts", "ContractServices", "ContractServiceUnits", "ContractServiceBundles",
    "ContractServiceBundleUnits", "Services", "ServiceBundles", "Invoices", "BillingItems", "Opportunities",
    "Projects", "Tasks", "CompanyNotes", "CompanyToDos", "ConfigurationItems", "SurveyResults",
)  # fmt: skip
