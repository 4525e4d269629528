"""SQL on a SQLite store that can change nothing and see nothing but the views of one MSP.

The file is opened read-only, `query_only` is set, and an authorizer allows SELECT, recursion, the functions
of `functions.py`, and reading the views. SQLite tells the authorizer through which view a table is read. It
tells the name of a common table (WITH) in the same way, so that one called `v_tickets` would be let in to the
tables as well. Therefore each review makes its own temporary views, twice: one under a name drawn by chance,
which holds the SELECT on the tables and the filter of the MSP and which alone may read tables, and one under
the documented name, which reads only that. The text of the review was written before the name was drawn.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import quote

from phasewise.errors import ReviewError
from phasewise.storage.driver_errors import translated
from phasewise.storage.review.functions import FUNCTIONS
from phasewise.storage.review.limits import MAX_VALUE_BYTES, Limits, Watch, took_too_long
from phasewise.storage.review.result import Collector, ReviewResult
from phasewise.storage.review.statement import MAX_CHARACTERS, common_tables, function_refused
from phasewise.storage.review.views import remedy_for, views

_STEPS_BETWEEN_LOOKS = 10_000
_CHUNK = 200
_TRIM_CHARACTERS = 100

_LIMITS = {
    # A single call of a function (`instr`, `replace`) is not interrupted: seconds for values of this size.
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 4 * MAX_CHARACTERS,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 1_000_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

_ACTIONS = {
    value: name.removeprefix("SQLITE_").replace("_", " ").replace("VTABLE", "VIRTUAL TABLE")
    for name, value in vars(sqlite3).items()
    if name.startswith(("SQLITE_CREATE_", "SQLITE_DROP_", "SQLITE_ALTER_"))
    or name
    in {
        "SQLITE_INSERT", "SQLITE_UPDATE", "SQLITE_DELETE", "SQLITE_PRAGMA", "SQLITE_ATTACH", "SQLITE_DETACH",
        "SQLITE_TRANSACTION", "SQLITE_SAVEPOINT", "SQLITE_REINDEX", "SQLITE_ANALYZE",
    }
}  # fmt: skip

_OF_THE_WORLD = ("BUSY", "LOCKED", "CORRUPT", "IOERR", "CANTOPEN", "NOTADB", "FULL", "PROTOCOL")


def review_sqlite(path: Path, sql: str, *, msp_id: str, limits: Limits) -> ReviewResult:
    """Run one SELECT on the views of one MSP.

    Args:
        path: the store.
        sql: one statement, as `one_select` gives it.
        msp_id: the MSP whose rows the views show.
        limits: how much it may take.

    Raises:
        ReviewError: it is not allowed, not understood, or takes too much.
        StoreError: the store cannot be read.
    """
    watch = Watch(limits.seconds)
    collector = Collector(limits)
    with translated(str(path)), closing(_open(path)) as connection:
        names = _make_views(connection, msp_id)
        stored = _stored_names(connection)
        with_names = {
            name for name in common_tables(sql, "sqlite") - stored if not name.startswith("sqlite_")
        }
        guard = Guard(frozenset(names.values()), frozenset(names), frozenset(with_names))
        _restrict(connection, guard, watch)
        with explained(guard, watch):
            cursor = connection.execute(sql)
            if cursor.description is None:
                raise ReviewError("there is no SELECT in it")
            while rows := cursor.fetchmany(_CHUNK):
                if not collector.take(rows):
                    break
            return collector.result(column[0] for column in cursor.description)


@dataclass(slots=True)
class Guard:
    """The authorizer: what SQLite asks before it prepares a statement.

    Attributes:
        hidden: names drawn by chance: views that may read tables.
        shown: documented names: views that anyone may read.
        common: names of the statement's own common tables (WITH), those that the store has as well left out.
        refusal: why something was refused, for the message.
    """

    hidden: frozenset[str]
    shown: frozenset[str]
    common: frozenset[str]
    refusal: ReviewError | None = None

    def __call__(
        self, action: int, first: str | None, second: str | None, database: str | None, through: str | None
    ) -> int:
        """SQLITE_OK or SQLITE_DENY for one action; a function of sqlite3's authorizer."""
        refusal = self._refusal(action, first or "", second or "", database, through)
        if refusal is None:
            return sqlite3.SQLITE_OK
        self.refusal = self.refusal or refusal
        return sqlite3.SQLITE_DENY

    def _refusal(
        self, action: int, first: str, second: str, database: str | None, through: str | None
    ) -> ReviewError | None:
        if action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE} or through in self.hidden:
            return None
        if action == sqlite3.SQLITE_FUNCTION:
            allowed = second.lower() in FUNCTIONS["sqlite"]
            return None if allowed else function_refused(second, "sqlite")
        if action == sqlite3.SQLITE_READ:
            is_view = first in self.hidden or (first.lower() in self.shown and database in {"temp", None})
            # SQLite asks about a common table only where none of its columns is used, as in count(*).
            is_common = not second and database is None and first.lower() in self.common
            return None if is_view or is_common else self._no_view(first)
        if first == "sqlite_master":
            return ReviewError(
                "a function that stands for a table is not allowed in a review", remedy="Ask the views"
            )
        return ReviewError(
            f"{_ACTIONS.get(action, 'this')} is not allowed in a review", remedy="Write a SELECT on the views"
        )

    def _no_view(self, name: str) -> ReviewError:
        near = get_close_matches(f"v_{name}", self.shown, n=1)
        hint = f"{near[0]} shows it" if near else "What there is: phasewise sql --views"
        return ReviewError(f"{name} cannot be read in a review, only the views can", remedy=hint)


