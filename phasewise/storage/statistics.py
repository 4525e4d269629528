"""What Postgres knows of its rows when it plans: counted anew after a load, not a minute later.

Autovacuum looks once a minute. Until then every index of a table that was just filled looks the same to the
planner, and questions that take a tenth of a second take half a minute.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from phasewise.storage.databases import writing
from phasewise.storage.engine import Store
from phasewise.storage.tables import days, months, weeks

CHANGED_SHARE = 0.1
"""Share of a table's rows that must have been written for a new count, 0–1; what autovacuum uses too."""

_PERIODS = {table.name: 1 for table in (days, weeks, months)}


def refresh_statistics(store: Store, written: Mapping[str, int]) -> tuple[str, ...]:
    """Count the rows of the tables that a run has filled or changed a good part of.

    On SQLite nothing is done: its planner does well on these tables without.

    Args:
        store: an open store; nothing is written but statistics.
        written: table → rows written since the last count, 0 or more.

    Returns:
        The tables that were counted, sorted.

    Raises:
        StoreError: the store cannot be reached.
    """
    if store.dialect != "postgresql":
        return ()
    known = text(
        "SELECT relname, reltuples FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    )
    with writing(store.engine) as connection:
        rows = {str(row.relname): float(row.reltuples) for row in connection.execute(known)}
        due = [
            table
            for table, changed in sorted({**_PERIODS, **written}.items())
            if table in rows and changed > CHANGED_SHARE * max(0.0, rows[table])
        ]
        for table in due:
            connection.execute(text(f'ANALYZE "{table}"'))
    return tuple(due)
