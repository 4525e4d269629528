"""The query language of the simulated Autotask: conditions, compiled to a function of a row.

Written from the vendor's description of its filters: `{"op", "field", "value"}` and groups `{"op", "items"}`.
A row whose field is null fits no comparison. Times are compared as instants, whatever their form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

Fits = Callable[[Mapping[str, Any]], bool]

MOST_CONDITIONS = 500
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")


class QueryError(Exception):
    """The query is refused, with these words."""


def compiled(conditions: Sequence[Mapping[str, Any]]) -> Fits:
    """A function that tells whether a row fits all conditions.

    Raises:
        QueryError: there is no condition, or one that nobody understands.
    """
    if not conditions:
        raise QueryError("A filter must be provided.")
    if sum(1 for _ in leaves(conditions)) > MOST_CONDITIONS:
        raise QueryError("Queries are limited to 500 or fewer 'OR' conditions.")
    parts = [_condition(condition) for condition in conditions]
    return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)


def leaves(conditions: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every condition that names a field; each value of an `in` counts as one."""
    for condition in conditions:
        if condition.get("op") in ("and", "or"):
            yield from leaves(condition.get("items") or ())
        elif isinstance(condition.get("value"), list):
            yield from (condition for _ in condition["value"])
        else:
            yield condition


def _condition(condition: Mapping[str, Any]) -> Fits:
    op = str(condition.get("op") or "").lower()
    if op in ("and", "or"):
        parts = [_condition(part) for part in condition.get("items") or ()]
        together = all if op == "and" else any
        return lambda row: together(part(row) for part in parts)
    field, value = condition.get("field"), condition.get("value")
    if not field:
        raise QueryError(f"The condition {op!r} names no field.")
    return _comparison(op, str(field), value)


def _comparison(op: str, field: str, value: Any) -> Fits:
    if op in ("exist", "notexist"):
        wanted = op == "exist"
        return lambda row: (row.get(field) is not None) == wanted
    if op in ("in", "notin"):
        values = frozenset(map(_plain, value or ()))
        return lambda row: (row.get(field) is not None and _plain(row[field]) in values) == (op == "in")
    compare = _COMPARISONS.get(op)
    if compare is None:
        raise QueryError(f"The operator {op!r} is not supported.")
    right = _plain(value)
    return lambda row: row.get(field) is not None and compare(_plain(row[field]), right)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "noteq": lambda left, right: left != right,
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
    "beginswith": lambda left, right: str(left).startswith(str(right)),
    "endswith": lambda left, right: str(left).endswith(str(right)),
    "contains": lambda left, right: str(right) in str(left),
}


def _plain(value: Any) -> Any:
    return _told(value) if isinstance(value, str) else value


@lru_cache(maxsize=65_536)
def _told(value: str) -> Any:
    """An instant where the text is one; a text of digits is a number."""
    if _TIME.fullmatch(value):
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return int(value) if value.isdecimal() and len(value) < 18 else value
