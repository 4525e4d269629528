"""What came of a listing so far: distinct ids, declared totals, and whether the source repeats itself."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from phasewise.connectors.answers import CHANGED
from phasewise.errors import ContractError, RecordError

FIRST_LOOK = 10_000
"""Rows after which, and after every doubling, it is looked whether the rows are still different ones."""
FEW = 8_192
"""Ids that are counted as a set: numpy takes 40 ms and 10 MB before it counts one. A longer listing takes it
at its first look, so early that the peak of memory does not depend on how much is still to come."""
_NO_ID = (LookupError, TypeError, ValueError, AttributeError, RecordError)


class Seen:
    """Counts what came. Eight bytes an id, so that a listing of a million keeps the memory flat.

    Args:
        identify: a payload's id.

    Attributes:
        rows: rows that came, repeated ones included.
        rows_of_pass: those of the reading under way.
        total: the newest total the source declared, None when it never did.
    """

    def __init__(self, identify: Callable[[Any], str]) -> None:
        self._identify = identify
        self._ids = array("q")
        self._known: set[int] | None = None
        self._counts_known = True
        self._pages: set[int] = set()
        self._longest = 0
        self._previous: Sequence[Any] = ()
        self._next_look = FIRST_LOOK
        self._first_total: int | None = None
        self.rows = 0
        self.rows_of_pass = 0
        self.total: int | None = None

    def declare(self, total: int | None) -> None:
        """Note a total that the source declares now."""
        if total is None:
            return
        self.total = total
        if self._first_total is None:
            self._first_total = total

    def begin_pass(self) -> None:
        """The listing is read again: the same pages may come once more.

        Where the total shrank meanwhile, the ids of the reading before prove nothing: some of them are gone.
        """
        self._known = set(self._ids) | (self._known or set())
        self._counts_known = not self.has_shrunk()
        self._ids = array("q")
        self._pages.clear()
        self._previous = ()
        self.rows_of_pass = 0
        self._first_total = self.total

    def take(self, items: Sequence[Any], *, where: str) -> list[Any]:
        """Note the items of a page.

        Returns:
            In a second reading, those whose ids did not come before; [] in the first.

        Raises:
            ContractError: the source sends the same page again.
        """
        ids = self._keys(items)
        if items:
            self._refuse_repetition(items, ids, where)
            self._previous = items
        self.rows += len(items)
        self.rows_of_pass += len(items)
        self._longest = max(self._longest, len(items))
        new: list[Any] = []
        if self._known is not None:
            new = [item for item, id_ in zip(items, ids, strict=True) if id_ not in self._known]
        self._ids.extend(ids)
        if self.rows_of_pass >= self._next_look:
            self._refuse_a_standstill(where)
        return new

    def is_known_page(self, items: Sequence[Any]) -> bool:
        """Whether a page with these ids came already in this reading."""
        return hash(tuple(self._keys(items))) in self._pages

    def was_full(self) -> bool:
        """Whether the newest page with items was as long as the longest: there may be more behind it."""
        return 0 < len(self._previous) == self._longest

    def distinct(self) -> int:
        """How many different ids came, in all readings together."""
        if self._known is not None and self._counts_known:
            return len(self._known.union(self._ids))
        return self._distinct_of_pass()

    def _distinct_of_pass(self) -> int:
        return count_distinct(self._ids)

    def has_shrunk(self) -> bool:
        """Whether the source has fewer items now than when this reading began."""
        return self.total is not None and self._first_total is not None and self.total < self._first_total

    def is_total_reached(self) -> bool:
        """Whether as many ids came as the smaller of the totals before and after; True without a total."""
        wanted = self._wanted()
        return wanted is None or (self.rows >= wanted and self.distinct() >= wanted)

    def is_pass_complete(self) -> bool:
        """Whether this reading alone has brought that many."""
        wanted = self._wanted()
        return wanted is None or (self.rows_of_pass >= wanted and self._distinct_of_pass() >= wanted)

    def _wanted(self) -> int | None:
        if self.total is None or self._first_total is None:
            return None
        return min(self.total, self._first_total)

    def _keys(self, items: Sequence[Any]) -> list[int]:
        try:
            return [hash(str(id_)) for id_ in map(self._identify, items)]
        except _NO_ID:
            return [self._key(item) for item in items]

    def _key(self, item: Any) -> int:
        try:
            return hash(str(self._identify(item)))
        except _NO_ID:
            # No id: it will be a reject. Here its content tells it from others.
            return hash(_content(item))

    def _refuse_repetition(self, items: Sequence[Any], ids: Sequence[int], where: str) -> None:
        fingerprint = hash(tuple(ids))
        # A page of one row may come again when that row was changed meanwhile and has moved.
        is_same = fingerprint in self._pages and (len(items) > 1 or items == self._previous)
        self._pages.add(fingerprint)
        if is_same:
            raise ContractError("the source sends the same page again", where=where, remedy=CHANGED)

    def _refuse_a_standstill(self, where: str) -> None:
        self._next_look = 2 * self.rows_of_pass
        if self._distinct_of_pass() * 2 < self.rows_of_pass:
            raise ContractError(
                f"of {self.rows_of_pass:,} rows more than half came before", where=where, remedy=CHANGED
            )


def count_distinct(ids: array[int]) -> int:
    """How many different numbers these are. They may stand in another order afterwards."""
    if len(ids) <= FEW:
        return len(set(ids))
    import numpy as np  # noqa: PLC0415  # only long listings pay for it

    # Sorted where it is: `np.unique` would hold the ids three times. Their order means nothing here.
    numbers = np.frombuffer(ids, dtype=np.int64)
    numbers.sort()
    return 1 + int(np.count_nonzero(numbers[1:] != numbers[:-1]))


def _content(item: Any) -> bytes:
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
