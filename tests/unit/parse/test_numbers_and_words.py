"""Amounts, lengths of time, yes and no, enumerations: nothing is rounded, guessed or dropped in silence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from phasewise.connectors import parse
from phasewise.errors import RecordError


@pytest.mark.parametrize(
    ("text", "decimal_comma", "expected"),
    [
        ("0", False, "0"),
        ("1234.50", False, "1234.50"),
        ("1,234.50", False, "1234.50"),
        ("12,34,567.5", False, "1234567.5"),
        ("1 234.5", False, "1234.5"),
        ("1\u202f234,5", True, "1234.5"),
        ("1'234.50", False, "1234.50"),
        ("1.234,50", True, "1234.50"),
        ("1234,5", True, "1234.5"),
        (".5", False, "0.5"),
        ("5.", False, "5"),
        ("-12.5", False, "-12.5"),
        ("\u221212.5", False, "-12.5"),
        ("12.5-", False, "-12.5"),
        ("(12.50)", False, "-12.50"),
        ("+3", False, "3"),
        ("$ 1,234.50", False, "1234.50"),
        ("-$5", False, "-5"),
        ("$-5", False, "-5"),
        ("1.234,50 €", True, "1234.50"),
        ("EUR 5", False, "5"),
        ("5 USD", False, "5"),
        ("US$5", False, "5"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, decimal_comma: bool, expected: str) -> None:
    assert parse.money(text, field="total", decimal_comma=decimal_comma) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1.2.3",
        "1,5",
        "1,23",
        "12,3456",
        "1,234,5",
        "1e5",
        "INC1",
        "1EUR",
        "nan",
        "inf",
        "Infinity",
        "-",
        "()",
        "€",
        "1 2",
        "٣",
    ],
)
def test_what_is_no_amount_is_an_error_and_never_a_number(text: str) -> None:
    with pytest.raises(RecordError) as raised:
        parse.money(text, field="total")
    assert (raised.value.field, raised.value.reason) == ("total", "bad_number")


def test_separators_the_other_way_round_are_named() -> None:
    with pytest.raises(RecordError, match="the other way round"):
        parse.money("1.234,50", field="total")
    with pytest.raises(RecordError, match="the other way round"):
        parse.money("1,234.50", field="total", decimal_comma=True)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), True, 10**15])
def test_a_json_number_that_is_no_amount_is_an_error(value: float | Decimal) -> None:
    with pytest.raises(RecordError):
        parse.money(value, field="total")


def test_a_json_number_is_its_shortest_text() -> None:
    assert parse.money(0.1, field="total") == Decimal("0.1")
    assert parse.money(12, field="total") == Decimal(12)


@pytest.mark.parametrize(("text", "expected"), [("3", 3), ("3.0", 3), ("1,234", 1234), ("-2", -2)])
def test_whole_numbers(text: str, expected: int) -> None:
    assert parse.integer(text, field="reopened_count") == expected


def test_half_a_reopening_is_an_error() -> None:
    with pytest.raises(RecordError, match="not a whole number"):
        parse.integer("3.5", field="reopened_count")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("90", "minutes", 90),
        ("1.5", "hours", 90),
        (1.5, "hours", 90),
        ("90", "seconds", 2),  # half up
        ("29", "seconds", 0),
        ("1:30", "seconds", 90),
        ("0:00:30", "hours", 1),
        ("-1:30", "minutes", -90),
        ("100:05", "minutes", 6005),
        ("1h 30m", "minutes", 90),
        ("2 horas 5 minutos", "minutes", 125),
        ("45 min", "hours", 45),
        ("90s", "minutes", 2),
        ("PT1H30M", "seconds", 90),
        ("PT45S", "minutes", 1),
        (None, "hours", None),
        ("", "hours", None),
    ],
)
def test_lengths_of_time_become_whole_minutes(
    value: str | float | None, unit: parse.TimeUnit, expected: int
) -> None:
    assert parse.minutes(value, field="elapsed", unit=unit) == expected


@pytest.mark.parametrize("text", ["1d", "2 days", "1:75", "soon", "h", "PT", "P1D", "1:2", "nan"])
def test_what_is_no_length_of_time_is_an_error(text: str) -> None:
    with pytest.raises(RecordError) as raised:
        parse.minutes(text, field="elapsed")
    assert raised.value.reason == "bad_minutes"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("true", True),
        (" YES ", True),
        ("Sí", True),
        ("1", True),
        (1, True),
        (True, True),
        ("No", False),
        (0, False),
        ("Falso", False),
        ("", None),
        (None, None),
    ],
)
def test_yes_and_no(value: str | int | None, expected: bool | None) -> None:
    assert parse.boolean(value, field="is_internal") is expected


def test_own_words_for_yes_and_no_win() -> None:
    assert parse.boolean("Y", field="x", words={"y": False}) is False
    with pytest.raises(RecordError, match="neither yes nor no") as raised:
        parse.boolean("perhaps", field="x")
    assert raised.value.reason == "bad_boolean"


def test_a_word_is_mapped_spelled_or_other() -> None:
    known = ("new", "in_progress", "other")
    assert parse.neutral_word("Neu", field="status", words={"neu": "new"}, known=known) == "new"
    assert parse.neutral_word("In-Progress", field="status", words={}, known=known) == "in_progress"
    assert parse.neutral_word("Frisch", field="status", words={}, known=known) == "other"
    assert parse.neutral_word(" ", field="status", words={}, known=known) is None


def test_an_unknown_word_for_a_field_without_other_is_an_error() -> None:
    with pytest.raises(RecordError) as raised:
        parse.neutral_word("perhaps", field="vendor_outcome", words={}, known=("met", "missed"))
    assert (raised.value.reason, raised.value.field) == ("unknown_word", "vendor_outcome")
