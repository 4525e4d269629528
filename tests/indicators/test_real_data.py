"""The incident log of a real IT company, through the connector and the sync: what the indicators must see."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from phasewise.analyzer.calendar import end_of
from phasewise.analyzer.durations import survival
from phasewise.analyzer.indicator import AnalysisContext, evaluate, evaluate_each, indicators
from phasewise.analyzer.indicators.sla_adherence.frames import TICKETS
from phasewise.analyzer.tickets import compose, joined_clients
from phasewise.config.settings import load_settings
from phasewise.storage.engine import MspStore, open_store
from phasewise.storage.frames import read_frame
from phasewise.storage.types import to_epoch
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import nobody

pytestmark = pytest.mark.real_data

EXAMPLE = Path(__file__).parents[2] / "examples" / "servicenow-incident-log" / "phasewise.toml"
MSP = "incident-log"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
AS_OF = date(2016, 5, 30)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> MspStore:
    """The incident log in a store."""
    folder = os.environ.get("PHASEWISE_DATA")
    if not folder:
        pytest.skip("PHASEWISE_DATA is not set: the folder of the two public data sets")
    url = f"sqlite:///{tmp_path_factory.mktemp('log') / 'phasewise.db'}"
    settings = load_settings(EXAMPLE, {"PHASEWISE_STORE_URL": url, "PHASEWISE_DATA": folder})
    store = open_store(url, now=NOW, create=True)
    sync_msp(store, settings, MSP, SyncOptions(), clock=lambda: NOW, progress=nobody)
    return store.msp(MSP)


def made(as_of: date = AS_OF) -> AnalysisContext:
    """A context in UTC, as the log's example has it."""
    msp = load_settings(EXAMPLE, {"PHASEWISE_DATA": "."}).msps[MSP]
    zone = ZoneInfo("UTC")
    return AnalysisContext(as_of, end_of(as_of, zone), zone, msp, "test", NOW)


def test_the_weeks_of_the_log_are_those_of_its_openings(log: MspStore):
    evidence = evaluate(log, indicators()["2.1"], made())
    weeks = {str(row["week"]): row for row in evidence.tables["week"]}
    shares = {week: f"{row['share']:.2%}" for week, row in weeks.items()}
    assert shares["2016-03-07"] == "4.31%"
    assert shares["2016-02-29"] == "45.43%"
    assert shares["2016-05-09"] == "85.14%"
    assert len(weeks) == 11
    assert [w for w, row in weeks.items() if row["special_cause"]] == ["2016-03-07"]
    level = evidence.measures[0]
    assert (level.window_start, level.window_end) == (date(2016, 2, 22), date(2016, 5, 23))
    measures = {m.name: m.value for m in evidence.measures}
    assert measures["resolution_scatter_of_weeks"] == pytest.approx(12.83, abs=0.01)
    assert measures["resolution_shortfall_weeks"] == 11
    assert [step.left for step in evidence.funnel][-2:] == [20_769, 20_151]


def test_the_number_of_decided_promises_grows_with_the_date_and_none_is_lost(log: MspStore):
    contexts = [made(date(2016, 4, 4) + timedelta(days=7 * i)) for i in range(0, 8, 2)]
    found = evaluate_each(log, indicators()["2.1"], contexts)
    decided = [e.measures[0].denominator for e in found]
    running = [{m.name: m.value for m in e.measures}["resolution_running"] for e in found]
    opened = [e.funnel[0].left for e in found]
    assert decided == sorted(decided)
    assert [d + r for d, r in zip(decided, running, strict=True)] == opened


@pytest.mark.parametrize("snapshot", [date(2016, 3, 13), date(2016, 4, 3), date(2016, 4, 17)])
def test_open_tickets_are_not_forgotten_at_a_snapshot(log: MspStore, snapshot):
    """The tickets of the last two weeks: what the curve says then is what a year later proves to be true.

    Of those closed by then, far too many were quick: the slow ones are still open.
    """
    instant = end_of(snapshot, ZoneInfo("UTC"))
    window = {
        "window_starts_at": to_epoch(instant - timedelta(days=14)),
        "window_ends_at": to_epoch(instant),
    }
    sql = compose(TICKETS, dropped="''", **joined_clients(is_joined=False))
    then = read_frame(log, sql, instant=to_epoch(instant), **window)
    later = read_frame(log, sql, instant=to_epoch(instant + timedelta(days=365)), **window)
    seen, truth = survival(then).open_after(72), survival(later).open_after(72)
    closed = [row for row in then if row["stopped"]]
    slow = sum(row["n"] for row in closed if row["seconds"] > 72 * 3600)
    assert seen == pytest.approx(truth, abs=0.02)
    assert slow / sum(row["n"] for row in closed) < truth - 0.1


def test_1_1_of_the_log_is_open_for_want_of_time_entries(log: MspStore):
    evidence = evaluate(log, indicators()["1.1"], made())
    assert (evidence.status, evidence.reason and evidence.reason.code) == ("leaning", "no_source")
    assert evidence.needs == ("time entries",)
    assert {p.name: p.status for p in evidence.parts} == {
        "capture": "unknown",
        "completeness": "pass",
        "flow": "pass",
        "reopen": "pass",
    }
    measures = {m.name: m for m in evidence.measures}
    complete = measures["tickets_complete"]
    assert (complete.numerator, complete.denominator) == (19_822, 20_769)
    reopened = measures["reopened_within_14_days"]
    assert (reopened.numerator, reopened.denominator) == (261, 20_034)
    assert measures["unresolved_after_30_days"].value == pytest.approx(0.0473, abs=0.0001)


def test_today_the_log_is_too_old_to_say_anything(log: MspStore):
    for code, reason in (("2.1", "too_few"), ("1.1", "too_few")):
        evidence = evaluate(log, indicators()[code], made(date(2026, 11, 22)))
        assert (evidence.status, evidence.reason and evidence.reason.code) == ("unknown", reason)
