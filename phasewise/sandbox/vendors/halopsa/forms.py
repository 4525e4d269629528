"""How HaloPSA writes times, dates, references and amounts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

NOBODY = 999
"""Agent and client that are none. A Halo has 1 for both; here, 1 is somebody."""

NEVER = "1900-01-01T00:00:00"


def written_time(at: datetime | None, *, marked: bool = False) -> str:
    """Some of Halo's times end with a Z and some with nothing; both are UTC."""
    return NEVER if at is None else f"{at:%Y-%m-%dT%H:%M:%S}" + ("Z" if marked else "")


def midnight(on: date | None) -> str:
    """A date of the books is the midnight it begins with."""
    return NEVER if on is None else f"{on}T00:00:00"


def row_id(id_: str | None, *, nobody: int = 0) -> int:
    """A reference is a number; none is 0, or the row that stands for nobody."""
    return nobody if id_ is None else int(id_)


def amount(money: Decimal | None) -> float | None:
    """Money is a number with decimals."""
    return None if money is None else float(money)
