"""Working hours and holidays: as written in the settings, checked, and as the record that the store keeps.

`hours = { mon-thu = ["09:00-14:00", "15:00-18:00"], fri = "08:00-15:00" }`
`holidays = ["ES-MD", "2026-12-24", "2026-12-28/2027-01-05"]`
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from phasewise.config.values import FROZEN, Zone, as_set, mistake, nearest
from phasewise.model.records.calendars import Calendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(WEEKDAYS)
_DAYS = re.compile(rf"({_DAY})(?:-({_DAY}))?")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_COUNTRY = re.compile(r"([A-Z]{2})(?:-(.+))?")


def weekdays(text: str) -> tuple[str, ...]:
    """The weekdays of `mon`, `mon-thu`, `sat-mon` (over the week end) or `mon,wed,fri`.

    Raises:
        ValueError: it is none of these, or names a day twice.
    """
    days: list[str] = []
    for part in text.split(","):
        match = _DAYS.fullmatch(part.strip())
        if match is None:
            raise mistake(f'"{text}" names no weekdays; write mon, mon-thu or "mon,wed"')
        first = WEEKDAYS.index(match[1])
        last = WEEKDAYS.index(match[2] or match[1])
        days += [WEEKDAYS[(first + i) % 7] for i in range((last - first) % 7 + 1)]
    if len(set(days)) != len(days):
        raise mistake(f'"{text}" names a day twice')
    return tuple(days)


def minutes_of(span: str) -> tuple[int, int]:
    """Start and end of `"09:00-14:00"` as minutes of the day, 0 ≤ start < end ≤ 1440.

    Raises:
        ValueError: it is no such span.
    """
    match = _SPAN.fullmatch(span)
    if match is None:
        raise mistake(f'"{span}" is not a span of hours; write one like "09:00-14:00", "24:00" at most')
    start = int(match[1]) * 60 + int(match[2])
    end = int(match[3]) * 60 + int(match[4])
    if end > 1440:
        raise mistake(f'"{span}" ends after "24:00"')
    if start >= end:
        raise mistake(
            f'"{span}" ends before it starts; a shift over midnight is two: '
            f'"{span[:5]}-24:00", and "00:00-{span[6:]}" on the next day'
        )
    return start, end


def _spans(value: Any, day: str) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(t, str) for t in texts):
        raise mistake(f'{day} wants a list of spans like ["09:00-14:00", "15:00-18:00"]')
    ordered = sorted((minutes_of(text), text) for text in texts)
    for (before, first), (after, second) in itertools.pairwise(ordered):
        if after[0] < before[1]:
            raise mistake(f'{day}: "{first}" and "{second}" overlap')
    return tuple(text for _, text in ordered)


def _hours(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise mistake('write a table of weekdays: { mon-fri = ["09:00-18:00"] }')
    hours: dict[str, tuple[str, ...]] = {}
    wrong: list[str] = []
    for key, spans in value.items():
        try:
            for day in weekdays(str(key)):
                if day in hours:
                    raise mistake(f"{day} is given twice")
                hours[day] = _spans(spans, str(key))
        except PydanticCustomError as error:
            wrong.append(error.message())
    if wrong:
        raise mistake("; ".join(wrong))
    if not any(hours.values()):
        raise mistake("no day has working hours; a promise would never run out")
    return {day: hours.get(day, ()) for day in WEEKDAYS}


_SPANS_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
WeekHours = Annotated[
    dict[str, tuple[str, ...]],
    BeforeValidator(_hours),
    WithJsonSchema({"type": "object", "additionalProperties": _SPANS_SCHEMA}),
]


def _holiday(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if not isinstance(value, str):
        raise mistake(f"{value} is neither a country nor a date")
    if re.match(r"\d", value):
        _days_of(value)
    else:
        _check_region(value)
    return value


def _days_of(text: str) -> tuple[date, date]:
    """First and last day of `2026-12-24` or `2026-12-24/2027-01-02`."""
    first, _, last = text.partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise mistake(
            f'"{text}" is not a date; write 2026-12-24, or 2026-12-24/2027-01-02 for several days'
        ) from None
    if end < start:
        raise mistake(f'"{text}" ends before it starts')
    if (end - start).days > 366:
        raise mistake(f'"{text}" is longer than a year')
    return start, end


def _check_region(text: str) -> None:
    # Imported here: 0.15 s, and only settings that name a country need it.
    import holidays  # noqa: PLC0415  # slow to import, and only some settings name countries
    from holidays import registry  # noqa: PLC0415  # as above

    match = _COUNTRY.fullmatch(text)
    countries = {codes[1]: codes[0] for codes in registry.COUNTRIES.values()}
    if match is None or match[1] not in countries:
        hint = nearest(text.partition("-")[0], sorted(countries))
        raise mistake(
            f'"{text}" is neither a country whose holidays are known nor a date; '
            f'write one like "ES", "ES-MD" or "2026-12-24"' + (f" ({hint})" if hint else "")
        )
    known = getattr(holidays, countries[match[1]]).subdivisions
    if match[2] and match[2] not in known:
        raise mistake(f'{match[1]} has no region "{match[2]}"; known: {", ".join(known) or "none"}')


Holidays = Annotated[tuple[Annotated[str, BeforeValidator(_holiday)], ...], AfterValidator(as_set)]


class CalendarSettings(BaseModel):
    """Working hours of a zone; SLA minutes run only inside them."""

    model_config = FROZEN

    zone: Zone = Field("", description="Zone of the hours; the MSP's when left out.")
    hours: WeekHours = Field(
        description="Working hours by weekday: `mon`, `mon-thu` or `mon,wed` = a list of spans in local "
        'time, `"09:00-14:00"`. A day that is not named has none.',
    )
    holidays: Holidays = Field(
        (),
        description="Days without working hours: a country or region by ISO 3166 "
        "(public holidays of `ES`, `ES-MD`), a date, or a span of dates `2026-12-24/2027-01-02`.",
    )


def holiday_dates(holidays: Iterable[str], years: Iterable[int]) -> tuple[date, ...]:
    """The days without working hours in these years, ascending, each once.

    Args:
        holidays: as in `CalendarSettings.holidays`, checked.
        years: calendar years to resolve countries and regions for; dates written out are kept where they
            fall in one of them.
    """
    wanted = sorted(set(years))
    found: set[date] = set()
    for text in holidays:
        if text[0].isdigit():
            start, end = _days_of(text)
            found.update(start + timedelta(days=i) for i in range((end - start).days + 1))
        else:
            found.update(_public_holidays(text, wanted))
    return tuple(sorted(day for day in found if day.year in wanted))


def _public_holidays(region: str, years: list[int]) -> list[date]:
    import holidays  # noqa: PLC0415  # slow to import, and only some settings name countries  # 0.15 s

    country, _, subdivision = region.partition("-")
    return list(holidays.country_holidays(country, subdiv=subdivision or None, years=years))


def calendar_record(name: str, calendar: CalendarSettings, *, zone: str, years: Iterable[int]) -> Calendar:
    """The calendar as the store keeps it.

    Args:
        name: its name in the settings, which becomes its id.
        calendar: the settings.
        zone: the MSP's zone, for a calendar that names none.
        years: years in which its holidays are resolved.
    """
    return Calendar(
        id=name,
        updated_at=None,
        name=name,
        zone=calendar.zone or zone,
        hours={day: list(spans) for day, spans in calendar.hours.items()},
        holidays=[day.isoformat() for day in holiday_dates(calendar.holidays, years)],
    )
