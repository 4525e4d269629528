"""Records of the model as rows of Autotask, by entity. Each file makes the rows of one subject."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.autotask import billing, delivery, devices, people, surveys, tickets
from phasewise.sandbox.vendors.autotask import picklists as lists
from phasewise.sandbox.vendors.autotask.making import Makers, Making, table
from phasewise.sandbox.vendors.autotask.picklists import PICKLISTS

ENTITIES = (
    "Companies", "Resources", "Tickets", "ServiceLevelAgreementResults", "TicketHistory", "TimeEntries",
    "BillingCodes", "Contracts", "ContractServices", "ContractServiceUnits", "ContractServiceBundles",
    "ContractServiceBundleUnits", "Services", "ServiceBundles", "Invoices", "BillingItems", "Opportunities",
    "Projects", "Tasks", "CompanyNotes", "CompanyToDos", "ConfigurationItems", "SurveyResults",
)  # fmt: skip

MAKERS: Makers = {
    **billing.MAKERS,
    **delivery.MAKERS,
    **devices.MAKERS,
    **people.MAKERS,
    **surveys.MAKERS,
    **tickets.MAKERS,
}


def render(records: Iterable[Any]) -> dict[str, list[Item]]:
    """Entity → its rows, by id; the picklists beside them."""
    making = Making(records)
    for entity in ENTITIES:
        making.rows[entity] = []
    for record in making.held:
        make = MAKERS.get(table(record))
        if make is not None:
            make(making, record)
    tickets.add_work(making)
    for rows in making.rows.values():
        rows.sort(key=lambda row: int(row["id"]))
    making.rows[PICKLISTS] = lists.rows(making.own)
    return making.rows
