"""Agreements, invoices, payments and sales of the small world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.projects import Opportunity
from phasewise.model.words import LineUnit, OpportunityOutcome
from phasewise.sandbox.small_world.times import BEFORE, LAST_DAY, at, on

PRODUCTS: tuple[tuple[str, LineUnit, str], ...] = (
    ("Managed workstation", "device", "39.50"),
    ("Managed user", "user", "55.25"),
)
OUTCOMES: tuple[OpportunityOutcome, ...] = ("won", "lost", "open", "won", "open", "lost")


def records() -> Iterator[Any]:
    """6 agreements of 2 lines, 6 months of invoices for them, payments of all but the last, 6 sales."""
    for number in range(1, 7):
        yield from _agreement(number)
    for month in range(6):
        for number in range(1, 7):
            yield from _invoice(month, number)
    for number, outcome in enumerate(OUTCOMES, start=1):
        yield _opportunity(number, outcome)


def quantity(agreement: int, line: int) -> int:
    """How many of a line are billed."""
    return 5 + agreement * 3 + line


def monthly(agreement: int) -> Decimal:
    """What an agreement bills a month."""
    return sum(
        (Decimal(price) * quantity(agreement, line) for line, (_, _, price) in enumerate(PRODUCTS)),
        Decimal(0),
    )


def _agreement(number: int) -> Iterator[Any]:
    yield Agreement(
        id=str(number),
        updated_at=at(number),
        client=str(number),
        name=f"Managed services {number}",
        kind="recurring",
        kind_raw="recurring",
        package="Complete Care",
        started_on=BEFORE.date(),
        is_active=True,
        currency="EUR",
        monthly_amount=monthly(number),
        billing_cycle="monthly",
        next_bill_on=(LAST_DAY + timedelta(days=30)).date(),
    )
    for line, (product, unit, price) in enumerate(PRODUCTS):
        yield AgreementLine(
            id=str(number * 10 + line),
            updated_at=at(number),
            agreement=str(number),
            product=product,
            package="Complete Care",
            unit=unit,
            unit_raw=unit,
            quantity=float(quantity(number, line)),
            currency="EUR",
            unit_price=Decimal(price),
            unit_cost=Decimal("12.10"),
            started_on=BEFORE.date(),
        )


def _invoice(month: int, agreement: int) -> Iterator[Any]:
    number = month * 6 + agreement
    issued_on, is_paid = on(month * 30), month < 5
    paid_on = issued_on + timedelta(days=14 + agreement)
    yield Invoice(
        id=str(number),
        updated_at=at(month * 30 + (14 + agreement if is_paid else 0), 12),
        client=str(agreement),
        agreement=str(agreement),
        number=f"INV-{number:04d}",
        kind="recurring",
        kind_raw="recurring",
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=30),
        sent_on=issued_on,
        paid_on=paid_on if is_paid else None,
        created_at=at(month * 30),
        currency="EUR",
        total=monthly(agreement),
        balance=Decimal(0) if is_paid else monthly(agreement),
    )
    for line, (product, _, price) in enumerate(PRODUCTS):
        yield InvoiceLine(
            id=str(number * 10 + line),
            updated_at=at(month * 30),
            invoice=str(number),
            agreement=str(agreement),
            product=product,
            quantity=float(quantity(agreement, line)),
            currency="EUR",
            unit_price=Decimal(price),
            unit_cost=Decimal("12.10"),
            amount=Decimal(price) * quantity(agreement, line),
            is_recurring=True,
        )
    if is_paid:
        yield Payment(
            id=str(number),
            updated_at=at(month * 30 + 14 + agreement, 12),
            invoice=str(number),
            client=str(agreement),
            paid_on=paid_on,
            currency="EUR",
            amount=monthly(agreement),
        )


def _opportunity(number: int, outcome: OpportunityOutcome) -> Opportunity:
    closed_at = None if outcome == "open" else at(number * 20 + 12, 16)
    return Opportunity(
        id=str(number),
        updated_at=closed_at or at(number * 20),
        client=str(number),
        name=f"Firewall refresh {number}",
        stage="Proposal",
        outcome=outcome,
        outcome_raw=outcome,
        currency="EUR",
        amount=Decimal(1000 * number),
        monthly_amount=Decimal(50 * number),
        created_at=at(number * 20),
        closed_at=closed_at,
        project=str(number) if outcome == "won" else None,
    )
