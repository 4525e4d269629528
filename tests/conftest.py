"""Fixtures that every room shares: stores on real databases, an empty one for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import make_url

from phasewise.storage.engine import MspStore, Store, open_store
from phasewise.storage.msps import register_msp
from tests.support.postgres import Spare, database, icu_server, new_database, wheel_server

# How long an example takes says how busy the machine is; speed is what benchmarks/ measures.
hypothesis.settings.register_profile("phasewise", deadline=None)
hypothesis.settings.load_profile("phasewise")

NOW = datetime(2026, 3, 2, 4, 15, tzinfo=UTC)
"""The instant at which the stores of tests are made: a Monday."""

PLAIN = "ENCODING 'UTF8' TEMPLATE template0"
ICU = "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8' TEMPLATE template0"
"""A database whose own order puts "a" before "B", unlike bytes."""

DATABASES = [
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("postgres-icu", marks=pytest.mark.postgres),
]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a real PostgreSQL from the wheel: one server a test session (and xdist worker)."""
    with wheel_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_icu_server() -> Iterator[str]:
    """URL of a real PostgreSQL with ICU; skips where this machine has none."""
    with icu_server() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated store, to be copied."""
    path = tmp_path_factory.mktemp("template") / "phasewise.db"
    open_store(f"sqlite:///{path}", now=NOW, create=True).close()
    return path


@pytest.fixture(scope="session")
def postgres_spare(postgres_server: str) -> Spare:
    """A migrated database that tests share, one after the other."""
    return Spare(postgres_server, _template(postgres_server, PLAIN))


@pytest.fixture(scope="session")
def postgres_icu_spare(postgres_icu_server: str) -> Spare:
    """The same, with an ICU locale."""
    return Spare(postgres_icu_server, _template(postgres_icu_server, ICU))


def _template(server: str, options: str) -> str:
    url = new_database(server, options)
    open_store(url, now=NOW, create=True).close()
    return str(make_url(url).database)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of a SQLite store that is not there yet."""
    return f"sqlite:///{tmp_path / 'phasewise.db'}"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a new, empty Postgres database. Mark the test with `postgres`."""
    with database(postgres_server, PLAIN) as url:
        yield url


@pytest.fixture
def postgres_icu_url(postgres_icu_server: str) -> Iterator[str]:
    """URL of a new, empty Postgres database with an ICU locale. Mark the test with `postgres`."""
    with database(postgres_icu_server, ICU) as url:
        yield url


@pytest.fixture(params=DATABASES)
def any_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database: SQLite, Postgres, and Postgres with an ICU locale."""
    return str(request.getfixturevalue(f"{request.param.replace('-', '_')}_url"))


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A new store in a SQLite file."""
    path = tmp_path / "phasewise.db"
    shutil.copy(sqlite_template, path)
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        yield store


@pytest.fixture
def postgres_store(postgres_spare: Spare) -> Iterator[Store]:
    """An empty store on Postgres. Mark the test with `postgres`."""
    with postgres_spare.lent() as url, open_store(url, now=NOW) as store:
        yield store


@pytest.fixture
def postgres_icu_store(postgres_icu_spare: Spare) -> Iterator[Store]:
    """An empty store on Postgres with an ICU locale. Mark the test with `postgres`."""
    with postgres_icu_spare.lent() as url, open_store(url, now=NOW) as store:
        yield store


@pytest.fixture(params=DATABASES)
def any_store(request: pytest.FixtureRequest) -> Store:
    """A new store on each database in turn: one suite for all of them."""
    store = request.getfixturevalue(f"{request.param.replace('-', '_')}_store")
    assert isinstance(store, Store)
    return store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_store(request: pytest.FixtureRequest) -> Store:
    """A new store on SQLite and on Postgres: where the order of texts, which ICU changes, decides nothing."""
    store = request.getfixturevalue(f"{request.param}_store")
    assert isinstance(store, Store)
    return store


@pytest.fixture
def any_msp(any_store: Store) -> MspStore:
    """The MSP "acme" (Europe/Madrid, EUR) in a new store, on each database in turn."""
    return register_acme(any_store)


@pytest.fixture
def sqlite_msp(sqlite_store: Store) -> MspStore:
    """The MSP "acme" (Europe/Madrid, EUR) in a new SQLite store."""
    return register_acme(sqlite_store)


def register_acme(store: Store) -> MspStore:
    """Register the MSP that tests speak of."""
    return register_msp(store, msp_id="acme", name="Acme IT", zone="Europe/Madrid", currency="EUR", now=NOW)
