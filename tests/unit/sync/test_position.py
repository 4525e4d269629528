"""A position comes from the source, never goes back, and survives being written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import Slice
from phasewise.storage.checkpoints import Checkpoint
from phasewise.sync.checkpoint import after_page, after_pass
from phasewise.sync.position import Pass, forward, from_text, marked, to_text, unfinished
from phasewise.sync.slices import INCREMENT, Kind, PlannedSlice

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
instants = st.integers(0, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
maybe = st.one_of(st.none(), instants)


@given(
    began=instants, start=maybe, mark=maybe, token=st.one_of(st.none(), st.text()), is_marked=st.booleans()
)
def test_a_pass_is_read_back_as_it_was_written(
    began: datetime, start: datetime | None, mark: datetime | None, token: str | None, is_marked: bool
) -> None:
    one = Pass(began, start, token, mark, is_marked)
    assert from_text(to_text(one)) == one


@given(st.lists(st.tuples(maybe, maybe), max_size=12), st.booleans())
def test_a_committed_position_never_goes_back(
    pages: list[tuple[datetime | None, datetime | None]], ordered: bool
) -> None:
    committed: datetime | None = None
    for source_time, newest in pages:
        a_pass = marked(
            Pass(NOON),
            source_time=source_time,
            newest=newest,
            is_ordered=ordered,
            now=datetime(2040, 1, 1, tzinfo=UTC),
        )
        moved = forward(committed, a_pass.mark)
        assert committed is None or (moved is not None and moved >= committed)
        committed = moved


def test_the_mark_is_the_sources_clock_at_the_first_answer() -> None:
    first = marked(Pass(NOON), source_time=NOON, newest=NOON - timedelta(days=1), is_ordered=False, now=NOON)
    later = marked(
        first,
        source_time=NOON + timedelta(hours=1),
        newest=NOON + timedelta(hours=1),
        is_ordered=False,
        now=NOON,
    )
    assert later.mark == NOON


def test_without_a_clock_the_mark_of_an_unordered_listing_is_its_first_page() -> None:
    """A later page may be newer than a change on a page we have already passed."""
    first = marked(Pass(NOON), source_time=None, newest=NOON, is_ordered=False, now=NOON)
    second = marked(first, source_time=None, newest=NOON + timedelta(hours=1), is_ordered=False, now=NOON)
    assert second.mark == NOON
    ordered = marked(first, source_time=None, newest=NOON + timedelta(hours=1), is_ordered=True, now=NOON)
    assert ordered.mark == NOON + timedelta(hours=1)


def test_a_date_in_the_far_future_is_a_mistake_in_the_data_and_no_position() -> None:
    found = marked(
        Pass(NOON), source_time=None, newest=datetime(2099, 1, 1, tzinfo=UTC), is_ordered=True, now=NOON
    )
    assert found.mark is None


def planned(before: Checkpoint | None, start: datetime | None) -> PlannedSlice:
    return PlannedSlice(Slice(INCREMENT, start=start), Kind.OPEN_END, "increment", before)


def span(start: datetime | None, end: datetime | None, *, is_complete: bool = True) -> Checkpoint:
    return Checkpoint(INCREMENT, None, None, start, end, is_complete, 0)


def test_only_a_complete_pass_moves_the_position() -> None:
    before = span(NOON - timedelta(days=90), NOON)
    a_pass = Pass(NOON, start=NOON - timedelta(hours=1), mark=NOON + timedelta(hours=9), is_marked=True)
    partial = after_pass(planned(before, a_pass.start), a_pass, is_complete=False, fetched=3)
    assert (partial.window_start, partial.window_end) == (before.window_start, NOON)
    assert partial.cursor is None
    complete = after_pass(planned(before, a_pass.start), a_pass, is_complete=True, fetched=3)
    assert (complete.window_start, complete.window_end) == (before.window_start, a_pass.mark)


def test_a_full_pass_after_a_long_outage_does_not_claim_the_hole() -> None:
    before = span(NOON - timedelta(days=90), NOON - timedelta(days=60))
    start = NOON - timedelta(days=1)
    a_pass = Pass(NOON, start=start, mark=NOON, is_marked=True)
    done = after_pass(planned(before, start), a_pass, is_complete=True, fetched=0)
    assert (done.window_start, done.window_end) == (start, NOON)


def test_a_pass_in_the_middle_can_be_found_again() -> None:
    a_pass = Pass(NOON, start=NOON)
    middle = after_page(planned(None, NOON), a_pass, cursor="T7", fetched=7)
    assert unfinished(middle) == a_pass
    assert unfinished(after_page(planned(None, NOON), a_pass, cursor=None, fetched=7)) is None
    assert unfinished(after_pass(planned(None, NOON), a_pass, is_complete=True, fetched=7)) is None
