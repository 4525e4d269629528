"""Instants and dates of a source.

A naive time needs a zone. In the hour that a change of clocks repeats it is read as the first of the two
(fold 0). A time in the hour that is skipped is read with the offset before the change, so 02:30 becomes
03:30 on the clock: an hour's doubt is no reason to lose a ticket. A date without a time of day is never
taken for midnight: it is an error for an instant, unless a time of day to use is given.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache

from phasewise.connectors.parse.formats import ISO, iso_time, time_format
from phasewise.errors import RecordError

InstantParser = Callable[[str], datetime]
DayParser = Callable[[str], date]

_CACHED_TEXTS = 65_536  # a log repeats its times; bounded, so that memory stays flat


def instant_parser(
    field: str, *, written_as: str = ISO, zone: tzinfo | None = None, time_of_day: time | None = None
) -> InstantParser:
    """A parser of instants that remembers the texts it has read, for loops.

    Args:
        field: the field it fills, for errors.
        written_as: see `time_format`.
        zone: zone of times that carry none; None = such a time is an error.
        time_of_day: what stands for a date alone; None = a date alone is an error.

    Returns:
        text → aware UTC instant; raises RecordError (`bad_date`).
    """
    parse = time_format(written_as).parse

    @lru_cache(maxsize=_CACHED_TEXTS)
    def read(text: str) -> datetime:
        try:
            return _to_instant(parse(text.strip()), zone, time_of_day)
        except (ValueError, OverflowError) as error:
            raise _bad_date(text, written_as, field, error) from None

    return read


def day_parser(field: str, *, written_as: str = ISO, zone: tzinfo | None = None) -> DayParser:
    """A parser of dates that remembers the texts it has read, for loops.

    A text with a time of day gives its date as the source wrote it; one with an offset, or an epoch, the date
    in `zone`, where that is given.
    """
    parse = time_format(written_as).parse

    @lru_cache(maxsize=_CACHED_TEXTS)
    def read(text: str) -> date:
        try:
            return _to_day(parse(text.strip()), zone)
        except (ValueError, OverflowError) as error:
            raise _bad_date(text, written_as, field, error) from None

    return read


def instant(
    value: str | float | None,
    *,
    field: str,
    written_as: str = ISO,
    zone: tzinfo | None = None,
    time_of_day: time | None = None,
) -> datetime | None:
    """One instant, aware and in UTC. See `instant_parser`; a number is taken as text.

    Raises:
        RecordError: not a time of that format, or a naive one without a zone.
    """
    if value is None:
        return None
    quick = iso_time(value) if written_as == ISO and isinstance(value, str) else None
    if quick is not None and quick.tzinfo is UTC:
        return quick
    text = str(value).strip()
    if not text:
        return None
    try:
        return _to_instant(quick or time_format(written_as).parse(text), zone, time_of_day)
    except (ValueError, OverflowError) as error:
        raise _bad_date(text, written_as, field, error) from None


def day(value: str | None, *, field: str, written_as: str = ISO, zone: tzinfo | None = None) -> date | None:
    """One date. See `day_parser`.

    Raises:
        RecordError: not a date of that format.
    """
    text = "" if value is None else value.strip()
    if not text:
        return None
    try:
        return _to_day(time_format(written_as).parse(text), zone)
    except (ValueError, OverflowError) as error:
        raise _bad_date(text, written_as, field, error) from None


def from_epoch(value: str | float | None, *, field: str, per_second: int = 1) -> datetime | None:
    """The instant of a number of seconds (`per_second` 1) or milliseconds (1000) since 1970.

    Raises:
        RecordError: not a whole or decimal number, or one that can only be of the other unit.
    """
    return instant(value, field=field, written_as="epoch" if per_second == 1 else "epoch_ms")


def _bad_date(text: str, written_as: str, field: str, error: Exception) -> RecordError:
    why = f" ({error})" if str(error) else ""
    return RecordError(
        f'"{text[:80]}" cannot be read as a time of the format {written_as}{why}',
        remedy="Correct the format, or name this text as missing",
        field=field,
        reason="bad_date",
    )


def _to_day(value: datetime | date, zone: tzinfo | None) -> date:
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(zone) if value.tzinfo and zone else value).date()


def _to_instant(value: datetime | date, zone: tzinfo | None, time_of_day: time | None) -> datetime:
    if not isinstance(value, datetime):
        if time_of_day is None:
            raise ValueError("a date without a time of day")
        value = datetime.combine(value, time_of_day)
    if value.tzinfo is None:
        if zone is None:
            raise ValueError("it has no zone, and none is set")
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)
