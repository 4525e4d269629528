"""Opportunities. What they are worth is asked for one at a time: it stands in their forecast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.lookups import opportunity_statuses
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import (
    STAMPS,
    Item,
    amount,
    at,
    changed_at,
    currency,
    identify,
    made_at,
    ref,
    text,
    word,
)
from phasewise.connectors.vendors.connectwise.words import our_word
from phasewise.errors import RecordError
from phasewise.model.records.projects import Opportunity

SALES = "Sales: Opportunity (inquire all)"
OPPORTUNITIES = List(
    "/sales/opportunities",
    (
        "id", "name", "company/id", "stage/name", "status/id", "status/name", "closedDate",
        "currency/currencyCode", *STAMPS,
    ),
    SALES,
    background=True,
    asks_each=True,
)  # fmt: skip
FORECAST_ITEM = ("revenue", "includeFlag", "recurringFlag", "recurringRevenue", "billCycle")
FLAGS = ("wonFlag", "lostFlag", "closedFlag")

MONTHS = {
    "month": 1,
    "monthly": 1,
    "quarter": 3,
    "quarterly": 3,
    "semi-annual": 6,
    "semi-annually": 6,
    "year": 12,
    "yearly": 12,
    "annual": 12,
    "annually": 12,
}
"""Months in a billing cycle, by its usual names."""


def opportunity_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Opportunities changed in a slice, each with its forecast and what its status means."""
    for page in lists.changed(session, OPPORTUNITIES, slice_):
        yield replace(page, payloads=[_whole(session, item) for item in page.payloads])


def opportunity_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the opportunities there are."""
    return lists.ids(session, OPPORTUNITIES, slice_)


def opportunity_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The opportunity."""
    raw = word(payload, "status")
    outcome: Any = _outcome(payload, raw)
    yield Opportunity(
        id=identify(payload),
        updated_at=changed_at(payload),
        client=ref(payload, "company"),
        name=text(payload.get("name")),
        stage=word(payload, "stage"),
        outcome=outcome,
        outcome_raw=raw,
        currency=currency(payload),
        amount=once(payload.get("forecastItems")),
        monthly_amount=monthly(payload.get("forecastItems")),
        created_at=made_at(payload, "created_at"),
        closed_at=at(payload.get("closedDate"), "closed_at"),
    )


def once(items: Any) -> Decimal | None:
    """What is sold once: the sum of the included rows of a forecast; None where there is none."""
    found = [amount(row, "revenue", "amount") for row in _included(items) if not row.get("recurringFlag")]
    known = [value for value in found if value is not None]
    return sum(known, Decimal(0)) if known else None


def monthly(items: Any) -> Decimal | None:
    """What is sold for every month; None where there is nothing such, or a cycle of no known length."""
    total: Decimal | None = None
    for row in _included(items):
        if not row.get("recurringFlag"):
            continue
        revenue = amount(row, "recurringRevenue", "monthly_amount")
        months = MONTHS.get(plain(word(row, "billCycle") or ""))
        if revenue is None or months is None:
            return None
        total = (total or Decimal(0)) + revenue / months
    return None if total is None else total.quantize(Decimal("0.0001"))


def _included(items: Any) -> Iterator[Item]:
    for row in items or ():
        if isinstance(row, Mapping) and row.get("includeFlag") is not False:
            yield row


def _outcome(payload: Item, raw: str | None) -> str | None:
    flags = payload.get("statusFlags") or {}
    if flags.get("wonFlag") is True:
        return "won"
    if flags.get("lostFlag") is True:
        return "lost"
    if flags.get("closedFlag") is False:
        return "open"
    return our_word(raw, "opportunity_outcome", {})


def _whole(session: Session, item: Any) -> Any:
    try:
        number = int(identify(item))
    except (RecordError, ValueError):
        return item  # becomes a reject, by its own reason
    flags = opportunity_statuses(session).get(ref(item, "status") or "", {})
    return {
        **item,
        "statusFlags": {name: flags.get(name) for name in FLAGS},
        "forecastItems": _forecast(session, number),
    }


def _forecast(session: Session, number: int) -> list[dict[str, Any]] | None:
    """The rows of a forecast. The specification says a list of forecasts, the vendor's own pages one."""
    path = f"/sales/opportunities/{number}/forecast"
    answer = session.get(path, right=SALES, allow=(404,), background=True)
    if answer.status == 404:
        return None
    forecasts = answer.body if isinstance(answer.body, list) else [answer.body]
    return [
        {name: row.get(name) for name in FORECAST_ITEM}
        for forecast in forecasts
        if isinstance(forecast, Mapping)
        for row in forecast.get("forecastItems") or ()
        if isinstance(row, Mapping)
    ]
