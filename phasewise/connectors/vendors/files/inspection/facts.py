"""What can be said of a file by looking at all of it: encoding, delimiter, and the values of its columns.

One pass, memory flat: a column remembers its values only while they are few.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from phasewise.connectors.base import SourceReject
from phasewise.connectors.parse import money
from phasewise.connectors.parse.words import FALSE_WORDS, TRUE_WORDS
from phasewise.connectors.vendors.files.delimited import OpenTable, TableForm, open_table, rows
from phasewise.connectors.vendors.files.inspection.times import (
    TimeEvidence,
    TimeGuess,
    guess_format,
    see_time,
)
from phasewise.connectors.vendors.files.lines import open_lines
from phasewise.errors import ContractError, RecordError, SourceError

DISTINCT_LIMIT = 5_000
ENUMERATION_LIMIT = 40
"""A column with no more different values, each more than once on average, is a list of words."""

MISSING_MARKERS = frozenset(
    {
        *("?", "-", "--", ".", "null", "none", "nil", "nan", "n/a", "na", "#n/a", "#n/d", "n/d"),
        *("(empty)", "(blank)", "(vacio)", "(vacío)", "[null]", "<null>", "\\n"),
    }
)
"""Texts that systems write for nothing, in lower case."""

_NUMBER_LIKE = re.compile(r"[^\w]{0,3}([A-Z]{3}\s)?[^\w]{0,3}\d[\d.,' \u00a0\u202f]*[^\d]{0,5}")
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_SNIFFED_LINES = 200


@dataclass(slots=True)
class ColumnFacts:
    """What the values of a column are.

    Attributes:
        name: in the header.
        filled: values that are neither empty nor a marker of nothing.
        empty: empty values.
        markers: text for nothing → how often.
        words: value → how often; None when there are more than DISTINCT_LIMIT.
        integers, points, commas: values that are whole numbers, and numbers with a decimal point or comma.
        longest: characters of the longest value.
        times: evidence of a date format.
    """

    name: str
    filled: int = 0
    empty: int = 0
    markers: Counter[str] = field(default_factory=Counter)
    words: Counter[str] | None = field(default_factory=Counter)
    integers: int = 0
    points: int = 0
    commas: int = 0
    longest: int = 0
    times: TimeEvidence = field(default_factory=TimeEvidence)
    waiting: Counter[str] = field(default_factory=Counter)

    @property
    def distinct(self) -> int | None:
        """How many different values, None when too many to count."""
        return None if self.words is None else len(self.words)

    @property
    def time(self) -> TimeGuess | None:
        """The date format, None for a column that holds no times."""
        return guess_format(self.times, self.filled)

    @property
    def is_integer(self) -> bool:
        """Whole numbers alone."""
        return 0 < self.filled == self.integers

    @property
    def is_boolean(self) -> bool:
        """Two words, one for yes and one for no."""
        found = {word.casefold() for word in self.words or ()}
        return 0 < len(found) <= 2 and found <= TRUE_WORDS | FALSE_WORDS

    @property
    def is_enumeration(self) -> bool:
        """Few words, again and again."""
        return (
            self.words is not None
            and 0 < len(self.words) <= ENUMERATION_LIMIT
            and (self.filled >= 2 * len(self.words) or self.filled < 20)
        )

    @property
    def type(self) -> str:
        """For people: time, boolean, integer, number, words, text, empty."""
        if not self.filled:
            return "empty"
        if self.time is not None:
            return "time" if self.time.has_time else "date"
        for name, fits in (
            ("boolean", self.is_boolean),
            ("integer", self.is_integer),
            ("number", self.filled in {self.points, self.commas}),
            ("words", self.is_enumeration),
        ):
            if fits:
                return name
        return "text"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file is.

    Attributes:
        path: the file.
        form: its encoding and delimiter.
        encoding_is_certain: the bytes can be nothing else.
        row_count: rows that have as many values as the header.
        rejects: reason → rows that are none.
        columns: in the order of the header.
        decimal_comma: numbers are written with one; None when nothing tells.
    """

    path: Path
    form: TableForm
    encoding_is_certain: bool
    row_count: int
    rejects: Counter[str]
    columns: tuple[ColumnFacts, ...]
    decimal_comma: bool | None

    def column(self, name: str) -> ColumnFacts:
        """The facts of a column."""
        return next(column for column in self.columns if column.name == name)


