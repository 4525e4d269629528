"""What the twin needs of Request Tracker's query language, with the ways in which it misreads dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

TOKEN = re.compile(r"\s*(\(|\)|AND\b|OR\b|([A-Za-z.]+)\s*(>=|<=|!=|=|>|<)\s*('[^']*'|-?\d+))", re.IGNORECASE)
DATES = {"LastUpdated", "Created", "Due", "Resolved"}
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}

Row = Mapping[str, Any]
Test = Callable[[Row], bool]


def parse(query: str, zone: ZoneInfo) -> tuple[Test, set[str]]:
    """What a query lets through, and the fields it names.

    Args:
        query: as it was sent.
        zone: of the user that asks.
    """
    tokens: list[Any] = []
    named: set[str] = set()
    place = 0
    while place < len(query.rstrip()):
        match = TOKEN.match(query, place)
        if match is None:
            raise ValueError(f"the twin does not understand: {query[place : place + 60]}")
        place = match.end()
        if match[2]:
            named.add(match[2])
            tokens.append(_condition(match[2], match[3], match[4].strip("'"), zone))
        else:
            tokens.append(match[1].upper())
    test = _any(tokens)
    assert not tokens, f"left over: {tokens}"
    return test, named


def read_date(text: str, zone: ZoneInfo) -> datetime:
    """As Request Tracker reads it: its own form is cut to the day, a zone in the text is not heard."""
    if "T" in text:
        text = text.partition("T")[0]
    text = re.sub(r"\s*(UTC|[+-]\d{2}:\d{2})$", "", text)
    form = "%Y-%m-%d %H:%M:%S" if " " in text else "%Y-%m-%d"
    return datetime.strptime(text, form).replace(tzinfo=zone).astimezone(UTC)


def _any(tokens: list[Any]) -> Test:
    parts = [_all(tokens)]
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        parts.append(_all(tokens))
    return lambda row: any(part(row) for part in parts)


def _all(tokens: list[Any]) -> Test:
    parts = [_one(tokens)]
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        parts.append(_one(tokens))
    return lambda row: all(part(row) for part in parts)


def _one(tokens: list[Any]) -> Test:
    token = tokens.pop(0)
    if token == "(":
        inner = _any(tokens)
        assert tokens.pop(0) == ")"
        return inner
    found: Test = token
    return found


def _condition(field: str, operator: str, value: str, zone: ZoneInfo) -> Test:
    compare = COMPARE[operator]
    if field in DATES:
        wanted = read_date(value, zone)
        return lambda row: compare(datetime.fromisoformat(str(row[field])).astimezone(UTC), wanted)
    if field == "Owner":
        return lambda row: compare(value in (str(row["Owner"]["id"]), row["Owner"]["Name"]), True)
    if value.lstrip("-").isdecimal():
        return lambda row: compare(int(row.get(field) or 0), int(value))
    return lambda row: compare(str(row.get(field) or ""), value)
