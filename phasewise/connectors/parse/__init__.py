"""Texts and JSON values of vendors become values of the model here, the same way for every connector.

Every function is pure, takes the name of the field it fills, and raises RecordError with that field and a
stable reason (`bad_date`, `bad_number`, `bad_minutes`, `bad_boolean`, `unknown_word`). None and blank text
are None: the source says empty. What a vendor writes for *never* (year 1, 1970) is the vendor's own matter
and is not guessed here.
"""

from phasewise.connectors.parse.formats import TimeFormat, time_format
from phasewise.connectors.parse.numbers import TimeUnit, integer, minutes, money
from phasewise.connectors.parse.times import (
    DayParser,
    InstantParser,
    day,
    day_parser,
    from_epoch,
    instant,
    instant_parser,
)
from phasewise.connectors.parse.words import boolean, neutral_word, plain

__all__ = [
    "DayParser",
    "InstantParser",
    "TimeFormat",
    "TimeUnit",
    "boolean",
    "day",
    "day_parser",
    "from_epoch",
    "instant",
    "instant_parser",
    "integer",
    "minutes",
    "money",
    "neutral_word",
    "plain",
    "time_format",
]
