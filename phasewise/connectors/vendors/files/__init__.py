"""CSV and TSV exports of any system, read by a mapping in the settings.

For systems without an API, or before its connector exists. The operator says which files there are and what
their columns mean; `phasewise files inspect PATH` proposes it. A slice is a file; a file is read again when
its size, its time of change or its mapping differ from what was read. Nothing is written to the folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from phasewise.connectors.base import Connector, CursorKind, Stream
from phasewise.connectors.vendors.files.check import check
from phasewise.connectors.vendors.files.derive import deriver, emitted_fields
from phasewise.connectors.vendors.files.folder import open_folder, plan
from phasewise.connectors.vendors.files.intake import hashed_columns
from phasewise.connectors.vendors.files.kinds import field_kinds
from phasewise.connectors.vendors.files.pages import KEYS_A_PAGE, file_pages
from phasewise.connectors.vendors.files.settings import FieldSettings, FileSettings, FilesSettings
from phasewise.model.records import record_kinds


def streams(settings: FilesSettings) -> Sequence[Stream]:
    """One stream for each table of files."""
    return [_stream(settings, file) for file in settings.files]


def _stream(settings: FilesSettings, file: FileSettings) -> Stream:
    provides = emitted_fields(file)
    kinds = field_kinds(file.record)
    personal = {f.column for name, f in file.fields.items() if kinds[name].info.personal and f.column}
    return Stream(
        name=file.name,
        record=file.record,
        pages=file_pages(file),
        records=deriver(settings, file),
        identify=lambda payload: str(payload["id"]),
        provides=frozenset(provides),
        cursor=CursorKind.FILE,
        emits=tuple(dict.fromkeys(name.partition(".")[0] for name in provides)),
        plan=lambda folder: plan(folder, file),
        replaces_children=("ticket_events", "sla_results") if file.record == "tickets" else (),
        child_parent={"ticket_events": "ticket", "sla_results": "ticket"} if file.record == "tickets" else {},
        page_size=(1, KEYS_A_PAGE, KEYS_A_PAGE),
        right="read the files of the folder",
        personal=frozenset(personal | hashed_columns(file)),
        lists_all=file.lists_all,
    )


def catalogue() -> Sequence[Stream]:
    """One stream for each record kind, with every field that a mapping can fill."""
    found = []
    for record in record_kinds():
        needed = {n: FieldSettings(column=n) for n, kind in field_kinds(record).items() if kind.required}
        file = FileSettings(name=record, pattern=("*.csv",), record=record, key=("id",), fields=needed)
        tables = ("tickets", "ticket_events", "sla_results") if record == "tickets" else (record,)
        stream = _stream(FilesSettings(folder=Path(), files=(file,)), file)
        found.append(replace(stream, emits=tables, provides=frozenset(f for t in tables for f in _all_of(t))))
    return found


def _all_of(table: str) -> list[str]:
    kinds = field_kinds(table)
    kept_words = [kind.raw for kind in kinds.values() if kind.raw]
    return [f"{table}.{name}" for name in ["id", *kinds, *kept_words]]


CONNECTOR = Connector(
    name="files",
    title="Files (CSV, TSV)",
    kind="files",
    settings=FilesSettings,
    open=open_folder,
    streams=streams,
    check=check,
    catalogue=catalogue,
)
