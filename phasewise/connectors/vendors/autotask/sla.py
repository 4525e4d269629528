"""What became of the promises of a ticket, and the names of the service levels.

Autotask keeps a verdict and the elapsed hours in an entity of its own, and the deadlines on the ticket. The
service level itself (its goals and hours) is told nowhere, only its name. There is a third promise, of a plan
for the resolution, for which the records have no word.

Facts: ServiceLevelAgreementResults. Whether the verdict is false or empty before a promise is due is not
documented: a false verdict counts only once the promise was kept too late, or is overdue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.listing import listing
from phasewise.connectors.vendors.autotask.entities import TICKETS
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import Payload, at, hours, identify, reference
from phasewise.errors import ContractError, RecordError
from phasewise.model.records.calendars import SlaPolicy
from phasewise.model.records.tickets import SlaResult
from phasewise.model.words import SlaOutcome, SlaTarget

RESULT = "ServiceLevelAgreementResult"
"""Key under which a ticket's payload carries its row of ServiceLevelAgreementResults."""

POLICY = "serviceLevelAgreementID"


@dataclass(frozen=True, slots=True)
class _Promise:
    target: SlaTarget
    due: str
    done: str
    verdict: str
    elapsed: str


_PROMISES = (
    _Promise(
        "first_response",
        "firstResponseDueDateTime",
        "firstResponseDateTime",
        "isFirstResponseMet",
        "firstResponseElapsedHours",
    ),
    _Promise(
        "resolution", "resolvedDueDateTime", "resolvedDateTime", "isResolutionMet", "resolutionElapsedHours"
    ),
)


def promises(payload: Payload, updated_at: datetime | None) -> Iterator[SlaResult]:
    """The promises of a ticket; none where it has no service level.

    Args:
        payload: the ticket with its row of results.
        updated_at: when it was last changed: until then it is known not to have been done.
    """
    policy = reference(payload, POLICY)
    if policy is None:
        return
    result = payload.get(RESULT) or {}
    for promise in _PROMISES:
        made = _result(promise, payload, result, policy, updated_at)
        if made is not None:
            yield made


def _result(
    promise: _Promise, payload: Payload, result: Payload, policy: str, updated_at: datetime | None
) -> SlaResult | None:
    due = at(payload, promise.due, field="due_at")
    done = at(payload, promise.done, field="met_at")
    said = result.get(promise.verdict)
    if due is None and done is None and said is None:
        return None
    is_overdue = due is not None and done is None and updated_at is not None and updated_at > due
    verdict = _verdict(said, is_judged=done is not None or is_overdue)
    is_late = verdict == "missed" or (
        verdict is None and (is_overdue or (done is not None and due is not None and done > due))
    )
    id_ = identify(payload)
    return SlaResult(
        id=f"{id_}:{promise.target}",
        updated_at=updated_at,
        ticket=id_,
        target=promise.target,
        policy=policy,
        due_at=due,
        met_at=None if is_late else done,
        missed_at=(due or done) if is_late else None,
        elapsed_minutes=None if done is None else hours(result, promise.elapsed, field="elapsed_minutes"),
        vendor_outcome=verdict,
    )


def _verdict(said: Any, *, is_judged: bool) -> SlaOutcome | None:
    if said is True:
        return "met"
    return "missed" if said is False and is_judged else None


def policy_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """The values of the picklist of service levels, those out of use included.

    Raises:
        ContractError: tickets have no such field any more.
    """
    answer = session.fields(TICKETS)
    fields = listing(items="fields")(answer).items
    field = next((f for f in fields if f.get("name") == POLICY), None)
    if field is None:
        raise ContractError(f"tickets have no field {POLICY}", where=answer.where, remedy=CHANGED)
    yield Page(list(field.get("picklistValues") or ()), proof="end_mark", source_time=answer.source_time)


def policy_id(payload: Any) -> str:
    """The value of a picklist: the id of what it stands for.

    Raises:
        RecordError: it has none.
    """
    value = payload.get("value") if isinstance(payload, dict) else None
    if value is None or value == "":
        raise RecordError("there is no value", field="id", reason="no_id")
    return str(value)


def policy_records(payload: Any, context: RecordContext) -> Iterable[SlaPolicy]:  # noqa: ARG001  # the form of Stream.records
    """The service level: its name is all there is."""
    yield SlaPolicy(id=policy_id(payload), name=payload.get("label"))
