"""Alerts, open and resolved, with the ticket each one became and the components that ran in response.

Neither list can be asked for what is new, and their order is written nowhere. So both are read whole every
time: the open ones first, as an alert that is resolved meanwhile is then in both and never in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.vendors.datto_rmm.lists import PAGE, listed, uid_of, under
from phasewise.connectors.vendors.datto_rmm.moments import moment
from phasewise.connectors.vendors.datto_rmm.resolvers import (
    AN_UNKNOWN_NAME,
    COMPONENT,
    RESOLVERS,
    is_resolved,
    resolver_of,
)
from phasewise.connectors.vendors.datto_rmm.session import Session
from phasewise.connectors.vendors.datto_rmm.settings import DattoRmmSettings
from phasewise.connectors.vendors.datto_rmm.words import guess
from phasewise.errors import RecordError
from phasewise.model.records.automation import Alert, AutomationRun
from phasewise.model.records.identities import ExternalId

OPEN, RESOLVED = "/api/v2/account/alerts/open", "/api/v2/account/alerts/resolved"
RIGHT = "view of alerts"

KEPT = ["alertUid", "priority", "resolved", "resolvedOn", "timestamp", "ticketNumber", "autoresolveMins"]
"""What is kept of an alert. Its text, and the name of who resolved it, stay where they are."""

KEPT_OF_A_RESPONSE = ["actionTime", "actionType", "actionReference"]

BY_ALERT = {"alert response": "alert"}
REMEDIATION = {COMPONENT.lower(): "remediation"}


def identify(payload: Any) -> str:
    """The uid of an alert.

    Raises:
        RecordError: there is none.
    """
    return uid_of(payload, "alertUid")


def alert_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """The open alerts, then the resolved ones. None is gone on behind: a total counts one list alone."""
    notes: list[str] = []
    is_proven, unknown = True, 0
    for path in (OPEN, RESOLVED):
        for page in listed(_asking(session), path, "alerts", identify=identify):
            payloads = [_kept(item, session) for item in page.payloads]
            unknown += sum(payload["resolver"] == AN_UNKNOWN_NAME for payload in payloads)
            is_end = page.proof != "none" or bool(page.note)
            if not is_end:
                yield replace(page, payloads=payloads, cursor=None, declared=None)
                continue
            is_proven = is_proven and page.proof != "none"
            notes += [page.note] if page.note else []
            if path == RESOLVED:
                notes += [_doubt(unknown, session)] if unknown else []
                proof = page.proof if is_proven else "none"
                note = "; ".join(notes)
                yield replace(page, payloads=payloads, cursor=None, declared=None, proof=proof, note=note)
            elif payloads:
                yield replace(page, payloads=payloads, cursor=None, declared=None, proof="none", note="")


def alert_records(payload: Any, context: RecordContext) -> Iterable[Alert | ExternalId | AutomationRun]:
    """The alert, the ticket that the PSA has for it, and the components that ran in response."""
    uid, is_over = identify(payload), is_resolved(payload)
    resolved_at = moment(payload.get("resolvedOn"), field="resolved_at") if is_over else None
    if is_over and resolved_at is None:
        raise RecordError(
            "it is resolved, and nothing says when: stored without an end it would count as open",
            field="resolved_at",
            reason="no_end",
        )
    resolver, raised_at = payload.get("resolver"), moment(payload.get("timestamp"), field="raised_at")
    changed = _changed_at(payload, raised_at, resolved_at)
    yield Alert(
        id=uid,
        updated_at=changed,
        device=under(payload, "alertSourceInfo", "deviceUid"),
        client=under(payload, "alertSourceInfo", "siteUid"),
        category=under(payload, "alertContext", "@class"),
        severity=payload.get("priority"),
        raised_at=raised_at,
        resolved_at=resolved_at,
        resolved_by=guess(resolver, field="resolved_by", words=RESOLVERS, mapping="alert_resolver"),
        resolved_by_raw=resolver,
    )
    ticket = str(payload.get("ticketNumber") or "").strip()
    if ticket:
        yield _ticket(uid, ticket, changed)
    if context.settings.responses_are_runs:
        yield from _responses(uid, payload)


def _ticket(uid: str, number: str, changed: datetime | None) -> ExternalId:
    return ExternalId(
        id=f"alerts:{uid}:psa",
        updated_at=changed,
        table_name="alerts",
        row=uid,
        system="psa",
        target_table="tickets",
        value=number,
    )


def _responses(uid: str, payload: Any) -> Iterator[AutomationRun]:
    """Datto says that a component was started for the alert. How it ended, it does not say here."""
    for action in payload.get("responseActions") or ():
        if under(action, "actionType") != COMPONENT:
            continue
        at, reference = action.get("actionTime"), action.get("actionReference")
        started_at = moment(at, field="started_at")
        yield AutomationRun(
            id=f"alert:{uid}:{'' if at is None else at}:{reference or ''}",
            updated_at=started_at,
            device=under(payload, "alertSourceInfo", "deviceUid"),
            client=under(payload, "alertSourceInfo", "siteUid"),
            kind=guess(COMPONENT, field="kind", words=REMEDIATION, mapping="automation_kind"),
            kind_raw=COMPONENT,
            trigger=guess("alert response", field="trigger", words=BY_ALERT, mapping="run_trigger"),
            trigger_raw="alert response",
            started_at=started_at,
            alert=uid,
        )


def _asking(session: Session) -> Any:
    return lambda path, query: session.get(path, query, right=RIGHT)


def _kept(item: Any, session: Session) -> dict[str, Any]:
    actions = [action for action in under(item, "responseActions") or () if isinstance(action, Mapping)]
    return {key: item.get(key) for key in KEPT} | {
        "alertSourceInfo": {key: under(item, "alertSourceInfo", key) for key in ("deviceUid", "siteUid")},
        "alertContext": {"@class": under(item, "alertContext", "@class")},
        "responseActions": [{key: action.get(key) for key in KEPT_OF_A_RESPONSE} for action in actions],
        "resolver": resolver_of(item, session.settings, session.people),
    }


def _changed_at(payload: Any, *times: datetime | None) -> datetime | None:
    actions = payload.get("responseActions") or ()
    acted = [moment(under(action, "actionTime"), field="updated_at") for action in actions]
    return max((at for at in (*times, *acted) if at is not None), default=None)


def _doubt(unknown: int, session: Session) -> str:
    why = "may not be read" if session.people() is None else "do not have it"
    return (
        f"{unknown:,} alerts were resolved under a name of which nobody knows whether it is a person: "
        f"the users of the account {why}, and it is none of automatic_resolvers"
    )


def alerts(settings: DattoRmmSettings | None) -> Stream:
    """The stream; runs only where the settings say that responses are some."""
    runs = settings is None or settings.responses_are_runs
    fields = {
        "alerts": "device client category severity raised_at resolved_at resolved_by resolved_by_raw",
        "external_ids": "table_name row system target_table value",
        "automation_runs": "device client kind kind_raw trigger trigger_raw started_at alert" if runs else "",
    }
    return Stream(
        name="alerts",
        record="alerts",
        pages=alert_pages,
        records=alert_records,
        identify=identify,
        provides=frozenset(f"{table}.{name}" for table, names in fields.items() for name in names.split()),
        emits=("alerts", "external_ids", *(["automation_runs"] if runs else [])),
        page_size=(1, PAGE, PAGE),
        right=RIGHT,
        # How long resolved alerts are kept is written nowhere: one that leaves the list has not been undone.
        lists_all=False,
    )
