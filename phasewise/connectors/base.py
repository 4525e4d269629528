"""What a connector is: values.

A connector emits the vendor's word and its default guess; it never sees the store, the operator's mapping
or the clock of this host.

A connector file defines `CONNECTOR = Connector(...)` at its top level and is found by being in
`connectors/vendors/` (or by an entry point in the group `phasewise.connectors`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel


class CursorKind(StrEnum):
    """What the source can filter by."""

    MODIFIED = "modified"
    """An updated-since filter: changes are seen."""
    CREATED = "created"
    """Only a created-since filter: records still open are fetched again."""
    NONE = "none"
    """A full listing each time."""
    FILE = "file"
    """Files: new and changed ones are read again."""


OPEN_SLICE = "open"
"""Key of the slice in which a stream with a cursor by creation fetches `FetchContext.open_ids` again."""

Proof = Literal["declared_total", "end_mark", "whole_file", "none"]
"""What shows that a slice is complete: the vendor's total reached, the vendor's own end mark (weaker),
a file read to its end whose size and time did not change meanwhile, or nothing yet."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a stream that is fetched, checkpointed and proven complete on its own.

    Attributes:
        key: stable name within the stream, for example `2026-03` or a file's relative path.
        start: inclusive lower bound of the cursor field, aware UTC; None = from the beginning.
        end: exclusive upper bound; None = open.
        resume: the vendor's own cursor to go on from (as committed with the last page), None = from start.
        token: what tells a changed source from an unchanged one (a file's fingerprint); None = always read.
    """

    key: str
    start: datetime | None = None
    end: datetime | None = None
    resume: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class SourceReject:
    """A piece of the source that did not even become a payload (a half-written line, a wrong encoding).

    Attributes:
        where: file and line, or page and index.
        reason: stable short code, for example `bad_date`, `half_line`, `duplicate_key`.
        detail: one sentence for people.
        payload: the piece as text, cut to 2,000 characters.
        key: the vendor's id where it could be read.
    """

    where: str
    reason: str
    detail: str
    payload: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer of the source holds, or a few short ones; one transaction of the store.

    Attributes:
        payloads: what the source sent, as decoded JSON values, in its order.
        cursor: the vendor's own resume mark after this page; None = this page cannot be resumed after.
        declared: how many items the source says the slice has, None when it does not say.
        proof: set on the last page of a slice; `none` before.
        rows_read: rows of the source behind the payloads when they differ (a file's lines), else None.
        rejects: pieces that did not become payloads.
        source_time: the source's clock when it answered (`Date` header), None when unknown.
        note: a sentence for the receipt: why the slice is not proven and what to do, or what is worth
            knowing though it is ("the file is empty").
    """

    payloads: Sequence[Any]
    cursor: str | None = None
    declared: int | None = None
    proof: Proof = "none"
    rows_read: int | None = None
    rejects: Sequence[SourceReject] = ()
    source_time: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordContext:
    """What a pure `payload → records` function may know beside the payload.

    Attributes:
        settings: the connection's validated settings.
        zone: zone of naive times, by the connection's settings or the MSP's zone.
        pseudonym: keyed hash of a personal id (the store keeps the key): same in, same out, no way back.
    """

    settings: Any
    zone: ZoneInfo
    pseudonym: Callable[[str], str]


def _nothing_stored(ids: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG001  # the form of FetchContext.previous
    return {}


def _nothing_open() -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class FetchContext:
    """What a fetch may use beside its client.

    Attributes:
        record: the context of the record function.
        previous: payloads already stored for these payload ids in this connection and stream
            (id → payload); used where a record is spread over several files. Empty under `--full`.
        open_ids: ids of records of this stream still open in the store; for cursors by creation.
    """

    record: RecordContext
    previous: Callable[[Sequence[str]], Mapping[str, Any]] = _nothing_stored
    open_ids: Callable[[], Iterable[str]] = _nothing_open


def _never(payload: Any) -> bool:  # noqa: ARG001  # the form of Stream.deleted
    return False


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of record from one connector, and the truth about its source.

    Attributes:
        name: short plural noun, unique in the connector.
        record: table name of its main record.
        pages: generator of pages of one slice: `pages(client, slice, fetch_context)`.
        records: pure function `records(payload, context)` → every record the payload becomes: the main
            one and its children. Raises RecordError for a payload that cannot become a record.
        identify: the payload's id, as text; equals the main record's id where there is exactly one.
        provides: `table.field` names the source can ever fill.
        cursor: what the source can filter by.
        emits: table names of every record it can emit, main first.
        plan: for connectors that name their own slices (files): `plan(client)` → slices with tokens. None:
            the engine plans windows of time.
        listing: id-only generator of a proven-complete listing for the sweep, None = `pages` serves.
        replaces_children: tables whose rows of one main record are a set, replaced with it (lines);
            others are logs and are upserted. The main record's own table where a payload is the parent of
            several of them (an invoice with its payments): then the payload's id is what they name.
        child_parent: for each table in replaces_children, the field that names the main record.
        bounded: the source can bound a window from above.
        ordered: pages come in the order of the cursor.
        overlap: how far before the cursor an increment starts again.
        window: longest slice of history; None = a month where `bounded`, else one slice.
        max_depth: most items the source lists in one query, None = no limit known.
        page_size: (smallest, default of the vendor, largest) items a page. Streams of long pages are read
            ahead of their writing.
        right: the vendor's name of the right it needs.
        personal: payload fields that are personal data.
        history_months: how far back the first sync goes.
        background: asks one request a record: gets at most a quarter of the budget, newest first.
        lists_all: a slice read to its end holds all there is, so that a row unseen in it is gone. False where
            rows leave the listing without being deleted (an export of the last 30 days): never swept.
        deleted: whether a payload says that its record was deleted in the source (a status, a recycle bin).
            The record is stored with all it says and marked as gone at its `updated_at`.
    """

    name: str
    record: str
    pages: Callable[[Any, Slice, FetchContext], Iterator[Page]]
    records: Callable[[Any, RecordContext], Iterable[Any]]
    identify: Callable[[Any], str]
    provides: frozenset[str]
    cursor: CursorKind = CursorKind.NONE
    emits: tuple[str, ...] = ()
    plan: Callable[[Any], Sequence[Slice]] | None = None
    listing: Callable[[Any, Slice, FetchContext], Iterator[Page]] | None = None
    replaces_children: tuple[str, ...] = ()
    child_parent: Mapping[str, str] = field(default_factory=dict)
    bounded: bool = False
    ordered: bool = False
    overlap: timedelta = timedelta(minutes=15)
    window: timedelta | None = None
    max_depth: int | None = None
    page_size: tuple[int, int, int] = (1, 100, 100)
    right: str = ""
    personal: frozenset[str] = frozenset()
    history_months: int = 36
    background: bool = False
    lists_all: bool = True
    deleted: Callable[[Any], bool] = _never


@dataclass(frozen=True, slots=True)
class Quirk:
    """Something a vendor's interface does that nobody would expect, and what keeps us from falling for it.

    Attributes:
        name: short, in words.
        what: what it does, seen or read in the vendor's own text.
        guarded_by: name of the test that fails when we fall for it.
    """

    name: str
    what: str
    guarded_by: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What `phasewise check` may say of a connection after a cheap look.

    Attributes:
        identity: who we are there ("read-only API member 'phasewise'"; "folder ~/exports").
        missing: stream → what is missing to read it (a right, a file).
        excess: rights we have and do not need.
        notes: sentences for people.
        cost: (requests, minutes) of the first sync, None when unknown.
    """

    identity: str
    missing: Mapping[str, str] = field(default_factory=dict)
    excess: Sequence[str] = ()
    notes: Sequence[str] = ()
    cost: tuple[int, float] | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """Code that knows one vendor.

    Attributes:
        name: as written in `phasewise.toml`.
        title: as people write it.
        kind: psa, rmm, accounting, documentation, survey or files.
        settings: pydantic model of the connection's settings; secrets are `SecretStr`.
        open: opens a client for validated settings; the engine closes it. The client is whatever the
            streams' functions need.
        streams: the streams for these settings (fixed for a vendor; one a mapping for `files`).
        check: a cheap look: `check(client, settings)` says whether we are let in, and what is missing.
        concurrency: requests the source allows at a time; slices run side by side up to it.
        catalogue: the streams there can be, for people who have no settings yet; None = `streams(None)`.
        quirks: what the vendor does unexpectedly; `docs/reference/quirks.md` is made of them.
    """

    name: str
    title: str
    kind: Literal["psa", "rmm", "accounting", "documentation", "survey", "files"]
    settings: type[BaseModel]
    open: Callable[[Any], AbstractContextManager[Any]]
    streams: Callable[[Any], Sequence[Stream]]
    check: Callable[[Any, Any], CheckResult]
    concurrency: int = 1
    catalogue: Callable[[], Sequence[Stream]] | None = None
    quirks: tuple[Quirk, ...] = ()
