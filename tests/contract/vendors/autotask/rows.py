"""Rows in Autotask's own form, made from a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from phasewise.testing.world import Item
from tests.contract.vendors.autotask.desk import DAY, stamp


def ticket(number: int, **values: Any) -> Item:
    """A ticket; every fourth is complete, every third has no service level."""
    opened = DAY + timedelta(hours=number % 1000)
    is_done = number % 4 == 0
    row = {
        "id": number,
        "ticketNumber": f"T20260105.{number:04d}",
        "title": f"Printer {number}",
        "companyID": number % 7,
        "contactID": 100 + number % 9,
        "assignedResourceID": 10 + number % 3,
        "configurationItemID": 500 + number % 5,
        "contractID": 29684183,
        "problemTicketId": 3 if number % 5 == 0 else None,
        "projectID": 12 if number % 6 == 0 else None,
        "ticketType": (1, 2, 5)[number % 3],
        "issueType": 10,
        "subIssueType": 136,
        "priority": 1 + number % 4,
        "source": (2, 4, 8)[number % 3],
        "queueID": 29682833,
        "status": 5 if is_done else (1, 8, 10)[number % 3],
        "createDate": stamp(opened),
        "completedDate": stamp(opened + timedelta(hours=30)) if is_done else None,
        "lastActivityDate": stamp(opened + timedelta(hours=2)),
        "lastTrackedModificationDateTime": stamp(opened + timedelta(hours=1 + number % 3)),
        "rmmAlertID": f"alert-{number}" if number % 3 == 2 else None,
        "serviceLevelAgreementID": None if number % 3 == 0 else 1,
        "firstResponseDateTime": stamp(opened + timedelta(hours=1)),
        "firstResponseDueDateTime": stamp(opened + timedelta(minutes=30 if number % 2 else 120)),
        "firstResponseInitiatingResourceID": 10,
        "resolvedDateTime": stamp(opened + timedelta(hours=25)) if is_done else None,
        "resolvedDueDateTime": stamp(opened + timedelta(hours=26)),
        "description": "call ann@client.example",
        "userDefinedFields": [{"name": "Password", "value": "hunter2"}],
    }
    return {**row, **values}


def sla_result(ticket_id: int, **values: Any) -> Item:
    row = {
        "id": 7_000_000 + ticket_id,
        "ticketID": ticket_id,
        "serviceLevelAgreementName": "Gold",
        "isFirstResponseMet": ticket_id % 2 == 0,
        "firstResponseElapsedHours": 1.0,
        "isResolutionMet": True if ticket_id % 4 == 0 else None,
        "resolutionElapsedHours": 7.25 if ticket_id % 4 == 0 else None,
    }
    return {**row, **values}


def sla_results(asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    return [sla_result(number) for number in asked]


def company(number: int, **values: Any) -> Item:
    row = {
        "id": number - 1,  # the first is the MSP itself
        "companyName": f"Client {number}",
        "companyType": (1, 3, 7)[number % 3],
        "classification": 1,
        "isActive": True,
        "createDate": stamp(DAY + timedelta(hours=number % 1000)),
        "lastActivityDate": stamp(DAY + timedelta(hours=number % 1000)),
        "lastTrackedModifiedDateTime": None,
        "phone": "555-0100",
    }
    return {**row, **values}


def resource(number: int, **values: Any) -> Item:
    row = {
        "id": number,
        "firstName": "Ana",
        "lastName": f"Ruiz {number}",
        "title": ("Help Desk Technician", "Service Manager", "Dispatcher")[number % 3],
        "isActive": number % 5 != 0,
        "licenseType": 1,
        "internalCost": 31.5 + number,
        "email": "ana@acme.example",
    }
    return {**row, **values}


def time_entry(number: int, **values: Any) -> Item:
    """An entry; every third on a task of a project, every seventh without a start."""
    began = DAY + timedelta(hours=number % 1000)
    on_task = number % 3 == 0
    row = {
        "id": number,
        "ticketID": None if on_task else 1 + number % 30,
        "taskID": 1 + number % 20 if on_task else None,
        "resourceID": 10 + number % 3,
        "contractID": 5,
        "billingCodeID": 3 if number % 2 else None,
        "internalBillingCodeID": None if number % 2 else 4,
        "dateWorked": f"{began:%Y-%m-%d}T00:00:00Z",
        "startDateTime": None if number % 7 == 0 else stamp(began),
        "hoursWorked": 0.25 * (1 + number % 4),
        "isNonBillable": number % 2 == 0,
        "createDateTime": stamp(began + timedelta(minutes=10)),
        "lastModifiedDateTime": stamp(began + timedelta(hours=1)),
        "summaryNotes": "spoke to Ann",
    }
    return {**row, **values}


def ids_with(**values: Any) -> Any:
    """Rows for the ids asked for, each with these values."""
    return lambda asked, _body: [
        {"id": number, **{k: v(number) for k, v in values.items()}} for number in asked
    ]


def billing_codes(_asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    return [{"id": 3, "name": "Remote Support"}, {"id": 4, "name": "Vacation Time"}]


def history(asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    """The history of a ticket: opened, begun, assigned, moved, raised, done."""
    return history_of(asked[0]) if asked and asked[0] <= 200 else []


def history_of(ticket_id: int) -> list[Item]:
    told = (
        ("Created", "Ticket created"),
        ("Edited", "Status: New -> In Progress"),
        ("Primary Resource Changed", "from: Ana Ruiz to: Ben Okafor"),
        ("Edited", "Queue changed from Level I Support to Projects"),
        ("Edited", "Priority: Medium -> High"),
        ("Note added", "She said the status is fine"),
        ("Edited", "Changed Status from In Progress to Complete"),
    )
    return [
        {
            "id": ticket_id * 100 + place,
            "ticketID": ticket_id,
            "action": action,
            "detail": detail,
            "date": stamp(DAY + timedelta(hours=ticket_id % 1000, minutes=place * 10)),
            "resourceID": 4 if place == 1 else 10,
        }
        for place, (action, detail) in enumerate(told)
    ]


def contract(number: int, **values: Any) -> Item:
    row = {
        "id": number,
        "companyID": number % 7,
        "contractName": f"Managed {number}",
        "contractType": 7,
        "contractCategory": 3,
        "contractPeriodType": "m",
        "startDate": "2024-01-01T00:00:00Z",
        "endDate": "2030-12-31T00:00:00Z",
        "status": 1 if number % 4 else 0,
        "contactName": "Ann Client",
    }
    return {**row, **values}


def contract_services(asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    """Two services a contract: so many workstations a month, and one thing a quarter."""
    return [
        {
            "id": number * 10 + place,
            "contractID": number,
            "serviceID": 1 + place,
            "unitPrice": (39.5, 30.0)[place],
            "unitCost": 12.1,
            "invoiceDescription": None,
        }
        for number in asked
        for place in (0, 1)
    ]


def contract_service_units(asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    """The units of last year, of this month (March 2026) and of the next one."""
    periods = (
        ("2025-01-01", "2025-12-31", 99),
        ("2026-03-01", "2026-03-31", 4),
        ("2026-04-01", "2026-04-30", 77),
    )
    return [
        {
            "id": number * 100 + place * 10 + period,
            "contractID": number,
            "contractServiceID": number * 10 + place,
            "units": units + place,
            "price": 999.0,
            "startDate": f"{start}T00:00:00Z",
            "endDate": f"{end}T00:00:00Z",
        }
        for number in asked
        for place in (0, 1)
        for period, (start, end, units) in enumerate(periods)
    ]  # fmt: skip


def contract_bundles(asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    return [
        {"id": number * 10, "contractID": number, "serviceBundleID": 1, "unitPrice": 100.0,
         "invoiceDescription": "all in one"}
        for number in asked
    ]  # fmt: skip


def contract_bundle_units(asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    return [
        {"id": number, "contractID": number, "contractServiceBundleID": number * 10, "units": 2,
         "startDate": "2026-03-01T00:00:00Z", "endDate": "2026-03-31T00:00:00Z"}
        for number in asked
    ]  # fmt: skip


def services(_asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    return [
        {"id": 1, "name": "Managed workstation", "periodType": 1},
        {"id": 2, "name": "Firewall review", "periodType": 2},
    ]


def service_bundles(_asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    return [{"id": 1, "name": "Everything", "periodType": 1}]


def invoice(number: int, **values: Any) -> Item:
    made = DAY + timedelta(hours=number % 1000)
    row = {
        "id": number,
        "companyID": number % 7,
        "invoiceNumber": f"INV-{number:05d}",
        "invoiceDateTime": f"{made:%Y-%m-%d}T00:00:00Z",
        "dueDate": "2026-04-30T00:00:00Z",
        "paidDate": None if number % 3 == 0 else "2026-04-02T00:00:00Z",
        "createDateTime": stamp(made),
        "invoiceTotal": 1000.1 + number,
        "isVoided": False,
        "voidedDate": None,
    }
    return {**row, **values}


def billing_items(asked: Sequence[int], _body: Mapping[str, Any]) -> list[Item]:
    """A service of a contract and an hour of work on every invoice."""
    return [row for number in asked for row in items_of(number)]


def items_of(number: int) -> list[Item]:
    plain = dict.fromkeys(
        ("serviceID", "serviceBundleID", "timeEntryID", "expenseItemID", "ticketChargeID",
         "projectChargeID", "contractChargeID", "milestoneID")
    )  # fmt: skip
    service = {**plain, "id": number, "itemName": "Managed workstation", "quantity": 4.0, "rate": 39.5,
               "extendedPrice": 158.0, "serviceID": 1}  # fmt: skip
    work = {**plain, "id": 1_000_000 + number, "itemName": "Onsite", "quantity": 1.5, "rate": 100.0,
            "extendedPrice": 150.0, "timeEntryID": 9}  # fmt: skip
    return [{**row, "invoiceID": number, "contractID": 5} for row in (service, work)]


def opportunity(number: int, **values: Any) -> Item:
    made = DAY + timedelta(hours=number % 1000)
    status = 1 + number % 4
    row = {
        "id": number,
        "companyID": number % 7,
        "title": f"Firewall {number}",
        "stage": 1,
        "status": status,
        "onetimeRevenue": 1000.0,
        "monthlyRevenue": 50.0,
        "quarterlyRevenue": 30.0,
        "semiannualRevenue": None,
        "yearlyRevenue": 120.0,
        "createDate": stamp(made),
        "closedDate": "2026-02-10T00:00:00Z" if status in (3, 4) else None,
        "lostDate": "2026-02-11T00:00:00Z" if status == 2 else None,
        "lastActivity": stamp(made + timedelta(hours=3)),
    }
    return {**row, **values}


def project(number: int, **values: Any) -> Item:
    made = DAY + timedelta(hours=number % 1000)
    row = {
        "id": number,
        "companyID": number % 7,
        "projectName": f"Client Onboarding {number}" if number % 2 else f"Server {number}",
        "projectType": 5,
        "status": 5,
        "projectLeadResourceID": 12,
        "startDateTime": "2026-01-10T05:00:00Z",
        "endDateTime": "2026-02-10T00:00:00Z",
        "completedDateTime": "2026-02-12T03:00:00Z",
        "createDateTime": stamp(made),
        "lastActivityDateTime": stamp(made + timedelta(hours=1)),
    }
    return {**row, **values}


def task(number: int, **values: Any) -> Item:
    made = DAY + timedelta(hours=number % 1000)
    row = {
        "id": number,
        "projectID": 1 + number % 5,
        "title": f"Step {number}",
        "status": 5 if number % 2 else 1,
        "endDateTime": stamp(made + timedelta(days=5)),
        "completedDateTime": stamp(made + timedelta(days=4)) if number % 2 else None,
        "createDateTime": stamp(made),
        "lastActivityDateTime": stamp(made + timedelta(hours=1)),
    }
    return {**row, **values}


def to_do(number: int, **values: Any) -> Item:
    made = DAY + timedelta(hours=number % 1000)
    row = {
        "id": number,
        "companyID": number % 7,
        "assignedToResourceID": 10,
        "actionType": 9 if number % 2 else 1,
        "startDateTime": stamp(made),
        "endDateTime": stamp(made + timedelta(minutes=45)),
        "completedDate": stamp(made + timedelta(hours=1)) if number % 2 else None,
        "createDateTime": stamp(made),
        "lastModifiedDate": stamp(made + timedelta(hours=1)),
        "activityDescription": "spoke to Ann about money",
    }
    return {**row, **values}


def note(number: int, **values: Any) -> Item:
    row = {**to_do(number), "assignedResourceID": 10, "completedDateTime": None, "note": "", "name": "QBR"}
    if number % 2:
        row |= {"completedDateTime": row["startDateTime"], "note": "Ann was there"}
    foreign = {"assignedToResourceID", "completedDate", "activityDescription"}
    kept = {k: v for k, v in row.items() if k not in foreign}
    return {**kept, **values}


def device(number: int, **values: Any) -> Item:
    made = DAY + timedelta(hours=number % 1000)
    row = {
        "id": number,
        "companyID": number % 7,
        "configurationItemType": 1 + number % 3,
        "referenceTitle": f"WS-{number}",
        "serialNumber": f"SN{number}",
        "isActive": True,
        "installDate": "2024-05-06T00:00:00Z",
        "createDate": stamp(made),
        "lastModifiedTime": stamp(made + timedelta(hours=1)),
        "rmmDeviceID": 9000 + number if number % 2 else None,
        "rmmDeviceUID": f"uid-{number}" if number % 2 else None,
        "rmmDeviceAuditLastUser": "ann",
    }
    return {**row, **values}


def survey_result(number: int, **values: Any) -> Item:
    row = {
        "id": number,
        "companyID": number % 7,
        "ticketID": number,
        "surveyRating": float(1 + number % 4),
        "completeDate": stamp(DAY + timedelta(hours=number % 1000, minutes=7)),
        "contactID": 100,
    }
    return {**row, **values}
