"""What became of the promises of an SLA for a ticket, out of the minutes that ConnectWise counts itself.

There is no verdict for each promise: `isInSla` is one for all of them together. ConnectWise's own minutes and
the goals of its own SLA say it for each. What they leave open stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phasewise.connectors.parse import integer, minutes
from phasewise.connectors.vendors.connectwise.values import Item, at, changed_at, identify, part, ref
from phasewise.model.records.tickets import SlaResult
from phasewise.model.words import SlaOutcome, SlaTarget

PROMISES: tuple[tuple[SlaTarget, str, str, str, str], ...] = (
    ("first_response", "dateResponded", "respondMinutes", "respondHours", "respondedSkippedMinutes"),
    ("resolution", "dateResolved", "resolveMinutes", "resolutionHours", "minutesWaiting"),
)
"""Target, when it was reached, minutes until then, goal, minutes the clock stood still."""

NO_CLOCK = "NoEscalation"
"""`escalationStatus` of a state in which no clock of an SLA runs."""


def sla_results(payload: Item) -> Iterator[SlaResult]:
    """A result for each promise that the ticket's SLA makes; none without an SLA."""
    policy = ref(payload, "sla")
    if policy is None:
        return
    for target, date_field, elapsed_field, goal_field, paused_field in PROMISES:
        reached_at = at(payload.get(date_field), f"{target} met_at")
        # 0 minutes is how it writes "not yet", unless the date says that it took none.
        elapsed = integer(payload.get(elapsed_field), field="elapsed_minutes") or None
        if elapsed is None and reached_at is not None:
            elapsed = integer(payload.get(elapsed_field), field="elapsed_minutes")
        # No hours are no promise.
        goal = (
            minutes(part(payload, "slaGoals").get(goal_field), field="target_minutes", unit="hours") or None
        )
        is_reached = reached_at is not None or elapsed is not None
        verdict = _verdict(payload, elapsed, goal, is_reached=is_reached)
        yield SlaResult(
            id=f"{identify(payload)}:{target}",
            updated_at=changed_at(payload),
            ticket=identify(payload),
            target=target,
            policy=policy,
            target_minutes=goal,
            met_at=reached_at,
            missed_at=reached_at if verdict == "missed" else None,
            elapsed_minutes=elapsed,
            paused_minutes=integer(payload.get(paused_field), field="paused_minutes"),
            vendor_outcome=verdict,
        )


def _verdict(payload: Item, elapsed: int | None, goal: int | None, *, is_reached: bool) -> SlaOutcome | None:
    if is_reached:
        return _of_minutes(payload, elapsed, goal)
    if payload.get("closedFlag"):
        return None  # closed without a word about this promise
    if part(payload, "boardStatus").get("escalationStatus") == NO_CLOCK:
        return "paused"
    return "running"


def _of_minutes(payload: Item, elapsed: int | None, goal: int | None) -> SlaOutcome | None:
    if elapsed is not None and goal is not None:
        return "met" if elapsed <= goal else "missed"
    # Every promise was kept, this one as well. That one was not kept does not say which.
    said: Any = payload.get("isInSla")
    return "met" if said is True else None
