"""The documented views: found in `storage/views/`, read, and made in a store.

A file `v_<name>.sql` is a view on both databases; where they must differ, a pair `v_<name>.sqlite.sql` and
`v_<name>.postgres.sql` with the same header. The header is the documentation: the first line says what a row
is, lines up to the first `--` alone say more, and each line after it is a column:

    -- opened_at: text (UTC instant). When it was opened.

The type is text, integer or number; the unit stands in parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from phasewise.errors import StoreError
from phasewise.storage.databases import Dialect
from phasewise.storage.review.expressions import expand
from phasewise.storage.review.scope import (
    SCOPE_CONDITION,
    current_schema,
    readers_of_views,
    scope_function,
)

FOLDER = Path(__file__).parent.parent / "views"

_SUFFIXES: dict[Dialect, str] = {"sqlite": "sqlite", "postgresql": "postgres"}
_TITLE = re.compile(r"^-- (v_\w+): (.+)$")
_COLUMN = re.compile(r"^-- (\w+): (text|integer|number)(?: \(([^)]+)\))?\. (.+)$")
_DEPENDENTS = "2BP01"  # what Postgres calls it when other objects depend on one
# SQLite: no such table: x; Postgres: relation "x" does not exist, permission denied for table x
_UNKNOWN = re.compile(r'\b(?P<kind>table|column|relation|view):? "?(?P<name>[\w.]+)')
_WHERE_TO_LOOK = "Views and columns: phasewise sql --views"
# Integers are four bytes on Postgres so that a sum of them divided by a count is whole there, as on SQLite.
_POSTGRES_TYPES = {
    "text": 'body.{0} COLLATE "C"',
    "integer": "CAST(body.{0} AS integer)",
    "number": "CAST(body.{0} AS numeric)",
}


@dataclass(frozen=True, slots=True)
class ColumnDocument:
    """What a column of a view is.

    Attributes:
        name: its name.
        type: text, integer or number.
        unit: what it is counted in, or the form of its text; "" for none.
        text: one or two sentences.
    """

    name: str
    type: str
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class ViewDocument:
    """What a view is.

    Attributes:
        name: its name, `v_…`.
        row: what one row is.
        notes: more about it, "" for none.
        columns: its columns, in order.
    """

    name: str
    row: str
    notes: str
    columns: tuple[ColumnDocument, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A view and the SELECT behind it, for one database."""

    document: ViewDocument
    body: str


@cache
def views(dialect: Dialect = "sqlite") -> tuple[View, ...]:
    """Every view as one database needs it, by name.

    Raises:
        ValueError: a file is not in the form that this module describes (a defect).
    """
    other = {suffix for name, suffix in _SUFFIXES.items() if name != dialect}
    files = (path for path in FOLDER.glob("v_*.sql") if path.name.split(".")[-2] not in other)
    return tuple(sorted((_read(path, dialect) for path in files), key=lambda view: view.document.name))


def view_documents() -> tuple[ViewDocument, ...]:
    """What every view is, by name."""
    return tuple(view.document for view in views())


def remedy_for(message: str) -> str:
    """What to do about SQL that a database does not take, by what it says of it: the name that was meant."""
    unknown = _UNKNOWN.search(message)
    if unknown is None:
        return _WHERE_TO_LOOK
    if unknown["kind"] == "column":
        known = {column.name for view in view_documents() for column in view.columns}
    else:
        known = {view.name for view in view_documents()}
    near = get_close_matches(unknown["name"].rsplit(".", 1)[-1].lower(), sorted(known), n=1)
    return f"Did you mean {near[0]}? {_WHERE_TO_LOOK}" if near else _WHERE_TO_LOOK


def create_views(connection: Connection, dialect: Dialect) -> None:
    """Make every view anew, those of an older release gone; logins that could read them still can.

    Args:
        connection: inside a write transaction of the store.
        dialect: its database.

    Raises:
        StoreError: something that is not ours depends on a view.
    """
    readers = readers_of_views(connection) if dialect == "postgresql" else ()
    _drop_views(connection)
    if dialect == "postgresql":
        connection.exec_driver_sql(scope_function(current_schema(connection)))
        connection.exec_driver_sql("REVOKE EXECUTE ON FUNCTION review_msps() FROM PUBLIC")
    for view in views(dialect):
        connection.exec_driver_sql(create_statement(view, dialect))
    for reader in readers:
        grant_views(connection, reader)


def create_statement(view: View, dialect: Dialect) -> str:
    """The CREATE VIEW of a view; on Postgres it shows a login only the MSP it is let in for (`scope.py`)."""
    document = view.document
    if dialect == "sqlite":
        return f"CREATE VIEW {document.name} AS\n{view.body}"
    columns = ",\n    ".join(
        f"{_POSTGRES_TYPES[column.type].format(column.name)} AS {column.name}" for column in document.columns
    )
    return (
        f"CREATE VIEW {document.name} WITH (security_barrier) AS\nSELECT\n    {columns}\n"
        f"FROM (\n{view.body}\n) AS body\nWHERE {SCOPE_CONDITION}"
    )


def grant_views(connection: Connection, login: str) -> None:
    """Let a Postgres login read the views, and nothing else."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(login)
    for view in views("postgresql"):
        connection.exec_driver_sql(f"GRANT SELECT ON {view.document.name} TO {quoted}")
    connection.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION review_msps() TO {quoted}")


def _drop_views(connection: Connection) -> None:
    for name in inspect(connection).get_view_names():
        if not name.startswith("v_"):
            continue
        try:
            connection.exec_driver_sql(f'DROP VIEW "{name}"')
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") != _DEPENDENTS:
                raise
            raise StoreError(
                f"the view {name} cannot be made anew: something of yours depends on it ({error.orig})",
                remedy="Drop what depends on it, run the command again, and create it again",
            ) from error


def _read(path: Path, dialect: Dialect) -> View:
    lines = path.read_text(encoding="utf-8").splitlines()
    header = [line for line in lines if line.startswith("--")]
    body = "\n".join(lines[len(header) :]).strip()
    try:
        return View(_document(header, path.name.split(".")[0]), expand(body, dialect))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _document(header: Sequence[str], name: str) -> ViewDocument:
    gap = header.index("--")
    title = _TITLE.match(header[0])
    columns = [_COLUMN.match(line) for line in header[gap + 1 :]]
    if title is None or title[1] != name or not columns:
        raise ValueError("the header does not say what a row of it is, or names no column")
    documents = []
    for line, column in zip(header[gap + 1 :], columns, strict=True):
        if column is None:
            raise ValueError(f"not a column: {line}")
        documents.append(ColumnDocument(column[1], column[2], column[3] or "", column[4]))
    notes = " ".join(line.removeprefix("-- ") for line in header[1:gap])
    return ViewDocument(title[1], title[2], notes, tuple(documents))
