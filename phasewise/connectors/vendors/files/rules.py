"""What a mapping must keep to, so that a mistake is found before a file is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from phasewise.connectors.parse import time_format
from phasewise.connectors.parse.words import plain
from phasewise.connectors.vendors.files.kinds import FieldKind, field_kinds
from phasewise.model.records import record_kinds

if TYPE_CHECKING:
    from phasewise.connectors.vendors.files.settings import FieldSettings, FileSettings

_OPTIONS = {
    "format": {"instant", "date"},
    "zone": {"instant", "date"},
    "time_of_day": {"instant"},
    "unit": {"minutes"},
    "decimal_comma": {"integer", "minutes", "money"},
    "words": {"words", "boolean"},
}
"""Option of a field → kinds of value it means something for."""

_CONSTANT_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "words": (str,),
    "integer": (int,),
    "minutes": (int,),
    "boolean": (bool,),
    "date": (date,),
    "money": (int, float, str),
}


def suggestion(word: str, known: list[str] | tuple[str, ...]) -> str:
    """`did you mean "x"?` for the known word most like this one, "" when none is."""
    folded = {k.casefold(): k for k in known}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f'did you mean "{folded[found[0]]}"?' if found else ""


def unknown_record(name: str) -> str:
    """The sentence for a record kind that there is not."""
    known = tuple(record_kinds())
    return f'there is no record kind "{name}"; {suggestion(name, known) or "known: " + ", ".join(known)}'


def mistakes(file: FileSettings) -> list[str]:
    """Everything wrong with one table of files, as sentences; its record kind is known to exist."""
    return [
        *_fields(file),
        *_tickets_only(file),
        *_history(file),
        *_sla(file),
        *_requester(file),
        *_columns(file),
    ]


def made_twice(files: Sequence[FileSettings]) -> list[str]:
    """Records that come from a table of their own and, with less in them, out of another table too."""
    own = {file.record: file.name for file in files}
    return [
        f"files {file.name}: fields.{name}: {own[table]} already holds the {table}; leave out record = …"
        for file in files
        for name, field in file.fields.items()
        if field.record is not False and (table := field_kinds(file.record)[name].info.reference) in own
    ]


def mapped_columns(file: FileSettings) -> list[str]:
    """Every column that the mapping reads, in its order and once each."""
    named: list[str | None] = [*file.key]
    named += [field.column for field in file.fields.values()]
    for field in file.fields.values():
        named += field.record.values() if isinstance(field.record, dict) else ()
    if file.state is not None:
        named.append(file.state.last_by)
    if file.history is not None:
        extra = (file.history.technician, file.history.actor)
        named += [file.history.at, file.history.comment, *(f.column for f in extra if f is not None)]
    for _, _, field in sla_mappings(file):
        named.append(field.column)
    named += file.where
    return [column for column in dict.fromkeys(named) if column is not None]


def sla_mappings(file: FileSettings) -> Iterator[tuple[str, str, FieldSettings]]:
    """(target, field of sla_results, where it comes from) for everything the promises map."""
    for sla in file.sla:
        for name in type(sla).model_fields:
            value = getattr(sla, name)
            if name != "target" and value is not None:
                yield sla.target, "vendor_outcome" if name == "outcome" else name, value


def column_format(file: FileSettings, column: str) -> str | None:
    """How the times of a column are written: as the history or a field of the same column says, else None."""
    if file.history is not None and file.history.at == column and file.history.format is not None:
        return file.history.format
    for name, field in file.fields.items():
        if field.column == column and field_kinds(file.record)[name].kind in {"instant", "date"}:
            return field.format or file.format
    return None


def history_format(file: FileSettings) -> str:
    """How the time of a row of the history is written."""
    assert file.history is not None
    return column_format(file, file.history.at) or file.format


def _fields(file: FileSettings) -> Iterator[str]:
    known = field_kinds(file.record)
    for name, field in file.fields.items():
        kind = known.get(name)
        if kind is None:
            yield f"fields.{name}: {_unknown_field(file.record, name)}"
        else:
            yield from (f"fields.{name}: {what}" for what in field_mistakes(field, kind, file))
    missing = [name for name, kind in known.items() if kind.required and name not in file.fields]
    if missing:
        yield f"every record of {file.record} needs {', '.join(missing)}: map them in fields"


def _unknown_field(record: str, name: str) -> str:
    if name == "id":
        return "comes from `key`; leave it out"
    if name.endswith("_raw"):
        return f"is filled with the source's word for {name.removesuffix('_raw')}; leave it out"
    known = tuple(field_kinds(record))
    return f"{record} has no such field; {suggestion(name, known) or 'known: ' + ', '.join(known)}"


def field_mistakes(field: FieldSettings, kind: FieldKind, file: FileSettings) -> Iterator[str]:
    """What is wrong with one field's source."""
    if (field.column is None) == (field.constant is None):
        yield "needs a column or a constant, and not both"
        return
    for option, kinds in _OPTIONS.items():
        if getattr(field, option) not in (None, {}) and kind.kind not in kinds:
            yield f"{option} means nothing for a value of this kind ({kind.kind})"
    if field.record is not False:
        yield from _reference(field, kind)
    if field.constant is not None:
        yield from _constant(field, kind)
    elif kind.kind == "instant" and field.time_of_day is None:
        form = field.format or file.format
        if not time_format(form).has_time:
            yield (
                f"is an instant, and {form} has no time of day; say which stands for it, for example "
                'time_of_day = "12:00:00"'
            )
    yield from _words(field, kind)


