"""The two databases: how a URL becomes an engine that behaves the same on both.

Transactions are begun by us, not by the driver: `BEGIN IMMEDIATE` for a write on SQLite, so that two writers
wait for each other at the start and never fail in the middle; repeatable read for a read on Postgres, so that
a read is one snapshot, as it is on SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from phasewise.errors import ConfigError, StoreError
from phasewise.storage.driver_errors import NO_RIGHT, translated

Dialect = Literal["sqlite", "postgresql"]

OLDEST_SQLITE = (3, 31, 0)
"""Upserts and window functions as they are used here."""

_BEGIN = "phasewise_begin"
_CACHE = "phasewise_cache_kib"

_TRIES = 20
"""How often two connections try to begin between the same two commits. A sync commits some times a second."""

_READ_CACHE_KIB, _WRITE_CACHE_KIB = 16_384, 4_096
"""What a connection may keep of the file. A write touches little again, and a sync's memory stays flat."""

_STATEMENTS_KEPT = 32
"""Prepared statements that a connection to SQLite keeps: those that write a hundred rows take 0.4 MB each."""

_PRAGMAS = (
    "foreign_keys=ON",
    "synchronous=NORMAL",  # with the log, a power cut may cost the last pages, never the file
    "temp_store=MEMORY",
    "wal_autocheckpoint=4000",  # pages; a page of records is some hundred of them
    "journal_size_limit=67108864",  # the log is cut back to this after a long read has let it grow
)


def parse_url(url: str) -> URL:
    """The store's URL, checked: `sqlite:///path` or `postgresql://user@host/database`.

    Raises:
        ConfigError: it cannot be read, names another database, or a store that would not outlive the run.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError(
            "the store URL cannot be read",
            where="[store] url",
            remedy="Write sqlite:///phasewise.db or postgresql://user@host/database",
        ) from None  # the message of the cause repeats the URL, and with it a password
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
            raise ConfigError(
                "the store must be a file", where="[store] url", remedy="Write sqlite:///phasewise.db"
            )
        return parsed.set(drivername="sqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError(
        f"{backend} is not a database Phasewise can use",
        where="[store] url",
        remedy="Write sqlite:///phasewise.db or postgresql://user@host/database",
    )


def place(url: URL) -> str:
    """The store as people know it: its path, or its server and database; never a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or str(url.query.get("host", "localhost"))
    return f"postgresql://{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def sqlite_path(url: URL) -> Path:
    """The file of a SQLite store."""
    return Path(url.database or "")


def what_is_at(path: Path) -> Literal["file", "folder", "nothing"]:
    """What stands at the place of a SQLite store.

    Raises:
        StoreError: this user may not even look.
    """
    try:
        if path.is_dir():
            return "folder"
        return "file" if path.exists() else "nothing"
    except PermissionError as error:
        what, remedy = NO_RIGHT
        raise StoreError(what, where=str(path), remedy=remedy) from error


def need_folder(folder: Path) -> None:
    """Raise when a store cannot be made in this folder.

    Raises:
        StoreError: the folder is not there, or this user may not look.
    """
    if what_is_at(folder) != "folder":
        raise StoreError(
            "the folder of the store is not there",
            where=str(folder),
            remedy="Create it, or correct `[store] url`",
        )


def make_engine(url: URL, *, busy_timeout_seconds: float) -> Engine:
    """An engine whose transactions are begun as the module says.

    Args:
        url: as `parse_url` gives it.
        busy_timeout_seconds: how long a write waits for another one, 0 or more.

    Raises:
        StoreError: this Python's SQLite is too old, or the Postgres driver is not installed.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, busy_timeout_seconds)
    return _postgres_engine(url, busy_timeout_seconds)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one snapshot; nothing is written through it."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with translated(place(engine.url)), engine.connect() as connection:
        yield connection


@contextmanager
def reading_twice(engine: Engine) -> Iterator[tuple[Connection, Connection | None]]:
    """Two connections that see one and the same snapshot, so that two threads can read it.

    On SQLite they are the same when nobody has committed from before the first began until after the second
    did; a store that is written to all the while gives the first one alone.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with translated(place(engine.url)), engine.connect() as one, engine.connect() as other:
        if engine.dialect.name == "postgresql":
            name = one.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            other.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{name}'")
            yield one, other
            return
        for _ in range(_TRIES):
            before = other.exec_driver_sql("PRAGMA data_version").scalar_one()
            other.rollback()
            one.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
            if other.exec_driver_sql("PRAGMA data_version").scalar_one() == before:
                yield one, other
                return
            one.rollback()
            other.rollback()
        yield one, None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back by any exception."""
    with translated(place(engine.url)), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        with connection.begin():
            yield connection


def _sqlite_engine(url: URL, busy_timeout_seconds: float) -> Engine:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"this Python comes with SQLite {sqlite3.sqlite_version}",
            remedy=f"Use one with SQLite {'.'.join(map(str, OLDEST_SQLITE))} or newer, or a Postgres store",
        )
    # isolation_level None: the driver begins nothing by itself; `_begin` does.
    engine = create_engine(
        url,
        connect_args={
            "timeout": busy_timeout_seconds,
            "isolation_level": None,
            "cached_statements": _STATEMENTS_KEPT,
        },
        max_overflow=32,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        how = connection.get_execution_options().get(_BEGIN, "BEGIN")
        cache = _READ_CACHE_KIB if how == "BEGIN" else _WRITE_CACHE_KIB
        if connection.info.get(_CACHE) != cache:
            connection.exec_driver_sql(f"PRAGMA cache_size=-{cache}")
            connection.info[_CACHE] = cache
        connection.exec_driver_sql(how)

    return engine


def _postgres_engine(url: URL, busy_timeout_seconds: float) -> Engine:
    arguments: dict[str, Any] = {"client_encoding": "utf8"}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = 10
    try:
        engine = create_engine(url, connect_args=arguments, max_overflow=32, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError(
            "the Postgres driver is not installed", remedy="pip install 'phasewise[postgres]'"
        ) from error

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        milliseconds = round(busy_timeout_seconds * 1000)
        # 0 would mean "wait for ever" to Postgres.
        connection.execute(f"SET lock_timeout = {max(1, milliseconds)}")
        connection.commit()

    return engine
