"""Automation runs: the series of the activity log in which something ran, by what made it run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phasewise.connectors.base import CursorKind, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.vendors.ninjaone.activities import (
    OVERLAP,
    Activity,
    gathered,
    in_order,
    series_of,
    times_of,
    walk,
)
from phasewise.connectors.vendors.ninjaone.clients import client_of
from phasewise.connectors.vendors.ninjaone.session import RIGHT, Session
from phasewise.connectors.vendors.ninjaone.words import guess
from phasewise.errors import RecordError
from phasewise.model.records.automation import AutomationRun

BY_ALERT = ("CONDITION_ACTION", "CONDITION_ACTIONSET")
BY_SCHEDULE = ("SCHEDULED_TASK",)
BY_SOMEBODY = ("ACTION", "ACTIONSET", "SCRIPTING")
"""Run by a technician, who is named then, or by a policy."""

TYPES = (*BY_ALERT, *BY_SCHEDULE, *BY_SOMEBODY)

REQUESTED, STARTED = "START_REQUESTED", "STARTED"
BEGUN = frozenset({REQUESTED, STARTED})
ENDED = frozenset({"COMPLETED", "CANCELLED", "BLOCKED"})
BETWEEN = frozenset({"IN_PROCESS", "CANCEL_REQUESTED"})
TOLD = BEGUN | ENDED | BETWEEN

KINDS = {
    "condition_action": "remediation",
    "condition_actionset": "remediation",
    "scheduled_task": "script",
    "action": "script",
    "actionset": "workflow",
    "scripting": "script",
}
TRIGGERS = {
    "condition_action": "alert",
    "condition_actionset": "alert",
    "scheduled_task": "schedule",
    **{f"{type_.lower()} (user)": "manual" for type_ in BY_SOMEBODY},
    **{f"{type_.lower()} (no user)": "other" for type_ in BY_SOMEBODY},
}
"""A policy runs scripts on its schedule and on events of a device; NinjaOne does not say which it was."""

OUTCOMES = {
    "success": "succeeded",
    "failure": "failed",
    "uncompleted": "failed",
    "unsupported": "skipped",
    "cancelled": "skipped",
    "blocked": "skipped",
}


def run_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """Runs with all their activities."""
    for page in gathered(walk(session, TYPES, slice_), session, context):
        if page.payloads or page.proof != "none":
            yield page


def run_records(payload: Any, context: RecordContext) -> Iterable[AutomationRun]:
    """The run."""
    series, activities = series_of(payload), in_order(payload)
    told = [a for a in activities if a.get("statusCode") in TOLD]
    if not told:
        words = sorted({str(a.get("statusCode")) for a in activities})
        raise RecordError(f"none of its states is known: {', '.join(words)}", reason="unknown_status")
    begun = [a for a in told if a["statusCode"] in BEGUN]
    started = next((a for a in begun if a["statusCode"] == STARTED), None) or (begun[0] if begun else None)
    ends = [a for a in told if a["statusCode"] in ENDED]
    ended = ends[-1] if ends else None
    times = times_of(told)
    device = _first(told, "deviceId")
    type_, trigger, outcome = told[0].get("activityType"), _trigger(told[0], begun), _outcome(ended)
    yield AutomationRun(
        id=series,
        updated_at=max(filter(None, times.values()), default=None),
        device=None if device is None else str(device),
        client=client_of(context.settings, payload.get("owner")),
        automation=_first(told, "sourceName"),
        kind=guess(type_, field="kind", words=KINDS, mapping="automation_kind"),
        kind_raw=type_,
        trigger=guess(trigger, field="trigger", words=TRIGGERS, mapping="run_trigger"),
        trigger_raw=trigger,
        started_at=None if started is None else times[started["id"]],
        finished_at=None if ended is None else times[ended["id"]],
        outcome=guess(outcome, field="outcome", words=OUTCOMES, mapping="run_outcome"),
        outcome_raw=outcome,
    )


def _first(told: list[Activity], name: str) -> Any:
    """What the first activity says that says it."""
    for activity in told:
        if (found := activity.get(name)) not in (None, ""):
            return found
    return None


def _trigger(first: Activity, begun: list[Activity]) -> str | None:
    """What made it run, in the vendor's words as far as it has any; None where its beginning is not known."""
    type_ = first.get("activityType")
    if type_ not in BY_SOMEBODY:
        return type_
    if not begun:
        return None
    is_by_user = any(activity.get("userId") is not None for activity in begun)
    return f"{type_} (user)" if is_by_user else f"{type_} (no user)"


def _outcome(ended: Activity | None) -> str | None:
    """The result, and where none is told the state that it ended in."""
    if ended is None:
        return None
    return str(ended.get("activityResult") or ended["statusCode"])


RUNS = Stream(
    name="automation_runs",
    record="automation_runs",
    pages=run_pages,
    records=run_records,
    identify=series_of,
    provides=frozenset(
        f"automation_runs.{name}"
        for name in [
            "device",
            "client",
            "automation",
            "kind",
            "kind_raw",
            "trigger",
            "trigger_raw",
            "started_at",
            "finished_at",
            "outcome",
            "outcome_raw",
        ]
    ),
    cursor=CursorKind.MODIFIED,
    overlap=OVERLAP,
    page_size=(10, 200, 1000),
    right=RIGHT,
    lists_all=False,
)
