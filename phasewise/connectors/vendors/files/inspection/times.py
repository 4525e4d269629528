"""How a column writes its times: by evidence of all its values, or stated as ambiguous."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from phasewise.connectors.parse import time_format

_CLOCK = (
    r"(?:(?P<gap>T|\s)(?P<hour>\d{1,2}):\d{2}(?P<seconds>:\d{2})?(?P<fraction>\.\d{1,9})?"
    r"(?P<half>\s?[AaPp]\.?\s?[Mm]\.?)?(?P<zone>\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?"
)
_NUMBERS = re.compile(rf"(?P<a>\d{{1,4}})(?P<sep>[/.-])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{1,4}}){_CLOCK}")
_DAY_FIRST = re.compile(
    rf"\d{{1,2}}(?P<sep>[ /.-])(?P<name>[^\W\d_]{{3,12}}\.?)(?P=sep)(?P<year>\d{{2}}|\d{{4}}){_CLOCK}"
)
_NAME_FIRST = re.compile(rf"(?P<name>[^\W\d_]{{3,12}}\.?)\s\d{{1,2}}(?P<comma>,?)\s(?P<year>\d{{4}}){_CLOCK}")

FIT = 0.95
"""Share of a column's values that must be times for it to be a column of times; the rest are named."""

Order = Literal["day", "month", "year", ""]


@dataclass(slots=True)
class TimeEvidence:
    """What the values of a column have shown so far.

    Attributes:
        shapes: form of the text, with the order of day and month left open → values.
        largest_first: largest first number of a date of the form n/n/y.
        largest_second: largest second number.
    """

    shapes: Counter[str] = field(default_factory=Counter)
    largest_first: int = 0
    largest_second: int = 0


@dataclass(frozen=True, slots=True)
class TimeGuess:
    """A format for a column.

    Attributes:
        format: as the settings take it.
        has_time: it has a time of day.
        has_zone: it says its zone.
        order: what comes first, where that is known by evidence; "" = nothing tells, day first is assumed.
        is_certain: every value is of this format, and the order is known.
        why: a sentence on the evidence.
        others: values that are not of this format.
    """

    format: str
    has_time: bool
    has_zone: bool
    order: Order
    is_certain: bool
    why: str
    others: int


def see_time(evidence: TimeEvidence, text: str, count: int) -> None:
    """Take note of a value and how often it occurred."""
    shape = _shape(text, evidence)
    if shape:
        evidence.shapes[shape] += count


def guess_format(evidence: TimeEvidence, filled: int) -> TimeGuess | None:
    """The format of a column, None where it is none of times.

    Args:
        evidence: of all its values.
        filled: how many values it has.
    """
    if not filled or sum(evidence.shapes.values()) < FIT * filled:
        return None
    shape, fitting = evidence.shapes.most_common(1)[0]
    others = filled - fitting
    if not shape.startswith("?"):
        return _guess(shape, _order_of(shape), others, "", is_known=True)
    rest = shape[1:]
    if evidence.largest_first > 12 and evidence.largest_second > 12:
        return None  # neither order fits: these are no dates
    if evidence.largest_first > 12:
        why = f"day first: a first number of {evidence.largest_first} is no month"
        return _guess("%d{}%m" + rest, "day", others, why, is_known=True)
    if evidence.largest_second > 12:
        why = f"month first: a second number of {evidence.largest_second} is no month"
        return _guess("%m{}%d" + rest, "month", others, why, is_known=True)
    why = f"no number above 12 in {filled:,} values: day first or month first cannot be told"
    return _guess("%d{}%m" + rest, "", others, why, is_known=False)


def with_order(guess: TimeGuess, order: Order, why: str) -> TimeGuess:
    """An ambiguous guess in the order that other columns of the same file are written in."""
    swapped = guess.format
    if order == "month":
        swapped = swapped.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")
    return TimeGuess(
        swapped, guess.has_time, guess.has_zone, "", False, why, guess.others
    )  # still not certain


def _shape(text: str, evidence: TimeEvidence) -> str:
    match = _NUMBERS.fullmatch(text)
    if match is not None:
        return _of_numbers(match, evidence)
    match = _DAY_FIRST.fullmatch(text)
    if match is not None:
        year = "%Y" if len(match["year"]) == 4 else "%y"
        return _known(text, f"%d{match['sep']}%b{match['sep']}{year}{_clock(match)}")
    match = _NAME_FIRST.fullmatch(text)
    if match is not None:
        return _known(text, f"%b %d{match['comma']} %Y{_clock(match)}")
    return ""


def _of_numbers(match: re.Match[str], evidence: TimeEvidence) -> str:
    first, second, third, sep = match["a"], match["b"], match["c"], match["sep"]
    if len(first) == 4:
        if sep == "-" and len(second) == len(third) == 2 and _is_iso(match[0]):
            return "iso" if match["hour"] else "iso date"
        return f"%Y{sep}%m{sep}%d{_clock(match)}"
    if len(first) > 2 or len(third) not in {2, 4}:
        return ""
    evidence.largest_first = max(evidence.largest_first, int(first))
    evidence.largest_second = max(evidence.largest_second, int(second))
    return f"?{sep}{'%Y' if len(third) == 4 else '%y'}{_clock(match)}"


def _clock(match: re.Match[str]) -> str:
    if match["hour"] is None:
        return ""
    gap = "T" if match["gap"] == "T" else " "
    seconds = "%S" if match["seconds"] else ""
    fraction = ".%f" if match["fraction"] else ""
    half, zone = match["half"], match["zone"]
    text = f"{gap}%{'I' if half else 'H'}:%M{':' + seconds if seconds else ''}{fraction}"
    if half:
        text += f"{' ' if half[0].isspace() else ''}%p"
    if zone:
        text += f"{' ' if zone[0].isspace() else ''}{'%Z' if zone.strip().isalpha() else '%z'}"
    return text


def _guess(shape: str, order: Order, others: int, why: str, *, is_known: bool) -> TimeGuess:
    if shape.startswith("iso"):
        return TimeGuess("iso", shape == "iso", False, "year", not others, "", others)  # see TimeGuess
    # The separator stands between the second and the third number: repeat it between the first two.
    text = shape.format(shape[shape.index("}") + 3]) if "{}" in shape else shape
    form = time_format(text)
    return TimeGuess(text, form.has_time, form.has_zone, order, is_known and not others, why, others)


def _order_of(shape: str) -> Order:
    return "year" if shape.startswith(("iso", "%Y")) else "month" if shape.startswith("%b") else "day"


def _is_iso(text: str) -> bool:
    try:
        time_format("iso").parse(text)
    except ValueError:
        return False
    return True


def _known(text: str, form: str) -> str:
    try:
        time_format(form).parse(text)
    except ValueError:
        return ""
    return form
