"""Records as HaloPSA shows them: rows of its lists, by its own description of its entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.calendars import Calendar, SlaPolicy
from phasewise.model.records.meetings import Meeting
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.projects import Opportunity, Project
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.halopsa import words
from phasewise.sandbox.vendors.halopsa.histories import happened_at, numbered

NOBODY = 999
"""Agent and client that are none. A Halo has 1 for both; here, 1 is somebody."""

NEVER = "1900-01-01T00:00:00"

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def render(records: Iterable[Any]) -> dict[str, list[Item]]:
    """Every list of a Halo that holds these records."""
    held = list(records)
    by_table: dict[str, list[Any]] = {}
    for record in held:
        by_table.setdefault(record.__record__.table, []).append(record)
    policies = by_table.get("sla_policies", [])
    elsewhere = {r.row: r.value for r in by_table.get("external_ids", ()) if r.table_name == "clients"}
    results = _under("ticket", by_table.get("sla_results", ()))
    lines = _under("agreement", by_table.get("agreement_lines", ()))
    billed = _under("invoice", by_table.get("invoice_lines", ()))
    written = [r for r in by_table.get("documents", ()) if r.kind in words.WRITTEN]
    return {
        "Client": [_client(r, elsewhere) for r in by_table.get("clients", ())],
        "Site": [
            {"id": int(r.id), "name": "Main", "client_id": float(r.id)} for r in by_table.get("clients", ())
        ],
        "Agent": _each(_agent, by_table.get("technicians")),
        "Workday": _each(_workday, by_table.get("calendars")),
        "SLA": _each(_level, policies),
        "Priority": [row for policy in policies for row in _priorities(policy)],
        "Status": _statuses(policies),
        "TicketType": [
            {"id": number, "name": name, "use": use}
            for use, types in (("reqs", words.TYPES), ("prjs", words.PROJECTS))
            for number, name in types.values()
        ],
        "Tickets": [_ticket(r, results.get(r.id, ())) for r in by_table.get("tickets", ())],
        "Actions": [_action(ticket, number, r) for ticket, number, r in numbered(held)],
        "ClientContract": _each(_contract, by_table.get("agreements")),
        "RecurringInvoice": [
            _recurring(r, lines.get(r.id, ()))
            for r in by_table.get("agreements", ())
            if r.monthly_amount is not None
        ],
        "Invoice": [_invoice(r, billed.get(r.id, ())) for r in by_table.get("invoices", ())],
        "InvoicePayment": _each(_payment, by_table.get("payments")),
        "Opportunities": _each(_opportunity, by_table.get("opportunities")),
        "Projects": _each(_project, by_table.get("projects")),
        "Appointment": _each(_appointment, by_table.get("meetings")),
        "Asset": _each(_asset, by_table.get("devices")),
        "Feedback": _each(_answer, by_table.get("survey_responses")),
        "KBArticle": _each(_article, written),
    }


def _each(make: Callable[[Any], Item], records: Iterable[Any] | None) -> list[Item]:
    return [make(record) for record in records or ()]


def _under(field: str, records: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for record in records:
        found.setdefault(getattr(record, field), []).append(record)
    return found


def _client(client: Client, elsewhere: Mapping[str, str]) -> Item:
    return {
        "id": int(client.id),
        "name": client.name,
        "inactive": client.ended_at is not None,
        "customertype_new": words.CLIENTS.get(client.kind or "client"),
        "isopportunity": int(client.kind == "prospect"),
        "alastupdate": _time(client.updated_at),
        "ninjarmmid": int(elsewhere.get(client.id, 0)),
        "main_contact_name": "Somebody",
    }


def _agent(technician: Technician) -> Item:
    return {
        "id": int(technician.id),
        "name": technician.name,
        "email": f"agent{technician.id}@example.com",
        "team": technician.team,
        "jobtitle": words.ROLES.get(technician.role or ""),
        "isdisabled": None if technician.is_active is None else not technician.is_active,
        "costprice": _number(technician.hourly_cost),
        "isapiagent": False,
        "last_modified": _time(technician.updated_at),
    }


def _workday(calendar: Calendar) -> Item:
    hours: dict[str, Any] = dict(calendar.hours) if isinstance(calendar.hours, dict) else {}
    row: Item = {
        "id": int(calendar.id),
        "name": calendar.name,
        "timezone": words.ZONES.get(calendar.zone or "", (calendar.zone, ""))[0],
        "alldayssame": False,
        "holidays": [{"date": f"{day}T00:00:00", "allday": True} for day in calendar.holidays or ()],
    }
    for day in DAYS:
        spans = hours.get(day[:3]) or []
        row[f"inc{day}"] = bool(spans)
        for part, clock in zip(("start", "end"), spans[0].split("-") if spans else (), strict=False):
            row[f"{part}{day}"] = f"1900-01-01T{clock}:00"
    return row


def _level(policy: SlaPolicy) -> Item:
    return {
        "id": int(policy.id),
        "name": policy.name,
        "workday_id": _reference(policy.calendar),
        "priorities": _priorities(policy),
    }


def _priorities(policy: SlaPolicy) -> list[Item]:
    goals: dict[str, Any] = dict(policy.goals) if isinstance(policy.goals, dict) else {}
    return [
        {
            "id": f"{int(policy.id):08d}-0000-0000-0000-{number:012d}",
            "slaid": int(policy.id),
            "priorityid": number,
            "name": name,
            "responsetime": goals.get("first_response", {}).get(word, 0) / 60,
            "responseunits": "H",
            "fixtime": goals.get("resolution", {}).get(word, 0) / 60,
            "fixunits": "H",
        }
        for word, (number, name) in words.PRIORITIES.items()
    ]


def _statuses(policies: Iterable[SlaPolicy]) -> list[Item]:
    pausing = {word for policy in policies for word in policy.pausing_statuses or ()}
    return [
        {"id": number, "name": name, "slaaction": "Hold" if word in pausing else "Release"}
        for word, (number, name) in words.STATUSES.items()
    ]


def _ticket(ticket: Ticket, results: Iterable[SlaResult]) -> Item:
    promised = {result.target: result for result in results}
    first, last = promised.get("first_response"), promised.get("resolution")
    status = "closed" if ticket.status == "merged" else ticket.status or "new"
    kind, priority = words.TYPES[ticket.type or "other"], words.PRIORITIES.get(ticket.priority or "", (0, ""))
    return {
        "id": int(ticket.id),
        "summary": ticket.title,
        "details": "What the client wrote",
        "dateoccurred": _time(ticket.opened_at),
        "status_id": words.STATUSES[status][0],
        "tickettype_id": kind[0],
        "tickettype_name": kind[1],
        "sla_id": _reference(last.policy if last is not None else None),
        "priority_id": priority[0],
        "client_id": _reference(ticket.client, nobody=NOBODY),
        "user_id": _reference(ticket.requester),
        "user_name": "Somebody",
        "team": ticket.queue,
        "agent_id": _reference(ticket.technician, nobody=NOBODY),
        "category_1": ticket.category,
        "category_2": ticket.subcategory,
        "parent_id": _reference(ticket.parent if ticket.status != "merged" else None),
        "merged_into_id": _reference(ticket.parent if ticket.status == "merged" else None),
        "source": words.SOURCES.get(ticket.source or "", 0),
        "onhold": ticket.status == "waiting",
        "respondbydate": _time(None if first is None else first.due_at),
        "responsedate": _time(ticket.first_response_at),
        "slaresponsestate": {"met": "I", "missed": "O"}.get(
            "" if first is None else first.vendor_outcome or ""
        ),
        "fixbydate": _time(None if last is None else last.due_at),
        "dateclosed": _time(ticket.closed_at or ticket.resolved_at),
        "excludefromsla": not promised,
        "slaholdtime": None if last is None or last.paused_minutes is None else last.paused_minutes / 60,
        "last_update": _time(ticket.updated_at, marked=True),
        "reassigncount": ticket.reassigned_count,
        "deleted": False,
    }


def _action(ticket: str, number: int, record: TicketEvent | TimeEntry) -> Item:
    row: Item = {
        "ticket_id": int(ticket),
        "id": number,
        "datetime": _time(happened_at(record)),
        "last_updated": _time(record.updated_at),
        "who_agentid": _reference(record.technician),
        "emailfrom": "somebody@example.com",
    }
    return row | (_worked(record) if isinstance(record, TimeEntry) else _happened(record))


def _worked(entry: TimeEntry) -> Item:
    hours = entry.minutes / 60
    return {
        "outcome": "Private Note",
        "note": "What was done",
        "hiddenfromuser": True,
        "timetaken": hours,
        "actionarrivaldate": _time(entry.started_at),
        "actiondatecreated": _time(entry.entered_at),
        "project_id": _reference(entry.project),
        "action_contract_id": _reference(entry.agreement),
        "actionchargehours": hours if entry.is_billable else 0.0,
        "actionnonchargehours": 0.0 if entry.is_billable else hours,
        "actioninvoicenumber": "INV-1" if entry.is_invoiced else "0",
    }


def _happened(event: TicketEvent) -> Item:
    row: Item = {"outcome": event.kind, "note": "", "timetaken": 0, "actiondatecreated": _time(event.at)}
    if event.kind == "status":
        row["old_status"] = words.STATUSES.get(event.from_value or "", (0, ""))[0]
        row["new_status"] = words.STATUSES.get(event.to_value or "", (0, ""))[0]
    elif event.kind == "assignment":
        row["new_agent"] = _reference(event.to_value, nobody=NOBODY)
    elif event.kind == "group":
        row["new_team"] = event.to_value
    elif event.kind == "priority":
        row["new_priority"] = words.PRIORITIES.get(event.to_value or "", (0, ""))[0]
    elif event.kind == "client_reply":
        row |= {"note": "What the client wrote", "emaildirection": "I", "who_agentid": 0}
    elif event.kind == "comment":
        row["note"] = "What was written"
    return row


def _contract(agreement: Agreement) -> Item:
    return {
        "id": int(agreement.id),
        "client_id": _reference(agreement.client, nobody=NOBODY),
        "ref": agreement.name,
        "refextra": agreement.package,
        "contracttype_name": words.AGREEMENTS.get(agreement.kind or "other"),
        "start_date": _midnight(agreement.started_on),
        "end_date": _midnight(agreement.ended_on),
        "active": agreement.is_active,
        "billing_period_string": (agreement.billing_cycle or "").capitalize() or None,
        "periodchargeamount": _number(agreement.monthly_amount),
        "next_invoice_date": _midnight(agreement.next_bill_on),
        "last_modified": _time(agreement.updated_at),
    }


def _recurring(agreement: Agreement, lines: Iterable[AgreementLine]) -> Item:
    net = agreement.monthly_amount or Decimal(0)
    return {
        "id": int(agreement.id),
        "client_id": _reference(agreement.client, nobody=NOBODY),
        "contract_id": int(agreement.id),
        "reference": agreement.name,
        "name": "Somebody",
        "startdate": _midnight(agreement.started_on),
        "enddate": _midnight(agreement.ended_on),
        "disabled": agreement.is_active is False,
        "periodname": "Monthly",
        "nextcreationdate": _midnight(agreement.next_bill_on),
        "currency_code_name": agreement.currency,
        "total": float(net + net / 5),
        "tax_total": float(net / 5),
        "is_recurring_invoice": True,
        "last_modified": _time(agreement.updated_at),
        "lines": [
            {
                "id": int(line.id),
                "item_shortdescription": line.product,
                "calculate_price_from_users": line.unit == "user",
                "calculate_price_from_assets": line.unit == "device",
                "qty_order": line.quantity,
                "unit_price": _number(line.unit_price),
                "unit_cost": _number(line.unit_cost),
                "startdate": _midnight(line.started_on),
                "enddate": _midnight(line.ended_on),
            }
            for line in lines
        ],
    }


def _invoice(invoice: Invoice, lines: Iterable[InvoiceLine]) -> Item:
    return {
        "id": int(invoice.id),
        "invoicenumber": invoice.number,
        "client_id": _reference(invoice.client, nobody=NOBODY),
        "name": "Somebody",
        "contract_id": _reference(invoice.agreement),
        "recurring_invoice_id": _reference(invoice.agreement if invoice.kind == "recurring" else None),
        "creditlinkedtoinvoiceid": int(invoice.kind == "credit"),
        "invoicetype": 1,
        "invoice_date": _midnight(invoice.issued_on),
        "duedate": _midnight(invoice.due_on),
        "datesent": _midnight(invoice.sent_on),
        "datepaid": _midnight(invoice.paid_on),
        "date_created": _time(invoice.created_at),
        "last_modified": _time(invoice.updated_at),
        "currency_code_name": invoice.currency,
        "total": _number(invoice.total),
        "amountdue": _number(invoice.balance),
        "voided": False,
        "lines": [
            {
                "id": int(line.id),
                "item_shortdescription": line.product,
                "contract_id": _reference(line.agreement),
                "recurring_invoice_id": _reference(line.agreement if line.is_recurring else None),
                "qty_order": line.quantity,
                "unit_price": _number(line.unit_price),
                "unit_cost": _number(line.unit_cost),
                "net_amount": _number(line.amount),
            }
            for line in lines
        ],
    }


def _payment(payment: Payment) -> Item:
    return {
        "id": int(payment.id),
        "invoice_id": _reference(payment.invoice),
        "client_id": _reference(payment.client, nobody=NOBODY),
        "date": _midnight(payment.paid_on),
        "amount": _number(payment.amount),
    }


def _opportunity(opportunity: Opportunity) -> Item:
    return {
        "id": int(opportunity.id),
        "summary": opportunity.name,
        "client_id": _reference(opportunity.client, nobody=NOBODY),
        "oppcontactname": "Somebody",
        "pipeline_stage_name": opportunity.stage,
        "status_name": words.OUTCOMES[opportunity.outcome or "open"],
        "oppvalue": _number(opportunity.amount),
        "oppconverteddate": NEVER,
        "dateoccurred": _time(opportunity.created_at),
        "dateclosed": _time(opportunity.closed_at),
        "last_update": _time(opportunity.updated_at),
    }


def _project(project: Project) -> Item:
    number, name = words.PROJECTS[project.kind or "other"]
    done = project.finished_on
    return {
        "id": int(project.id),
        "summary": project.name,
        "client_id": _reference(project.client, nobody=NOBODY),
        "agent_id": _reference(project.technician, nobody=NOBODY),
        "tickettype_id": number,
        "tickettype_name": name,
        "status_name": project.status,
        "startdate": _midnight(project.planned_start_on),
        "targetdate": _midnight(project.planned_end_on),
        "dateoccurred": _time(project.created_at),
        "dateclosed": NEVER if done is None else f"{done}T17:00:00",
        "last_update": _time(project.updated_at),
    }


def _appointment(meeting: Meeting) -> Item:
    end = None if meeting.at is None else meeting.at + timedelta(minutes=meeting.minutes or 0)
    return {
        "id": int(meeting.id),
        "client_id": _reference(meeting.client, nobody=NOBODY),
        "agent_id": _reference(meeting.technician, nobody=NOBODY),
        "subject": "With somebody",
        "appointment_type_name": words.MEETINGS[meeting.kind or "other"],
        "start_date": _time(meeting.at),
        "end_date": _time(end),
        "allday": False,
        "complete_date": _time(end if meeting.is_held else None),
        "complete_note": "What was said" if meeting.has_notes else "",
        "is_task": False,
        "holiday_id": None,
        "shift_type_id": 0,
        "last_modified": _time(meeting.updated_at),
    }


def _asset(device: Any) -> Item:
    return {
        "id": int(device.id),
        "client_id": _reference(device.client, nobody=NOBODY),
        "inventory_number": device.name,
        "assettype_name": words.DEVICES[device.kind or "other"],
        "username": "somebody",
        "inactive": False,
        "ninjarmm_id": 1000 + int(device.id),
        "datto_id": "",
    }


def _answer(response: Any) -> Item:
    return {
        "id": int(response.id),
        "ticket_id": _reference(response.ticket),
        "score": None if response.score_raw is None else int(response.score_raw),
        "date": _time(response.at),
        "comment": "What the client thinks" if response.has_comment else "",
    }


def _article(document: Any) -> Item:
    return {
        "id": int(document.id),
        "name": document.title,
        "description": "How it is done",
        "date_created": _time(document.created_at),
        "date_edited": _time(document.edited_at),
        "inactive": bool(document.is_archived),
        "type": 0,
    }


def _time(at: datetime | None, *, marked: bool = False) -> str:
    """Some of Halo's times end with a Z and some with nothing; both are UTC."""
    return NEVER if at is None else f"{at:%Y-%m-%dT%H:%M:%S}" + ("Z" if marked else "")


def _midnight(on: date | None) -> str:
    return NEVER if on is None else f"{on}T00:00:00"


def _reference(id_: str | None, *, nobody: int = 0) -> int:
    return nobody if id_ is None else int(id_)


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
