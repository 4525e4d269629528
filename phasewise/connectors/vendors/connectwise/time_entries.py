"""Working time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import minutes
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import STAMPS, Item, at, changed_at, identify, ref, word
from phasewise.connectors.vendors.connectwise.words import WORK, our_word
from phasewise.errors import RecordError
from phasewise.model.records.time import TimeEntry

TIME = List(
    "/time/entries",
    (
        "id", "member/id", "company/id", "chargeToId", "chargeToType", "ticket/id", "project/id",
        "agreement/id", "workType/name", "timeStart", "dateEntered", "actualHours", "billableOption",
        "invoice/id", "status", *STAMPS,
    ),
    "Time & Expense: Time Entry, and Finance: Billing View Time (inquire all)",
)  # fmt: skip

TICKETS = frozenset({"ServiceTicket", "ProjectTicket"})
BILLABLE = {"Billable": True, "NoCharge": False, "DoNotBill": False}
BILLED = frozenset({"Billed", "BilledAgreement"})


def time_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Time entries changed in a slice."""
    return lists.changed(session, TIME, slice_)


def time_ids(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """Ids of the time entries there are."""
    return lists.ids(session, TIME, slice_)


def time_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The time entry.

    Raises:
        RecordError: it has no hours: its clock still runs, and its end changes it again.
    """
    worked = minutes(payload.get("actualHours"), field="minutes", unit="hours")
    if worked is None:
        raise RecordError("it has no hours yet", field="minutes", reason="no_minutes")
    raw = word(payload, "workType")
    purpose: Any = our_word(raw, "work_type", WORK)
    yield TimeEntry(
        id=identify(payload),
        updated_at=changed_at(payload),
        technician=ref(payload, "member"),
        ticket=_ticket(payload),
        project=ref(payload, "project"),
        client=ref(payload, "company"),
        agreement=ref(payload, "agreement"),
        started_at=at(payload.get("timeStart"), "started_at"),
        entered_at=at(payload.get("dateEntered"), "entered_at"),
        minutes=worked,
        is_billable=BILLABLE.get(str(payload.get("billableOption"))),
        is_invoiced=_is_invoiced(payload),
        purpose=purpose,
        purpose_raw=raw,
    )


def _ticket(payload: Item) -> str | None:
    """The ticket: newer servers have a field for it, all have what the time is charged to."""
    if (found := ref(payload, "ticket")) is not None:
        return found
    target = payload.get("chargeToId")
    return str(target) if target and payload.get("chargeToType") in TICKETS else None


def _is_invoiced(payload: Item) -> bool | None:
    if ref(payload, "invoice") is not None or payload.get("status") in BILLED:
        return True
    return None if payload.get("status") is None else False
