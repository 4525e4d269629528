"""Records of the model as rows of ConnectWise: by its field lists, with its usual words.

What hangs on one row of another list stands in a collection of its own, with the number of that row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.automation import Device
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.calendars import SlaPolicy
from phasewise.model.records.meetings import Meeting
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.projects import Opportunity, Project, ProjectTask
from phasewise.model.records.surveys import SurveyResponse
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import words

FIRST_TASK = 100_000
"""Tickets of projects and of boards are numbered together: tasks get numbers of their own behind this."""

SURVEY, POINTS = 1, 4
EURO = "EUR"

COLLECTIONS = (
    "/company/companies", "/system/members", "/service/tickets", "/project/tickets", "/time/entries",
    "/finance/agreements", "additions", "/finance/invoices", "payments", "/procurement/products",
    "/sales/opportunities", "forecasts", "/sales/opportunities/statuses", "/project/projects",
    "/sales/activities", "/schedule/entries", "/company/configurations", "/service/surveys", "questions",
    "results", "/service/SLAs", "goals", "/service/boards", "statuses", "audits",
)  # fmt: skip


def render(records: Iterable[Any]) -> dict[str, list[Item]]:
    """The rows of every list, in the order of the records."""
    rows: dict[str, list[Item]] = {name: [] for name in COLLECTIONS}
    known = list(records)
    promises: dict[str, dict[str, SlaResult]] = {}
    for record in known:
        if isinstance(record, SlaResult):
            promises.setdefault(record.ticket, {})[record.target] = record
    boards = _names(known, Ticket, "queue")
    templates = _names(known, Project, "template")
    for record in known:
        if isinstance(record, Ticket):
            rows["/service/tickets"].append(_ticket(record, promises.get(record.id, {}), boards))
        elif isinstance(record, Project):
            rows["/project/projects"].append(_project(record, templates))
        elif type(record) in PLACES:
            name, make = PLACES[type(record)]
            rows[name].append(make(record))
    _add_tables(rows, known, boards)
    return rows


def _names(records: Iterable[Any], kind: type[Any], field: str) -> dict[str, int]:
    """Name → number, in the order of first appearance."""
    found: dict[str, int] = {}
    for record in records:
        if isinstance(record, kind) and (name := getattr(record, field)) is not None:
            found.setdefault(name, len(found) + 1)
    return found


def _add_tables(rows: dict[str, list[Item]], known: list[Any], boards: dict[str, int]) -> None:
    for record in known:
        if isinstance(record, SlaPolicy):
            rows["goals"] += _goals(record)
        elif isinstance(record, Opportunity):
            rows["forecasts"].append(_forecast(record))
    rows["/service/boards"] = [{"id": number, "name": name} for name, number in boards.items()]
    rows["statuses"] = [_status(name, number) for number in boards.values() for name in words.ESCALATION]
    rows["/sales/opportunities/statuses"] = [
        {
            "id": place,
            "name": word,
            "wonFlag": ours == "won",
            "lostFlag": ours == "lost",
            "closedFlag": ours in {"won", "lost"},
        }
        for place, (ours, word) in enumerate(words.OUTCOME.items(), 1)
    ]
    rows["/service/surveys"] = [{"id": SURVEY, "name": "How was it?", "inactiveFlag": False}]
    options = [
        {"caption": str(points), "points": points, "includeFlag": True} for points in range(POINTS + 1)
    ]
    rows["questions"] = [
        {"id": 1, "surveyId": SURVEY, "question": "How was it?", "includeFlag": True, "options": options}
    ]


def stamp(at: datetime | None) -> str | None:
    """An instant as ConnectWise writes it."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def midnight(day: date | None) -> str | None:
    """A date as ConnectWise writes it."""
    return None if day is None else f"{day:%Y-%m-%d}T00:00:00Z"


def ref(number: str | None, **more: Any) -> Item | None:
    """A reference to a row."""
    return None if number is None else {"id": int(number), **more}


