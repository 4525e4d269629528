"""Agreements and what they hold. Their additions are asked for one agreement at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
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
    on,
    ref,
    text,
    word,
)
from phasewise.connectors.vendors.connectwise.words import AGREEMENT, UNIT, our_word
from phasewise.errors import RecordError
from phasewise.model.records.agreements import Agreement, AgreementLine

AGREEMENTS_RIGHT = "Finance: Agreements (inquire all)"
AGREEMENTS = List(
    "/finance/agreements",
    (
        "id", "name", "type/name", "company/id", "startDate", "endDate", "noEndingDateFlag", "cancelledFlag",
        "dateCancelled", "agreementStatus", "billAmount", "billingCycle/name", "nextInvoiceDate",
        "currency/currencyCode", *STAMPS,
    ),
    AGREEMENTS_RIGHT,
)  # fmt: skip
WITH_ADDITIONS = List(
    "/finance/agreements", ("id", "currency/currencyCode"), AGREEMENTS_RIGHT, background=True, asks_each=True
)
ADDITION = (
    "id", "product/identifier", "quantity", "lessIncluded", "billedQuantity", "unitPrice", "unitCost",
    "billCustomer", "effectiveDate", "cancelledDate", "uom", *STAMPS,
)  # fmt: skip

ACTIVE = {"active": True, "cancelled": False, "expired": False, "inactive": False}


def agreement_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Agreements changed in a slice."""
    return lists.changed(session, AGREEMENTS, slice_)


def agreement_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the agreements there are."""
    return lists.ids(session, AGREEMENTS, slice_)


def agreement_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The agreement, and its base amount as a line of it: additions come on top.

    What it bills a month is not said: that is the base amount and all additions that hold today.
    """
    raw = word(payload, "type")
    kind: Any = our_word(raw, "agreement_kind", AGREEMENT)
    yield Agreement(
        id=identify(payload),
        updated_at=changed_at(payload),
        client=ref(payload, "company"),
        name=text(payload.get("name")),
        kind=kind,
        kind_raw=raw,
        started_on=on(payload.get("startDate"), "started_on"),
        ended_on=_ended_on(payload),
        is_active=ACTIVE.get(plain(str(payload.get("agreementStatus") or ""))),
        currency=currency(payload),
        billing_cycle=word(payload, "billingCycle"),
        next_bill_on=on(payload.get("nextInvoiceDate"), "next_bill_on"),
    )
    if (base := amount(payload, "billAmount", "unit_price")) is not None:
        yield _base(payload, base)


def _base(payload: Item, base: Decimal) -> AgreementLine:
    return AgreementLine(
        id=f"{identify(payload)}:base",
        updated_at=changed_at(payload),
        agreement=identify(payload),
        unit="flat",
        unit_raw="billAmount",
        quantity=1.0,
        currency=currency(payload),
        unit_price=base,
        started_on=on(payload.get("startDate"), "started_on"),
        ended_on=_ended_on(payload),
    )


def _ended_on(payload: Item) -> date | None:
    if payload.get("cancelledFlag") is True and payload.get("dateCancelled"):
        return on(payload["dateCancelled"], "ended_on")
    return None if payload.get("noEndingDateFlag") is True else on(payload.get("endDate"), "ended_on")


def line_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """An agreement a payload, with all of its additions: nothing says that one of them has changed."""
    for page in lists.everything(session, WITH_ADDITIONS, slice_):
        yield replace(page, payloads=[_with_additions(session, item) for item in page.payloads])


def line_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The lines of an agreement."""
    for addition in payload.get("additions") or ():
        yield _line(payload, addition)


def _line(payload: Item, addition: Item) -> AgreementLine:
    raw = text(addition.get("uom"))
    unit: Any = our_word(raw, "line_unit", UNIT)
    billing = addition.get("billCustomer")
    price = amount(addition, "unitPrice", "unit_price")
    return AgreementLine(
        id=identify(addition),
        updated_at=changed_at(addition),
        agreement=identify(payload),
        product=word(addition, "product", "identifier"),
        unit=unit,
        unit_raw=raw,
        quantity=_billed(addition),
        currency=currency(payload),
        # It is there, and the client is not billed for it, by the vendor's own word.
        unit_price=Decimal(0) if billing in {"DoNotBill", "NoCharge"} and price is not None else price,
        unit_cost=amount(addition, "unitCost", "unit_cost"),
        started_on=on(addition.get("effectiveDate"), "started_on"),
        ended_on=on(addition.get("cancelledDate"), "ended_on"),
    )


def _billed(addition: Item) -> float | None:
    """How many are billed: what the vendor says, else the quantity less what is included."""
    billed = amount(addition, "billedQuantity", "quantity")
    if billed is None and (quantity := amount(addition, "quantity", "quantity")) is not None:
        billed = quantity - (amount(addition, "lessIncluded", "quantity") or Decimal(0))
    return None if billed is None else float(billed)


def _with_additions(session: Session, item: Any) -> Any:
    try:
        number = int(identify(item))
    except (RecordError, ValueError):
        return item  # becomes a reject, by its own reason
    listed = List(
        f"/finance/agreements/{number}/additions",
        ADDITION,
        AGREEMENTS_RIGHT,
        background=True,
        has_count=False,
    )
    return {**item, "additions": lists.rows(session, listed)}
