"""Rows of our own tables go to the driver as text, and are stored as SQLAlchemy would store them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from phasewise.errors import StoreError
from phasewise.storage.engine import MspStore
from phasewise.storage.own_rows import insert_own, upsert_own
from phasewise.storage.tables import checkpoints, raw_pages

AT = datetime(2026, 3, 2, 12, 0, 0, 900_000, tzinfo=UTC)

CHECKPOINT = {
    "msp_id": "acme",
    "connection_id": "psa",
    "stream": "tickets",
    "slice": "a 'quoted' %s ? :name é",
    "version": 1,
    "cursor": "half a pair \ud800 and NUL \x00 and 100%",
    "token": None,
    "window_start": AT,
    "window_end": None,
    "is_complete": True,
    "fetched": 2**40,
    "run_id": "r1",
    "updated_at": AT,
}
PAGE = {
    "msp_id": "acme",
    "page_id": 1,
    "connection_id": "psa",
    "stream": "tickets",
    "slice": "all",
    "run_id": "r1",
    "fetched_at": AT,
    "payload_count": 1,
    "payloads": bytes(range(256)),
}


@pytest.mark.parametrize(("table", "row"), [(checkpoints, CHECKPOINT), (raw_pages, PAGE)])
def test_a_row_is_stored_as_sqlalchemy_would_store_it(
    any_msp: MspStore, table: Any, row: dict[str, Any]
) -> None:
    def stored() -> Any:
        with any_msp.read() as connection:
            return connection.execute(select(table)).mappings().one()

    with any_msp.write() as connection:
        connection.execute(insert(table), row)
    expected = dict(stored())
    with any_msp.write() as connection:
        connection.execute(delete(table))
        insert_own(connection, table, row)
    assert dict(stored()) == expected
    with any_msp.write() as connection:
        connection.execute(delete(table))
        upsert_own(connection, table, [row])
    assert dict(stored()) == expected


def test_an_upsert_replaces_the_row_of_the_same_key_and_no_other(any_msp: MspStore) -> None:
    other = {**CHECKPOINT, "slice": "other"}
    with any_msp.write() as connection:
        upsert_own(connection, checkpoints, [CHECKPOINT, other])
        upsert_own(connection, checkpoints, [{**CHECKPOINT, "fetched": 7, "is_complete": False}])
    with any_msp.read() as connection:
        query = select(checkpoints.c.fetched, checkpoints.c.is_complete).order_by(checkpoints.c.fetched)
        assert connection.execute(query).all() == [(7, False), (2**40, True)]


def test_a_column_that_must_be_filled_and_is_not_ends_the_transaction(any_msp: MspStore) -> None:
    """A defect of ours and no state of the world: it passes through as the driver says it."""
    with pytest.raises(Exception, match=r"(?i)not.null") as raised, any_msp.write() as connection:
        upsert_own(connection, checkpoints, [CHECKPOINT, {**CHECKPOINT, "run_id": None}])
    assert not isinstance(raised.value, StoreError)
    with any_msp.read() as connection:
        assert connection.execute(select(checkpoints)).all() == []
