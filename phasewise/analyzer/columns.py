"""Frames held by column: for those of more rows than a dictionary each is worth."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.indicator import Row

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of texts.

    Attributes:
        labels: the distinct texts, sorted; some may not occur.
        codes: (rows,) position of each row's text.
    """

    labels: tuple[str, ...]
    codes: Numbers

    def equal(self, label: str) -> Mask:
        """(rows,) the text is this one."""
        return self.among({label})

    def among(self, wanted: Collection[str]) -> Mask:
        """(rows,) the text is one of these."""
        found: Mask = np.array([label in wanted for label in self.labels], dtype=np.bool_)[self.codes]
        return found


@dataclass(frozen=True, eq=False)
class Columns(Sequence[Row]):
    """A frame: what a judge reads as rows, and adds up by column.

    Attributes:
        numbers: name → column of integers.
        texts: name → column of texts, of the same length.
    """

    numbers: Mapping[str, Numbers]
    texts: Mapping[str, Texts]

    def __len__(self) -> int:
        return len(next(iter(self.numbers.values()), ()))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        words: Row = {name: text.labels[int(text.codes[index])] for name, text in self.texts.items()}
        return {**words, **{name: int(column[index]) for name, column in self.numbers.items()}}

    def where(self, wanted: Mask) -> Columns:
        """The rows wanted: (rows,) true for those that stay."""
        rows = np.flatnonzero(wanted)
        return Columns(
            {name: column[rows] for name, column in self.numbers.items()},
            {name: Texts(text.labels, text.codes[rows]) for name, text in self.texts.items()},
        )


def nothing(numbers: Iterable[str], words: Iterable[str]) -> Columns:
    """A frame without rows, with these columns."""
    none = np.zeros(0, dtype=np.int64)
    return Columns(dict.fromkeys(numbers, none), {name: Texts((), none) for name in words})


def by_column(frame: Sequence[Row]) -> Columns:
    """A frame that is held by column.

    Raises:
        TypeError: it is not (a defect of what read it).
    """
    if not isinstance(frame, Columns):
        raise TypeError("this frame is read by column")
    return frame


def texts(values: Iterable[str]) -> Texts:
    """A column of texts out of its values."""
    found: dict[str, int] = {}
    first = [found.setdefault(value, len(found)) for value in values]
    labels = tuple(sorted(found))
    place = np.empty(len(labels), dtype=np.int64)
    for code, label in enumerate(labels):
        place[found[label]] = code
    return Texts(labels, place[np.array(first, dtype=np.int64)])


def pairs(one: Texts, other: Texts) -> tuple[list[tuple[str, str]], Numbers]:
    """The distinct pairs of two columns, sorted, and (rows,) the position of each row's pair."""
    width = max(1, len(other.labels))
    present, at = np.unique(one.codes * width + other.codes, return_inverse=True)
    return [(one.labels[code // width], other.labels[code % width]) for code in present.tolist()], at


def sums(codes: Numbers, values: Numbers, size: int) -> Numbers:
    """(size,) what the values of each code add up to; exact as long as no sum reaches 2 ** 53."""
    return np.bincount(codes, weights=values, minlength=size).astype(np.int64)
