"""How ConnectWise writes instants, dates, references, numbers and who changed a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from phasewise.sandbox.simulator import Item

Places = Mapping[type[Any], tuple[str, Callable[[Any], Item]]]
"""Kind of record → the list its row stands in, and how it is written there."""


def stamp(at: datetime | None) -> str | None:
    """An instant as ConnectWise writes it."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def midnight(day: date | None) -> str | None:
    """A date as ConnectWise writes it."""
    return None if day is None else f"{day:%Y-%m-%d}T00:00:00Z"


def ref(number: str | None, **more: Any) -> Item | None:
    """A reference to a row."""
    return None if number is None else {"id": int(number), **more}


def named(name: str | None, number: int = 1) -> Item | None:
    """A reference that is known by its name."""
    return None if name is None else {"id": number, "name": name}


def login(technician: str | None) -> Item | None:
    """A reference to a member, with the name to log in by."""
    return ref(technician, identifier=f"tech{technician}")


def currency(code: str | None) -> Item:
    """The currency of a row of the books."""
    return {"id": 1, "symbol": "€", "currencyCode": code}


def number(value: Decimal | float | None) -> float | None:
    """A number of JSON."""
    return None if value is None else float(value)


def info(changed: datetime | None, made: datetime | None = None) -> Item:
    """Who made the row and when; who changed it last and when."""
    return {"lastUpdated": stamp(changed), "updatedBy": "tech1", "dateEntered": stamp(made or changed)}
