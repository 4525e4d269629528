"""What became of the promises of a service level, by Halo's own dates and words.

Halo gives two deadlines (`respondbydate`, `fixbydate`), two dates on which they were met, and for the first
answer a word. A promise is missed from its deadline on: that is when Halo itself turns it red.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from phasewise.connectors.base import RecordContext
from phasewise.connectors.parse import minutes
from phasewise.connectors.vendors.halopsa.values import moment, reference, text, yes
from phasewise.model.records.tickets import SlaResult
from phasewise.model.words import SlaOutcome, SlaTarget


def promises(
    payload: Mapping[str, Any], ticket: str, updated_at: datetime | None, context: RecordContext
) -> Iterator[SlaResult]:
    """Both promises of a ticket; none where it is outside of every service level.

    Args:
        payload: the ticket's.
        ticket: its id.
        updated_at: when it was changed last.
        context: whose settings say Halo's words for kept and missed.
    """
    if yes(payload.get("excludefromsla"), field="excludefromsla"):
        return
    looked_up = payload.get("looked_up") or {}
    is_held = yes(payload.get("onhold"), field="onhold") is True
    for target, due_name, done_name, word_name, minutes_name in (
        ("first_response", "respondbydate", "responsedate", "slaresponsestate", "response_minutes"),
        ("resolution", "fixbydate", "dateclosed", "slastate", "fix_minutes"),
    ):
        due = moment(payload.get(due_name), field="due_at")
        done = moment(payload.get(done_name), field="met_at")
        said = _verdict(text(payload, word_name), context, is_paused=is_held and done is None)
        if due is None and said is None:
            continue
        is_missed = said == "missed" or (said is None and _is_late(due, done))
        is_kept = not is_missed and done is not None
        yield SlaResult(
            id=f"{ticket}:{target}",
            updated_at=updated_at,
            ticket=ticket,
            target=_target(target),
            policy=reference(payload.get("sla_id"), field="policy"),
            target_minutes=looked_up.get(minutes_name),
            due_at=due,
            met_at=done if is_kept else None,
            missed_at=(due or done) if is_missed else None,
            paused_minutes=_held(payload) if target == "resolution" else None,
            vendor_outcome=said,
        )


def _target(name: str) -> SlaTarget:
    return "first_response" if name == "first_response" else "resolution"


def _verdict(word: str | None, context: RecordContext, *, is_paused: bool) -> SlaOutcome | None:
    """Halo's verdict. A word that the settings do not know says nothing: the dates are all there is then."""
    settings = context.settings
    if word in settings.sla_outside:
        return "missed"
    if is_paused:
        return "paused"
    return "met" if word in settings.sla_inside else None


def _is_late(due: datetime | None, done: datetime | None) -> bool:
    return due is not None and done is not None and done > due


def _held(payload: Mapping[str, Any]) -> int | None:
    """Minutes on hold; Halo counts hours of working time."""
    return minutes(payload.get("slaholdtime"), field="paused_minutes", unit="hours")
