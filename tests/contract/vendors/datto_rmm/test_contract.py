"""The contract suite, run for Datto RMM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from phasewise.connectors.vendors.datto_rmm import CONNECTOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject, promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from phasewise.testing.world import Asked, Collection, PageRules, Paging, World, next_urls
from tests.contract.vendors.datto_rmm import rows
from tests.contract.vendors.datto_rmm.rows import API, API_KEY, API_SECRET, PUBLIC, TOKENS, at_of

WHOSE = (
    "devices and the log name a site, which says whose they are: without a right to sites, three streams "
    "miss it; test_check.py says the same"
)
LOOK = "check_says_who_we_are_and_what_is_missing"
PAGES = PageRules(default=250, largest=250)


def may_ask(asked: Asked) -> bool:
    wanted = {"grant_type": "password", "username": API_KEY, "password": API_SECRET}
    return asked.body == wanted and asked.headers.get("authorization") == PUBLIC


def pages(items: str) -> Paging:
    return next_urls(page="page", size="max", items=items, total="pageDetails.totalCount")


WORLD = World(
    (
        Collection(
            "clients", f"{API}/account/sites", rows.site, pages("sites"), rules=PAGES, key="uid",
            texts=("name",),
        ),
        Collection(
            "alerts", f"{API}/account/alerts/resolved", rows.alert, pages("alerts"), rules=PAGES,
            key="alertUid", texts=("priority",), times=("timestamp", "resolvedOn"),
        ),
    ),
    other=rows.other,
    token_path=TOKENS,
    has_right_to_ask=may_ask,
)  # fmt: skip

SUBJECT = Subject(
    CONNECTOR,
    WORLD,
    settings=lambda url: {"base_url": url, "api_key": API_KEY, "api_secret": API_SECRET},
    secrets=(API_KEY, API_SECRET),
    error_body={"timestamp": 1781181715656, "status": 500, "error": "Internal Server Error", "path": "/v2"},
    not_promised={f"clients: {LOOK}": WHOSE},
)

MACHINES = replace(
    SUBJECT,
    world=replace(
        WORLD,
        collections=(
            Collection(
                "devices", f"{API}/account/devices", rows.device, pages("devices"), rules=PAGES, key="uid",
                texts=("hostname",), times=("lastSeen", "creationDate"),
                deleted=lambda item: {**item, "deleted": True},
            ),
            Collection(
                "automation_runs", f"{API}/activity-logs", rows.activity,
                next_urls(page="searchAfter", size="size", items="activities"),
                # The next page begins behind a row, and no row is ever changed.
                rules=PAGES, moves=False, shifts=False, matches=rows.is_in_log, times=("date",),
                changed=lambda item: at_of(item["date"]),
            ),
        ),
    ),
    not_promised={},
)  # fmt: skip
"""Apart from sites, which both are read beside."""

SUBJECTS = (SUBJECT, MACHINES)


@pytest.mark.parametrize("promise", [p for subject in SUBJECTS for p in promises_of(subject)])
def test_the_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize(
    "promise", [p for subject in SUBJECTS for p in sync_promises_of(Bench(subject, sync_msp, SyncOptions))]
)
def test_a_sync_keeps_its_promises(promise: Callable[[Store], None], either_store: Store) -> None:
    promise(either_store)
