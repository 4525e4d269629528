"""One file, read to its end, grouped by key, handed over in pages.

Nothing is handed over before the whole file has been read: only then is known whether it changed meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from phasewise.connectors.base import FetchContext, Page, Slice, SourceReject
from phasewise.connectors.vendors.files.delimited import TableForm, open_table
from phasewise.connectors.vendors.files.fields import reading
from phasewise.connectors.vendors.files.folder import Folder, fingerprint, mapping_digest
from phasewise.connectors.vendors.files.intake import Count, take_in
from phasewise.connectors.vendors.files.merge import Merge, merger
from phasewise.connectors.vendors.files.rules import mapped_columns
from phasewise.connectors.vendors.files.settings import FileSettings, FilesSettings
from phasewise.connectors.vendors.files.spool import Spool, SpooledRow, open_spool

KEYS_A_PAGE = 1_000
ROWS_A_PAGE = 20_000
ROWS_A_KEY = 10_000
"""More rows than this for one key are no history but a wrong key column; they would fill the memory."""


def table_form(settings: FilesSettings, file: FileSettings) -> TableForm:
    """How the text of these files is laid out."""
    return TableForm(
        encoding=file.encoding or settings.encoding,
        delimiter=file.delimiter,
        quote=file.quote,
        skip_lines=file.skip_lines,
        columns=file.columns,
    )


def file_pages(file: FileSettings) -> Callable[[Folder, Slice, FetchContext], Iterator[Page]]:
    """The generator of the pages of a file, for one table of files.

    Payloads are described in derive.py. A page has about 1,000 keys; its cursor is the last of them, together
    with the file's token, so that a run that was killed goes on after it and a changed file starts again.
    """

    def pages(folder: Folder, part: Slice, context: FetchContext) -> Iterator[Page]:
        path, columns = folder.path / part.key, mapped_columns(file)
        token = f"{fingerprint(path, part.key)} {mapping_digest(folder.settings, file)}"
        with open_spool(len(columns)) as spool:
            with open_table(path, part.key, table_form(folder.settings, file), columns) as table:
                is_empty = not table.columns
                count = Count() if is_empty else take_in(table, spool, folder.settings, file, context.record)
                broken = table.lines.broken
            is_changed = not token.startswith(fingerprint(path, part.key) + " ")
            merge = merger(file, columns, reading(folder.settings, file, context.record.zone))
            yield from _with_end(
                _Pages(part.key, token, spool, count, merge, context).all(_after(part.resume, token)),
                is_proven=not (broken or is_changed or is_empty or count.is_cut),
                note=_note(count, is_empty=is_empty, is_changed=is_changed, broken=broken),
                left_out=count.left_out,
            )

    return pages


@dataclass(frozen=True, slots=True)
class _Pages:
    """What the pages of one file are made from."""

    name: str
    token: str
    spool: Spool
    count: Count
    merge: Merge
    context: FetchContext

    def all(self, after: str | None) -> Iterator[Page]:
        """The pages in the order of the keys, rejects spread over them as over the file.

        Spread, because who watches the share of rejects must not see all of them at once; and so that a run
        that goes on after `after` does not hand over again what came with the pages before it.
        """
        total = self.spool.row_count
        rejects, given = self.spool.rejects(), 0
        done = self.spool.rows_up_to(after) if after is not None else 0
        for batch in _batches(self.spool.groups(after)):
            due = self.spool.reject_count * done // total if total else 0
            while given < due:  # only after a resume: those that came with the pages before
                next(rejects)
                given += 1
            done += batch.row_count
            share = self.spool.reject_count * done // total - given
            page = self._page(batch, [next(rejects) for _ in range(share)])
            given += share
            yield page
        left = list(rejects)
        if left:
            yield Page(payloads=(), rejects=left, rows_read=_rows_behind(left))

    def _page(self, batch: _Batch, rejects: list[SourceReject]) -> Page:
        keys = [key for key, _ in batch.groups]
        stored = self.context.previous(keys)
        payloads, more = [], batch.rejects(self.name)
        for key, rows in batch.groups:
            payload, twice = self.merge(key, self.name, rows, stored.get(key))
            payloads.append(payload)
            more += twice
        return Page(
            payloads=payloads,
            cursor=json.dumps([self.token, batch.last_key]),
            rows_read=batch.row_count + _rows_behind(rejects),
            rejects=rejects + more,
        )


@dataclass(slots=True)
class _Batch:
    """The keys of one page with their rows."""

    groups: list[tuple[str, list[SpooledRow]]] = field(default_factory=list)
    row_count: int = 0
    last_key: str = ""
    crowded: list[tuple[str, int, int]] = field(default_factory=list)

    def rejects(self, name: str) -> list[SourceReject]:
        """One reject for every key with more rows than a history has."""
        return [
            SourceReject(
                where=f"{name}:{line}",
                reason="too_many_rows",
                detail=f"{count:,} rows have this key, over {ROWS_A_KEY:,}. Is `key` the right column?",
                key=key,
            )
            for key, line, count in self.crowded
        ]


def _batches(groups: Iterator[tuple[str, Iterator[SpooledRow]]]) -> Iterator[_Batch]:
    batch = _Batch()
    for key, found in groups:
        rows = list(islice(found, ROWS_A_KEY))
        more = sum(1 for _ in found)
        batch.last_key = key
        batch.row_count += len(rows) + more
        if more:
            batch.crowded.append((key, rows[0][1], len(rows) + more))
        else:
            batch.groups.append((key, rows))
        if len(batch.groups) >= KEYS_A_PAGE or batch.row_count >= ROWS_A_PAGE:
            yield batch
            batch = _Batch()
    if batch.row_count:
        yield batch


def _with_end(pages: Iterator[Page], *, is_proven: bool, note: str, left_out: int) -> Iterator[Page]:
    """The pages, the last one with the proof and the note; an empty one where there is none."""
    last = Page(payloads=(), rows_read=0)
    is_first = True
    for page in pages:
        if not is_first:
            yield last
        last, is_first = page, False
    yield replace(
        last,
        proof="whole_file" if is_proven else "none",
        note=note,
        rows_read=(last.rows_read or 0) + left_out,
    )


def _note(count: Count, *, is_empty: bool, is_changed: bool, broken: str) -> str:
    notes = []
    if broken:
        notes.append(f"The file is not read to its end: {broken}.")
    if is_changed:
        notes.append(
            "The file changed while it was read. What was read is stored, and it is read again next time; "
            "let exports be written under another name and renamed when they are finished."
        )
    if count.is_cut:
        notes.append("The file ends in the middle of a line: rows may be missing after it. Export it again.")
    if is_empty and not broken:
        # Not a complete listing of nothing: that has a header. A failed export or a full disk leaves this.
        notes.append(
            "The file is empty, without even a header: nothing shows that this was all. Export it again."
        )
    elif not count.read and not broken:
        notes.append("The file has a header and no rows.")
    if count.left_out:
        notes.append(f"{count.left_out:,} rows are left out by `where`.")
    return " ".join(notes)


def _after(resume: str | None, token: str) -> str | None:
    """The key after which to go on, None where nothing was committed or the file is another by now."""
    if resume is None:
        return None
    committed, key = json.loads(resume)
    return str(key) if committed == token else None


def _rows_behind(rejects: Sequence[SourceReject]) -> int:
    return sum(reject.reason != "damaged_file" for reject in rejects)
