"""SQL on a Postgres store by a login that can only read the views, for one MSP.

What holds, and by whom:

- nothing else is read: the login has SELECT on the views and nothing more; one that may do more is refused;
- nothing is written: it has no such right, the transaction is read-only, and it is rolled back;
- one statement, a SELECT: it is run through a named cursor, which takes nothing else (in a plain read-only
  transaction, `commit; delete …` leaves it and deletes);
- one MSP: `scope.py`;
- in bounded time and memory: `statement_timeout` before each step; a row larger than `MAX_VALUE_BYTES` is an
  error before it is sent. How much the server itself takes for one statement Postgres does not bound.

First the SQL is declared as it is, which shows that it is one whole statement. Only then is it put into the
parentheses that measure its rows: a text that is no statement by itself could close them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from psycopg.types.string import TextLoader

from phasewise.errors import ReviewError
from phasewise.storage.databases import parse_url, place, reading
from phasewise.storage.driver_errors import translated
from phasewise.storage.engine import Store
from phasewise.storage.review.limits import MAX_VALUE_BYTES, Limits, Watch, took_too_long
from phasewise.storage.review.login import need_harmless
from phasewise.storage.review.result import Collector, ReviewResult
from phasewise.storage.review.scope import PERMIT_SETTING, current_schema, review_permit
from phasewise.storage.review.views import remedy_for

Connection = psycopg.Connection[tuple[Any, ...]]

_CHUNK = 200
_TOO_LARGE = "phasewise: row too large"
_SESSION = {
    "search_path": "",  # the store's schema, see _session
    "standard_conforming_strings": "on",
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "max_parallel_workers_per_gather": "0",  # one process, one share of the server's memory
}
_NUMBERS = frozenset({"int2", "int4", "int8", "float4", "float8", "numeric", "bool"})
# A statement about the server, not about the SQL: connection, login, resources, shutdown, system.
_OF_THE_WORLD = ("080", "28", "53", "57P", "58", "XX")
_FORBIDDEN = frozenset({"25006", "42501"})  # read-only transaction, insufficient privilege


def review_postgres(store: Store, review_url: str, sql: str, *, msp_id: str, limits: Limits) -> ReviewResult:
    """Run one SELECT on the views of one MSP.

    Args:
        store: the open store.
        review_url: the read-only login.
        sql: one statement, as `one_select` gives it.
        msp_id: the MSP whose rows the views show.
        limits: how much it may take.

    Raises:
        ReviewError: it is not allowed, not understood, or takes too much; the login may do more than read.
        StoreError: the store cannot be read.
    """
    watch = Watch(limits.seconds)
    with reading(store.engine) as owner:
        schema, permit = current_schema(owner), review_permit(owner, msp_id)
    url = parse_url(review_url)
    collector = Collector(limits)
    with translated(place(url)), closing(_connect(review_url)) as connection:
        need_harmless(connection, schema)
        _prepare(connection, schema, permit)
        with _explained(watch):
            _limit(connection, watch)
            with connection.cursor("phasewise_check") as check:
                check.execute(sql.encode())
            with connection.cursor("phasewise_review") as cursor:
                cursor.execute(_measured(sql).encode())
                while _limit(connection, watch) and (rows := cursor.fetchmany(_CHUNK)):
                    if not collector.take(rows):
                        break
                columns = [column.name for column in cursor.description or ()]
            connection.rollback()
    return collector.result(columns)


def _connect(review_url: str) -> Connection:
    url = parse_url(review_url)
    _, arguments = url.get_dialect()().create_connect_args(url)
    connection = psycopg.connect(
        **{"connect_timeout": 10, **arguments}, client_encoding="utf8", application_name="phasewise sql"
    )
    # Numbers as numbers; dates, intervals, JSON and whatever else there is as the text Postgres gives.
    for kind in connection.adapters.types:
        if kind.name not in _NUMBERS:
            connection.adapters.register_loader(kind.oid, TextLoader)
            connection.adapters.register_loader(kind.array_oid, TextLoader)
        else:
            connection.adapters.register_loader(kind.array_oid, TextLoader)
    return connection


def _prepare(connection: Connection, schema: str, permit: str) -> None:
    for name, value in {**_SESSION, "search_path": schema, PERMIT_SETTING: permit}.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    connection.commit()
    connection.read_only = True


def _limit(connection: Connection, watch: Watch) -> bool:
    """Give the next statement the time that is left."""
    milliseconds = str(max(1, round(watch.seconds_left * 1000)))
    connection.execute("SELECT set_config('statement_timeout', %s, true)", (milliseconds,))
    return True


def _measured(sql: str) -> str:
    """The SQL, with an error instead of a row that is too large to be sent."""
    size = "pg_column_size(review_row)"
    # The text depends on the row, or Postgres would compute the error while it plans.
    error = f"CAST('{_TOO_LARGE} ' || CAST({size} AS text) AS boolean)"
    condition = f"CASE WHEN {size} <= {MAX_VALUE_BYTES} THEN true ELSE {error} END"
    return f"SELECT review_row.* FROM (\n{sql}\n) AS review_row WHERE {condition}"  # noqa: S608  # the purpose


@contextmanager
def _explained(watch: Watch) -> Iterator[None]:
    """Turn what Postgres says of the reviewer's SQL into a ReviewError with the reason.

    Raises:
        ReviewError: see there; what Postgres says of itself goes through.
    """
    try:
        yield
    except psycopg.Error as error:
        state, message = error.sqlstate or "", error.diag.message_primary or str(error)
        if not state or state.startswith(_OF_THE_WORLD):
            raise
        if state == "57014":
            raise took_too_long(watch.seconds) from error
        if _TOO_LARGE in message:
            raise ReviewError(
                "a row of the result is too large", remedy=f"A row may have {MAX_VALUE_BYTES:,} bytes at most"
            ) from error
        what = "This is not allowed in a review" if state in _FORBIDDEN else "Postgres does not take this SQL"
        raise ReviewError(f"{what}: {message}", remedy=remedy_for(message)) from error
