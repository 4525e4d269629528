"""The login of a Postgres review may read the views and nothing more, or it is not taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import make_url

from phasewise.errors import PhasewiseError, ReviewError
from phasewise.storage.databases import writing
from phasewise.storage.review.query import review
from phasewise.storage.review.views import create_views
from tests.integration.review.conftest import Reviewed

pytestmark = pytest.mark.postgres

TOO_MUCH = {
    "superuser": ("ALTER ROLE {login} SUPERUSER", "ALTER ROLE {login} NOSUPERUSER"),
    "may make logins": ("ALTER ROLE {login} CREATEROLE", "ALTER ROLE {login} NOCREATEROLE"),
    "member of pg_read_all_data": (
        "GRANT pg_read_all_data TO {login}",
        "REVOKE pg_read_all_data FROM {login}",
    ),
    "read or write tickets": ("GRANT SELECT ON tickets TO {login}", "REVOKE SELECT ON tickets FROM {login}"),
    "read or write raw_pages": (
        "GRANT DELETE ON raw_pages TO PUBLIC",
        "REVOKE DELETE ON raw_pages FROM PUBLIC",
    ),
    "create in the schema": (
        "GRANT CREATE ON SCHEMA public TO {login}",
        "REVOKE CREATE ON SCHEMA public FROM {login}",
    ),
}


@pytest.fixture
def login(reviewed_postgres: Reviewed) -> str:
    """The name of the review login."""
    name = make_url(reviewed_postgres.review_url or "").username
    assert name is not None
    return name


@pytest.fixture(params=TOO_MUCH)
def power(request: pytest.FixtureRequest, reviewed_postgres: Reviewed, login: str) -> Iterator[str]:
    """Give the login more than it may have; its name in the message."""
    give, take = (statement.format(login=login) for statement in TOO_MUCH[request.param])
    execute(reviewed_postgres, give)
    yield str(request.param)
    execute(reviewed_postgres, take)


def test_a_login_that_may_do_more_than_read_is_refused(reviewed_postgres: Reviewed, power: str) -> None:
    with pytest.raises(ReviewError, match=rf"{power}.*db upgrade --review-role"):
        reviewed_postgres.ask("SELECT 1")


def test_the_stores_own_login_is_refused(reviewed_postgres: Reviewed) -> None:
    with pytest.raises(ReviewError, match="may do more than read"):
        review(reviewed_postgres.store, "SELECT 1", msp_id="acme", review_url=reviewed_postgres.store.url)


def test_without_a_login_the_remedy_is_said(reviewed_postgres: Reviewed) -> None:
    with pytest.raises(ReviewError, match=r"review_url.*db upgrade --review-role"):
        review(reviewed_postgres.store, "SELECT 1", msp_id="acme")


def test_a_login_that_is_not_there_is_said_without_its_password(reviewed_postgres: Reviewed) -> None:
    url = make_url(reviewed_postgres.store.url).set(username="nobody", password="hunter2")
    with pytest.raises(PhasewiseError) as caught:
        review(
            reviewed_postgres.store,
            "SELECT 1",
            msp_id="acme",
            review_url=url.render_as_string(hide_password=False),
        )
    assert "nobody" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_login_itself_can_neither_write_nor_read_tables(reviewed_postgres: Reviewed) -> None:
    """Also outside of `phasewise sql`, in a session that undoes what it can."""
    url = make_url(reviewed_postgres.review_url or "").set(drivername="postgresql")
    with closing(psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)) as connection:
        connection.execute("SET default_transaction_read_only = off")
        for sql in (
            "DELETE FROM tickets",
            "DELETE FROM v_tickets",
            "UPDATE v_runs SET job = 'x'",
            "SELECT * FROM tickets",
            "SELECT requester_key FROM msps",
            "CREATE TABLE x (a int)",
            "CREATE VIEW x AS SELECT 1",
            "TRUNCATE tickets",
            "SET ROLE postgres",
            "SELECT pg_read_file('/etc/passwd')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ):
            with pytest.raises(
                (
                    psycopg.errors.InsufficientPrivilege,
                    psycopg.errors.FeatureNotSupported,
                    psycopg.errors.ObjectNotInPrerequisiteState,
                )
            ):
                connection.execute(sql.encode())  # fmt: skip


def test_the_login_still_reads_when_the_views_are_made_anew(reviewed_postgres: Reviewed) -> None:
    with writing(reviewed_postgres.store.engine) as connection:
        create_views(connection, "postgresql")
    assert reviewed_postgres.rows("SELECT count(*) FROM v_tickets") == [(4,)]


def execute(reviewed: Reviewed, sql: str) -> None:
    """Run a statement as the owner of the store."""
    with writing(reviewed.store.engine) as connection:
        connection.exec_driver_sql(sql)
