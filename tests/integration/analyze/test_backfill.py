"""The past on the first night: every week end, oldest first, and nothing written twice."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from phasewise.analyzer.backfill import backfill, months_before
from phasewise.analyzer.run import analyze, to_json
from phasewise.report.history import history_json, history_text, read_history
from phasewise.report.layout import Layout
from phasewise.storage.analyses import analyses
from phasewise.storage.frames import read_frame
from tests.integration.analyze.conftest import AS_OF, NOW, Demo

COUNTS = """
SELECT (SELECT count(*) FROM analyses WHERE msp_id = :msp_id) AS analyses,
  (SELECT count(*) FROM indicator_results WHERE msp_id = :msp_id) AS results,
  (SELECT count(*) FROM gate_weeks WHERE msp_id = :msp_id) AS gates
"""


class KilledError(Exception):
    """The process ends here."""


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 11, 22), 24, date(2024, 11, 22)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 6, date(2026, 6, 30)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
    ],
)
def test_months_back_end_on_the_same_day_or_the_last_of_the_month(
    day: date, months: int, earlier: date
) -> None:
    assert months_before(day, months) == earlier


def test_a_second_backfill_writes_nothing(any_demo: Demo) -> None:
    scope, settings = any_demo.scope, any_demo.settings
    first = backfill(scope, settings, 2, as_of=AS_OF, now=NOW)
    written = read_frame(scope, COUNTS)
    second = backfill(scope, settings, 2, as_of=AS_OF, now=NOW + timedelta(days=40))
    assert (first.written, second.written) == (len(first.days), 0)
    assert first.days == second.days
    assert read_frame(scope, COUNTS) == written
    assert {one.made for one in analyses(scope)} == {"backfill"}


def test_week_ends_are_analysed_oldest_first_and_reported(sqlite_demo: Demo) -> None:
    seen: list[tuple[int, int, date]] = []
    found = backfill(
        sqlite_demo.scope,
        sqlite_demo.settings,
        1,
        as_of=AS_OF,
        now=NOW,
        report=lambda done, planned, day: seen.append((done, planned, day)),
    )
    days = [day for _, _, day in seen]
    assert days == list(found.days) == sorted(days)
    assert all(other - one == timedelta(weeks=1) for one, other in pairwise(days))
    assert [done for done, _, _ in seen] == list(range(1, len(days) + 1))
    assert days[-1] == AS_OF


def test_a_backfill_that_was_stopped_goes_on_where_it_was(sqlite_demo: Demo) -> None:
    scope, settings = sqlite_demo.scope, sqlite_demo.settings

    def stop(done: int, _planned: int, _day: date) -> None:
        if done == 2:
            raise KilledError

    with pytest.raises(KilledError):
        backfill(scope, settings, 1, as_of=AS_OF, now=NOW, report=stop)
    again = backfill(scope, settings, 1, as_of=AS_OF, now=NOW)
    assert again.written == len(again.days) - 2


def test_an_analysis_of_a_backfill_is_that_of_its_date(sqlite_demo: Demo) -> None:
    scope, settings = sqlite_demo.scope, sqlite_demo.settings
    day = AS_OF - timedelta(weeks=2)
    alone = to_json(analyze(scope, settings, as_of=day, now=NOW, save=False))
    backfill(scope, settings, 1, as_of=AS_OF, now=NOW)
    stored = next(one for one in analyses(scope) if one.as_of == day)
    assert stored.result == alone


def test_weeks_before_the_first_record_are_left_out(sqlite_demo: Demo) -> None:
    found = backfill(sqlite_demo.scope, sqlite_demo.settings, 24, as_of=date(2015, 6, 30), now=NOW)
    assert (found.days, found.written) == ((), 0)
    assert found.before_records > 100


def test_history_reads_as_the_first_screen_over_time(sqlite_demo: Demo) -> None:
    scope, settings = sqlite_demo.scope, sqlite_demo.settings
    backfill(scope, settings, 2, as_of=AS_OF, now=NOW)
    past = read_history(scope, 100)
    lines = history_text(past, Layout(), name="Northwind IT").splitlines()
    assert lines[0].startswith("Northwind IT · 20 Sep 2026 to 15 Nov 2026 · edition ")
    assert lines[1].startswith("REACTIVE   held since ")
    gates = [line for line in lines if line.startswith("Gate ")]
    assert [line[:6] for line in gates] == ["Gate 1", "Gate 2", "Gate 3"]
    assert all(len(line.split()[2]) == len(past) for line in gates)
    table = lines[lines.index("") + 1 :]
    assert table[0].split()[:5] == ["as", "of", "phase", "since", "ceiling"]
    assert [line[:10] for line in table[1:]] == [one.as_of for one in past]
    value = history_json("northwind", past)[0]
    assert [gate["gate"] for gate in value["gates"]] == [1, 2, 3]
    assert value["held_since"]
