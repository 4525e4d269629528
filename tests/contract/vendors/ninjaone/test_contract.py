"""The contract suite, run for NinjaOne."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from phasewise.connectors.vendors.ninjaone import CONNECTOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject, promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from phasewise.testing.world import Asked, Collection, PageRules, World, cursor_marks, keyset
from tests.contract.vendors.ninjaone import rows
from tests.contract.vendors.ninjaone.rows import CLIENT_ID, CLIENT_SECRET, TOKENS, at

ONE_ANSWER = "its articles and documents come in one answer: there is no second request that could fail"
ONE_REQUEST = (
    "a_cut_body_is_asked_for_again",
    "a_body_cut_for_ever_is_no_short_page",
    "a_503_with_retry_after_is_waited_for",
    "a_pause_of_an_hour_ends_as_later",
    "a_source_that_fails_for_ever_is_left_for_later",
    "an_error_in_a_200_is_no_empty_page",
    "the_same_page_for_ever_is_an_error",
    "too_many_requests_in_seconds_are_waited_for",
    "too_many_requests_until_a_date_are_waited_for",
    "too_many_requests_with_zero_are_waited_for_all_the_same",
    "too_many_requests_without_a_word_are_waited_for",
    "a_token_that_ends_mid_run_is_renewed",
)
ONE_LOG = (
    "alerts and automation runs are read out of one log, so that one right is missing for both; "
    "test_check.py says the same with both"
)
NINE_LISTS = "one right reads all nine lists, and a look asks for each; test_check.py says the same with all"
LOOK = "check_says_who_we_are_and_what_is_missing"


def may_ask(asked: Asked) -> bool:
    wanted = {
        "grant_type": "client_credentials",
        "scope": "monitoring",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    return bool(asked.body == wanted)


DEVICES = Collection(
    "devices", "/v2/devices-detailed", rows.device, keyset(), shifts=False, moves=False,
    texts=("displayName",), times=("created", "lastContact", "lastUpdate"),
)  # fmt: skip
LOG = Collection(
    "alerts", "/v2/activities", rows.alert_told, rows.older, matches=rows.is_in_log,
    rules=PageRules(default=200, largest=1000), moves=False, shifts=False,
    times=("activityTime",), changed=lambda item: at(item["activityTime"]),
)  # fmt: skip
INSTALLS = Collection(
    "os_patch_installs", "/v2/queries/os-patch-installs", rows.os_install, cursor_marks(),
    matches=rows.is_installed, texts=("name",), times=("installedAt", "timestamp"),
    # A cursor is kept by the server, which leads through what was there when it was asked for. Were it
    # not so, the overlap of two weeks would bring again what a page has skipped.
    moves=False, shifts=False,
    changed=lambda item: at(item["installedAt"]),
)  # fmt: skip

CLIENT_ARTICLES = Collection(
    "client_articles", "/v2/knowledgebase/organization/articles", rows.client_article,
    texts=("name",), times=("createTime", "updateTime"),
)  # fmt: skip
DOCUMENTS = Collection(
    "documents", "/v2/organization/documents", rows.document, key="documentId",
    texts=("documentName",), times=("documentUpdateTime",),
)  # fmt: skip

WORLD = World(
    (
        Collection(
            "clients", "/v2/organizations-detailed", rows.organization, keyset(),
            shifts=False, moves=False, texts=("name",),
        ),
        LOG,
        INSTALLS,
        replace(
            INSTALLS, stream="software_patch_installs", path="/v2/queries/software-patch-installs",
            make=rows.software_install, texts=("title",),
        ),
        Collection(
            "articles", "/v2/knowledgebase/global/articles", rows.article,
            texts=("name",), times=("createTime", "updateTime"),
        ),
    ),
    other=rows.other,
    token_path=TOKENS,
    has_right_to_ask=may_ask,
)  # fmt: skip

SUBJECT = Subject(
    CONNECTOR,
    WORLD,
    settings=lambda url: {
        "base_url": url,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "backup_is_ninjaone": True,
    },
    secrets=(CLIENT_SECRET,),
    error_body={"resultCode": "FAILURE", "errorMessage": "database timeout"},
    not_promised={
        **{f"articles: {promise}": ONE_ANSWER for promise in ONE_REQUEST},
        f"alerts: {LOOK}": ONE_LOG,
    },
)

BESIDE = replace(
    SUBJECT,
    world=replace(WORLD, collections=(replace(LOG, stream="automation_runs", make=rows.run_told), DOCUMENTS)),
    not_promised={LOOK: ONE_LOG, **{f"documents: {promise}": ONE_ANSWER for promise in ONE_REQUEST}},
)
"""The same log, holding runs: a world has one collection a path, and here one a table."""

MACHINES = replace(
    SUBJECT,
    world=replace(WORLD, collections=(DEVICES, CLIENT_ARTICLES)),
    not_promised={LOOK: NINE_LISTS, **{f"client_articles: {promise}": ONE_ANSWER for promise in ONE_REQUEST}},
)
"""Devices apart from installations, which they are read beside."""

SUBJECTS = (SUBJECT, BESIDE, MACHINES)


@pytest.mark.parametrize("promise", [p for subject in SUBJECTS for p in promises_of(subject)])
def test_the_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize(
    "promise", [p for subject in SUBJECTS for p in sync_promises_of(Bench(subject, sync_msp, SyncOptions))]
)
def test_a_sync_keeps_its_promises(promise: Callable[[Store], None], either_store: Store) -> None:
    promise(either_store)
