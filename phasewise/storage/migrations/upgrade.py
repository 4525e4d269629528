"""Bring a store to the newest revision: everything that is pending in one transaction, or nothing.

On SQLite the file is copied first, by SQLite's own backup. The views are dropped before and made again
after, so that no migration trips over a view of an older release; logins that could read them keep that.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from phasewise.errors import StoreError
from phasewise.storage.databases import (
    Dialect,
    make_engine,
    need_folder,
    parse_url,
    place,
    reading,
    sqlite_path,
    what_is_at,
    writing,
)
from phasewise.storage.driver_errors import translated
from phasewise.storage.migrations import FOLDER, refuse_newer, revisions, stored_revision
from phasewise.storage.review.scope import readers_of_views
from phasewise.storage.review.views import create_views, grant_views

_LOCK = 0x7068_6173_6577_6973
"""Key of the Postgres advisory lock under which one process migrates at a time ("phasewis")."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did.

    Attributes:
        before: revision of the store before, None when it was empty.
        after: revision now.
        applied: revisions that were applied, oldest first.
        backup: copy of the SQLite file from before, None where nothing was pending or on Postgres.
    """

    before: str | None
    after: str
    applied: tuple[str, ...]
    backup: Path | None


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """Where a store stands.

    Attributes:
        stored: revision of the store, None when it is empty or not there.
        newest: newest revision this release knows.
        pending: revisions an upgrade would apply, oldest first.
        backups: copies that upgrades left beside a SQLite store, newest first.
    """

    stored: str | None
    newest: str
    pending: tuple[str, ...]
    backups: tuple[Path, ...]


def upgrade(url: str, *, now: datetime, busy_timeout_seconds: float = 30.0, folder: Path = FOLDER) -> Upgrade:
    """Make or upgrade the store at a URL; doing it again changes nothing.

    Args:
        url: SQLAlchemy URL of the store; a SQLite file that is not there is made, its folder is not.
        now: the instant that names the backup.
        busy_timeout_seconds: how long to wait for another process.
        folder: where the revisions are.

    Raises:
        StoreError: it cannot be written, or a migration failed; the store is as it was.
        SchemaError: the store is newer than this release.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        need_folder(sqlite_path(parsed).parent)
    engine = make_engine(parsed, busy_timeout_seconds=busy_timeout_seconds)
    try:
        with writing(engine) as connection:
            done = _upgrade(engine, connection, now, folder)
        if done.before is None and engine.dialect.name == "sqlite":
            use_write_ahead_log(engine)
        return done
    finally:
        engine.dispose()


def schema_status(url: str, *, busy_timeout_seconds: float = 30.0) -> SchemaStatus:
    """Where the store at a URL stands; nothing is written.

    Raises:
        StoreError: it cannot be read, or is no Phasewise store.
    """
    parsed = parse_url(url)
    known = revisions()
    backups: tuple[Path, ...] = ()
    if parsed.get_backend_name() == "sqlite":
        path = sqlite_path(parsed)
        if what_is_at(path) == "nothing":
            return SchemaStatus(None, known[-1], known, ())
        copies = path.parent.glob(f"{path.name}.before-*")
        backups = tuple(sorted(copies, key=lambda copy: copy.stat().st_mtime, reverse=True))
    engine = make_engine(parsed, busy_timeout_seconds=busy_timeout_seconds)
    try:
        with reading(engine) as connection:
            stored = stored_revision(connection, where=place(parsed))
    finally:
        engine.dispose()
    return SchemaStatus(stored, known[-1], _pending(stored), backups)


def use_write_ahead_log(engine: Engine) -> None:
    """Let readers and the writer of a SQLite file work side by side; the file remembers it.

    A file that cannot be switched now (in use, or on a read-only disk) works as well, only slower, and is
    switched the next time.
    """
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError:
        return
    finally:
        raw.close()


def _upgrade(engine: Engine, connection: Connection, now: datetime, folder: Path) -> Upgrade:
    where = place(engine.url)
    if engine.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _need_utf8(connection, where)
    before = stored_revision(connection, where=where)
    refuse_newer(before, where=where, folder=folder)
    pending = _pending(before, folder)
    backup = None
    if before is not None and pending and engine.dialect.name == "sqlite":
        backup = _back_up(sqlite_path(engine.url), pending[-1], now)
    try:
        with translated(where):
            _migrate(connection, pending, cast("Dialect", engine.dialect.name), folder)
    except SQLAlchemyError as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0]
        raise StoreError(
            f"the upgrade to revision {revisions(folder)[-1]} failed ({reason})",
            where=where,
            remedy="Nothing was changed. Report this, with the message",
        ) from error
    return Upgrade(before, revisions(folder)[-1], pending, backup)


def _migrate(connection: Connection, pending: tuple[str, ...], dialect: Dialect, folder: Path) -> None:
    readers = readers_of_views(connection) if dialect == "postgresql" else ()
    if pending:
        for view in inspect(connection).get_view_names():
            if not view.startswith("v_"):
                continue
            connection.execute(text(f'DROP VIEW IF EXISTS "{view}"'))
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        command.upgrade(config, pending[-1])
    create_views(connection, dialect)
    for reader in readers:
        grant_views(connection, reader)


def _pending(stored: str | None, folder: Path = FOLDER) -> tuple[str, ...]:
    return tuple(known for known in revisions(folder) if stored is None or known > stored)


def _need_utf8(connection: Connection, where: str) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            f"the database is encoded in {encoding}",
            where=where,
            remedy="Create it with ENCODING 'UTF8' TEMPLATE template0: vendors send every alphabet",
        )


def _back_up(path: Path, revision: str, now: datetime) -> Path:
    """Copy the file with SQLite's backup: a copy of one moment, also while others read."""
    target = path.with_name(f"{path.name}.before-{revision}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    partial = target.with_name(f"{target.name}.partial")
    source = sqlite3.connect(path)
    try:
        copy = sqlite3.connect(partial)
        try:
            source.backup(copy)
        finally:
            copy.close()
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    finally:
        source.close()
    return target
