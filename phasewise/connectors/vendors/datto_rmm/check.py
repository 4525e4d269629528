"""A cheap look: are we let in, which list is refused, and what the first sync will cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from phasewise.connectors.answers import Answer
from phasewise.connectors.base import CheckResult
from phasewise.connectors.limits import BACKGROUND_SHARE, Rule, estimated_minutes
from phasewise.connectors.listing import place
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.datto_rmm import log
from phasewise.connectors.vendors.datto_rmm.alerts import OPEN, RESOLVED
from phasewise.connectors.vendors.datto_rmm.alerts import RIGHT as OF_ALERTS
from phasewise.connectors.vendors.datto_rmm.lists import PAGE
from phasewise.connectors.vendors.datto_rmm.moments import BEGINNING, told_at, written
from phasewise.connectors.vendors.datto_rmm.runs import HISTORY_MONTHS
from phasewise.connectors.vendors.datto_rmm.session import (
    CONCURRENCY,
    DEVICES,
    OF_DEVICES,
    OF_SITES,
    SITES,
    USERS,
    Session,
)
from phasewise.connectors.vendors.datto_rmm.settings import DattoRmmSettings
from phasewise.errors import AuthError, ForbiddenError, SourceError

ACCOUNT, RATE = "/api/v2/account", "/api/v2/system/request_rate"
TOTAL = "pageDetails.totalCount"

RIGHTS = {
    SITES: OF_SITES,
    DEVICES: OF_DEVICES,
    OPEN: OF_ALERTS,
    RESOLVED: OF_ALERTS,
    log.PATH: log.RIGHT,
    ACCOUNT: "account",
    RATE: "request rate",
    USERS: "users",
}
"""What is looked at → the right it needs."""

LOOKS = {
    "clients": (SITES,),
    "devices": (DEVICES, SITES),
    "alerts": (OPEN, RESOLVED),
    "automation_runs": (log.PATH, SITES),
}
"""Stream → the lists it cannot do without: a site says whose a device or a run is."""

SAMPLE = timedelta(days=7)
"""How much of the log is looked at to say what the first sync costs: a page of it at most."""

SECONDS_A_REQUEST = 1.0
"""For the estimate alone; not measured on a live account."""


def check(session: Session, settings: DattoRmmSettings) -> CheckResult:
    """Say who we are and what is refused.

    Raises:
        SourceError: we are not let in at all.
    """
    account = _look(session, ACCOUNT, {})
    now = account.source_time if isinstance(account, Answer) else None
    found: dict[str, Answer | str] = {ACCOUNT: account}
    for path in RIGHTS:
        if path not in found:
            found[path] = _look(session, path, _query(path, now))
    missing: dict[str, str] = {}
    for stream, paths in LOOKS.items():
        for path in paths:
            said = found[path]
            if isinstance(said, str):
                missing.setdefault(stream, said)
    return CheckResult(
        _identity(session, account),
        missing=missing,
        notes=_notes(settings, found),
        cost=_cost(settings, found),
    )


def _query(path: str, now: datetime | None) -> dict[str, Any]:
    if path == log.PATH:
        since = BEGINNING if now is None else now - SAMPLE
        return {"from": written(since), "categories": log.CATEGORY, "order": "desc", "size": PAGE}
    return {} if path == RATE else {"max": 1}


def _look(session: Session, path: str, query: Mapping[str, Any]) -> Answer | str:
    """The answer, or what is missing to get it."""
    try:
        return session.get(path, query, right=RIGHTS[path])
    except AuthError:
        raise
    except ForbiddenError as error:
        return error.right
    except SourceError as error:
        return str(error)


def _identity(session: Session, account: Answer | str) -> str:
    host = urlsplit(session.http.base_url).netloc
    name = place(account.body, "name") if isinstance(account, Answer) else None
    return f"Datto RMM at {host}" + (f", account {name}" if name else "")


def _notes(settings: DattoRmmSettings, found: Mapping[str, Answer | str]) -> list[str]:
    notes = ["a key may do what its user may: Datto does not say what that is, give that user reading alone"]
    limit, count = (_number(found[RATE], name) for name in ("accountRateLimit", "accountCount"))
    seconds = _number(found[RATE], "slidingTimeWindowSizeSeconds")
    if limit is not None and seconds:
        sent = "an unknown number" if count is None else f"{count:,}"
        notes.append(f"all keys of the account sent {sent} of {limit:,} requests in {seconds} seconds")
        if settings.requests_a_minute * seconds > limit * 0.9 * 60:
            most = int(limit * 0.9 * 60 / seconds)
            notes.append(f"set requests_a_minute to {most:,} or less: near its limit Datto slows down")
    if isinstance(found[USERS], str):
        notes.append("the users of the account cannot be read: nobody can tell which alerts people resolved")
    if not settings.run_results:
        notes.append("run_results is off: nothing is said of how a run ended")
    return notes


def _number(answer: Answer | str, name: str) -> int | None:
    value = place(answer.body, name) if isinstance(answer, Answer) else None
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _cost(settings: DattoRmmSettings, found: Mapping[str, Answer | str]) -> tuple[int, float] | None:
    """Requests and minutes; None where a list does not say how long it is."""
    totals = [_number(found[path], TOTAL) for path in (SITES, DEVICES, OPEN, RESOLVED)]
    rate = _deployments_a_day(found[log.PATH])
    known = [total for total in totals if total is not None]
    if rate is None or len(known) < len(totals):
        return None
    listed = sum(max(1, ceil(total / PAGE)) for total in known)
    ran = ceil(rate * HISTORY_MONTHS * 30.4)
    behind = ceil(ran / PAGE) + (ran if settings.run_results else 0)
    minutes = sum(
        estimated_minutes(
            (
                Rule("requests a minute", requests=max(1, settings.requests_a_minute // share)),
                Rule("requests at a time", concurrent=max(1, CONCURRENCY // share)),
            ),
            requests,
            SECONDS_A_REQUEST,
        )
        for requests, share in ((listed, 1), (behind, BACKGROUND_SHARE))
    )
    return listed + behind, minutes


def _deployments_a_day(answer: Answer | str) -> float | None:
    """By the newest page of the log; None where it cannot be told."""
    if isinstance(answer, str):
        return None
    items = log.ACTIVITIES(answer).items
    times = [at for item in items if (at := told_at(item.get("date"))) is not None]
    is_all = log.ACTIVITIES(answer).next is None
    span = SAMPLE if is_all else max(times, default=BEGINNING) - min(times, default=BEGINNING)
    ran = sum(plain(str(item.get("action"))) == log.DEPLOYMENT for item in items)
    days = span.total_seconds() / 86_400
    return ran / days if days > 0 else None
