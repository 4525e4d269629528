"""Column types that say the same on SQLite and Postgres: integers and text, nothing that rounds."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import BigInteger, SmallInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from phasewise.errors import RecordError
from phasewise.model.fields import MONEY_SCALE

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that a database refuses in text: NUL (Postgres) and halves of surrogate pairs (both)."""


def to_epoch(value: datetime) -> int:
    """Whole epoch seconds of an aware instant (fractions are cut, towards the past).

    Raises:
        RecordError: the value has no zone.
    """
    if value.tzinfo is None:
        raise RecordError(f"{value.isoformat()} has no time zone", remedy="Give the source's zone")
    return int(value.timestamp() // 1)


def from_epoch(seconds: int) -> datetime:
    """Aware UTC instant of epoch seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def to_scaled(value: Decimal) -> int:
    """Money as stored: ten-thousandths, the fifth decimal rounded half even.

    Raises:
        RecordError: not a finite number.
    """
    if not value.is_finite():
        raise RecordError(f"{value} is not an amount")
    return int((value * MONEY_SCALE).quantize(Decimal(1), ROUND_HALF_EVEN))


def from_scaled(value: int) -> Decimal:
    """Money in units of its currency."""
    return Decimal(value) / MONEY_SCALE


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, stored as integer epoch seconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_epoch(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_epoch(value)


def clean_text(value: str) -> str:
    """The text without what a database cannot keep: NUL and lone surrogates become U+FFFD."""
    return UNSTORABLE.sub("\ufffd", value)


class PlainText(TypeDecorator[str]):
    """Text that compares by its bytes on every database, whatever the locale of the database is."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # Not through dialect.type_descriptor: the driver's own string type would make it VARCHAR.
        return Text(collation="C" if dialect.name == "postgresql" else None)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean_text(value)


class LocalDate(TypeDecorator[date]):
    """A date, stored as ISO text."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Money(TypeDecorator[Decimal]):
    """An amount, stored as integer ten-thousandths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else to_scaled(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else from_scaled(value)


class Flag(TypeDecorator[bool]):
    """True or false, stored as 1 or 0 so that both databases can add it up."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class JsonText(TypeDecorator[Any]):
    """A JSON value, stored as text with sorted keys; never looked into by SQL."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else clean_text(to_json(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def to_json(value: Any) -> str:
    """Canonical JSON text: sorted keys, no spaces, so that equal values are equal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
