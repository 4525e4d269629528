"""The contract suite, run for Autotask.

Streams that list the same entity, or fill the same table, stand in worlds of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from phasewise.connectors.vendors.autotask import CONNECTOR
from phasewise.connectors.vendors.autotask.entities import ENTITIES
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject, promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from phasewise.testing.world import Asked, Collection, Item, PageRules, Reply, World
from tests.contract.vendors.autotask import rows
from tests.contract.vendors.autotask.desk import (
    BASE,
    CODE,
    POSTS,
    RULES,
    SECRET,
    Vendor,
    accepts,
    description,
    matches,
    paged,
    settings_of,
)

VENDOR = Vendor(
    rows={
        "ServiceLevelAgreementResults": rows.sla_results,
        "BillingCodes": rows.billing_codes,
        "TicketHistory": rows.history,
        "Tickets": rows.ids_with(companyID=lambda n: n % 7),
        "Tasks": rows.ids_with(projectID=lambda n: 1 + n % 5),
        "Projects": rows.ids_with(companyID=lambda n: n % 7),
        "ContractServices": rows.contract_services,
        "ContractServiceUnits": rows.contract_service_units,
        "ContractServiceBundles": rows.contract_bundles,
        "ContractServiceBundleUnits": rows.contract_bundle_units,
        "Services": rows.services,
        "ServiceBundles": rows.service_bundles,
        "BillingItems": rows.billing_items,
    }
)


def collection(
    stream: str,
    entity: str,
    make: Callable[[int], Item],
    *,
    texts: Sequence[str] = (),
    times: Sequence[str] = (),
) -> Collection:
    """A list of an entity: pages behind an id, so that nothing moves or shifts."""
    stamps = ENTITIES[entity].changed

    def changed(item: Item) -> datetime:
        return max(datetime.fromisoformat(item[name]) for name in stamps if item[name])

    return Collection(
        stream,
        f"{BASE}/{entity}/query",
        make,
        paged,
        method="POST",
        matches=matches,
        rules=RULES,
        moves=False,
        shifts=False,
        texts=tuple(texts),
        times=(*stamps, *times),
        changed=changed if stamps else None,
    )


def subject(*collections: Collection, not_promised: Mapping[str, str] | None = None) -> Subject:
    return Subject(
        CONNECTOR,
        World(collections, other=VENDOR.answer, accepts=accepts, posts=POSTS),
        settings=settings_of,
        secrets=(SECRET, CODE),
        error_body={"errors": ["Timeout expired"]},
        not_promised=not_promised or {},
    )


NEIGHBOURS = "check says what is missing for all streams, and this world has only one of them; test_check.py"

MAIN = subject(
    collection("clients", "Companies", rows.company, texts=("companyName",)),
    collection("technicians", "Resources", rows.resource, texts=("lastName",)),
    collection("tickets", "Tickets", rows.ticket, texts=("title",), times=("createDate",)),
    collection("agreements", "Contracts", rows.contract, texts=("contractName",)),
    collection("invoices", "Invoices", rows.invoice, texts=("invoiceNumber",)),
    collection("opportunities", "Opportunities", rows.opportunity, texts=("title",), times=("createDate",)),
    collection("projects", "Projects", rows.project, texts=("projectName",)),
    collection("project_tasks", "Tasks", rows.task, texts=("title",), times=("endDateTime",)),
    collection("meetings", "CompanyToDos", rows.to_do, times=("startDateTime",)),
    collection("devices", "ConfigurationItems", rows.device, texts=("referenceTitle",)),
    collection("survey_responses", "SurveyResults", rows.survey_result),
)


def described(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:  # form of Paging
    """The description of tickets' fields; the collection's items are the service levels."""
    fields = [f for f in description("Tickets")["fields"] if f["name"] != "serviceLevelAgreementID"]
    return Reply({"fields": [*fields, {"name": "serviceLevelAgreementID", "picklistValues": list(found)}]})


HISTORY = subject(
    collection("ticket_history", "Tickets", rows.ticket),
    not_promised={
        "check_says_who_we_are_and_what_is_missing": NEIGHBOURS,
        "a_page_of_fifty_thousand_comes_whole": "a history takes a request of its own: 50,000 of them",
    },
)
POLICIES = subject(
    Collection(
        "sla_policies",
        f"{BASE}/Tickets/entityInformation/fields",
        lambda number: {"value": str(number), "label": f"Level {number}", "isActive": True},
        described,
        key="value",
        texts=("label",),
    ),
    not_promised={
        "check_says_who_we_are_and_what_is_missing": NEIGHBOURS,
        "an_empty_page_in_the_middle_loses_nothing_in_silence": "the list has no pages",
        "the_same_page_for_ever_is_an_error": "the list has no pages",
        **dict.fromkeys(
            (
                "a_source_that_fails_for_ever_is_left_for_later",
                "a_503_with_retry_after_is_waited_for",
                "a_body_cut_for_ever_is_no_short_page",
                "a_pause_of_an_hour_ends_as_later",
                "an_error_in_a_200_is_no_empty_page",
                "too_many_requests_in_seconds_are_waited_for",
                "too_many_requests_until_a_date_are_waited_for",
                "too_many_requests_with_zero_are_waited_for_all_the_same",
                "too_many_requests_without_a_word_are_waited_for",
            ),
            "the list comes in one answer, and these faults begin with the second; all other streams are "
            "read by the same client",
        ),
    },
)
TIME = subject(
    # Beside tickets, projects and tasks: their lists are where the clients of time are looked up.
    collection("time_entries", "TimeEntries", rows.time_entry, times=("startDateTime",)),
    not_promised={"check_says_who_we_are_and_what_is_missing": NEIGHBOURS},
)
LINES = subject(
    collection("invoice_lines", "Invoices", rows.invoice),
    not_promised={"check_says_who_we_are_and_what_is_missing": NEIGHBOURS},
)
MEETING_NOTES = subject(
    collection("meeting_notes", "CompanyNotes", rows.note, times=("startDateTime",)),
    not_promised={"check_says_who_we_are_and_what_is_missing": NEIGHBOURS},
)
SUBJECTS = (MAIN, TIME, HISTORY, POLICIES, LINES, MEETING_NOTES)


def _all(promises: Callable[[Any], list[Any]], subjects: Sequence[Any]) -> list[Any]:
    return [promise for one in subjects for promise in promises(one)]


@pytest.mark.parametrize("promise", _all(promises_of, SUBJECTS))
def test_the_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


NO_SYNC_PROMISES = {
    "ticket_history": {
        "a_sync_stores_what_the_source_has_and_proves_it": "its records are the events of tickets, with ids "
        "of their own; the test of the simulated vendor compares every one of them",
    },
    "sla_policies": {
        "a_source_that_fails_mid_run_is_finished_the_next_time": "the list comes in one answer: no middle",
    },
}
BENCHES = [
    Bench(
        replace(one, not_promised=NO_SYNC_PROMISES.get(one.world.collections[0].stream, {})),
        sync_msp,
        SyncOptions,
    )
    for one in SUBJECTS
]


@pytest.mark.parametrize("promise", _all(sync_promises_of, BENCHES))
def test_a_sync_keeps_its_promises(promise: Callable[[Store], None], either_store: Store) -> None:
    promise(either_store)
