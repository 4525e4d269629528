"""What is counted of a listing: exactly, however long it is."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.seen import FEW, Seen, count_distinct


@pytest.mark.parametrize("length", [0, 1, FEW - 1, FEW, FEW + 1, 3 * FEW])
@pytest.mark.parametrize("different", [1, 7, FEW // 2, 4 * FEW])
def test_distinct_ids_are_counted_exactly_in_a_short_and_a_long_listing(length: int, different: int) -> None:
    ids = array("q", (hash(str(n % different)) for n in range(length)))
    assert count_distinct(ids) == min(length, different)


@given(
    st.lists(
        st.none()
        | st.lists(st.integers(0, 9), max_size=2)
        | st.fixed_dictionaries({"id": st.integers(0, 9)}),
        max_size=9,
    )
)
def test_rows_without_an_id_count_by_their_content_and_spoil_no_others(rows: list[Any]) -> None:
    seen = Seen(lambda row: row["id"])
    seen.declare(len(rows))
    seen.take(rows, where="here")
    with_id = {row["id"] for row in rows if isinstance(row, dict)}
    others = {repr(row) for row in rows if not isinstance(row, dict)}
    assert seen.distinct() == len(with_id) + len(others)
    assert not rows or seen.is_known_page(rows)
