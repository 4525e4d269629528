"""Automation runs: the deployments of jobs in the activity log, each with how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from phasewise.connectors.base import CursorKind, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.datto_rmm.lists import PAGE, under
from phasewise.connectors.vendors.datto_rmm.log import (
    CATEGORY,
    DEPLOYMENT,
    RIGHT,
    activity_pages,
    job_of,
    uid_of_activity,
)
from phasewise.connectors.vendors.datto_rmm.moments import moment, told_at
from phasewise.connectors.vendors.datto_rmm.results import belongs, is_final, result_of
from phasewise.connectors.vendors.datto_rmm.session import Session
from phasewise.connectors.vendors.datto_rmm.settings import DattoRmmSettings
from phasewise.connectors.vendors.datto_rmm.words import guess
from phasewise.errors import RecordError
from phasewise.model.records.automation import AutomationRun

OVERLAP = timedelta(days=7)
"""How far before its mark an increment starts again: a job waits for a device that is offline, and its result
changes when it comes back. Where a result is final it is not asked for again."""

HISTORY_MONTHS = 6

JOB = "job"
KINDS = {JOB: "script"}
BY_SCHEDULE, BY_USER = "scheduled job", "job of a user"
TRIGGERS = {BY_SCHEDULE: "schedule", BY_USER: "manual"}
OUTCOMES = {
    "success": "succeeded",
    "failure": "failed",
    "warning": "other",
    "expired": "skipped",
    "retired": "skipped",
}
"""How a deployment ended → our words. A component that ran and warned has neither succeeded nor failed."""

Payload = Mapping[str, Any]


@dataclass(slots=True)
class _Reading:
    """What is known while a slice is read, newest first.

    Attributes:
        session: the client.
        until: end of the slice: newer rows are not read; None = there are none.
        newer: job and device → when the row was that came before: the next newer one.
        others: actions of rows that are no run → how many.
        illegible: rows whose details could not be read.
    """

    session: Session
    until: datetime | None
    newer: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    illegible: int = 0


def run_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """Deployments in a slice. No page is gone on behind: which result is whose needs the newer rows."""
    reading = _Reading(session, slice_.end)
    for page in activity_pages(session, replace(slice_, resume=None)):
        rows = [item for item in page.payloads if _is_run(reading, item)]
        before = context.previous([str(item["id"]) for item in rows if item.get("id")])
        payloads = [_payload(reading, item, before.get(str(item.get("id")))) for item in rows]
        is_end = page.proof != "none" or bool(page.note)
        note = "; ".join(filter(None, (page.note, _note(reading)))) if is_end else ""
        if payloads or is_end:
            yield replace(page, payloads=payloads, cursor=None, rows_read=None, declared=None, note=note)


def run_records(payload: Any, _context: RecordContext) -> Iterable[AutomationRun]:
    """The run."""
    if not payload.get("action"):
        raise RecordError("nothing says what was done with the job", reason="no_action")
    result, at = payload.get("result"), moment(payload.get("date"), field="started_at")
    ran_at = moment(under(result, "ranOn"), field="started_at")
    status, trigger = under(result, "jobDeploymentStatus"), _trigger(payload)
    yield AutomationRun(
        id=uid_of_activity(payload),
        updated_at=max((when for when in (at, ran_at) if when is not None), default=None),
        device=payload.get("deviceUid"),
        client=payload.get("siteUid"),
        automation=under(payload, "job", "name"),
        kind=guess(JOB, field="kind", words=KINDS, mapping="automation_kind"),
        kind_raw=JOB,
        trigger=guess(trigger, field="trigger", words=TRIGGERS, mapping="run_trigger"),
        trigger_raw=trigger,
        started_at=ran_at or at,
        outcome=guess(status, field="outcome", words=OUTCOMES, mapping="run_outcome")
        if is_final(result)
        else None,
        outcome_raw=status,
    )


def _is_run(reading: _Reading, item: Payload) -> bool:
    action, category = item.get("action"), plain(str(item.get("category") or CATEGORY))
    if category == CATEGORY and (not action or plain(str(action)) == DEPLOYMENT):
        return True  # one without an action is handed on, to be a reject
    reading.others[str(action)] += 1
    return False


def _payload(reading: _Reading, item: Payload, before: Payload | None) -> dict[str, Any]:
    session, job = reading.session, job_of(item)
    reading.illegible += job is None
    device = (job or {}).get("device") or _device(session, item)
    site = under(session.sites().get(str(under(item, "site", "id"))), "uid") or under(before, "siteUid")
    kept = {
        "id": item.get("id"),
        "action": item.get("action"),
        "date": item.get("date"),
        "isByUser": under(item, "user", "id") is not None,
        "job": job,
        "deviceUid": device or under(before, "deviceUid"),
        "siteUid": site,
    }
    return {**kept, "result": _result(reading, kept, under(before, "result"))}


def _device(session: Session, item: Payload) -> str | None:
    number = item.get("deviceId")
    return None if number is None else session.devices().get(str(number))


def _result(reading: _Reading, kept: Payload, known: Any) -> Any:
    """The result of a row: the one that is stored where that is final, else the one that Datto has now."""
    job, device = under(kept, "job", "uid"), kept["deviceUid"]
    if not job or not device:
        return known
    at, key = told_at(kept["date"]), (job, device)
    newer = reading.newer.get(key)
    is_newest = key not in reading.newer
    reading.newer[key] = at
    if is_final(known) or not reading.session.settings.run_results:
        return known
    found = result_of(reading.session, job, device)
    before = None if is_newest else newer or at
    is_its_own = found is not None and belongs(found, at, before, until=reading.until)
    return found if is_its_own else known


def _trigger(payload: Payload) -> str | None:
    """What made it run; a job of a schedule also names the user who made it."""
    if under(payload, "job", "schedule"):
        return BY_SCHEDULE
    return BY_USER if payload.get("isByUser") else None


def _note(reading: _Reading) -> str:
    said = []
    if reading.illegible:
        said.append(
            f"the details of {reading.illegible:,} rows of the log cannot be read: they have no result"
        )
    if reading.others:
        actions = ", ".join(sorted(reading.others)[:5])
        said.append(f"{reading.others.total():,} rows about jobs are no runs ({actions})")
    return "; ".join(said)


def runs(settings: DattoRmmSettings | None) -> Stream:
    """The stream; outcomes only where results are asked for."""
    fields = "device client automation kind kind_raw trigger trigger_raw started_at"
    ends = "outcome outcome_raw" if settings is None or settings.run_results else ""
    return Stream(
        name="automation_runs",
        record="automation_runs",
        pages=run_pages,
        records=run_records,
        identify=uid_of_activity,
        provides=frozenset(f"automation_runs.{name}" for name in f"{fields} {ends}".split()),
        cursor=CursorKind.MODIFIED,
        bounded=True,
        overlap=OVERLAP,
        page_size=(1, PAGE, PAGE),
        right=RIGHT,
        history_months=HISTORY_MONTHS,
        background=True,
        lists_all=False,
    )
