"""How much a review may take: rows, time, memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from phasewise.errors import ReviewError

MAX_VALUE_BYTES = 1_000_000
"""A value, or a row of Postgres, may be so large. The largest that a view holds is a reject's payload."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a review may take.

    Attributes:
        rows: rows of the result, 1 or more; more are cut off.
        seconds: for the whole review, above 0; after them it ends in an error.
        characters: of all values of the result together; rows after them are cut off.
    """

    rows: int = 1_000
    seconds: float = 30.0
    characters: int = 50_000_000


@dataclass(slots=True)
class Watch:
    """The time that is left."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = self.clock() + self.seconds

    @property
    def seconds_left(self) -> float:
        """Never below a millisecond: 0 would mean "no limit" to a database."""
        return max(0.001, self.deadline - self.clock())

    @property
    def is_over(self) -> bool:
        """No time is left."""
        return self.clock() > self.deadline


def took_too_long(seconds: float) -> ReviewError:
    """The error of a review whose time is over."""
    return ReviewError(
        f"it took longer than {seconds:g} seconds",
        remedy="Ask for fewer rows, join on msp_id and connection_id too, or give a longer --timeout",
    )