@contextmanager
def explained(guard: Guard, watch: Watch) -> Iterator[None]:
    """Turn what SQLite says of the reviewer's SQL into a ReviewError with the reason.

    Raises:
        ReviewError: see there; what SQLite says of the disk and other processes goes through.
    """
    try:
        yield
    except MemoryError as error:
        raise ReviewError("it needs more memory than there is", remedy="Ask for less at a time") from error
    except (sqlite3.Error, sqlite3.Warning) as error:
        if guard.refusal is not None:
            raise guard.refusal from error
        if watch.is_over:
            raise took_too_long(watch.seconds) from error
        name = (getattr(error, "sqlite_errorname", "") or "").removeprefix("SQLITE_")
        if name.startswith("INTERRUPT"):
            raise KeyboardInterrupt from error  # Ctrl-C came while SQLite asked whether to go on
        if name.startswith(_OF_THE_WORLD):
            raise
        raise ReviewError(
            f"SQLite does not take this SQL: {error}", remedy=_remedy(name, str(error))
        ) from error


def _remedy(name: str, message: str) -> str:
    if name == "TOOBIG":
        return f"A value may have {MAX_VALUE_BYTES:,} bytes at most"
    return remedy_for(message)


def _open(path: Path) -> sqlite3.Connection:
    # Two slashes and the path as it is, one more before a drive letter: right for POSIX, C:\ and \\server.
    name = path.absolute().as_posix()
    uri = f"file://{'' if name.startswith('/') else '/'}{quote(name, safe='/:')}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    # LIKE as on Postgres: the same query, the same rows. What is sorted goes to the disk, not into memory.
    for pragma in ("case_sensitive_like=ON", "temp_store=FILE", "cache_size=-32768"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _make_views(connection: sqlite3.Connection, msp_id: str) -> dict[str, str]:
    """Make the two temporary views of each documented one: its name → the name drawn by chance."""
    literal = "'" + msp_id.replace("'", "''") + "'"
    drawn = secrets.token_hex(16)
    names = {view.document.name: f"review_{drawn}_{view.document.name}" for view in views("sqlite")}
    for view in views("sqlite"):
        shown, hidden = view.document.name, names[view.document.name]
        body = f"SELECT * FROM (\n{view.body}\n) AS body WHERE body.msp_id = {literal}"  # noqa: S608  # a view takes no parameters
        connection.execute(f"CREATE TEMP VIEW {hidden} AS {body}")
        connection.execute(f"CREATE TEMP VIEW {shown} AS SELECT * FROM temp.{hidden}")  # noqa: S608  # our names
    return names


def _stored_names(connection: sqlite3.Connection) -> frozenset[str]:
    rows = connection.execute("SELECT lower(name) FROM sqlite_master")
    return frozenset(str(row[0]) for row in rows)


def _restrict(connection: sqlite3.Connection, guard: Guard, watch: Watch) -> None:
    """Take every right away that a review does not need; nothing before it was the reviewer's."""
    connection.execute("PRAGMA query_only=ON")
    for name in ("trim", "ltrim", "rtrim"):
        connection.create_function(name, 2, _trim(name), deterministic=True)
    for limit, value in _LIMITS.items():
        connection.setlimit(limit, value)
    connection.set_progress_handler(lambda: watch.is_over, _STEPS_BETWEEN_LOOKS)
    connection.set_authorizer(guard)


def _trim(name: str) -> Callable[[str | None, str | None], str | None]:
    """SQLite's own compares each character with each: hours for two texts of a megabyte."""
    strip = {"trim": str.strip, "ltrim": str.lstrip, "rtrim": str.rstrip}[name]

    def trim(text: str | None, characters: str | None) -> str | None:
        if text is None or characters is None:
            return None
        return strip(str(text), str(characters)[:_TRIM_CHARACTERS])

    return trim
