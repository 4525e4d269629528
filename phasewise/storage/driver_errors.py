"""What the database drivers report becomes a StoreError here, and nowhere else.

Only states of the world are translated: a full disk, a lock, a missing right, a damaged file, a server that
is away. Wrong SQL or a broken constraint is a defect of Phasewise and passes through as it is.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from phasewise.errors import StoreError

_FULL = ("the disk is full", "Free some space and run the command again; what was finished is stored")
_LOCKED = (
    "the store is in use by another process",
    "Wait until it has finished and run the command again; nothing of this step was written",
)
_READ_ONLY = ("the store is read-only", "Give this user the right to write the file and its folder")
NO_RIGHT = ("the store cannot be opened", "Check that this user may read and write the folder")
_DAMAGED = ("the store is damaged", "Restore the newest backup (see `phasewise db status`)")
_AWAY = ("the database cannot be reached", "Check that the server runs and that the store URL is right")
_REFUSED = ("the database refuses this login", "Check user, password and rights in the store URL")

_SQLITE = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_IOERR": ("the disk does not read or write", "Check the disk and the network drive it is on"),
    "SQLITE_CANTOPEN": NO_RIGHT,
    "SQLITE_NOTADB": ("the file is not a database", "Point `[store] url` at a Phasewise store"),
    "SQLITE_PROTOCOL": _LOCKED,
}

_POSTGRES = {
    "53100": _FULL,
    "53200": ("the database server is out of memory", "Run the command again when it is less busy"),
    "53300": ("the database takes no more connections", "Raise max_connections, or close other programs"),
    "55P03": _LOCKED,
    "40P01": _LOCKED,
    "40001": _LOCKED,
    "25006": ("the database is read-only", "Point `[store] url` at the primary server"),
    "42501": _REFUSED,
    "3D000": ("there is no such database", "Create it (`createdb`), or correct the store URL"),
    "57P01": _AWAY,
    "57P02": _AWAY,
    "57P03": _AWAY,
    "57014": ("the database cancelled the query", "Raise the statement timeout of this login"),
    "58030": ("the disk of the database does not read or write", "Check the server's disk"),
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}

_POSTGRES_CLASSES = {"08": _AWAY, "28": _REFUSED}


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what the driver says of the world into a StoreError that names the store.

    Args:
        where: the store, as people know it (a path, or server and database; never a password).

    Raises:
        StoreError: the disk is full, the store is locked, read-only, damaged or away.
    """
    try:
        yield
    except _driver_errors() as error:
        original = error.orig if isinstance(error, DBAPIError) else error
        found = None if original is None else _meaning(original)
        if found is None:
            raise
        what, remedy = found
        raise StoreError(what, where=where, remedy=remedy) from error


def _driver_errors() -> tuple[type[Exception], ...]:
    # psycopg is an extra: whoever raises its errors has imported it.
    psycopg = sys.modules.get("psycopg")
    return (DBAPIError, sqlite3.Error, *((psycopg.Error,) if psycopg else ()))


def _meaning(error: BaseException) -> tuple[str, str] | None:
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "") or ""
        return next((said for known, said in _SQLITE.items() if _is_kind(name, known)), None)
    state = getattr(error, "sqlstate", None)
    if state is None:
        # A connection that never came to be, or broke, has no state; anything else without one is a defect.
        return _unreachable(error) if type(error).__name__ == "OperationalError" else None
    return _POSTGRES.get(state) or _POSTGRES_CLASSES.get(state[:2])


def _is_kind(name: str, known: str) -> bool:
    return name == known or name.startswith(f"{known}_")


def _unreachable(error: BaseException) -> tuple[str, str]:
    # libpq says the reason in the first line and repeats addresses after it; it never says the password.
    lines = str(error).strip().splitlines()
    reason = lines[0].rsplit("FATAL:", 1)[-1].strip() if lines else ""
    what, remedy = _AWAY
    return (f"{what} ({reason})" if reason else what), remedy
