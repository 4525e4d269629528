"""The lines of a text file, gzipped or not, in any encoding, which can be taken and given back."""

from __future__ import annotations

import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from phasewise.errors import ContractError, SourceError

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_GZIP_MARK = b"\x1f\x8b"


class Lines:
    """Lines of text as a reader takes them for a row.

    Attributes:
        number: number of the first line of the row being read, from 1.
        pending: lines taken for that row.
        broken: why the lines ended before the end of the file, "" when they did not.
    """

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._back: deque[str] = deque()
        self.number = 1
        self.pending: list[str] = []
        self.broken = ""

    def take(self) -> Iterator[str]:
        """The lines from here on. A new iterator goes on where the last one stopped."""
        pending, back = self.pending, self._back
        while back:
            pending.append(back.popleft())
            yield pending[-1]
        try:
            for line in self._source:
                pending.append(line)
                yield line
        except EOFError:
            self.broken = "the compressed file ends in the middle. Copy or export it again"
        except (zlib.error, gzip.BadGzipFile) as error:
            self.broken = f"the compressed file is damaged ({error}). Copy or export it again"
        except UnicodeError as error:
            self.broken = f"the rest of the file is no text of the encoding ({error}). Set `encoding`"
        except OSError as error:
            self.broken = f"the file could not be read on ({error.strerror or error})"

    def done(self) -> None:
        """The row is finished."""
        self.number += len(self.pending)
        self.pending.clear()

    def give_back(self, *, whole: bool = False) -> None:
        """Only the first line is finished (or none, if `whole`); the others will be taken again."""
        kept = 0 if whole else 1
        self._back.extendleft(reversed(self.pending[kept:]))
        del self.pending[kept:]
        self.done()

    def flaw(self) -> tuple[str, str] | None:
        """(reason, sentence) when a line of the row holds what is no text, else None."""
        for line in self.pending:
            if "\0" in line:
                return "nul_byte", "the line holds a NUL byte: it is damaged, or `encoding` is another"
            if not line.isascii() and not _is_text(line):
                return (
                    "wrong_encoding",
                    "the line holds bytes that are no text in this encoding. Set `encoding` to the one the "
                    'file is written in, for example "cp1252"',
                )
        return None


@contextmanager
def open_lines(path: Path, name: str, encoding: str) -> Iterator[Lines]:
    """Open a text file.

    Args:
        path: the file; that it is gzipped is seen by its first bytes.
        name: how messages call it.
        encoding: of its text. For utf-8 a byte order mark is accepted.

    Raises:
        SourceError: the file cannot be opened.
        ContractError: it is plainly something else than was said.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise SourceError(
            f"the file cannot be opened ({error.strerror or error})",
            where=name,
            remedy="Give Phasewise the right to read it",
        ) from error
    with raw, _text(raw, path, name, encoding) as text:
        yield Lines(iter(text))


def _text(raw: BinaryIO, path: Path, name: str, encoding: str) -> io.TextIOWrapper:
    start = raw.read(2)
    raw.seek(0)
    is_packed = start == _GZIP_MARK
    if path.suffix == ".gz" and start and not is_packed:
        raise ContractError(
            "the name ends in .gz, and it is no gzip file", where=name, remedy="Copy or export it again"
        )
    if encoding.lower().replace("_", "-") in {"utf-8", "utf8"}:
        if start in _UTF_16_MARKS:
            raise ContractError("the file is UTF-16 text", where=name, remedy='Set encoding = "utf-16"')
        encoding = "utf-8-sig"
    # newline="" leaves line ends inside quoted values as they are; bytes that are no text become half
    # characters, so that the line they stand in is rejected and not the file.
    return io.TextIOWrapper(
        gzip.GzipFile(fileobj=raw) if is_packed else raw,
        encoding=encoding,
        errors="surrogateescape",
        newline="",
    )


def _is_text(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
