"""What clients are billed and pay, what is agreed to be billed, and what may be sold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.paging import in_window
from phasewise.connectors.parse import neutral_word
from phasewise.connectors.vendors.syncro.fields import (
    amount,
    at,
    date_of,
    flag,
    plain_value,
    quantized,
    reference,
    text,
)
from phasewise.connectors.vendors.syncro.lists import identify, keeping, kept, read_list
from phasewise.connectors.vendors.syncro.pages import changed, gathered, stored, told_at
from phasewise.connectors.vendors.syncro.session import Session
from phasewise.connectors.vendors.syncro.words import OUTCOMES
from phasewise.errors import RecordError
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.projects import Opportunity
from phasewise.model.words import MAPPINGS, OpportunityOutcome

INVOICES = "Invoices - List/Search"
LINES = "Global Admin"
PAYMENTS = "Payments - View List"
ESTIMATES = "Estimates - List/Search"

INVOICE_FIELDS = ("id", "customer_id", "number", "created_at", "updated_at", "date", "due_date", "total")
LINE_FIELDS = (
    "id", "updated_at", "invoice_id", "item", "cost", "price", "quantity", "discount_percent",
    "discount_dollars",
)  # fmt: skip
PAYMENT_FIELDS = ("id", "updated_at", "success", "payment_amount", "invoice_ids", "applied_at", "customer")
ESTIMATE_FIELDS = ("id", "customer_id", "name", "number", "status", "created_at", "updated_at", "subtotal")


def invoice_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The invoices changed since the start of a slice."""
    query = {} if slice_.start is None else {"since_updated_at": f"{slice_.start:%Y-%m-%dT%H:%M:%SZ}"}
    pages = read_list(session, "/invoices", "invoices", query, right=INVOICES, resume=slice_.resume)
    asked = in_window(pages, slice_, lambda row: told_at(row, "updated_at"), where="invoices")
    return gathered(stored(asked, INVOICE_FIELDS))


def invoice_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The invoice. When it was paid is not told, only that it was; nor what is still open of it."""
    total = amount(payload, "total", field="total")
    number = plain_value(payload, "number")
    yield Invoice(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        client=reference(payload, "customer_id"),
        number=None if number is None else str(number),
        issued_on=date_of(payload, "date", field="issued_on"),
        due_on=date_of(payload, "due_date", field="due_on"),
        created_at=at(payload, "created_at", context),
        currency=currency(total, context),
        total=total,
    )


def line_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The lines of all invoices."""
    query = {"invoice_id_not_null": "true"}
    pages = read_list(session, "/line_items", "line_items", query, right=LINES, resume=slice_.resume)
    return stored(pages, LINE_FIELDS)


def line_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The line.

    Raises:
        RecordError: it stands on no invoice.
    """
    invoice = reference(payload, "invoice_id")
    if invoice is None:
        raise RecordError("the line stands on no invoice", field="invoice", reason="no_invoice")
    quantity = amount(payload, "quantity", field="quantity")
    price = amount(payload, "price", field="unit_price")
    cost = amount(payload, "cost", field="unit_cost")
    yield InvoiceLine(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        invoice=invoice,
        product=text(payload, "item"),
        quantity=None if quantity is None else float(quantity),
        currency=currency(price if price is not None else cost, context),
        unit_price=price,
        unit_cost=cost,
        amount=_amount(payload, quantity, price),
    )


def _amount(line: Mapping[str, Any], quantity: Decimal | None, price: Decimal | None) -> Decimal | None:
    """Quantity times price less a discount in percent.

    Whether a discount in dollars is taken off the line or off each piece is nowhere written: then unknown.
    """
    percent = amount(line, "discount_percent", field="amount") or Decimal(0)
    dollars = amount(line, "discount_dollars", field="amount") or Decimal(0)
    if quantity is None or price is None or dollars:
        return None
    return quantized(quantity * price * (100 - percent) / 100)


def payment_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All payments: there is no list of those changed."""
    pages = read_list(session, "/payments", "payments", right=PAYMENTS, resume=slice_.resume)
    keep = keeping(PAYMENT_FIELDS)
    return gathered(changed(pages, lambda row: _without_person(keep(row))))


def _without_person(row: Any) -> Any:
    if isinstance(row, dict) and "customer" in row:
        row["customer"] = kept(row["customer"], ("id",))
    return row


def payment_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The payment; one that failed brought no money and is none.

    How a payment of several invoices is split is not told: then it names none of them.
    """
    if flag(payload, "success") is False:
        return
    listed = payload.get("invoice_ids")
    invoices = [number for number in listed if number is not None] if isinstance(listed, list) else []
    customer = payload.get("customer")
    paid = amount(payload, "payment_amount", field="amount")
    yield Payment(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        invoice=reference({"invoice_ids": invoices[0]}, "invoice_ids") if len(invoices) == 1 else None,
        client=reference(customer, "id") if isinstance(customer, Mapping) else None,
        paid_on=date_of(payload, "applied_at", field="paid_on"),
        currency=currency(paid, context),
        amount=paid,
    )


def estimate_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All estimates."""
    pages = read_list(session, "/estimates", "estimates", right=ESTIMATES, resume=slice_.resume)
    return gathered(stored(pages, ESTIMATE_FIELDS))


def estimate_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The opportunity; its amount is without tax. When an estimate was decided is not told."""
    state = text(payload, "status")
    outcome = neutral_word(state, field="outcome", words=OUTCOMES, known=MAPPINGS["opportunity_outcome"])
    worth = amount(payload, "subtotal", field="amount")
    yield Opportunity(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        client=reference(payload, "customer_id"),
        name=text(payload, "name") or text(payload, "number"),
        stage=state,
        outcome=cast("OpportunityOutcome | None", outcome),
        outcome_raw=state,
        currency=currency(worth, context),
        amount=worth,
        created_at=at(payload, "created_at", context),
    )


def currency(beside: Decimal | None, context: RecordContext) -> str | None:
    """The account's currency beside an amount, where the settings say it."""
    found: str | None = context.settings.currency
    return None if beside is None else found
