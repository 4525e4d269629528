"""How text is laid out: width, colour, and the signs a terminal can show."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Style = Literal["strong", "good", "bad", "open", "quiet"]


def plain(style: Style, text: str) -> str:  # noqa: ARG001  # the form of a paint
    """No colour: for files, pipes and tests."""
    return text


@dataclass(frozen=True, slots=True)
class Layout:
    """How text is laid out.

    Attributes:
        width: columns to wrap sentences at, 40 or more.
        paint: colours a piece of text of a style, or leaves it as it is.
    """

    width: int = 100
    paint: Callable[[Style, str], str] = plain


def wrapped(text: str, layout: Layout, *, indent: str = "", first: str | None = None) -> str:
    """A sentence wrapped to the width, its further lines indented.

    Args:
        text: the sentence.
        layout: for the width.
        indent: before every line.
        first: before the first line instead; takes the place of as many columns of `indent`.
    """
    return textwrap.fill(
        text,
        layout.width,
        initial_indent=indent if first is None else first.ljust(len(indent)),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(rows: Sequence[Sequence[str]], *, gap: int = 2, right: Sequence[int] = ()) -> list[list[str]]:
    """The cells of rows padded to the widest of their column, the last column left as it is.

    Args:
        rows: all of the same length.
        gap: spaces added after each column.
        right: positions of columns that are aligned right.
    """
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    padded = []
    for row in rows:
        cells = [
            (cell.rjust(w) if i in right else cell.ljust(w)) + " " * gap
            for i, (cell, w) in enumerate(zip(row[:-1], widths, strict=False))
        ]
        padded.append([*cells, row[-1]])
    return padded
