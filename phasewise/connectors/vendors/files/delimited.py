"""From the bytes of an export to its rows, with everything that is not a row counted and named.

A quote that is never closed would make a CSV reader take the rest of the file for one value. Here a value
over several lines must be closed as the format says; if it is not, its first line is rejected and the lines
after it are read again, so that one bad line costs one row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phasewise.connectors.base import SourceReject
from phasewise.connectors.vendors.files.lines import Lines, open_lines
from phasewise.errors import ContractError

PAYLOAD_LIMIT = 2_000
_DELIMITERS = ",;\t|"
_TAB_ENDINGS = (".tsv", ".tab", ".tsv.gz", ".tab.gz")
_OPEN_QUOTE = (
    "a quoted value is not closed on its line, and what follows does not fit a value of several lines"
)
_REMEDY_QUOTE = 'If the export does not quote, set quote = ""'


@dataclass(frozen=True, slots=True)
class TableForm:
    """How the text of a file is laid out.

    Attributes:
        encoding: of the text; a byte order mark of UTF-8 is accepted.
        delimiter: between columns, None = found by ending and header.
        quote: around texts that hold the delimiter, "" for none.
        skip_lines: lines before the header.
        columns: names of the columns where there is no header, else None.
    """

    encoding: str = "utf-8"
    delimiter: str | None = None
    quote: str = '"'
    skip_lines: int = 0
    columns: tuple[str, ...] | None = None


@dataclass(slots=True)
class OpenTable:
    """A file that is being read.

    Attributes:
        name: as people know it: its path in the folder.
        columns: names in the header, outer space cut; empty where the file is empty.
        options: of the CSV reader.
        lines: what is left to read; `lines.broken` says why they ended before the end of the file.
    """

    name: str
    columns: list[str]
    options: dict[str, Any]
    lines: Lines

    @property
    def delimiter(self) -> str:
        """What separates the columns."""
        return str(self.options["delimiter"])


Row = tuple[int, list[str]]
"""Number of the row's first line (from 1), and its values, as many as there are columns."""


@contextmanager
def open_table(path: Path, name: str, form: TableForm, wanted: Sequence[str]) -> Iterator[OpenTable]:
    """Open a file and read its header.

    Args:
        path: the file.
        name: how messages call it.
        form: how it is laid out.
        wanted: the columns that will be read; they tell which delimiter is meant.

    Raises:
        SourceError: the file cannot be opened.
        ContractError: its header is not text in this encoding, or not to be read as a header.
    """
    with open_lines(path, name, form.encoding) as lines:
        for _ in range(form.skip_lines):
            next(lines.take(), None)
        lines.done()
        first = _first_line(lines)
        delimiter = form.delimiter or _delimiter(name, first, form.columns or wanted, form.quote)
        table = OpenTable(name, list(form.columns or ()), _options(delimiter, form.quote), lines)
        if form.columns is None and first:
            table.columns = _header(table, form.encoding)
        yield table


def rows(table: OpenTable) -> Iterator[Row | SourceReject]:
    """Every row after the header, and every piece that is none, in the order of the file.

    Rejects have the reasons `open_quote`, `long_value`, `too_few_values`, `too_many_values`, `half_line`,
    `nul_byte`, `wrong_encoding`, and at the end of a damaged file `damaged_file`.
    """
    lines, width = table.lines, len(table.columns)
    pending = lines.pending
    reader = csv.reader(lines.take(), **table.options)
    while True:
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            reader = csv.reader(lines.take(), **table.options)
            mended = _mend(table, str(error))
            if mended is None:
                yield _open_quote(table, str(error))
                continue
            values = mended
        if len(values) != width and len(pending) > 1:
            # Too many or too few values over several lines: a stray quote has swallowed lines that are rows.
            yield _open_quote(table, "")
            reader = csv.reader(lines.take(), **table.options)
            continue
        flaw = lines.flaw()
        if flaw is not None:
            yield _reject(table, *flaw)
        elif len(values) == width:
            yield lines.number, values
        elif values:  # none: an empty line
            yield _reject(table, *_wrong_width(pending[-1], len(values), width))
        lines.done()
    if lines.broken:
        yield SourceReject(f"{table.name}:{lines.number}", "damaged_file", lines.broken)


