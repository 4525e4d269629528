"""A cheap look: who are we there, which list is closed to us, and what a first sync will cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from phasewise.connectors.base import CheckResult
from phasewise.connectors.vendors.halopsa import (
    actions,
    agreements,
    clients,
    devices,
    invoices,
    knowledge,
    meetings,
    sales,
    services,
    staff,
    tickets,
)
from phasewise.connectors.vendors.halopsa.lists import Query, rows
from phasewise.connectors.vendors.halopsa.session import CONCURRENCY, Session
from phasewise.connectors.vendors.halopsa.settings import HaloSettings
from phasewise.connectors.vendors.halopsa.values import text
from phasewise.errors import AuthError, ForbiddenError, SourceError

ONE: Query = {"pageinate": True, "page_size": 1, "page_no": 1}

SECONDS_A_REQUEST = 1.0
"""A page of a hundred tickets takes about this long."""

WINDOWS = 36 + 6 + 78 + 6
"""Requests that a first sync makes for spans of time in which there may be nothing."""

WEEKS_OF_HISTORY, WEEKS_OF_TICKETS = 26, 156


@dataclass(frozen=True, slots=True)
class Probe:
    """A list that is tried.

    Attributes:
        path: of the list.
        name: what its envelope calls it.
        streams: those that read it.
        right: the right they need.
        query: the smallest question; `ONE` where the list is paged.
    """

    path: str
    name: str
    streams: tuple[str, ...]
    right: str
    query: Mapping[str, Any] = field(default_factory=lambda: ONE)


PROBES = (
    Probe("/Client", "clients", ("clients",), clients.RIGHT),
    Probe("/Agent", "agents", ("technicians",), staff.RIGHT, {"thisAgentOnly": True}),
    Probe("/Workday", "workdays", ("calendars",), services.RIGHT, {}),
    Probe("/SLA", "slas", ("sla_policies",), services.RIGHT, {}),
    Probe("/Tickets", "tickets", ("tickets", "ticket_history"), tickets.RIGHT),
    Probe("/Actions", "actions", ("time_entries", "ticket_history"), actions.RIGHT, {"count": 1}),
    Probe("/ClientContract", "contracts", ("agreements",), agreements.CONTRACTS),
    Probe("/RecurringInvoice", "invoices", ("recurring_invoices",), agreements.RECURRING),
    Probe("/Invoice", "invoices", ("invoices",), invoices.RIGHT),
    Probe("/InvoicePayment", "payments", ("payments",), invoices.RIGHT),
    Probe("/Opportunities", "tickets", ("opportunities",), sales.SALES),
    Probe("/Projects", "tickets", ("projects",), sales.PROJECTS_RIGHT),
    Probe("/Appointment", "appointments", ("meetings",), meetings.RIGHT),
    Probe("/Asset", "assets", ("devices",), devices.RIGHT),
    Probe("/Feedback", "feedback", ("survey_responses",), knowledge.SURVEYS, {}),
    Probe("/KBArticle", "articles", ("documents",), knowledge.ARTICLES),
)


def check(session: Session, settings: HaloSettings) -> CheckResult:
    """Say who we are, which streams are closed to us, and what the first sync costs.

    Raises:
        SourceError: we are not let in at all.
    """
    me = _object(session, "/Agent/me")
    version = text(_object(session, "/InstanceInfo"), "version")
    host = urlsplit(session.base_url).netloc
    identity = (
        f"HaloPSA {version or 'of an unknown version'} at {host}, as the agent {text(me, 'name') or '?'}"
    )
    missing: dict[str, str] = {}
    totals: dict[str, int | None] = {}
    for probe in PROBES:
        try:
            found = rows(probe.name)(session.get(probe.path, probe.query, right=probe.right))
        except AuthError:
            raise
        except ForbiddenError as error:
            missing |= dict.fromkeys(probe.streams, error.right)
        except SourceError as error:
            missing |= dict.fromkeys(probe.streams, str(error))
        else:
            totals[probe.path] = found.total
    return CheckResult(
        identity,
        missing=missing,
        excess=("administrator",) if me.get("is_admin") is True else (),
        notes=_notes(session, settings, totals),
        cost=_cost(totals, settings),
    )


def _object(session: Session, path: str) -> Mapping[str, Any]:
    """An answer that may be withheld: what is not told is not known."""
    answer = session.get(path, allow=(403, 404))
    return answer.body if answer.status == 200 and isinstance(answer.body, Mapping) else {}


def _notes(session: Session, settings: HaloSettings, totals: Mapping[str, int | None]) -> list[str]:
    notes = ["times are read as UTC, as Halo's interface gives them"]
    if settings.survey_worst is None:
        notes.append("answers to surveys have no score: write survey_worst and survey_best")
    listed = totals.get("/Tickets")
    if listed is not None:
        closed = _closed(session)
        said = "an unknown number" if closed is None else f"{closed:,}"
        notes.append(f"{listed:,} tickets are shown to this agent, {said} of them closed")
        if closed is not None and closed > listed:
            notes.append("the list of all tickets is shorter than that of the closed ones: report this")
    return notes


def _closed(session: Session) -> int | None:
    answer = session.get("/Tickets", {**ONE, "closed_only": True}, right=tickets.RIGHT)
    return rows("tickets")(answer).total


def _cost(totals: Mapping[str, int | None], settings: HaloSettings) -> tuple[int, float] | None:
    """Requests and minutes of the first sync, the history of tickets in the background included."""
    listed = totals.get("/Tickets")
    if listed is None:
        return None
    pages = sum(-(-(total or 0) // settings.page_size) for total in totals.values())
    histories = listed * WEEKS_OF_HISTORY // WEEKS_OF_TICKETS
    seconds_each = max(SECONDS_A_REQUEST / CONCURRENCY, 300 / settings.requests_in_5_minutes)
    lists = WINDOWS + pages
    # The background gets a quarter of the budget.
    return lists + histories, (
        lists * seconds_each + histories * 4 * 300 / settings.requests_in_5_minutes
    ) / 60
