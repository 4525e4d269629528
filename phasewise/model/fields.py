"""How a record says what its fields mean: one declaration feeds tables, views, docs and mapping.

A record is a frozen dataclass with `@record("table_name")`; each field is made by `column(...)`.
The Python type decides the column: `str`, `int`, `bool` (0/1), `datetime` (an instant: aware, stored as
epoch seconds), `date` (ISO text), `Decimal` (money: stored as integer ten-thousandths of the unit of the
record's `currency`), `Json` (JSON text). Optional fields are `T | None` and default to None, which means
"the source says empty"; what a source can never fill is said by its stream's `provides`, not here. The
`default=None` is written out: a type checker believes no other sign that a field may be left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform

from phasewise.model.frozen import unlocked_while_made

MONEY_SCALE = 10_000
"""Stored integer = amount x 10,000: four decimals, enough for unit prices in every currency."""

Json = dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What is known of a field beside its type.

    Attributes:
        doc: one sentence, shown in the column documentation.
        unit: "minutes", "share", "currency", "" for none.
        mapping: name of the operator's mapping table whose words fill this field (`status`, `priority`,
            `type`, `work_type`, `role`); such a field has a sibling `<field>_raw` with the vendor's word.
        reference: table that the value names a row of, within the same connection; may dangle.
        personal: says something about a person; never shown in full unless the settings allow it.
        watched: kept with valid-from and valid-to in `<table>_history`.
        indexed: an index (msp_id, field) is drawn.
    """

    doc: str
    unit: str = ""
    mapping: str = ""
    reference: str = ""
    personal: bool = False
    watched: bool = False
    indexed: bool = False


def column(
    doc: str,
    *,
    default: Any = None,
    unit: str = "",
    mapping: str = "",
    reference: str = "",
    personal: bool = False,
    watched: bool = False,
    indexed: bool = False,
) -> Any:
    """Declare a field of a record. `default=dataclasses.MISSING` makes it required."""
    info = FieldInfo(doc, unit, mapping, reference, personal, watched, indexed)
    return dataclasses.field(default=default, metadata={"info": info})


def required(doc: str, **options: Any) -> Any:
    """Declare a field that every record of its kind has."""
    return column(doc, default=dataclasses.MISSING, **options)


class Record(Protocol):
    """What every record has. `id` is the vendor's id as text; the store adds msp and connection."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    __record__: ClassVar[RecordInfo]

    @property
    def id(self) -> str:
        """The vendor's id, unique within its connection and table."""


@dataclass(frozen=True, slots=True)
class RecordInfo:
    """The table a record becomes, and whether its watched columns keep their history."""

    table: str
    title: str
    history: bool = False


T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(column, required))
def record(table: str, title: str, *, history: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a class a record: frozen, slotted, keyword-only, drawn as `table`."""

    def decorate(cls: type[T]) -> type[T]:
        made = unlocked_while_made(dataclass(frozen=True, slots=True, kw_only=True)(cls))
        made.__record__ = RecordInfo(table, title, history)  # type: ignore[attr-defined]  # set for all records here, declared on the Protocol
        return made

    return decorate


def field_infos(kind: type[Any]) -> dict[str, FieldInfo]:
    """The declared fields of a record, in order: name → what it means."""
    return {f.name: f.metadata["info"] for f in dataclasses.fields(kind)}
