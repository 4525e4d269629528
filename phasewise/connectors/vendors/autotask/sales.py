"""Opportunities. Whether their dates carry a time of day is not documented: midnight is read as a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.autotask import words
from phasewise.connectors.vendors.autotask.entities import OPPORTUNITIES
from phasewise.connectors.vendors.autotask.listing import changed_pages
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    Payload,
    amount,
    at_in,
    identify,
    label,
    latest,
    reference,
    text,
    word,
)
from phasewise.model.records.projects import Opportunity

_EVERY = {"monthlyRevenue": 1, "quarterlyRevenue": 3, "semiannualRevenue": 6, "yearlyRevenue": 12}
"""Field → months it covers."""

_CENT_OF_A_CENT = Decimal("0.0001")


def opportunity_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The opportunities that changed within a slice."""
    return changed_pages(session, slice_, OPPORTUNITIES)


def opportunity_records(payload: Any, context: RecordContext) -> Iterable[Opportunity]:
    """The opportunity."""
    status = label(payload, "status")
    outcome = word(status, field="outcome", mapping="opportunity_outcome", words=words.OUTCOME)
    ended = {"won": "closedDate", "lost": "lostDate"}.get(outcome or "")
    yield Opportunity(
        id=identify(payload),
        updated_at=latest(payload, *OPPORTUNITIES.changed),
        client=reference(payload, "companyID"),
        name=text(payload, "title"),
        stage=label(payload, "stage"),
        outcome=outcome,
        outcome_raw=status,
        currency=context.settings.currency or None,
        amount=amount(payload, "onetimeRevenue", field="amount"),
        monthly_amount=_monthly(payload),
        created_at=at_in(payload, "createDate", context.zone, field="created_at"),
        closed_at=None if ended is None else at_in(payload, ended, context.zone, field="closed_at"),
    )


def _monthly(payload: Payload) -> Decimal | None:
    """What comes every period, a month; None where nothing is said of any period."""
    parts = [
        told / months
        for name, months in _EVERY.items()
        if (told := amount(payload, name, field="monthly_amount")) is not None
    ]
    return sum(parts, Decimal(0)).quantize(_CENT_OF_A_CENT, ROUND_HALF_UP) if parts else None
