"""Postgres knows its rows as soon as they are loaded."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text

from phasewise.storage.databases import reading, writing
from phasewise.storage.engine import Store, open_store
from phasewise.storage.statistics import refresh_statistics
from phasewise.storage.tables import RECORD_TABLES
from tests.conftest import NOW, register_acme


def load(store: Store, first: int, count: int) -> None:
    row = {"msp_id": "acme", "connection_id": "psa", "first_seen_at": NOW, "seen_at": NOW}
    with writing(store.engine) as connection:
        rows = [{**row, "id": str(number)} for number in range(first, first + count)]
        connection.execute(insert(RECORD_TABLES["clients"]), rows)


@pytest.mark.postgres
def test_a_table_that_was_filled_is_counted_and_one_that_hardly_changed_is_not(postgres_url: str) -> None:
    # A database of its own: in a shared one another test may have had its tables counted.
    with open_store(postgres_url, now=NOW, create=True) as store:
        register_acme(store)
        load(store, 0, 500)
        counted = refresh_statistics(store, {"clients": 500, "tickets": 0, "no_such_table": 9})
        assert counted == ("clients", "days", "months", "weeks")
        with reading(store.engine) as connection:
            known = connection.execute(
                text("SELECT reltuples FROM pg_class WHERE relname = 'clients'")
            ).scalar_one()
        assert known == 500
        assert refresh_statistics(store, {"clients": 20}) == ()
        assert refresh_statistics(store, {"clients": 60}) == ("clients",)


def test_sqlite_is_left_alone(sqlite_store: Store) -> None:
    assert refresh_statistics(sqlite_store, {"tickets": 1_000_000}) == ()
