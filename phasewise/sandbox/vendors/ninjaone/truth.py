"""What NinjaOne can tell of the records: what it does not know, and what it calls otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.documents import Document
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.people import Client
from phasewise.sandbox.vendors.ninjaone.rendered import SEVERITIES, series


def truth(records: Sequence[Any]) -> Iterable[Any]:
    """The records as they must be stored."""
    for record in records:
        yield from _told(record)


def _told(record: Any) -> Iterator[Any]:
    if isinstance(record, Client | Device):
        yield record
    elif isinstance(record, Alert):
        # A condition that a script put right clears by itself; that it was the script, nobody says.
        by = "cleared" if record.resolved_by == "automation" else record.resolved_by
        severity = SEVERITIES.get(record.severity or "", "NONE")
        yield replace(record, id=series("alert", record.id), resolved_by=by, severity=severity)
    elif isinstance(record, AutomationRun):
        yield _run(record)
    elif isinstance(record, Document):
        yield _document(record)
    elif isinstance(record, ExternalId) and record.table_name == "alerts":
        uid = series("alert", record.row)
        yield replace(record, id=f"alerts:{uid}:psa", row=uid)


def _run(run: AutomationRun) -> AutomationRun:
    if run.kind != "patch":
        return replace(run, id=series("run", run.id))
    assert run.started_at is not None  # the simulated installation has its time
    id_ = f"os:{run.device}:{series('patch', run.id)}:{int(run.started_at.timestamp())}"
    return replace(run, id=id_, trigger=None, trigger_raw=None, finished_at=None)


def _document(document: Document) -> Document:
    if document.client is not None and document.kind != "knowledge":
        return replace(document, id=f"document:{document.id}", created_at=None, words=None, is_archived=None)
    return replace(document, id=f"article:{document.id}", kind="knowledge")
