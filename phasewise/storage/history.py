"""History of watched columns: what a record said, and from when to when, because vendors overwrite it.

A row of `<table>_history` is opened when a record is first seen, and closed and followed by another when one
of its watched columns changes. A remap corrects the rows in place: what was seen stays, what it was read as
changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from phasewise.storage.shapes import Shape
from phasewise.storage.types import to_json
from phasewise.storage.upsert import Origin, chunks

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """The watched columns of one record, as stored, in the order of the shape's `watched`."""

    id: str
    values: Values


@dataclass(slots=True)
class _Version:
    """A row of a history table."""

    valid_from: int
    valid_to: int | None
    changed: str | None
    values: Values


def observations(form: Shape, columns: Sequence[Sequence[Any]]) -> list[Observation]:
    """The watched part of rows that are about to be stored.

    Args:
        form: the shape of their table.
        columns: one per field, as stored.
    """
    names = [field.name for field in form.fields]
    watched = [columns[names.index(name)] for name in form.watched]
    ids = columns[names.index("id")]
    return [Observation(id_, values) for id_, values in zip(ids, zip(*watched, strict=True), strict=True)]


def record_history(
    connection: Connection, origin: Origin, form: Shape, observed: Sequence[Observation]
) -> None:
    """Write what changed, in the transaction of the rows it speaks of.

    Args:
        connection: inside a write transaction.
        origin: what the page says; its instant is when the values were seen.
        form: the shape of the table.
        observed: records that were written (stale ones left out).
    """
    stored = _versions(connection, origin, form, [o.id for o in observed])
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for seen in observed:
        versions = stored.get(seen.id, [])
        before = [(v.valid_from, v.valid_to, v.changed, v.values) for v in versions]
        (_correct if origin.is_remap else _extend)(versions, seen.values, origin.at)
        _name_changes(versions, form.watched)
        for position, version in enumerate(versions):
            row = _row(origin, form, seen.id, version)
            if position >= len(before):
                added.append(row)
            elif before[position] != (version.valid_from, version.valid_to, version.changed, version.values):
                changed.append(row)
    if changed:
        connection.execute(_statements(form).update, changed)
    if added:
        connection.execute(_statements(form).insert, added)


def _extend(versions: list[_Version], values: Values, at: int) -> None:
    """Values seen at an instant: the same as before, a correction within the second, or a new version."""
    if not versions:
        versions.append(_Version(at, None, None, values))
        return
    last = versions[-1]
    if last.values == values:
        return
    if at <= last.valid_from:
        last.values = values
        return
    last.valid_to = at
    versions.append(_Version(at, None, None, values))


def _correct(versions: list[_Version], values: Values, at: int) -> None:
    """What was seen at an instant is read differently now: correct the version that held then."""
    if not versions:
        versions.append(_Version(at, None, None, values))
        return
    for version in reversed(versions):
        if version.valid_from <= at:
            version.values = values
            return


def _name_changes(versions: list[_Version], names: tuple[str, ...]) -> None:
    before: Values | None = None
    for version in versions:
        differing = (
            []
            if before is None
            else [n for n, old, new in zip(names, before, version.values, strict=True) if old != new]
        )
        version.changed = to_json(differing)
        before = version.values


@dataclass(frozen=True, slots=True)
class _Statements:
    read: TextClause
    insert: TextClause
    update: TextClause


@cache
def _statements_of(table: str, watched: tuple[str, ...]) -> _Statements:
    columns = ", ".join(f'"{name}"' for name in watched)
    values = ", ".join(f":{name}" for name in watched)
    sets = ", ".join(f'"{name}" = :{name}' for name in watched)
    key = "msp_id = :msp_id AND connection_id = :connection_id"
    return _Statements(
        text(
            f'SELECT id, valid_from, valid_to, changed, {columns} FROM "{table}_history"'  # noqa: S608  # names are the tables' own
            f" WHERE {key} AND id IN :ids ORDER BY id, valid_from"
        ).bindparams(bindparam("ids", expanding=True)),
        text(
            f'INSERT INTO "{table}_history"'  # noqa: S608  # as above
            f" (msp_id, connection_id, id, valid_from, valid_to, changed, {columns})"
            f" VALUES (:msp_id, :connection_id, :id, :valid_from, :valid_to, :changed, {values})"
        ),
        text(
            f'UPDATE "{table}_history" SET valid_to = :valid_to, changed = :changed, {sets}'  # noqa: S608  # as above
            f" WHERE {key} AND id = :id AND valid_from = :valid_from"
        ),
    )


def _statements(form: Shape) -> _Statements:
    return _statements_of(form.table, form.watched)


def _versions(
    connection: Connection, origin: Origin, form: Shape, ids: Sequence[str]
) -> dict[str, list[_Version]]:
    """Record id → its versions as stored, oldest first."""
    found: dict[str, list[_Version]] = defaultdict(list)
    for some in chunks(ids):
        bound = {"msp_id": origin.msp_id, "connection_id": origin.connection_id, "ids": some}
        for id_, valid_from, valid_to, changed, *values in connection.execute(_statements(form).read, bound):
            found[id_].append(_Version(valid_from, valid_to, changed, tuple(values)))
    return found


def _row(origin: Origin, form: Shape, id_: str, version: _Version) -> dict[str, Any]:
    return {
        "msp_id": origin.msp_id,
        "connection_id": origin.connection_id,
        "id": id_,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "changed": version.changed,
        **dict(zip(form.watched, version.values, strict=True)),
    }
