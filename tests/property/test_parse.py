"""Parsing never invents: what was written comes back, and any other text is an error of one kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors import parse
from phasewise.errors import RecordError

FORMATS = [
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y %H:%M:%S.%f",
    "%d-%m-%Y %I:%M:%S %p",
    "%Y%m%dT%H:%M:%S",
    "%H:%M:%S am %d/%m/%Y",
]
ZONES = ["UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Pacific/Chatham"]
seconds = st.datetimes(timezones=st.just(UTC)).map(
    lambda t: t.replace(year=1971 + t.year % 120, day=min(t.day, 28), microsecond=0, tzinfo=None, fold=0)
)
amounts = st.decimals(-(10**12), 10**12, places=2, allow_nan=False)


def refusal(read: Callable[[], object]) -> RecordError | None:
    """The record error of a call, None where it gives a value; any other error is a failure."""
    try:
        read()
    except RecordError as error:
        return error
    return None


@given(when=seconds, written_as=st.sampled_from(FORMATS), zone=st.sampled_from(ZONES))
def test_a_written_time_is_read_back(when: datetime, written_as: str, zone: str) -> None:
    found = parse.instant(when.strftime(written_as), field="at", written_as=written_as, zone=ZoneInfo(zone))
    assert found == when.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@given(when=seconds, minutes=st.integers(-14 * 60, 14 * 60))
def test_an_iso_time_with_offset_is_its_instant_whatever_the_zone(when: datetime, minutes: int) -> None:
    aware = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = parse.instant(aware.isoformat(), field="at", zone=ZoneInfo("Asia/Tokyo"))
    assert found == aware


@given(when=seconds.map(lambda t: t.replace(tzinfo=UTC, microsecond=123_000)))
def test_an_epoch_is_its_instant(when: datetime) -> None:
    milliseconds = (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    whole = when.replace(microsecond=when.microsecond // 1000 * 1000)
    assert parse.from_epoch(milliseconds, field="at", per_second=1000) == whole
    assert parse.instant(f"/Date({milliseconds})/", field="at") == whole
    assert parse.from_epoch(milliseconds // 1000, field="at") == when.replace(microsecond=0)


@given(day=st.dates(date(1970, 1, 1), date(2099, 12, 31)), zone=st.sampled_from(ZONES))
def test_a_date_stays_that_date_in_every_zone(day: date, zone: str) -> None:
    assert parse.day(day.isoformat(), field="on", zone=ZoneInfo(zone)) == day
    assert parse.day(day.strftime("%m/%d/%Y"), field="on", written_as="%m/%d/%Y", zone=ZoneInfo(zone)) == day


@given(amount=amounts)
def test_an_amount_is_read_back_in_either_style(amount: Decimal) -> None:
    point = f"{amount:,}"
    comma = point.translate(str.maketrans(",.", ".,"))
    assert parse.money(point, field="total") == amount
    assert parse.money(comma, field="total", decimal_comma=True) == amount
    assert parse.money(str(amount), field="total") == amount
    assert parse.money(f"({abs(amount):,})", field="total") == -abs(amount)


@given(amount=amounts.filter(lambda a: a % 1 != 0))
def test_an_amount_in_the_other_style_is_never_another_amount(amount: Decimal) -> None:
    comma = f"{amount:,}".translate(str.maketrans(",.", ".,"))
    with pytest.raises(RecordError):
        parse.money(comma, field="total")


@given(total=st.integers(0, 10**6))
def test_minutes_are_the_same_however_they_are_written(total: int) -> None:
    hours, rest = divmod(total, 60)
    for text in (f"{hours}:{rest:02d}", f"{hours}:{rest:02d}:00", f"{hours}h {rest}m", f"PT{hours}H{rest}M"):
        assert parse.minutes(text, field="elapsed") == total
    assert parse.minutes(str(total * 60), field="elapsed", unit="seconds") == total


@given(text=st.text())
def test_any_text_is_a_value_or_a_record_error(text: str) -> None:
    """No other exception leaves the parsers, whatever a source writes."""
    for read in (
        lambda: parse.instant(text, field="f", zone=UTC),
        lambda: parse.instant(text, field="f", written_as="%d %B %Y %I:%M %p", zone=UTC),
        lambda: parse.instant(text, field="f", written_as="epoch"),
        lambda: parse.day(text, field="f"),
        lambda: parse.money(text, field="f"),
        lambda: parse.integer(text, field="f", decimal_comma=True),
        lambda: parse.minutes(text, field="f"),
        lambda: parse.boolean(text, field="f"),
        lambda: parse.neutral_word(text, field="f", words={}, known=("met",)),
    ):
        error = refusal(read)
        assert error is None or (error.field == "f" and error.reason != "bad_record")


@given(
    text=st.from_regex(r"[0-9]{1,4}[/.-][0-9]{1,4}[/.-][0-9]{1,4}( [0-9]{1,2}:[0-9]{1,2})?", fullmatch=True)
)
def test_a_text_like_a_date_is_a_time_or_a_record_error(text: str) -> None:
    for written_as in ("iso", "%d/%m/%Y %H:%M", "%d.%m.%y", "%Y-%m-%d"):
        error = refusal(lambda form=written_as: parse.day(text, field="f", written_as=form))
        assert error is None or error.reason == "bad_date"


SHAPED = st.from_regex(r"\A *-?[0-9]{0,16}([.,][0-9]{0,14})?[-]? *\Z")


@given(
    text=SHAPED | st.from_regex(r"\A[0-9\u0660-\u0669]{1,4}([.][0-9]{1,3})?\Z"), decimal_comma=st.booleans()
)
def test_a_bare_number_is_what_the_same_number_with_a_currency_is(text: str, decimal_comma: bool) -> None:
    """A bare number is read by a quick way, one with a currency never is."""

    def read(written: str) -> Decimal | str | None:
        try:
            return parse.money(written, field="total", decimal_comma=decimal_comma)
        except RecordError as error:
            return error.reason

    number = read(text)
    assert str(number) == str(read(f"{text.strip()} EUR") if text.strip() else None)


@given(number=st.integers(-(10**15), 10**15) | st.booleans())
def test_a_whole_number_is_read_as_its_text_is_and_a_boolean_is_none(number: int) -> None:
    error = refusal(lambda: parse.integer(number, field="count"))
    if isinstance(number, bool) or abs(number) >= 10**14:
        assert error is not None
    else:
        assert error is None
        assert parse.integer(number, field="count") == parse.integer(str(number), field="count") == number
