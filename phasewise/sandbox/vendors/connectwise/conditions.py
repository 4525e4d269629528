"""The language of `conditions`: comparisons of fields, `and`, `or`, `not` and brackets.

    lastUpdated >= [2026-01-01T00:00:00Z] and (board/id in (1,2) or summary contains "printer")

`lastUpdated` is a field of every row that can be filtered by, although rows tell it as `_info.lastUpdated`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Item = Mapping[str, Any]
Test = Callable[[Item], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<date>\[[^\]]*\])|(?P<text>"[^"]*"|'[^']*')|(?P<mark><=|>=|!=|=|<|>|\(|\)|,)"""
    r"""|(?P<word>[\w./:-]+))"""
)


class ConditionError(ValueError):
    """The conditions cannot be read: the vendor answers 400."""


def parse(conditions: str) -> Test:
    """The test that an item must pass.

    Raises:
        ConditionError: this is not the language.
    """
    tokens = _tokens(conditions)
    if not tokens:
        return lambda _: True
    test, rest = _either(tokens)
    if rest:
        raise ConditionError(f"unexpected {rest[0]!r}")
    return test


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ConditionError(f"unexpected {text[place:]!r}")
        found.append(match[0].strip())
        place = match.end()
    return found


def _either(tokens: list[str]) -> tuple[Test, list[str]]:
    left, rest = _both(tokens)
    while rest and rest[0].lower() == "or":
        right, rest = _both(rest[1:])
        left = _or(left, right)
    return left, rest


def _both(tokens: list[str]) -> tuple[Test, list[str]]:
    left, rest = _one(tokens)
    while rest and rest[0].lower() == "and":
        right, rest = _one(rest[1:])
        left = _and(left, right)
    return left, rest


def _one(tokens: list[str]) -> tuple[Test, list[str]]:
    if tokens and tokens[0] == "(":
        test, rest = _either(tokens[1:])
        if not rest or rest[0] != ")":
            raise ConditionError("a bracket is not closed")
        return test, rest[1:]
    if len(tokens) < 3:
        raise ConditionError(f"unfinished: {' '.join(tokens)}")
    return _comparison(tokens)


def _comparison(tokens: list[str]) -> tuple[Test, list[str]]:
    field, operator = tokens[0], tokens[1].lower()
    is_negated = operator == "not"
    rest = tokens[2:] if not is_negated else tokens[3:]
    operator = tokens[2].lower() if is_negated else operator
    if operator == "in":
        values, rest = _values(rest)
        return _negated(lambda item: _field(item, field) in values, is_negated), rest
    if not rest or operator not in _COMPARE:
        raise ConditionError(f"no operator: {operator}")
    wanted, compare = _value(rest[0]), _COMPARE[operator]

    def test(item: Item) -> bool:
        found = _field(item, field)
        if isinstance(wanted, datetime) and isinstance(found, str):
            found = datetime.fromisoformat(found)
        if found is None or wanted is None:
            return (found is wanted) == (operator == "=") if operator in {"=", "!="} else False
        return compare(found, wanted)

    return _negated(test, is_negated), rest[1:]


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "contains": lambda a, b: str(b).lower() in str(a).lower(),
    "like": lambda a, b: re.fullmatch(re.escape(str(b)).replace("%", ".*"), str(a), re.I) is not None,
}


def _values(tokens: list[str]) -> tuple[list[Any], list[str]]:
    if not tokens or tokens[0] != "(" or ")" not in tokens:
        raise ConditionError("a list wants brackets")
    end = tokens.index(")")
    return [_value(text) for text in tokens[1:end] if text != ","], tokens[end + 1 :]


def _value(token: str) -> Any:
    if token.startswith("["):
        at = datetime.fromisoformat(token[1:-1])
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at
    if token[0] in "\"'":
        return token[1:-1]
    if token.lower() in {"true", "false"}:
        return token.lower() == "true"
    if token.lower() == "null":
        return None
    try:
        return float(token) if "." in token else int(token)
    except ValueError:
        raise ConditionError(f"{token} is no value") from None


def _field(item: Item, path: str) -> Any:
    if path in {"lastUpdated", "dateEntered"}:
        path = f"_info/{path}"
    found: Any = item
    for name in path.split("/"):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def _negated(test: Test, is_negated: bool) -> Test:
    return (lambda item: not test(item)) if is_negated else test


def _and(left: Test, right: Test) -> Test:
    return lambda item: left(item) and right(item)


def _or(left: Test, right: Test) -> Test:
    return lambda item: left(item) or right(item)
