"""What a field of a record can be filled from, read off the record's own declaration."""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args, get_origin

from phasewise.model.fields import FieldInfo
from phasewise.model.records import record_kinds

ValueKind = Literal["text", "integer", "minutes", "boolean", "instant", "date", "money", "words", "json"]

_PLAIN: dict[Any, ValueKind] = {
    str: "text",
    int: "integer",
    bool: "boolean",
    datetime: "instant",
    date: "date",
    Decimal: "money",
}


_WRITTEN_BY_PHASEWISE = {"sla_results": frozenset({"own_outcome", "outcome", "agrees"})}
"""Fields that no source fills: verdicts that are worked out later."""


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A field of a record kind.

    Attributes:
        name: the field.
        kind: what its value is.
        words: the neutral words of an enumeration, else empty.
        raw: the sibling that keeps the source's word, "" for none.
        required: every record has it.
        info: the declaration.
    """

    name: str
    kind: ValueKind
    words: tuple[str, ...]
    raw: str
    required: bool
    info: FieldInfo


@cache
def field_kinds(table: str) -> dict[str, FieldKind]:
    """The fields of a record kind that a file can fill, by name.

    Not among them: `id`, the kept source words, and what Phasewise works out itself.

    Args:
        table: a name of `record_kinds()`.
    """
    record = record_kinds()[table]
    hints = typing.get_type_hints(record)
    names = {field.name for field in fields(record)}
    not_mapped = {"id", *(f"{name}_raw" for name in names)} | _WRITTEN_BY_PHASEWISE.get(table, frozenset())
    return {
        field.name: _field_kind(field, hints[field.name], names)
        for field in fields(record)
        if field.name not in not_mapped
    }


def _field_kind(field: Any, annotation: Any, names: set[str]) -> FieldKind:
    info: FieldInfo = field.metadata["info"]
    members = _members(annotation)
    words: tuple[str, ...] = ()
    kind: ValueKind
    if get_origin(members[0]) is Literal:
        words, kind = get_args(members[0]), "words"
    elif members[0] is int and info.unit == "minutes":
        kind = "minutes"
    else:
        kind = _PLAIN.get(members[0], "json")
    raw = f"{field.name}_raw"
    return FieldKind(
        name=field.name,
        kind=kind,
        words=words,
        raw=raw if raw in names else "",
        required=field.default is MISSING,
        info=info,
    )


def _members(annotation: Any) -> list[Any]:
    """The alternatives of an annotation without None."""
    if get_origin(annotation) in {typing.Union, types.UnionType}:
        return [m for m in get_args(annotation) if m is not type(None)]
    return [annotation]
