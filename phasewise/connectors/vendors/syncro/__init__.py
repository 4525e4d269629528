"""Syncro (SyncroMSP): PSA and RMM in one, by its REST interface 1.

Facts: Syncro's API documentation (OpenAPI "Syncro v1"). What is not written there and was not seen on a live
system is named where it is read, and in docs/howto/connect-syncro.md.

Syncro has no history of a ticket but its comments, no verdict on an SLA that names the promise, no list of
scripts that ran, no projects and no survey answers: none of these is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from phasewise.connectors.base import Connector, CursorKind, Stream
from phasewise.connectors.vendors.syncro import agreements, machines, money, people, service
from phasewise.connectors.vendors.syncro.check import check
from phasewise.connectors.vendors.syncro.lists import identify
from phasewise.connectors.vendors.syncro.quirks import QUIRKS
from phasewise.connectors.vendors.syncro.session import CONCURRENCY, open_session
from phasewise.connectors.vendors.syncro.settings import SyncroSettings

FILLS = {
    "clients": "name",
    "technicians": "name role",
    "tickets": "number client requester technician parent title type category priority status opened_at "
    "resolved_at",
    "ticket_events": "ticket at kind actor technician",
    "time_entries": "technician ticket started_at entered_at minutes is_billable",
    "invoices": "client number issued_on due_on created_at total",
    "invoice_lines": "invoice product quantity unit_price unit_cost amount",
    "payments": "invoice client paid_on amount",
    "agreements": "client name kind is_active monthly_amount billing_cycle next_bill_on",
    "agreement_lines": "agreement product quantity unit_price unit_cost",
    "opportunities": "client name stage outcome amount created_at",
    "devices": "client name serial_number kind installed_at",
    "alerts": "device client category raised_at resolved_at ticket",
    "automation_runs": "device client automation kind finished_at outcome",
}
"""Table → the fields that can ever be filled."""

WITH_AMOUNTS = frozenset(
    {"invoices", "invoice_lines", "payments", "agreements", "agreement_lines", "opportunities"}
)

OVERLAP = timedelta(hours=26)
"""Whether Syncro reads the hour of `since_updated_at`, and in which zone, is nowhere written for sure."""

TIMERS_OVERLAP = timedelta(days=14)
"""Timers are filtered by their creation only: those of two weeks are read again, as they may be corrected."""

TIMERS_WINDOW = timedelta(days=92)
"""A slice of the history of timers. Every slice costs two requests to count it, and is read a day wider on
both sides; a kill costs what was read of one, as no run can go on within a list that tells no total."""

HISTORY_MONTHS = 6


def streams(settings: SyncroSettings | None) -> Sequence[Stream]:
    """The streams; without settings, all there can be."""
    wanted = {"currency": settings is None or settings.currency is not None}
    has_lines = settings is None or settings.invoice_lines
    has_patches = settings is None or settings.patches
    found = [
        *_people(wanted),
        *_service(wanted),
        *_money(wanted),
        *([_invoice_lines(wanted)] if has_lines else []),
        _devices(wanted, has_patches=has_patches),
        _alerts(wanted),
    ]
    return tuple(found)


def _provides(wanted: dict[str, bool], *tables: str) -> frozenset[str]:
    names = {f"{table}.{name}" for table in tables for name in FILLS[table].split()}
    return frozenset(names | {f"{t}.currency" for t in tables if t in WITH_AMOUNTS and wanted["currency"]})


def _stream(name: str, wanted: dict[str, bool], tables: tuple[str, ...], **rest: Any) -> Stream:
    provides = _provides(wanted, *tables)
    return Stream(
        name=name, record=tables[0], emits=tables, identify=identify, provides=provides,
        page_size=(25, 25, 100), **rest,
    )  # fmt: skip


def _people(wanted: dict[str, bool]) -> list[Stream]:
    return [
        _stream(
            "clients", wanted, ("clients",), pages=people.client_pages, records=people.client_records,
            right=people.CUSTOMERS, deleted=people.is_disabled,
        ),
        _stream(
            "technicians", wanted, ("technicians",), pages=people.technician_pages,
            records=people.technician_records, right=people.USERS, personal=frozenset({"full_name"}),
        ),
    ]  # fmt: skip


def _service(wanted: dict[str, bool]) -> list[Stream]:
    return [
        _stream(
            "tickets", wanted, ("tickets",), pages=service.ticket_pages, records=service.ticket_records,
            cursor=CursorKind.MODIFIED, overlap=OVERLAP, right=service.TICKETS,
            personal=frozenset({"subject"}),
        ),
        _stream(
            "time_entries", wanted, ("time_entries",), pages=service.time_pages, records=service.time_records,
            cursor=CursorKind.CREATED, bounded=True, overlap=TIMERS_OVERLAP, window=TIMERS_WINDOW,
            right=service.TIMERS,
        ),
        _stream(
            "ticket_history", wanted, ("ticket_events",), pages=service.history_pages,
            records=service.history_records, listing=service.history_listing, cursor=CursorKind.MODIFIED,
            overlap=OVERLAP, right=service.HISTORY, background=True, history_months=HISTORY_MONTHS,
            lists_all=False, replaces_children=("ticket_events",), child_parent={"ticket_events": "ticket"},
        ),
    ]  # fmt: skip


def _money(wanted: dict[str, bool]) -> list[Stream]:
    return [
        _stream(
            "invoices", wanted, ("invoices",), pages=money.invoice_pages, records=money.invoice_records,
            cursor=CursorKind.MODIFIED, overlap=OVERLAP, right=money.INVOICES,
        ),
        _stream(
            "payments", wanted, ("payments",), pages=money.payment_pages, records=money.payment_records,
            right=money.PAYMENTS,
        ),
        _stream(
            "agreements", wanted, ("agreements", "agreement_lines"), pages=agreements.schedule_pages,
            records=agreements.schedule_records, right=agreements.SCHEDULES,
            replaces_children=("agreement_lines",), child_parent={"agreement_lines": "agreement"},
        ),
        _stream(
            "opportunities", wanted, ("opportunities",), pages=money.estimate_pages,
            records=money.estimate_records, right=money.ESTIMATES,
        ),
    ]  # fmt: skip


def _invoice_lines(wanted: dict[str, bool]) -> Stream:
    return _stream(
        "invoice_lines", wanted, ("invoice_lines",), pages=money.line_pages, records=money.line_records,
        right=money.LINES,
    )  # fmt: skip


def _devices(wanted: dict[str, bool], *, has_patches: bool) -> Stream:
    tables = ("devices", "automation_runs") if has_patches else ("devices",)
    found = _stream(
        "devices", wanted, tables, pages=machines.asset_pages, records=machines.asset_records,
        right=machines.ASSETS, background=has_patches,
    )  # fmt: skip
    return replace(found, provides=found.provides | {"devices.is_patched"}) if has_patches else found


def _alerts(wanted: dict[str, bool]) -> Stream:
    return _stream(
        "alerts", wanted, ("alerts",), pages=machines.alert_pages, records=machines.alert_records,
        right=machines.ALERTS, background=True,
    )  # fmt: skip


CONNECTOR = Connector(
    name="syncro",
    title="Syncro",
    kind="psa",
    settings=SyncroSettings,
    open=open_session,
    streams=streams,
    check=check,
    concurrency=CONCURRENCY,
    catalogue=lambda: streams(None),
    quirks=QUIRKS,
)
