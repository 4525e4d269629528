"""What is agreed, billed, sold, met and written down, as rows of HaloPSA."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.meetings import Meeting
from phasewise.model.records.projects import Opportunity, Project
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.halopsa import words
from phasewise.sandbox.vendors.halopsa.forms import NEVER, NOBODY, amount, midnight, row_id, written_time


def contract_row(agreement: Agreement) -> Item:
    """A contract."""
    return {
        "id": int(agreement.id),
        "client_id": row_id(agreement.client, nobody=NOBODY),
        "ref": agreement.name,
        "refextra": agreement.package,
        "contracttype_name": words.AGREEMENTS.get(agreement.kind or "other"),
        "start_date": midnight(agreement.started_on),
        "end_date": midnight(agreement.ended_on),
        "active": agreement.is_active,
        "billing_period_string": (agreement.billing_cycle or "").capitalize() or None,
        "periodchargeamount": amount(agreement.monthly_amount),
        "next_invoice_date": midnight(agreement.next_bill_on),
        "last_modified": written_time(agreement.updated_at),
    }


def recurring_row(agreement: Agreement, lines: Iterable[AgreementLine]) -> Item:
    """The recurring invoice that bills an agreement, with its lines."""
    net = agreement.monthly_amount or Decimal(0)
    return {
        "id": int(agreement.id),
        "client_id": row_id(agreement.client, nobody=NOBODY),
        "contract_id": int(agreement.id),
        "reference": agreement.name,
        "name": "Somebody",
        "startdate": midnight(agreement.started_on),
        "enddate": midnight(agreement.ended_on),
        "disabled": agreement.is_active is False,
        "periodname": "Monthly",
        "nextcreationdate": midnight(agreement.next_bill_on),
        "currency_code_name": agreement.currency,
        "total": float(net + net / 5),
        "tax_total": float(net / 5),
        "is_recurring_invoice": True,
        "last_modified": written_time(agreement.updated_at),
        "lines": [
            {
                "id": int(line.id),
                "item_shortdescription": line.product,
                "calculate_price_from_users": line.unit == "user",
                "calculate_price_from_assets": line.unit == "device",
                "qty_order": line.quantity,
                "unit_price": amount(line.unit_price),
                "unit_cost": amount(line.unit_cost),
                "startdate": midnight(line.started_on),
                "enddate": midnight(line.ended_on),
            }
            for line in lines
        ],
    }


def invoice_row(invoice: Invoice, lines: Iterable[InvoiceLine]) -> Item:
    """An invoice with its lines."""
    return {
        "id": int(invoice.id),
        "invoicenumber": invoice.number,
        "client_id": row_id(invoice.client, nobody=NOBODY),
        "name": "Somebody",
        "contract_id": row_id(invoice.agreement),
        "recurring_invoice_id": row_id(invoice.agreement if invoice.kind == "recurring" else None),
        "creditlinkedtoinvoiceid": int(invoice.kind == "credit"),
        "invoicetype": 1,
        "invoice_date": midnight(invoice.issued_on),
        "duedate": midnight(invoice.due_on),
        "datesent": midnight(invoice.sent_on),
        "datepaid": midnight(invoice.paid_on),
        "date_created": written_time(invoice.created_at),
        "last_modified": written_time(invoice.updated_at),
        "currency_code_name": invoice.currency,
        "total": amount(invoice.total),
        "amountdue": amount(invoice.balance),
        "voided": False,
        "lines": [
            {
                "id": int(line.id),
                "item_shortdescription": line.product,
                "contract_id": row_id(line.agreement),
                "recurring_invoice_id": row_id(line.agreement if line.is_recurring else None),
                "qty_order": line.quantity,
                "unit_price": amount(line.unit_price),
                "unit_cost": amount(line.unit_cost),
                "net_amount": amount(line.amount),
            }
            for line in lines
        ],
    }


def payment_row(payment: Payment) -> Item:
    """A payment."""
    return {
        "id": int(payment.id),
        "invoice_id": row_id(payment.invoice),
        "client_id": row_id(payment.client, nobody=NOBODY),
        "date": midnight(payment.paid_on),
        "amount": amount(payment.amount),
    }


def opportunity_row(opportunity: Opportunity) -> Item:
    """An opportunity: a ticket to Halo."""
    return {
        "id": int(opportunity.id),
        "summary": opportunity.name,
        "client_id": row_id(opportunity.client, nobody=NOBODY),
        "oppcontactname": "Somebody",
        "pipeline_stage_name": opportunity.stage,
        "status_name": words.OUTCOMES[opportunity.outcome or "open"],
        "oppvalue": amount(opportunity.amount),
        "oppconverteddate": NEVER,
        "dateoccurred": written_time(opportunity.created_at),
        "dateclosed": written_time(opportunity.closed_at),
        "last_update": written_time(opportunity.updated_at),
    }


def project_row(project: Project) -> Item:
    """A project: a ticket to Halo."""
    number, name = words.PROJECTS[project.kind or "other"]
    done = project.finished_on
    return {
        "id": int(project.id),
        "summary": project.name,
        "client_id": row_id(project.client, nobody=NOBODY),
        "agent_id": row_id(project.technician, nobody=NOBODY),
        "tickettype_id": number,
        "tickettype_name": name,
        "status_name": project.status,
        "startdate": midnight(project.planned_start_on),
        "targetdate": midnight(project.planned_end_on),
        "dateoccurred": written_time(project.created_at),
        "dateclosed": NEVER if done is None else f"{done}T17:00:00",
        "last_update": written_time(project.updated_at),
    }


def appointment_row(meeting: Meeting) -> Item:
    """An appointment."""
    end = None if meeting.at is None else meeting.at + timedelta(minutes=meeting.minutes or 0)
    return {
        "id": int(meeting.id),
        "client_id": row_id(meeting.client, nobody=NOBODY),
        "agent_id": row_id(meeting.technician, nobody=NOBODY),
        "subject": "With somebody",
        "appointment_type_name": words.MEETINGS[meeting.kind or "other"],
        "start_date": written_time(meeting.at),
        "end_date": written_time(end),
        "allday": False,
        "complete_date": written_time(end if meeting.is_held else None),
        "complete_note": "What was said" if meeting.has_notes else "",
        "is_task": False,
        "holiday_id": None,
        "shift_type_id": 0,
        "last_modified": written_time(meeting.updated_at),
    }


def asset_row(device: Any) -> Item:
    """An asset."""
    return {
        "id": int(device.id),
        "client_id": row_id(device.client, nobody=NOBODY),
        "inventory_number": device.name,
        "assettype_name": words.DEVICES[device.kind or "other"],
        "username": "somebody",
        "inactive": False,
        "ninjarmm_id": 1000 + int(device.id),
        "datto_id": "",
    }


def answer_row(response: Any) -> Item:
    """An answer to a survey."""
    return {
        "id": int(response.id),
        "ticket_id": row_id(response.ticket),
        "score": None if response.score_raw is None else int(response.score_raw),
        "date": written_time(response.at),
        "comment": "What the client thinks" if response.has_comment else "",
    }


def article_row(document: Any) -> Item:
    """An article of the knowledge base."""
    return {
        "id": int(document.id),
        "name": document.title,
        "description": "How it is done",
        "date_created": written_time(document.created_at),
        "date_edited": written_time(document.edited_at),
        "inactive": bool(document.is_archived),
        "type": 0,
    }
