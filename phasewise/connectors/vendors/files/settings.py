"""The settings of the `files` connector: which files, and what their columns mean.

The descriptions are the documentation: `phasewise connectors show files` prints them.
"""

from __future__ import annotations

import codecs
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from phasewise.connectors.parse import time_format
from phasewise.connectors.vendors.files import rules
from phasewise.model.records import record_kinds

_FROZEN = ConfigDict(frozen=True, extra="forbid")


def _mistake(what: str) -> PydanticCustomError:
    """What every validator raises: the text as it is, without a prefix of pydantic's."""
    return PydanticCustomError("phasewise", "{what}", {"what": what})


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):  # not there, a folder of zones, a path out of the zones
        raise _mistake(f'there is no time zone "{value}"; write one like "Europe/Madrid" or "UTC"') from None
    return value


def _format(value: str) -> str:
    try:
        time_format(value)
    except ValueError as error:
        raise _mistake(str(error)) from None
    return value


def _encoding(value: str) -> str:
    try:
        codecs.lookup(value)
        "".encode(value)
    except (LookupError, ValueError):
        raise _mistake(f'there is no text encoding "{value}"; write one like "utf-8" or "cp1252"') from None
    return value


def _pattern(value: str) -> str:
    if Path(value).is_absolute() or ".." in Path(value).parts or not value.strip():
        raise _mistake(f'"{value}" must stay inside the folder: write a pattern like "tickets_*.csv"')
    return value


