"""The contract suite, run for Syncro."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phasewise.connectors.vendors.syncro import CONNECTOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject, promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from tests.contract.vendors.syncro.twin import HISTORY, LISTS, TOKEN, settings, world

SAME_LIST = "tickets and their comments are read by the same list; test_check.py says the same with both"

ONE_ANSWER = "users come in one answer, without pages; test_people.py has it fail"
NOT_OF_USERS = (
    "the_same_page_for_ever_is_an_error",
    "a_503_with_retry_after_is_waited_for",
    "a_body_cut_for_ever_is_no_short_page",
    "a_pause_of_an_hour_ends_as_later",
    "a_source_that_fails_for_ever_is_left_for_later",
    "an_error_in_a_200_is_no_empty_page",
    "too_many_requests_in_seconds_are_waited_for",
    "too_many_requests_until_a_date_are_waited_for",
    "too_many_requests_with_zero_are_waited_for_all_the_same",
    "too_many_requests_without_a_word_are_waited_for",
)
"""Promises about the second request for a list."""

SUBJECT = Subject(
    CONNECTOR,
    world(*LISTS),
    settings=settings,
    secrets=(TOKEN,),
    error_body={"success": False, "message": "database timeout"},
    not_promised={
        "tickets: check_says_who_we_are_and_what_is_missing": SAME_LIST,
        **{f"technicians: {name}": ONE_ANSWER for name in NOT_OF_USERS},
        "technicians: a_page_of_fifty_thousand_comes_whole": "each user is asked for, and no account has "
        "50,000",
        "devices: a_page_of_fifty_thousand_comes_whole": "each asset is asked for its patches; "
        "test_quirks.py reads a page of 50,000 without them",
    },
)
COMMENTS = Subject(
    CONNECTOR,
    world(HISTORY),
    settings=settings,
    secrets=(TOKEN,),
    not_promised={
        "check_says_who_we_are_and_what_is_missing": SAME_LIST,
        "a_page_of_fifty_thousand_comes_whole": "each ticket is asked for its comments",
        "check_with_a_wrong_key_is_an_auth_error": "this vendor has only one list; SUBJECT checks all",
        "no_secret_is_in_what_is_printed": "this vendor has only one list; SUBJECT checks all",
    },
)


@pytest.mark.parametrize("promise", [*promises_of(SUBJECT), *promises_of(COMMENTS)])
def test_the_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize("promise", sync_promises_of(Bench(SUBJECT, sync_msp, SyncOptions)))
def test_a_sync_keeps_its_promises(promise: Callable[[Store], None], either_store: Store) -> None:
    promise(either_store)
