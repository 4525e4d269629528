"""Opening a store: what is there, what is not, and what is said about it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from phasewise.errors import ConfigError, SchemaError, StoreError
from phasewise.storage.engine import Store, open_store
from phasewise.storage.msps import register_msp
from tests.conftest import NOW


def test_a_store_is_made_where_there_is_none_and_opened_again(any_url: str) -> None:
    with open_store(any_url, now=NOW, create=True) as store:
        register_msp(store, msp_id="acme", name="Acme IT", zone="Europe/Madrid", currency="EUR", now=NOW)
    with open_store(any_url, now=NOW) as store:
        assert store.msp_ids() == ["acme"]


def test_without_a_store_the_remedy_is_said(any_url: str) -> None:
    with pytest.raises(StoreError, match=r"There is no store at .*Run `phasewise sync` first"):
        open_store(any_url, now=NOW)


def test_looking_for_a_store_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path / 'none.db'}", now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_store_yet(sqlite_url: str) -> None:
    Path(str(make_url(sqlite_url).database)).touch()
    with pytest.raises(StoreError, match="There is no store"):
        open_store(sqlite_url, now=NOW)
    open_store(sqlite_url, now=NOW, create=True).close()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="exports: the folder of the store is not there"):
        open_store(f"sqlite:///{tmp_path / 'exports' / 'a.db'}", now=NOW, create=True)


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the store is a folder"):
        open_store(f"sqlite:///{tmp_path}", now=NOW, create=True)


def test_a_text_file_is_not_a_store(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("Dear diary, " * 100)
    with pytest.raises(StoreError, match="the file is not a database"):
        open_store(f"sqlite:///{path}", now=NOW, create=True)
    assert path.read_text().startswith("Dear diary")


def test_a_damaged_store_is_not_read_on(sqlite_store: Store) -> None:
    sqlite_store.close()
    path = Path(str(make_url(sqlite_store.url).database))
    content = bytearray(path.read_bytes())
    content[4096:8192] = os.urandom(4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"the store is damaged.*Restore"):
        open_store(sqlite_store.url, now=NOW)


def test_the_database_of_something_else_is_left_alone(any_url: str) -> None:
    url = make_url(any_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (id INTEGER)"))
    engine.dispose()
    with pytest.raises(StoreError, match="not a Phasewise store"):
        open_store(any_url, now=NOW, create=True)


@contextmanager
def as_nobody() -> Iterator[None]:
    """As a user without special rights: root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows grants rights in another way")
def test_an_unwritable_folder_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    said = r"the store cannot be opened.*may read and write the folder"
    with as_nobody(), pytest.raises(StoreError, match=said):
        open_store(f"sqlite:///{folder / 'a.db'}", now=NOW, create=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows grants rights in another way")
def test_a_store_on_a_read_only_disk_says_so() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        url = f"sqlite:///{folder / 'a.db'}"
        open_store(url, now=NOW, create=True).close()
        (folder / "a.db").chmod(0o444)
        folder.chmod(0o555)
        with as_nobody(), pytest.raises(StoreError, match="the store is read-only"):
            open_store(url, now=NOW)
        folder.chmod(0o755)


def test_a_store_of_a_newer_release_is_refused(any_store: Store) -> None:
    with any_store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match=r"the store has revision 9999.*Upgrade Phasewise") as caught:
        open_store(any_store.url, now=NOW, create=True)
    assert caught.value.exit_code == 3


def test_an_unknown_msp_is_named_with_those_there_are(sqlite_store: Store) -> None:
    register_msp(sqlite_store, msp_id="acme", name="Acme IT", zone="UTC", currency="EUR", now=NOW)
    with pytest.raises(StoreError, match=r'the store holds no MSP "acne".*it holds: acme'):
        sqlite_store.msp("acne")


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://u:hunter2@h/d", "no url: hunter2"]
)
def test_a_url_that_names_no_store_is_a_mistake_in_the_settings(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_store(url, now=NOW, create=True)
    assert "hunter2" not in str(caught.value)


@pytest.mark.postgres
def test_a_server_that_is_away_is_said_without_the_password(postgres_server: str) -> None:
    away = "postgresql://reader:hunter2@127.0.0.1:1/phasewise"
    with pytest.raises(StoreError, match="the database cannot be reached") as caught:
        open_store(away, now=NOW)
    assert caught.value.where == "postgresql://127.0.0.1:1/phasewise"
    assert "hunter2" not in str(caught.value)


@pytest.mark.postgres
def test_a_database_that_is_not_there_is_said(postgres_server: str) -> None:
    url = make_url(postgres_server).set(database="nobody_made_it")
    with pytest.raises(StoreError, match="nobody_made_it"):
        open_store(url.render_as_string(hide_password=False), now=NOW)


def test_a_sqlite_store_lets_readers_and_the_writer_work_side_by_side(sqlite_store: Store) -> None:
    path = str(make_url(sqlite_store.url).database)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
