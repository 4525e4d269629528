"""Rejects that are about to be judged again: their payload is read or derived once more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import rejects as table

KEYS_AT_A_TIME = 500


def rejected_keys(scope: MspStore, connection_id: str, stream: str, *, place_prefix: str) -> frozenset[str]:
    """The vendor's ids of a stream's rejects.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        stream: the stream.
        place_prefix: only rejects whose place begins so.
    """
    c = table.c
    query = select(c.key).where(
        c.msp_id == scope.msp_id,
        c.connection_id == connection_id,
        c.stream == stream,
        c.key.is_not(None),
        c.place.startswith(place_prefix, autoescape=True),
    )
    with scope.read() as connection:
        return frozenset(connection.execute(query).scalars())


def drop_rejects(
    scope: MspStore,
    connection_id: str,
    stream: str,
    *,
    slice: str | None = None,  # noqa: A002  # the word of the field
    keys: Sequence[str] | None = None,
    place_prefix: str = "",
) -> int:
    """Remove rejects because their payloads are judged again now. The raw payloads stay.

    Call it before the payloads are judged: what is cut short is judged again, so nothing is lost.

    Args:
        scope: the store of one MSP.
        connection_id: the connection.
        stream: the stream.
        slice: only those of this slice; None = of all.
        keys: only those of these vendor's ids; None = of all.
        place_prefix: only those whose place begins so.

    Returns:
        Rejects removed.
    """
    c = table.c
    base = delete(table).where(c.msp_id == scope.msp_id, c.connection_id == connection_id, c.stream == stream)
    if slice is not None:
        base = base.where(c.slice == slice)
    if place_prefix:
        base = base.where(c.place.startswith(place_prefix, autoescape=True))
    with scope.write() as connection:
        if keys is None:
            return connection.execute(base).rowcount
        return sum(
            connection.execute(base.where(c.key.in_(keys[i : i + KEYS_AT_A_TIME]))).rowcount
            for i in range(0, len(keys), KEYS_AT_A_TIME)
        )


def count_rejects(scope: MspStore) -> dict[tuple[str, str], dict[str, int]]:
    """(connection, stream) → reason → rejects held now."""
    c = table.c
    query = (
        select(c.connection_id, c.stream, c.reason, func.count())
        .where(c.msp_id == scope.msp_id)
        .group_by(c.connection_id, c.stream, c.reason)
        .order_by(c.connection_id, c.stream, func.count().desc(), c.reason)
    )
    counts: dict[tuple[str, str], dict[str, int]] = {}
    with scope.read() as connection:
        for connection_id, stream, reason, count in connection.execute(query):
            counts.setdefault((connection_id, stream), {})[reason] = count
    return counts
