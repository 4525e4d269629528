"""An analysis reads the store of one instant, whatever a sync writes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from phasewise.analyzer import gates as module
from phasewise.analyzer.backfill import backfill
from phasewise.analyzer.compare import compare
from phasewise.analyzer.run import analyze, to_json
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
        before = module.count_with_weeks

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
