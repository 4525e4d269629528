"""Amounts, whole numbers and minutes, out of texts as people and vendors write them.

A separator is never guessed: whether a comma or a point starts the decimals is said by the caller, and a
text that contradicts it is an error, because "1,5" read the other way round is ten times as much.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from phasewise.errors import RecordError

TimeUnit = Literal["minutes", "hours", "seconds"]

_MINUTES_A_UNIT: dict[str, Decimal] = {"minutes": Decimal(1), "hours": Decimal(60)}
_SECONDS_A_MINUTE = Decimal(60)
_LARGEST = Decimal(10) ** 14  # ten-thousandths of it still fit the store's 64-bit integers

_SPACES = " \u00a0\u2009\u202f'\u2019"  # thousands may stand apart by a space or an apostrophe
# A code stands apart from its amount by a space: "INC1" is no amount.
_CURRENCY = re.compile(r"^(?:[A-Z]{3}\s+|(?:[A-Z]{0,3}\$|[€£¥₹₽₺₩])\s*)|(?:\s+[A-Z]{3}|\s*[$€£¥₹₽₺₩])$")
# As most sources write it: nothing to take away, and one way to read it.
_BARE = re.compile(r"\d{1,14}(?:\.\d{1,12})?", re.ASCII)
_CLOCK = re.compile(r"([+-]?)(\d{1,6}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_SPOKEN = re.compile(
    r"([+-]?)(?:(\d{1,6}(?:\.\d+)?)\s*(?:h|hrs?|hours?|horas?))?\s*"
    r"(?:(\d{1,6}(?:\.\d+)?)\s*(?:m|mins?|minutes?|minutos?))?\s*"
    r"(?:(\d{1,6}(?:\.\d+)?)\s*(?:s|secs?|seconds?|segundos?))?",
    re.ASCII | re.IGNORECASE,
)
_ISO_DURATION = re.compile(
    r"([+-]?)PT(?:(\d{1,6}(?:\.\d+)?)H)?(?:(\d{1,6}(?:\.\d+)?)M)?(?:(\d{1,6}(?:\.\d+)?)S)?", re.ASCII
)

_WITH_UNITS = ((_CLOCK, ":"), (_ISO_DURATION, "P"), (_SPOKEN, ""))
"""Patterns of times that name their units, and what must be in a text that one is tried on."""


def _shape(decimal: str, thousands: str) -> re.Pattern[str]:
    apart = f"[{re.escape(thousands)}{_SPACES}]"
    # Groups of two as well: 12,34,567 is how India writes it.
    return re.compile(rf"(?:\d{{1,3}}(?:{apart}\d{{2,3}})*{apart}\d{{3}}|\d+)?(?:{re.escape(decimal)}\d*)?")


_POINT, _COMMA = _shape(".", ","), _shape(",", ".")


def money(value: str | float | Decimal | None, *, field: str, decimal_comma: bool = False) -> Decimal | None:
    """An amount without rounding.

    Args:
        value: text as written ("1,234.50", "$ -12", "(12.00)", "1.234,50 €"), or a number out of JSON.
        field: the field it fills.
        decimal_comma: a comma starts the decimals, a point separates thousands.

    Raises:
        RecordError: not a finite number, or one with the separators the other way round (`bad_number`).
    """
    if value is None:
        return None
    if isinstance(value, str):
        if not decimal_comma and _BARE.fullmatch(value):
            return Decimal(value)
        return _number(value, field, decimal_comma) if value.strip() else None
    if isinstance(value, bool):
        raise _bad_number(str(value), field)
    number = Decimal(str(value))  # by its shortest text: 0.1 is meant, not its binary neighbour
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise _bad_number(str(value), field)
    return number


def integer(value: str | float | None, *, field: str, decimal_comma: bool = False) -> int | None:
    """A whole number; "3.0" is one, "3.5" is not.

    Raises:
        RecordError: not a whole number (`bad_number`).
    """
    number = money(value, field=field, decimal_comma=decimal_comma)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise _bad_number(str(value), field, "not a whole number")
    return int(number)


def minutes(
    value: str | float | None, *, field: str, unit: TimeUnit = "minutes", decimal_comma: bool = False
) -> int | None:
    """A length of time in whole minutes, half a minute rounded up (away from zero).

    Args:
        value: a number of `unit`; or `H:MM`, `H:MM:SS`, `1h 30m`, `PT1H30M`, which carry their own unit.
            Days are refused: nobody can tell 8 hours from 24.
        field: the field it fills.
        unit: unit of a bare number: minutes, hours or seconds.
        decimal_comma: as in `money`.

    Raises:
        RecordError: none of these (`bad_minutes`).
    """
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        for pattern, base in () if _BARE.fullmatch(text) else _WITH_UNITS:
            match = pattern.fullmatch(text) if base in text else None
            if match is not None and any(match.groups()[1:]):
                return _of_parts(match.groups())
    try:
        number = money(value, field=field, decimal_comma=decimal_comma)
    except RecordError as error:
        raise RecordError(
            f'"{str(value)[:80]}" is not a length of time',
            remedy="Write a number of the unit, or H:MM",
            field=field,
            reason="bad_minutes",
        ) from error
    if number is None:
        return None
    return _whole(number / _SECONDS_A_MINUTE if unit == "seconds" else number * _MINUTES_A_UNIT[unit])


def _of_parts(groups: tuple[str | None, ...]) -> int:
    sign, hours, mins, seconds = groups
    total = Decimal(hours or 0) * 60 + Decimal(mins or 0) + Decimal(seconds or 0) / _SECONDS_A_MINUTE
    return _whole(-total if sign == "-" else total)


def _whole(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def _number(value: str, field: str, decimal_comma: bool) -> Decimal:
    text, negative = _without_sign(value.strip().replace("\u2212", "-"))
    shape, thousands, decimal = (_COMMA, ".", ",") if decimal_comma else (_POINT, ",", ".")
    if not text.isascii() and any(c.isdigit() and not c.isascii() for c in text):
        raise _bad_number(value, field)
    if not any(c.isdigit() for c in text) or shape.fullmatch(text) is None:
        other = (_POINT if decimal_comma else _COMMA).fullmatch(text) is not None
        raise _bad_number(value, field, "its separators are the other way round" if other else "")
    for mark in thousands + _SPACES:
        text = text.replace(mark, "")
    number = Decimal(text.replace(decimal, "."))
    if abs(number) >= _LARGEST:
        raise _bad_number(value, field, "too large")
    return -number if negative else number


def _without_sign(text: str) -> tuple[str, bool]:
    """The digits alone, and whether a minus, a trailing minus or brackets made them negative."""
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    text = _CURRENCY.sub("", text, count=2)
    if text.startswith(("-", "+")):
        negative, text = negative or text[0] == "-", text[1:].strip()
    elif text.endswith("-"):
        negative, text = True, text[:-1].strip()
    return _CURRENCY.sub("", text, count=2), negative


def _bad_number(text: str, field: str, why: str = "") -> RecordError:
    return RecordError(
        f'"{text[:80]}" is not a number' + (f": {why}" if why else ""),
        remedy="Set decimal_comma if commas start the decimals, or name this text as missing",
        field=field,
        reason="bad_number",
    )
