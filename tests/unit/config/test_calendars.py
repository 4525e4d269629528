"""Working hours and holidays, as written and as the store keeps them."""

from __future__ import annotations

from datetime import date

import pytest

from phasewise.config.calendars import CalendarSettings, calendar_record, holiday_dates, weekdays
from phasewise.model.records.calendars import Calendar
from tests.unit.config.conftest import MSP

HOURS = "[msps.acme.calendars.office]\nhours = {{ {} }}\n"
HOLIDAYS = '[msps.acme.calendars.office]\nhours = {{ mon-fri = "09:00-18:00" }}\nholidays = [{}]\n'


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", ("mon",)),
        ("mon-thu", ("mon", "tue", "wed", "thu")),
        ("sat-mon", ("sat", "sun", "mon")),
        ("mon, wed,fri", ("mon", "wed", "fri")),
        ("mon-tue,sun", ("mon", "tue", "sun")),
        ("mon-sun", ("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    ],
)
def test_weekdays_are_one_a_range_or_a_list(text, days):
    assert weekdays(text) == days


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ('mon = "9-14"', '"09:00-14:00"'),
        ('mon = "09:00-14:00,15:00-18:00"', '"09:00-14:00"'),
        ('mon = "09:60-14:00"', "not a span"),
        ('mon = "09:00-24:01"', '"24:00"'),
        (
            'mon = "22:00-06:00"',
            'a shift over midnight is two: "22:00-24:00", and "00:00-06:00" on the next day',
        ),
        ('mon = "09:00-09:00"', "ends before it starts"),
        ('mon = ["09:00-14:00", "13:00-18:00"]', "overlap"),
        ('mon-wed = "09:00-14:00", tue = "09:00-10:00"', "tue is given twice"),
        ('"mon,mon" = "09:00-14:00"', "twice"),
        ('lunes = "09:00-14:00"', "names no weekdays"),
        ('Mon = "09:00-14:00"', "names no weekdays"),
        ("mon = 9", "a list of spans"),
        ("mon = [9]", "a list of spans"),
        ("mon = []", "no day has working hours"),
        ("", "no day has working hours"),
    ],
)
def test_hours_that_cannot_be_are_refused(mistakes, hours, says):
    assert says in mistakes(MSP + HOURS.format(hours))["msps.acme.calendars.office.hours"].what


def test_all_mistakes_of_the_hours_come_at_once(mistakes):
    found = mistakes(MSP + HOURS.format('mon = "9-14", tue = "18:00-09:00", foo = []'))
    assert found["msps.acme.calendars.office.hours"].what.count(";") >= 2


def test_round_the_clock_is_a_calendar(load):
    hours = load(MSP + HOURS.format('mon-sun = "00:00-24:00"')).msps["acme"].calendars["office"].hours
    assert set(hours.values()) == {("00:00-24:00",)}


def test_spans_are_kept_in_order(load):
    hours = (
        load(MSP + HOURS.format('mon = ["15:00-18:00", "09:00-14:00"]'))
        .msps["acme"]
        .calendars["office"]
        .hours
    )
    assert hours["mon"] == ("09:00-14:00", "15:00-18:00")


@pytest.mark.parametrize(
    ("holiday", "says"),
    [
        ('"XX"', "neither a country"),
        ('"Spain"', "neither a country"),
        ('"es"', '"ES"'),
        ('"ES-ZZ"', "MD"),
        ('"2026-02-30"', "not a date"),
        ('"2026-12-28/2026-12-24"', "ends before it starts"),
        ('"2026-01-01/2028-01-01"', "longer than a year"),
        ('"24.12.2026"', "not a date"),
        ("3", "neither a country nor a date"),
        ('""', "neither a country"),
    ],
)
def test_a_holiday_that_is_none_is_refused(mistakes, holiday, says):
    assert says in mistakes(MSP + HOLIDAYS.format(holiday))["msps.acme.calendars.office.holidays[0]"].what


def test_a_holiday_may_be_a_date_of_toml(load):
    calendar = load(MSP + HOLIDAYS.format('2026-12-24, "ES-MD"')).msps["acme"].calendars["office"]
    assert calendar.holidays == ("2026-12-24", "ES-MD")


def test_holidays_of_a_region_contain_those_of_its_country_and_its_own():
    found = holiday_dates(["ES-MD"], [2026])
    assert {date(2026, 1, 1), date(2026, 12, 25), date(2026, 5, 2)} <= set(found)
    assert date(2026, 9, 11) not in found, "that is Catalonia's"
    assert list(found) == sorted(set(found))


def test_days_are_resolved_only_for_the_years_asked_for():
    assert holiday_dates(["2026-12-30/2027-01-02", "2025-05-05"], [2027]) == (
        date(2027, 1, 1),
        date(2027, 1, 2),
    )
    assert holiday_dates(["ES"], []) == ()


def test_a_calendar_becomes_the_record_that_the_store_keeps():
    settings = CalendarSettings.model_validate(
        {"hours": {"mon-tue": "09:00-17:00"}, "holidays": ["2026-12-24"]}
    )
    assert calendar_record("office", settings, zone="Europe/Madrid", years=range(2025, 2028)) == Calendar(
        id="office",
        updated_at=None,
        name="office",
        zone="Europe/Madrid",
        hours={
            "mon": ["09:00-17:00"],
            "tue": ["09:00-17:00"],
            **{day: [] for day in ("wed", "thu", "fri", "sat", "sun")},
        },
        holidays=["2026-12-24"],
    )


def test_a_default_calendar_that_is_not_there_is_a_mistake(mistakes):
    found = mistakes(
        MSP + HOURS.format('mon = "09:00-14:00"') + '[msps.acme.sla]\ndefault_calendar = "ofice"'
    )
    assert '"office"' in found["msps.acme.sla.default_calendar"].remedy
    found = mistakes(MSP + '[msps.acme.sla]\ndefault_calendar = "office"')
    assert "[msps.acme.calendars.office]" in found["msps.acme.sla.default_calendar"].remedy
