"""What clients have agreed to pay for, period after period."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from phasewise.model.fields import column, record, required
from phasewise.model.words import AgreementKind, LineUnit


@record("agreements", "What a client has agreed to pay for", history=True)
class Agreement:
    """An agreement ("contract", "recurring schedule"). Dates are dates in the MSP's books."""

    id: str = required("the vendor's id of the agreement")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    client: str | None = column("who agreed", default=None, reference="clients", indexed=True, watched=True)
    name: str | None = column("what it is called", default=None)
    kind: AgreementKind | None = column(
        "how it is paid", default=None, mapping="agreement_kind", watched=True
    )
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    package: str | None = column(
        "the package or product it sells, the vendor's word", default=None, watched=True
    )
    started_on: date | None = column("first day it holds", default=None, watched=True)
    ended_on: date | None = column("last day it holds; null = no end is known", default=None, watched=True)
    is_active: bool | None = column("it holds now, by the vendor's own word", default=None, watched=True)
    currency: str | None = column("ISO 4217 code of the amounts", default=None)
    monthly_amount: Decimal | None = column(
        "what it bills a month", default=None, unit="currency", watched=True
    )
    billing_cycle: str | None = column(
        "how often it is billed, the vendor's word", default=None, watched=True
    )
    next_bill_on: date | None = column("when it is billed next", default=None)


@record("agreement_lines", "What an agreement holds, line by line", history=True)
class AgreementLine:
    """A product of an agreement, with the number it is billed for ("addition", "contract service")."""

    id: str = required("the vendor's id of the line")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    agreement: str = required("the agreement it belongs to", reference="agreements", indexed=True)
    product: str | None = column("the product or service, the vendor's word", default=None, watched=True)
    package: str | None = column("the package it belongs to", default=None, watched=True)
    unit: LineUnit | None = column("what is counted", default=None, mapping="line_unit", watched=True)
    unit_raw: str | None = column("the vendor's word for unit", default=None)
    quantity: float | None = column("how many are billed", default=None, watched=True)
    currency: str | None = column("ISO 4217 code of the amounts", default=None)
    unit_price: Decimal | None = column(
        "price of one a billing cycle", default=None, unit="currency", watched=True
    )
    unit_cost: Decimal | None = column("what one costs the MSP", default=None, unit="currency", watched=True)
    started_on: date | None = column("first day it is billed for", default=None, watched=True)
    ended_on: date | None = column("last day it is billed for", default=None, watched=True)