def _one_to_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _column_alone(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _rule(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    words = value.split(maxsplit=2)
    if words[:2] != ["last", "by"] or len(words) < 3:
        raise _mistake(f'"{value}" is no rule: write "last by COLUMN"')
    return {"last_by": words[2]}


class _OrText:
    """Says in the JSON schema that a text is accepted as well: the short form."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


Zone = Annotated[str, AfterValidator(_zone)]
TimeFormatText = Annotated[str, AfterValidator(_format)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Column = Annotated[str, Field(min_length=1)]
Columns = Annotated[tuple[Column, ...], Field(min_length=1), BeforeValidator(_one_to_many), _OrText()]
Patterns = Annotated[
    tuple[Annotated[str, AfterValidator(_pattern)], ...],
    Field(min_length=1),
    BeforeValidator(_one_to_many),
    _OrText(),
]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class FieldSettings(BaseModel):
    """Where a field of the record comes from. A text alone is the name of the column."""

    model_config = _FROZEN

    column: Column | None = Field(None, description="The column, as its header writes it.")
    constant: str | bool | int | float | date | None = Field(
        None, description="The same value for every row, in place of a column."
    )
    format: TimeFormatText | None = Field(
        None,
        description="How a time is written: a strptime format (%d/%m/%Y %H:%M), iso, epoch or epoch_ms. "
        "Without it, the file's `format`.",
    )
    zone: Zone | None = Field(None, description="Zone of times that carry none; else the file's.")
    time_of_day: time | None = Field(
        None, description="What stands for a date without a time of day, where an instant is wanted."
    )
    unit: Literal["minutes", "hours", "seconds"] | None = Field(
        None, description="Unit of a length of time; H:MM and 1h 30m carry their own. Without it, minutes."
    )
    decimal_comma: bool | None = Field(None, description="A comma starts the decimals; else the file's.")
    words: dict[str, str | bool] = Field(
        {},
        description="The source's word → ours, case aside. A word not listed becomes `other`, and is kept.",
    )
    missing: tuple[str, ...] = Field((), description="Further texts that mean empty, beside the file's.")
    record: StrictBool | dict[str, Column] = Field(
        False,
        description="true: also make the record referred to (client, technician) with this value as its id "
        'and name; a table: its other fields and their columns, for example { name = "Client name" }.',
    )


FieldMapping = Annotated[FieldSettings, BeforeValidator(_column_alone), _OrText()]


class StateSettings(BaseModel):
    """Which of several rows of a key is its state. `"last by COLUMN"` is the short form."""

    model_config = _FROZEN

    last_by: Column = Field(
        description="The row with the largest value here is the state; of equal ones the later in the file, "
        "and of files the last by name. Numbers and times by size, an empty value below all."
    )
    format: TimeFormatText | None = Field(
        None, description="How its times are written. Not needed where a field or the history says it."
    )


class HistorySettings(BaseModel):
    """The other rows of a key are its history: what differs from the row before becomes an event."""

    model_config = _FROZEN

    at: Column = Field(description="The time of a row: when the change was recorded.")
    format: TimeFormatText | None = Field(
        None, description="How that time is written; else as the field of the same column, else the file's."
    )
    zone: Zone | None = Field(None, description="Zone of that time, if it carries none; else the file's.")
    comment: Column | None = Field(
        None, description="A column whose new text means that somebody commented. The text is not kept."
    )
    technician: FieldMapping | None = Field(None, description="Who made the change.")
    actor: FieldMapping | None = Field(
        None, description="What made it: technician, client or automation, by its `words`."
    )


class SlaSettings(BaseModel):
    """What became of one promise for each ticket."""

    model_config = _FROZEN

    target: Literal["first_response", "resolution"] = Field(description="Which promise.")
    outcome: FieldMapping | None = Field(
        None, description="The source's verdict: met, missed, running, paused or none, by its `words`."
    )
    due_at: FieldMapping | None = Field(None, description="The deadline.")
    met_at: FieldMapping | None = Field(None, description="When the promise was kept.")
    missed_at: FieldMapping | None = Field(
        None,
        description="When the miss was recorded. Without it, where there is a history, the first row that "
        "says missed and was not taken back.",
    )
    target_minutes: FieldMapping | None = Field(None, description="Promised business time.")
    elapsed_minutes: FieldMapping | None = Field(None, description="Business time used.")
    paused_minutes: FieldMapping | None = Field(None, description="Business time paused.")
    policy: FieldMapping | None = Field(None, description="The SLA policy.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, name) is None for name in type(self).model_fields if name != "target"):
            raise _mistake("maps no column: write at least `outcome` or `due_at`")
        return self


class FileSettings(BaseModel):
    """Files of one form, and the records their rows are."""

    model_config = _FROZEN

    name: Name = Field(description="Name of the stream: a short plural, for example `tickets`.")
    pattern: Patterns = Field(
        description="Which files of the folder: a pattern or several (`tickets_*.csv`, `2026/*.csv.gz`)."
    )
    record: str = Field(description="The record kind that a key of this file is.")
    key: Columns = Field(description="The column that identifies a record; several are joined.")
    fields: dict[str, FieldMapping] = Field(
        {}, description="Field of the record → where it comes from. Columns that nothing maps are not stored."
    )
    state: Annotated[StateSettings, BeforeValidator(_rule), _OrText()] | None = Field(
        None, description='Where a key has several rows, which is its state: "last by COLUMN".'
    )
    history: HistorySettings | None = Field(
        None, description="Tickets only: the rows of a key are its history. Needs `state`."
    )
    sla: tuple[SlaSettings, ...] = Field((), description="Tickets only: promises and what became of them.")
    where: dict[Column, StrictBool | Columns] = Field(
        {},
        description="Which rows are records of this kind: column → the texts wanted; true: not empty; false: "
        "empty. Other rows are left out, and the receipt counts them.",
    )
    lists_all: bool = Field(
        False,
        description="Each file lists all there is, so that a record it no longer has is gone. Leave false "
        "for exports of a period.",
    )
    encoding: Encoding | None = Field(None, description="Text encoding; else the connection's.")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None,
        description="What separates columns. Without it, a tab for .tsv and .tab, else whichever of , ; tab "
        "| gives the header the mapped columns.",
    )
    quote: Annotated[str, Field(max_length=1)] = Field(
        '"', description='What surrounds a text that holds the delimiter; "" for none.'
    )
    skip_lines: Annotated[int, Field(ge=0, le=1000)] = Field(
        0, description="Lines before the header (titles of a report)."
    )
    columns: tuple[Column, ...] | None = Field(
        None, description="Names of the columns, where the file has no header."
    )
    missing: tuple[str, ...] = Field((), description='Texts that mean empty, for example ["?", "NULL"].')
    format: TimeFormatText = Field("iso", description="How times are written where a field does not say.")
    zone: Zone | None = Field(None, description="Zone of times that carry none; else the connection's.")
    decimal_comma: bool | None = Field(
        None, description="A comma starts the decimals, a point separates thousands; else the connection's."
    )

    @model_validator(mode="after")
    def _fits_the_record(self) -> Self:
        if self.record not in record_kinds():
            raise _mistake(rules.unknown_record(self.record))
        found = rules.mistakes(self)
        if found:
            raise _mistake("; ".join(found))
        return self


class FilesSettings(BaseModel):
    """Exports of any system, read from a folder: CSV and TSV, also gzipped."""

    model_config = _FROZEN

    folder: Path = Field(description="The folder of the files.")
    files: tuple[FileSettings, ...] = Field(min_length=1, description="Which files, and what they hold.")
    zone: Zone | None = Field(
        None,
        description="Zone of times that carry none. Without it, the MSP's zone. Such a time in the hour "
        "that a change of clocks repeats is read as the first; in the hour skipped, as an hour later.",
    )
    encoding: Encoding = Field("utf-8", description="Text encoding; a byte order mark is accepted.")
    decimal_comma: bool = Field(False, description="A comma starts the decimals of numbers.")

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [file.name for file in self.files]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise _mistake(f"two tables of files are called {', '.join(twice)}; each needs a name of its own")
        found = rules.made_twice(self.files)
        if found:
            raise _mistake("; ".join(found))
        return self
