"""What Datto RMM can tell of the records: what it does not know, and what it calls otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.people import Client
from phasewise.sandbox.vendors.datto_rmm.rendered import (
    CONTEXTS,
    PRIORITIES,
    is_response,
    milliseconds,
    responses_of,
    uid,
)


def truth(records: Sequence[Any]) -> Iterable[Any]:
    """The records as they must be stored."""
    alerts = [record for record in records if isinstance(record, Alert)]
    runs = [record for record in records if isinstance(record, AutomationRun)]
    for record in records:
        if isinstance(record, Client):
            yield replace(record, id=uid("site", record.id))
        elif isinstance(record, Device):
            yield _device(record)
        elif isinstance(record, AutomationRun) and not is_response(record, alerts):
            yield _job(record)
        elif isinstance(record, Alert):
            responses = responses_of(record, runs)
            yield _alert(record, responses)
            yield from (_response(run, record) for run in responses)
        elif isinstance(record, ExternalId):
            yield from _elsewhere(record)


def _device(device: Device) -> Device:
    # Only workstations and servers have an agent.
    is_agent = device.kind in {"workstation", "server", "mobile"}
    return replace(
        device,
        id=uid("device", device.id),
        client=_site(device.client),
        is_managed=device.is_managed and is_agent,
    )


def _alert(alert: Alert, responses: Sequence[AutomationRun]) -> Alert:
    by = alert.resolved_by
    if by in {"automation", "cleared"} and alert.resolved_at is not None:
        # Datto says that it resolved itself, and that a component had run.
        ran = any(run.started_at is not None and run.started_at <= alert.resolved_at for run in responses)
        by = "automation" if ran else "cleared"
    return replace(
        alert,
        id=uid("alert", alert.id),
        device=None if alert.device is None else uid("device", alert.device),
        client=_site(alert.client),
        category=CONTEXTS.get(alert.category or "", alert.category),
        severity=PRIORITIES.get(alert.severity or "", "Unknown"),
        resolved_by=by,
    )


def _job(run: AutomationRun) -> AutomationRun:
    return replace(
        run,
        id=uid("activity", run.id),
        device=None if run.device is None else uid("device", run.device),
        client=_site(run.client),
        kind="script",
        # A user is named beside every job; of one without a schedule that is who ran it.
        trigger="schedule" if run.trigger == "schedule" else "manual",
        alert=None,
    )


def _response(run: AutomationRun, alert: Alert) -> AutomationRun:
    """A component that ran for an alert: on the device of the alert, and how it ended is not told."""
    return AutomationRun(
        id=f"alert:{uid('alert', alert.id)}:{milliseconds(run.started_at)}:{uid('component', run.id)}",
        device=None if alert.device is None else uid("device", alert.device),
        client=_site(alert.client),
        kind="remediation",
        trigger="alert",
        started_at=run.started_at,
        alert=uid("alert", alert.id),
    )


def _elsewhere(record: ExternalId) -> Iterator[ExternalId]:
    if record.table_name == "alerts":
        row = uid("alert", record.row)
        yield replace(record, id=f"alerts:{row}:psa", row=row)
    elif record.table_name == "clients":
        row = uid("site", record.row)
        yield replace(record, id=f"clients:{row}:autotask", row=row, system="autotask")


def _site(client: str | None) -> str | None:
    return None if client is None else uid("site", client)
