"""Assets with their patches, and the alerts that the agent on them raised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import neutral_word, plain
from phasewise.connectors.vendors.syncro.fields import at, flag, needed_at, reference, text
from phasewise.connectors.vendors.syncro.lists import identify, kept, number_of, read_list
from phasewise.connectors.vendors.syncro.pages import gathered, stored, told_at
from phasewise.connectors.vendors.syncro.session import Session
from phasewise.connectors.vendors.syncro.words import ASSET_TYPES, PATCH_OUTCOMES
from phasewise.errors import RecordError
from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.words import MAPPINGS, DeviceKind, RunOutcome

ASSETS = "Assets - List/Search"
ALERTS = "RMM Alerts - List and Tickets - List/Search"

ASSET_FIELDS = ("id", "name", "customer_id", "created_at", "updated_at", "asset_type", "asset_serial")
PATCH_FIELDS = ("kb", "title", "category", "status", "installed_at", "attempted_installation")
ALERT_FIELDS = (
    "id", "customer_id", "ticket_number", "resolved", "description", "created_at", "updated_at", "asset_id",
)  # fmt: skip

PATCHES_HOLD = timedelta(days=7)
"""So long what an asset said of its patches is not asked for again: it costs a request each."""

ALERTS_TOGETHER = 100
"""Alerts that are stored in one go: each may have cost a look-up, which a kill would have us pay again."""

MISSING = frozenset({"missing patches", "failed patches"})
"""Groups of patches that should be there and are not. "Rejected Patches" were decided against."""

THAT_MATTER = frozenset({"security updates", "critical updates"})
"""Categories of patches whose absence is a risk."""


def asset_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """All assets, each with its patches where the settings want them."""
    pages = read_list(session, "/customer_assets", "assets", right=ASSETS, resume=slice_.resume)
    if not session.settings.patches:
        yield from stored(pages, ASSET_FIELDS)
        return
    for page in pages:
        rows = [kept(row, ASSET_FIELDS) for row in page.payloads]
        known = context.previous([number for row in rows if (number := number_of(row)) is not None])
        yield replace(page, payloads=[_with_patches(session, row, known, page.source_time) for row in rows])


def _with_patches(session: Session, asset: Any, known: Mapping[str, Any], now: datetime | None) -> Any:
    number = number_of(asset)
    if number is None:
        return asset  # rejected, with its reason, when it should become records
    before = known.get(number, {}).get("patches")
    if before is not None and now is not None:
        asked = told_at(before, "asked_at")
        if asked is not None and timedelta(0) <= now - asked < PATCHES_HOLD:
            return {**asset, "patches": before}
    path = f"/customer_assets/{number}/patches"
    answer = session.get(path, right=ASSETS, allow=(404,), background=True)
    if answer.status == 404 or not isinstance(answer.body, Mapping):
        return {**asset, "patches": None}
    asked_at = answer.source_time or now
    meta = answer.body.get("available_patches_meta")
    return {
        **asset,
        "patches": {
            "asked_at": None if asked_at is None else f"{asked_at:%Y-%m-%dT%H:%M:%SZ}",
            "installed": _patches(answer.body.get("installed_patches")),
            "available": _patches(answer.body.get("available_patches")),
            "available_pages": meta.get("total_pages") if isinstance(meta, Mapping) else None,
        },
    }


def _patches(found: Any) -> Any:
    return [kept(patch, PATCH_FIELDS) for patch in found] if isinstance(found, list) else None


def asset_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The device, and every installation of a patch that is told: the recent ones and those that failed."""
    kind = text(payload, "asset_type")
    neutral = neutral_word(kind, field="kind", words=ASSET_TYPES, known=MAPPINGS["device_kind"])
    patches = payload.get("patches")
    device = Device(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        client=reference(payload, "customer_id"),
        name=text(payload, "name"),
        serial_number=text(payload, "asset_serial"),
        kind=cast("DeviceKind | None", neutral),
        kind_raw=kind,
        installed_at=at(payload, "created_at", context),
        is_patched=is_patched(patches) if isinstance(patches, Mapping) else None,
    )
    yield device
    if isinstance(patches, Mapping):
        runs = {run.id: run for run in _runs(patches, device, context)}
        yield from runs.values()


