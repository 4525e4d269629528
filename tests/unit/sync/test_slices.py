"""Which slices are read: history once, newest first; every instant covered; nothing decided by our clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import OPEN_SLICE, CursorKind, Slice, Stream
from phasewise.storage.checkpoints import Checkpoint
from phasewise.sync.position import Pass, to_text
from phasewise.sync.slices import (
    ALL,
    GONE,
    INCREMENT,
    halves,
    is_covered,
    plan_named,
    plan_windows,
    window_key,
)

NOW = datetime(2026, 3, 17, 12, 30, tzinfo=UTC)


def stream(**changes: Any) -> Stream:
    values = {
        "name": "tickets",
        "record": "tickets",
        "pages": lambda *_: iter(()),
        "records": lambda *_: (),
        "identify": str,
        "provides": frozenset(),
        "cursor": CursorKind.MODIFIED,
        "bounded": True,
        "history_months": 3,
    }
    return Stream(**{**values, **changes})


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def checkpoint(key: str, start: str | None, end: str | None, **changes: Any) -> Checkpoint:
    values: dict[str, Any] = {"cursor": None, "token": None, "is_complete": True, "fetched": 0, **changes}
    return Checkpoint(
        slice=key,
        window_start=day(start) if start else None,
        window_end=day(end) if end else None,
        **values,
    )


def keys(plan: Any) -> list[str]:
    return [planned.slice.key for planned in plan.slices]


def test_history_comes_newest_first_below_an_open_end() -> None:
    plan = plan_windows(stream(), {}, now=NOW)
    assert keys(plan) == [INCREMENT, "2026-02", "2026-01", "2025-12"]
    assert plan.slices[0].slice.start == day("2026-03-01")
    assert plan.slices[0].slice.end is None
    assert plan.slices[1].slice.start == day("2026-02-01")
    assert plan.slices[1].slice.end == day("2026-03-01")


def test_a_source_that_cannot_bound_a_window_is_read_in_one_slice() -> None:
    plan = plan_windows(stream(bounded=False), {}, now=NOW)
    assert keys(plan) == [INCREMENT]
    assert plan.slices[0].slice.start == day("2025-12-01")


def test_the_increment_starts_before_the_committed_position() -> None:
    known = {INCREMENT: checkpoint(INCREMENT, "2025-12-01", "2026-03-16T02:00")}
    plan = plan_windows(stream(overlap=timedelta(hours=24)), known, now=NOW)
    assert keys(plan) == [INCREMENT]
    assert plan.slices[0].slice.start == day("2026-03-15T02:00")
    assert plan.slices[0].mode.startswith("increment: since 2026-03-16 02:00 UTC")


def test_our_clock_does_not_decide_what_an_increment_reads() -> None:
    known = {INCREMENT: checkpoint(INCREMENT, "2025-12-01", "2026-03-16T02:00")}
    plans = [
        plan_windows(stream(), known, now=NOW + timedelta(days=days)).slices[0].slice
        for days in (-400, -1, 0, 1, 400)
    ]
    assert len({(plan.start, plan.end) for plan in plans}) == 1


def test_a_window_that_is_proven_is_never_read_again() -> None:
    known = {
        INCREMENT: checkpoint(INCREMENT, "2026-03-01", "2026-03-16"),
        "2026-02": checkpoint("2026-02", "2026-02-01", "2026-03-01"),
        "2026-01": checkpoint("2026-01", "2026-01-01", "2026-02-01", is_complete=False),
    }
    assert keys(plan_windows(stream(), known, now=NOW)) == [INCREMENT, "2026-01", "2025-12"]


def test_a_window_covered_by_parts_is_proven() -> None:
    known = {
        INCREMENT: checkpoint(INCREMENT, "2026-02-01", "2026-03-16"),
        "a": checkpoint("a", "2026-01-01", "2026-01-20"),
        "b": checkpoint("b", "2026-01-20", "2026-02-01"),
    }
    assert keys(plan_windows(stream(history_months=2), known, now=NOW)) == [INCREMENT]


def test_what_an_increment_proved_stays_proven_while_the_next_one_runs() -> None:
    known = {
        INCREMENT: checkpoint(
            INCREMENT, "2025-12-01", "2026-03-16", is_complete=False, cursor="7", token=to_text(Pass(NOW))
        )
    }
    plan = plan_windows(stream(), known, now=NOW)
    assert keys(plan) == [INCREMENT]
    assert plan.slices[0].slice.resume == "7"


def test_a_pass_cut_short_goes_on_from_its_own_start() -> None:
    begun = Pass(NOW, start=day("2026-02-01"))
    known = {
        INCREMENT: checkpoint(
            INCREMENT, "2026-02-01", None, is_complete=False, cursor="T9", token=to_text(begun)
        )
    }
    plan = plan_windows(stream(), known, now=NOW + timedelta(days=30))
    assert plan.slices[0].slice == Slice(INCREMENT, start=day("2026-02-01"), resume="T9")
    assert "2026-02" not in keys(plan)


def test_a_first_pass_that_never_ended_starts_again_where_it_started_also_in_a_later_month() -> None:
    known = {INCREMENT: checkpoint(INCREMENT, "2026-02-01", None, is_complete=False)}
    plan = plan_windows(stream(), known, now=NOW)
    assert plan.slices[0].slice.start == day("2026-02-01")
    assert keys(plan) == [INCREMENT, "2026-01", "2025-12"]


def test_full_reads_everything_again_and_says_so() -> None:
    known = {
        INCREMENT: checkpoint(INCREMENT, "2025-12-01", "2026-03-16"),
        "2026-02": checkpoint("2026-02", "2026-02-01", "2026-03-01"),
    }
    plan = plan_windows(stream(), known, now=NOW, full="asked for by --full")
    assert keys(plan) == [INCREMENT, "2026-02", "2026-01", "2025-12"]
    assert {planned.mode for planned in plan.slices} == {"full: asked for by --full"}


def test_a_full_read_goes_as_far_back_as_any_read_before() -> None:
    known = {INCREMENT: checkpoint(INCREMENT, "2024-11-15", "2026-03-16")}
    plan = plan_windows(stream(), known, now=NOW, full="asked for by --full")
    assert plan.slices[-1].slice.start == day("2024-11-15")


@pytest.mark.parametrize("bounded", [True, False])
def test_since_reaches_further_back_than_before(bounded: bool) -> None:
    known = {INCREMENT: checkpoint(INCREMENT, "2025-12-01", "2026-03-16")}
    plan = plan_windows(stream(bounded=bounded), known, now=NOW, since=day("2025-10-10"))
    starts = [planned.slice.start for planned in plan.slices if planned.slice.start is not None]
    assert min(starts) == day("2025-10-10")


def test_a_source_without_a_cursor_is_listed_in_full_each_time() -> None:
    plan = plan_windows(stream(cursor=CursorKind.NONE), {ALL: checkpoint(ALL, None, None)}, now=NOW)
    assert keys(plan) == [ALL]
    assert plan.slices[0].mode == "full: the source can only be listed in full"


@pytest.mark.parametrize(("hours", "resume"), [(1, "T5"), (30, None)])
def test_a_full_listing_cut_short_goes_on_only_while_it_is_fresh(hours: float, resume: str | None) -> None:
    begun = Pass(NOW - timedelta(hours=hours))
    known = {ALL: checkpoint(ALL, None, None, is_complete=False, cursor="T5", token=to_text(begun))}
    plan = plan_windows(stream(cursor=CursorKind.NONE), known, now=NOW)
    assert plan.slices[0].slice.resume == resume


def test_records_that_were_open_are_asked_for_again_where_only_creation_can_be_filtered() -> None:
    first = plan_windows(stream(cursor=CursorKind.CREATED), {}, now=NOW)
    assert OPEN_SLICE not in keys(first)
    known = {INCREMENT: checkpoint(INCREMENT, "2025-12-01", "2026-03-16")}
    assert OPEN_SLICE in keys(plan_windows(stream(cursor=CursorKind.CREATED), known, now=NOW))


def test_an_unchanged_token_is_not_read_and_a_changed_one_is() -> None:
    known = {
        "a.csv": checkpoint("a.csv", None, None, token="1"),
        "b.csv": checkpoint("b.csv", None, None, token="1"),
        "old.csv": checkpoint("old.csv", None, None, token="1"),
        "marked.csv": checkpoint("marked.csv", None, None, token=GONE, is_complete=False),
    }
    found = [Slice("a.csv", token="1"), Slice("b.csv", token="2"), Slice("c.csv", token="1")]
    plan = plan_named(found, known, full="")
    assert [s.key for s in plan.unchanged] == ["a.csv"]
    assert [(p.slice.key, p.mode) for p in plan.slices] == [
        ("b.csv", "full: the source has changed"),
        ("c.csv", "full: first read"),
    ]
    assert [c.slice for c in plan.missing] == ["old.csv"]


def test_a_file_is_resumed_only_while_it_is_the_same_file() -> None:
    token = to_text(Pass(NOW, token="1"))
    known = {"a.csv": checkpoint("a.csv", None, None, token=token, cursor="7", is_complete=False)}
    assert plan_named([Slice("a.csv", token="1")], known, full="").slices[0].slice.resume == "7"
    assert plan_named([Slice("a.csv", token="2")], known, full="").slices[0].slice.resume is None


@pytest.mark.parametrize(
    ("start", "end", "key"),
    [
        ("2026-03-01", "2026-04-01", "2026-03"),
        ("2026-12-01", "2027-01-01", "2026-12"),
        ("2026-03-02", "2026-03-09", "2026-03-02..2026-03-09"),
        ("2026-03-01", "2026-03-16T12:00", "2026-03-01T00:00..2026-03-16T12:00"),
    ],
)
def test_a_window_has_a_stable_name(start: str, end: str, key: str) -> None:
    assert window_key(day(start), day(end)) == key


spans = st.tuples(st.integers(0, 400), st.integers(1, 90))


@given(
    months=st.integers(1, 40),
    window_days=st.one_of(st.none(), st.integers(1, 45)),
    proven=st.lists(spans, max_size=6),
    since_days=st.one_of(st.none(), st.integers(1, 900)),
)
def test_what_is_planned_and_what_is_proven_cover_all_of_history(
    months: int, window_days: int | None, proven: list[tuple[int, int]], since_days: int | None
) -> None:
    """No instant between the start of history and now is left out, whatever was proven before."""
    wide = timedelta(days=window_days) if window_days else None
    one = stream(history_months=months, window=wide)
    known = {}
    for first, length in proven:
        start = NOW - timedelta(days=first)
        key = f"{first}+{length}"
        known[key] = Checkpoint(key, None, None, start, start + timedelta(days=length), True, 0)
    since = NOW - timedelta(days=since_days) if since_days else None
    plan = plan_windows(one, known, now=NOW, since=since)
    read = [
        Checkpoint(str(n), None, None, p.slice.start, p.slice.end or NOW + timedelta(days=400), True, 0)
        for n, p in enumerate(plan.slices)
    ]
    begin = min([c.window_start for c in known.values() if c.window_start], default=NOW)
    start = min(since or NOW, begin) if since else min(begin, NOW - timedelta(days=28 * months))
    assert is_covered([*read, *known.values()], Slice("all", start, NOW))
    starts = [p.slice.start for p in plan.slices if p.slice.start is not None]
    assert starts == sorted(starts, reverse=True)


@given(minutes=st.integers(0, 100_000))
def test_halves_cover_the_window_and_nothing_else(minutes: int) -> None:
    window = Slice("w", NOW, NOW + timedelta(minutes=minutes))
    cut = halves(window)
    if minutes < 2:
        assert cut is None
        return
    assert cut is not None
    assert (cut[0].start, cut[0].end, cut[1].end) == (window.start, cut[1].start, window.end)
    assert all(part.start < part.end for part in cut if part.start and part.end)
    assert cut[0].key != cut[1].key
