"""Records of the model as Syncro's own rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.projects import Opportunity
from phasewise.model.records.tickets import Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.syncro.forms import (
    ASSET_TYPES,
    ESTIMATES,
    GROUPS,
    PRIORITIES,
    STATUSES,
    instant,
    kb,
    midnight,
    number_of,
    patch_runs,
    tickets_of_alerts,
    written_on,
)


def render(records: Iterable[Any]) -> dict[str, list[Item]]:
    """Collection → Syncro's rows; records that it has not are left out."""
    held = list(records)
    rows: dict[str, list[Item]] = {
        name: [row(record) for record in held if isinstance(record, kind)]
        for name, (kind, row) in _ROWS.items()
    }
    rows["comments"] = [
        _comment(event) for record in held if isinstance(record, Ticket) for event in written_on(record)
    ]
    rows["schedules"] = _schedules(held)
    rows["patches"] = _patches(held)
    became = tickets_of_alerts(held)
    rows["rmm_alerts"] = [_alert(r, became.get(r.id)) for r in held if isinstance(r, Alert)]
    return rows


def _id(value: str | None) -> int | None:
    return None if value is None else int(value)


def _person(number: str | None) -> Item:
    """A customer as it is written into other rows."""
    return {
        "id": _id(number), "firstname": "Jane", "lastname": "Client", "fullname": "Jane Client",
        "email": "jane@client.example", "disabled": False, "properties": {},
    }  # fmt: skip


def _customer(record: Client) -> Item:
    return {
        **_person(record.id), "business_name": record.name, "business_then_name": record.name,
        "created_at": instant(record.started_at), "updated_at": instant(record.updated_at), "contacts": [],
    }  # fmt: skip


def _user(record: Technician) -> Item:
    return {
        "id": _id(record.id), "email": "user@msp.example", "full_name": record.name,
        "created_at": instant(record.updated_at), "updated_at": instant(record.updated_at),
        "group": GROUPS[record.role or "technician"], "admin": record.role == "manager", "color": "55b932",
    }  # fmt: skip


def _ticket(record: Ticket) -> Item:
    return {
        "id": _id(record.id), "number": number_of(record.id), "subject": record.title,
        "created_at": instant(record.opened_at), "updated_at": instant(record.updated_at),
        "customer_id": _id(record.client), "customer_business_then_name": "A name of that day",
        "due_date": instant(record.opened_at), "resolved_at": instant(record.resolved_at), "start_at": None,
        "end_at": None, "location_id": None, "problem_type": record.category,
        "status": STATUSES[record.status or "new"], "ticket_type_id": 1,
        "ticket_type_name": None if record.type is None else record.type.capitalize(), "properties": {},
        "user_id": _id(record.technician), "priority": PRIORITIES[record.priority or "medium"],
        "billing_status": None, "tag_list": [], "sla_name": "Standard", "sla_id": 1, "sla_breached": False,
        "creator_name_or_email": "jane@client.example", "contact_fullname": "Jane Client",
        "contact_id": _id(record.requester), "contract_id": _id(record.agreement), "parent": False,
        "parent_id": _id(record.parent), "child": record.parent is not None, "customer_reply": False,
        "resolution_time": None, "response_time": None, "comments": [], "user": None,
    }  # fmt: skip


def _comment(event: TicketEvent) -> Item:
    is_reply = event.kind == "client_reply"
    return {
        "id": _id(event.id), "created_at": instant(event.at), "updated_at": instant(event.at),
        "ticket_id": _id(event.ticket), "subject": "Initial Issue" if is_reply else "Update",
        "body": "Words of Jane Client", "tech": "customer-reply" if is_reply else "A technician",
        "hidden": False, "user_id": _id(event.technician), "is_rich_text": False,
    }  # fmt: skip


def _timer(record: TimeEntry) -> Item:
    start = record.started_at
    end = None if start is None else start + timedelta(minutes=record.minutes)
    return {
        "id": _id(record.id), "ticket_id": _id(record.ticket), "user_id": _id(record.technician),
        "start_time": instant(start), "end_time": instant(end), "recorded": bool(record.is_invoiced),
        "created_at": instant(record.entered_at), "updated_at": instant(record.updated_at),
        "billable": record.is_billable, "notes": "Talked to Jane Client", "product_id": None,
        "comment_id": None, "ticket_line_item_id": None, "active_duration": record.minutes * 60,
        "billable_time": 120, "billable_override": None,
    }  # fmt: skip


def _invoice(record: Invoice) -> Item:
    return {
        "id": _id(record.id), "customer_id": _id(record.client), "number": record.number,
        "created_at": instant(record.created_at), "updated_at": instant(record.updated_at),
        "date": midnight(record.issued_on), "due_date": midnight(record.due_on),
        "subtotal": str(record.total), "total": str(record.total), "tax": "0.0",
        "is_paid": record.paid_on is not None, "verified_paid": False, "ticket_id": None,
        "contact_id": None, "note": None, "hardwarecost": None, "user_id": None,
    }  # fmt: skip


def _line_item(record: InvoiceLine) -> Item:
    return {
        "id": _id(record.id), "created_at": instant(record.updated_at),
        "updated_at": instant(record.updated_at), "invoice_id": _id(record.invoice), "item": record.product,
        "name": f"{record.product}, as described", "cost": str(record.unit_cost),
        "price": str(record.unit_price), "quantity": str(record.quantity), "product_id": None,
        "taxable": True, "discount_percent": None, "discount_dollars": None,
    }  # fmt: skip