def named(name: str | None, number: int = 1) -> Item | None:
    """A reference that is known by its name."""
    return None if name is None else {"id": number, "name": name}


def number(value: Decimal | float | None) -> float | None:
    """A number of JSON."""
    return None if value is None else float(value)


def info(changed: datetime | None, made: datetime | None = None) -> Item:
    """Who made the row and when; who changed it last and when."""
    return {"lastUpdated": stamp(changed), "updatedBy": "tech1", "dateEntered": stamp(made or changed)}


def _company(client: Client) -> Item:
    kind = words.CLIENT.get(client.kind or "")
    return {
        "id": int(client.id),
        "identifier": f"client{client.id}",
        "name": client.name,
        "types": [] if kind is None else [named(kind)],
        "leadFlag": client.kind == "prospect",
        "isVendorFlag": client.kind == "vendor",
        "dateAcquired": stamp(client.started_at),
        "deletedFlag": False,
        "dateDeleted": stamp(client.ended_at),
        "phoneNumber": "5550100",
        "_info": info(client.updated_at),
    }


def _member(technician: Technician) -> Item:
    first, _, last = (technician.name or "").partition(" ")
    return {
        "id": int(technician.id),
        "identifier": f"tech{technician.id}",
        "licenseClass": "F",
        "firstName": first,
        "lastName": last,
        "title": words.ROLE.get(technician.role or ""),
        "officeEmail": f"tech{technician.id}@msp.example",
        "inactiveFlag": not technician.is_active,
        "hourlyCost": number(technician.hourly_cost),
        "defaultDepartment": named(technician.team),
        "_info": info(technician.updated_at),
    }


def _ticket(ticket: Ticket, promised: dict[str, SlaResult], boards: dict[str, int]) -> Item:
    board = boards.get(ticket.queue or "")
    ended = ticket.status in words.ENDED
    is_merged = ticket.status == "merged"
    return {
        "id": int(ticket.id),
        "summary": ticket.title,
        "recordType": "ServiceTicket",
        "board": None if board is None else named(ticket.queue, board),
        "status": _status_of(ticket.status, board or 0),
        "company": ref(ticket.client, name="A client"),
        "contact": ref(ticket.requester, name="Jane Roe"),
        "contactName": "Jane Roe",
        "contactEmailAddress": "jane@client.example",
        "owner": ref(ticket.technician, identifier=f"tech{ticket.technician}"),
        "type": words.place(words.TYPE, ticket.type),
        "subType": named(ticket.category),
        "item": named(ticket.subcategory),
        "priority": words.place(words.PRIORITY, ticket.priority),
        "source": words.place(words.SOURCE, ticket.source),
        "agreement": ref(ticket.agreement),
        "parentTicketId": int(ticket.parent) if ticket.parent and not is_merged else None,
        "mergedParentTicket": ref(ticket.parent) if is_merged else None,
        "closedFlag": ended,
        "closedDate": stamp(ticket.closed_at) or "",
        "dateResponded": stamp(ticket.first_response_at) or "",
        "dateResolved": stamp(ticket.resolved_at) or "",
        **_sla(promised),
        "_info": info(ticket.updated_at, ticket.opened_at),
    }


def _sla(promised: dict[str, SlaResult]) -> Item:
    answer, end = promised.get("first_response"), promised.get("resolution")
    policy = next((result.policy for result in promised.values()), None)
    return {
        "sla": ref(policy, name="An SLA"),
        "slaStatus": "Resolve by Tue 03/04 9:00 AM UTC-05",
        "isInSla": all(result.vendor_outcome != "missed" for result in promised.values()),
        "respondMinutes": (answer and answer.elapsed_minutes) or 0,
        "resPlanMinutes": 0,
        "resolveMinutes": (end and end.elapsed_minutes) or 0,
        "respondedSkippedMinutes": (answer and answer.paused_minutes) or 0,
        "minutesWaiting": (end and end.paused_minutes) or 0,
    }