def _mend(table: OpenTable, error: str) -> list[str] | None:
    """The values of a line with text after a closing quote, as lenient readers take it; else None."""
    pending = table.lines.pending
    if len(pending) != 1 or "expected after" not in error:
        return None
    return next(csv.reader(pending.copy(), **(table.options | {"strict": False})))


def _open_quote(table: OpenTable, error: str) -> SourceReject:
    """The reject for the first line of the row; the lines after it are given back."""
    pending = table.lines.pending
    if "field larger" in error and len(pending) == 1:
        reject = _reject(table, "long_value", f"a value is longer than {csv.field_size_limit():,} characters")
    elif len(pending) == 1 and not pending[0].endswith(("\n", "\r")):
        reject = _reject(table, *_half_line())
    else:
        reject = _reject(table, "open_quote", f"{_OPEN_QUOTE}. {_REMEDY_QUOTE}", text=pending[0])
    table.lines.give_back()
    return reject


def _half_line() -> tuple[str, str]:
    return (
        "half_line",
        "the last line stops in the middle: the export was not written to its end. Export it again",
    )


def _wrong_width(last_line: str, count: int, width: int) -> tuple[str, str]:
    if count < width and not last_line.endswith(("\n", "\r")):
        return _half_line()
    reason = "too_few_values" if count < width else "too_many_values"
    return reason, f"the line has {count} values and the header {width}. Is the delimiter right, and quoted?"


def _reject(table: OpenTable, reason: str, detail: str, *, text: str | None = None) -> SourceReject:
    taken = "".join(table.lines.pending) if text is None else text
    return SourceReject(
        where=f"{table.name}:{table.lines.number}",
        reason=reason,
        detail=detail,
        # Half characters stand for bytes that are no text; no database stores them.
        payload=taken[:PAYLOAD_LIMIT].encode(errors="backslashreplace").decode().replace("\0", "\\x00"),
    )


def _options(delimiter: str, quote: str) -> dict[str, Any]:
    if not quote:
        return {"delimiter": delimiter, "quoting": csv.QUOTE_NONE, "strict": True}
    return {"delimiter": delimiter, "quotechar": quote, "strict": True}


def _first_line(lines: Lines) -> str:
    """The first line that is not empty, still to be taken; "" where there is none."""
    for line in lines.take():
        if line.strip():
            lines.give_back(whole=True)
            return line
        lines.done()
    return ""


def _header(table: OpenTable, encoding: str) -> list[str]:
    try:
        header = next(csv.reader(table.lines.take(), **(table.options | {"strict": False})))
    except csv.Error as error:
        raise ContractError(
            f"the header cannot be read ({error})",
            where=table.name,
            remedy="Set `delimiter`, `quote` or `skip_lines`",
        ) from error
    flaw = table.lines.flaw()
    if flaw is not None:
        raise ContractError(
            f"the header is no text in the encoding {encoding}",
            where=table.name,
            remedy='Set `encoding` to the one the file is written in, for example "cp1252" or "utf-16"',
        )
    table.lines.done()
    return [column.strip() for column in header]


def _delimiter(name: str, first: str, wanted: Sequence[str], quote: str) -> str:
    """The delimiter of a file whose mapping does not say it.

    That of the file's ending; else the one that gives most of the wanted columns, and of those the one that
    gives most columns.
    """
    if name.lower().endswith(_TAB_ENDINGS):
        return "\t"

    def found(delimiter: str) -> tuple[int, int]:
        options = _options(delimiter, quote) | {"strict": False}
        header = [column.strip() for column in next(csv.reader([first], **options), [])]
        return len(set(header) & set(wanted)), len(header)

    return max(_DELIMITERS, key=found)  # of equals the first: a comma