def _payment(record: Payment) -> Item:
    return {
        "id": _id(record.id), "created_at": instant(record.updated_at),
        "updated_at": instant(record.updated_at), "success": True,
        "payment_amount": float(record.amount or 0), "invoice_ids": [_id(record.invoice)],
        "applied_at": midnight(record.paid_on), "payment_method": "Check", "customer": _person(record.client),
    }  # fmt: skip


def _schedules(held: Iterable[Any]) -> list[Item]:
    lines: dict[str, list[Item]] = {}
    for record in held:
        if isinstance(record, AgreementLine):
            lines.setdefault(record.agreement, []).append(_schedule_line(record))
    return [_schedule(r, lines.get(r.id, [])) for r in held if isinstance(r, Agreement)]


def _schedule(record: Agreement, lines: list[Item]) -> Item:
    return {
        "id": _id(record.id), "account_id": 1, "customer_id": _id(record.client),
        "frequency": (record.billing_cycle or "monthly").capitalize(), "name": record.name,
        "next_run": midnight(record.next_bill_on), "subtotal": float(record.monthly_amount or 0),
        "paused": not record.is_active, "last_invoice_paid": None, "lines": lines,
    }  # fmt: skip


def _schedule_line(record: AgreementLine) -> Item:
    return {
        "id": _id(record.id), "schedule_id": _id(record.agreement), "name": record.product,
        "quantity": str(record.quantity), "retail_cents": _cents(record.unit_price),
        "cost_cents": _cents(record.unit_cost), "price_retail": float(record.unit_price or 0),
        "product_id": None, "taxable": False, "one_time_charge": False, "recurring_type_id": None,
        "asset_type_id": None, "device_ids": [],
    }  # fmt: skip


def _cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def _estimate(record: Opportunity) -> Item:
    return {
        "id": _id(record.id), "customer_id": _id(record.client), "name": record.name,
        "number": f"E{record.id}", "status": ESTIMATES[record.outcome or "open"],
        "created_at": instant(record.created_at), "updated_at": instant(record.updated_at),
        "date": instant(record.created_at), "subtotal": str(record.amount), "total": str(record.amount),
        "tax": "0.0", "ticket_id": None, "invoice_id": None, "employee": "A technician",
    }  # fmt: skip


def _asset(record: Device) -> Item:
    return {
        "id": _id(record.id), "name": record.name, "customer_id": _id(record.client), "contact_id": None,
        "created_at": instant(record.installed_at), "updated_at": instant(record.updated_at),
        "properties": {}, "asset_type": ASSET_TYPES.get(record.kind or "", "Syncro Device"),
        "asset_serial": record.serial_number, "customer": _person(record.client), "rmm_links": [],
        "rmm_store": {"asset_id": _id(record.id), "triggers": {"agent_offline_triggered": "false"}},
    }  # fmt: skip


def _patches(held: list[Any]) -> list[Item]:
    runs = patch_runs(held)
    return [_patches_of(r, runs.get(r.id, [])) for r in held if isinstance(r, Device)]


def _patches_of(device: Device, runs: list[AutomationRun]) -> Item:
    failed = [
        {"kb": kb(run), "title": run.automation, "category": "Updates", "status": "Failed Patches",
         "attempted_installation": instant(run.finished_at)}
        for run in runs if run.outcome == "failed"
    ]  # fmt: skip
    missing = [] if device.is_patched else [
        {"kb": "KB5027538", "title": "Cumulative update", "category": "Security Updates",
         "status": "Missing Patches", "evaluated_at": instant(device.updated_at)}
    ]  # fmt: skip
    installed = [
        {"kb": kb(run), "title": run.automation, "category": "Security Updates",
         "status": "Recently Installed", "installed_at": instant(run.finished_at)}
        for run in runs if run.outcome == "succeeded"
    ]  # fmt: skip
    found = [*failed, *missing]
    meta = {"page": 1, "per_page": 50, "total_pages": 1, "total_entries": len(found)}
    return {
        "id": _id(device.id),
        "installed_patches": installed,
        "available_patches": found,
        "available_patches_meta": meta,
    }


def _alert(record: Alert, ticket: str | None) -> Item:
    return {
        "id": _id(record.id), "customer_id": _id(record.client) or 0,
        "ticket_number": None if ticket is None else number_of(ticket), "ticket_status": None,
        "computer_name": "A machine", "properties": {}, "resolved": record.resolved_at is not None,
        "check_id": 1, "status": "A state", "formatted_output": "Details", "description": record.category,
        "created_at": instant(record.raised_at), "updated_at": instant(record.updated_at),
        "asset_id": _id(record.device),
    }  # fmt: skip


_ROWS: dict[str, tuple[type[Any], Callable[[Any], Item]]] = {
    "customers": (Client, _customer),
    "users": (Technician, _user),
    "tickets": (Ticket, _ticket),
    "ticket_timers": (TimeEntry, _timer),
    "invoices": (Invoice, _invoice),
    "line_items": (InvoiceLine, _line_item),
    "payments": (Payment, _payment),
    "estimates": (Opportunity, _estimate),
    "assets": (Device, _asset),
}
"""Collection → the records it is made of, and how."""
