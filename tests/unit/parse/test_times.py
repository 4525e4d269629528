"""Times of vendors: every format that is met, and every doubt an error or a documented rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from phasewise.connectors import parse
from phasewise.errors import RecordError

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T07:08:09Z",
        "2026-03-01T07:08:09+00:00",
        "2026-03-01 08:08:09 +0100",
        "2026-03-01 07:08:09 UTC",
        "2026-03-01T07:08:09.000Z",
        "2026-03-01t02:08:09-05:00",
        "20260301T070809Z",
        " 2026-03-01T07:08:09z ",
        "/Date(1772348889000)/",
        "/Date(1772348889000+0100)/",
        "2026-03-01T08:08:09",
    ],
)
def test_iso_times_and_their_kin_are_one_instant(text: str) -> None:
    found = parse.instant(text, field="opened_at", zone=MADRID)
    assert found == datetime(2026, 3, 1, 7, 8, 9, tzinfo=UTC)
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "written_as", "expected"),
    [
        ("1/3/2026 7:08", "%d/%m/%Y %H:%M", (2026, 3, 1, 7, 8)),
        ("01/03/2026 07:08", "%d/%m/%Y %H:%M", (2026, 3, 1, 7, 8)),
        ("3/1/26 7:08 AM", "%m/%d/%y %I:%M %p", (2026, 3, 1, 7, 8)),
        ("3/1/99 12:08 a.m.", "%m/%d/%y %I:%M %p", (1999, 3, 1, 0, 8)),
        ("1-3-2026 12:08 p. m.", "%d-%m-%Y %I:%M %p", (2026, 3, 1, 12, 8)),
        ("01-mar-2026 07:08:09", "%d-%b-%Y %H:%M:%S", (2026, 3, 1, 7, 8, 9)),
        ("1 de agosto de 2026 07:08", "%d de %B de %Y %H:%M", (2026, 8, 1, 7, 8)),
        ("Dic. 1, 2026 07:08", "%b %d, %Y %H:%M", (2026, 12, 1, 7, 8)),
        ("domingo 1 mar 2026 07:08", "%A %d %b %Y %H:%M", (2026, 3, 1, 7, 8)),
        ("2026.03.01 07:08:09.123456789", "%Y.%m.%d %H:%M:%S.%f", (2026, 3, 1, 7, 8, 9, 123456)),
        ("01/03/2026   07:08", "%d/%m/%Y %H:%M", (2026, 3, 1, 7, 8)),
        ("1/3/2026 07:08 +0200", "%d/%m/%Y %H:%M %z", (2026, 3, 1, 5, 8)),
        ("1/3/2026 07:08 GMT", "%-d/%-m/%Y %H:%M %Z", (2026, 3, 1, 7, 8)),
        ("100% 1/3/2026 07:08", "100%% %d/%m/%Y %H:%M", (2026, 3, 1, 7, 8)),
        ("1772348889", "epoch", (2026, 3, 1, 7, 8, 9)),
        ("1772348889.25", "epoch", (2026, 3, 1, 7, 8, 9, 250000)),
        ("1772348889250", "epoch_ms", (2026, 3, 1, 7, 8, 9, 250000)),
    ],
)
def test_formats_are_read_without_the_locale_of_the_host(
    text: str, written_as: str, expected: tuple[int, ...]
) -> None:
    found = parse.instant(text, field="at", written_as=written_as, zone=UTC)
    assert found == datetime(*expected, tzinfo=UTC)  # type: ignore[arg-type, misc]  # a tuple of a datetime's parts


@pytest.mark.parametrize(
    ("text", "written_as"),
    [
        ("", "iso"),
        ("yesterday", "iso"),
        ("2026-02-30T00:00Z", "iso"),
        ("2026-03-01T25:00Z", "iso"),
        ("202603011", "iso"),
        ("1/3/2026", "%d/%m/%Y %H:%M"),
        ("13/13/2026 10:00", "%d/%m/%Y %H:%M"),
        ("1/3/2026 07:08 extra", "%d/%m/%Y %H:%M"),
        ("1-foo-2026 07:08", "%d-%b-%Y %H:%M"),
        ("1/3/2026 13:08 PM", "%d/%m/%Y %I:%M %p"),
        ("0001-01-01T00:00", "iso"),
        ("1772348889000", "epoch"),
        ("1772348889", "epoch_ms"),
        ("12:00", "epoch"),
    ],
)
def test_a_text_that_is_no_such_time_is_an_error_with_field_and_reason(text: str, written_as: str) -> None:
    with pytest.raises(RecordError) as raised:
        parse.instant_parser("closed_at", written_as=written_as, zone=ZoneInfo("Asia/Tokyo"))(text)
    assert (raised.value.field, raised.value.reason) == ("closed_at", "bad_date")


@pytest.mark.parametrize("value", [None, "", "  "])
def test_nothing_is_none(value: str | None) -> None:
    assert parse.instant(value, field="at", zone=UTC) is None
    assert parse.day(value, field="on") is None


def test_a_naive_time_without_a_zone_is_an_error() -> None:
    with pytest.raises(RecordError, match="it has no zone"):
        parse.instant("2026-03-01T08:00", field="at")


def test_a_date_alone_is_no_instant_unless_a_time_of_day_is_given() -> None:
    with pytest.raises(RecordError, match="a date without a time of day"):
        parse.instant("2026-03-01", field="at", zone=UTC)
    found = parse.instant("2026-03-01", field="at", zone=MADRID, time_of_day=time(12))
    assert found == datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice that night: the first
        ("2026-10-25 01:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25 03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        ("2026-03-29 02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # never: as 03:30
        ("2026-03-29 01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29 03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_the_hours_in_which_clocks_change_are_read_by_the_rule(text: str, expected: datetime) -> None:
    assert parse.instant(text, field="at", zone=MADRID) == expected


def test_a_day_is_the_source_s_own_date_and_never_moved_by_a_zone() -> None:
    assert parse.day("2026-03-01", field="on", zone=MADRID) == date(2026, 3, 1)
    assert parse.day("2026-03-01T23:59", field="on", zone=MADRID) == date(2026, 3, 1)
    assert parse.day("31/12/2026", field="on", written_as="%d/%m/%Y") == date(2026, 12, 31)


def test_a_day_of_an_instant_is_that_of_the_zone() -> None:
    assert parse.day("2026-03-01T23:30Z", field="on", zone=MADRID) == date(2026, 3, 2)
    assert parse.day("2026-03-01T23:30Z", field="on") == date(2026, 3, 1)


def test_epochs_are_read_as_numbers_too() -> None:
    assert parse.from_epoch(0, field="at") == datetime(1970, 1, 1, tzinfo=UTC)
    assert parse.from_epoch(-1, field="at") == datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert parse.from_epoch(1772348889000, field="at", per_second=1000) == datetime(
        2026, 3, 1, 7, 8, 9, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("written_as", "why"),
    [
        ("%d/%m", "names no whole date"),
        ("%H:%M", "names no whole date"),
        ("%d/%m/%Y %I:%M", "needs %I together with %p"),
        ("%d/%m/%Y :%M", "minutes or seconds without hours"),
        ("%d/%d/%Y", "%d stands twice"),
        ("%d/%m/%Y %j", "%j is not known"),
    ],
)
def test_a_format_that_cannot_work_is_refused_when_it_is_made(written_as: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse.time_format(written_as)


def test_a_format_knows_whether_it_has_a_time_and_a_zone() -> None:
    form = parse.time_format("%d/%m/%Y")
    assert (form.has_time, form.has_zone) == (False, False)
    form = parse.time_format("%d/%m/%Y %H:%M %z")
    assert (form.has_time, form.has_zone) == (True, True)


def test_an_offset_may_have_any_form() -> None:
    for text in ("+05:30", "+0530"):
        found = parse.time_format("%Y-%m-%d %H:%M %z").parse(f"2026-03-01 08:00 {text}")
        assert found == datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=5, minutes=30)))
