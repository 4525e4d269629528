"""Frames: the same integers and texts from every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from phasewise.model.records.tickets import Ticket
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.sink import write_page
from tests.support.pages import AT, page_of

MINE = "FROM tickets WHERE msp_id = :msp_id"


@pytest.fixture
def filled(any_msp: MspStore) -> MspStore:
    queues = ["b", "B", "á", "a", "_", None]
    tickets = [
        Ticket(id=str(n), queue=queue, reopened_count=n, is_internal=n % 2 == 0, opened_at=AT)
        for n, queue in enumerate(queues)
    ]
    write_page(any_msp, page_of(*tickets))
    return any_msp


def test_sums_counts_and_comparisons_are_integers(filled: MspStore) -> None:
    sums = "sum(reopened_count) AS total, sum(is_internal) AS internal"
    sql = f"SELECT count(*) AS n, {sums}, 2 > 1 AS yes {MINE}"
    frame = read_frame(filled, sql)
    assert frame == [{"n": 6, "total": 15, "internal": 3, "yes": 1}]
    assert {type(value) for value in frame[0].values()} == {int}


def test_text_is_ordered_by_its_bytes_whatever_the_locale(filled: MspStore) -> None:
    frame = read_frame(filled, f"SELECT queue {MINE} AND queue IS NOT NULL ORDER BY queue")
    assert [row["queue"] for row in frame] == ["B", "_", "a", "b", "á"]
    assert read_frame(filled, f"SELECT max(queue) AS last, min(queue) AS first {MINE}") == [
        {"last": "á", "first": "B"}
    ]
    assert read_frame(filled, f"SELECT count(*) AS n {MINE} AND queue < 'a'") == [{"n": 2}]


@pytest.mark.postgres
@pytest.mark.parametrize("any_store", ["postgres-icu"], indirect=True)
def test_the_database_with_a_locale_of_its_own_would_order_otherwise(any_msp: MspStore) -> None:
    assert read_frame(any_msp, "SELECT 'a' < 'B' AS otherwise, :msp_id AS msp") == [
        {"otherwise": 1, "msp": "acme"}
    ]


def test_parameters_are_bound_and_nothing_is_null(filled: MspStore) -> None:
    sql = f"SELECT id, first_response_at {MINE} AND queue = :queue AND opened_at < :before"
    before = int((AT + timedelta(days=1)).timestamp())
    assert read_frame(filled, sql, queue="b", before=before) == [{"id": "0", "first_response_at": None}]
    assert read_frame(filled, sql, queue="'; DROP TABLE tickets; --", before=before) == []


def test_weeks_days_and_months_join_without_date_functions(filled: MspStore) -> None:
    sql = """
        SELECT weeks.starts_on AS week, days.starts_on AS day, months.starts_on AS month, count(*) AS n
        FROM tickets
        JOIN weeks ON weeks.msp_id = tickets.msp_id
             AND tickets.opened_at >= weeks.starts_at AND tickets.opened_at < weeks.ends_at
        JOIN days ON days.msp_id = tickets.msp_id
             AND tickets.opened_at >= days.starts_at AND tickets.opened_at < days.ends_at
        JOIN months ON months.msp_id = tickets.msp_id
             AND tickets.opened_at >= months.starts_at AND tickets.opened_at < months.ends_at
        WHERE tickets.msp_id = :msp_id GROUP BY 1, 2, 3
    """
    assert read_frame(filled, sql) == [
        {"week": "2026-03-02", "day": "2026-03-02", "month": "2026-03-01", "n": 6}
    ]


@pytest.mark.postgres
@pytest.mark.parametrize("any_store", ["postgres"], indirect=True)
def test_a_fraction_that_only_postgres_would_return_is_a_defect(filled: MspStore) -> None:
    with pytest.raises(ValueError, match="measures return integers"):
        read_frame(filled, f"SELECT avg(reopened_count) AS mean {MINE}")


def test_wrong_sql_is_a_defect_and_not_a_state_of_the_store(any_msp: MspStore) -> None:
    with pytest.raises(DBAPIError):
        read_frame(any_msp, f"SELECT no_such_column {MINE}")
