"""Invoices, and the billing items on them as lines.

Invoices can be listed by when they were made, and by nothing that shows a change: those not paid yet are
asked for again. Autotask has no payments, only the date on which an invoice was paid. Lines are read by the
invoices made: an item is posted before it has an invoice, so that its own date would lose the late ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import OPEN_SLICE, FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import money
from phasewise.connectors.vendors.autotask.entities import BILLING_ITEMS, INVOICES
from phasewise.connectors.vendors.autotask.filters import one_of
from phasewise.connectors.vendors.autotask.listing import IDS_AT_A_TIME, belonging, changed_pages, pages
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    Payload,
    amount,
    at,
    identify,
    on,
    on_in,
    reference,
    text,
)
from phasewise.model.records.billing import Invoice, InvoiceLine

ITEMS = "BillingItems"
"""Key under which an invoice's payload carries its lines."""

INVOICES_A_PAGE = 200
"""With so many lines each that a few pages hold them."""

MADE = replace(INVOICES, fields=("id", "createDateTime"), together=BILLING_ITEMS.together)

_RECURRING = ("serviceID", "serviceBundleID")
_ONCE = (
    "timeEntryID",
    "expenseItemID",
    "ticketChargeID",
    "projectChargeID",
    "contractChargeID",
    "milestoneID",
)


def invoice_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """The invoices made within a slice; for the slice `open`, those that were not paid."""
    if slice_.key != OPEN_SLICE:
        yield from changed_pages(session, slice_, INVOICES)
        return
    ids = [int(id_) for id_ in context.open_ids()]
    for start in range(0, len(ids), IDS_AT_A_TIME):
        some = one_of("id", ids[start : start + IDS_AT_A_TIME])
        for page in pages(session, INVOICES, some):
            # Only the end of the last query is the end of the slice.
            yield replace(page, cursor=None, proof="none")
    yield Page([], proof="end_mark")


def is_voided(payload: Any) -> bool:
    """Whether the invoice was taken back: it is kept and counts as gone."""
    return payload.get("isVoided") is True


def invoice_records(payload: Any, context: RecordContext) -> Iterable[Invoice]:
    """The invoice. What it bills and how much is still open is not told."""
    yield Invoice(
        id=identify(payload),
        updated_at=at(payload, "voidedDate", field="updated_at") if is_voided(payload) else None,
        client=reference(payload, "companyID"),
        number=text(payload, "invoiceNumber"),
        issued_on=on_in(payload, "invoiceDateTime", context.zone, field="issued_on"),
        due_on=on(payload, "dueDate", field="due_on"),
        paid_on=on(payload, "paidDate", field="paid_on"),
        created_at=at(payload, "createDateTime", field="created_at"),
        currency=context.settings.currency or None,
        total=amount(payload, "invoiceTotal", field="total"),
    )


def line_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The lines of the invoices made within a slice, one payload an invoice."""
    if slice_.key == OPEN_SLICE:
        yield Page([], proof="end_mark")  # the lines of an invoice never change
        return
    for page in changed_pages(session, slice_, MADE, size=INVOICES_A_PAGE):
        ids = [str(row["id"]) for row in page.payloads if isinstance(row.get("id"), int)]
        items = belonging(session, BILLING_ITEMS, "invoiceID", ids)
        yield replace(
            page, payloads=[{**row, ITEMS: items.get(str(row.get("id")), [])} for row in page.payloads]
        )


def line_records(payload: Any, context: RecordContext) -> Iterable[InvoiceLine]:
    """The lines of an invoice, in the order of their ids."""
    for item in payload.get(ITEMS) or ():
        yield InvoiceLine(
            id=identify(item),
            invoice=identify(payload),
            agreement=reference(item, "contractID"),
            product=text(item, "itemName"),
            quantity=_quantity(item),
            currency=context.settings.currency or None,
            unit_price=amount(item, "rate", field="unit_price"),
            amount=amount(item, "extendedPrice", field="amount"),
            is_recurring=_is_recurring(item),
        )


def _quantity(item: Payload) -> float | None:
    found = money(item.get("quantity"), field="quantity")
    return None if found is None else float(found)


def _is_recurring(item: Payload) -> bool | None:
    """A service or bundle of a contract comes again every period; work, charges and expenses do not."""
    if any(item.get(name) is not None for name in _RECURRING):
        return True
    return False if any(item.get(name) is not None for name in _ONCE) else None
