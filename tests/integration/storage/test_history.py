"""The history of watched columns: written with the rows it speaks of, corrected by a remap."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

from phasewise.model.records.people import Client, Technician
from phasewise.storage.engine import MspStore
from phasewise.storage.sink import write_page
from tests.support.pages import AT, page_of, rows

DAY = timedelta(days=1)


def versions(scope: MspStore, *columns: str) -> list[tuple[object, ...]]:
    """Days since AT from and to, what changed, and the columns asked for."""
    found = rows(
        scope, "clients_history", "valid_from", "valid_to", "changed", *columns, order="id, valid_from"
    )
    return [(_day(v[0]), _day(v[1]), json.loads(v[2]), *v[3:]) for v in found]


def _day(seconds: int | None) -> float | None:
    return None if seconds is None else (seconds - AT.timestamp()) / 86_400


def test_a_version_begins_when_a_record_is_first_seen(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Client(id="1", name="Bakery", tier="gold")))
    assert versions(any_msp, "name", "tier") == [(0, None, [], "Bakery", "gold")]


def test_a_change_of_a_watched_column_ends_one_version_and_begins_the_next(any_msp: MspStore) -> None:
    for day, tier in enumerate(["gold", "gold", "silver", "silver", None]):
        write_page(any_msp, page_of(Client(id="1", name="Bakery", tier=tier), at=AT + day * DAY))
    assert versions(any_msp, "tier") == [
        (0, 2, [], "gold"),
        (2, 4, ["tier"], "silver"),
        (4, None, ["tier"], None),
    ]


def test_a_change_of_another_column_makes_no_version(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Client(id="1", name="Bakery", kind_raw="Customer")))
    write_page(any_msp, page_of(Client(id="1", name="Bakery", kind_raw="Kunde"), at=AT + DAY))
    assert len(versions(any_msp)) == 1


def test_an_older_state_makes_no_version(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Client(id="1", tier="new", updated_at=AT)))
    write_page(any_msp, page_of(Client(id="1", tier="old", updated_at=AT - DAY), at=AT + DAY))
    assert versions(any_msp, "tier") == [(0, None, [], "new")]


def test_two_changes_within_a_second_are_one_version(any_msp: MspStore) -> None:
    for tier in ("gold", "silver"):
        write_page(any_msp, page_of(Client(id="1", tier=tier)))
    assert versions(any_msp, "tier") == [(0, None, [], "silver")]


def test_money_and_instants_are_compared_as_they_are_stored(any_msp: MspStore) -> None:
    def technician(cost: str) -> Technician:
        return Technician(id="1", is_active=True, hourly_cost=Decimal(cost), capacity_minutes_per_week=2_250)

    write_page(any_msp, page_of(technician("31.5")))
    write_page(any_msp, page_of(technician("31.500000"), at=AT + DAY))
    started = Client(id="1", started_at=AT + timedelta(microseconds=1))
    write_page(any_msp, page_of(started, Client(id="2")))
    write_page(any_msp, page_of(Client(id="1", started_at=AT), at=AT + DAY))
    assert rows(any_msp, "technicians_history", "hourly_cost", "is_active") == [(315_000, 1)]
    assert len(versions(any_msp)) == 2


def test_a_remap_corrects_the_version_that_held_when_the_page_was_fetched(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Client(id="1", kind="other", kind_raw="Kunde", tier="gold")))
    write_page(any_msp, page_of(Client(id="1", kind="other", kind_raw="Kunde", tier="iron"), at=AT + 9 * DAY))
    for page_id, day, tier in ((1, 0, "gold"), (2, 9, "iron")):
        again = Client(id="1", kind="client", kind_raw="Kunde", tier=tier)
        write_page(any_msp, page_of(again, at=AT + day * DAY, remap_of=page_id))
    assert versions(any_msp, "kind", "tier") == [
        (0, 9, [], "client", "gold"),
        (9, None, ["tier"], "client", "iron"),
    ]
    assert rows(any_msp, "clients", "kind", "tier", "raw_page") == [("client", "iron", 2)]
