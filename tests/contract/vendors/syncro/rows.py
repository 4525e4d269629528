"""Rows as Syncro writes them: the examples of its API documentation, each with a number and a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

BEGIN = datetime(2026, 2, 1, 8, 30, 0, 123000, tzinfo=UTC)

PERSON = {
    "id": 1, "firstname": "Walkin", "lastname": "Customer", "fullname": "Walkin Customer",
    "business_name": None, "email": "walkin@somedomain.com", "phone": "123", "mobile": None,
    "created_at": "2019-10-21T08:33:21.053Z", "updated_at": "2019-10-21T08:33:21.053Z", "pdf_url": None,
    "address": None, "address_2": None, "city": None, "state": None, "zip": None, "latitude": None,
    "longitude": None, "notes": None, "get_sms": False, "opt_out": False, "disabled": False,
    "no_email": True, "location_name": None, "location_id": None, "properties": {},
    "online_profile_url": "http://testsubdomainwi1.lvh.me//my_profile/v2/index?portal_key=81lcr4ua1parft",
    "tax_rate_id": None, "notification_email": None, "invoice_cc_emails": None, "invoice_term_id": None,
    "referred_by": None, "ref_customer_id": None, "business_and_full_name": "Walkin Customer",
    "business_then_name": "Walkin Customer", "contacts": [],
}  # fmt: skip
PRIVATE = ("walkin@somedomain.com", "Walkin", "portal_key", "Jane Client", "jane@client.example")
"""What must be stored nowhere."""


def stamp(at: datetime) -> str:
    """A time as Syncro writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def moment(number: int) -> datetime:
    """When row of that number was changed: six hours after the one before."""
    return BEGIN + timedelta(hours=6 * (number % 2000))


def times(number: int) -> dict[str, str]:
    """When a row was made and changed."""
    return {"created_at": stamp(moment(number)), "updated_at": stamp(moment(number))}


def customer(number: int, **values: Any) -> dict[str, Any]:
    """`GET /customers`."""
    return {**PERSON, "id": number, "business_name": f"Business {number}", **times(number), **values}


def user(number: int, **values: Any) -> dict[str, Any]:
    """`GET /users/{id}`."""
    return {
        "id": number, "email": "username@example.com", "full_name": f"User {number}", **times(number),
        "group": ("Techs", "Admins", "Dispatchers")[number % 3], "admin": number % 3 == 1,
        "color": "55b932", **values,
    }  # fmt: skip


def ticket(number: int, **values: Any) -> dict[str, Any]:
    """`GET /tickets`."""
    is_done = number % 2 == 0
    return {
        "id": number, "number": 5000 + number, "subject": f"Some major problem {number}", **times(number),
        "customer_id": 1 + number % 5, "customer_business_then_name": "Walkin Customer",
        "due_date": stamp(moment(number)), "resolved_at": stamp(moment(number)) if is_done else None,
        "start_at": None, "end_at": None, "location_id": None, "location_name": None,
        "problem_type": "Virus", "status": "Resolved" if is_done else "New", "ticket_type_id": 1,
        "ticket_type_name": "Hardware", "properties": {}, "user_id": 1 + number % 3, "pdf_url": None,
        "priority": "1 High", "billing_status": None, "tag_list": [], "sla_name": None,
        "creator_name_or_email": "jane@client.example", "contact_fullname": "Jane Client",
        "contract_name": None, "address_id": None, "parent": False,
        "parent_id": 1 if number % 10 == 3 else None, "child": number % 10 == 3, "recurring": False,
        "customer_reply": False, "total_formatted_billable_time": None, "contact_id": 70 + number % 4,
        "sla_breached": False, "sla_breaching_soon": False, "contract_id": None, "sla_id": None,
        "customer_tag_list": [], "resolution_time": None, "response_time": None, "customer_icons": [],
        "comments": [], "user": None, **values,
    }  # fmt: skip


def comment(number: int, of: int, **values: Any) -> dict[str, Any]:
    """`GET /tickets/{id}/comments`."""
    return {
        "id": number, **times(of), "ticket_id": of, "subject": "Test Subject", "body": "Test Body of Jane",
        "tech": "Test Tech", "hidden": False, "user_id": 1, "is_rich_text": False, "user": {}, **values,
    }  # fmt: skip


def comments(of: int) -> list[dict[str, Any]]:
    """What is written on a ticket: by the client, then by a technician."""
    reply = comment(of * 10, of, subject="Initial Issue", tech="customer-reply", user_id=None)
    return [reply, comment(of * 10 + 1, of)]


def timer(number: int, **values: Any) -> dict[str, Any]:
    """`GET /ticket_timers`."""
    start = moment(number)
    return {
        "id": number, "ticket_id": 1 + number % 7, "user_id": 1 + number % 3, "start_time": stamp(start),
        "end_time": stamp(start + timedelta(minutes=10)), "recorded": False, **times(number),
        "billable": number % 2 == 0, "notes": "Talked to Jane Client", "toggl_id": None, "product_id": None,
        "comment_id": None, "ticket_line_item_id": None, "active_duration": 600, "billable_time": 120,
        "billable_override": None, **values,
    }  # fmt: skip


def invoice(number: int, **values: Any) -> dict[str, Any]:
    """`GET /invoices`."""
    return {
        "id": number, "customer_id": 1 + number % 5, "customer_business_then_name": "Wonk Donk",
        "number": f"{4400 + number}", **times(number), "date": "2026-02-06T00:00:00.000Z",
        "due_date": "2026-03-06T00:00:00.000Z", "subtotal": "100.0", "total": "113.07", "tax": "13.07",
        "verified_paid": False, "tech_marked_paid": False, "ticket_id": 1, "pdf_url": None,
        "is_paid": False, "location_id": None, "po_number": None, "contact_id": None, "note": None,
        "hardwarecost": None, "user_id": None, **values,
    }  # fmt: skip


