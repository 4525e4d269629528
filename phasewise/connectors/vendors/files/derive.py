"""From a payload to its records: the ticket (or invoice, …), its history, its promises, those it refers to.

A payload is one key of the export:

    {"id": key, "rows": [{"file": path, "line": number, "values": {column: text, …}}, …]}

with only the columns that the mapping reads, the rows in the order of the mapping's `state` rule, so that the
last one is the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import RecordContext
from phasewise.connectors.vendors.files.fields import (
    Convert,
    Filler,
    Reading,
    Words,
    converter,
    fill,
    filler,
    reading,
    words,
)
from phasewise.connectors.vendors.files.history import History, Row, events, history, placed, row_time
from phasewise.connectors.vendors.files.kinds import field_kinds
from phasewise.connectors.vendors.files.settings import FieldSettings, FileSettings, FilesSettings
from phasewise.errors import RecordError
from phasewise.model.records import record_kinds
from phasewise.model.records.tickets import SlaResult
from phasewise.model.words import SlaTarget

Derive = Callable[[Any, RecordContext], list[Any]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A record that a field refers to and that is made from the same rows."""

    kind: type[Any]
    column: str
    convert: Convert
    others: Filler


@dataclass(frozen=True, slots=True)
class Promise:
    """How one row of `sla_results` is made."""

    target: SlaTarget
    fields: Filler
    outcome_column: str | None
    outcome: Words | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a table of files makes of a payload, for one zone of naive times."""

    kind: type[Any]
    main: Filler
    first_priority: tuple[str, Words] | None
    history: History | None
    promises: tuple[Promise, ...]
    references: tuple[Reference, ...]


def deriver(settings: FilesSettings, file: FileSettings) -> Derive:
    """The pure function `payload → records` of a table of files."""

    @cache
    def plan_for(zone: ZoneInfo) -> Plan:
        return _plan(file, reading(settings, file, zone))

    def derive(payload: Any, context: RecordContext) -> list[Any]:
        return _derive(payload["id"], payload["rows"], plan_for(context.zone))

    return derive


def emitted_fields(file: FileSettings) -> list[str]:
    """`table.field` of everything the mapping can fill, the main record's first."""
    kinds = field_kinds(file.record)
    found = [f"{file.record}.id"]
    for name in file.fields:
        found.append(f"{file.record}.{name}")
        if kinds[name].raw and file.fields[name].column is not None:
            found.append(f"{file.record}.{kinds[name].raw}")
    if _derives_first_priority(file):
        found += ["tickets.first_priority", "tickets.first_priority_raw"]
    if file.history is not None:
        names = ["id", "ticket", "at", "kind", "from_value", "from_raw", "to_value", "to_raw"]
        names += [name for name in ("technician", "actor") if getattr(file.history, name) is not None]
        found += [f"ticket_events.{name}" for name in names]
    for sla in file.sla:
        found += ["sla_results.id", "sla_results.ticket", "sla_results.target"]
        found += [f"sla_results.{name}" for name in _promised(sla)]
        if file.history is not None and sla.outcome is not None:
            found.append("sla_results.missed_at")
    for name, field in file.fields.items():
        if field.record is not False:
            table = kinds[name].info.reference
            others = field.record if isinstance(field.record, dict) else {"name": ""}
            found += [f"{table}.id", *(f"{table}.{other}" for other in others)]
    return list(dict.fromkeys(found))


def _derive(key: str, rows: Sequence[Row], plan: Plan) -> list[Any]:
    state = rows[-1]
    try:
        found = fill(plan.main, state["values"])
        if plan.first_priority is not None:
            found |= _first_priority(rows, *plan.first_priority)
        records = [plan.kind(id=key, **found)]
        promises = [p for promise in plan.promises for p in _promise(key, rows, promise, plan.history)]
    except RecordError as error:
        raise placed(error, state) if not error.where else error from None
    if plan.history is not None:
        records += events(key, rows, plan.history)
    records += promises
    for reference in plan.references:
        records += _references(rows, reference)
    return records


