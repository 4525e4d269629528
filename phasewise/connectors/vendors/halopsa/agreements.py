"""Contracts, and recurring invoices with their lines: what clients have agreed to pay for.

A contract says what is agreed and a recurring invoice what is billed for it. Both are agreements; only the
second has amounts, so that no revenue counts twice. Its id begins with `recurring:`, as both are numbered
from one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import integer, neutral_word, plain
from phasewise.connectors.vendors.halopsa.lists import BY_ID, only, paged
from phasewise.connectors.vendors.halopsa.session import Session, objects
from phasewise.connectors.vendors.halopsa.settings import HaloSettings
from phasewise.connectors.vendors.halopsa.tickets import client_of
from phasewise.connectors.vendors.halopsa.values import (
    amount,
    changed_at,
    currency_of,
    day_of,
    names,
    number_of,
    provided,
    quantity,
    text,
    yes,
)
from phasewise.connectors.vendors.halopsa.words import AGREEMENTS, MONTHS
from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.words import MAPPINGS, AgreementKind, LineUnit

CONTRACTS, RECURRING = "read:contracts", "read:invoices"

PREFIX = "recurring:"

READ = names(
    """
    id client_id ref refextra contracttype_name subtype start_date end_date started expired active
    last_modified billing_period_string billingperiod next_invoice_date periodchargeamount
    """
)
READ_OF_RECURRING = names(
    """
    id client_id contract_ref reference startdate enddate disabled last_modified period periodname
    nextcreationdate currency_code_name total tax_total revenue lines
    """
)

CENT = Decimal("0.0001")


def contract_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All contracts, the ended ones included."""
    query = {**BY_ID, "includeinactive": True}
    pages = paged(session, "/ClientContract", "contracts", query, right=CONTRACTS, resume=slice_.resume)
    return only(pages, READ)


def contract_records(payload: Any, context: RecordContext) -> Iterable[Agreement]:
    """The contract."""
    kind = text(payload, "contracttype_name")
    if kind is None and (subtype := integer(payload.get("subtype"), field="kind")) is not None:
        kind = f"contract type {subtype}"
    cycle = text(payload, "billing_period_string")
    yield Agreement(
        id=number_of(payload),
        updated_at=changed_at(payload, "last_modified"),
        client=client_of(payload, context),
        name=text(payload, "ref"),
        kind=_kind(kind),
        kind_raw=kind,
        package=text(payload, "refextra"),
        started_on=day_of(payload.get("start_date"), field="started_on"),
        ended_on=day_of(payload.get("end_date"), field="ended_on"),
        is_active=_is_active(payload),
        monthly_amount=_monthly(amount(payload.get("periodchargeamount"), field="monthly_amount"), cycle)
        if context.settings.contract_amounts
        else None,
        billing_cycle=cycle or _code(payload, "billingperiod"),
        next_bill_on=day_of(payload.get("next_invoice_date"), field="next_bill_on"),
    )


def recurring_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All recurring invoices with their lines."""
    query = {**BY_ID, "includelines": True}
    pages = paged(
        session,
        "/RecurringInvoice",
        "invoices",
        query,
        right=RECURRING,
        resume=slice_.resume,
        identify=recurring_id,
    )
    return only(pages, READ_OF_RECURRING)


def recurring_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The agreement of a recurring invoice, and its lines."""
    number, currency = recurring_id(payload), currency_of(payload)
    cycle, is_disabled = text(payload, "periodname"), yes(payload.get("disabled"), field="is_active")
    yield Agreement(
        id=number,
        updated_at=changed_at(payload, "last_modified"),
        client=client_of(payload, context),
        name=text(payload, "reference", "contract_ref"),
        kind="recurring",
        kind_raw="recurring invoice",
        started_on=day_of(payload.get("startdate"), field="started_on"),
        ended_on=day_of(payload.get("enddate"), field="ended_on"),
        is_active=None if is_disabled is None else not is_disabled,
        currency=currency,
        monthly_amount=_monthly(_net(payload), cycle),
        billing_cycle=cycle or _code(payload, "period"),
        next_bill_on=day_of(payload.get("nextcreationdate"), field="next_bill_on"),
    )
    for place, line in enumerate(objects(payload.get("lines") or []), 1):
        if not yes(line.get("isgroupdesc"), field="lines") and not yes(line.get("isinactive"), field="lines"):
            yield _line(number, place, line, currency)


