"""Which of several rows is the later one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from functools import lru_cache
from typing import Any

from phasewise.connectors.parse import instant_parser, money
from phasewise.connectors.parse.formats import ISO
from phasewise.connectors.vendors.files.fields import Reading
from phasewise.connectors.vendors.files.rules import column_format
from phasewise.connectors.vendors.files.settings import FileSettings
from phasewise.errors import RecordError

Rank = Callable[[str], tuple[int, Any]]
"""Text → what it sorts by; empty texts below all others. Raises RecordError."""

_CACHED_TEXTS = 65_536


def ranking(file: FileSettings, reading: Reading) -> Rank | None:
    """How the texts of the `state` column sort, None where the mapping has no such rule.

    With a format (its own, or that of a field or the history of the same column) as times; else as numbers,
    or as ISO times. Any other text is refused: day-first dates sort wrongly as text, and nobody would notice.
    """
    if file.state is None:
        return None
    column = file.state.last_by
    written_as = file.state.format or column_format(file, column)
    missing = reading.missing
    read = _time(written_as, reading) if written_as else _number_or_iso(column, reading)

    @lru_cache(maxsize=_CACHED_TEXTS)
    def rank(text: str) -> tuple[int, Any]:
        text = text.strip()
        return (0, 0) if text in missing else read(text)

    return rank


def _time(written_as: str, reading: Reading) -> Rank:
    # For the order alone a date may stand for its midnight.
    parse = instant_parser("state", written_as=written_as, zone=reading.zone, time_of_day=time.min)
    return lambda text: (2, parse(text))


def _number_or_iso(column: str, reading: Reading) -> Rank:
    by_time = _time(ISO, reading)

    def by_number(text: str) -> tuple[int, Any]:
        return 1, money(text, field="state", decimal_comma=reading.decimal_comma)

    def read(text: str) -> tuple[int, Any]:
        if text.isdecimal():  # most orders are counters; and 20240131 sorts the same either way
            return 1, int(text)
        for attempt in (by_time, by_number):
            try:
                return attempt(text)
            except RecordError:
                continue
        raise RecordError(
            f'"{text[:80]}" in "{column}" is neither a number nor an ISO time, so its order is not known',
            remedy='Give the format: state = { last_by = "COLUMN", format = "%d/%m/%Y %H:%M" }',
            field="state",
            reason="bad_order",
        )

    return read
