"""A cheap look: are we let in, which lists may we see, and what will the first sync cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phasewise.connectors.base import CheckResult
from phasewise.connectors.limits import estimated_minutes
from phasewise.connectors.vendors.connectwise import (
    agreements,
    audit,
    billing,
    devices,
    meetings,
    people,
    policies,
    projects,
    sales,
    surveys,
    tickets,
    time_entries,
)
from phasewise.connectors.vendors.connectwise.lists import List, total
from phasewise.connectors.vendors.connectwise.session import RULES, Session
from phasewise.connectors.vendors.connectwise.settings import ConnectWiseSettings
from phasewise.errors import AuthError, ForbiddenError, SourceError

LISTS: Mapping[str, List] = {
    "clients": people.COMPANIES,
    "technicians": people.MEMBERS,
    "tickets": tickets.TICKETS,
    "project_tickets": tickets.PROJECT_TICKETS,
    "ticket_history": audit.CHANGED_TICKETS,
    "time_entries": time_entries.TIME,
    "projects": projects.PROJECTS,
    "project_tasks": projects.TASKS,
    "agreements": agreements.AGREEMENTS,
    "agreement_lines": agreements.WITH_ADDITIONS,
    "invoices": billing.INVOICES,
    "invoice_lines": billing.PRODUCTS,
    "payments": billing.PAID_INVOICES,
    "opportunities": sales.OPPORTUNITIES,
    "meetings": meetings.ACTIVITIES,
    "schedule_entries": meetings.SCHEDULE,
    "devices": devices.CONFIGURATIONS,
    "survey_responses": surveys.SURVEYS,
    "sla_policies": policies.SLAS,
}
"""Stream → the list that it is read from first."""

ONE_EACH = ("agreement_lines", "payments", "opportunities")
"""Streams that ask once for every row of their list, beside `ticket_history`."""

HISTORY_YEARS = 3
SECONDS_A_REQUEST = 0.6
"""A guess, for the estimate alone."""


def check(session: Session, settings: ConnectWiseSettings) -> CheckResult:
    """Say who we are, which streams lack a right, which lists are empty, and what the first sync costs.

    Raises:
        SourceError: we are not let in at all.
    """
    about = session.about()
    known = _version(session)
    region = f" in {known['cloudRegion']}" if known.get("cloudRegion") else ""
    identity = f"ConnectWise PSA {known.get('version') or 'of an unknown version'}{region}, " + (
        f"as an API member of {settings.company}"
    )
    missing, totals = _look(session)
    return CheckResult(identity, missing, notes=_notes(about, totals), cost=_cost(settings, totals))


def _version(session: Session) -> Mapping[str, Any]:
    """What the server says of its version; empty where our role may not know."""
    try:
        info = session.get("/system/info", right="").body
    except ForbiddenError:
        return {}
    return info if isinstance(info, Mapping) else {}


def _look(session: Session) -> tuple[dict[str, str], dict[str, int]]:
    """What is missing, and how many rows the lists have that we may see; each list is asked for once."""
    missing: dict[str, str] = {}
    totals: dict[str, int] = {}
    seen: dict[str, str | int | None] = {}
    for stream, listed in LISTS.items():
        if listed.path not in seen:
            seen[listed.path] = _rows_of(session, listed)
        found = seen[listed.path]
        if isinstance(found, str):
            missing[stream] = found
        elif found is not None:
            totals[stream] = found
    return missing, totals


def _rows_of(session: Session, listed: List) -> str | int | None:
    """How many rows a list has; what is missing to read it; None where nobody counts them."""
    try:
        session.get(listed.path, {"fields": "id", "pageSize": 1}, right=listed.right)
        return total(session, listed)
    except AuthError:
        raise
    except ForbiddenError as error:
        return error.right
    except SourceError as error:
        return str(error)


def _notes(about: Mapping[str, Any], totals: Mapping[str, int]) -> list[str]:
    notes = [f"its interface is at {about['Codebase']}"] if about.get("Codebase") else []
    empty = sorted({f"{stream} ({LISTS[stream].right})" for stream, rows in totals.items() if rows == 0})
    if empty:
        # A role that may see only its own rows, or none, is answered with an empty list and not with a 403.
        notes.append(f"empty, or not shown to us for want of a right: {'; '.join(empty)}")
    return notes


def _cost(settings: ConnectWiseSettings, totals: Mapping[str, int]) -> tuple[int, float] | None:
    """Requests and minutes of the first sync: windows, pages, and one request each for what has no list."""
    if not totals:
        return None
    windows = HISTORY_YEARS * 12
    pages = sum(2 * windows + rows // settings.page_size for rows in totals.values())
    weeks = min(settings.history_weeks, HISTORY_YEARS * 52)
    trails = totals.get("tickets", 0) * weeks // (HISTORY_YEARS * 52)
    background = trails + sum(totals.get(stream, 0) for stream in ONE_EACH)
    minutes = estimated_minutes(RULES, pages, SECONDS_A_REQUEST)
    # One at a time: a background stream has a quarter of the places.
    return pages + background, minutes + background * SECONDS_A_REQUEST / 60