def recurring_id(payload: Any) -> str:
    """The id of the agreement that a recurring invoice is."""
    return PREFIX + number_of(payload)


def agreement_of(payload: Mapping[str, Any]) -> str | None:
    """The agreement that an invoice or a line of one bills: its contract, else its recurring invoice."""
    contract = integer(payload.get("contract_id"), field="agreement") or 0
    recurring = integer(payload.get("recurring_invoice_id"), field="agreement") or 0
    # The recurring invoice has the amounts: what it billed is compared with what it promised.
    if recurring > 0:
        return f"{PREFIX}{recurring}"
    return str(contract) if contract > 0 else None


def _line(agreement: str, place: int, line: Mapping[str, Any], currency: str | None) -> AgreementLine:
    unit, word = _unit(line)
    own = integer(line.get("id"), field="id")
    return AgreementLine(
        id=f"{agreement}:{place if own is None else own}",
        agreement=agreement,
        product=text(line, "item_shortdescription", "item_code"),
        unit=unit,
        unit_raw=word,
        quantity=quantity(line.get("qty_order"), field="quantity"),
        currency=currency,
        unit_price=amount(line.get("unit_price"), field="unit_price"),
        unit_cost=amount(line.get("unit_cost"), field="unit_cost"),
        started_on=day_of(line.get("startdate"), field="started_on"),
        ended_on=day_of(line.get("enddate"), field="ended_on"),
    )


def _unit(line: Mapping[str, Any]) -> tuple[LineUnit | None, str | None]:
    """What is counted, where Halo counts by itself; of a number that a person wrote nobody knows."""
    if yes(line.get("calculate_price_from_users"), field="unit"):
        return "user", "users"
    if yes(line.get("calculate_price_from_assets"), field="unit"):
        return "device", "assets"
    return None, None


def _kind(word: str | None) -> AgreementKind | None:
    found = neutral_word(word, field="kind", words=AGREEMENTS, known=MAPPINGS["agreement_kind"])
    return cast("AgreementKind | None", found)


def _is_active(payload: Mapping[str, Any]) -> bool | None:
    told = yes(payload.get("active"), field="is_active")
    if told is not None:
        return told
    started, expired = (yes(payload.get(name), field="is_active") for name in ("started", "expired"))
    return None if started is None or expired is None else started and not expired


def _net(payload: Mapping[str, Any]) -> Decimal | None:
    """Without tax: total less tax, or what Halo calls revenue."""
    total, tax = (amount(payload.get(name), field="monthly_amount") for name in ("total", "tax_total"))
    if total is not None and tax is not None:
        return total - tax
    return amount(payload.get("revenue"), field="monthly_amount")


def _monthly(of_a_period: Decimal | None, cycle: str | None) -> Decimal | None:
    months = MONTHS.get(plain(cycle or ""))
    if of_a_period is None or months is None:
        return None
    return (of_a_period / months).quantize(CENT, ROUND_HALF_UP)


def _code(payload: Mapping[str, Any], name: str) -> str | None:
    found = integer(payload.get(name), field="billing_cycle")
    return None if found is None else f"period {found}"


def contracts_stream(settings: HaloSettings | None) -> Stream:
    """The contracts; without settings, with all they may fill."""
    fields = "client name kind package started_on ended_on is_active billing_cycle next_bill_on"
    if settings is None or settings.contract_amounts:
        fields += " monthly_amount"
    return Stream(
        name="agreements",
        record="agreements",
        pages=contract_pages,
        records=contract_records,
        identify=number_of,
        provides=provided("agreements", fields),
        page_size=(1, 50, 100),
        right=CONTRACTS,
    )


RECURRING_INVOICES = Stream(
    name="recurring_invoices",
    record="agreements",
    pages=recurring_pages,
    records=recurring_records,
    identify=recurring_id,
    provides=provided(
        "agreements",
        "client name kind started_on ended_on is_active currency monthly_amount billing_cycle next_bill_on",
    )
    | provided(
        "agreement_lines", "agreement product unit quantity currency unit_price unit_cost started_on ended_on"
    ),
    emits=("agreements", "agreement_lines"),
    replaces_children=("agreement_lines",),
    child_parent={"agreement_lines": "agreement"},
    page_size=(1, 50, 100),
    right=RECURRING,
)
