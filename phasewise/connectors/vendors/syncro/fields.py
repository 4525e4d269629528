"""Values of Syncro's rows, read the same way in every stream."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from phasewise.connectors.base import RecordContext
from phasewise.connectors.parse import day, instant, money
from phasewise.errors import RecordError

_TENTHOUSANDTH = Decimal("0.0001")


def plain_value(row: Mapping[str, Any], name: str) -> str | int | float | None:
    """A text or a number.

    Raises:
        RecordError: it is a list, an object or a yes or no.
    """
    value = row.get(name)
    if value is None or type(value) is str or type(value) is int or type(value) is float:
        return value
    raise RecordError(f'"{name}" is no text and no number', field=name, reason="bad_form")


def text(row: Mapping[str, Any], name: str) -> str | None:
    """A text; None for an empty one.

    Raises:
        RecordError: it is no text.
    """
    value = row.get(name)
    if value is None:
        return None
    if type(value) is not str:
        raise RecordError(f'"{name}" is no text', field=name, reason="bad_text")
    return value if value.strip() else None


def reference(row: Mapping[str, Any], name: str) -> str | None:
    """The id of another row. 0 stands for none (the vendor's example of an alert without a customer)."""
    value = row.get(name)
    if type(value) is int:
        return str(value) if value else None
    value = plain_value(row, name)
    return None if value in (None, "", 0, "0") else str(value)


def at(row: Mapping[str, Any], name: str, context: RecordContext, *, field: str = "") -> datetime | None:
    """An instant. Syncro writes `Z` or an offset; a time without is one in the zone of the connection."""
    value = plain_value(row, name)
    if value is None:
        return None
    found = written_instant(value) if type(value) is str else None
    return found or instant(value, field=field or name, zone=context.zone)


@lru_cache(maxsize=8192)  # a time is asked for when its page comes, and again when its row becomes records
def written_instant(value: str) -> datetime | None:
    """The instant of a text that says its zone; None of any other one."""
    try:
        return instant(value, field="")
    except RecordError:
        return None


def needed_at(row: Mapping[str, Any], name: str, context: RecordContext, *, field: str) -> datetime:
    """An instant that every row has.

    Raises:
        RecordError: it has none.
    """
    found = at(row, name, context, field=field)
    if found is None:
        raise RecordError(f'the row has no "{name}"', field=field, reason="no_time")
    return found


def date_of(row: Mapping[str, Any], name: str, *, field: str) -> date | None:
    """A date. Syncro writes it as a midnight, in UTC or with an offset: the date is what is written."""
    value = text(row, name)
    return None if value is None else _day(value, field)


@lru_cache(maxsize=4096)  # many rows have the same few dates
def _day(value: str, field: str) -> date | None:
    return day(value, field=field)


def amount(row: Mapping[str, Any], name: str, *, field: str) -> Decimal | None:
    """An amount or a number of things, exact.

    Raises:
        RecordError: it is none.
    """
    return money(plain_value(row, name), field=field)


def quantized(value: Decimal) -> Decimal:
    """Rounded to the four decimals that the store keeps."""
    return value.quantize(_TENTHOUSANDTH, ROUND_HALF_UP)


def flag(row: Mapping[str, Any], name: str) -> bool | None:
    """Yes or no.

    Raises:
        RecordError: it is neither.
    """
    value = row.get(name)
    if value is None or value is True or value is False:
        return value
    raise RecordError(f'"{name}" is neither true nor false', field=name, reason="bad_boolean")
