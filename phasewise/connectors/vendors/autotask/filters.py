"""Conditions of Autotask's query language, as values.

Times are UTC (REST API Basic Query Calls). Grammar: `{"op", "field", "value"}`, groups `{"op", "items"}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from phasewise.connectors.base import Slice

Condition = dict[str, Any]

EVERYTHING: Condition = {"op": "gte", "field": "id", "value": 0}
"""A query must have a condition; id 0 is the MSP's own company."""


def instant_text(at: datetime) -> str:
    """An instant as the interface reads it, cut to the millisecond below."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def one_of(field: str, ids: Iterable[int]) -> Condition:
    """Rows whose field is one of these numbers; at most 500 at a time."""
    return {"op": "in", "field": field, "value": list(ids)}


def both(*conditions: Condition) -> Condition:
    """All of them."""
    return conditions[0] if len(conditions) == 1 else {"op": "and", "items": list(conditions)}


def changed_within(fields: Sequence[str], slice_: Slice) -> Condition:
    """Rows of which one of these times lies in the window; everything where it has no bounds.

    A ticket has two times of change: notes and work move one, changes of fields the other. A window that
    holds either of them holds the ticket, so that all windows together hold all tickets, and an increment
    misses neither kind of change.
    """
    inside = [_within(field, slice_) for field in fields] if slice_.start or slice_.end else []
    if not inside:
        return EVERYTHING
    return inside[0] if len(inside) == 1 else {"op": "or", "items": inside}


def _within(field: str, slice_: Slice) -> Condition:
    bounds: list[Condition] = []
    if slice_.start is not None:
        bounds.append({"op": "gte", "field": field, "value": instant_text(slice_.start)})
    if slice_.end is not None:
        bounds.append({"op": "lt", "field": field, "value": instant_text(slice_.end)})
    return both(*bounds)
