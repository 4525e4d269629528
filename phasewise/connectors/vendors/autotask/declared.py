"""What the declarations of the streams share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from phasewise.connectors.base import FetchContext, Page, Slice
from phasewise.connectors.vendors.autotask.entities import Entity
from phasewise.connectors.vendors.autotask.listing import PAGE, listed_ids

PAGES = (1, PAGE, PAGE)

MAY_BE_A_DATE = timedelta(days=2)
"""Overlap where the time of change may be a date only: everything of that day comes again."""


def fields(table: str, names: str) -> frozenset[str]:
    """`table.name` of every name."""
    return frozenset(f"{table}.{name}" for name in names.split())


def ids(entity: Entity) -> Callable[[Any, Slice, FetchContext], Iterator[Page]]:
    """The listing of ids of an entity."""
    return partial(listed_ids, entity=entity)