def _status_of(ours: str | None, board: int) -> Item | None:
    name = words.STATUS.get(ours or "")
    return None if name is None else {"id": board * 100 + list(words.ESCALATION).index(name), "name": name}


def _status(name: str, board: int) -> Item:
    return {
        "id": board * 100 + list(words.ESCALATION).index(name),
        "name": name,
        "board": ref(str(board)),
        "closedStatus": name in words.CLOSED,
        "escalationStatus": words.ESCALATION[name] or None,
        "inactive": False,
    }


def task_id(task: ProjectTask) -> int:
    """The number of a task among all tickets."""
    return FIRST_TASK + int(task.id)


def _task(task: ProjectTask) -> Item:
    return {
        "id": task_id(task),
        "summary": task.name,
        "project": ref(task.project),
        "phase": named("Delivery"),
        "board": named("Projects board", 90),
        "status": named(task.status),
        "company": None,
        "requiredDate": stamp(task.due_at),
        "closedDate": stamp(task.done_at) or "",
        "closedFlag": task.done_at is not None,
        "_info": info(task.updated_at),
    }


def _audit(event: TicketEvent) -> Item:
    before, after = event.from_raw, event.to_raw
    if event.kind == "status":
        before, after = (words.STATUS.get(word or "") for word in (event.from_value, event.to_value))
    subject = {"status": "Status", "priority": "Priority", "assignment": "Owner", "group": "Board"}
    if event.kind in subject:
        sentence = f'{subject[event.kind]} has been updated from "{before or ""}" to "{after or ""}".'
    else:
        sentence = "Email sent to jane@client.example"
    return {
        "ticket": int(event.ticket),
        "text": sentence,
        "enteredDate": stamp(event.at),
        "enteredBy": f"tech{event.technician}" if event.technician else "zAdmin",
        "auditType": "Record",
        "auditSubType": subject.get(event.kind, "Email"),
        "auditSource": "Ticket",
    }


def _time(entry: TimeEntry) -> Item:
    ended = None if entry.started_at is None else entry.started_at + timedelta(minutes=entry.minutes)
    return {
        "id": int(entry.id),
        "member": ref(entry.technician, identifier=f"tech{entry.technician}"),
        "company": ref(entry.client),
        "chargeToId": None if entry.ticket is None else int(entry.ticket),
        "chargeToType": "ChargeCode" if entry.ticket is None else "ServiceTicket",
        "ticket": None,  # older servers have no such field
        "project": ref(entry.project),
        "agreement": ref(entry.agreement),
        "workType": words.place(words.WORK, entry.purpose),
        "timeStart": stamp(entry.started_at),
        "timeEnd": stamp(ended),
        "dateEntered": stamp(entry.entered_at),
        "actualHours": round(entry.minutes / 60, 4),
        "billableOption": {True: "Billable", False: "DoNotBill", None: "NoDefault"}[entry.is_billable],
        "notes": "spoke with Jane Roe",
        "hourlyCost": "31.00",
        "invoice": {"id": 1, "identifier": "INV-0001"} if entry.is_invoiced else None,
        "status": "Billed" if entry.is_invoiced else "Open",
        "_info": info(entry.updated_at),
    }


def _agreement(agreement: Agreement) -> Item:
    return {
        "id": int(agreement.id),
        "name": agreement.name,
        "type": words.place(words.AGREEMENT, agreement.kind),
        "company": ref(agreement.client),
        "startDate": midnight(agreement.started_on),
        "endDate": midnight(agreement.ended_on),
        "noEndingDateFlag": agreement.ended_on is None,
        "cancelledFlag": False,
        "dateCancelled": None,
        "agreementStatus": {True: "Active", False: "Expired", None: None}[agreement.is_active],
        "billAmount": 0.0,
        "billingCycle": named((agreement.billing_cycle or "").capitalize() or None),
        "nextInvoiceDate": midnight(agreement.next_bill_on),
        "currency": {"id": 1, "symbol": "€", "currencyCode": agreement.currency},
        "_info": info(agreement.updated_at),
    }


