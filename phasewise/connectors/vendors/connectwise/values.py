"""What stands where in an item of ConnectWise, read in one way for every list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from phasewise.connectors.parse import day, instant, money
from phasewise.errors import RecordError

Item = Mapping[str, Any]
Tree = Mapping[str, tuple[str, ...]]

NOTHING: Item = {}
"""What a value holds that is missing or null."""

STAMPS = ("_info/lastUpdated", "_info/dateEntered")
"""When a row was changed and made. Both stand nowhere else."""


def identify(payload: Any) -> str:
    """The id of an item.

    Raises:
        RecordError: there is none (`no_id`).
    """
    if not isinstance(payload, Mapping) or payload.get("id") is None:
        raise RecordError("there is no id", reason="no_id")
    return str(payload["id"])


def tree(fields: Iterable[str]) -> Tree:
    """Fields as they are asked for (`company/id`) → top field → inner fields; none = all of it."""
    found: dict[str, tuple[str, ...]] = {}
    for field in fields:
        top, _, inner = field.partition("/")
        found[top] = (*found.get(top, ()), inner) if inner else ()
    return found


def pruned(item: Any, kept: Tree) -> Any:
    """The item with those fields alone: a server may send more than it was asked for."""
    if not isinstance(item, dict):
        return item
    found = {}
    for top, inner in kept.items():
        if top in item:
            value = item[top]
            # Asked for every field of every row: a check of the abstract type would cost as much as the rest.
            if inner and isinstance(value, dict):
                value = {name: value[name] for name in inner if name in value}
            found[top] = value
    return found


def part(payload: Item, name: str) -> Item:
    """A nested value; empty where it is missing or null."""
    found = payload.get(name)
    return found if isinstance(found, dict) else NOTHING


def ref(payload: Item, name: str) -> str | None:
    """The id of what a reference leads to, None where it leads nowhere. It may be a row we cannot read."""
    found = part(payload, name).get("id")
    return None if found in (None, "", 0) else str(found)


def word(payload: Item, name: str, key: str = "name") -> str | None:
    """The name in a reference, None where there is none."""
    return text(part(payload, name).get(key))


def text(value: Any) -> str | None:
    """A text as it was written; None where it is blank."""
    return str(value) if value is not None and str(value).strip() else None


def at(value: Any, field: str) -> datetime | None:
    """An instant. The interface writes UTC; a time without a zone is UTC as well."""
    return instant(value, field=field, zone=UTC)


def on(value: Any, field: str) -> date | None:
    """A date: written as a midnight in UTC, and meant as the date that is written."""
    return day(None if value is None else str(value), field=field)


def changed_at(payload: Any) -> datetime | None:
    """When the row was changed last."""
    return at(part(payload, "_info").get("lastUpdated"), "updated_at")


def made_at(payload: Item, field: str) -> datetime | None:
    """When the row was made."""
    return at(part(payload, "_info").get("dateEntered"), field)


def amount(payload: Item, name: str, field: str) -> Decimal | None:
    """An amount, exact."""
    return money(payload.get(name), field=field)


def currency(payload: Item) -> str | None:
    """The ISO code of a row's currency; None where the row has none or writes a sign in its place."""
    code = str(part(payload, "currency").get("currencyCode") or "").strip().upper()
    return code if re.fullmatch(r"[A-Z]{3}", code) else None
