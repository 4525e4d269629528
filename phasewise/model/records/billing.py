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
    updated_at: datetime | None = column("when the vendor last changed the row")
    client: str | None = column("who is billed", reference="clients", indexed=True)
    agreement: str | None = column("the agreement it bills", reference="agreements")
    number: str | None = column("the number printed on it")
    kind: InvoiceKind | None = column("what it bills", mapping="invoice_kind")
    kind_raw: str | None = column("the vendor's word for kind")
    issued_on: date | None = column("date of the invoice", indexed=True)
    due_on: date | None = column("date payment is due")
    sent_on: date | None = column("date it was sent")
    paid_on: date | None = column("date it was fully paid")
    created_at: datetime | None = column(
        "when the row was made in the source; guards against re-dated invoices"
    )
    currency: str | None = column("ISO 4217 code of the amounts")
    total: Decimal | None = column("amount billed", unit="currency")
    balance: Decimal | None = column("amount still open", unit="currency")
    is_disputed: bool | None = column("the client disputes it")


@record("payments", "Money that came in for an invoice")
class Payment:
    """A payment against an invoice."""

    id: str = required("the vendor's id of the payment")
    updated_at: datetime | None = column("when the vendor last changed the row")
    invoice: str | None = column("the invoice it pays", reference="invoices", indexed=True)
    client: str | None = column("who paid", reference="clients")
    paid_on: date | None = column("date the money came in")
    currency: str | None = column("ISO 4217 code of the amount")
    amount: Decimal | None = column("amount paid", unit="currency")