def _addition(line: AgreementLine) -> Item:
    return {
        "id": int(line.id),
        "agreementId": int(line.agreement),
        "product": {"id": 1, "identifier": line.product},
        "quantity": line.quantity,
        "lessIncluded": 0.0,
        "billedQuantity": line.quantity,
        "unitPrice": number(line.unit_price),
        "unitCost": number(line.unit_cost),
        "billCustomer": "Billable",
        "effectiveDate": midnight(line.started_on),
        "cancelledDate": midnight(line.ended_on),
        "uom": words.UNIT.get(line.unit or ""),
        "_info": info(line.updated_at),
    }


def _invoice(invoice: Invoice) -> Item:
    kind, applies_to = words.INVOICE[invoice.kind or "other"]
    paid = None if invoice.total is None or invoice.balance is None else invoice.total - invoice.balance
    return {
        "id": int(invoice.id),
        "invoiceNumber": invoice.number,
        "type": kind,
        "applyToType": applies_to,
        "company": ref(invoice.client),
        "agreement": ref(invoice.agreement),
        "date": midnight(invoice.issued_on),
        "dueDate": midnight(invoice.due_on),
        "total": number(invoice.total),
        "balance": number(invoice.balance),
        "payments": number(paid),
        "agreementAmount": 0.0,
        "serviceTotal": 0.0,
        "expenseTotal": 0.0,
        "productTotal": number(invoice.total),
        "currency": {"id": 1, "symbol": "€", "currencyCode": invoice.currency},
        "_info": info(invoice.updated_at, invoice.created_at),
    }


def _product(line: InvoiceLine) -> Item:
    return {
        "id": int(line.id),
        "catalogItem": {"id": 1, "identifier": line.product},
        "quantity": line.quantity,
        "price": number(line.unit_price),
        "cost": number(line.unit_cost),
        "extPrice": number(line.amount),
        "billableOption": "Billable",
        "agreement": ref(line.agreement),
        "invoice": ref(line.invoice),
        "productClass": "Agreement" if line.is_recurring else "NonInventory",
        "cancelledFlag": False,
        "_info": info(line.updated_at),
    }


def _payment(payment: Payment) -> Item:
    return {
        "id": int(payment.id),
        "type": "Payment",
        "invoice": ref(payment.invoice),
        "amount": number(payment.amount),
        "paymentDate": midnight(payment.paid_on),
        "appliedBy": "tech1",
        "_info": info(payment.updated_at),
    }


def _opportunity(sale: Opportunity) -> Item:
    return {
        "id": int(sale.id),
        "name": sale.name,
        "company": ref(sale.client),
        "stage": named(sale.stage),
        "status": words.place(words.OUTCOME, sale.outcome),
        "closedDate": stamp(sale.closed_at),
        "currency": {"id": 1, "symbol": "€", "currencyCode": sale.currency},
        "_info": info(sale.updated_at, sale.created_at),
    }


def _forecast(sale: Opportunity) -> Item:
    rows: list[Item] = []
    if sale.amount is not None:
        rows.append({"id": 1, "revenue": number(sale.amount), "includeFlag": True, "recurringFlag": False})
    if sale.monthly_amount is not None:
        rows.append(
            {
                "id": 2,
                "revenue": 0.0,
                "includeFlag": True,
                "recurringFlag": True,
                "recurringRevenue": number(sale.monthly_amount),
                "billCycle": named("Monthly"),
            }
        )
    return {"id": int(sale.id), "forecastItems": rows}


def _project(project: Project, templates: dict[str, int]) -> Item:
    return {
        "id": int(project.id),
        "name": project.name,
        "company": ref(project.client),
        "type": words.place(words.PROJECT, project.kind),
        "projectTemplateId": templates.get(project.template or ""),
        "status": named(project.status),
        "manager": ref(project.technician),
        "estimatedStart": midnight(project.planned_start_on),
        "estimatedEnd": midnight(project.planned_end_on),
        "actualStart": midnight(project.started_on),
        "actualEnd": midnight(project.finished_on),
        "opportunity": ref(project.opportunity),
        "_info": info(project.updated_at, project.created_at),
    }


