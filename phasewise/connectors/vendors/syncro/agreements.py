"""Recurring invoices ("schedules"): what clients have agreed to be billed, again and again.

Contracts are not read: their amount is a text ("30k"), and their states are those of a sale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import integer, plain
from phasewise.connectors.vendors.syncro.fields import (
    amount,
    date_of,
    flag,
    plain_value,
    quantized,
    reference,
    text,
)
from phasewise.connectors.vendors.syncro.lists import identify, kept, read_list
from phasewise.connectors.vendors.syncro.money import currency
from phasewise.connectors.vendors.syncro.pages import changed
from phasewise.connectors.vendors.syncro.session import Session
from phasewise.connectors.vendors.syncro.words import PERIODS_A_YEAR, RECURRING
from phasewise.model.records.agreements import Agreement, AgreementLine

SCHEDULES = "Recurring Invoices - List"

SCHEDULE_FIELDS = ("id", "customer_id", "frequency", "name", "next_run", "subtotal", "paused", "lines")
LINE_FIELDS = (
    "id", "name", "quantity", "retail_cents", "cost_cents", "one_time_charge", "recurring_type_id",
    "asset_type_id",
)  # fmt: skip

Line = Mapping[str, Any]


def schedule_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All recurring invoices with their lines."""
    pages = read_list(session, "/schedules", "schedules", right=SCHEDULES, resume=slice_.resume)
    return changed(pages, _kept)


def _kept(row: Any) -> Any:
    found = kept(row, SCHEDULE_FIELDS)
    if isinstance(found, dict) and isinstance(found.get("lines"), list):
        found["lines"] = [kept(line, LINE_FIELDS) for line in found["lines"]]
    return found


def schedule_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The agreement and the lines that it bills every time. Schedules do not say when they were changed."""
    lines = _lines(payload)
    paused, cycle = flag(payload, "paused"), text(payload, "frequency")
    monthly = _monthly(payload, lines, cycle)
    yield Agreement(
        id=identify(payload),
        client=reference(payload, "customer_id"),
        name=text(payload, "name"),
        kind="recurring",
        kind_raw=RECURRING,
        is_active=None if paused is None else not paused,
        currency=currency(monthly, context),
        monthly_amount=monthly,
        billing_cycle=cycle,
        next_bill_on=date_of(payload, "next_run", field="next_bill_on"),
    )
    for line in lines or ():
        yield _line(line, identify(payload), context)


def _lines(payload: Any) -> Sequence[Line] | None:
    """The lines that come every time; None where they are not told."""
    lines = payload.get("lines")
    if not isinstance(lines, list):
        return None
    return [line for line in lines if isinstance(line, Mapping) and not flag(line, "one_time_charge")]


def _line(line: Line, agreement: str, context: RecordContext) -> AgreementLine:
    price, cost = _cents(line, "retail_cents"), _cents(line, "cost_cents")
    quantity = _quantity(line)
    return AgreementLine(
        id=identify(line),
        agreement=agreement,
        product=text(line, "name"),
        quantity=None if quantity is None else float(quantity),
        currency=currency(price if price is not None else cost, context),
        unit_price=price,
        unit_cost=cost,
    )


def _quantity(line: Line) -> Decimal | None:
    """How many are billed; unknown where Syncro counts assets or contacts when it makes the invoice."""
    if line.get("recurring_type_id") is not None or line.get("asset_type_id") is not None:
        return None
    return amount(line, "quantity", field="quantity")


def _cents(line: Line, name: str) -> Decimal | None:
    value = integer(plain_value(line, name), field=name)
    return None if value is None else Decimal(value) / 100


def _monthly(payload: Any, lines: Sequence[Line] | None, cycle: str | None) -> Decimal | None:
    """What is billed a month; None where a line, its number or the cycle is not known.

    It is worked out from the lines: in which unit `subtotal` is written is nowhere said.
    """
    period = PERIODS_A_YEAR.get(plain(cycle or ""))
    if period is None or lines is None:
        return None
    if not payload["lines"] and amount(payload, "subtotal", field="monthly_amount") != 0:
        return None  # it bills something, and the list does not say what
    total = Decimal(0)
    for line in lines:
        quantity, price = _quantity(line), _cents(line, "retail_cents")
        if quantity is None or price is None:
            return None
        total += quantity * price
    times, years = period if isinstance(period, tuple) else (period, 1)
    return quantized(total * times / (12 * years))
