"""What a review gives back: the same from both databases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from phasewise.storage.review.limits import Limits
from phasewise.storage.review.values import Value, plain


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """Rows of a review.

    Attributes:
        columns: their names, in order; two may be equal.
        rows: values in the order of the columns: integers, floats, texts and None.
        truncated: which limit cut rows off, None when these are all.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    truncated: Literal["rows", "characters"] | None


@dataclass(slots=True)
class Collector:
    """Takes rows until a limit is reached."""

    limits: Limits
    rows: list[tuple[Value, ...]] = field(default_factory=list)
    truncated: Literal["rows", "characters"] | None = None
    _characters: int = 0

    def take(self, rows: Iterable[tuple[object, ...]]) -> bool:
        """Take rows; False when a limit is reached and no more are wanted."""
        for row in rows:
            values = tuple(plain(value) for value in row)
            self._characters += sum(len(value) if isinstance(value, str) else 8 for value in values)
            if len(self.rows) == self.limits.rows:
                self.truncated = "rows"
            elif self._characters > self.limits.characters:
                self.truncated = "characters"
            else:
                self.rows.append(values)
                continue
            return False
        return True

    def result(self, columns: Iterable[str]) -> ReviewResult:
        """What was taken."""
        return ReviewResult(tuple(columns), tuple(self.rows), self.truncated)
