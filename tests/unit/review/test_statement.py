"""What SQL must look like: one SELECT; where strings, names and comments end is read as the databases do."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.errors import ReviewError
from phasewise.storage.databases import Dialect
from phasewise.storage.review.functions import FUNCTIONS
from phasewise.storage.review.statement import common_tables, one_select
from phasewise.storage.review.tokens import tokens

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
any_dialect = pytest.mark.parametrize("dialect", DIALECTS)
PLAIN_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60)


@any_dialect
@pytest.mark.parametrize(
    ("written", "statement"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT 1;", "SELECT 1"),
        ("SELECT 1 ; ; -- done", "SELECT 1"),
        ("-- why\nSELECT ';' AS x", "-- why\nSELECT ';' AS x"),
        ('SELECT "a;b" FROM v_runs /* ; */', 'SELECT "a;b" FROM v_runs'),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "WITH a AS (SELECT 1) SELECT * FROM a"),
        ("VALUES (1), (2)", "VALUES (1), (2)"),
        ("(SELECT 1)", "(SELECT 1)"),
    ],
)
def test_one_select_is_taken_without_what_follows_it(dialect: Dialect, written: str, statement: str) -> None:
    assert one_select(written, dialect) == statement


@any_dialect
@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "there is no SQL"),
        (" ; ; ", "there is no SQL"),
        ("-- SELECT 1", "there is no SQL"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        ("SELECT 1;;;DELETE FROM tickets", "more than one statement"),
        ("delete from tickets", "DELETE is not allowed"),
        ("EXPLAIN SELECT 1", "EXPLAIN is not allowed"),
        ("(DELETE FROM tickets)", "DELETE is not allowed"),
        ("SELECT 1)", "closes nothing"),
        ("SELECT (1", "never closed"),
        ("SELECT 'it''s", "never closed"),
        ('SELECT "x', "never closed"),
        ("SELECT 1 /* x", "never closed"),
        ("SELECT '\x00'", "no database takes"),
        ("SELECT " + "1, " * 20_000 + "1", "characters"),
    ],
)
def test_anything_else_is_refused_with_its_reason(dialect: Dialect, written: str, reason: str) -> None:
    with pytest.raises(ReviewError, match=reason):
        one_select(written, dialect)


def test_a_comment_in_a_comment_ends_where_each_database_ends_it() -> None:
    sql = "SELECT 1 /* a /* b */ , 2 /* c */ */"
    assert one_select(sql, "postgresql") == "SELECT 1"
    assert [t.text for t in tokens(sql, "sqlite")] == ["select", "1", ",", "2", "*", "/"]


def test_a_line_of_comment_ends_at_a_carriage_return_on_postgres_only() -> None:
    sql = "SELECT 1 -- x\r, 2"
    assert [t.text for t in tokens(sql, "postgresql")] == ["select", "1", ",", "2"]
    assert [t.text for t in tokens(sql, "sqlite")] == ["select", "1"]


@pytest.mark.parametrize("sql", ["SELECT E'a'", "SELECT e'\\''", "SELECT U&'x'", 'SELECT u&"x"'])
def test_a_text_with_escapes_is_refused_on_postgres(sql: str) -> None:
    with pytest.raises(ReviewError, match="escapes"):
        one_select(sql, "postgresql")


def test_a_word_that_ends_in_e_is_no_escape() -> None:
    assert [t.kind for t in tokens("SELECT date'2026-01-01'", "postgresql")] == ["word", "word", "string"]


@pytest.mark.parametrize(
    "call",
    [
        "pg_sleep(1)",
        "set_config('a', 'b', false)",
        "repeat ('x', 3)",
        "REPEAT\n(\n'x', 3)",
        "\"repeat\"('x', 3)",
        "repeat/* */('x', 3)",
        "x FROM dblink('a') AS t (a int)",
        "x FROM (VALUES (1)) AS v (a), dblink(a) AS (b int)",
        'x FROM dblink(a) AS ("select" int)',
        "x FROM generate_series(1, 2) AS g",
        "x FROM ROWS FROM (generate_series(1, 2)) AS g",
        "x FROM information_schema.tables",
        "x FROM pg_class",
        'x FROM "pg_class"',
    ],
)
def test_a_function_that_is_not_on_the_list_is_refused_however_it_is_written(call: str) -> None:
    with pytest.raises(ReviewError, match=r"not allowed in a review|belongs to the database"):
        one_select(f"SELECT {call}", "postgresql")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FILTER (WHERE a IN (1, 2)) OVER (PARTITION BY (b) ORDER BY (c)) FROM v_runs",
        "SELECT CAST(a AS numeric(9, 2)), a::numeric(9, 2) FROM v_runs AS t (a, b)",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY hours_to_resolve) FROM v_tickets",
        "SELECT EXTRACT(year FROM now()), COALESCE(a, (b)), NOT (a), CASE WHEN (a) THEN (b) ELSE (c) END",
        "WITH repeat (n) AS (SELECT 1) SELECT n FROM repeat",
        "WITH a AS NOT MATERIALIZED (SELECT 1), b AS MATERIALIZED ((SELECT 2)) SELECT * FROM a, b",
        "SELECT * FROM v_runs JOIN v_msps USING (msp_id) WHERE a = ANY (ARRAY[1]) AND EXISTS (SELECT 1)",
        "SELECT a FROM v_runs GROUP BY ROLLUP (a), GROUPING SETS ((a), ()) HAVING (count(*) > 1) LIMIT (2)",
        "SELECT 'repeat(' || \"a(\" || $$ pg_sleep(1) $$ || $x$ $$ ( $x$",
    ],
)
def test_what_a_reviewer_writes_is_no_call_of_a_forbidden_function(sql: str) -> None:
    assert one_select(sql, "postgresql") == sql


@any_dialect
def test_common_tables_that_double_are_refused_and_others_are_not(dialect: Dialect) -> None:
    def chain(length: int, times: int) -> str:
        parts = ["a0 AS (SELECT 1 AS x)"]
        for number in range(1, length):
            mentions = ", ".join(f"a{number - 1} AS p{p}" for p in range(times))
            parts.append(f"a{number} AS (SELECT 1 AS x FROM {mentions})")
        return f"WITH {', '.join(parts)} SELECT count(*) FROM a{length - 1}"

    assert one_select(chain(40, 1), dialect)
    assert one_select(chain(4, 2), dialect)
    with pytest.raises(ReviewError, match="too often"):
        one_select(chain(20, 2), dialect)
    with pytest.raises(ReviewError, match="too often"):
        one_select(chain(20, 2).replace("a3", '"A3"'), dialect)


def test_names_of_common_tables_are_found() -> None:
    sql = 'WITH a AS (SELECT 1), "B" (x, y) AS MATERIALIZED (VALUES (1, 2)), c AS ((SELECT 3)) SELECT 1 AS d'
    assert common_tables(sql, "sqlite") == {"a", "b", "c"}


def test_no_function_that_waits_writes_or_grows_is_on_a_list() -> None:
    for names in FUNCTIONS.values():
        assert not names & {
            "randomblob", "zeroblob", "printf", "format", "repeat", "lpad", "rpad", "hex", "quote",
            "readfile", "writefile", "load_extension", "set_config", "current_setting", "generate_series",
            "nextval", "query_to_xml", "dblink", "lo_import", "array_fill", "array_agg", "json_agg",
            "json_each",
        }  # fmt: skip
        assert not [name for name in names if name.startswith(("pg_", "lo_", "sqlite_", "fts"))]


@given(sql=PLAIN_TEXT, dialect=st.sampled_from(DIALECTS))
def test_any_text_is_read_or_refused(sql: str, dialect: Dialect) -> None:
    try:
        found = list(tokens(sql, dialect))
    except ReviewError:
        return
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(t.kind == "name" or sql[t.start : t.end].lower() == t.text.lower() for t in found)


@given(text=PLAIN_TEXT, dialect=st.sampled_from(DIALECTS))
def test_a_quoted_text_is_one_token_whatever_it_says(text: str, dialect: Dialect) -> None:
    string = "'" + text.replace("'", "''") + "'"
    name = '"' + text.replace('"', '""') + '"'
    found = list(tokens(f"SELECT {string} AS {name}", dialect))
    assert [t.kind for t in found] == ["word", "string", "word", "name"]
    assert (found[1].text, found[3].text) == (string, text)


@given(before=PLAIN_TEXT, dialect=st.sampled_from(DIALECTS))
def test_nothing_in_front_hides_a_second_statement(before: str, dialect: Dialect) -> None:
    """Whatever opens is closed by what follows, or refused."""
    sql = f"SELECT 1 AS a {before} */ ' \" $$ ` ]\n ; DELETE FROM tickets"
    try:
        one_select(sql, dialect)
    except ReviewError:
        return
    kinds = {t.kind for t in tokens(sql, dialect)}
    assert kinds & {"string", "name"}, "only inside of quotes may a semicolon stand"
