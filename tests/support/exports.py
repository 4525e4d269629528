"""Exports written to a folder and read through the `files` connector, without a store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors import connector
from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, SourceReject, Stream
from phasewise.connectors.vendors.files.settings import FilesSettings

UTC_ZONE = ZoneInfo("UTC")


def pseudonym(text: str) -> str:
    """A hash with a key, as the store's is."""
    return "hash-" + hashlib.blake2b(text.encode(), key=b"test", digest_size=6).hexdigest()


def settings_for(folder: Path, *files: Mapping[str, Any], **options: Any) -> FilesSettings:
    """Validated settings; `pattern` defaults to every file, `key` to "id", `name` to the record kind."""
    tables = []
    for file in files:
        record = file.get("record", "tickets")
        tables.append({"name": record, "pattern": "*", "record": record, "key": "id"} | dict(file))
    return FilesSettings.model_validate({"folder": folder, "files": tables} | options)


def record_context(settings: FilesSettings, zone: ZoneInfo = UTC_ZONE) -> RecordContext:
    """What the record function knows."""
    return RecordContext(settings, zone, pseudonym)


@dataclass
class Read:
    """Everything that came out of one table of files."""

    pages: list[Page] = field(default_factory=list)
    payloads: dict[str, Any] = field(default_factory=dict)
    records: list[Any] = field(default_factory=list)

    @property
    def rejects(self) -> list[SourceReject]:
        return [reject for page in self.pages for reject in page.rejects]

    @property
    def reasons(self) -> list[str]:
        return [reject.reason for reject in self.rejects]

    @property
    def rows_read(self) -> int:
        return sum(page.rows_read or 0 for page in self.pages)

    @property
    def note(self) -> str:
        return self.pages[-1].note

    @property
    def proof(self) -> str:
        return self.pages[-1].proof

    def of(self, table: str) -> list[Any]:
        """The records of one table, those with one id once, the last of them."""
        found = {r.id: r for r in self.records if type(r).__record__.table == table}
        return list(found.values())

    def one(self, table: str) -> Any:
        """The only record of a table."""
        (found,) = self.of(table)
        return found


def stream_of(settings: FilesSettings, number: int = 0) -> Stream:
    """The stream of a table of files."""
    return connector("files").streams(settings)[number]


def read(
    settings: FilesSettings,
    number: int = 0,
    *,
    stored: dict[str, Any] | None = None,
    slices: Sequence[Slice] | None = None,
    zone: ZoneInfo = UTC_ZONE,
    derive: bool = True,
) -> Read:
    """Read files as the engine does: slice by slice, page by page, each page stored before the next.

    Args:
        settings: of the connection.
        number: of the table of files.
        stored: payloads by id; those read are put into it.
        slices: what to read; default: all that is planned.
        zone: the MSP's.
        derive: make records too, of what is stored at the end.
    """
    stored = {} if stored is None else stored
    context = record_context(settings, zone)
    fetch = FetchContext(context, previous=lambda ids: {i: stored[i] for i in ids if i in stored})
    stream = stream_of(settings, number)
    found = Read()
    with connector("files").open(settings) as folder:
        assert stream.plan is not None
        for part in stream.plan(folder) if slices is None else slices:
            for page in stream.pages(folder, part, fetch):
                found.pages.append(page)
                for payload in page.payloads:
                    found.payloads[stream.identify(payload)] = payload
                    stored[stream.identify(payload)] = payload
    if derive:
        for payload in found.payloads.values():
            found.records += stream.records(payload, context)
    return found
