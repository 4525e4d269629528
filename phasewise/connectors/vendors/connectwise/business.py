"""The streams of what is agreed, billed and sold."""

from __future__ import annotations

from phasewise.connectors.base import CursorKind, Stream
from phasewise.connectors.vendors.connectwise import agreements, billing, sales
from phasewise.connectors.vendors.connectwise.declared import A_QUARTER, ALL_OF_IT, filled
from phasewise.connectors.vendors.connectwise.values import identify

LINE = "agreement unit quantity currency unit_price started_on ended_on"

MONEY = (
    Stream(
        name="agreements",
        record="agreements",
        pages=agreements.agreement_pages,
        records=agreements.agreement_records,
        identify=identify,
        listing=agreements.agreement_ids,
        provides=filled(
            agreements="client name kind started_on ended_on is_active currency billing_cycle next_bill_on",
            agreement_lines=LINE,
        ),
        emits=("agreements", "agreement_lines"),
        cursor=CursorKind.MODIFIED,
        history_months=ALL_OF_IT,
        right=agreements.AGREEMENTS.right,
    ),
    Stream(
        name="agreement_lines",
        record="agreement_lines",
        pages=agreements.line_pages,
        records=agreements.line_records,
        identify=identify,
        provides=filled(agreement_lines=f"{LINE} product unit_cost"),
        cursor=CursorKind.NONE,
        right=agreements.AGREEMENTS.right,
        background=True,
    ),
    Stream(
        name="invoices",
        record="invoices",
        pages=billing.invoice_pages,
        records=billing.invoice_records,
        identify=identify,
        listing=billing.invoice_ids,
        provides=filled(
            invoices="client agreement number kind issued_on due_on created_at currency total balance",
            invoice_lines="invoice agreement product currency amount is_recurring",
        ),
        emits=("invoices", "invoice_lines"),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        window=A_QUARTER,
        right=billing.INVOICES.right,
    ),
    Stream(
        name="invoice_lines",
        record="invoice_lines",
        pages=billing.product_pages,
        records=billing.product_records,
        identify=identify,
        listing=billing.product_ids,
        provides=filled(
            invoice_lines="invoice agreement product quantity unit_price unit_cost amount is_recurring"
        ),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        window=A_QUARTER,
        right=billing.PRODUCTS.right,
    ),
    Stream(
        name="payments",
        record="payments",
        pages=billing.payment_pages,
        records=billing.payment_records,
        identify=identify,
        provides=filled(payments="invoice client paid_on currency amount"),
        replaces_children=("payments",),
        child_parent={"payments": "invoice"},
        cursor=CursorKind.MODIFIED,
        bounded=True,
        window=A_QUARTER,
        right=billing.PAID_INVOICES.right,
        background=True,
        lists_all=False,
    ),
    Stream(
        name="opportunities",
        record="opportunities",
        pages=sales.opportunity_pages,
        records=sales.opportunity_records,
        identify=identify,
        listing=sales.opportunity_ids,
        provides=filled(
            opportunities="client name stage outcome currency amount monthly_amount created_at closed_at"
        ),
        cursor=CursorKind.MODIFIED,
        history_months=ALL_OF_IT,
        right=sales.OPPORTUNITIES.right,
        background=True,
    ),
)