def look(path: Path) -> FileFacts:
    """Look at a whole file.

    Raises:
        SourceError: it cannot be read.
        ContractError: it is no table of text.
    """
    encoding, is_certain = find_encoding(path)
    form = TableForm(encoding=encoding, delimiter=_find_delimiter(path, encoding))
    rejects: Counter[str] = Counter()
    count = 0
    with open_table(path, path.name, form, ()) as table:
        if not table.columns and not table.lines.broken:
            raise SourceError("the file is empty", where=str(path), remedy="Export it again")
        if len(set(table.columns)) < len(table.columns):
            _refuse_twice(table)
        columns = [ColumnFacts(name) for name in table.columns]
        for row in rows(table):
            if isinstance(row, SourceReject):
                rejects[row.reason] += 1
                continue
            count += 1
            for column, value in zip(columns, row[1], strict=True):
                column.waiting[value] += 1
            if count % DISTINCT_LIMIT == 0:
                for column in columns:
                    _digest(column)
    for column in columns:
        _digest(column)
    return FileFacts(path, form, is_certain, count, rejects, tuple(columns), _decimal_comma(columns))


def find_encoding(path: Path) -> tuple[str, bool]:
    """The encoding of a file, and whether that is certain: all its bytes are UTF-8, or it has a mark."""
    with _open_bytes(path) as stream:
        start = stream.read(2)
        if start in {b"\xff\xfe", b"\xfe\xff"}:
            return "utf-16", True
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            while block := stream.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252", False
        except (EOFError, OSError):
            pass  # a damaged file is named when its rows are read
    return "utf-8", True


@contextmanager
def _open_bytes(path: Path) -> Iterator[BinaryIO]:
    try:
        raw = path.open("rb")
    except OSError as error:
        raise SourceError(
            f"the file cannot be opened ({error.strerror or error})",
            where=str(path),
            remedy="Write the path of a CSV or TSV file, gzipped or not",
        ) from error
    with raw:
        is_packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        yield cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if is_packed else raw


def _find_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that cuts the first lines into most columns, as many in every line."""
    with open_lines(path, path.name, encoding) as lines:
        first = [line for line, _ in zip(lines.take(), range(_SNIFFED_LINES), strict=False)]

    def fit(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(first, delimiter=delimiter) if row]
        except csv.Error:
            return 0.0, 0
        width = widths[0] if widths else 0
        return (sum(w == width for w in widths) / len(widths) if width > 1 else 0.0), width

    return max(",;\t|", key=fit)


def _digest(column: ColumnFacts) -> None:
    """Take the waiting values into the facts."""
    for text, count in column.waiting.items():
        value = text.strip()
        if not value:
            column.empty += count
            continue
        if value.casefold() in MISSING_MARKERS:
            column.markers[value] += count
            continue
        column.filled += count
        column.longest = max(column.longest, len(value))
        if _INTEGER.fullmatch(value):
            column.integers += count
        column.points += count if _is_number(value, decimal_comma=False) else 0
        column.commas += count if _is_number(value, decimal_comma=True) else 0
        see_time(column.times, value, count)
        if column.words is not None:
            column.words[value] += count
    column.waiting.clear()
    if column.words is not None and len(column.words) > DISTINCT_LIMIT:
        column.words = None


def _is_number(value: str, *, decimal_comma: bool) -> bool:
    if not _NUMBER_LIKE.fullmatch(value):
        return False
    try:
        money(value, field="", decimal_comma=decimal_comma)
    except RecordError:
        return False
    return True


def _decimal_comma(columns: list[ColumnFacts]) -> bool | None:
    """Whether numbers are written with a decimal comma: by columns that can be read only one way."""
    numbers = [c for c in columns if c.filled and c.time is None and not c.is_integer]
    commas = sum(c.commas == c.filled > c.points for c in numbers)
    points = sum(c.points == c.filled > c.commas for c in numbers)
    return None if commas == points else commas > points


def _refuse_twice(table: OpenTable) -> None:
    twice = sorted({name for name in table.columns if table.columns.count(name) > 1})
    raise ContractError(
        f"the header has {', '.join(twice)} more than once",
        where=table.name,
        remedy="Rename them in the export: which one is meant cannot be known",
    )
