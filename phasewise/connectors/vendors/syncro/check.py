"""A cheap look: who we are, what we may read, which words have no meaning yet, what a first sync takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from phasewise.connectors.answers import Answer
from phasewise.connectors.base import CheckResult
from phasewise.connectors.limits import BACKGROUND_SHARE, Rule, estimated_minutes
from phasewise.connectors.listing import place
from phasewise.connectors.vendors.syncro import agreements, machines, money, people, service
from phasewise.connectors.vendors.syncro.lists import number_of
from phasewise.connectors.vendors.syncro.session import Session, rules
from phasewise.connectors.vendors.syncro.settings import SyncroSettings
from phasewise.connectors.vendors.syncro.words import PRIORITIES, STATUSES, is_word_of, priority
from phasewise.errors import AuthError, ForbiddenError, SourceError, UnavailableError

SECONDS_A_REQUEST = 0.5
"""For the estimate alone."""

HISTORY = timedelta(weeks=26)

WRITING = ("write", "delete", "add", "manage", "execute", "create", "edit")
"""Parts of the permissions that `/me` tells which change something."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A list that is asked for its first page.

    Attributes:
        streams: the streams that read it.
        path, query: of the request.
        key: where the rows are.
        right: that it needs.
    """

    streams: tuple[str, ...]
    path: str
    key: str
    right: str
    query: Mapping[str, Any] = field(default_factory=dict)


PROBES = (
    Probe(("clients",), "/customers", "customers", people.CUSTOMERS, {"include_disabled": "true"}),
    Probe(("technicians",), "/users", "users", people.USERS),
    Probe(("tickets", "ticket_history"), "/tickets", "tickets", service.TICKETS),
    Probe(("time_entries",), "/ticket_timers", "ticket_timers", service.TIMERS),
    Probe(("invoices",), "/invoices", "invoices", money.INVOICES),
    Probe(("payments",), "/payments", "payments", money.PAYMENTS),
    Probe(("agreements",), "/schedules", "schedules", agreements.SCHEDULES),
    Probe(("opportunities",), "/estimates", "estimates", money.ESTIMATES),
    Probe(("devices",), "/customer_assets", "assets", machines.ASSETS),
    Probe(("alerts",), "/rmm_alerts", "rmm_alerts", machines.ALERTS, {"status": "all"}),
)
LINES = Probe(
    ("invoice_lines",), "/line_items", "line_items", money.LINES, {"invoice_id_not_null": "true"}
)  # fmt: skip


def check(session: Session, settings: SyncroSettings) -> CheckResult:
    """Say who we are and what is missing.

    Raises:
        AuthError: the token is refused.
        UnavailableError: Syncro cannot be reached.
    """
    me = _me(session)
    probes = (*PROBES, LINES) if settings.invoice_lines else PROBES
    missing: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    for probe in probes:
        try:
            answers[probe.streams[0]] = session.get(probe.path, probe.query, right=probe.right)
        except (AuthError, UnavailableError):
            raise
        except ForbiddenError as error:
            missing |= dict.fromkeys(probe.streams, error.right)
        except SourceError as error:
            missing |= dict.fromkeys(probe.streams, str(error))
    return CheckResult(
        _identity(me.body),
        missing=missing | _missing_comments(session, answers.get("tickets")),
        excess=_excess(me.body),
        notes=list(_notes(session, settings)),
        cost=_cost(session, settings, answers),
    )


def _me(session: Session) -> Answer:
    """Who we are. It needs no permission: a token that is not even told this is refused as a whole."""
    try:
        return session.get("/me", right="")
    except ForbiddenError as error:
        raise AuthError(
            error.what, where=error.where, remedy="Check the token: it may be mistyped, expired or withdrawn"
        ) from None


def _missing_comments(session: Session, tickets: Answer | None) -> dict[str, str]:
    """Whether what is written on a ticket may be read: a right of its own, tried on the first one."""
    rows = place(tickets.body, "tickets") if tickets is not None else None
    number = number_of(rows[0]) if isinstance(rows, list) and rows else None
    if number is None:
        return {}
    try:
        session.get(f"/tickets/{number}/comments", {"per_page": 1}, right=service.HISTORY, allow=(404,))
    except ForbiddenError as error:
        return {"ticket_history": error.right}
    return {}


def _identity(me: Any) -> str:
    found = me if isinstance(me, Mapping) else {}
    who = found.get("user_name") or found.get("user_email") or f"user {found.get('user_id')}"
    return f"Syncro {found.get('subdomain') or 'of an unknown subdomain'}, as {who}"


def _excess(me: Any) -> list[str]:
    """Rights to change something, as far as `/me` tells them: by kind of record."""
    permissions = me.get("permissions") if isinstance(me, Mapping) else None
    if not isinstance(permissions, Mapping):
        return []
    return [
        f"{kind}: {action}"
        for kind, actions in permissions.items()
        if isinstance(actions, Mapping)
        for action, is_allowed in actions.items()
        if is_allowed is True and action in WRITING
    ]


def _notes(session: Session, settings: SyncroSettings) -> Iterator[str]:
    """The account's words that nobody has given a meaning."""
    if settings.currency is None:
        yield "no currency is set: amounts have none, as Syncro tells only a symbol"
    statuses = _listed(session, "/tickets/settings", "ticket_status_list")
    if unknown := [word for word in statuses if not is_word_of(word, STATUSES, "status")]:
        yield f"statuses without a meaning yet, to be written under mapping.status: {', '.join(unknown)}"
    priorities = _listed(session, "/settings", "ticket.priorities")
    if unknown := [word for word in priorities if priority(word) == "other"]:
        known = ", ".join(PRIORITIES)
        yield f"priorities without a meaning yet (known are {known}): {', '.join(unknown)}"