def _activity(meeting: Meeting) -> Item:
    planned = meeting.at is not None and meeting.minutes is not None
    ended = meeting.at + timedelta(minutes=meeting.minutes or 0) if planned and meeting.at else None
    return {
        "id": int(meeting.id),
        "name": "A meeting",
        "type": words.place(words.MEETING, meeting.kind),
        "company": ref(meeting.client),
        "contact": {"id": 40, "name": "Jane Roe"},
        "status": named(words.HELD[meeting.is_held]),
        "notes": "Jane was not amused" if meeting.has_notes else "",
        "dateStart": stamp(meeting.at),
        "dateEnd": stamp(ended),
        "assignTo": ref(meeting.technician),
        "_info": info(meeting.updated_at),
    }


def _configuration(device: Device) -> Item:
    return {
        "id": int(device.id),
        "name": device.name,
        "type": words.place(words.DEVICE, device.kind),
        "company": ref(device.client),
        "deviceIdentifier": f"rmm-{device.id}",
        "serialNumber": device.serial_number,
        "installationDate": stamp(device.installed_at),
        "lastLoginName": "jroe",
        "_info": info(device.updated_at),
    }


def points_of(response: SurveyResponse) -> int:
    """The points of an answer, of those that the survey can give."""
    return round((response.score or 0.0) * POINTS / 100)


def _result(response: SurveyResponse) -> Item:
    return {
        "id": int(response.id),
        "ticketId": None if response.ticket is None else int(response.ticket),
        "emailAddress": "jane@client.example",
        "footerResponse": "Thank you, John!" if response.has_comment else "",
        "totalPoints": points_of(response),
        "company": ref(response.client),
        "surveyId": SURVEY,
        "_info": info(response.updated_at, response.at),
    }


def _policy(policy: SlaPolicy) -> Item:
    return {
        "id": int(policy.id),
        "name": policy.name,
        "basedOn": "MyCalendar",
        "defaultFlag": policy.is_default,
        **_hours(policy, "medium"),
        "_info": info(policy.updated_at),
    }


def _goals(policy: SlaPolicy) -> list[Item]:
    """Goals by priority; where there is none for one, those of the SLA itself hold."""
    return [
        {"id": place, "sla": ref(policy.id), "priority": named(name, place), **_hours(policy, ours)}
        for place, (ours, name) in enumerate(words.PRIORITY.items(), 1)
        if ours not in {"medium", "other"}
    ]


def _hours(policy: SlaPolicy, priority: str) -> Item:
    goals: Any = policy.goals or {}
    minutes = {target: goals.get(target, {}).get(priority) for target in ("first_response", "resolution")}
    hours = {target: 0.0 if told is None else told / 60 for target, told in minutes.items()}
    return {
        "respondHours": hours["first_response"],
        "planWithin": 0.0,
        "resolutionHours": hours["resolution"],
    }


PLACES: dict[type[Any], tuple[str, Callable[[Any], Item]]] = {
    Client: ("/company/companies", _company),
    Technician: ("/system/members", _member),
    ProjectTask: ("/project/tickets", _task),
    TicketEvent: ("audits", _audit),
    TimeEntry: ("/time/entries", _time),
    Agreement: ("/finance/agreements", _agreement),
    AgreementLine: ("additions", _addition),
    Invoice: ("/finance/invoices", _invoice),
    InvoiceLine: ("/procurement/products", _product),
    Payment: ("payments", _payment),
    Opportunity: ("/sales/opportunities", _opportunity),
    Meeting: ("/sales/activities", _activity),
    Device: ("/company/configurations", _configuration),
    SurveyResponse: ("results", _result),
    SlaPolicy: ("/service/SLAs", _policy),
}
"""Kind of record → the list its row stands in, and how it is written there."""
