"""The contract suite, run for the technicians of Request Tracker: an owner a request, out of the tickets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import promises_of
from phasewise.testing.subject import ITEMS
from phasewise.testing.sync_contract import Bench, sync_promises_of
from phasewise.testing.world import Asked, Collection, Item, PageRules, Reply
from tests.contract.vendors.request_tracker.test_contract import SUBJECT as OF_TICKETS
from tests.contract.vendors.request_tracker.ticketsql import parse
from tests.contract.vendors.request_tracker.twin import BASE, DAY, RULES, Twin, people

FIRST = 1_000
"""Numbers of owners are above those of the twin's own users; each owns the one ticket of the same number."""


@cache
def desk() -> Twin:
    owners = {
        FIRST + n: {"Name": f"owner{n}", "RealName": f"Owner {n}", "Privileged": 1}
        for n in range(1, 4 * ITEMS)
    }
    return Twin(users={**people(), **owners})


def owned_ticket(number: int) -> Item:
    twin = Twin(users=desk().users)
    return twin.open(FIRST + number, at=DAY, Owner=twin.user_in_list(FIRST + number))


_parsed = cache(lambda query: parse(query, ZoneInfo("UTC")))


def tickets(found: Sequence[Item], asked: Asked, rules: PageRules) -> Reply:
    """Tickets of the owners not named in the query; the hole comes empty once."""
    wanted, _ = _parsed(asked.query.get("query", ""))
    rest = [item for item in found if rules.repeats or wanted(item)]
    reply = desk().page(rest, asked, told=True, rules=rules)
    if rules.hole and asked.turn == rules.hole:
        return Reply({**reply.body, "items": [], "count": 0})
    return reply


def other(asked: Asked) -> Reply | None:
    return desk().answer(asked)


SUBJECT = replace(
    OF_TICKETS,
    world=replace(
        OF_TICKETS.world,
        collections=(
            Collection("technicians", f"{BASE}/tickets", owned_ticket, tickets, rules=RULES, moves=False),
        ),
        other=other,
    ),
    not_promised={
        "a_page_of_fifty_thousand_comes_whole": "an owner a request: the first 250 are read, and the receipt "
        "says so where there are more",
        "nulls_everywhere_are_empty_fields_or_rejects": "an owner without a number leads to no next one: the "
        "listing ends with an error",
        "a_source_that_fails_for_ever_is_left_for_later": "all owners are one page: those that came before a "
        "failure are asked for again",
        **OF_TICKETS.not_promised,
    },
)


@pytest.mark.parametrize("promise", promises_of(SUBJECT))
def test_the_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize("promise", sync_promises_of(Bench(SUBJECT, sync_msp, SyncOptions)))
def test_a_sync_keeps_its_promises(promise: Callable[[Store], Any], either_store: Store) -> None:
    promise(either_store)
