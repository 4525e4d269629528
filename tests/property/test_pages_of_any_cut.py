"""However records are cut into pages, and wherever a page comes twice, the store ends the same."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from phasewise.model.records.people import Client
from phasewise.model.records.tickets import Ticket
from phasewise.storage.engine import open_store
from phasewise.storage.sink import write_page
from tests.conftest import NOW, register_acme
from tests.support.pages import AT, page_of, rows

ids = st.sampled_from("abcde")
moments = st.none() | st.integers(0, 3).map(lambda hours: AT + timedelta(hours=hours))
records = st.lists(
    st.builds(Ticket, id=ids, queue=st.sampled_from("xyz"), updated_at=moments)
    | st.builds(Client, id=ids, tier=st.sampled_from("xyz"), updated_at=moments),
    max_size=12,
)


def stored(template: Path, pages: list[list[Any]]) -> list[Any]:
    """What a store holds after these pages, page numbers and times of sight left out."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(shutil.copy(template, folder))
        with open_store(f"sqlite:///{path}", now=NOW) as store:
            scope = register_acme(store)
            for number, page in enumerate(pages):
                write_page(scope, page_of(*page, at=AT + timedelta(minutes=number)))
            return [
                rows(scope, "tickets", "id", "queue", "updated_at"),
                rows(scope, "clients", "id", "tier", "updated_at"),
            ]


@settings(max_examples=15)
@given(records, st.integers(1, 12), st.data())
def test_the_cut_into_pages_does_not_matter(
    sqlite_template: Path, found: list[Any], size: int, data: st.DataObject
) -> None:
    def end(pages: list[list[Any]]) -> list[Any]:
        return stored(sqlite_template, pages)

    pages = [found[start : start + size] for start in range(0, len(found), size)]
    assert end(pages) == end([[record] for record in found]) == end([found])
    if pages and all(record.updated_at for record in found):
        # With the vendor's own times, a page read again later (an overlap) changes nothing either.
        again = data.draw(st.sampled_from(pages))
        newest = {(type(r), r.id): r.updated_at for r in sorted(found, key=lambda r: r.updated_at)}
        overlap = [r for r in again if r.updated_at < newest[type(r), r.id]]
        assert end([*pages, overlap]) == end(pages)
