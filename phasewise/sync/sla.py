"""Whose verdict on an SLA counts, by the MSP's `sla.basis`.

A vendor's flag says "met" from the moment a ticket is opened; it is a verdict only once the ticket has
stopped. A vendor without a flag but with times has said all the same: kept at `met_at`, missed at
`missed_at`, else running towards `due_at`. Until Phasewise has a clock of its own, `own_outcome` and `agrees`
stay null.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from phasewise.model.words import STOPPED, SlaOutcome

NO_CLOCK_YET = (
    "sla.basis is phasewise, but this release does not compute SLAs by its own clock yet: "
    'outcomes stay unknown. Write basis = "vendor" under [msps.NAME.sla] to use the source\'s verdict'
)


def judge(records: Iterable[Any], basis: str) -> list[Any]:
    """The records of one payload, with the outcome of its SLA results set.

    Args:
        records: what one payload became, mapped already.
        basis: `vendor` or `phasewise`.

    Returns:
        The records in their order; only SLA results are changed.
    """
    found = list(records)
    if not any(type(record).__record__.table == "sla_results" for record in found):
        return found
    tickets = {record.id: record for record in found if type(record).__record__.table == "tickets"}
    return [
        _judged(record, tickets.get(record.ticket), basis)
        if type(record).__record__.table == "sla_results"
        else record
        for record in found
    ]


def _judged(result: Any, ticket: Any | None, basis: str) -> Any:
    verdict = outcome(result, ticket) if basis == "vendor" else None
    if verdict == result.outcome:
        return result
    return dataclasses.replace(result, outcome=verdict)


def outcome(result: Any, ticket: Any | None) -> SlaOutcome | None:
    """The vendor's verdict as far as it is one.

    Args:
        result: an SlaResult with the vendor's word in `vendor_outcome`.
        ticket: its ticket in the state now, None where the source gives SLA results apart from tickets:
            then the vendor's word stands.

    Returns:
        `running` for a "met" whose ticket has not stopped (a first response: has not been given), else the
        vendor's word; without a word, what its times say; None where the vendor says nothing.
    """
    said: SlaOutcome | None = result.vendor_outcome
    if said is None:
        return by_its_times(result)
    if said != "met" or ticket is None or has_stopped(ticket):
        return said
    if result.target == "first_response" and (result.met_at or ticket.first_response_at):
        return said
    return "running"


def by_its_times(result: Any) -> SlaOutcome | None:
    """What the times of a result say where its vendor has no word for it; None without any."""
    if result.missed_at is not None:
        return "missed"
    if result.met_at is not None:
        return "met"
    return None if result.due_at is None else "running"


def has_stopped(ticket: Any) -> bool:
    """Whether the SLA's clock has stopped: by the state, or by its times where the source gives no state."""
    if ticket.status is not None:
        return ticket.status in STOPPED
    return ticket.resolved_at is not None or ticket.closed_at is not None
