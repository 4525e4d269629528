"""Whatever a source does while it is paged, a slice that claims to be proven has everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from phasewise.connectors.answers import Answer
from phasewise.connectors.base import Page
from phasewise.connectors.listing import listing
from phasewise.connectors.paging import by_key, by_next, by_offset, by_page_number
from phasewise.errors import ContractError

KINDS = ["page_number", "offset", "next", "key"]
ASKED = 10


def identify(item: Any) -> str:
    return str(item["id"])


@dataclass
class Source:
    """A listing that caps pages in silence, answers some requests emptily, and moves rows meanwhile."""

    ids: list[int]
    cap: int = 1000
    has_total: bool = True
    moves: dict[int, int] = field(default_factory=dict)
    empty: set[int] = field(default_factory=set)
    gone: dict[int, int] = field(default_factory=dict)
    requests: int = 0

    def answer(self, start: int, after: int | None = None) -> Answer:
        self.requests += 1
        if self.requests > 1:
            if (moved := self.moves.get(self.requests)) is not None and self.ids:
                self.ids.append(self.ids.pop(moved % len(self.ids)))
            if (gone := self.gone.get(self.requests)) is not None and self.ids:
                self.ids.pop(gone % len(self.ids))
        rest = self.ids[start:] if after is None else sorted(i for i in self.ids if i > after)
        size = min(self.cap, ASKED)
        items = [] if self.requests in self.empty else rest[:size]
        end = start + len(items)
        leads_on = end < len(self.ids)
        body = {
            "items": [{"id": i} for i in items],
            "total": len(self.ids) if self.has_total else None,
            "next": str(end) if leads_on else None,
        }
        return Answer(200, {}, body, None, "GET /items")


def pages(kind: str, source: Source, *, resume: str | None = None) -> Iterator[Page]:
    read = listing(items="items", total="total", next_mark="next")
    size = min(source.cap, ASKED)
    by: dict[str, Callable[[], Iterator[Page]]] = {
        # A page number counts pages of the size that the source really uses.
        "page_number": lambda: by_page_number(
            lambda n: source.answer((n - 1) * size), read, identify=identify, size=ASKED, resume=resume
        ),
        "offset": lambda: by_offset(source.answer, read, identify=identify, size=ASKED, resume=resume),
        "next": lambda: by_next(lambda m: source.answer(int(m or 0)), read, identify=identify, resume=resume),
        "key": lambda: by_key(
            lambda k: source.answer(0, after=int(k or 0)), read, identify=identify,
            key=lambda item: int(item["id"]), resume=resume,
        ),
    }  # fmt: skip
    return by[kind]()


ids = st.integers(0, 60).map(lambda n: list(range(1, n + 1)))


@pytest.mark.parametrize("kind", KINDS)
@given(ids=ids, cap=st.integers(1, 15), has_total=st.booleans())
def test_every_item_of_a_quiet_source_comes_and_is_proven(
    kind: str, ids: list[int], cap: int, has_total: bool
) -> None:
    got = list(pages(kind, Source(list(ids), cap=cap, has_total=has_total)))
    assert [int(i["id"]) for page in got for i in page.payloads] == ids
    assert got[-1].proof == ("declared_total" if has_total else "end_mark")
    assert all(page.proof == "none" for page in got[:-1])
    assert all(page.payloads for page in got[:-1])


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300)
@given(
    ids=ids,
    cap=st.integers(2, 15),
    moves=st.dictionaries(st.integers(2, 12), st.integers(0, 60), max_size=3),
    empty=st.sets(st.integers(2, 12), max_size=2),
    gone=st.dictionaries(st.integers(2, 12), st.integers(0, 60), max_size=2),
)
def test_what_claims_to_be_proven_by_a_total_lacks_nothing(
    kind: str,
    ids: list[int],
    cap: int,
    moves: dict[int, int],
    empty: set[int],
    gone: dict[int, int],
) -> None:
    source = Source(list(ids), cap=cap, moves=moves, empty=empty, gone=gone)
    try:
        got = list(pages(kind, source))
    except ContractError:
        return  # loud is allowed; silent is not
    came = {int(i["id"]) for page in got for i in page.payloads}
    if got[-1].proof == "declared_total":
        assert len(came) >= len(source.ids)
        if not gone:
            assert came == set(ids)
    else:
        assert got[-1].proof == "none"
        assert "items" in got[-1].note


@pytest.mark.parametrize("kind", KINDS)
@given(ids=ids, cap=st.integers(1, 10), hole=st.integers(2, 8), has_total=st.booleans())
def test_one_empty_page_in_the_middle_loses_nothing(
    kind: str, ids: list[int], cap: int, hole: int, has_total: bool
) -> None:
    # Without a total, an empty last page cannot be told from the end.
    assume(has_total or hole * cap < len(ids))
    got = list(pages(kind, Source(list(ids), cap=cap, empty={hole}, has_total=has_total)))
    assert {int(i["id"]) for page in got for i in page.payloads} == set(ids)
    assert got[-1].proof != "none"


@pytest.mark.parametrize("kind", KINDS)
@given(ids=ids, cap=st.integers(1, 10), stop=st.integers(0, 10))
def test_a_reading_cut_short_after_any_page_and_resumed_has_everything(
    kind: str, ids: list[int], cap: int, stop: int
) -> None:
    source = Source(list(ids), cap=cap)
    first = []
    for page, _ in zip(pages(kind, source), range(stop + 1), strict=False):
        first.append(page)
    rest = [] if first[-1].proof != "none" else list(pages(kind, source, resume=first[-1].cursor))
    assert {int(i["id"]) for page in first + rest for i in page.payloads} == set(ids)
    assert (first + rest)[-1].proof == "declared_total"


@pytest.mark.parametrize("kind", KINDS)
@given(ids=ids, cap=st.integers(1, 10), at=st.integers(2, 8), which=st.integers(0, 60))
def test_a_record_deleted_while_we_page_hides_no_other_one(
    kind: str, ids: list[int], cap: int, at: int, which: int
) -> None:
    source = Source(list(ids), cap=cap, gone={at: which})
    got = list(pages(kind, source))
    if kind == "next":
        return  # its marks are places the source keeps for itself: whether they shift is the source's affair
    assert set(source.ids) <= {int(i["id"]) for page in got for i in page.payloads}
    assert got[-1].proof == "declared_total"
