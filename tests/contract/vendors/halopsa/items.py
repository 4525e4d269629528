"""Items as HaloPSA writes them, by its own description of its entities; a function a list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

Item = dict[str, Any]

DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
NEVER = "1900-01-01T00:00:00"
"""What Halo writes for a date that is not set."""

STATUSES = [
    {"id": 1, "name": "New", "slaaction": ""},
    {"id": 2, "name": "In Progress", "slaaction": "Release"},
    {"id": 5, "name": "With User", "slaaction": "Hold"},
    {"id": 8, "name": "Resolved", "slaaction": ""},
    {"id": 9, "name": "Closed", "slaaction": ""},
]
TYPES = [{"id": 1, "name": "Incident"}, {"id": 3, "name": "Service Request"}, {"id": 5, "name": "Project"}]
PRIORITIES = [
    {
        "id": f"00000000-0000-0000-0000-00000000{level}{number}",
        "slaid": level,
        "priorityid": number,
        "name": name,
        "responsetime": response * level,
        "responseunits": "H",
        "fixtime": fix * level,
        "fixunits": "H",
    }
    for level in (1, 2)
    for number, name, response, fix in ((1, "Critical", 1, 4), (2, "High", 2, 8), (3, "Medium", 4, 24))
]
LOOKUPS: Mapping[str, Any] = {"/Status": STATUSES, "/TicketType": TYPES, "/Priority": PRIORITIES}


def stamp(at: datetime, *, marked: bool = False) -> str:
    """A time; Halo writes some with a Z and some without."""
    return f"{at:%Y-%m-%dT%H:%M:%S}" + (".123Z" if marked else "")


def at(number: int, hours: float = 0.0) -> datetime:
    """The moment of an item: one a day, over and over."""
    return DAY + timedelta(days=number % 200, hours=hours)


def make_client(number: int) -> Item:
    return {
        "id": number + 1,
        "name": f"Client {number}",
        "inactive": False,
        "alastupdate": stamp(at(number)),
        "customertype_new": "Customer" if number % 5 else None,
        "isopportunity": 0 if number % 5 else 1,
        "main_contact_name": "Jane Doe",
        "ninjarmmid": number * 10 if number % 2 else 0,
        "datto_id": "",
    }


def make_agent(number: int) -> Item:
    return {
        "id": number + 1,
        "name": f"Agent {number}",
        "email": "agent@example.com",
        "team": "1st Line Support",
        "isdisabled": number % 7 == 0,
        "jobtitle": "Engineer" if number % 3 else "Service Manager",
        "costprice": 31.5,
        "isapiagent": False,
        "last_modified": stamp(at(number)),
    }


def make_workday(number: int) -> Item:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return {
        "id": number,
        "name": f"Office {number}",
        "timezone": "GMT Standard Time",
        "alldayssame": True,
        "start": "1900-01-01T09:00:00",
        "end": "1900-01-01T17:30:00",
        **{f"inc{day}": day not in ("saturday", "sunday") for day in days},
        "holidays": [{"id": "h", "date": "2026-12-25T00:00:00", "name": "Christmas"}],
    }


def make_level(number: int) -> Item:
    return {"id": number, "name": f"Gold {number}", "workday_id": 1, "priorities": PRIORITIES[:3]}


def make_ticket(number: int) -> Item:
    is_closed = number % 3 == 0
    return {
        "id": number,
        "summary": f"Printer {number}",
        "details": "It says PC LOAD LETTER",
        "dateoccurred": stamp(at(number)),
        "status_id": 9 if is_closed else 2,
        "tickettype_id": 1,
        "tickettype_name": "Incident",
        "sla_id": 1,
        "priority_id": 2,
        "client_id": 2 + number % 7,
        "user_id": 100 + number,
        "user_name": "Jane Doe",
        "user_email": "jane@example.com",
        "team": "1st Line Support",
        "agent_id": 1 if number % 11 == 0 else 2 + number % 3,
        "category_1": "Hardware",
        "category_2": "Printer",
        "parent_id": number - 1 if number % 10 == 5 else 0,
        "source": 1,
        "onhold": number % 7 == 1,
        "respondbydate": stamp(at(number, 2)),
        "responsedate": stamp(at(number, 1 if number % 4 else 3)) if is_closed else NEVER,
        "slaresponsestate": ("I" if number % 4 else "O") if is_closed else None,
        "fixbydate": stamp(at(number, 8)),
        "dateclosed": stamp(at(number, 6 if number % 2 else 9)) if is_closed else NEVER,
        "excludefromsla": False,
        "slaholdtime": 1.25,
        "last_update": stamp(at(number, 10)),
        "reassigncount": number % 3,
    }


def make_action(number: int) -> Item:
    return {
        "id": 1 + number % 4,
        "ticket_id": 1 + number,
        "outcome": "Private Note",
        "note": "Called Jane",
        "datetime": stamp(at(number, 1)),
        "actiondatecreated": stamp(at(number, 2)),
        "last_updated": stamp(at(number, 2)),
        "timetaken": 0.75,
        "actionarrivaldate": stamp(at(number, 0.25)),
        "who_agentid": 2,
        "project_id": 7 if number % 5 == 0 else 0,
        "action_contract_id": 3 if number % 2 else 0,
        "actionchargehours": 0.75 if number % 3 else 0,
        "actionnonchargehours": 0 if number % 3 else 0.75,
        "actioninvoicenumber": "INV-1" if number % 4 == 0 else "0",
    }


def make_contract(number: int) -> Item:
    return {
        "id": number,
        "client_id": 2 + number % 7,
        "ref": f"Managed services {number}",
        "refextra": "Gold",
        "contracttype_name": "Managed Services",
        "subtype": 1,
        "start_date": "2025-01-01T00:00:00",
        "end_date": "2027-12-31T00:00:00" if number % 2 else NEVER,
        "started": True,
        "expired": False,
        "billing_period_string": "Monthly",
        "periodchargeamount": 1200.5,
        "next_invoice_date": "2026-04-01T00:00:00",
        "last_modified": stamp(at(number)),
    }


def make_recurring(number: int) -> Item:
    return {
        "id": number,
        "client_id": 2 + number % 7,
        "name": "Jane Doe",
        "reference": f"Gold {number}",
        "startdate": "2025-01-01T00:00:00",
        "enddate": "2027-12-31T00:00:00" if number % 2 else NEVER,
        "disabled": False,
        "periodname": "Quarterly",
        "nextcreationdate": "2026-04-01T00:00:00",
        "currency_code_name": "GBP",
        "total": 1200.0,
        "tax_total": 200.0,
        "last_modified": stamp(at(number)),
        "lines": [
            {
                "id": number * 10 + place,
                "item_shortdescription": product,
                "calculate_price_from_users": place == 1,
                "calculate_price_from_assets": place == 2,
                "qty_order": 10.0,
                "unit_price": 33.3333,
                "unit_cost": 20.0,
                "startdate": "2025-01-01T00:00:00",
                "enddate": "2026-12-31T00:00:00",
            }
            for place, product in enumerate(("Workplace", "Backup", "Flat fee"), 1)
        ],
    }


def make_invoice(number: int) -> Item:
    return {
        "id": number,
        "invoicenumber": f"INV-{number}",
        "client_id": 2 + number % 7,
        "name": "Jane Doe",
        "contract_id": 3,
        "recurring_invoice_id": 4 if number % 2 else 0,
        "creditlinkedtoinvoiceid": 0,
        "invoicetype": 1,
        "invoice_date": "2026-03-01T00:00:00",
        "duedate": "2026-03-31T00:00:00",
        "datesent": "2026-03-02T09:00:00",
        "datepaid": "2026-03-20T00:00:00" if number % 3 else NEVER,
        "date_created": stamp(at(number)),
        "last_modified": stamp(at(number)),
        "currency_code_name": "GBP",
        "total": 118.99,
        "amountdue": 0.0 if number % 3 else 118.99,
        "voided": False,
        "lines": [
            {
                "id": number * 10,
                "item_shortdescription": "Workplace",
                "contract_id": 3,
                "recurring_invoice_id": 4 if number % 2 else 0,
                "qty_order": 3.0,
                "unit_price": 33.0533,
                "unit_cost": 20.0,
                "net_amount": 99.16,
            }
        ],
    }


def make_payment(number: int) -> Item:
    return {
        "id": number,
        "invoice_id": number,
        "client_id": 2 + number % 7,
        "date": "2026-03-20T00:00:00",
        "amount": 118.99,
    }


def make_opportunity(number: int) -> Item:
    is_closed = number % 3 == 0
    return {
        "id": number,
        "summary": f"More of it {number}",
        "dateoccurred": stamp(at(number)),
        "dateclosed": stamp(at(number, 5)) if is_closed else NEVER,
        "status_id": 9 if is_closed else 1,
        "status_name": "Won" if is_closed else "New",
        "client_id": 2 + number % 7,
        "pipeline_stage_name": "Proposal",
        "oppcontactname": "Jane Doe",
        "oppvalue": 9000.5,
        "oppconverteddate": NEVER,
        "last_update": stamp(at(number, 6)),
    }


def make_project(number: int) -> Item:
    return {
        "id": number,
        "summary": f"Move {number}",
        "dateoccurred": stamp(at(number)),
        "dateclosed": stamp(at(number, 50)) if number % 3 == 0 else NEVER,
        "status_id": 2,
        "tickettype_id": 5,
        "tickettype_name": "Client Onboarding",
        "client_id": 2 + number % 7,
        "agent_id": 2,
        "startdate": "2026-03-01T00:00:00",
        "targetdate": "2026-05-01T00:00:00",
        "last_update": stamp(at(number, 6)),
    }


def make_appointment(number: int) -> Item:
    return {
        "id": number,
        "client_id": 2 + number % 7,
        "agent_id": 2,
        "subject": "Meeting with Jane",
        "appointment_type_name": "Quarterly Business Review" if number % 2 else "Site Visit",
        "start_date": stamp(at(number)),
        "end_date": stamp(at(number, 1.5)),
        "allday": False,
        "complete_date": stamp(at(number, 2)) if number % 3 else NEVER,
        "complete_note": "All is well" if number % 4 else "",
        "is_task": False,
        "shift_type_id": 0,
        "last_modified": stamp(at(number, 2)),
    }


def make_asset(number: int) -> Item:
    return {
        "id": number,
        "client_id": 2 + number % 7,
        "inventory_number": f"PC-{number}",
        "assettype_name": "Workstation" if number % 3 else "Server",
        "username": "jane",
        "inactive": False,
        "ninjarmm_id": 1000 + number,
        "datto_id": None,
    }


def make_answer(number: int) -> Item:
    return {
        "id": number,
        "ticket_id": number,
        "score": 1 + number % 4,
        "date": stamp(at(number)),
        "comment": "Thank you, Jane" if number % 2 else "",
    }


def make_article(number: int) -> Item:
    return {
        "id": number,
        "name": f"How to {number}",
        "description": "Press the button",
        "date_created": stamp(at(number)),
        "date_edited": stamp(at(number, 4)),
        "inactive": number % 9 == 0,
        "type": 0,
    }
