"""Records as HaloPSA shows them: rows of its lists, by its own description of its entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from phasewise.model.records.calendars import Calendar, SlaPolicy
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.halopsa import words
from phasewise.sandbox.vendors.halopsa.business import (
    answer_row,
    appointment_row,
    article_row,
    asset_row,
    contract_row,
    invoice_row,
    opportunity_row,
    payment_row,
    project_row,
    recurring_row,
)
from phasewise.sandbox.vendors.halopsa.forms import NOBODY, amount, row_id, written_time
from phasewise.sandbox.vendors.halopsa.histories import happened_at, numbered

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
        "ClientContract": _each(contract_row, by_table.get("agreements")),
        "RecurringInvoice": [
            recurring_row(r, lines.get(r.id, ()))
            for r in by_table.get("agreements", ())
            if r.monthly_amount is not None
        ],
        "Invoice": [invoice_row(r, billed.get(r.id, ())) for r in by_table.get("invoices", ())],
        "InvoicePayment": _each(payment_row, by_table.get("payments")),
        "Opportunities": _each(opportunity_row, by_table.get("opportunities")),
        "Projects": _each(project_row, by_table.get("projects")),
        "Appointment": _each(appointment_row, by_table.get("meetings")),
        "Asset": _each(asset_row, by_table.get("devices")),
        "Feedback": _each(answer_row, by_table.get("survey_responses")),
        "KBArticle": _each(article_row, written),
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
        "alastupdate": written_time(client.updated_at),
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
        "costprice": amount(technician.hourly_cost),
        "isapiagent": False,
        "last_modified": written_time(technician.updated_at),
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
        "workday_id": row_id(policy.calendar),
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
        "dateoccurred": written_time(ticket.opened_at),
        "status_id": words.STATUSES[status][0],
        "tickettype_id": kind[0],
        "tickettype_name": kind[1],
        "sla_id": row_id(last.policy if last is not None else None),
        "priority_id": priority[0],
        "client_id": row_id(ticket.client, nobody=NOBODY),
        "user_id": row_id(ticket.requester),
        "user_name": "Somebody",
        "team": ticket.queue,
        "agent_id": row_id(ticket.technician, nobody=NOBODY),
        "category_1": ticket.category,
        "category_2": ticket.subcategory,
        "parent_id": row_id(ticket.parent if ticket.status != "merged" else None),
        "merged_into_id": row_id(ticket.parent if ticket.status == "merged" else None),
        "source": words.SOURCES.get(ticket.source or "", 0),
        "onhold": ticket.status == "waiting",
        "respondbydate": written_time(None if first is None else first.due_at),
        "responsedate": written_time(ticket.first_response_at),
        "slaresponsestate": {"met": "I", "missed": "O"}.get(
            "" if first is None else first.vendor_outcome or ""
        ),
        "fixbydate": written_time(None if last is None else last.due_at),
        "dateclosed": written_time(ticket.closed_at or ticket.resolved_at),
        "excludefromsla": not promised,
        "slaholdtime": None if last is None or last.paused_minutes is None else last.paused_minutes / 60,
        "last_update": written_time(ticket.updated_at, marked=True),
        "reassigncount": ticket.reassigned_count,
        "deleted": False,
    }


def _action(ticket: str, number: int, record: TicketEvent | TimeEntry) -> Item:
    row: Item = {
        "ticket_id": int(ticket),
        "id": number,
        "datetime": written_time(happened_at(record)),
        "last_updated": written_time(record.updated_at),
        "who_agentid": row_id(record.technician),
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
        "actionarrivaldate": written_time(entry.started_at),
        "actiondatecreated": written_time(entry.entered_at),
        "project_id": row_id(entry.project),
        "action_contract_id": row_id(entry.agreement),
        "actionchargehours": hours if entry.is_billable else 0.0,
        "actionnonchargehours": 0.0 if entry.is_billable else hours,
        "actioninvoicenumber": "INV-1" if entry.is_invoiced else "0",
    }


def _happened(event: TicketEvent) -> Item:
    row: Item = {
        "outcome": event.kind,
        "note": "",
        "timetaken": 0,
        "actiondatecreated": written_time(event.at),
    }
    if event.kind == "status":
        row["old_status"] = words.STATUSES.get(event.from_value or "", (0, ""))[0]
        row["new_status"] = words.STATUSES.get(event.to_value or "", (0, ""))[0]
    elif event.kind == "assignment":
        row["new_agent"] = row_id(event.to_value, nobody=NOBODY)
    elif event.kind == "group":
        row["new_team"] = event.to_value
    elif event.kind == "priority":
        row["new_priority"] = words.PRIORITIES.get(event.to_value or "", (0, ""))[0]
    elif event.kind == "client_reply":
        row |= {"note": "What the client wrote", "emaildirection": "I", "who_agentid": 0}
    elif event.kind == "comment":
        row["note"] = "What was written"
    return row
