"""Rows of ConnectWise as it writes them, one function a list. What is read comes filled somewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
SPREAD = 1000
"""Rows of higher numbers begin again at the first hour, so that nothing is of the far future."""


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def hour(number: int) -> datetime:
    return DAY + timedelta(hours=number % SPREAD)


def info(number: int) -> dict[str, Any]:
    return {
        "lastUpdated": stamp(hour(number)),
        "updatedBy": "jsmith",
        "dateEntered": stamp(hour(number) - timedelta(hours=5)),
        "enteredBy": "jsmith",
    }


def named(number: int, name: str) -> dict[str, Any]:
    return {"id": number, "name": name, "_info": {"some_href": "https://api.example/1"}}


def ticket(number: int) -> dict[str, Any]:
    """Every third one is open; the SLA of every other one was answered in time, of every fifth too late."""
    is_open = number % 3 == 0
    at = hour(number)
    answered = stamp(at - timedelta(hours=4)) if number % 4 else ""
    return {
        "id": number,
        "summary": f"Printer {number}",
        "recordType": "ServiceTicket",
        "board": named(1, "Service A"),
        "status": named(1 if is_open else 2, "Client Responded" if is_open else ">Closed"),
        "company": {"id": 2 + number % 5, "identifier": "YourCompany", "name": "Your Company"},
        "contact": named(40 + number % 7, "Jane Roe"),
        "contactName": "Jane Roe",
        "contactEmailAddress": "jane@client.example",
        "owner": {"id": 7, "identifier": "jsmith", "name": "John Smith"},
        "type": named(3, "Service Request"),
        "subType": named(4, "Hardware"),
        "item": named(5, "Printer"),
        "priority": named(4, "Priority 3 - Normal Response"),
        "source": named(2, "Phone"),
        "agreement": named(6, "Managed"),
        "severity": "Medium",
        "impact": "Medium",
        "closedDate": "" if is_open else stamp(at),
        "closedFlag": not is_open,
        "dateResponded": answered,
        "dateResolved": None if is_open else stamp(at - timedelta(hours=1)),
        "respondMinutes": 0 if not answered else 300 if number % 5 == 0 else 60,
        "resPlanMinutes": 0,
        "resolveMinutes": 0 if is_open else 240,
        "respondedSkippedMinutes": 15,
        "minutesWaiting": 30,
        "isInSla": number % 5 != 0,
        "sla": named(3, "Standard"),
        "slaStatus": "Resolve by Tue 03/04 9:00 AM UTC-05",
        "parentTicketId": number - 1 if number % 10 == 5 else None,
        "mergedParentTicket": {"id": 1, "summary": "Printers"} if number % 10 == 7 else None,
        "_info": info(number),
    }


def project_ticket(number: int) -> dict[str, Any]:
    shared = {
        key: value
        for key, value in ticket(number).items()
        if not key.startswith(
            ("date", "respond", "res", "minutes", "isIn", "sla", "parent", "merged", "record")
        )
    }
    return {
        **shared,
        "summary": f"Step {number}",
        "project": named(1 + number % 3, "Move"),
        "phase": named(1, "Plan"),
        "requiredDate": stamp(hour(number) + timedelta(days=3)),
    }


def company(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "identifier": f"client{number}",
        "name": f"Client {number}",
        "types": [named(1, "Vendor"), named(2, "Customer")] if number % 5 else [named(3, "Prospect")],
        "leadFlag": False,
        "isVendorFlag": False,
        "dateAcquired": "2024-02-01T00:00:00Z",
        "deletedFlag": False,
        "dateDeleted": stamp(hour(number)) if number % 9 == 0 else None,
        "phoneNumber": "5550100",
        "_info": info(number),
    }


def member(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "identifier": f"tech{number}",
        "licenseClass": "F",
        "firstName": "Tech",
        "lastName": f"Number {number}",
        "title": "Service Manager" if number % 9 == 0 else "Engineer",
        "officeEmail": f"tech{number}@msp.example",
        "inactiveFlag": number % 4 == 0,
        "hourlyCost": 41.25,
        "defaultDepartment": {"id": 1, "identifier": "SVC", "name": "Service"},
        "_info": info(number),
    }


def time_entry(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "member": {"id": 7, "identifier": "jsmith", "name": "John Smith"},
        "company": {"id": 2, "identifier": "YourCompany", "name": "Your Company"},
        "chargeToId": number,
        "chargeToType": "ServiceTicket" if number % 3 else "ProjectTicket",
        "ticket": {"id": number, "summary": "Printer"} if number % 2 else None,
        "project": None if number % 3 else named(1, "Move"),
        "agreement": named(6, "Managed"),
        "workType": named(1, "Remote" if number % 2 else "Maintenance"),
        "timeStart": stamp(hour(number) - timedelta(hours=3)),
        "timeEnd": stamp(hour(number) - timedelta(hours=2)),
        "dateEntered": stamp(hour(number)),
        "actualHours": 0.75,
        "billableOption": "Billable" if number % 2 else "DoNotBill",
        "notes": "spoke with Jane Roe",
        "hourlyCost": "41.25",
        "invoice": {"id": 9, "identifier": "INV9"} if number % 4 == 0 else None,
        "status": "Billed" if number % 4 == 0 else "Open",
        "_info": info(number),
    }


EURO = {"id": 1, "symbol": "€", "currencyCode": "EUR", "name": "Euro"}


def agreement(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Managed {number}",
        "type": named(1, "Managed Services"),
        "company": {"id": 2, "identifier": "YourCompany", "name": "Your Company"},
        "contact": named(40, "Jane Roe"),
        "startDate": "2025-01-01T00:00:00Z",
        "endDate": "2026-12-31T00:00:00Z",
        "noEndingDateFlag": number % 2 == 0,
        "cancelledFlag": False,
        "dateCancelled": None,
        "agreementStatus": "Active",
        "billAmount": 250.5,
        "billingCycle": named(2, "Monthly"),
        "nextInvoiceDate": "2026-04-01T00:00:00Z",
        "currency": EURO,
        "_info": info(number),
    }


def addition(agreement_id: int, number: int) -> dict[str, Any]:
    return {
        "id": agreement_id * 10 + number,
        "agreementId": agreement_id,
        "product": {"id": 1, "identifier": "Managed workstation"},
        "quantity": 12.0,
        "lessIncluded": 2.0,
        "billedQuantity": 10.0,
        "unitPrice": 39.5,
        "unitCost": 12.1,
        "billCustomer": "Billable",
        "effectiveDate": "2025-01-01T00:00:00Z",
        "cancelledDate": "2026-06-30T00:00:00Z" if number == 2 else None,
        "uom": "Device",
        "_info": info(number),
    }


def invoice(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "invoiceNumber": f"INV{number:05d}",
        "type": "Agreement",
        "applyToType": "Agreement",
        "company": {"id": 2, "identifier": "YourCompany", "name": "Your Company"},
        "agreement": named(6, "Managed"),
        "date": "2026-02-01T00:00:00Z",
        "dueDate": "2026-03-03T00:00:00Z",
        "total": 645.5,
        "balance": 45.5,
        "agreementAmount": 645.5,
        "serviceTotal": 0.0,
        "expenseTotal": 12.25,
        "productTotal": 0.0,
        # Of the 50,000 of a promise only the first have payments: each costs a request.
        "payments": 600.0 if number <= 200 else 0.0,
        "currency": EURO,
        "_info": info(number),
    }


def payment(invoice_id: int, number: int) -> dict[str, Any]:
    return {
        "id": invoice_id * 10 + number,
        "type": "Payment",
        "invoice": {"id": invoice_id, "identifier": f"INV{invoice_id:05d}"},
        "amount": 300.0,
        "paymentDate": "2026-02-20T00:00:00Z",
        "appliedBy": "jsmith",
        "_info": info(number),
    }


def product(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "catalogItem": {"id": 1, "identifier": "FW-100"},
        "description": "Firewall",
        "quantity": 2.0,
        "price": 450.0,
        "cost": 300.0,
        "extPrice": 900.0,
        "billableOption": "Billable",
        "agreement": named(6, "Managed"),
        "invoice": {"id": 9, "identifier": "INV00009"},
        "productClass": "Agreement" if number % 2 else "Inventory",
        "cancelledFlag": False,
        "_info": info(number),
    }


def opportunity(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Firewall refresh {number}",
        "company": {"id": 2, "identifier": "YourCompany", "name": "Your Company"},
        "contact": named(40, "Jane Roe"),
        "stage": named(1, "Proposal"),
        "status": named(1 + number % 3, ("Open", "Won", "Lost")[number % 3]),
        "closedDate": stamp(hour(number)) if number % 3 else None,
        "currency": EURO,
        "_info": info(number),
    }


def forecast(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "forecastItems": [
            {"id": 1, "revenue": 900.0, "includeFlag": True, "recurringFlag": False},
            {"id": 2, "revenue": 5000.0, "includeFlag": False, "recurringFlag": False},
            {
                "id": 3, "revenue": 0.0, "includeFlag": True, "recurringFlag": True,
                "recurringRevenue": 300.0, "billCycle": named(3, "Quarterly"),
            },
        ],
    }  # fmt: skip


def project(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Move {number}",
        "company": {"id": 2, "identifier": "YourCompany", "name": "Your Company"},
        "type": named(1, "Implementation"),
        "projectTemplateId": 4,
        "status": named(1, "Open"),
        "manager": {"id": 7, "identifier": "jsmith", "name": "John Smith"},
        "estimatedStart": "2026-01-05T00:00:00Z",
        "estimatedEnd": "2026-02-27T00:00:00Z",
        "actualStart": "2026-01-07T00:00:00Z",
        "actualEnd": "2026-03-01T00:00:00Z",
        "opportunity": named(3, "Firewall refresh"),
        "_info": info(number),
    }


def activity(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Review {number}",
        "type": named(1, "QBR"),
        "company": {"id": 2, "identifier": "YourCompany", "name": "Your Company"},
        "contact": named(40, "Jane Roe"),
        "status": named(2, "Closed"),
        "notes": "Jane was not amused",
        "dateStart": stamp(hour(number)),
        "dateEnd": stamp(hour(number) + timedelta(minutes=45)),
        "assignTo": {"id": 7, "identifier": "jsmith", "name": "John Smith"},
        "_info": info(number),
    }


def schedule_entry(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "objectId": number,
        "name": "Your Company / Meeting",
        "type": {"id": 4, "identifier": "S"},
        "member": {"id": 7, "identifier": "jsmith", "name": "John Smith"},
        "dateStart": stamp(hour(number)),
        "dateEnd": stamp(hour(number) + timedelta(minutes=30)),
        "hours": 0.5,
        "startTimeSet": True,
        "doneFlag": True,
        "ownerFlag": True,
        "meetingFlag": True,
        "_info": info(number),
    }


def configuration(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"WS-{number:03d}",
        "type": named(1, "Managed Workstation"),
        "company": {"id": 2, "identifier": "YourCompany", "name": "Your Company"},
        "contact": named(40, "Jane Roe"),
        "deviceIdentifier": f"rmm-{number}",
        "serialNumber": f"SN{number:05d}",
        "installationDate": "2025-05-05T00:00:00Z",
        "lastLoginName": "jroe",
        "_info": info(number),
    }


def survey_result(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "ticketId": number,
        "emailAddress": "jane@client.example",
        "footerResponse": "Thank you, John!",
        "contact": named(40, "Jane Roe"),
        "results": [{"questionId": 1, "answer": "Good"}],
        "totalPoints": 8,
        "company": {"id": 2, "identifier": "YourCompany", "name": "Your Company"},
        "surveyId": 1,
        "_info": info(number),
    }


def sla(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Standard {number}",
        "basedOn": "MyCalendar",
        "defaultFlag": number == 1,
        "respondHours": 4.0,
        "planWithin": 8.0,
        "resolutionHours": 24.0,
        "_info": info(number),
    }


SLA_PRIORITY = {
    "id": 1,
    "priority": named(4, "Priority 3 - Normal Response"),
    "respondHours": 2.0,
    "planWithin": 4.0,
    "resolutionHours": 8.0,
}
STATUSES = [
    {"id": 1, "name": "Client Responded", "closedStatus": False, "escalationStatus": "Responded"},
    {"id": 2, "name": ">Closed", "closedStatus": True, "escalationStatus": "Resolved"},
    {"id": 3, "name": "Parked", "closedStatus": False, "escalationStatus": "NoEscalation"},
]
OPPORTUNITY_STATUSES = [
    {"id": 1, "name": "Open", "wonFlag": False, "lostFlag": False, "closedFlag": False},
    {"id": 2, "name": "Won", "wonFlag": True, "lostFlag": False, "closedFlag": True},
    {"id": 3, "name": "Lost", "wonFlag": False, "lostFlag": True, "closedFlag": True},
]
QUESTIONS = [
    {
        "id": 1, "includeFlag": True, "question": "How was it?",
        "options": [{"caption": "Bad", "points": 0}, {"caption": "Good", "points": 10}],
    }
]  # fmt: skip


def trail(ticket_id: int) -> list[dict[str, Any]]:
    at = hour(ticket_id)
    return [
        entry(at - timedelta(hours=2), 'Status has been updated from "New" to "In Progress".', "Status"),
        entry(at - timedelta(hours=1), 'Owner has been updated from "tech2" to "jsmith".', "Owner"),
        entry(at, "Email sent to jane@client.example", "Email"),
    ]


def entry(at: datetime, text: str, subject: str, by: str = "JSmith") -> dict[str, Any]:
    return {
        "text": text,
        "enteredDate": stamp(at),
        "enteredBy": by,
        "auditType": "Record",
        "auditSubType": subject,
        "auditSource": "Ticket",
    }
