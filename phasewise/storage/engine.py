"""The store: opened, closed, and seen one MSP at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self, cast

from sqlalchemy import Connection, Engine, select
from sqlalchemy.engine import URL

from phasewise.errors import StoreError
from phasewise.storage.databases import (
    Dialect,
    make_engine,
    need_folder,
    parse_url,
    place,
    reading,
    reading_twice,
    sqlite_path,
    what_is_at,
    writing,
)
from phasewise.storage.driver_errors import translated
from phasewise.storage.migrations import refuse_newer, refuse_older, stored_revision
from phasewise.storage.tables import msps


def open_store(url: str, *, now: datetime, create: bool = False, busy_timeout_seconds: float = 30.0) -> Store:
    """Open the store at a URL and check that it fits this release.

    Args:
        url: SQLAlchemy URL, `sqlite:///path` or `postgresql://user@host/database`.
        now: the instant of opening, for what is made on the way.
        create: make the store, tables and views, where there is none yet.
        busy_timeout_seconds: how long a write waits for another one, 0 or more.

    Raises:
        ConfigError: the URL names no database that Phasewise can use.
        StoreError: there is no store, or it cannot be opened (rights, lock, damage, not a database).
        SchemaError: the store is older or newer than this release.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        _check_file(parsed, create=create)
    store = Store(make_engine(parsed, busy_timeout_seconds=busy_timeout_seconds))
    try:
        revision = _revision(store.engine)
        if revision is None and create:
            # Alembic takes 0.3 s to import: only who makes a store pays for it.
            from phasewise.storage.migrations.upgrade import upgrade  # noqa: PLC0415  # see above

            revision = upgrade(url, now=now, busy_timeout_seconds=busy_timeout_seconds).after
        _check_revision(revision, parsed)
    except BaseException:
        store.close()
        raise
    return store


class Store:
    """An open store. Use it in a `with` statement, or close it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = cast("Dialect", engine.dialect.name)

    @property
    def url(self) -> str:
        """The store's URL, with its password: for opening it again, never for printing."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def place(self) -> str:
        """The store as people know it: its path, or its server and database."""
        return place(self.engine.url)

    def msp(self, msp_id: str) -> MspStore:
        """The store as one MSP sees it.

        Raises:
            StoreError: the store holds no such MSP.
        """
        known = self.msp_ids()
        if msp_id not in known:
            raise StoreError(
                f'the store holds no MSP "{msp_id}"',
                where=self.place,
                remedy=f"Run `phasewise sync` first; it holds: {', '.join(known) or 'none yet'}",
            )
        return MspStore(self, msp_id)

    def msp_ids(self) -> list[str]:
        """The MSPs the store holds, sorted."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(msps.c.msp_id).order_by(msps.c.msp_id)).scalars())

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class MspStore:
    """The store as one MSP sees it: what is given this cannot read or write another MSP's rows.

    Attributes:
        store: the open store.
        msp_id: whose.
        held: the connection whose snapshot everything is read from; None = each read sees what is newest.
        twin: the same snapshot by a connection of its own, for a second thread; None where there is none.
    """

    store: Store
    msp_id: str
    held: Connection | None = None
    twin: MspStore | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one snapshot of the store.

        Raises:
            StoreError: the store cannot be read.
        """
        if self.held is not None:
            with translated(self.store.place):
                yield self.held
            return
        with reading(self.store.engine) as connection:
            yield connection

    @contextmanager
    def snapshot(self, *, twin: bool = False) -> Iterator[MspStore]:
        """The same MSP as it stands at one instant, whatever is written meanwhile, also through this store.

        What reads much and must agree with itself reads through what is given here. A snapshot of a snapshot
        is the same one.

        Args:
            twin: give it a twin, where the database can.

        Raises:
            StoreError: the store cannot be read.
        """
        if self.held is not None:
            yield self
            return
        if not twin:
            with self.read() as connection:
                yield replace(self, held=connection)
            return
        with reading_twice(self.store.engine) as (connection, other):
            second = None if other is None else replace(self, held=other)
            yield replace(self, held=connection, twin=second)

    @property
    def live(self) -> MspStore:
        """The same MSP outside of any snapshot: each read sees what is newest."""
        return replace(self, held=None, twin=None)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction; the only writer of this MSP while it lasts (of the store, on SQLite).

        That one writer follows the other is what keeps raw pages numbered in the order of commits.

        Raises:
            StoreError: the store cannot be written, or another writer held it longer than the busy timeout.
        """
        with writing(self.store.engine) as connection:
            if self.store.dialect == "postgresql":
                row = select(msps.c.msp_id).where(msps.c.msp_id == self.msp_id)
                connection.execute(row.with_for_update())
            yield connection


def _revision(engine: Engine) -> str | None:
    with reading(engine) as connection:
        return stored_revision(connection, where=place(engine.url))


def _check_revision(revision: str | None, url: URL) -> None:
    if revision is None:
        raise _no_store(url)
    refuse_newer(revision, where=place(url))
    refuse_older(revision, where=place(url))


def _no_store(url: URL) -> StoreError:
    return StoreError(f"There is no store at {place(url)}", remedy="Run `phasewise sync` first")


def _check_file(url: URL, *, create: bool) -> None:
    """Refuse before SQLite would make an empty file, or say less about the reason."""
    path = sqlite_path(url)
    found = what_is_at(path)
    if found == "folder":
        raise StoreError(
            "the store is a folder", where=str(path), remedy="Name a file in it in `[store] url`"
        )
    if found == "file":
        return
    if not create:
        raise _no_store(url)
    need_folder(path.parent)
