"""The reviewers' login on Postgres: it reads the views, and the database itself lets it do nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from phasewise.errors import ConfigError, StoreError
from phasewise.storage.databases import make_engine, parse_url
from phasewise.storage.engine import Store
from phasewise.storage.review_login import make_review_login
from tests.conftest import register_acme

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(postgres_store: Store) -> Iterator[Store]:
    register_acme(postgres_store)
    yield postgres_store
    with postgres_store.engine.begin() as connection:
        for role in ("reviewer", "powerful", "weak"):
            if connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role}).first():
                connection.execute(text(f"DROP OWNED BY {role}"))
                connection.execute(text(f"DROP ROLE {role}"))


def run(engine: Engine, sql: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(sql)).scalar()


@pytest.fixture
def reviewer(store: Store) -> Iterator[Engine]:
    login = make_review_login(store.url, "reviewer")
    assert login.url is not None
    engine = make_engine(parse_url(login.url), busy_timeout_seconds=1)
    yield engine
    engine.dispose()


def test_it_reads_the_views(reviewer: Engine) -> None:
    assert run(reviewer, "SELECT count(*) FROM v_tickets") == 0
    assert run(reviewer, "SHOW default_transaction_read_only") == "on"
    assert run(reviewer, "SHOW statement_timeout") == "1min"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM tickets",
        "SELECT requester_key FROM msps",
        "SELECT payloads FROM raw_pages",
        "DELETE FROM v_tickets",
        "CREATE TABLE t (a int)",
        "SET default_transaction_read_only = off; CREATE TABLE t (a int)",
        "SET default_transaction_read_only = off; DELETE FROM tickets",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SET SESSION AUTHORIZATION postgres",
        "SET ROLE postgres",
        "ALTER ROLE reviewer SUPERUSER",
        "SELECT lo_import('/etc/passwd')",
    ],
)
def test_the_database_refuses_everything_else(reviewer: Engine, sql: str) -> None:
    with pytest.raises(DBAPIError):
        run(reviewer, sql)


def test_making_it_again_keeps_the_password_and_renews_the_rights(store: Store, reviewer: Engine) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("REVOKE SELECT ON v_tickets FROM reviewer"))
    assert make_review_login(store.url, "reviewer").url is None
    assert run(reviewer, "SELECT count(*) FROM v_tickets") == 0


def test_a_login_that_may_do_more_is_not_made_the_reviewers(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("CREATE ROLE powerful LOGIN CREATEDB"))
    for name in ("powerful", "postgres"):
        with pytest.raises(StoreError, match=f"the login {name} may do more than read"):
            make_review_login(store.url, name)


def test_a_login_that_may_make_none_is_told_so(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("CREATE ROLE weak LOGIN"))
    weak = parse_url(store.url).set(username="weak").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match=r"may not make other logins.*CREATEROLE") as caught:
        make_review_login(weak, "reviewer")
    assert caught.value.__cause__ is None  # a cause would show the statement with the password


@pytest.mark.parametrize("name", ["", "Robert'); --", "a b", 'a"b', "ñ", "x" * 64])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the name of a login"):
        make_review_login("postgresql://u@h/d", name)


def test_on_sqlite_there_is_no_login_to_make() -> None:
    with pytest.raises(ConfigError, match="for Postgres only"):
        make_review_login("sqlite:///a.db", "reviewer")
