"""The contract suite, run for Request Tracker."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from phasewise.connectors.vendors.request_tracker import CONNECTOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject, promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from phasewise.testing.world import Asked, Collection, Item, PageRules, Reply, World, header
from tests.contract.vendors.request_tracker.ticketsql import parse
from tests.contract.vendors.request_tracker.twin import BASE, DAY, READER, RULES, Twin, history

TOKEN = f"1-{READER}-0123456789abcdef0123456789abcdef"
WITH_A_PAST = 200
"""Tickets of a higher number have an empty history: a page of 50,000 must not take a minute to invent."""
READER_ZONE = ZoneInfo("UTC")


@cache
def life(number: int) -> Twin:
    """One ticket and what happened to it."""
    twin = Twin()
    values: dict[str, Any] = {
        "SLA": "Callback" if number % 3 == 0 else "Standard",
        "EffectiveId": str(number - 1) if number % 10 == 5 else str(number),
    }
    twin.open(number, at=DAY + timedelta(hours=number % 1000), **values)
    if number <= WITH_A_PAST:
        history(twin, number, DAY + timedelta(hours=number % 1000), hours=1.5 if number % 7 == 0 else 4)
        for place, row in enumerate(twin.transactions):
            row["id"] = str(number * 100 + place)
    return twin


def make_ticket(number: int) -> Item:
    return life(number).tickets[number]


def changed(item: Item) -> datetime:
    return datetime.fromisoformat(item["LastUpdated"]).astimezone(UTC)


def matches(asked: Asked, item: Item) -> bool:
    query = re.sub(r"\bid > \d+", "id > 0", asked.query.get("query", ""))
    return _parsed(query)[0](item)


_parsed = cache(lambda query: parse(query, READER_ZONE))


def tickets(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
    """Pages behind an id; the hole comes empty once."""
    behind = re.search(r"\bid > (\d+)", asked.query.get("query", ""))
    last = 0 if behind is None or rules.repeats else int(behind[1])
    rest = [item for item in found if int(item["id"]) > last]
    reply = Twin().page(rest, asked, told=True, rules=rules)
    if rules.hole and asked.turn == rules.hole:
        return Reply({**reply.body, "items": [], "count": 0})
    return reply


def other(asked: Asked) -> Reply | None:
    twin = Twin()
    if asked.path == f"{BASE}/transactions":
        wanted = [int(n) for n in re.findall(r"ObjectId = (\d+)", asked.query.get("query", ""))]
        twin.transactions = [row for n in wanted if n <= WITH_A_PAST for row in life(n).transactions]
    return twin.answer(asked)


SUBJECT = Subject(
    CONNECTOR,
    World(
        (
            Collection(
                "tickets", f"{BASE}/tickets", make_ticket, tickets,
                matches=matches, rules=RULES, moves=False, shifts=False, changed=changed,
                texts=("Subject",), times=("Created", "LastUpdated", "Due", "Resolved"),
            ),
        ),
        other=other,
        accepts=header("Authorization", f"token {TOKEN}"),
    ),
    settings=lambda url: {"base_url": url, "token": TOKEN, "response_levels": ["Callback"]},
    secrets=(TOKEN,),
    error_body={"message": "database is locked"},
    not_promised={
        "check_says_who_we_are_and_what_is_missing": "technicians are read out of the tickets, so that one "
        "right is missing for both streams; test_check.py says the same with both",
    },
)  # fmt: skip


@pytest.mark.parametrize("promise", promises_of(SUBJECT))
def test_the_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize("promise", sync_promises_of(Bench(SUBJECT, sync_msp, SyncOptions)))
def test_a_sync_keeps_its_promises(promise: Callable[[Store], None], either_store: Store) -> None:
    promise(either_store)