def _plan(file: FileSettings, read: Reading) -> Plan:
    kinds = field_kinds(file.record)
    first = None
    if _derives_first_priority(file):
        field = file.fields["priority"]
        first = (str(field.column), words(field, kinds["priority"], read))
    return Plan(
        kind=record_kinds()[file.record],
        main=filler(file.record, file.fields, read),
        first_priority=first,
        history=history(file, read),
        promises=tuple(_promise_of(sla.target, _promised(sla), read) for sla in file.sla),
        references=tuple(
            _reference(field, kinds[name].info.reference, read)
            for name, field in file.fields.items()
            if field.record is not False
        ),
    )


def _derives_first_priority(file: FileSettings) -> bool:
    """The first row of a history tells the priority a ticket was opened with."""
    priority = file.fields.get("priority")
    return (
        file.history is not None
        and priority is not None
        and priority.column is not None
        and "first_priority" not in file.fields
    )


def _first_priority(rows: Sequence[Row], column: str, read: Words) -> dict[str, str]:
    for row in rows:
        both = read(row["values"].get(column, ""))
        if both is not None:
            return {"first_priority": both[0], "first_priority_raw": both[1]}
    return {}


def _promised(sla: Any) -> dict[str, FieldSettings]:
    """Field of `sla_results` → where it comes from; the source's verdict is `vendor_outcome` there."""
    return {
        "vendor_outcome" if name == "outcome" else name: getattr(sla, name)
        for name in type(sla).model_fields
        if name != "target" and getattr(sla, name) is not None
    }


def _promise_of(target: SlaTarget, fields: Mapping[str, FieldSettings], read: Reading) -> Promise:
    outcome = fields.get("vendor_outcome")
    derives_miss = outcome is not None and outcome.column is not None and "missed_at" not in fields
    return Promise(
        target=target,
        fields=filler("sla_results", fields, read),
        outcome_column=outcome.column if outcome is not None and derives_miss else None,
        outcome=words(outcome, field_kinds("sla_results")["vendor_outcome"], read)
        if outcome is not None and derives_miss
        else None,
    )


def _promise(key: str, rows: Sequence[Row], promise: Promise, past: History | None) -> Iterator[SlaResult]:
    found = fill(promise.fields, rows[-1]["values"])
    if all(value is None for value in found.values()):
        return  # nothing was promised for this ticket
    if past is not None and promise.outcome is not None and found.get("vendor_outcome") == "missed":
        found["missed_at"] = row_time(past, _first_miss(rows, promise))
    yield SlaResult(id=f"{key}:{promise.target}", ticket=key, target=promise.target, **found)


def _first_miss(rows: Sequence[Row], promise: Promise) -> Row:
    """The row that first said missed, of those that say it without a break to the end.

    A miss that the source took back later (a corrected calendar) is none.
    """
    assert promise.outcome is not None
    first = rows[-1]
    for row in reversed(rows):
        said = promise.outcome(row["values"].get(promise.outcome_column or "", ""))
        if said is None or said[0] != "missed":
            break
        first = row
    return first


def _reference(field: FieldSettings, table: str, read: Reading) -> Reference:
    others = field.record if isinstance(field.record, dict) else {"name": str(field.column)}
    return Reference(
        kind=record_kinds()[table],
        column=str(field.column),
        convert=converter(field, field_kinds(table)["name"], read),  # rules.py: it has a name
        others=filler(table, {n: FieldSettings(column=c) for n, c in others.items()}, read),
    )


def _references(rows: Sequence[Row], reference: Reference) -> Iterator[Any]:
    """One record for every value that the rows have; of several rows with a value, the last one tells."""
    column = reference.column
    last = {row["values"].get(column, ""): row for row in rows}
    for text, row in last.items():
        value = reference.convert(text)
        if value is not None:
            yield reference.kind(id=value, **fill(reference.others, row["values"]))
