"""Values as Halo writes them: numbers as texts, dates that mean none, ids that mean nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from phasewise.connectors.parse import boolean, day, instant, integer, money
from phasewise.errors import RecordError

T = TypeVar("T")

NO_DATE_BEFORE = 1901
"""Halo writes 1900-01-01 or 1899-12-30 for a date that is not set, and the year 1 was seen elsewhere."""


def number_of(payload: Any, name: str = "id") -> str:
    """The id of a payload as text.

    Raises:
        RecordError: there is none (`no_id`).
    """
    found = payload.get(name) if isinstance(payload, dict) else None
    if type(found) is int:  # as they nearly always come
        return str(found)
    value = None if isinstance(found, bool) else integer(found, field=name)
    if value is None:
        raise RecordError("there is no id", remedy="Has Halo changed?", field=name, reason="no_id")
    return str(value)


def reference(value: Any, *, field: str, nobody: Collection[int] = ()) -> str | None:
    """The id of another row. Zero, a negative number and those that mean nobody are none."""
    number = value if type(value) is int else integer(value, field=field)
    return None if number is None or number <= 0 or number in nobody else str(number)


def moment(value: Any, *, field: str) -> datetime | None:
    """An instant. Halo's times are UTC, with a Z or without; a date of 1900 is none."""
    at = instant(value, field=field, zone=UTC)
    return None if at is None or at.year < NO_DATE_BEFORE else at


def day_of(value: Any, *, field: str) -> date | None:
    """A date in the books; Halo writes it as a midnight. A date of 1900 is none."""
    on = day(value, field=field)
    return None if on is None or on.year < NO_DATE_BEFORE else on


def changed_at(payload: Any, *names: str) -> datetime | None:
    """When a row was changed last, by the first of these fields that says it."""
    for name in names:
        at = moment(payload.get(name), field="updated_at")
        if at is not None:
            return at
    return None


def text(payload: Any, *names: str) -> str | None:
    """The first of these fields that has a text. Halo has two spellings of some fields."""
    for name in names:
        value = payload.get(name)
        if value is not None and str(value).strip():
            return str(value)
    return None


def amount(value: Any, *, field: str) -> Decimal | None:
    """An amount of money, exact."""
    return money(value, field=field)


def quantity(value: Any, *, field: str) -> float | None:
    """A number of things."""
    found = money(value, field=field)
    return None if found is None else float(found)


def yes(value: Any, *, field: str) -> bool | None:
    """True or false."""
    return boolean(value, field=field)


def currency_of(payload: Any) -> str | None:
    """The ISO 4217 code of an invoice, None where Halo has another name for its currency."""
    code = text(payload, "currency_code_name")
    return code if code is not None and re.fullmatch(r"[A-Z]{3}", code) else None


def kept(payload: Any, names: Collection[str]) -> Any:
    """The fields of a payload that are read, and no other one: no name of a contact, no text of a mail."""
    if not isinstance(payload, dict):
        return payload
    return {name: value for name, value in payload.items() if name in names}


def if_readable(read: Callable[[], T]) -> T | None:
    """What is read; None where it cannot be. For use while a page is fetched: its record will say why not."""
    try:
        return read()
    except RecordError:
        return None


def names(written: str) -> frozenset[str]:
    """The words of a text, for lists of fields."""
    return frozenset(written.split())


def provided(table: str, written: str) -> frozenset[str]:
    """`table.field` for every word of a text."""
    return frozenset(f"{table}.{name}" for name in written.split())
