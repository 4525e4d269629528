"""Columns handed to Postgres as the text of an array: what goes in comes out, whatever it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from phasewise.storage.engine import Store
from phasewise.storage.shapes import LARGEST
from phasewise.storage.upsert import as_array

pytestmark = pytest.mark.postgres

REAL_DATABASE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def back(store: Store, kind: type[Any], column: Sequence[Any], of: str) -> list[Any]:
    """The column as Postgres reads it."""
    with store.engine.connect() as connection:
        sql = f"SELECT value FROM unnest(%s::{of}[]) WITH ORDINALITY AS page (value, place) ORDER BY place"
        return list(connection.exec_driver_sql(sql, (as_array(kind, column),)).scalars())


@REAL_DATABASE
@given(st.lists(st.none() | TEXTS | st.text("\\\"'{},NUL \n\t", max_size=6), min_size=1))
@example([""])
@example(["NULL", None, "null"])
@example(["\\", '"', '\\"', "{}", "{a,b}", " a ", "\n"])
def test_texts_come_back_as_they_were(postgres_store: Store, column: list[str | None]) -> None:
    assert back(postgres_store, str, column, "text") == column


@REAL_DATABASE
@given(st.lists(st.none() | st.integers(-LARGEST, LARGEST), min_size=1))
def test_whole_numbers_come_back_as_they_were(postgres_store: Store, column: list[int | None]) -> None:
    assert back(postgres_store, int, column, "bigint") == column


@REAL_DATABASE
@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_come_back_as_they_were(postgres_store: Store, column: list[float | None]) -> None:
    found = back(postgres_store, float, column, "double precision")
    assert found == column
    assert [v is not None and math.copysign(1, v) for v in found] == [
        v is not None and math.copysign(1, v) for v in column
    ]
