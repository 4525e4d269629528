"""Values are the same from both databases, whatever types they chose."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.storage.review.values import plain


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        ("text", "text"),
        (True, 1),
        (7, 7),
        (2.0, 2),
        (Decimal("2.0000"), 2),
        (Decimal(2**70), 2**70),
        (0.1 + 0.2, 0.3),
        (Decimal("0.30000000000000000000"), 0.3),
        (1 / 3, 0.333333333333),
        (Decimal(1) / Decimal(3), 0.333333333333),
        (1234567890.1234, 1234567890.1234),
        (Decimal("99999999999.9999"), 99999999999.9999),
        (1e-9, 1e-9),
        (-0.0, 0),
        (1e300, 1e300),
        (float("nan"), "NaN"),
        (Decimal("NaN"), "NaN"),
        (float("-inf"), "-Infinity"),
        (b"\x00\xff", "00ff"),
        (date(2026, 3, 2), "2026-03-02"),
    ],
)
def test_a_value_is_shown_as(value: object, shown: object) -> None:
    found = plain(value)
    assert found == shown
    assert type(found) is type(shown)


@given(st.integers(-(10**15), 10**15))
def test_an_amount_of_money_is_exact_and_equal_from_both_databases(scaled: int) -> None:
    shown = plain(scaled / 10_000.0)
    assert shown == plain(Decimal(scaled) / 10_000)
    assert round(float(str(shown)) * 10_000) == scaled


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=200))
def test_a_sum_of_money_is_equal_from_both_databases(scaled: list[int]) -> None:
    floats = sum(value / 10_000.0 for value in scaled)
    assert plain(floats) == plain(sum((Decimal(value) for value in scaled), Decimal(0)) / 10_000)