def line_item(number: int, **values: Any) -> dict[str, Any]:
    """`GET /line_items`."""
    return {
        "id": number, **times(number), "invoice_id": 1 + number % 9, "item": "Test Item",
        "name": "Some big thingy", "cost": "10.0", "price": "64.99", "quantity": "3.0", "product_id": None,
        "taxable": True, "discount_percent": None, "position": 1, "invoice_bundle_id": None,
        "discount_dollars": None, **values,
    }  # fmt: skip


def payment(number: int, **values: Any) -> dict[str, Any]:
    """`GET /payments`."""
    return {
        "id": number, **times(number), "success": True, "payment_amount": 100, "invoice_ids": [number],
        "ref_num": "11006", "applied_at": "2026-02-26T00:00:00.000Z", "payment_method": "Check",
        "transaction_response": None, "signature_date": None, "customer": PERSON, **values,
    }  # fmt: skip


def schedule_line(number: int, of: int, **values: Any) -> dict[str, Any]:
    """A line of `GET /schedules`, by the answer of `POST /schedules/{id}/add_line_item`."""
    return {
        "id": number, "cost_cents": 1210, "description": "Description", "name": "Managed workstation",
        "position": 0, "product_id": None, "quantity": "4.0", "retail_cents": 3950, "schedule_id": of,
        "taxable": False, "user_id": 1, "price_cost": 12.1, "price_retail": 39.5, "product_category": None,
        "asset_type_id": None, "recurring_type_id": None, "device_ids": [], "one_time_charge": False,
        **values,
    }  # fmt: skip


def schedule(number: int, **values: Any) -> dict[str, Any]:
    """`GET /schedules`."""
    return {
        "id": number, "account_id": 1, "customer_id": 1 + number % 5, "email_customer": False,
        "frequency": "Monthly", "name": f"Managed services {number}",
        "next_run": "2026-04-01T00:00:00.000Z", "snail_mail": False, "charge_mop": False, "subtotal": 158,
        "invoice_unbilled_ticket_charges": False, "paused": False, "last_invoice_paid": None,
        "lines": [schedule_line(number * 10, number)], **values,
    }  # fmt: skip


def estimate(number: int, **values: Any) -> dict[str, Any]:
    """`GET /estimates`."""
    return {
        "id": number, "customer_id": 1 + number % 5, "customer_business_then_name": "Walkin Customer",
        "name": f"Firewall {number}", "number": "MyString", "status": "Fresh", **times(number),
        "date": "2013-10-08T14:16:10.000Z", "subtotal": "9.99", "total": "11.29", "tax": "1.30",
        "ticket_id": None, "pdf_url": None, "location_id": None, "invoice_id": None, "employee": "MyString",
        **values,
    }  # fmt: skip


def asset(number: int, **values: Any) -> dict[str, Any]:
    """`GET /customer_assets`."""
    triggers = {"bsod_triggered": "false", "agent_offline_triggered": "false"}
    return {
        "id": number, "name": f"PC-{number}", "customer_id": 1 + number % 5, "contact_id": None,
        **times(number), "properties": {"OS": 4, "Size": "Medium"}, "asset_type": "Laptop",
        "asset_serial": f"SN{number}", "external_rmm_link": None, "customer": PERSON, "rmm_links": [],
        "rmm_store": {"id": 4, "asset_id": number, "account_id": 1, "triggers": triggers,
                      "windows_updates": {}, "emsisoft": {}, "general": {}},
        "address": {"id": 1, "name": "Home", "address1": "123 main st"}, **values,
    }  # fmt: skip


INSTALLED = {
    "kb": "KB5026361", "title": "Update for Windows Defender Antivirus", "category": "Security Updates",
    "status": "Recently Installed", "installed_at": "2025-01-12T14:30:00.000Z",
}  # fmt: skip
MISSING = {
    "kb": "KB5027538", "title": "2023-06 Cumulative Update for .NET Framework",
    "category": "Security Updates", "status": "Missing Patches", "evaluated_at": "2025-01-15T10:30:00.000Z",
}  # fmt: skip
FAILED = {
    "kb": "KB5027215", "title": "2023-06 Cumulative Update for Windows 10 Version 22H2",
    "category": "Critical Updates", "status": "Failed Patches",
    "attempted_installation": "2025-01-14T15:45:00.000Z",
}  # fmt: skip
REJECTED = {
    "kb": "KB4023057", "title": "2023-04 Update for Windows 10 Version 22H2", "category": "Updates",
    "status": "Rejected Patches", "rejected_at": "2025-01-13T09:20:00.000Z",
}  # fmt: skip


def patches(*available: Mapping[str, Any], installed: Any = (INSTALLED,), pages: int = 1) -> dict[str, Any]:
    """`GET /customer_assets/{id}/patches`."""
    meta = {"page": 1, "per_page": 50, "total_pages": pages, "total_entries": len(available)}
    return {
        "installed_patches": list(installed),
        "available_patches": list(available),
        "available_patches_meta": meta,
    }


def alert(number: int, **values: Any) -> dict[str, Any]:
    """`GET /rmm_alerts`."""
    return {
        "id": number, "customer_id": 1 + number % 5,
        "ticket_number": 5000 + number if number % 9 == 4 and number < 1000 else None,
        "ticket_status": None, "computer_name": "MyString", "properties": {}, "resolved": number % 2 == 0,
        "check_id": 1, "status": "MyString", "formatted_output": "MyText", "description": "Low disk space",
        **times(number), "asset_id": 1 + number % 8, **values,
    }  # fmt: skip
