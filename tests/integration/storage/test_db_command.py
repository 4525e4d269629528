"""`phasewise db`, as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from phasewise.storage.migrations import revisions

SETTINGS = """
[msps.acme]
name = "Acme IT"
zone = "Europe/Madrid"
currency = "EUR"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "phasewise.toml").write_text(SETTINGS)
    return tmp_path


def db(
    folder: Path, *arguments: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PHASEWISE_")}
    return subprocess.run(
        [sys.executable, "-m", "phasewise", "db", *arguments],
        cwd=folder,
        env={**inherited, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_store_is_made_shown_and_upgraded_again(folder: Path) -> None:
    before = json.loads(db(folder, "status", "--json").stdout)
    assert (before["revision"], before["pending"]) == (None, list(revisions()))
    made = db(folder, "upgrade")
    assert (made.returncode, made.stderr) == (0, "")
    assert f"with revision {revisions()[-1]}" in made.stdout
    again = json.loads(db(folder, "upgrade", "--json").stdout)
    assert (again["before"], again["applied"], again["backup"]) == (revisions()[-1], [], None)
    status = db(folder, "status")
    assert status.returncode == 0
    assert "Pending:  nothing" in status.stdout


def test_a_newer_store_is_exit_code_3_and_says_what_to_do(folder: Path) -> None:
    db(folder, "upgrade")
    engine = create_engine(f"sqlite:///{folder / 'phasewise.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for command in ("status", "upgrade"):
        done = db(folder, command, "--json")
        assert done.returncode == 3
        error = json.loads(done.stderr)
        assert (error["error"], error["exit_code"]) == ("SchemaError", 3)
        assert "Upgrade Phasewise" in error["remedy"]


def test_a_review_login_for_sqlite_is_refused_before_anything_is_made(folder: Path) -> None:
    done = db(folder, "upgrade", "--review-role", "reviewer")
    assert (done.returncode, done.stdout) == (2, "")
    assert "for Postgres only" in done.stderr
    assert not (folder / "phasewise.db").exists()


@pytest.mark.postgres
def test_the_review_logins_address_is_printed_once_and_works(folder: Path, postgres_url: str) -> None:
    environ = {"PHASEWISE_STORE_URL": postgres_url}
    made = json.loads(db(folder, "upgrade", "--review-role", "db_reviewer", "--json", environ=environ).stdout)
    login = made["review_login"]
    assert login["name"] == "db_reviewer"
    engine = create_engine(make_url(login["url"]))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM v_runs")).scalar_one() == 0
    engine.dispose()
    again = db(folder, "upgrade", "--review-role", "db_reviewer", environ=environ)
    assert "its password is as it was" in again.stdout
    assert "Made the login" not in again.stdout
    admin = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg"))
    with admin.begin() as connection:
        connection.execute(text("DROP OWNED BY db_reviewer"))
        connection.execute(text("DROP ROLE db_reviewer"))
    admin.dispose()
