"""What became of the promise of a service level, by the deadlines that Request Tracker set.

Request Tracker has no verdict. It has one date, Due, and moves it: to the end of the time for an answer while
a client waits for one, to the end of the time for the resolution otherwise, never behind the latter. So

- the deadline of the **resolution** is the latest Due that Request Tracker set before the ticket stopped; but
  a date that a person set holds as long as Request Tracker has not moved it again;
- the deadline of the **first answer**, for the levels that the settings name, is the first Due of all.

It is kept when the ticket stopped first (was answered first) not later than that, and missed at the deadline
itself otherwise. While neither has happened nothing is said but the deadline, unless the ticket was changed
after it and still had not stopped. Request Tracker keeps a Due that it sets in no other place than the
transactions `Set Due`; a ticket without a service level has no promise here, whatever its Due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from phasewise.connectors.vendors.request_tracker.facts import Entry, Facts, merge_of, moment
from phasewise.connectors.vendors.request_tracker.people import SYSTEM
from phasewise.model.records.tickets import SlaResult
from phasewise.model.words import SlaTarget


def promises(facts: Facts, answer: Entry | None) -> Iterator[SlaResult]:
    """The promise of a ticket: one, or none where no service level or no deadline was ever set.

    Args:
        facts: the ticket.
        answer: the first message to the client.
    """
    level = facts.payload.get("SLA")
    if not level:
        return
    target: SlaTarget = "resolution"
    done = _first_stop(facts)
    due = _resolution_due(facts, done)
    if level in facts.context.settings.response_levels:
        target, due = "first_response", _first_due(facts)
        done = None if answer is None else answer.at
    if due is None:
        return
    is_kept = done is not None and done <= due
    is_missed = (done is not None and done > due) or (done is None and facts.updated_at > due)
    yield SlaResult(
        id=f"{facts.id}:{target}",
        updated_at=facts.updated_at,
        ticket=facts.id,
        target=target,
        policy=str(level),
        due_at=due,
        met_at=done if is_kept else None,
        missed_at=due if is_missed else None,
    )


def _first_stop(facts: Facts) -> datetime | None:
    """When the ticket first stopped: resolved, cancelled or merged."""
    if facts.has_stopped(facts.first_status):
        return facts.opened_at
    stops = [entry.at for entry, _, new in facts.statuses if facts.has_stopped(new)]
    stops += [entry.at for entry in facts.history if merge_of(entry, facts.id) is not None]
    return min(stops, default=None)


def _resolution_due(facts: Facts, stopped: datetime | None) -> datetime | None:
    found = [(e, at) for e, at in _dues(facts) if stopped is None or e.at <= stopped]
    if found and found[-1][0].creator != SYSTEM:
        return found[-1][1]
    by_itself = [at for e, at in found if e.creator == SYSTEM]
    return max(by_itself, default=moment(facts.payload.get("Due"), field="due_at"))


def _first_due(facts: Facts) -> datetime | None:
    return next((at for _, at in _dues(facts)), moment(facts.payload.get("Due"), field="due_at"))


def _dues(facts: Facts) -> list[tuple[Entry, datetime]]:
    """Every deadline that was set under the present level. Taking it away sets none."""
    changes = [int(e.id) for e in facts.history if e.field == "SLA"]
    level_since = max(changes, default=0)
    return [
        (entry, at)
        for entry in facts.history
        if entry.field == "Due" and int(entry.id) > level_since
        if (at := moment(entry.new, field="due_at")) is not None
    ]
