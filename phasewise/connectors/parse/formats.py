"""Formats of dates and times: ISO 8601, any strptime format, epoch seconds and milliseconds, `/Date(…)/`.

`strptime` itself is not used: it asks the locale of this host for month names, and it is slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache

ISO = "iso"
EPOCH = {"epoch": 1, "epoch_ms": 1000}
"""Format name → units a second."""

_LARGEST_EPOCH_SECONDS = 100_000_000_000  # the year 5138; anything above is milliseconds
_SMALLEST_EPOCH_MILLISECONDS = 10_000_000_000  # April 1970; anything below is seconds

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero",
            "feb february febrero",
            "mar march marzo",
            "apr april abr abril",
            "may mayo",
            "jun june junio",
            "jul july julio",
            "aug august ago agosto",
            "sep sept september septiembre set setiembre",
            "oct october octubre",
            "nov november noviembre",
            "dec december dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
"""English and Spanish, whatever the locale of this host: `strptime` would ask the locale."""

_WORD = r"[^\W\d_]+\.?"
_OFFSET = r"[Zz]|[+-]\d{2}:?\d{2}(?::?\d{2})?"
_DIRECTIVES = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "m": r"\d{1,2}",
    "d": r"\d{1,2}",
    "H": r"\d{1,2}",
    "I": r"\d{1,2}",
    "M": r"\d{1,2}",
    "S": r"\d{1,2}",
    "f": r"\d{1,9}",
    "p": r"[AaPp]\.?\s?[Mm]\.?",
    "b": _WORD,
    "B": _WORD,
    "a": _WORD,
    "A": _WORD,
    "z": _OFFSET,
    "Z": r"UTC|GMT|Z|utc|gmt|z",
}

_ISO_TEXT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2}|\d{8})"
    r"(?:[Tt ](?P<time>\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?|\d{4}(?:\d{2}(?:[.,]\d+)?)?)"
    r"\s?(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
_USUAL_ISO_TEXT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII
)
_MICROSOFT_TEXT = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/")


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """A date format, compiled.

    Attributes:
        text: the format as written: a strptime format, `iso`, `epoch` or `epoch_ms`.
        has_time: it names a time of day (for `iso` the text decides).
        has_zone: it names an offset, so that no other zone is needed (for `iso` the text decides).
        parse: text → aware or naive datetime, or a date where there is no time of day. Raises ValueError.
    """

    text: str
    has_time: bool
    has_zone: bool
    parse: Callable[[str], datetime | date]


@cache
def time_format(text: str) -> TimeFormat:
    """Compile a date format once.

    Args:
        text: a strptime format of %Y %y %m %d %H %I %M %S %f %p %b %B %a %A %z %Z, or `iso`, `epoch`
            (seconds), `epoch_ms`. Month names are English or Spanish. A `-` after the percent sign changes
            nothing: one digit is accepted where two may stand.

    Raises:
        ValueError: the format names no whole date, or something this parser does not know.
    """
    if text == ISO:
        return TimeFormat(text, has_time=True, has_zone=False, parse=_parse_iso)
    if text in EPOCH:
        return TimeFormat(text, has_time=True, has_zone=True, parse=_epoch_parser(EPOCH[text]))
    pattern, names = _compile(text)
    _require_whole(text, names)
    return TimeFormat(
        text,
        has_time=bool({"H", "I"} & set(names)),
        has_zone=bool({"z", "Z"} & set(names)),
        parse=_pattern_parser(pattern, names),
    )


def iso_time(text: str) -> datetime | None:
    """The time of `2026-03-01T12:00:00`, with or without decimals and `Z` or `-05:00`, else None.

    The quick way for what most sources send. By itself `fromisoformat` would take much else: weeks, hours
    alone, seconds of an offset, a colon or a point with nothing behind it.
    """
    is_plain = len(text) == 20 and text[10::3] == "T::Z" and text[4:8:3] == "--"
    if not is_plain and _USUAL_ISO_TEXT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def careful_iso(text: str) -> datetime | date:
    """The time or date of any text that is ISO 8601, or `/Date(…)/`. Raises ValueError."""
    match = _ISO_TEXT.fullmatch(text)
    if match is None:
        old = _MICROSOFT_TEXT.fullmatch(text)
        if old is None:
            raise ValueError("")
        # The offset only says how the source would show it: the number is UTC.
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(old[1]))
    if match["time"] is None:
        return date.fromisoformat(match["day"])
    zone = match["zone"] or ""
    offset = "Z" if zone.upper() in {"UTC", "GMT", "Z"} else zone
    return datetime.fromisoformat(f"{match['day']}T{match['time'].replace(',', '.')}{offset}")


def _parse_iso(text: str) -> datetime | date:
    return iso_time(text) or careful_iso(text)


def _epoch_parser(per_second: int) -> Callable[[str], datetime]:
    def parse(text: str) -> datetime:
        if not re.fullmatch(r"-?\d{1,18}(\.\d+)?", text, re.ASCII):
            raise ValueError("not a number")
        whole, _, fraction = text.partition(".")
        number = int(whole)
        if per_second == 1 and abs(number) > _LARGEST_EPOCH_SECONDS:
            raise ValueError("too large for seconds: these are milliseconds (epoch_ms)")
        if per_second == 1000 and 0 < abs(number) < _SMALLEST_EPOCH_MILLISECONDS:
            raise ValueError("too small for milliseconds: these are seconds (epoch)")
        micros = int((fraction + "000000")[:6]) * (-1 if text.startswith("-") else 1)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=number // per_second,
            microseconds=(number % per_second) * 1000 + micros // per_second,
        )

    return parse


def _compile(text: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    pieces: list[str] = []
    names: list[str] = []
    for directive, spaces, other in re.findall(r"%-?(.)|(\s+)|(.)", text, re.DOTALL):
        if spaces:
            pieces.append(r"\s+")
        elif other or directive == "%":
            pieces.append(re.escape(other or "%"))
        elif directive not in _DIRECTIVES:
            raise ValueError(f"%{directive} is not known; known: {' '.join('%' + d for d in _DIRECTIVES)}")
        elif directive in names:
            raise ValueError(f"%{directive} stands twice in {text}")
        else:
            names.append(directive)
            pieces.append(f"({_DIRECTIVES[directive]})")
    return re.compile("".join(pieces)), tuple(names)


def _require_whole(text: str, names: tuple[str, ...]) -> None:
    given = set(names)
    if not ({"Y", "y"} & given and {"m", "b", "B"} & given and "d" in given):
        raise ValueError(f'"{text}" names no whole date: it needs a day, a month and a year')
    if ("p" in given) != ("I" in given):
        raise ValueError(f'"{text}" needs %I together with %p')
    if {"M", "S", "f"} & given and not {"H", "I"} & given:
        raise ValueError(f'"{text}" has minutes or seconds without hours')


def _pattern_parser(pattern: re.Pattern[str], names: tuple[str, ...]) -> Callable[[str], datetime | date]:
    has_time = bool({"H", "I"} & set(names))
    numbers_only = set(names) <= {"Y", "m", "d", "H", "M", "S"}

    def parse(text: str) -> datetime | date:
        match = pattern.fullmatch(text)
        if match is None:
            raise ValueError("")
        parts = dict(zip(names, match.groups(), strict=True))
        year, month, day_of_month = (
            (int(parts["Y"]), int(parts["m"]), int(parts["d"])) if numbers_only else _date_parts(parts)
        )
        if not has_time:
            return date(year, month, day_of_month)
        hour = int(parts["H"]) if "H" in parts else _hour_of_twelve(parts["I"], parts["p"])
        return datetime(
            year,
            month,
            day_of_month,
            hour,
            int(parts.get("M", 0)),
            int(parts.get("S", 0)),
            int((parts.get("f", "") + "000000")[:6]),
            tzinfo=None if numbers_only else _offset(parts),
        )

    return parse


def _date_parts(parts: dict[str, str]) -> tuple[int, int, int]:
    name = (parts.get("b") or parts.get("B") or "").rstrip(".").casefold()
    if name and name not in _MONTHS:
        raise ValueError(f'"{name}" is no month')
    month = _MONTHS[name] if name else int(parts["m"])
    if "Y" in parts:
        return int(parts["Y"]), month, int(parts["d"])
    short = int(parts["y"])  # the pivot of POSIX: 69-99 are 19xx
    return short + (1900 if short >= 69 else 2000), month, int(parts["d"])


def _hour_of_twelve(text: str, half: str) -> int:
    hour = int(text)
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} is no hour of a 12-hour clock")
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def _offset(parts: dict[str, str]) -> tzinfo | None:
    if "Z" in parts:
        return UTC
    text = parts.get("z")
    if text is None:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:6] or 0))
    return timezone(-size if text[0] == "-" else size)
