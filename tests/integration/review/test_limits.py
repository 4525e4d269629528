"""A review takes what it was given and says when that was not enough."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from phasewise.errors import ReviewError, StoreError
from phasewise.storage.databases import sqlite_path
from phasewise.storage.engine import open_store
from phasewise.storage.review.limits import Limits
from phasewise.storage.review.query import review
from tests.conftest import NOW, register_acme
from tests.integration.review.conftest import Reviewed

COUNTING = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r"


def test_rows_that_are_cut_off_are_said_to_be(reviewed_both: Reviewed) -> None:
    sql = "SELECT ticket FROM v_tickets ORDER BY ticket"
    cut = reviewed_both.ask(sql, limits=Limits(rows=3))
    assert (cut.rows, cut.truncated) == ((("T1",), ("T2",), ("T3",)), "rows")
    whole = reviewed_both.ask(sql, limits=Limits(rows=4))
    assert (len(whole.rows), whole.truncated) == (4, None)


def test_more_rows_than_a_chunk_come_in_order(reviewed_both: Reviewed) -> None:
    sql = f"{COUNTING} WHERE n < 1000) SELECT n FROM r ORDER BY n"
    found = reviewed_both.ask(sql, limits=Limits(rows=1000))
    assert [row[0] for row in found.rows] == list(range(1, 1001))
    assert found.truncated is None


def test_a_result_too_large_to_hold_is_cut_and_said_to_be(reviewed_both: Reviewed) -> None:
    sql = f"{COUNTING} WHERE n < 100) SELECT 'ten letters' AS t FROM r"
    cut = reviewed_both.ask(sql, limits=Limits(characters=100))
    assert (len(cut.rows), cut.truncated) == (9, "characters")


def test_time_that_is_up_is_an_error_that_says_so(reviewed_both: Reviewed) -> None:
    started = time.monotonic()
    with pytest.raises(ReviewError, match=r"longer than 0\.3 seconds.*--timeout"):
        reviewed_both.ask(
            f"{COUNTING}) SELECT n FROM r ORDER BY n",
            limits=Limits(seconds=0.3),
        )
    assert time.monotonic() - started < 5


def test_rows_before_the_time_is_up_do_not_make_it_longer(reviewed_both: Reviewed) -> None:
    with pytest.raises(ReviewError, match="longer than"):
        reviewed_both.ask(
            f"{COUNTING}) SELECT n FROM r WHERE n % 300 = 0",
            limits=Limits(seconds=0.5, rows=10_000_000),
        )


def test_a_name_that_was_meant_is_guessed(reviewed_both: Reviewed) -> None:
    with pytest.raises(ReviewError, match=r"Did you mean v_tickets\?"):
        reviewed_both.ask("SELECT * FROM v_tickts")
    with pytest.raises(ReviewError, match=r"Did you mean opened_at\?"):
        reviewed_both.ask("SELECT opend_at FROM v_tickets")


def test_what_people_write_is_taken(reviewed_both: Reviewed) -> None:
    for sql in (
        "select 1 as x;",
        "SELECT 1 AS x -- done",
        "  SELECT 1 AS x UNION SELECT 1 AS x ; -- done",
        "/* why */ WITH a AS (SELECT 1 AS x) SELECT x FROM a",
        "WITH a (x) AS (VALUES (1)) SELECT count(*) AS x FROM a",
        "SELECT count(*) AS x FROM (SELECT DISTINCT msp_id FROM v_tickets) AS t",
        "VALUES (1)",
    ):
        assert reviewed_both.ask(sql).rows == ((1,),), sql


def test_a_row_beside_a_large_payload_can_be_read(reviewed_both: Reviewed) -> None:
    assert reviewed_both.rows("SELECT page, payloads FROM v_raw_pages") == [(1, 4)]


def test_a_number_comes_as_a_number_and_anything_else_as_text(reviewed_both: Reviewed) -> None:
    found = reviewed_both.rows("SELECT 1 = 1, 2.0, 0.1 + 0.2, 7 / 2, NULL, 'x', 10000000000 * 3, 1e20 * 1.5")
    assert found == [(1, 2, 0.3, 3, None, "x", 30000000000, 1.5e20)]


@pytest.mark.parametrize(
    "name", ["a b.db", "100%.db", "what?.db", "sh#arp.db", "Żółw & Söhne.db", "a;b'c.db"]
)
def test_a_store_is_found_whatever_its_file_is_called(
    sqlite_template: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    shutil.copy(sqlite_template, path)
    with open_store(f"sqlite:///{str(path).replace('%', '%25').replace('?', '%3F')}", now=NOW) as store:
        if sqlite_path(store.engine.url) != path:
            pytest.skip("the URL of this name means another file")
        register_acme(store)
        assert review(store, "SELECT msp_id FROM v_msps").rows == (("acme",),)


def test_a_review_goes_on_while_another_process_writes(reviewed_sqlite: Reviewed) -> None:
    path = sqlite_path(reviewed_sqlite.store.engine.url)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE msps SET name = 'not yet'")
        assert reviewed_sqlite.rows("SELECT name FROM v_msps") == [("Acme",)]
        writer.execute("ROLLBACK")


def test_a_damaged_store_is_no_fault_of_the_sql(reviewed_sqlite: Reviewed, tmp_path: Path) -> None:
    from phasewise.storage.review.sqlite_review import review_sqlite

    path = tmp_path / "damaged.db"
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        review_sqlite(path, "SELECT * FROM v_msps", msp_id="acme", limits=Limits())


def test_ctrl_c_is_not_taken_for_time_that_is_up(
    reviewed_sqlite: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite swallows what its progress handler raises, and only says that it was interrupted."""
    from phasewise.storage.review import sqlite_review

    def interrupted(self: object) -> bool:
        del self
        return next(answers)

    answers = iter([True, False])  # asked by SQLite while it runs, and by us afterwards
    monkeypatch.setattr(sqlite_review.Watch, "is_over", property(interrupted))
    with pytest.raises(KeyboardInterrupt):
        reviewed_sqlite.ask(f"{COUNTING}) SELECT max(n) FROM r")
