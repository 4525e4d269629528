"""The record tables of one page: each is upserted, its history kept, and the sets of children replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, select

from phasewise.errors import RecordError
from phasewise.model.fields import field_infos
from phasewise.model.records import record_kinds
from phasewise.storage.history import observations, record_history
from phasewise.storage.shapes import Columns, shape, to_columns
from phasewise.storage.tables import RECORD_TABLES
from phasewise.storage.upsert import Origin, chunks, mark_seen, standings, upsert


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one table in a page.

    Attributes:
        table: their table.
        records: with distinct ids.
        indexes: positions of their payloads in the page.
        stored: the records as they are stored, where that was worked out before; else it is when they are.
    """

    table: str
    records: Sequence[Any]
    indexes: Sequence[int]
    stored: Columns | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that no database can hold, and why."""

    table: str
    record: Any
    index: int
    error: RecordError


@dataclass(slots=True)
class Written:
    """What became of the records of a page; grows table by table.

    Attributes:
        rows: table → rows inserted or replaced.
        deleted: child table → rows that their parent no longer has.
        stale: table → ids of records of which the store has a later state.
        refused: records that no database can hold.
        replaced_characters: characters that no database keeps, stored as U+FFFD.
    """

    rows: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    stale: dict[str, frozenset[str]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    replaced_characters: int = 0


def write_groups(
    connection: Connection,
    origin: Origin,
    groups: Sequence[Group],
    replaced: Mapping[str, tuple[str, Sequence[str]]],
) -> Written:
    """Write the records of a page, parents before children.

    Where a parent is stale, so are its children: those of the page are left alone, and those in the store
    stay.

    Args:
        connection: inside a write transaction.
        origin: what the records have in common.
        groups: one a table.
        replaced: child table → (parent field, ids of the parents whose children are all in the page).
    """
    written = Written()
    by_table = {group.table: group for group in groups}
    for group in sorted(groups, key=lambda group: (group.table in replaced, group.table)):
        if group.table not in replaced:
            _write_group(connection, origin, group, written)
    for table, (parent, parents) in replaced.items():
        group = by_table.get(table, Group(table, (), ()))
        _replace_children(connection, origin, group, parent, parents, written)
    return written


def _write_group(connection: Connection, origin: Origin, group: Group, written: Written) -> None:
    form = shape(group.table)
    stored = group.stored or to_columns(form, group.records)
    written.replaced_characters += stored.replaced_characters
    for refusal in stored.refused:
        place = refusal.position
        written.refused.append(
            Refused(group.table, group.records[place], group.indexes[place], refusal.error)
        )
    if not stored.kept:
        return
    rows = upsert(connection, origin, form, stored.columns, [group.indexes[place] for place in stored.kept])
    written.rows[group.table] = rows
    unread: frozenset[str] = frozenset()
    if rows < len(stored.kept):
        written.stale[group.table], unread = _left_alone(connection, origin, group.table, stored)
        if not origin.is_remap:
            mark_seen(connection, origin, group.table, "id", sorted(written.stale[group.table]))
    if form.watched:
        seen = [o for o in observations(form, stored.columns) if o.id not in unread]
        record_history(connection, origin, form, seen)


def _left_alone(
    connection: Connection, origin: Origin, table: str, stored: Columns
) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of records that did not replace what is stored, and those that say nothing about its history.

    In a remap an older page does not replace what a newer one said, but it corrects the history of its time.
    """
    names = [f.name for f in shape(table).fields]
    updated = dict(
        zip(stored.columns[names.index("id")], stored.columns[names.index("updated_at")], strict=True)
    )
    found = standings(connection, origin, table, list(updated))
    if origin.is_remap:
        page = origin.page_id or 0
        stale = {id_ for id_, standing in found.items() if standing.raw_page != origin.page_id}
        return frozenset(stale), frozenset(id_ for id_ in stale if (found[id_].raw_page or 0) < page)
    stale = {
        id_
        for id_, standing in found.items()
        if standing.updated_at is not None
        and (mine := updated[id_]) is not None
        and standing.updated_at > mine
    }
    return frozenset(stale), frozenset(stale)


def _replace_children(
    connection: Connection,
    origin: Origin,
    group: Group,
    parent: str,
    parents: Sequence[str],
    written: Written,
) -> None:
    stale = written.stale.get(field_infos(record_kinds()[group.table])[parent].reference, frozenset())
    current = _children_of_others(group, parent, stale) if stale else group
    if current.records:
        _write_group(connection, origin, current, written)
    if stale and not origin.is_remap:
        mark_seen(connection, origin, group.table, parent, sorted(stale))
    kept = {record.id for record in group.records}
    whole = [id_ for id_ in parents if id_ not in stale]
    written.deleted[group.table] = _delete_others(connection, origin, group.table, parent, whole, kept)


def _children_of_others(group: Group, parent: str, stale: frozenset[str]) -> Group:
    """The children whose parent is not stale."""
    current = [
        (record, index)
        for record, index in zip(group.records, group.indexes, strict=True)
        if getattr(record, parent) not in stale
    ]
    return Group(group.table, [record for record, _ in current], [index for _, index in current])


def _delete_others(
    connection: Connection, origin: Origin, table: str, parent: str, parents: Sequence[str], kept: set[str]
) -> int:
    rows = RECORD_TABLES[table]
    mine = (rows.c.msp_id == origin.msp_id, rows.c.connection_id == origin.connection_id)
    others: list[str] = []
    for some in chunks(parents):
        query = select(rows.c.id).where(*mine, rows.c[parent].in_(some))
        others += [id_ for id_ in connection.execute(query).scalars() if id_ not in kept]
    for some in chunks(others):
        connection.execute(delete(rows).where(*mine, rows.c.id.in_(some)))
    return len(others)
