"""One MSP is all a review sees, whatever its SQL says; who it is, is not the SQL's to change."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest
from sqlalchemy import make_url

from phasewise.errors import PhasewiseError, ReviewError
from phasewise.storage.databases import reading
from phasewise.storage.engine import Store
from phasewise.storage.review.limits import Limits
from phasewise.storage.review.query import review
from phasewise.storage.review.scope import PERMIT_SETTING, review_permit
from phasewise.storage.review.views import view_documents
from tests.conftest import register_acme
from tests.integration.review.conftest import Reviewed
from tests.integration.review.sample import SECRET

NAMES = [view.name for view in view_documents()]

PEEKS = {
    "asking for the other one": "SELECT * FROM v_tickets WHERE msp_id = 'beta'",
    "asking for all": "SELECT * FROM v_tickets WHERE msp_id <> 'acme' OR msp_id IS NULL OR 1 = 1",
    "a join without the MSP": "SELECT t.* FROM v_runs AS r JOIN v_tickets AS t ON t.msp_id <> r.msp_id",
    "a union": "SELECT title FROM v_tickets UNION ALL SELECT name FROM v_clients",
    "an error that shows a value": "SELECT * FROM v_tickets WHERE CAST(title AS integer) = 1",
    "an error in the order": "SELECT * FROM v_clients ORDER BY CAST(name AS integer)",
    "an error by division": "SELECT 1 / (CASE WHEN msp_id = 'beta' THEN 0 ELSE 1 END) AS x FROM v_tickets",
}

POSTGRES_PEEKS = {
    "another permit": "SELECT set_config('phasewise.review_permit', 'beta', false), t.* FROM v_tickets AS t",
    "no permit": "WITH s AS MATERIALIZED (SELECT set_config('phasewise.review_permit', '', false) AS x)"
    " SELECT s.x, t.* FROM s, v_tickets AS t",
    "another role": "WITH s AS MATERIALIZED (SELECT set_config('role', 'none', false) AS x)"
    " SELECT s.x, t.* FROM s, v_tickets AS t",
    "another place for the function": "WITH s AS MATERIALIZED"
    " (SELECT set_config('search_path', 'pg_temp', false) AS x) SELECT s.x, t.* FROM s, v_tickets AS t",
    "the view's own text": "SELECT pg_get_viewdef('v_tickets'::regclass)",
    "what the planner knows": "SELECT * FROM pg_stats WHERE tablename = 'tickets'",
    "rows by a function": "SELECT query_to_xml('SELECT * FROM v_tickets', true, false, '')",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_view_shows_the_rows_of_one_msp(reviewed_both: Reviewed, name: str) -> None:
    for msp_id in ("acme", "beta"):
        rows = reviewed_both.rows(f"SELECT msp_id FROM {name}", msp_id)
        assert rows, name
        assert {row[0] for row in rows} == {msp_id}
        for sql in (f"SELECT 1 FROM {name}", f"SELECT msp_id FROM {name} GROUP BY msp_id, 1 + 1"):
            assert reviewed_both.rows(sql, msp_id)
        assert reviewed_both.rows(f"SELECT count(*) FROM {name}", msp_id) == [(len(rows),)]


@pytest.mark.parametrize("name", NAMES)
def test_no_join_of_a_view_brings_in_another_msps_words(reviewed_both: Reviewed, name: str) -> None:
    assert SECRET not in str(reviewed_both.rows(f"SELECT * FROM {name}"))


def test_the_other_msp_sees_its_own_words(reviewed_both: Reviewed) -> None:
    assert reviewed_both.rows("SELECT name FROM v_clients", "beta") == [(SECRET,)]


@pytest.mark.parametrize("name", PEEKS)
def test_no_condition_or_error_shows_the_other_msp(reviewed_both: Reviewed, name: str) -> None:
    assert SECRET not in said(reviewed_both, PEEKS[name])


@pytest.mark.postgres
@pytest.mark.parametrize("name", POSTGRES_PEEKS)
def test_postgres_itself_keeps_to_the_msp(reviewed_postgres: Reviewed, name: str) -> None:
    """Without our reading of the text, and with everything a function can set."""
    from phasewise.storage.review.postgres_review import review_postgres

    assert reviewed_postgres.review_url is not None
    try:
        found = review_postgres(
            reviewed_postgres.store,
            reviewed_postgres.review_url,
            POSTGRES_PEEKS[name],
            msp_id="acme",
            limits=Limits(seconds=5),
        )
    except PhasewiseError as error:
        answer = str(error)
    else:
        answer = str([row[1:] for row in found.rows])
    assert SECRET not in answer
    assert "beta" not in answer


@pytest.mark.postgres
def test_the_login_alone_sees_nothing_of_a_store_with_several_msps(reviewed_postgres: Reviewed) -> None:
    with closing(session(reviewed_postgres)) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="several MSPs"):
            connection.execute("SELECT * FROM v_tickets")
        connection.rollback()
        for guess in ("beta", "*", "' OR true --"):
            connection.execute("SELECT set_config(%s, %s, false)", (PERMIT_SETTING, guess))
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permit of no MSP"):
                connection.execute("SELECT * FROM v_tickets")
            connection.rollback()


@pytest.mark.postgres
def test_the_login_with_a_permit_sees_that_msp(reviewed_postgres: Reviewed) -> None:
    with reading(reviewed_postgres.store.engine) as owner:
        permit = review_permit(owner, "beta")
    with closing(session(reviewed_postgres)) as connection:
        connection.execute("SELECT set_config(%s, %s, false)", (PERMIT_SETTING, permit))
        assert connection.execute("SELECT name FROM v_clients").fetchall() == [(SECRET,)]


@pytest.mark.postgres
def test_the_stores_own_login_sees_every_msp(reviewed_postgres: Reviewed) -> None:
    with reading(reviewed_postgres.store.engine) as owner:
        rows = owner.exec_driver_sql("SELECT DISTINCT msp_id FROM v_tickets ORDER BY 1").all()
    assert [row[0] for row in rows] == ["acme", "beta"]


def test_a_store_with_several_msps_asks_which(reviewed_both: Reviewed) -> None:
    with pytest.raises(ReviewError, match=r"several MSPs.*--msp acme \| beta"):
        reviewed_both.ask("SELECT 1", None)


def test_an_msp_that_is_not_there_is_named(reviewed_both: Reviewed) -> None:
    with pytest.raises(ReviewError, match=r'no MSP "x\' OR 1=1 --"'):
        reviewed_both.ask("SELECT 1", "x' OR 1=1 --")


def test_a_store_with_one_msp_need_not_be_told(sqlite_store: Store) -> None:
    register_acme(sqlite_store)
    assert review(sqlite_store, "SELECT name FROM v_msps").rows == (("Acme IT",),)


def test_a_store_without_an_msp_says_so(sqlite_store: Store) -> None:
    with pytest.raises(ReviewError, match="no MSP yet"):
        review(sqlite_store, "SELECT 1")


def said(reviewed: Reviewed, sql: str) -> str:
    """Everything a reviewer gets to read: rows, or the error."""
    try:
        return str(reviewed.ask(sql).rows)
    except ReviewError as error:
        return str(error)


def session(reviewed: Reviewed) -> psycopg.Connection[tuple[object, ...]]:
    """A session of the review login, as a dashboard would open it."""
    assert reviewed.review_url is not None
    url = make_url(reviewed.review_url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))
