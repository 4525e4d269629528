"""How records become rows: a page of one kind at a time, column by column, because that is the hot path.

The fast way trusts nothing: it looks at the types of a whole column at once, and when one value is not what
its column holds, the page is gone through value by value, and only the records that cannot be stored are
refused, each with its reason. Both databases therefore hold the same, or refuse the same.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, Float
from sqlalchemy.types import TypeEngine

from phasewise.errors import RecordError
from phasewise.model.records import record_kinds
from phasewise.storage.tables import column_type
from phasewise.storage.types import (
    UNSTORABLE,
    Flag,
    Instant,
    JsonText,
    LocalDate,
    Money,
    PlainText,
    to_epoch,
    to_json,
    to_scaled,
)

LARGEST = 2**63 - 1
"""Largest integer of both databases; the smallest is its opposite (less one, which nobody will miss)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)

Column = Sequence[Any]


@dataclass(frozen=True, slots=True)
class FieldShape:
    """How one field becomes a column.

    Attributes:
        name: of field and column.
        kinds: Python types of its values, the first names them.
        allowed: the same, with None's where the field may be empty.
        convert: a column of values → a column as stored; None where they are stored as they are.
    """

    name: str
    kinds: tuple[type[Any], ...]
    allowed: frozenset[type[Any]]
    convert: Callable[[Column], Column] | None


@dataclass(frozen=True, slots=True)
class Shape:
    """How records of one kind become rows.

    Attributes:
        table: their table.
        fields: their fields, in the order of the columns.
        read: record → its values, in that order.
        watched: names of the columns whose history is kept; empty where none is.
    """

    table: str
    fields: tuple[FieldShape, ...]
    read: Callable[[Any], tuple[Any, ...]]
    watched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that no database can hold: its position among the records given, and why."""

    position: int
    error: RecordError


@dataclass(frozen=True, slots=True)
class Columns:
    """Records as they are stored.

    Attributes:
        kept: positions of the records that became rows, in order.
        columns: one per field of the shape, as long as `kept`.
        refused: the others.
        replaced_characters: characters that no database keeps, now U+FFFD.
    """

    kept: Sequence[int]
    columns: Sequence[Column]
    refused: tuple[Refusal, ...] = ()
    replaced_characters: int = 0


@cache
def shape(table: str) -> Shape:
    """The shape of the records of a table."""
    kind = record_kinds()[table]
    hints = typing.get_type_hints(kind)
    fields = tuple(_field_shape(field, hints[field.name]) for field in dataclasses.fields(kind))
    watched = tuple(f.name for f in dataclasses.fields(kind) if f.metadata["info"].watched)
    return Shape(
        table, fields, attrgetter(*(f.name for f in fields)), watched if kind.__record__.history else ()
    )


def to_columns(form: Shape, records: Sequence[Any]) -> Columns:
    """Turn records of one kind into columns as they are stored.

    Args:
        form: the shape of their table.
        records: at least one record.
    """
    columns = list(zip(*map(form.read, records), strict=True))
    try:
        stored = [_checked(field, column) for field, column in zip(form.fields, columns, strict=True)]
    except (_UnexpectedError, RecordError, ArithmeticError, TypeError):
        return _one_by_one(form, records)
    return Columns(range(len(records)), stored)


class _UnexpectedError(Exception):
    """A column holds something it should not: go through it value by value."""


def _checked(field: FieldShape, column: Column) -> Column:
    found = set(map(type, column))
    if not found <= field.allowed:
        raise _UnexpectedError
    found.discard(type(None))
    if not found:
        return column
    stored = field.convert(column) if field.convert else column
    check = _CHECKS.get(field.kinds[0])
    if check is not None:
        check(stored)
    return stored


def _check_text(column: Column) -> None:
    together = "".join(filter(None, column))
    if "\x00" in together or (not together.isascii() and UNSTORABLE.search(together)):
        raise _UnexpectedError


def _check_integers(column: Column) -> None:
    numbers = [v for v in column if v is not None]
    if max(numbers) > LARGEST or min(numbers) < -LARGEST:
        raise _UnexpectedError


def _check_finite(column: Column) -> None:
    if not all(v is None or math.isfinite(v) for v in column):
        raise _UnexpectedError


_CHECKS: dict[type[Any], Callable[[Column], None]] = {
    str: _check_text,
    dict: _check_text,
    int: _check_integers,
    Decimal: _check_integers,
    float: _check_finite,
}


def _one_by_one(form: Shape, records: Sequence[Any]) -> Columns:
    kept: list[int] = []
    rows: list[list[Any]] = []
    refused: list[Refusal] = []
    replaced = 0
    for position, record in enumerate(records):
        try:
            row = [_stored(field, value) for field, value in zip(form.fields, form.read(record), strict=True)]
        except RecordError as error:
            refused.append(Refusal(position, error))
            continue
        for index, value in enumerate(row):
            if isinstance(value, str):
                row[index], count = UNSTORABLE.subn("\ufffd", value)
                replaced += count
        kept.append(position)
        rows.append(row)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(form.fields)
    return Columns(kept, columns, tuple(refused), replaced)


def _stored(field: FieldShape, value: Any) -> Any:
    """One value as it is stored.

    Raises:
        RecordError: the column cannot hold it.
    """
    if value is None and type(None) in field.allowed:
        return None
    # bool is an int to Python, and datetime a date: a value must be of the column's own kind.
    is_stray = isinstance(value, bool | datetime) and type(value) not in field.allowed
    if is_stray or not isinstance(value, field.kinds):
        found = "nothing" if value is None else type(value).__name__
        raise RecordError(f"{found} where {field.kinds[0].__name__} belongs", field=field.name)
    try:
        stored = _ONE[field.kinds[0]](value)
    except (RecordError, ArithmeticError, ValueError, TypeError) as error:
        what = error.what if isinstance(error, RecordError) else str(error)
        raise RecordError(what, field=field.name) from error
    if isinstance(stored, int) and abs(stored) > LARGEST:
        raise RecordError(f"{value} is too large", field=field.name)
    return stored


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise RecordError(f"{value} is not a number")
    return float(value)


_ONE: dict[type[Any], Callable[[Any], Any]] = {
    str: str,
    int: int,
    bool: int,
    float: _finite,
    datetime: to_epoch,
    date: date.isoformat,
    Decimal: to_scaled,
    dict: to_json,
}


def _instants(column: Column) -> Column:
    return [None if v is None else (v - _EPOCH) // _SECOND for v in column]


def _each(convert: Callable[[Any], Any]) -> Callable[[Column], Column]:
    return lambda column: [None if v is None else convert(v) for v in column]


def _field_shape(field: dataclasses.Field[Any], annotation: Any) -> FieldShape:
    kinds, convert = _KINDS[type(column_type(annotation))]
    is_required = field.default is dataclasses.MISSING
    allowed = kinds if is_required else (*kinds, type(None))
    return FieldShape(field.name, kinds, frozenset(allowed), convert)


_KINDS: dict[type[TypeEngine[Any]], tuple[tuple[type[Any], ...], Callable[[Column], Column] | None]] = {
    PlainText: ((str,), None),
    BigInteger: ((int,), None),
    Float: ((float,), None),
    Instant: ((datetime,), _instants),
    LocalDate: ((date,), _each(date.isoformat)),
    Money: ((Decimal,), _each(to_scaled)),
    Flag: ((bool,), _each(int)),
    JsonText: ((dict, list), _each(to_json)),
}
