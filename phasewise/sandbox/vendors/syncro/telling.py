"""What Syncro can tell of a record, and what it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.projects import Opportunity
from phasewise.model.records.tickets import Ticket
from phasewise.model.records.time import TimeEntry
from phasewise.sandbox.vendors.syncro.forms import (
    ESTIMATES,
    kb,
    number_of,
    patch_runs,
    tickets_of_alerts,
    written_on,
)


def truth(records: Sequence[Any]) -> Iterable[Any]:
    """The records as Syncro can tell them.

    It has comments in place of a history, no verdict on a promise that would say which promise, no projects,
    meetings, surveys or documents that are read, and of automation only installations of patches.
    """
    became, runs = tickets_of_alerts(records), patch_runs(records)
    for record in records:
        if isinstance(record, Ticket):
            yield from (_ticket(record), *written_on(record))
        elif isinstance(record, Alert):
            # When an alert was resolved is told by its last change only.
            resolved_at = None if record.resolved_at is None else record.updated_at
            yield replace(record, ticket=became.get(record.id), resolved_at=resolved_at, resolved_by=None,
                          severity=None)  # fmt: skip
        elif isinstance(record, Device):
            yield from _device(record, runs.get(record.id, []))
        elif type(record) in _PLAIN:
            yield replace(record, **_PLAIN[type(record)](record))


def _ticket(record: Ticket) -> Ticket:
    return replace(
        record, number=str(number_of(record.id)), device=None, agreement=None, subcategory=None,
        first_priority=None, source=None, queue=None, first_response_at=None, first_response_by=None,
        closed_at=None, reopened_count=None, reassigned_count=None, group_reassigned_count=None,
        is_internal=None,
    )  # fmt: skip


def _device(record: Device, runs: Sequence[AutomationRun]) -> Iterable[Any]:
    # Of a machine without any patch nobody can tell whether it is patched.
    is_patched = record.is_patched if runs or not record.is_patched else None
    yield replace(
        record, last_check_in_at=None, is_managed=None, has_edr=None, has_backup=None, is_patched=is_patched
    )
    for run in runs:
        yield replace(
            run, id=f"{run.device}:{kb(run)}:{run.finished_at:%Y%m%dT%H%M%SZ}", trigger=None,
            started_at=None, alert=None,
        )  # fmt: skip


_PLAIN: Mapping[type[Any], Callable[[Any], Mapping[str, Any]]] = {
    Client: lambda _: {"kind": None, "started_at": None, "is_internal": None},
    Technician: lambda _: {
        "team": None, "is_active": None, "capacity_minutes_per_week": None, "currency": None,
        "hourly_cost": None,
    },
    TimeEntry: lambda _: {"client": None, "agreement": None, "is_invoiced": None, "purpose": None},
    Invoice: lambda _: {
        "agreement": None, "kind": None, "sent_on": None, "paid_on": None, "balance": None
    },
    InvoiceLine: lambda _: {"agreement": None, "is_recurring": None},
    Payment: lambda _: {},
    Agreement: lambda a: {
        "package": None, "started_on": None, "billing_cycle": (a.billing_cycle or "").capitalize()
    },
    AgreementLine: lambda _: {"package": None, "unit": None, "started_on": None},
    Opportunity: lambda o: {
        "stage": ESTIMATES[o.outcome or "open"], "monthly_amount": None, "closed_at": None, "project": None
    },
}  # fmt: skip
"""Record → what Syncro tells otherwise."""
