"""What is agreed, billed and sold, as rows of Autotask."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from phasewise.sandbox.vendors.autotask import picklists as lists
from phasewise.sandbox.vendors.autotask.forms import midnight, money, number, stamp, value
from phasewise.sandbox.vendors.autotask.making import Makers, Making
from phasewise.sandbox.vendors.autotask.picklists import own_value

FOR_EVER = date(2099, 12, 31)


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


MAKERS: Makers = {
    "agreements": _agreement,
    "agreement_lines": _line,
    "invoices": _invoice,
    "invoice_lines": _billed,
    "opportunities": _opportunity,
}
