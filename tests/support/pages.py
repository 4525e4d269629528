"""Pages as tests write them: short to say, whole as the sync writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from phasewise.storage.checkpoints import Checkpoint
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.sink import Derived, MappedWord, NewReject, PageWrite, StoredPayload

AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
"""When the pages of tests are fetched, unless they say otherwise."""


def page_of(
    *records: Any,
    at: datetime = AT,
    stream: str = "tickets",
    slice: str = "2026-03",  # noqa: A002  # the word of the field
    connection_id: str = "psa",
    run_id: str = "run",
    payloads: Sequence[StoredPayload] | None = None,
    rejects: Sequence[NewReject] = (),
    words: Sequence[MappedWord] = (),
    replaced: Mapping[str, tuple[str, Sequence[str]]] | None = None,
    remap_of: int | None = None,
    cursor: str | None = "c1",
) -> PageWrite:
    """A page with one payload a record, `{"id": …}`; with `remap_of`, a stored page derived again."""
    if payloads is None:
        payloads = [StoredPayload(record.id, {"id": record.id}) for record in records]
    last = max(len(payloads) - 1, 0)
    return PageWrite(
        connection_id=connection_id,
        stream=stream,
        slice=slice,
        run_id=run_id,
        at=at,
        payloads=payloads,
        records=[Derived(min(index, last), record) for index, record in enumerate(records)],
        rejects=rejects,
        checkpoint=Checkpoint(slice, cursor, None, None, None, False, len(records)),
        replaced=replaced or {},
        keep_raw=remap_of is None,
        words=words,
        page_id=remap_of,
    )


def rows(scope: MspStore, table: str, *columns: str, order: str = "id") -> list[tuple[Any, ...]]:
    """Columns of a table's rows of this MSP, ordered."""
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE msp_id = :msp_id ORDER BY {order}"
    return [tuple(row.values()) for row in read_frame(scope, sql)]
