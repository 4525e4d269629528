"""A listing read from its first page to the proof that this was all; what every paging kind shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import Page, Proof
from phasewise.connectors.listing import Listing, Read
from phasewise.connectors.seen import Seen
from phasewise.errors import ContractError
from phasewise.log import Log, redact

MOST_EMPTY = 3
"""Empty pages in a row after which a listing whose total is not reached ends all the same."""
MOST_EMPTY_WITHOUT_TOTAL = 2
"""The same where no total is declared and the page before was a full one."""
MOST_EMPTY_LINKS = 100
"""The same where the source itself leads on from an empty page."""
PASSES = 2
"""Times a listing is read until its declared total is reached."""

Identify = Callable[[Any], str]
Count = Callable[[], int | None]
M = TypeVar("M")

_log = Log("connectors.paging")


@dataclass(frozen=True, slots=True)
class Kind(Generic[M]):
    """How one paging kind moves.

    Attributes:
        fetch: asks for the page at a mark.
        start: mark of the first page.
        parse: a mark from its text; ValueError where it is none.
        advance: the mark after an answer; None ends the listing.
        may_shift: what lies behind a mark may shift when records come and go. Where the total shrank while we
            read, the listing is read again: a record behind a deleted one was stepped over.
        needs_total_to_resume: marks are places in the list. Going on from one after a kill is only honest
            where a total shows whether something was missed.
        empty_ends: an empty page is the end mark; otherwise only a missing mark is.
    """

    fetch: Callable[[M], Answer]
    start: M
    parse: Callable[[str], M]
    advance: Callable[[M, Listing], M]
    may_shift: bool = False
    needs_total_to_resume: bool = False
    empty_ends: bool = False


class Walk(Generic[M]):
    """One reading of a listing, from its first page to its proof.

    Args:
        kind: how it moves.
        read: what is in an answer.
        identify: a payload's id.
        size: items a page that were asked for, 0 when the source decides.
        max_depth: most items the source lists.
        count: asks for the total by a request of its own.
    """

    def __init__(
        self,
        kind: Kind[M],
        read: Read,
        identify: Identify,
        *,
        size: int = 0,
        max_depth: int | None,
        count: Count | None,
    ) -> None:
        self._kind = kind
        self._read = read
        self._size = size
        self._max_depth = max_depth
        self._count = count
        self._seen = Seen(identify)
        self._held: Sequence[Any] = ()
        self._holes: list[M] = []
        self._where = ""
        self._is_resumed = False
        self._source_time: datetime | None = None

    def pages(self, resume: str | None) -> Iterator[Page]:
        """The pages, from the start or from a former run's mark; the last one carries the proof."""
        mark = self._begin(resume)
        if self._count is not None:
            self._seen.declare(self._count())
        for number in range(1, PASSES + 1):
            yield from self._one_pass(mark, is_first=number == 1)
            yield from self._fill_holes()
            if self._count is not None:
                self._seen.declare(self._count())
            has_shifted = self._kind.may_shift and self._seen.has_shrunk() and not self._is_resumed
            if number == PASSES or self._is_cut() or (self._is_reached() and not has_shifted):
                break
            _log.info(
                "paging.again", where=self._where, declared=self._seen.total, distinct=self._seen.distinct()
            )
            if self._held:
                yield self._page(self._held, None)
            mark = self._kind.start
            self._seen.begin_pass()
        yield self._last_page()

    def _begin(self, resume: str | None) -> M:
        if resume is None:
            return self._kind.start
        try:
            mark = self._kind.parse(resume)
        except ValueError:
            return self._kind.start
        self._is_resumed = True
        return mark

    def _one_pass(self, mark: M, *, is_first: bool) -> Iterator[Page]:
        empty: list[M] = []
        while True:
            mark, found = self._ask(mark)
            new = self._seen.take(found.items, where=self._where)
            payloads = found.items if is_first else new
            following = self._kind.advance(mark, found)
            if found.items:
                self._holes += empty
                empty = []
            else:
                empty.append(mark)
            if self._is_end(found, following, len(empty)) or self._is_cut():
                self._held = payloads
                return
            if payloads:
                yield self._page(payloads, following if is_first else None)
            mark = following

    def _fill_holes(self) -> Iterator[Page]:
        """Ask once more for empty pages that were not the end, where no total tells what they hid."""
        holes, self._holes = self._holes, []
        for mark in holes if self._seen.total is None and self._kind.empty_ends else ():
            found = self._ask(mark)[1]
            if found.items and not self._seen.is_known_page(found.items):
                self._seen.take(found.items, where=self._where)
                yield self._page(found.items, None)

    def _ask(self, mark: M) -> tuple[M, Listing]:
        try:
            answer = self._kind.fetch(mark)
        except ContractError as error:
            if not self._is_resumed or self._seen.rows:
                raise
            _log.info("paging.resume_refused", why=error.what)  # the mark of the former run is too old
            self._is_resumed = False
            mark = self._kind.start
            answer = self._kind.fetch(mark)
        self._where = answer.where
        self._source_time = answer.source_time or self._source_time
        found = self._read(answer)
        if self._count is None:
            self._seen.declare(found.total)
        return mark, found

    def _is_end(self, found: Listing, following: M, empty: int) -> bool:
        if found.is_last or following is None:
            return True
        can_count = self._seen.total is not None and not self._is_resumed
        if found.items:
            return len(found.items) < self._size and can_count and self._seen.is_pass_complete()
        if not self._kind.empty_ends:
            return self._refuse_empty_links(empty)
        if can_count:
            return self._seen.is_pass_complete() or empty >= MOST_EMPTY
        # Without a total, an empty page after a full one may be a hole: one step further shows it.
        return not self._seen.was_full() or empty >= MOST_EMPTY_WITHOUT_TOTAL

    def _is_reached(self) -> bool:
        # After a resume the earlier pages are not counted here; the engine counts them before it believes us.
        return self._is_resumed or self._seen.is_total_reached()

    def _refuse_empty_links(self, empty: int) -> bool:
        if empty > MOST_EMPTY_LINKS:
            raise ContractError(f"{empty} empty pages in a row", where=self._where, remedy=CHANGED)
        return False

    def _is_cut(self) -> bool:
        return self._max_depth is not None and self._seen.rows_of_pass >= self._max_depth

    def _page(self, payloads: Any, following: M | None) -> Page:
        can_resume = following is not None and (
            self._seen.total is not None or not self._kind.needs_total_to_resume
        )
        cursor = str(following) if can_resume else None
        if cursor is not None and redact(cursor) != cursor:
            cursor = None  # a link with our key in it is not written into the store
        return Page(payloads, cursor, self._seen.total, source_time=self._source_time)

    def _last_page(self) -> Page:
        proof, note = self._proof()
        return Page(self._held, None, self._seen.total, proof, source_time=self._source_time, note=note)

    def _proof(self) -> tuple[Proof, str]:
        total = self._seen.total
        if self._is_cut() and not (total is not None and self._is_reached()):
            return "none", f"the source lists at most {self._max_depth:,} items in one query"
        if total is None:
            return "end_mark", ""
        if self._is_reached():
            return "declared_total", ""
        came = f"{self._seen.distinct():,} came in {PASSES} readings"
        return "none", f"the source says it has {total:,} items, {came}"