def _listed(session: Session, path: str, where: str) -> list[str]:
    """Words of the account's settings; none where we may not see them: then the mapping shows them later."""
    try:
        found = place(session.get(path, right="").body, where)
    except (AuthError, UnavailableError):
        raise
    except SourceError:
        return []
    return [word for word in found if isinstance(word, str) and word] if isinstance(found, list) else []


def _cost(
    session: Session, settings: SyncroSettings, answers: Mapping[str, Answer]
) -> tuple[int, float] | None:
    """Requests and minutes of the first sync; None where a list does not tell its pages."""
    lists = [name for name in answers if name != "technicians"]
    pages = {name: _number(answers[name], "meta.total_pages") for name in lists}
    users = answers["technicians"].body.get("users") if "technicians" in answers else []
    front = sum(count or 1 for count in pages.values()) + 1 + len(users or ())
    behind = 0
    if "devices" in answers and settings.patches:
        behind += _rows(answers["devices"], "assets")
    if "tickets" in answers:
        behind += _tickets_of_history(session, answers["tickets"].source_time)
    every = rules(settings)
    slow = Rule("background", requests=max(1, settings.requests_per_minute // BACKGROUND_SHARE))
    minutes = max(
        estimated_minutes(every, front + behind, SECONDS_A_REQUEST),
        estimated_minutes((slow,), behind, SECONDS_A_REQUEST),
    )
    return front + behind, minutes


def _tickets_of_history(session: Session, now: datetime | None) -> int:
    if now is None:
        return 0
    query = {"since_updated_at": f"{now - HISTORY:%Y-%m-%dT%H:%M:%SZ}"}
    return _rows(session.get("/tickets", query, right=service.TICKETS), "tickets")


def _rows(answer: Answer, key: str) -> int:
    """About how many rows a list has, by its first page."""
    total = _number(answer, "meta.total_entries")
    rows = place(answer.body, key)
    length = len(rows) if isinstance(rows, list) else 0
    return total if total is not None else length * max(1, _number(answer, "meta.total_pages") or 1)


def _number(answer: Answer, where: str) -> int | None:
    value = place(answer.body, where)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
