"""Registering who is in the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from phasewise.errors import StoreError
from phasewise.storage.engine import MspStore, Store
from phasewise.storage.frames import read_frame
from phasewise.storage.msps import (
    read_connections,
    read_msp,
    register_connection,
    register_msp,
    requester_key,
    save_derived_with,
)
from tests.conftest import NOW


def register(store: Store, zone: str = "Europe/Madrid", now: datetime = NOW) -> MspStore:
    return register_msp(store, msp_id="acme", name="Acme IT", zone=zone, currency="EUR", now=now)


def periods(scope: MspStore, table: str) -> list[tuple[str, int, int]]:
    sql = f"SELECT starts_on, starts_at, ends_at FROM {table} WHERE msp_id = :msp_id ORDER BY starts_at"
    return [tuple(row.values()) for row in read_frame(scope, sql)]  # type: ignore[misc]  # three columns


def test_registering_again_changes_nothing_but_what_the_settings_say(any_store: Store) -> None:
    scope = register(any_store)
    key, days = requester_key(scope), periods(scope, "days")
    register_msp(any_store, msp_id="acme", name="Acme", zone="Europe/Madrid", currency="USD", now=NOW)
    assert (read_msp(scope).name, read_msp(scope).currency) == ("Acme", "USD")
    assert requester_key(scope) == key
    assert len(key) == 32
    assert periods(scope, "days") == days


@pytest.mark.parametrize("table", ["days", "weeks", "months"])
def test_periods_reach_from_2010_to_two_years_from_now_without_a_gap(any_store: Store, table: str) -> None:
    rows = periods(register(any_store), table)
    assert rows[0][1] <= datetime(2009, 12, 31, 23, tzinfo=UTC).timestamp()
    assert rows[-1][2] >= datetime(2028, 12, 31, 23, tzinfo=UTC).timestamp()
    assert all(a[2] == b[1] for a, b in pairwise(rows))


def test_weeks_begin_on_monday_and_clocks_that_change_make_days_of_23_and_25_hours(any_store: Store) -> None:
    scope = register(any_store)
    assert all(date.fromisoformat(starts_on).weekday() == 0 for starts_on, _, _ in periods(scope, "weeks"))
    hours = {starts_on: (end - start) / 3600 for starts_on, start, end in periods(scope, "days")}
    assert (hours["2026-03-29"], hours["2026-10-25"], hours["2026-03-30"]) == (23, 25, 24)


def test_another_zone_rewrites_the_periods(any_store: Store) -> None:
    before = periods(register(any_store), "days")
    after = periods(register(any_store, zone="America/New_York"), "days")
    assert [row[0] for row in after] == [row[0] for row in before]
    assert after[0][1] - before[0][1] == 6 * 3600


def test_periods_are_extended_as_time_goes_on(any_store: Store) -> None:
    register(any_store)
    later = register(any_store, now=NOW + timedelta(days=366))
    assert periods(later, "months")[-1][0] == "2029-12-01"


def connection(scope: MspStore, connector: str = "files", **changes: date | None) -> None:
    register_connection(
        scope,
        connection_id="exports",
        connector=connector,
        provides=frozenset({"tickets.opened_at", "tickets.status"}),
        active_from=changes.get("active_from"),
        active_until=changes.get("active_until"),
        now=NOW,
    )


def test_a_connection_is_kept_as_the_settings_say_it(any_store: Store) -> None:
    scope = register(any_store)
    connection(scope)
    save_derived_with(scope, "exports", "digest")
    connection(scope, active_from=date(2024, 1, 1), active_until=date(2025, 12, 31))
    (found,) = read_connections(scope)
    assert (found.connection_id, found.connector) == ("exports", "files")
    assert found.provides == {"tickets.opened_at", "tickets.status"}
    assert (found.active_from, found.active_until) == (date(2024, 1, 1), date(2025, 12, 31))
    assert found.derived_with == "digest"


def test_a_connection_does_not_become_one_of_another_connector(any_store: Store) -> None:
    scope = register(any_store)
    connection(scope)
    with pytest.raises(StoreError, match='the connection "exports" is one of files in the store') as caught:
        connection(scope, connector="halopsa")
    assert caught.value.where == "[connections.exports] connector"
