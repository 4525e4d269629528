"""Invoices with their lines, and payments.

Halo filters invoices by their date alone, and a payment changes an old one: they are listed in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import integer, neutral_word
from phasewise.connectors.vendors.halopsa.agreements import agreement_of
from phasewise.connectors.vendors.halopsa.lists import BY_ID, only, paged
from phasewise.connectors.vendors.halopsa.session import Session, objects
from phasewise.connectors.vendors.halopsa.tickets import client_of
from phasewise.connectors.vendors.halopsa.values import (
    amount,
    changed_at,
    currency_of,
    day_of,
    moment,
    names,
    number_of,
    provided,
    quantity,
    reference,
    text,
    yes,
)
from phasewise.connectors.vendors.halopsa.words import INVOICES
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.words import MAPPINGS, InvoiceKind

RIGHT = "read:invoices"

READ = names(
    """
    id invoicenumber client_id contract_id recurring_invoice_id invoicetype creditlinkedtoinvoiceid
    invoice_date duedate datesent datepaid date_created last_modified currency_code_name total
    amountdue voided lines
    """
)

READ_OF_PAYMENTS = frozenset({"id", "invoice_id", "client_id", "date", "amount"})


def invoice_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All invoices with their lines, credits included."""
    query = {**BY_ID, "includelines": True, "includecredits": True, "includeinvoices": True}
    pages = paged(session, "/Invoice", "invoices", query, right=RIGHT, resume=slice_.resume)
    return only(pages, READ)


def invoice_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The invoice and its lines; nothing for a draft, which Halo numbers below zero."""
    number, currency = number_of(payload), currency_of(payload)
    if int(number) < 0:
        return
    kind = _kind(payload)
    yield Invoice(
        id=number,
        updated_at=changed_at(payload, "last_modified"),
        client=client_of(payload, context),
        agreement=agreement_of(payload),
        number=text(payload, "invoicenumber"),
        kind=cast(
            "InvoiceKind | None",
            neutral_word(kind, field="kind", words=INVOICES, known=MAPPINGS["invoice_kind"]),
        ),
        kind_raw=kind,
        issued_on=day_of(payload.get("invoice_date"), field="issued_on"),
        due_on=day_of(payload.get("duedate"), field="due_on"),
        sent_on=day_of(payload.get("datesent"), field="sent_on"),
        paid_on=day_of(payload.get("datepaid"), field="paid_on"),
        created_at=moment(payload.get("date_created"), field="created_at"),
        currency=currency,
        total=amount(payload.get("total"), field="total"),
        balance=amount(payload.get("amountdue"), field="balance"),
    )
    is_recurring = _names_one(payload, "recurring_invoice_id")
    for place, line in enumerate(objects(payload.get("lines") or []), 1):
        if not yes(line.get("isgroupdesc"), field="lines"):
            yield _line(number, place, line, currency, is_recurring=is_recurring)


def is_voided(payload: Any) -> bool:
    """A voided invoice bills nothing, as one that is not there."""
    return yes(payload.get("voided"), field="voided") is True


def payment_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All payments. How their envelope calls them is written nowhere; the only list in it is taken."""
    pages = paged(session, "/InvoicePayment", "payments", BY_ID, right=RIGHT, resume=slice_.resume)
    return only(pages, READ_OF_PAYMENTS)


def payment_records(payload: Any, context: RecordContext) -> Iterable[Payment]:
    """The payment."""
    yield Payment(
        id=number_of(payload),
        invoice=reference(payload.get("invoice_id"), field="invoice"),
        client=client_of(payload, context),
        paid_on=day_of(payload.get("date"), field="paid_on"),
        amount=amount(payload.get("amount"), field="amount"),
    )


def _line(
    invoice: str, place: int, line: Mapping[str, Any], currency: str | None, *, is_recurring: bool | None
) -> InvoiceLine:
    own, line_recurs = integer(line.get("id"), field="id"), _names_one(line, "recurring_invoice_id")
    return InvoiceLine(
        id=f"{invoice}:{place if own is None else own}",
        invoice=invoice,
        agreement=agreement_of(line),
        product=text(line, "item_shortdescription", "item_code"),
        quantity=quantity(line.get("qty_order"), field="quantity"),
        currency=currency,
        unit_price=amount(line.get("unit_price"), field="unit_price"),
        unit_cost=amount(line.get("unit_cost"), field="unit_cost"),
        amount=amount(line.get("net_amount"), field="amount"),
        is_recurring=True
        if is_recurring or line_recurs
        else (is_recurring if line_recurs is None else line_recurs),
    )


def _kind(payload: Mapping[str, Any]) -> str | None:
    """What it bills, as far as Halo says it: what the numbers of `invoicetype` mean is written nowhere."""
    if _names_one(payload, "creditlinkedtoinvoiceid"):
        return "credit note"
    if _names_one(payload, "recurring_invoice_id"):
        return "recurring invoice"
    number = integer(payload.get("invoicetype"), field="kind")
    return None if number is None else f"invoice type {number}"


def _names_one(payload: Mapping[str, Any], field: str) -> bool | None:
    """Whether a reference names a row; None where Halo does not say."""
    value = integer(payload.get(field), field=field)
    return None if value is None else value > 0


STREAM = Stream(
    name="invoices",
    record="invoices",
    pages=invoice_pages,
    records=invoice_records,
    identify=number_of,
    provides=provided(
        "invoices",
        "client agreement number kind issued_on due_on sent_on paid_on created_at currency total balance",
    )
    | provided(
        "invoice_lines",
        "invoice agreement product quantity currency unit_price unit_cost amount is_recurring",
    ),
    emits=("invoices", "invoice_lines"),
    replaces_children=("invoice_lines",),
    child_parent={"invoice_lines": "invoice"},
    page_size=(1, 50, 100),
    right=RIGHT,
    deleted=is_voided,
)

PAYMENTS = Stream(
    name="payments",
    record="payments",
    pages=payment_pages,
    records=payment_records,
    identify=number_of,
    provides=provided("payments", "invoice client paid_on amount"),
    page_size=(1, 50, 100),
    right=RIGHT,
)
