"""A temporary place on disk in which the rows of a file wait to be grouped by key.

An export of any size is read with the same memory: SQLite sorts on disk. The empty name is SQLite's own for
a private file that nobody else sees and that is gone when it is closed, also after a crash.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from phasewise.connectors.base import SourceReject
from phasewise.errors import SourceError

_BATCH = 5_000
_CACHE_KIB = 32_768
"""SQLite's page cache and the run of its sorter; what is beyond goes to disk."""

SpooledRow = tuple[str, int, *tuple[str, ...]]
"""Key, line number, and the values of the columns."""


@dataclass(slots=True)
class Spool:
    """Rows and rejects on their way from a file to pages. Make one with `open_spool`."""

    database: sqlite3.Connection
    width: int
    row_count: int = 0
    reject_count: int = 0
    _rows: list[SpooledRow] = field(default_factory=list)
    _rejects: list[tuple[str, str, str, str, str | None]] = field(default_factory=list)

    def add(self, row: SpooledRow) -> None:
        """Put a row in."""
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self.flush()

    def reject(self, reject: SourceReject) -> None:
        """Put a reject in."""
        self._rejects.append((reject.where, reject.reason, reject.detail, reject.payload, reject.key))
        if len(self._rejects) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        places = ",".join("?" * (self.width + 2))
        self.database.executemany(f"INSERT INTO spooled VALUES ({places})", self._rows)  # noqa: S608  # only question marks
        self.database.executemany("INSERT INTO rejected VALUES (?, ?, ?, ?, ?)", self._rejects)
        self.row_count += len(self._rows)
        self.reject_count += len(self._rejects)
        self._rows.clear()
        self._rejects.clear()

    def groups(self, after: str | None = None) -> Iterator[tuple[str, Iterator[SpooledRow]]]:
        """The rows of each key in the order of the file, keys in the order of their bytes.

        Args:
            after: leave out this key and those before it.
        """
        found = self.database.execute(
            "SELECT * FROM spooled WHERE ? IS NULL OR key > ? ORDER BY key, line", (after, after)
        )
        return groupby(found, key=itemgetter(0))

    def rows_up_to(self, key: str) -> int:
        """Count the rows of this key and those before it."""
        found = self.database.execute("SELECT count(*) FROM spooled WHERE key <= ?", (key,))
        return int(found.fetchone()[0])

    def rejects(self) -> Iterator[SourceReject]:
        """The rejects in the order they came."""
        for values in self.database.execute("SELECT * FROM rejected ORDER BY rowid"):
            yield SourceReject(*values)


@contextmanager
def open_spool(width: int) -> Iterator[Spool]:
    """A place for rows of `width` values, gone when it is closed.

    Raises:
        SourceError: the temporary folder has no room, inside the block too.
    """
    database = sqlite3.connect("", isolation_level=None)
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            database.execute(f"PRAGMA {pragma}")
        columns = "".join(f", v{number}" for number in range(width))
        database.execute(f"CREATE TABLE spooled (key TEXT, line INTEGER{columns})")
        database.execute('CREATE TABLE rejected ("where", reason, detail, payload, key)')
        database.execute("BEGIN")
        yield Spool(database, width)
    except sqlite3.Error as error:
        raise SourceError(
            f"the rows could not be put aside in the temporary folder ({error})",
            remedy="Make room there, or name another folder in TMPDIR",
        ) from error
    finally:
        database.close()
