"""Pages as they are stored, and what is done to each row before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from phasewise.connectors.base import Page
from phasewise.connectors.vendors.syncro.fields import written_instant
from phasewise.connectors.vendors.syncro.lists import keeping
from phasewise.errors import SourceError

TOGETHER = 500
"""Rows of short pages that are stored in one go: seven seconds of a list of 25 rows a page, the shortest."""


def stored(pages: Iterator[Page], fields: Sequence[str]) -> Iterator[Page]:
    """The same pages, each row with these fields only."""
    return changed(pages, keeping(fields))


def changed(pages: Iterator[Page], change: Callable[[Any], Any]) -> Iterator[Page]:
    """The same pages with their rows changed."""
    for page in pages:
        yield replace(page, payloads=list(map(change, page.payloads)))


def gathered(pages: Iterator[Page], *, together: int = TOGETHER) -> Iterator[Page]:
    """Short pages put together: each is a transaction of the store, and Syncro's cannot be asked for longer.

    Only pages without a mark and without a total, so that a kill costs no more: no run could have gone on
    after one of them. When the source fails, what came before is handed on first. Not for rows whose parts
    are a set: of a row that moved while we paged, one page would hold the parts of both readings.

    Args:
        pages: of a list.
        together: most rows; a longer page stays as it is.
    """
    held: list[Page] = []
    rows = 0
    try:
        for page in pages:
            if held and rows + len(page.payloads) > together:
                yield _joined(held)
                held, rows = [], 0
            held.append(page)
            rows += len(page.payloads)
            if not _is_plain(page):
                yield _joined(held)
                held, rows = [], 0
    except SourceError:
        if held:
            yield _joined(held)
        raise
    if held:
        yield _joined(held)


def _is_plain(page: Page) -> bool:
    """Whether a page says nothing but its rows and the time."""
    return page == Page(page.payloads, source_time=page.source_time)


def _joined(pages: Sequence[Page]) -> Page:
    if len(pages) == 1:
        return pages[0]
    rows = [row for page in pages for row in page.payloads]
    # The earliest clock: what changed between the first answer and the last one is found by the next pass.
    return replace(pages[-1], payloads=rows, source_time=pages[0].source_time)


def told_at(row: Any, name: str) -> datetime | None:
    """An instant of a row, for a look at whether a filter works; None where it cannot be read.

    A time without a zone says nothing exact, so none is taken for it.
    """
    value = row.get(name) if isinstance(row, dict) else None
    return written_instant(value) if isinstance(value, str) else None