def _constant(field: FieldSettings, kind: FieldKind) -> Iterator[str]:
    wanted = _CONSTANT_TYPES.get(kind.kind)
    value = field.constant
    if wanted is None:
        yield f"cannot be a constant: it is of the kind {kind.kind}"
    elif not isinstance(value, wanted) or (isinstance(value, bool) and kind.kind != "boolean"):
        yield f"the constant {value!r} is not of the kind {kind.kind}"
    elif kind.name == "currency" and not re.fullmatch(r"[A-Z]{3}", str(value)):
        yield f'"{value}" is no currency: write its ISO 4217 code, for example "EUR"'
    elif kind.kind == "words" and value not in kind.words:
        yield f'"{value}" is none of: {", ".join(kind.words)}'


def _words(field: FieldSettings, kind: FieldKind) -> Iterator[str]:
    targets: dict[str, Any] = {}
    for word, target in field.words.items():
        if kind.kind == "words" and target not in kind.words:
            yield f'words."{word}": {target!r} is none of: {", ".join(kind.words)}'
        if kind.kind == "boolean" and not isinstance(target, bool):
            yield f'words."{word}": {target!r} is neither true nor false'
        if targets.setdefault(plain(word), target) != target:
            yield f'words."{word}" stands twice, case aside, with two meanings'


def _reference(field: FieldSettings, kind: FieldKind) -> Iterator[str]:
    table = kind.info.reference
    if table not in record_kinds() or "name" not in field_kinds(table):
        yield "record = … is for fields that refer to a record with a name (client, technician)"
        return
    if field.constant is not None:
        yield "record = … needs a column"
    for name in field.record if isinstance(field.record, dict) else ():
        known = field_kinds(table)
        if name not in known or known[name].kind != "text":
            texts = [n for n, k in known.items() if k.kind == "text"]
            yield f"record.{name}: {table} has no such text field; known: {', '.join(texts)}"


def _tickets_only(file: FileSettings) -> Iterator[str]:
    if file.record == "tickets":
        return
    for name in ("history", "sla"):
        if getattr(file, name):
            yield f"{name} is for tickets; this table is for {file.record}"


def _history(file: FileSettings) -> Iterator[str]:
    if file.history is None:
        return
    if file.state is None:
        yield 'history needs state = "last by COLUMN": without it the order of the rows is not known'
    form = history_format(file)
    if not time_format(form).has_time:
        yield f"history.format: {form} has no time of day"
    known = field_kinds("ticket_events")
    for name in ("technician", "actor"):
        field = getattr(file.history, name)
        if field is not None:
            yield from (f"history.{name}: {what}" for what in field_mistakes(field, known[name], file))


def _sla(file: FileSettings) -> Iterator[str]:
    known = field_kinds("sla_results")
    for target, name, field in sla_mappings(file):
        yield from (f"sla {target} {name}: {what}" for what in field_mistakes(field, known[name], file))
    targets = [sla.target for sla in file.sla]
    if len(set(targets)) < len(targets):
        yield "two tables of sla have the same target"


def _requester(file: FileSettings) -> Iterator[str]:
    """A requester is hashed before anything is stored: no other field may keep the same column in clear."""
    field = file.fields.get("requester")
    if field is None or field.column is None or file.record != "tickets":
        return
    others = file.model_copy(update={"fields": {n: f for n, f in file.fields.items() if n != "requester"}})
    if field.column in mapped_columns(others):
        yield f'fields.requester: the column "{field.column}" is hashed, so nothing else can be read from it'


def _columns(file: FileSettings) -> Iterator[str]:
    if file.columns is None:
        return
    absent = [c for c in mapped_columns(file) if c not in file.columns]
    if absent:
        yield f"columns does not name {', '.join(absent)}, which the mapping reads"
