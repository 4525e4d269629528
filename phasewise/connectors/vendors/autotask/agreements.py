"""Contracts with their services and bundles: what a client has agreed to pay for, and how much a month.

A service on a contract names its price and not how many are billed: that stands in the units of each period.
Asked for are the units of the period that holds today, by the vendor's clock. Two rows of one period that
differ, a period whose length nobody knows, a service without units: then the quantity or the monthly amount
is not known, and not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.autotask import words
from phasewise.connectors.vendors.autotask.entities import (
    CONTRACT_BUNDLE_UNITS,
    CONTRACT_BUNDLES,
    CONTRACT_SERVICE_UNITS,
    CONTRACT_SERVICES,
    CONTRACTS,
    SERVICE_BUNDLES,
    SERVICES,
    Entity,
)
from phasewise.connectors.vendors.autotask.filters import Condition
from phasewise.connectors.vendors.autotask.listing import belonging, everything, pages
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    Payload,
    amount,
    identify,
    label,
    number,
    on,
    reference,
    text,
    word,
)
from phasewise.model.records.agreements import Agreement, AgreementLine

LINES = "Lines"
"""Key under which a contract's payload carries its services and bundles."""
UNITS = "Units"
"""Key under which a line carries the rows of units of today's period."""
SOLD = "Sold"
"""Key under which a line carries the service or bundle that is sold."""
KIND = "Entity"
"""Key under which a line carries the entity it is of."""

_CENT_OF_A_CENT = Decimal("0.0001")
_ACTIVE = {"active": True, "inactive": False}
_HOW: tuple[tuple[Entity, str, Entity, str, Entity], ...] = (
    (CONTRACT_SERVICES, "serviceID", SERVICES, "contractServiceID", CONTRACT_SERVICE_UNITS),
    (CONTRACT_BUNDLES, "serviceBundleID", SERVICE_BUNDLES, "contractServiceBundleID", CONTRACT_BUNDLE_UNITS),
)
"""Lines of a contract, what they sell, and where their units are."""


def agreement_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """Every contract with its lines."""
    for page in pages(session, CONTRACTS, resume=slice_.resume):
        ids = [str(row["id"]) for row in page.payloads if isinstance(row.get("id"), int)]
        today = _today(page.source_time, context.record.zone)
        lines = _lines(session, ids, today)
        payloads = [{**row, LINES: lines.get(str(row.get("id")), [])} for row in page.payloads]
        yield replace(page, payloads=payloads)


def agreement_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The agreement and its lines."""
    id_, currency = identify(payload), context.settings.currency or None
    kind = label(payload, "contractType")
    neutral = word(kind, field="kind", mapping="agreement_kind", words=words.AGREEMENT)
    lines = [line for line in payload.get(LINES) or () if isinstance(line, Mapping)]
    state = label(payload, "status")
    yield Agreement(
        id=id_,
        client=reference(payload, "companyID"),
        name=text(payload, "contractName"),
        kind=neutral,
        kind_raw=kind,
        package=label(payload, "contractCategory"),
        started_on=on(payload, "startDate", field="started_on"),
        ended_on=on(payload, "endDate", field="ended_on"),
        is_active=None if state is None else _ACTIVE.get(plain(state)),
        currency=currency,
        monthly_amount=_monthly(lines) if neutral == "recurring" else None,
        billing_cycle=label(payload, "contractPeriodType"),
    )
    for line in lines:
        yield _line(line, id_, currency)


def _line(line: Payload, agreement: str, currency: str | None) -> AgreementLine:
    sold, is_bundle = line.get(SOLD) or {}, line.get(KIND) == CONTRACT_BUNDLES.name
    units = _units(line)
    return AgreementLine(
        id=f"{'bundle' if is_bundle else 'service'}:{identify(line)}",
        agreement=agreement,
        product=text(sold, "name") or text(line, "invoiceDescription"),
        package=text(sold, "name") if is_bundle else None,
        quantity=None if units is None else float(units),
        currency=currency,
        unit_price=amount(line, "unitPrice", field="unit_price"),
        unit_cost=amount(line, "unitCost", field="unit_cost"),
    )


def _units(line: Payload) -> int | None:
    """How many are billed in today's period; None where nothing, or no one thing, says it."""
    found = {number(row, "units", field="quantity") for row in line.get(UNITS) or ()}
    return found.pop() if len(found) == 1 else None


def _monthly(lines: Sequence[Payload]) -> Decimal | None:
    """What all lines together bill a month; None where one of them cannot be told, or there is none."""
    total = Decimal(0)
    for line in lines:
        period = plain(label(line.get(SOLD) or {}, "periodType") or "")
        if period not in words.MONTHS:
            return None
        months = words.MONTHS[period]
        price, units = amount(line, "unitPrice", field="unit_price"), _units(line)
        if months is None:
            continue
        if price is None or units is None:
            return None
        total += price * units / months
    return total.quantize(_CENT_OF_A_CENT, ROUND_HALF_UP) if lines else None


def _today(source_time: datetime | None, zone: ZoneInfo) -> str | None:
    return None if source_time is None else f"{source_time.astimezone(zone):%Y-%m-%d}T00:00:00.000Z"


def _lines(session: Session, contracts: Sequence[str], today: str | None) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {contract: [] for contract in contracts}
    for entity, sold_by, what, unit_of, units in _HOW:
        lines = belonging(session, entity, "contractID", contracts)
        holders = [contract for contract, rows in lines.items() if rows]
        billed = _billed(session, units, unit_of, holders, today)
        catalogue = everything(session, what) if holders else {}
        for contract in holders:
            found[contract] += [
                {
                    **line,
                    KIND: entity.name,
                    SOLD: catalogue.get(str(line.get(sold_by))),
                    UNITS: billed.get(str(line.get("id")), []),
                }
                for line in lines[contract]
            ]
    return found


def _billed(
    session: Session, units: Entity, unit_of: str, contracts: Sequence[str], today: str | None
) -> Mapping[str, list[Any]]:
    """Line → the rows of units whose period holds today."""
    if today is None:
        return {}
    now: list[Condition] = [
        {"op": "lte", "field": "startDate", "value": today},
        {"op": "gte", "field": "endDate", "value": today},
    ]
    found: dict[str, list[Any]] = {}
    for rows in belonging(session, units, "contractID", contracts, also=now).values():
        for row in rows:
            found.setdefault(str(row.get(unit_of)), []).append(row)
    return found
