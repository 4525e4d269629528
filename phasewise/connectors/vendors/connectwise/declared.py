"""What the declarations of the streams share."""

from __future__ import annotations

from datetime import timedelta

ALL_OF_IT = 480
"""Months back to the first row of a list that others lead to: a client may not have changed for ten years."""
A_QUARTER, A_YEAR = timedelta(days=92), timedelta(days=366)
"""Windows of lists that fill no page in a month: each window costs two requests."""


def filled(**tables: str) -> frozenset[str]:
    """`table.name` of every name, by table."""
    return frozenset(f"{table}.{name}" for table, names in tables.items() for name in names.split())
