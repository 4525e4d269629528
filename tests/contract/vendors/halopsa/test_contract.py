"""The contract suite, run for HaloPSA: for every list that it has, and once more through the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from phasewise.connectors.base import Connector
from phasewise.connectors.vendors.halopsa import CONNECTOR
from phasewise.connectors.vendors.halopsa.agreements import RECURRING_INVOICES
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject, promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from phasewise.testing.world import Asked, Collection, Item, PageRules, Paging, Reply, World, page_numbers
from tests.contract.vendors.halopsa import items

KEY = "s3cret-of-the-test"


def in_one(name: str) -> Paging:
    """A list in one answer: bare, or in an envelope with its total."""

    def answer(found: Sequence[Item], _asked: Asked, rules: PageRules) -> Reply:
        if not name:
            return Reply(list(found))
        return Reply({"record_count": len(found) + rules.hidden, name: list(found)})

    return answer


def pages(name: str) -> Paging:
    """A list in pages. Without `pageinate` Halo gives as many as it likes."""
    paged = page_numbers(page="page_no", size="page_size", items=name, total="record_count")

    def answer(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
        assert asked.query.get("pageinate") == "true"
        return paged(found, asked, rules)

    return answer


def counted(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
    """Actions: so many as are asked for."""
    body = {"record_count": len(found) + rules.hidden, "actions": list(found)[: int(asked.query["count"])]}
    return Reply(body)


def between(field: str, start: str, end: str) -> Callable[[Asked, Item], bool]:
    """A filter by two parameters."""

    def matches(asked: Asked, item: Item) -> bool:
        value = str(item[field])
        return asked.query.get(start, "") <= value < asked.query.get(end, "9")

    return matches


def is_wanted(asked: Asked, item: Item) -> bool:
    changed = between("last_update", "lastupdatefromdate", "lastupdatetodate")(asked, item)
    is_closed = item["dateclosed"] not in (None, items.NEVER)
    return changed and (is_closed or asked.query.get("closed_only") != "true")


def is_wanted_action(asked: Asked, item: Item) -> bool:
    is_of_ticket = asked.query.get("ticket_id", str(item["ticket_id"])) == str(item["ticket_id"])
    return is_of_ticket and between("datetime", "startdate", "enddate")(asked, item)


def changed(field: str) -> Callable[[Item], datetime]:
    return lambda item: datetime.fromisoformat(item[field]).replace(tzinfo=UTC)


def flag(name: str) -> Callable[[Item], Item]:
    """How Halo says that a row is no longer there."""
    return lambda item: {**item, name: True}


def listed(stream: str, path: str, make: Callable[[int], Item], paging: Paging, **facts: Any) -> Collection:
    return Collection(stream, f"/api{path}", make, paging, moves=False, **facts)


COLLECTIONS = (
    listed(
        "clients", "/Client", items.make_client, pages("clients"),
        deleted=flag("inactive"), texts=("name",), times=("alastupdate",),
    ),
    listed("technicians", "/Agent", items.make_agent, in_one(""), texts=("name",), times=("last_modified",)),
    listed("calendars", "/Workday", items.make_workday, in_one(""), texts=("name",)),
    listed("sla_policies", "/SLA", items.make_level, in_one(""), texts=("name",)),
    listed(
        "tickets", "/Tickets", items.make_ticket, pages("tickets"),
        matches=is_wanted, changed=changed("last_update"), deleted=flag("deleted"), texts=("summary",),
        times=("dateoccurred", "respondbydate", "responsedate", "fixbydate", "dateclosed", "last_update"),
    ),
    listed(
        "time_entries", "/Actions", items.make_action, counted,
        matches=is_wanted_action, changed=changed("datetime"),
        times=("datetime", "actiondatecreated", "last_updated", "actionarrivaldate"),
    ),
    listed(
        "agreements", "/ClientContract", items.make_contract, pages("contracts"),
        texts=("ref",), times=("last_modified",),
    ),
    listed(
        "invoices", "/Invoice", items.make_invoice, pages("invoices"),
        deleted=flag("voided"), texts=("invoicenumber",), times=("date_created", "last_modified"),
    ),
    listed("payments", "/InvoicePayment", items.make_payment, pages("invoicepayments")),
    listed(
        "opportunities", "/Opportunities", items.make_opportunity, pages("tickets"),
        deleted=flag("deleted"), texts=("summary",), times=("dateoccurred", "dateclosed", "last_update"),
    ),
    listed(
        "projects", "/Projects", items.make_project, pages("tickets"),
        deleted=flag("deleted"), texts=("summary",), times=("dateoccurred", "dateclosed", "last_update"),
    ),
    listed(
        "meetings", "/Appointment", items.make_appointment, pages("appointments"),
        matches=between("start_date", "start_date", "end_date"), changed=changed("start_date"),
        times=("start_date", "end_date", "complete_date", "last_modified"),
    ),
    listed(
        "devices", "/Asset", items.make_asset, pages("assets"),
        deleted=flag("inactive"), texts=("inventory_number",),
    ),
    listed("survey_responses", "/Feedback", items.make_answer, in_one(""), times=("date",)),
    listed(
        "documents", "/KBArticle", items.make_article, pages("articles"),
        texts=("name",), times=("date_created", "date_edited"),
    ),
)  # fmt: skip
RECURRING = (
    listed(
        "recurring_invoices", "/RecurringInvoice", items.make_recurring, pages("invoices"),
        texts=("reference",), times=("last_modified",),
    ),
)  # fmt: skip
"""In a world of its own: its agreements stand in one table with the contracts."""

EMPTY = frozenset({"/Site", "/RecurringInvoice"})
"""Lists that the first world has no collection for."""


def other(asked: Asked) -> Reply | None:
    path = asked.path.removeprefix("/api")
    if path in items.LOOKUPS:
        return Reply(items.LOOKUPS[path])
    if path == "/Agent/me":
        return Reply({"id": 9, "name": "Phasewise", "is_admin": False})
    if path == "/InstanceInfo":
        return Reply({"version": "2.184.1"})
    if path in EMPTY:
        return Reply([])
    return None


def has_right_to_ask(asked: Asked) -> bool:
    form = asked.body
    return (
        isinstance(form, Mapping)
        and form.get("grant_type") == "client_credentials"
        and form.get("client_secret") == KEY
        and asked.query.get("tenant") == "acme"
    )


SECOND_REQUEST = (
    "the_same_page_for_ever_is_an_error", "a_pause_of_an_hour_ends_as_later",
    "a_source_that_fails_for_ever_is_left_for_later", "a_body_cut_for_ever_is_no_short_page",
    "an_error_in_a_200_is_no_empty_page", "a_token_that_ends_mid_run_is_renewed",
    "too_many_requests_in_seconds_are_waited_for", "too_many_requests_until_a_date_are_waited_for",
    "too_many_requests_with_zero_are_waited_for_all_the_same",
    "too_many_requests_without_a_word_are_waited_for", "a_503_with_retry_after_is_waited_for",
)  # fmt: skip
"""Promises that are tried on the second request for a list."""

IN_ONE_ANSWER = ("technicians", "calendars", "sla_policies", "survey_responses", "time_entries")

NOT_PROMISED = {
    f"{stream}: {promise}": "this list comes in one answer, there is no second request; "
    "test_one_answer.py tries the first"
    for stream in IN_ONE_ANSWER
    for promise in SECOND_REQUEST
} | {
    f"{stream}: check_says_who_we_are_and_what_is_missing": "the history of tickets reads this list as well, "
    "so that two streams lack it; test_check.py says the same with both"
    for stream in ("tickets", "time_entries")
}


def subject(
    connector: Connector, collections: Sequence[Collection], not_promised: Mapping[str, str]
) -> Subject:
    return Subject(
        connector,
        World(
            tuple(collections),
            other=other,
            token_path="/auth/token",
            has_right_to_ask=has_right_to_ask,
        ),
        settings=lambda url: {
            "base_url": url,
            "auth_url": f"{url}/auth",  # test_session.py looks it up
            "tenant": "acme",
            "client_id": "phasewise",
            "client_secret": KEY,
            "survey_worst": 4,
            "survey_best": 1,
        },
        secrets=(KEY,),
        zone="Europe/Madrid",
        error_body={"ClassName": "System.Exception", "Message": "Timeout expired"},
        not_promised=not_promised,
    )


SUBJECT = subject(CONNECTOR, COLLECTIONS, NOT_PROMISED)
OF_RECURRING = subject(
    replace(CONNECTOR, streams=lambda _: (RECURRING_INVOICES,)),
    RECURRING,
    {
        "check_says_who_we_are_and_what_is_missing": "a look tries every list there is and this world has "
        "one; test_check.py says the same of all"
    },
)


@pytest.mark.parametrize("promise", [*promises_of(SUBJECT), *promises_of(OF_RECURRING)])
def test_the_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize("promise", sync_promises_of(Bench(SUBJECT, sync_msp, SyncOptions)))
def test_a_sync_keeps_its_promises(promise: Callable[[Store], None], either_store: Store) -> None:
    promise(either_store)


@pytest.mark.parametrize("promise", sync_promises_of(Bench(OF_RECURRING, sync_msp, SyncOptions)))
def test_a_sync_of_recurring_invoices_keeps_them_too(
    promise: Callable[[Store], None], either_store: Store
) -> None:
    promise(either_store)
