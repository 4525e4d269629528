"""Invoices, what they bill, and what was paid for them.

There is no list of an invoice's lines. Time, expenses and the agreement's amount stand as sums in its head;
products have rows of their own. Payments are asked for one invoice at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import (
    STAMPS,
    Item,
    amount,
    changed_at,
    currency,
    identify,
    made_at,
    on,
    ref,
    text,
    word,
)
from phasewise.connectors.vendors.connectwise.words import APPLIED_TO, INVOICE, our_word
from phasewise.errors import RecordError
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment

INVOICING = "Finance: Invoicing (inquire all)"
PRODUCTS_RIGHT = "Procurement: Products (inquire all)"

HEAD_LINES = (("agreement", "agreementAmount"), ("service", "serviceTotal"), ("expense", "expenseTotal"))
"""Sums in the head of an invoice that are lines to us. That of products is not: they have rows."""

INVOICES = List(
    "/finance/invoices",
    (
        "id", "invoiceNumber", "type", "applyToType", "company/id", "agreement/id", "date", "dueDate",
        "total", "balance", "currency/currencyCode", *(field for _, field in HEAD_LINES), *STAMPS,
    ),
    INVOICING,
)  # fmt: skip
PRODUCTS = List(
    "/procurement/products",
    (
        "id", "catalogItem/identifier", "description", "quantity", "price", "cost", "extPrice",
        "billableOption", "agreement/id", "invoice/id", "productClass", "cancelledFlag", *STAMPS,
    ),
    PRODUCTS_RIGHT,
)  # fmt: skip
PAID_INVOICES = List(
    "/finance/invoices",
    ("id", "company/id", "payments", "currency/currencyCode", "_info/lastUpdated"),
    INVOICING,
    background=True,
    asks_each=True,
)
PAYMENT = ("id", "amount", "paymentDate", *STAMPS)


def invoice_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Invoices changed in a slice."""
    return lists.changed(session, INVOICES, slice_)


def invoice_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the invoices there are."""
    return lists.ids(session, INVOICES, slice_)


def invoice_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The invoice, and the sums of its head."""
    raw = text(payload.get("type"))
    kind: Any = our_word(raw, "invoice_kind", INVOICE)
    if plain(raw or "") == "standard":
        kind = APPLIED_TO.get(plain(str(payload.get("applyToType") or "")), "other")
    yield Invoice(
        id=identify(payload),
        updated_at=changed_at(payload),
        client=ref(payload, "company"),
        agreement=ref(payload, "agreement"),
        number=text(payload.get("invoiceNumber")),
        kind=kind,
        kind_raw=raw,
        issued_on=on(payload.get("date"), "issued_on"),
        due_on=on(payload.get("dueDate"), "due_on"),
        created_at=made_at(payload, "created_at"),
        currency=currency(payload),
        total=amount(payload, "total", "total"),
        balance=amount(payload, "balance", "balance"),
    )
    for name, field in HEAD_LINES:
        billed = amount(payload, field, "amount")
        if billed is not None:
            yield _head_line(payload, name, billed)


def _head_line(payload: Item, name: str, billed: Decimal) -> InvoiceLine:
    """A sum of the head. One of nothing is written as well: it may have been more before."""
    return InvoiceLine(
        id=f"{identify(payload)}:{name}",
        updated_at=changed_at(payload),
        invoice=identify(payload),
        agreement=ref(payload, "agreement"),
        product=name,
        currency=currency(payload),
        amount=billed,
        is_recurring=name == "agreement",
    )


def product_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Products changed in a slice, on invoices or not yet."""
    return lists.changed(session, PRODUCTS, slice_)


def product_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the products there are."""
    return lists.ids(session, PRODUCTS, slice_)


def product_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The line of an invoice that a product is; none where it stands on none."""
    invoice = ref(payload, "invoice")
    if (
        invoice is None
        or payload.get("cancelledFlag") is True
        or payload.get("billableOption") == "DoNotBill"
    ):
        return
    quantity = amount(payload, "quantity", "quantity")
    billed = amount(payload, "extPrice", "amount")
    is_free = payload.get("billableOption") == "NoCharge" and billed is not None
    yield InvoiceLine(
        id=identify(payload),
        updated_at=changed_at(payload),
        invoice=invoice,
        agreement=ref(payload, "agreement"),
        product=word(payload, "catalogItem", "identifier") or text(payload.get("description")),
        quantity=None if quantity is None else float(quantity),
        unit_price=amount(payload, "price", "unit_price"),
        unit_cost=amount(payload, "cost", "unit_cost"),
        amount=Decimal(0) if is_free else billed,
        # A product of another class may come again every month, and nothing says so.
        is_recurring=True if payload.get("productClass") == "Agreement" else None,
    )


def payment_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The invoices changed in a slice, each with its payments where its head says that there are any."""
    for page in lists.changed(session, PAID_INVOICES, slice_):
        yield replace(page, payloads=[_with_payments(session, item) for item in page.payloads])


def payment_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The payments of an invoice."""
    for payment in payload.get("paid") or ():
        yield Payment(
            id=identify(payment),
            updated_at=changed_at(payment) or changed_at(payload),
            invoice=identify(payload),
            client=ref(payload, "company"),
            paid_on=on(payment.get("paymentDate"), "paid_on"),
            currency=currency(payload),
            amount=amount(payment, "amount", "amount"),
        )


def _with_payments(session: Session, item: Any) -> Any:
    try:
        number = int(identify(item))
        is_known_to_be_unpaid = amount(item, "payments", "amount") == 0
    except (RecordError, ValueError):
        return item  # becomes a reject, by its own reason
    if is_known_to_be_unpaid:
        return {**item, "paid": []}
    listed = List(
        f"/finance/invoices/{number}/payments", PAYMENT, INVOICING, background=True, has_count=False
    )
    return {**item, "paid": lists.rows(session, listed)}
