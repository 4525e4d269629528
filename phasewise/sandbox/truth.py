"""Does a store hold what a simulated vendor holds? Every row, every field the connector provides."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import RECORD_TABLES

HASHED = frozenset({"requester"})
"""Fields whose value is a keyed hash: it is there or not."""

DECIDED_HERE = frozenset({"own_outcome", "outcome", "agrees"})
"""Fields that Phasewise fills."""

Rows = Mapping[str, dict[str, Any]]


def differences(scope: MspStore, provides: Iterable[str], truth: Iterable[Any]) -> list[str]:
    """What a store holds otherwise than the truth says, in words; empty when they are the same.

    Rows that are marked as gone count as not there. Words of the vendor (`…_raw`) are not compared: the truth
    is told in the words of the model.

    Args:
        scope: the MSP; all of its rows are looked at.
        provides: `table.field` names that the connector says it can fill.
        truth: records as the vendor can tell them.
    """
    fields: dict[str, set[str]] = {}
    for name in provides:
        table, _, field = name.partition(".")
        if not field.endswith("_raw") and field not in DECIDED_HERE:
            fields.setdefault(table, {"id"}).add(field)
    expected: dict[str, dict[str, Any]] = {table: {} for table in fields}
    for record in truth:
        expected.setdefault(record.__record__.table, {})[record.id] = record
    found: list[str] = []
    for table in sorted(expected):
        compared = sorted(fields.get(table, {"id"}))
        found += _differ(table, _stored(scope, table), _told(expected[table], compared), compared)
    return found


def _stored(scope: MspStore, table: str) -> Rows:
    drawn = RECORD_TABLES[table]
    query = select(drawn).where(drawn.c.msp_id == scope.msp_id, drawn.c.gone_at.is_(None))
    with scope.read() as connection:
        return {row.id: row._asdict() for row in connection.execute(query)}


def _told(records: Mapping[str, Any], compared: list[str]) -> Rows:
    names = {f.name for record in records.values() for f in dataclasses.fields(record)}
    return {
        key: {name: getattr(record, name) for name in compared if name in names}
        for key, record in records.items()
    }


def _differ(table: str, stored: Rows, told: Rows, compared: list[str]) -> Iterable[str]:
    for key in sorted(told.keys() - stored.keys()):
        yield f"{table} {key}: missing in the store"
    for key in sorted(stored.keys() - told.keys()):
        yield f"{table} {key}: in the store, and not in the source"
    for key in sorted(stored.keys() & told.keys()):
        for name in compared:
            ours, theirs = stored[key][name], told[key].get(name)
            if name in HASHED:
                ours, theirs = ours is not None, theirs is not None
            if ours != theirs:
                yield f"{table} {key}: {name} is {ours!r} in the store and {theirs!r} in the source"
