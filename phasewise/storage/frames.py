"""Small frames out of SQL: what measures read. The MSP is bound here, so that no query can forget it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from phasewise.storage.engine import MspStore

_MSP = re.compile(r"(?<![:\w\\]):msp_id\b")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def read_frame(scope: MspStore, sql: str, **parameters: int | str | None) -> list[dict[str, Any]]:
    r"""Run one SELECT for one MSP.

    Args:
        scope: the store of one MSP; its id is bound as `:msp_id`.
        sql: one SELECT that names `:msp_id`; a colon in a literal is written as `\:`.
        parameters: what else it names; instants as epoch seconds, dates as ISO text.

    Returns:
        One dict per row, column → integer, text, float or None as it is in the store: the same on both
        databases (Postgres' sums and comparisons come back as integers too).

    Raises:
        ValueError: the SQL never names `:msp_id`, or returns a fraction that only Postgres would compute;
            both are defects of the query.
        StoreError: the store cannot be read.
    """
    names, rows = read_tuples(scope, sql, **parameters)
    return [dict(zip(names, row, strict=True)) for row in rows]


def read_tuples(
    scope: MspStore, sql: str, **parameters: int | str | None
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The same for frames of many rows: the names of the columns, and the values of each row."""
    statement = _statement(sql)
    with scope.read() as connection:
        result = connection.execute(statement, {"msp_id": scope.msp_id, **parameters})
        names = tuple(result.keys())
        # The driver's own tuples: a Row of SQLAlchemy's around each costs as much as reading it.
        rows = result.cursor.fetchall()
        if scope.store.dialect == "sqlite":
            return names, list(rows)
        return names, [tuple(map(_plain, row)) for row in rows]


@lru_cache(maxsize=128)
def _statement(sql: str) -> TextClause:
    """The SQL, looked through once for what it names: some are asked for every week of years."""
    if not _MSP.search(_COMMENT.sub(" ", sql)):
        raise ValueError("a frame is read for one MSP: the SQL must name :msp_id")
    return text(sql)


def _plain(value: Any) -> Any:
    """The value as SQLite would have given it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        whole = int(value)
        if whole != value:
            raise ValueError(f"a measure returned the fraction {value}; measures return integers")
        return whole
    return value
