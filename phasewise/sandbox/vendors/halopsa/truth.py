"""What HaloPSA can tell of the records it holds: with its ids, and without what it does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.automation import Device
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.calendars import Calendar, SlaPolicy
from phasewise.model.records.documents import Document
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.meetings import Meeting
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.projects import Opportunity, Project
from phasewise.model.records.surveys import SurveyResponse
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.model.words import SlaOutcome, TicketSource
from phasewise.sandbox.vendors.halopsa import words
from phasewise.sandbox.vendors.halopsa.histories import happened_at, numbered


def truth(records: Sequence[Any]) -> Iterator[Any]:
    """The records that this Halo can tell, as it can."""
    held = list(records)
    tickets = {r.id: r for r in held if isinstance(r, Ticket)}
    for record in held:
        yield from _told(record, tickets)
    yield from _histories(held, tickets)


def _told(record: Any, tickets: dict[str, Ticket]) -> Iterable[Any]:
    if isinstance(record, PLAIN):
        return [record]
    if isinstance(record, SlaResult):
        return [_promise(record, tickets[record.ticket])]
    return next((tell(record) for kind, tell in TOLD.items() if isinstance(record, kind)), [])


def _meeting(meeting: Meeting) -> list[Meeting]:
    """That a meeting was not completed does not say that it was not held."""
    return [replace(meeting, is_held=meeting.is_held or None)]


def _invoice(invoice: Invoice) -> list[Invoice]:
    agreement = _billed(invoice.agreement, is_recurring=invoice.kind == "recurring")
    return [replace(invoice, agreement=agreement)]


def _invoice_line(line: InvoiceLine) -> list[InvoiceLine]:
    agreement = _billed(line.agreement, is_recurring=line.is_recurring is True)
    return [replace(line, id=f"{line.invoice}:{line.id}", agreement=agreement)]


def _calendar(calendar: Calendar) -> list[Calendar]:
    return [replace(calendar, zone=words.ZONES.get(calendar.zone or "", ("", calendar.zone))[1])]


def _device(device: Device) -> list[Any]:
    return [device, _elsewhere("devices", device.id, str(1000 + int(device.id)))]


def _external_id(found: ExternalId) -> list[ExternalId]:
    return [_elsewhere("clients", found.row, found.value)] if found.table_name == "clients" else []


def _document(document: Document) -> list[Document]:
    return [replace(document, kind="knowledge")] if document.kind in words.WRITTEN else []


def _ticket(ticket: Ticket) -> list[Ticket]:
    """One date for resolved and closed; the source is a number that means nothing by itself."""
    done = ticket.closed_at or ticket.resolved_at
    resolved = None if ticket.status in ("cancelled", "merged") else done
    source: TicketSource | None = None if ticket.source is None else "other"
    return [replace(ticket, resolved_at=resolved, closed_at=done, source=source)]


def _promise(result: SlaResult, ticket: Ticket) -> SlaResult:
    """A word for the first answer alone; of the resolution there are the two dates."""
    is_first = result.target == "first_response"
    done = ticket.first_response_at if is_first else ticket.closed_at or ticket.resolved_at
    said: SlaOutcome | None = result.vendor_outcome
    said = said if is_first and said in ("met", "missed") else None
    if said is None and done is None and ticket.status == "waiting":
        said = "paused"
    due = result.due_at
    is_missed = said == "missed" or (said is None and done is not None and due is not None and done > due)
    return replace(
        result,
        met_at=None if is_missed else done,
        missed_at=due if is_missed else None,
        paused_minutes=None if is_first else result.paused_minutes,
        vendor_outcome=said,
    )


def _agreements(agreement: Agreement) -> Iterator[Agreement]:
    """The contract, and what is billed for it by a recurring invoice: only that has amounts."""
    cycle = (agreement.billing_cycle or "").capitalize() or None
    yield replace(agreement, currency=None, monthly_amount=None, billing_cycle=cycle)
    if agreement.monthly_amount is not None:
        yield replace(
            agreement,
            id=f"recurring:{agreement.id}",
            kind="recurring",
            package=None,
            is_active=agreement.is_active is not False,
            billing_cycle="Monthly",
        )


def _line(line: AgreementLine) -> list[AgreementLine]:
    agreement = f"recurring:{line.agreement}"
    unit = line.unit if line.unit in ("user", "device") else None
    return [replace(line, id=f"{agreement}:{line.id}", agreement=agreement, unit=unit, package=None)]


def _billed(agreement: str | None, *, is_recurring: bool) -> str | None:
    return f"recurring:{agreement}" if is_recurring and agreement is not None else agreement


def _policy(policy: SlaPolicy) -> list[SlaPolicy]:
    goals: dict[str, Any] = dict(policy.goals) if isinstance(policy.goals, dict) else {}
    told = {
        target: {words.PRIORITIES[word][1]: minutes for word, minutes in promised.items()}
        for target, promised in goals.items()
    }
    pausing = [words.STATUSES[word][1] for word in policy.pausing_statuses or ()]
    return [replace(policy, goals=told, pausing_statuses=pausing)]


def _elsewhere(table: str, row: str, value: str) -> ExternalId:
    return ExternalId(
        id=f"{table}:{row}:ninjaone:{value}",
        table_name=table,
        row=row,
        system="ninjaone",
        target_table=table,
        value=value,
    )


def _histories(held: Sequence[Any], tickets: dict[str, Ticket]) -> Iterator[Any]:
    """Events and time by the numbers that actions have within their ticket."""
    owners: dict[str, str | None] = {}
    first_states: dict[str, str | None] = {}
    for ticket, number, record in numbered(held):
        id_ = f"{ticket}:{number}"
        if isinstance(record, TimeEntry):
            yield replace(record, id=id_)
            yield _comment(record, ticket, id_)
            continue
        told = replace(record, id=f"{id_}:{record.kind}")
        if record.kind == "status":
            first_states.setdefault(ticket, record.from_value)
        if record.kind == "assignment":
            told = replace(told, from_value=owners.get(ticket))
            owners[ticket] = record.to_value
        if record.kind != "merge":
            yield told
    for one in tickets.values():
        state = first_states.get(one.id, one.status)
        if one.opened_at is not None and state is not None:
            yield TicketEvent(
                id=f"{one.id}:opened", ticket=one.id, at=one.opened_at, kind="status", to_value=state
            )


def _comment(entry: TimeEntry, ticket: str, id_: str) -> TicketEvent:
    """Time is written down with a note."""
    return TicketEvent(
        id=f"{id_}:comment",
        ticket=ticket,
        at=happened_at(entry),
        kind="comment",
        actor="technician",
        technician=entry.technician,
    )


PLAIN = (Client, Technician, Opportunity, Project, Payment, SurveyResponse)
"""What Halo tells as it is, in fewer fields."""

TOLD: Mapping[type[Any], Callable[[Any], Iterable[Any]]] = {
    Meeting: _meeting,
    Ticket: _ticket,
    Agreement: _agreements,
    AgreementLine: _line,
    Invoice: _invoice,
    InvoiceLine: _invoice_line,
    Calendar: _calendar,
    SlaPolicy: _policy,
    Device: _device,
    ExternalId: _external_id,
    Document: _document,
}
