"""From the texts of a row to the fields of a record: one small function for each field, made once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.parse import (
    boolean,
    day_parser,
    instant_parser,
    integer,
    minutes,
    money,
    neutral_word,
    plain,
)
from phasewise.connectors.vendors.files.kinds import FieldKind, field_kinds
from phasewise.connectors.vendors.files.settings import FieldSettings, FileSettings, FilesSettings
from phasewise.errors import RecordError

Values = Mapping[str, str]
"""Column → text of one row."""
Convert = Callable[[str], Any]
"""Text of a column → value of a field, None where the text means empty. Raises RecordError."""
Words = Callable[[str], tuple[str, str] | None]
"""Text of a column → (neutral word, the source's word)."""

_CACHED_TEXTS = 65_536


@dataclass(frozen=True, slots=True)
class Reading:
    """How the texts of one table of files are read where a field does not say it.

    Attributes:
        zone: of times that carry none.
        missing: texts that mean empty.
        format: of times.
        decimal_comma: a comma starts the decimals.
    """

    zone: ZoneInfo
    missing: frozenset[str]
    format: str
    decimal_comma: bool


def reading(settings: FilesSettings, file: FileSettings, zone: ZoneInfo) -> Reading:
    """What holds for every field of a table of files.

    Args:
        settings: of the connection.
        file: of the table.
        zone: the MSP's, where neither of them names one.
    """
    named = file.zone or settings.zone
    comma = settings.decimal_comma if file.decimal_comma is None else file.decimal_comma
    return Reading(ZoneInfo(named) if named else zone, frozenset({"", *file.missing}), file.format, comma)


@dataclass(frozen=True, slots=True)
class Filler:
    """How the fields of a record kind are filled from a row.

    Attributes:
        constants: field → value.
        plain: (field, column, function).
        words: (field, field of the source's word or "", column, function).
    """

    constants: Mapping[str, Any]
    plain: tuple[tuple[str, str, Convert], ...]
    words: tuple[tuple[str, str, str, Words], ...]


def filler(table: str, fields: Mapping[str, FieldSettings], rules: Reading) -> Filler:
    """Make the functions for these fields of a record kind."""
    kinds = field_kinds(table)
    constants: dict[str, Any] = {}
    plain_fields: list[tuple[str, str, Convert]] = []
    word_fields: list[tuple[str, str, str, Words]] = []
    for name, field in fields.items():
        kind = kinds[name]
        if field.column is None:
            constants[name] = _constant(field, kind)
        elif kind.kind == "words":
            word_fields.append((name, kind.raw, field.column, words(field, kind, rules)))
        else:
            plain_fields.append((name, field.column, converter(field, kind, rules)))
    return Filler(constants, tuple(plain_fields), tuple(word_fields))


def fill(fields: Filler, values: Values) -> dict[str, Any]:
    """The fields of one record, by name. A column that an older payload lacks is empty.

    Raises:
        RecordError: a text cannot be read; carries the field.
    """
    found = dict(fields.constants)
    get = values.get
    for name, column, convert in fields.plain:
        found[name] = convert(get(column, ""))
    for name, raw, column, to_words in fields.words:
        both = to_words(get(column, ""))
        if both is not None:
            found[name] = both[0]
            if raw:
                found[raw] = both[1]
    return found


def words(field: FieldSettings, kind: FieldKind, rules: Reading) -> Words:
    """The function of an enumeration."""
    missing = rules.missing | frozenset(field.missing)
    table = {plain(word): str(target) for word, target in field.words.items()}

    @lru_cache(maxsize=_CACHED_TEXTS)
    def read(text: str) -> tuple[str, str] | None:
        word = text.strip()
        if word in missing:
            return None
        return str(neutral_word(word, field=kind.name, words=table, known=kind.words)), word

    return read


def converter(field: FieldSettings, kind: FieldKind, rules: Reading) -> Convert:
    """The function of any other field."""
    missing = rules.missing | frozenset(field.missing)
    read = _READERS[kind.kind](field, kind.name, rules)

    @lru_cache(maxsize=_CACHED_TEXTS)
    def convert(text: str) -> Any:
        text = text.strip()
        return None if text in missing else read(text)

    return convert


def _instant(field: FieldSettings, name: str, rules: Reading) -> Convert:
    return instant_parser(
        name,
        written_as=field.format or rules.format,
        zone=ZoneInfo(field.zone) if field.zone else rules.zone,
        time_of_day=field.time_of_day,
    )


def _date(field: FieldSettings, name: str, rules: Reading) -> Convert:
    zone = ZoneInfo(field.zone) if field.zone else rules.zone
    return day_parser(name, written_as=field.format or rules.format, zone=zone)


def _money(field: FieldSettings, name: str, rules: Reading) -> Convert:
    comma = _comma(field, rules)
    return lambda text: money(text, field=name, decimal_comma=comma)


def _integer(field: FieldSettings, name: str, rules: Reading) -> Convert:
    comma = _comma(field, rules)
    return lambda text: integer(text, field=name, decimal_comma=comma)


def _minutes(field: FieldSettings, name: str, rules: Reading) -> Convert:
    comma, unit = _comma(field, rules), field.unit or "minutes"
    return lambda text: minutes(text, field=name, unit=unit, decimal_comma=comma)


def _boolean(field: FieldSettings, name: str, rules: Reading) -> Convert:  # noqa: ARG001  # the form of _READERS
    table = {plain(word): bool(target) for word, target in field.words.items()}
    return lambda text: boolean(text, field=name, words=table)


def _text(field: FieldSettings, name: str, rules: Reading) -> Convert:  # noqa: ARG001  # the form of _READERS
    return str


def _json(field: FieldSettings, name: str, rules: Reading) -> Convert:  # noqa: ARG001  # the form of _READERS
    def read(text: str) -> Any:
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if isinstance(value, dict | list):
            return value
        raise RecordError(f'"{text[:80]}" is no JSON object or list', field=name, reason="bad_json")

    return read


_READERS: dict[str, Callable[[FieldSettings, str, Reading], Convert]] = {
    "instant": _instant,
    "date": _date,
    "money": _money,
    "integer": _integer,
    "minutes": _minutes,
    "boolean": _boolean,
    "text": _text,
    "json": _json,
}
"""Kind of value → maker of the function that reads it."""


def _comma(field: FieldSettings, rules: Reading) -> bool:
    return rules.decimal_comma if field.decimal_comma is None else field.decimal_comma


def _constant(field: FieldSettings, kind: FieldKind) -> Any:
    return Decimal(str(field.constant)) if kind.kind == "money" else field.constant
