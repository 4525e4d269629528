"""What the MSP bills and is paid."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from phasewise.model.fields import column, record, required
from phasewise.model.words import InvoiceKind


@record("invoices", "A bill the MSP sent")
class Invoice:
    """An invoice. Dates are dates in the MSP's books, never midnights."""

    id: str = required("the vendor's id of the invoice")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    client: str | None = column("who is billed", default=None, reference="clients", indexed=True)
    agreement: str | None = column("the agreement it bills", default=None, reference="agreements")
    number: str | None = column("the number printed on it", default=None)
    kind: InvoiceKind | None = column("what it bills", default=None, mapping="invoice_kind")
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    issued_on: date | None = column("date of the invoice", default=None, indexed=True)
    due_on: date | None = column("date payment is due", default=None)
    sent_on: date | None = column("date it was sent", default=None)
    paid_on: date | None = column("date it was fully paid", default=None)
    created_at: datetime | None = column(
        "when the row was made in the source; guards against re-dated invoices", default=None
    )
    currency: str | None = column("ISO 4217 code of the amounts", default=None)
    total: Decimal | None = column("amount billed", default=None, unit="currency")
    balance: Decimal | None = column("amount still open", default=None, unit="currency")
    is_disputed: bool | None = column("the client disputes it", default=None)


@record("payments", "Money that came in for an invoice")
class Payment:
    """A payment against an invoice."""

    id: str = required("the vendor's id of the payment")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    invoice: str | None = column("the invoice it pays", default=None, reference="invoices", indexed=True)
    client: str | None = column("who paid", default=None, reference="clients")
    paid_on: date | None = column("date the money came in", default=None)
    currency: str | None = column("ISO 4217 code of the amount", default=None)
    amount: Decimal | None = column("amount paid", default=None, unit="currency")


@record("invoice_lines", "What an invoice bills, line by line")
class InvoiceLine:
    """A line of an invoice. Whether it comes again every period tells recurring revenue from the rest."""

    id: str = required("the vendor's id of the line, or invoice and position")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    invoice: str = required("the invoice it stands on", reference="invoices", indexed=True)
    agreement: str | None = column("the agreement it bills", default=None, reference="agreements")
    product: str | None = column("the product or service, the vendor's word", default=None)
    quantity: float | None = column("how many", default=None)
    currency: str | None = column("ISO 4217 code of the amounts", default=None)
    unit_price: Decimal | None = column("price of one", default=None, unit="currency")
    unit_cost: Decimal | None = column("what one costs the MSP", default=None, unit="currency")
    amount: Decimal | None = column("amount of the line", default=None, unit="currency")
    is_recurring: bool | None = column("it is billed again every period", default=None)
