"""Documents of the small world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phasewise.model.records.documents import Document
from phasewise.model.words import DocumentKind
from phasewise.sandbox.small_world.times import BEFORE, at

KINDS: tuple[DocumentKind, ...] = ("process", "knowledge", "runbook")


def records() -> Iterator[Any]:
    """12 documents; every second one belongs to a client."""
    for number in range(1, 13):
        kind = KINDS[number % 3]
        yield Document(
            id=str(number),
            updated_at=at(number * 10),
            client=str(1 + number % 6) if number % 2 else None,
            title=f"{kind.capitalize()} {number}",
            kind=kind,
            kind_raw=kind,
            created_at=BEFORE,
            edited_at=at(number * 10),
            technician=str(1 + number % 4),
            words=100 + number,
            is_archived=number == 12,
        )