def is_patched(patches: Mapping[str, Any]) -> bool | None:
    """Whether no security or critical update is missing; None where nobody can tell.

    An asset of which nothing is told (a printer, an agent that never looked) is not a patched one. Only the
    first page of missing patches can be read: with more of them, "none that matters" would be a guess.
    """
    installed, available = patches.get("installed"), patches.get("available")
    if not isinstance(available, list) or not (available or installed):
        return None
    wanted = [p for p in available if isinstance(p, Mapping) and _word(p, "status") in MISSING]
    if any(_word(patch, "category") in THAT_MATTER for patch in wanted):
        return False
    is_all = patches.get("available_pages") in (0, 1)
    return True if is_all and all(_word(patch, "category") for patch in wanted) else None


def _word(patch: Mapping[str, Any], name: str) -> str:
    return plain(str(patch.get(name) or ""))


def _runs(patches: Mapping[str, Any], device: Device, context: RecordContext) -> Iterator[AutomationRun]:
    for patch in (*_listed(patches, "installed"), *_listed(patches, "available")):
        status, title = text(patch, "status"), text(patch, "title")
        outcome = PATCH_OUTCOMES.get(plain(status or ""))
        name = "installed_at" if outcome == "succeeded" else "attempted_installation"
        finished_at = at(patch, name, context, field="finished_at")
        if outcome is None or title is None or finished_at is None:
            continue  # missing, rejected, or without a time: nothing that ran
        yield AutomationRun(
            id=f"{device.id}:{text(patch, 'kb') or title}:{finished_at:%Y%m%dT%H%M%SZ}",
            updated_at=finished_at,
            device=device.id,
            client=device.client,
            automation=title,
            kind="patch",
            kind_raw="Patch",
            finished_at=finished_at,
            outcome=cast("RunOutcome", outcome),
            outcome_raw=status,
        )


def _listed(patches: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    found = patches.get(name)
    return [patch for patch in found if isinstance(patch, Mapping)] if isinstance(found, list) else ()


def alert_pages(session: Session, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """All alerts, open and resolved, each with the id of the ticket it became.

    Syncro tells the number that people know a ticket by; its id is looked up once.
    """
    pages = read_list(
        session, "/rmm_alerts", "rmm_alerts", {"status": "all"}, right=ALERTS, resume=slice_.resume
    )
    # Few together, and after the look-ups: what they have cost is not lost when the source fails.
    return gathered(_with_tickets(session, stored(pages, ALERT_FIELDS), context), together=ALERTS_TOGETHER)


def _with_tickets(session: Session, pages: Iterator[Page], context: FetchContext) -> Iterator[Page]:
    for page in pages:
        payloads = page.payloads
        ticketed = [row for row in payloads if _ticket_number(row)]
        if ticketed:
            asked = [number for row in ticketed if (number := number_of(row)) is not None]
            known = context.previous(asked) if asked else {}
            payloads = [_with_ticket(session, row, known) for row in payloads]
        note = page.note or (session.tickets_note if page.proof != "none" else "")
        yield replace(page, payloads=payloads, note=note)


def _ticket_number(alert: Any) -> str | None:
    return reference(alert, "ticket_number") if type(alert) is dict or isinstance(alert, Mapping) else None


def _with_ticket(session: Session, alert: Any, known: Mapping[str, Any]) -> Any:
    number = _ticket_number(alert)
    if number is None:
        return alert
    before = known.get(number_of(alert) or "", {})
    ticket = before.get("ticket_id") if _ticket_number(before) == number else None
    return {**alert, "ticket_id": ticket or session.ticket_of_number(number, right=ALERTS)}


def alert_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The alert. When it was resolved is not told: of a resolved one, when it was last changed.

    Raises:
        RecordError: it does not say whether it is resolved.
    """
    is_resolved = flag(payload, "resolved")
    if is_resolved is None:
        raise RecordError(
            "the alert does not say whether it is resolved", field="resolved_at", reason="no_state"
        )
    changed_at = at(payload, "updated_at", context)
    yield Alert(
        id=identify(payload),
        updated_at=changed_at,
        device=reference(payload, "asset_id"),
        client=reference(payload, "customer_id"),
        category=text(payload, "description"),
        raised_at=needed_at(payload, "created_at", context, field="raised_at"),
        resolved_at=changed_at if is_resolved else None,
        ticket=reference(payload, "ticket_id"),
    )
