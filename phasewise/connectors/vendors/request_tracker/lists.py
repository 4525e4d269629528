"""How a list of Request Tracker is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.listing import listing
from phasewise.errors import ContractError

ITEMS = listing(items="items")
LISTED = listing(items="items", total="total")
"""The same with the total, which counts what follows an id that was asked for, not the whole list."""


def number_of(item: Any) -> int:
    """The number of an item of a list.

    Raises:
        ContractError: it has none, so that nobody can go on behind it.
    """
    number = item.get("id") if isinstance(item, Mapping) else None
    if not str(number).isdecimal():
        raise ContractError(f"an item without a number: {str(item)[:80]}", where="a list", remedy=CHANGED)
    return int(str(number))
