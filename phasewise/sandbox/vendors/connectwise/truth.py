"""The same records as ConnectWise can tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.automation import Device
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.calendars import SlaPolicy
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.meetings import Meeting
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.projects import Opportunity, Project, ProjectTask
from phasewise.model.records.surveys import SurveyResponse
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from phasewise.model.words import ActorKind
from phasewise.sandbox.vendors.connectwise import words
from phasewise.sandbox.vendors.connectwise.delivery import task_id
from phasewise.sandbox.vendors.connectwise.surveys import POINTS, points_of

AS_IT_IS = (Client, Technician, Ticket, TimeEntry, AgreementLine, Payment, Opportunity, Meeting)
WATCHED = frozenset({"status", "priority", "assignment", "group"})
HEAD = ("agreement", "service", "expense")


def truth(records: Sequence[Any]) -> Iterator[Any]:
    """What a store must hold of these records."""
    seen = _Seen({record.id: record for record in records if isinstance(record, Ticket)})
    for record in records:
        if isinstance(record, AS_IT_IS):
            yield record
        elif type(record) in TOLD:
            yield from TOLD[type(record)](record, seen)


@dataclass(slots=True)
class _Seen:
    """What of the other records is needed to tell one: tickets by id, templates and events met so far."""

    tickets: dict[str, Ticket]
    templates: dict[str, int] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)


def _agreement(agreement: Agreement, _seen: _Seen) -> Iterator[Any]:
    cycle = agreement.billing_cycle
    yield replace(agreement, billing_cycle=cycle and cycle.capitalize())
    yield _base(agreement)


def _invoice(invoice: Invoice, _seen: _Seen) -> Iterator[Any]:
    yield invoice
    yield from _head_lines(invoice)


def _line(line: InvoiceLine, _seen: _Seen) -> Iterator[Any]:
    """A product has no currency, and says that it comes again only where it belongs to an agreement."""
    yield replace(line, currency=None, is_recurring=line.is_recurring or None)


def _project(project: Project, seen: _Seen) -> Iterator[Any]:
    """A template is a number."""
    name = project.template
    number = None if name is None else str(seen.templates.setdefault(name, len(seen.templates) + 1))
    yield replace(project, template=number)


def _device(device: Device, _seen: _Seen) -> Iterator[Any]:
    yield device
    yield _elsewhere(device)


def _response(response: SurveyResponse, _seen: _Seen) -> Iterator[Any]:
    points = points_of(response)
    yield replace(response, score=100.0 * points / POINTS, score_raw=str(points), scale=f"0-{POINTS}")


def _base(agreement: Agreement) -> AgreementLine:
    return AgreementLine(
        id=f"{agreement.id}:base",
        agreement=agreement.id,
        unit="flat",
        quantity=1.0,
        currency=agreement.currency,
        unit_price=Decimal(0),
        started_on=agreement.started_on,
        ended_on=agreement.ended_on,
    )


def _head_lines(invoice: Invoice) -> Iterator[InvoiceLine]:
    for name in HEAD:
        yield InvoiceLine(
            id=f"{invoice.id}:{name}",
            invoice=invoice.id,
            agreement=invoice.agreement,
            product=name,
            currency=invoice.currency,
            amount=Decimal(0),
            is_recurring=name == "agreement",
        )


def _event(event: TicketEvent, seen: _Seen) -> Iterator[Any]:
    """The trail has no numbers for its entries: ticket, second and kind tell them apart."""
    if event.kind not in WATCHED:
        return
    key = f"{event.ticket}:{event.at:%Y%m%dT%H%M%S}:{event.kind}"
    seen.events[key] += 1
    number = seen.events[key]
    # Who is no member may be anybody: a client, a mail, a workflow.
    actor: ActorKind | None = "technician" if event.technician else None
    yield replace(event, id=key if number == 1 else f"{key}:{number}", actor=actor)


def _result(result: SlaResult, seen: _Seen) -> Iterator[Any]:
    ticket = seen.tickets.get(result.ticket)
    outcome = result.vendor_outcome
    if outcome == "running" and ticket is not None and ticket.status == "waiting":
        outcome = "paused"
    yield replace(
        result,
        due_at=None,
        vendor_outcome=outcome,
        missed_at=result.met_at if outcome == "missed" else None,
    )


def _task(task: ProjectTask, _seen: _Seen) -> Iterator[Any]:
    """A task is a ticket of its project."""
    number = str(task_id(task))
    yield replace(task, id=number)
    is_done = task.done_at is not None
    yield Ticket(
        id=number,
        updated_at=task.updated_at,
        project=task.project,
        title=task.name,
        queue="Projects board",
        status="resolved" if is_done else "new",
        opened_at=task.updated_at,
        closed_at=task.done_at,
    )


def _elsewhere(device: Device) -> ExternalId:
    return ExternalId(
        id=f"devices:{device.id}:rmm",
        table_name="devices",
        row=device.id,
        system="rmm",
        target_table="devices",
        value=f"rmm-{device.id}",
    )


def _policy(policy: SlaPolicy, _seen: _Seen) -> Iterator[Any]:
    goals: Any = policy.goals or {}
    told = {
        target: {
            "*": minutes["medium"],
            **{
                words.PRIORITY[ours]: minutes[ours] for ours in ("critical", "high", "low") if ours in minutes
            },
        }
        for target, minutes in goals.items()
    }
    yield replace(policy, goals=told or None)


TOLD: dict[type[Any], Callable[[Any, _Seen], Iterator[Any]]] = {
    Agreement: _agreement,
    Invoice: _invoice,
    InvoiceLine: _line,
    TicketEvent: _event,
    SlaResult: _result,
    Project: _project,
    ProjectTask: _task,
    Device: _device,
    SurveyResponse: _response,
    SlaPolicy: _policy,
}
"""Kind of record → how ConnectWise tells it, where that is not as it is."""
