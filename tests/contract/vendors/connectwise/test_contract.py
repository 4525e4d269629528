"""The contract suite, run for ConnectWise PSA."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from phasewise.connectors.vendors.connectwise import CONNECTOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject, promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from tests.contract.vendors.connectwise.desk import MAKERS, PRIVATE, PUBLIC, settings, world

OF_SHARED_LISTS = ("ticket_history", "agreement_lines", "payments", "project_tasks")
"""Streams that are read from a list that another stream is read from as well."""

CHECK = "check_says_who_we_are_and_what_is_missing"
A_PAGE_OF_MANY = "a_page_of_fifty_thousand_comes_whole"
ONE_EACH = "it answers this for one row at a time: 50,000 rows are 50,000 requests"
MANY_REQUESTS = {
    f"{name}: {A_PAGE_OF_MANY}": ONE_EACH
    for name in ("ticket_history", "agreement_lines", "opportunities", "sla_policies")
}
TWO_STREAMS = (
    "one list is read for two streams, so that one right is missing for both; test_check.py says the same"
)


def subject(*streams: str, not_promised: dict[str, str]) -> Subject:
    return Subject(
        CONNECTOR,
        world(*streams),
        settings=settings,
        secrets=(PRIVATE, PUBLIC),
        error_body={"code": "ConnectWiseApi", "message": "The database timed out"},
        not_promised=not_promised,
    )


LISTS = subject(
    *(name for name in MAKERS if name not in (*OF_SHARED_LISTS, "sla_policies")),
    not_promised={
        **{
            f"{name}: {CHECK}": TWO_STREAMS
            for name in ("tickets", "project_tickets", "agreements", "invoices")
        },
        f"survey_responses: {CHECK}": "answers are listed survey by survey; a look goes no further than the "
        "surveys",
    },
)
BESIDE = subject(
    *OF_SHARED_LISTS,
    "sla_policies",
    not_promised={CHECK: TWO_STREAMS},
)
SYNCED = subject(
    "clients", "tickets", "time_entries", "devices", "sla_policies", "survey_responses", not_promised={}
)


def promises() -> list[Any]:
    """All promises for all streams. A page of 50,000 is made for one stream at a time: it takes its time."""
    shared = [*promises_of(LISTS), *promises_of(BESIDE)]
    alone = [one for name in MAKERS for one in promises_of(subject(name, not_promised=MANY_REQUESTS))]
    return [one for one in shared if A_PAGE_OF_MANY not in str(one.id)] + [
        one for one in alone if A_PAGE_OF_MANY in str(one.id)
    ]


@pytest.mark.parametrize("promise", promises())
def test_the_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize("promise", sync_promises_of(Bench(SYNCED, sync_msp, SyncOptions)))
def test_a_sync_keeps_its_promises(promise: Callable[[Store], None], either_store: Store) -> None:
    promise(either_store)
