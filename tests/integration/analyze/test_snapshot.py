"""An analysis reads the store of one instant, whatever a sync writes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, current_thread
from time import sleep

import pytest

from phasewise.analyzer import gates as module
from phasewise.analyzer import indicator as kit
from phasewise.analyzer.backfill import backfill
from phasewise.analyzer.compare import compare
from phasewise.analyzer.run import analyze, to_json
from phasewise.analyzer.side_by_side import side_by_side
from phasewise.errors import StoreError
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from tests.integration.analyze.conftest import AS_OF, NOW, Demo

TICKETS = "SELECT count(*) AS n FROM tickets WHERE msp_id = :msp_id"


def forget_all(demo: Demo) -> None:
    """Another process takes all tickets away."""
    with demo.scope.write() as connection:
        connection.exec_driver_sql("DELETE FROM tickets")


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Demo], list[int]]:
    """Whatever is judged first, all tickets are gone just before it is counted."""

    def interrupt(demo: Demo) -> list[int]:
        calls: list[int] = []
        before = kit.count_with_weeks

        def late(*arguments: object) -> object:
            if not calls:
                forget_all(demo)
            calls.append(1)
            return before(*arguments)  # type: ignore[arg-type]  # as handed over

        monkeypatch.setattr(module, "count_with_weeks", late)
        return calls

    return interrupt


def test_a_snapshot_stays_as_it_was_and_what_is_live_does_not(any_demo: Demo) -> None:
    with any_demo.scope.snapshot() as still:
        before = read_frame(still, TICKETS)[0]["n"]
        assert before > 0
        forget_all(any_demo)
        with still.snapshot() as same:
            assert read_frame(same, TICKETS)[0]["n"] == before
        assert read_frame(still.live, TICKETS)[0]["n"] == 0
    assert read_frame(any_demo.scope, TICKETS)[0]["n"] == 0


def test_two_connections_on_one_snapshot_count_the_same(any_demo: Demo) -> None:
    found: list[str] = []

    def count(own: MspStore) -> int:
        found.append(current_thread().name)
        sleep(0.05)
        return int(read_frame(own, TICKETS)[0]["n"])

    with any_demo.scope.snapshot(twin=True) as still:
        assert still.twin is not None
        forget_all(any_demo)
        assert len(set(side_by_side(still, [count] * 6))) == 1
        assert read_frame(still.twin, TICKETS)[0]["n"] > 0
    assert len(set(found)) == 2
    assert set(side_by_side(any_demo.scope, [count] * 2)) == {0}


def test_a_store_that_is_written_to_all_the_while_gives_one_snapshot_or_no_twin(sqlite_demo: Demo) -> None:
    done = Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            with sqlite_demo.scope.write() as connection:
                connection.exec_driver_sql("UPDATE tickets SET reopened_count = ?", (number,))

    newest = (
        "SELECT max(reopened_count) AS most, min(reopened_count) AS least FROM tickets WHERE msp_id = :msp_id"
    )
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            for _ in range(30):
                with sqlite_demo.scope.snapshot(twin=True) as still:
                    seen = [read_frame(one, newest) for one in (still, still.twin) if one is not None]
                    assert all(one == seen[0] for one in seen)
        finally:
            done.set()
        writing.result()


def test_a_read_that_fails_ends_both_and_says_why(sqlite_demo: Demo) -> None:
    def fail(_own: MspStore) -> int:
        raise StoreError("this one fails", remedy="Try another")

    def count(own: MspStore) -> int:
        return int(read_frame(own, TICKETS)[0]["n"])

    with sqlite_demo.scope.snapshot(twin=True) as still:
        for reads in ([fail, count], [count, fail], [count, count, fail]):
            with pytest.raises(StoreError, match="this one fails"):
                side_by_side(still, reads)
        assert len(side_by_side(still, [count, count, count])) == 3


def test_what_is_written_during_an_analysis_is_not_in_it(
    any_demo: Demo, interrupted: Callable[[Demo], list[int]]
) -> None:
    alone = to_json(analyze(any_demo.scope, any_demo.settings, as_of=AS_OF, now=NOW, save=False))
    calls = interrupted(any_demo)
    assert to_json(analyze(any_demo.scope, any_demo.settings, as_of=AS_OF, now=NOW)) == alone
    assert calls
    assert read_frame(any_demo.scope, TICKETS)[0]["n"] == 0


def test_nor_in_a_backfill_or_a_comparison(
    sqlite_demo: Demo, interrupted: Callable[[Demo], list[int]]
) -> None:
    before = AS_OF - timedelta(weeks=4)
    alone = compare(sqlite_demo.scope, sqlite_demo.settings, before, AS_OF, now=NOW)
    calls = interrupted(sqlite_demo)
    assert compare(sqlite_demo.scope, sqlite_demo.settings, before, AS_OF, now=NOW).moved == alone.moved
    assert calls
    sqlite_demo.sync(full=True)
    calls.clear()
    assert backfill(sqlite_demo.scope, sqlite_demo.settings, 1, as_of=AS_OF, now=NOW).written > 0
    assert calls
    assert read_frame(sqlite_demo.scope, TICKETS)[0]["n"] == 0
