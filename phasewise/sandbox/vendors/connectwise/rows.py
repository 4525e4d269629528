"""Records of the model as rows of ConnectWise: by its field lists, with its usual words.

Each file writes the rows of one subject; here they are put into their lists. What hangs on one row of another
list stands in a collection of its own, with the number of that row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from phasewise.model.records.calendars import SlaPolicy
from phasewise.model.records.projects import Opportunity, Project
from phasewise.model.records.tickets import SlaResult, Ticket
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import (
    billing,
    delivery,
    devices,
    people,
    policies,
    sales,
    surveys,
    tickets,
)
from phasewise.sandbox.vendors.connectwise.forms import Places

COLLECTIONS = (
    "/company/companies", "/system/members", "/service/tickets", "/project/tickets", "/time/entries",
    "/finance/agreements", "additions", "/finance/invoices", "payments", "/procurement/products",
    "/sales/opportunities", "forecasts", "/sales/opportunities/statuses", "/project/projects",
    "/sales/activities", "/schedule/entries", "/company/configurations", "/service/surveys", "questions",
    "results", "/service/SLAs", "goals", "/service/boards", "statuses", "audits",
)  # fmt: skip

PLACES: Places = {
    **billing.PLACES,
    **delivery.PLACES,
    **devices.PLACES,
    **people.PLACES,
    **policies.PLACES,
    **sales.PLACES,
    **surveys.PLACES,
    **tickets.PLACES,
}


def render(records: Iterable[Any]) -> dict[str, list[Item]]:
    """The rows of every list, in the order of the records."""
    rows: dict[str, list[Item]] = {name: [] for name in COLLECTIONS}
    known = list(records)
    promises: dict[str, dict[str, SlaResult]] = {}
    for record in known:
        if isinstance(record, SlaResult):
            promises.setdefault(record.ticket, {})[record.target] = record
    boards = _names(known, Ticket, "queue")
    templates = _names(known, Project, "template")
    for record in known:
        if isinstance(record, Ticket):
            rows["/service/tickets"].append(tickets.ticket_row(record, promises.get(record.id, {}), boards))
        elif isinstance(record, Project):
            rows["/project/projects"].append(delivery.project_row(record, templates))
        elif type(record) in PLACES:
            name, make = PLACES[type(record)]
            rows[name].append(make(record))
    _add_tables(rows, known, boards)
    return rows


def _names(records: Iterable[Any], kind: type[Any], field: str) -> dict[str, int]:
    """Name → number, in the order of first appearance."""
    found: dict[str, int] = {}
    for record in records:
        if isinstance(record, kind) and (name := getattr(record, field)) is not None:
            found.setdefault(name, len(found) + 1)
    return found


def _add_tables(rows: dict[str, list[Item]], known: list[Any], boards: dict[str, int]) -> None:
    for record in known:
        if isinstance(record, SlaPolicy):
            rows["goals"] += policies.goal_rows(record)
        elif isinstance(record, Opportunity):
            rows["forecasts"].append(sales.forecast_row(record))
    rows["/sales/opportunities/statuses"] = sales.outcome_rows()
    rows |= tickets.status_tables(boards) | surveys.survey_tables()
