"""The four words that the `.sql` files of the views use and no database knows: what each becomes.

They keep one file for both databases where only the name of a function differs, and one home for the way an
instant finds its week. Everything else in the files is SQL that says the same on SQLite and Postgres.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from phasewise.storage.databases import Dialect

_PERIOD = (
    "(SELECT CASE WHEN {1} < period.ends_at THEN period.starts_on END FROM %s AS period"
    " WHERE period.msp_id = {0} AND period.starts_at <= {1} ORDER BY period.starts_at DESC LIMIT 1)"
)
# One step down an index for a row, where a join on the bounds would walk all weeks before it.

_BOTH = {"week_of": _PERIOD % "weeks", "month_of": _PERIOD % "months"}

WORDS: Mapping[Dialect, Mapping[str, str]] = {
    "sqlite": {
        "utc": "datetime({0}, 'unixepoch')",
        "days_between": "CAST(julianday({1}) - julianday({0}) AS INTEGER)",
        **_BOTH,
    },
    "postgresql": {
        "utc": "to_char(to_timestamp({0}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
        "days_between": "(CAST({1} AS date) - CAST({0} AS date))",
        **_BOTH,
    },
}
"""Database → word → SQL with its arguments as {0}, {1}:

- `utc(instant)`: epoch seconds as `YYYY-MM-DD HH:MM:SS`, UTC;
- `days_between(date, later date)`: whole days between two ISO dates;
- `week_of(msp_id, instant)`, `month_of(msp_id, instant)`: first local date of the period that holds it, null
  outside of the periods the store keeps.
"""

_CALL = re.compile(r"\b(utc|days_between|week_of|month_of)\(")


def expand(sql: str, dialect: Dialect) -> str:
    """The SQL of a view with our words replaced by what the database knows.

    Raises:
        ValueError: a parenthesis is not closed, or a word has too few arguments (a defect in a view).
    """
    found = _CALL.search(sql)
    if found is None:
        return sql
    arguments, end = _arguments(sql, found.end())
    try:
        call = WORDS[dialect][found[1]].format(*arguments)
    except IndexError as error:
        raise ValueError(f"{found[0]}…) has too few arguments") from error
    return sql[: found.start()] + call + expand(sql[end:], dialect)


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    """The arguments of a call that opens before `start`, and the place after its closing parenthesis."""
    cuts = [start - 1, *_cuts(sql, start)]
    return [sql[a + 1 : b].strip() for a, b in pairwise(cuts)], cuts[-1] + 1


def _cuts(sql: str, start: int) -> Iterator[int]:
    """Places of the commas between the arguments, and of the closing parenthesis."""
    depth = 0
    for place in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if depth < 0:
            yield place
            return
        if depth == 0 and sql[place] == ",":
            yield place
    raise ValueError(f"a parenthesis is not closed: {sql[start : start + 40]}")
