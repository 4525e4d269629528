"""What is agreed, billed and paid, as rows of ConnectWise."""

from __future__ import annotations

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import words
from phasewise.sandbox.vendors.connectwise.forms import Places, currency, info, midnight, named, number, ref


def _agreement(agreement: Agreement) -> Item:
    return {
        "id": int(agreement.id),
        "name": agreement.name,
        "type": words.place(words.AGREEMENT, agreement.kind),
        "company": ref(agreement.client),
        "startDate": midnight(agreement.started_on),
        "endDate": midnight(agreement.ended_on),
        "noEndingDateFlag": agreement.ended_on is None,
        "cancelledFlag": False,
        "dateCancelled": None,
        "agreementStatus": {True: "Active", False: "Expired", None: None}[agreement.is_active],
        "billAmount": 0.0,
        "billingCycle": named((agreement.billing_cycle or "").capitalize() or None),
        "nextInvoiceDate": midnight(agreement.next_bill_on),
        "currency": currency(agreement.currency),
        "_info": info(agreement.updated_at),
    }


def _addition(line: AgreementLine) -> Item:
    return {
        "id": int(line.id),
        "agreementId": int(line.agreement),
        "product": {"id": 1, "identifier": line.product},
        "quantity": line.quantity,
        "lessIncluded": 0.0,
        "billedQuantity": line.quantity,
        "unitPrice": number(line.unit_price),
        "unitCost": number(line.unit_cost),
        "billCustomer": "Billable",
        "effectiveDate": midnight(line.started_on),
        "cancelledDate": midnight(line.ended_on),
        "uom": words.UNIT.get(line.unit or ""),
        "_info": info(line.updated_at),
    }


def _invoice(invoice: Invoice) -> Item:
    kind, applies_to = words.INVOICE[invoice.kind or "other"]
    paid = None if invoice.total is None or invoice.balance is None else invoice.total - invoice.balance
    return {
        "id": int(invoice.id),
        "invoiceNumber": invoice.number,
        "type": kind,
        "applyToType": applies_to,
        "company": ref(invoice.client),
        "agreement": ref(invoice.agreement),
        "date": midnight(invoice.issued_on),
        "dueDate": midnight(invoice.due_on),
        "total": number(invoice.total),
        "balance": number(invoice.balance),
        "payments": number(paid),
        "agreementAmount": 0.0,
        "serviceTotal": 0.0,
        "expenseTotal": 0.0,
        "productTotal": number(invoice.total),
        "currency": currency(invoice.currency),
        "_info": info(invoice.updated_at, invoice.created_at),
    }


def _product(line: InvoiceLine) -> Item:
    return {
        "id": int(line.id),
        "catalogItem": {"id": 1, "identifier": line.product},
        "quantity": line.quantity,
        "price": number(line.unit_price),
        "cost": number(line.unit_cost),
        "extPrice": number(line.amount),
        "billableOption": "Billable",
        "agreement": ref(line.agreement),
        "invoice": ref(line.invoice),
        "productClass": "Agreement" if line.is_recurring else "NonInventory",
        "cancelledFlag": False,
        "_info": info(line.updated_at),
    }


def _payment(payment: Payment) -> Item:
    return {
        "id": int(payment.id),
        "type": "Payment",
        "invoice": ref(payment.invoice),
        "amount": number(payment.amount),
        "paymentDate": midnight(payment.paid_on),
        "appliedBy": "tech1",
        "_info": info(payment.updated_at),
    }


PLACES: Places = {
    Agreement: ("/finance/agreements", _agreement),
    AgreementLine: ("additions", _addition),
    Invoice: ("/finance/invoices", _invoice),
    InvoiceLine: ("/procurement/products", _product),
    Payment: ("payments", _payment),
}
