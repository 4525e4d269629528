"""A cheap look: are we let in, where, which stream lacks its right, and what will the first sync cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from phasewise.connectors.base import CheckResult, Slice
from phasewise.connectors.limits import BACKGROUND_SHARE, Rule, estimated_minutes
from phasewise.connectors.vendors.autotask import entities
from phasewise.connectors.vendors.autotask.entities import Entity
from phasewise.connectors.vendors.autotask.filters import EVERYTHING, Condition, changed_within
from phasewise.connectors.vendors.autotask.listing import IDS_AT_A_TIME, PAGE, labels
from phasewise.connectors.vendors.autotask.session import CONCURRENCY, Session, rules
from phasewise.connectors.vendors.autotask.settings import AutotaskSettings
from phasewise.errors import AuthError, ForbiddenError, SourceError

ASKED: Mapping[str, tuple[Entity, ...]] = {
    "clients": (entities.COMPANIES,),
    "technicians": (entities.RESOURCES,),
    "tickets": (entities.TICKETS, entities.SLA_RESULTS),
    "time_entries": (entities.TIME_ENTRIES, entities.BILLING_CODES),
    "agreements": (
        entities.CONTRACTS,
        entities.CONTRACT_SERVICES,
        entities.CONTRACT_SERVICE_UNITS,
        entities.CONTRACT_BUNDLES,
        entities.SERVICES,
    ),
    "invoices": (entities.INVOICES,),
    "invoice_lines": (entities.BILLING_ITEMS,),
    "opportunities": (entities.OPPORTUNITIES,),
    "projects": (entities.PROJECTS,),
    "project_tasks": (entities.TASKS,),
    "meetings": (entities.TO_DOS,),
    "meeting_notes": (entities.NOTES,),
    "devices": (entities.DEVICES,),
    "survey_responses": (entities.SURVEY_RESULTS,),
    "ticket_history": (entities.HISTORY,),
}
"""Stream → the entities it asks, one row of each. `sla_policies` is read off the fields of tickets."""

YEARS_OF_HISTORY = timedelta(days=3 * 366)
HALF_A_YEAR = timedelta(days=7 * 27)
SECONDS_A_REQUEST = 0.5
LOOK_UPS_A_PAGE = 3
OTHER_REQUESTS = 500
"""Windows without rows, invoices with their lines, and the streams that are small everywhere."""


def check(session: Session, settings: AutotaskSettings) -> CheckResult:
    """Say who we are and where, what is missing for which stream, and what a first sync costs.

    Raises:
        SourceError: we are not let in at all.
    """
    threshold = session.threshold()
    missing = dict(_missing(session))
    counts = {} if threshold.source_time is None else _counts(session, missing, threshold.source_time)
    return CheckResult(
        f"Autotask PSA, {session.zone_name}, as {settings.user}",
        missing=missing,
        notes=[
            *_database(threshold.body),
            *_visible(counts, missing),
            *_histories(counts, settings),
            *_settings(settings),
        ],
        cost=_cost(counts, settings) if counts else None,
    )


def _missing(session: Session) -> Iterator[tuple[str, str]]:
    for stream, asked in ASKED.items():
        try:
            for entity in asked:
                session.query(entity, _one_row_of(entity))
        except AuthError:
            raise
        except ForbiddenError as error:
            yield stream, error.right
        except SourceError as error:
            yield stream, str(error)
    try:
        labels(session, entities.TICKETS)
    except AuthError:
        raise
    except SourceError as error:
        yield "sla_policies", error.right if isinstance(error, ForbiddenError) else str(error)


def _one_row_of(entity: Entity) -> dict[str, Any]:
    if entity is entities.HISTORY:
        return {"filter": [{"op": "eq", "field": "ticketID", "value": 0}]}
    return {"maxRecords": 1, "includeFields": ["id"], "filter": [EVERYTHING]}


def _counts(session: Session, missing: Mapping[str, str], now: datetime) -> dict[str, int]:
    """How many rows a first sync reads, of the streams that are large."""
    since, lately = Slice("since", now - YEARS_OF_HISTORY), Slice("lately", now - HALF_A_YEAR)
    asked = (
        ("tickets", entities.TICKETS, since),
        ("time_entries", entities.TIME_ENTRIES, since),
        ("ticket_history", entities.TICKETS, lately),
    )
    found = {}
    for stream, entity, slice_ in asked:
        if stream not in missing:
            counted = _counted(session, entity, changed_within(entity.changed, slice_))
            if counted is not None:
                found[stream] = counted
    return found


def _counted(session: Session, entity: Entity, condition: Condition) -> int | None:
    try:
        return session.count(entity, condition)
    except AuthError:
        raise
    except SourceError:
        return None  # the look itself has said what is missing; here only the estimate suffers


def _cost(counts: Mapping[str, int], settings: AutotaskSettings) -> tuple[int, float]:
    """Requests and minutes until all is there; histories have a quarter of the hour and take longest."""
    tickets, histories = counts.get("tickets", 0), counts.get("ticket_history", 0)
    lists = (
        OTHER_REQUESTS
        + tickets // PAGE
        + tickets // IDS_AT_A_TIME
        + counts.get("time_entries", 0) // PAGE * (1 + LOOK_UPS_A_PAGE)
    )
    hourly, at_once = rules(settings)[0], Rule("at a time", concurrent=CONCURRENCY)
    minutes = estimated_minutes((hourly, at_once), lists + histories, SECONDS_A_REQUEST)
    return lists + histories, max(minutes, _background_minutes(histories, settings))


def _background_minutes(histories: int, settings: AutotaskSettings) -> float:
    share = Rule(
        "histories an hour",
        requests=settings.requests_an_hour // BACKGROUND_SHARE,
        window_seconds=3600.0,
        concurrent=1,
    )
    return estimated_minutes((share,), histories, SECONDS_A_REQUEST)


def _histories(counts: Mapping[str, int], settings: AutotaskSettings) -> Iterator[str]:
    """What of the first sync is histories, as everything else is there long before."""
    asked = counts.get("ticket_history", 0)
    if asked:
        minutes = round(_background_minutes(asked, settings))
        yield f"of the first sync {asked:,} requests are histories, read last: about {minutes:,} minutes"


def _database(said: Any) -> Iterator[str]:
    """How much of the hour's requests all integrations of this database have used."""
    said = said if isinstance(said, dict) else {}
    used, limit = said.get("currentTimeframeRequestCount"), said.get("externalRequestThreshold")
    if not isinstance(used, int) or not isinstance(limit, int) or limit <= 0:
        return
    yield f"all integrations together have asked {used:,} of {limit:,} requests in the last hour"
    if used * 2 >= limit:
        yield "more than half is used: Autotask slows down every answer, for the others as well"


def _visible(counts: Mapping[str, int], missing: Mapping[str, str]) -> Iterator[str]:
    """An empty list is also what a user gets who may see no line of business."""
    if counts.get("tickets") == 0 and "tickets" not in missing:
        yield (
            "no ticket of the last three years is visible: may the API user see all lines of business? "
            "Autotask hides rows without a word"
        )


def _settings(settings: AutotaskSettings) -> Iterator[str]:
    if settings.survey_scale is None:
        yield "survey_scale is not set: ratings are kept, and no score is made of them"
