"""Stores with the sample rows, one a module: a review leaves them as they are."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from phasewise.storage.databases import reading, sqlite_path
from phasewise.storage.engine import Store, open_store
from phasewise.storage.review.limits import Limits
from phasewise.storage.review.query import review
from phasewise.storage.review.result import ReviewResult
from phasewise.storage.review_login import make_review_login
from phasewise.storage.tables import metadata
from tests.conftest import DATABASES, ICU, NOW, PLAIN
from tests.integration.review.sample import fill
from tests.support.postgres import database


@dataclass(frozen=True)
class Reviewed:
    """A store with the sample rows, and the login that may look at it."""

    store: Store
    review_url: str | None

    def ask(self, sql: str, msp_id: str | None = "acme", limits: Limits | None = None) -> ReviewResult:
        """Run SQL as a reviewer does."""
        return review(self.store, sql, msp_id=msp_id, review_url=self.review_url, limits=limits)

    def rows(self, sql: str, msp_id: str = "acme") -> list[tuple[object, ...]]:
        """The rows alone."""
        return list(self.ask(sql, msp_id).rows)

    def fingerprint(self) -> str:
        """A digest of everything the store holds: rows, tables, rights, files."""
        if self.store.dialect == "sqlite":
            path = sqlite_path(self.store.engine.url)
            # Every reader marks its place in the index of the log (-shm); that is no content.
            files = sorted(f for f in path.parent.glob(f"{path.name}*") if not f.name.endswith("-shm"))
            return " ".join(f"{f.name}:{hashlib.sha256(f.read_bytes()).hexdigest()}" for f in files)
        self._wait_for_ended_sessions()
        with reading(self.store.engine) as connection:
            rows = " UNION ALL ".join(_ROWS.format(table) for table in metadata.tables)
            return "\n".join(str(connection.execute(text(query)).all()) for query in (*_POSTGRES_STATE, rows))

    def _wait_for_ended_sessions(self) -> None:
        """A session's locks end a moment after its client has gone; those that stay are fingerprinted."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with reading(self.store.engine) as connection:
                if not connection.execute(text(_ADVISORY_LOCKS)).scalar_one():
                    return
            time.sleep(0.05)


_ADVISORY_LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
_ROWS = "SELECT '{0}', md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {0} AS t"
_POSTGRES_STATE = (
    "SELECT relname, relkind, relacl::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    " ORDER BY relname",
    "SELECT rolname, rolsuper, rolcanlogin, rolconfig::text FROM pg_roles ORDER BY rolname",
    "SELECT count(*) FROM pg_largeobject_metadata",
    "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace ORDER BY proname",
    _ADVISORY_LOCKS,
)


@pytest.fixture(scope="module", params=DATABASES)
def reviewed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    """The sample on each database in turn."""
    yield from make_reviewed(request, str(request.param), tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(scope="module", params=DATABASES[:2])
def reviewed_both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reviewed]:
    """The sample on SQLite and on Postgres, where a locale makes no difference."""
    yield from make_reviewed(request, str(request.param), tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(scope="module")
def reviewed_sqlite(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reviewed]:
    """The sample on SQLite."""
    yield from make_reviewed(request, "sqlite", tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(scope="module")
def reviewed_postgres(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reviewed]:
    """The sample on Postgres. Mark the test with `postgres`."""
    yield from make_reviewed(request, "postgres", tmp_path_factory.mktemp("reviewed"))


def make_reviewed(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[Reviewed]:
    """A store with the sample rows on one kind of database, and its review login."""
    if kind == "sqlite":
        with open_store(f"sqlite:///{folder / 'phasewise.db'}", now=NOW, create=True) as store:
            fill(store)
            yield Reviewed(store, None)
        return
    server = request.getfixturevalue(f"{kind.replace('-', '_')}_server")
    with database(server, ICU if kind == "postgres-icu" else PLAIN) as url:
        name = f"review_{make_url(url).database}"
        with open_store(url, now=NOW, create=True) as store:
            fill(store)
            yield Reviewed(store, make_review_login(url, name).url)
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"DROP ROLE {name}".encode())
