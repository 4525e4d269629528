"""Values of a result in a form that is the same from both databases."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite, isnan

Value = int | float | str | None

_LARGE = 1e8
"""From here on, 12 significant digits are fewer than four decimals."""
_EXACT = 2**53
"""Whole numbers below it are exact in a float."""


def plain(value: object) -> Value:
    """A value as a review gives it.

    A number without a fraction is an integer, whatever type the database chose for it. One with a fraction
    has 12 significant digits, and at least four decimals: that is where sums of floats (SQLite) and of
    decimals (Postgres) agree, and every stored amount of money is exact. A truth value is 1 or 0, bytes are
    hex digits, anything else is its text.
    """
    match value:
        case None | str():
            return value
        case int():
            return int(value)
        case Decimal() if value.is_finite() and value == value.to_integral_value():
            return int(value)
        case Decimal() | float():
            return _number(float(value))
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case _:
            return str(value)


def _number(value: float) -> int | float | str:
    if not isfinite(value):
        return "NaN" if isnan(value) else f"{'-' if value < 0 else ''}Infinity"  # JSON has no number for them
    rounded = round(value, 4) if abs(value) >= _LARGE else float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < _EXACT else rounded
