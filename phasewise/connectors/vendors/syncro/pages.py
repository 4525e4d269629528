"""Pages as they are stored, and what is done to each row before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from phasewise.connectors.base import Page
from phasewise.connectors.parse import instant
from phasewise.connectors.vendors.syncro.lists import kept
from phasewise.errors import RecordError


def stored(pages: Iterator[Page], fields: Sequence[str]) -> Iterator[Page]:
    """The same pages, each row with these fields only."""
    return changed(pages, lambda row, _page: kept(row, fields))


def changed(pages: Iterator[Page], change: Callable[[Any, Page], Any]) -> Iterator[Page]:
    """The same pages with their rows changed."""
    for page in pages:
        yield replace(page, payloads=[change(row, page) for row in page.payloads])


def told_at(row: Any, name: str) -> datetime | None:
    """An instant of a row, for a look at whether a filter works; None where it cannot be read.

    A time without a zone says nothing exact, so none is taken for it.
    """
    value = row.get(name) if isinstance(row, dict) else None
    try:
        return instant(value, field=name) if isinstance(value, str) else None
    except RecordError:
        return None
