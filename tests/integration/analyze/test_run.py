"""An analysis as of a date: one answer for one store, kept once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from phasewise.analyzer.indicator import indicators
from phasewise.analyzer.run import Analysis, analyze, to_json
from phasewise.errors import ConfigError
from phasewise.model.maturity import STATEMENTS
from phasewise.report.history import read_history
from phasewise.storage.analyses import analyses
from phasewise.storage.engine import Store
from phasewise.storage.frames import read_frame
from phasewise.storage.msps import register_msp
from tests.integration.analyze.conftest import AS_OF, DEMO, MSP, NOW, Demo, settings_of

COUNTS = """
SELECT (SELECT count(*) FROM analyses WHERE msp_id = :msp_id) AS analyses,
  (SELECT count(*) FROM indicator_results WHERE msp_id = :msp_id) AS results
"""


def run(demo: Demo, as_of: date | None = AS_OF, **options: object) -> Analysis:
    return analyze(demo.scope, demo.settings, as_of=as_of, **{"now": NOW, **options})  # type: ignore[arg-type]  # options of analyze


def stored(demo: Demo) -> tuple[int, int]:
    row = read_frame(demo.scope, COUNTS)[0]
    return row["analyses"], row["results"]


def test_saving_the_same_analysis_twice_writes_nothing(any_demo: Demo) -> None:
    first, second = run(any_demo), run(any_demo, now=NOW + timedelta(hours=9))
    assert (first.saved, second.saved) == (True, False)
    assert stored(any_demo) == (1, 20)
    assert to_json(first) == to_json(second)
    kept = analyses(any_demo.scope)
    assert [one.result for one in kept] == [json.loads(json.dumps(to_json(first)))]


def test_nothing_is_written_unless_asked(sqlite_demo: Demo) -> None:
    assert not run(sqlite_demo, save=False).saved
    assert stored(sqlite_demo) == (0, 0)


def test_a_sync_that_changed_nothing_leaves_the_basis_alone(any_demo: Demo) -> None:
    before = run(any_demo)
    any_demo.sync(now=NOW + timedelta(days=3))
    again = run(any_demo, now=NOW + timedelta(days=3))
    assert (again.basis, again.saved) == (before.basis, False)


def test_reading_everything_again_leaves_the_basis_alone(any_demo: Demo) -> None:
    before = run(any_demo)
    any_demo.sync(full=True, now=NOW + timedelta(days=3))
    assert run(any_demo, now=NOW + timedelta(days=3)).basis == before.basis


def test_a_changed_row_changes_the_basis_and_restates_the_date(any_demo: Demo) -> None:
    before = run(any_demo)
    path = any_demo.folder / "tickets.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), "utf-8")
    any_demo.sync(now=NOW + timedelta(hours=1))
    after = run(any_demo, now=NOW + timedelta(hours=2))
    assert after.saved
    assert after.context.edition == before.context.edition
    assert after.basis != before.basis
    history = read_history(any_demo.scope, 10)
    assert [(one.as_of, one.basis, one.restated) for one in history] == [
        (AS_OF.isoformat(), after.basis, True)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('basis = "vendor"', 'basis = "vendor"\npause = ["waiting"]'),
        ('hours = { mon-fri = ["09:00-18:00"] }', 'hours = { mon-fri = ["09:00-17:00"] }'),
        ("[msps.northwind.sla]", '[msps.northwind.scope]\nexclude_queues = ["Sales"]\n[msps.northwind.sla]'),
        ("[msps.northwind.sla]", '[msps.northwind.thresholds."2.1"]\ndecided = 40\n[msps.northwind.sla]'),
    ],
)
def test_a_changed_rule_changes_the_edition_and_not_the_basis(
    rewritten: Callable[[str, str], Demo], sqlite_demo: Demo, old: str, new: str
) -> None:
    before, after = run(sqlite_demo), run(rewritten(old, new))
    assert after.context.edition != before.context.edition
    assert after.basis == before.basis


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Northwind IT"', 'name = "Northwind"'),
        ("[msps.northwind.sla]", '[msps.northwind.technicians]\nshow = "names"\n[msps.northwind.sla]'),
    ],
)
def test_what_only_changes_how_results_are_shown_changes_neither(
    rewritten: Callable[[str, str], Demo], sqlite_demo: Demo, old: str, new: str
) -> None:
    before, after = run(sqlite_demo), run(rewritten(old, new))
    assert (after.context.edition, after.basis) == (before.context.edition, before.basis)


def test_the_default_date_is_yesterday_in_the_msps_zone(sqlite_demo: Demo) -> None:
    late_in_madrid = NOW.replace(hour=23, minute=30)
    assert run(sqlite_demo, None).context.as_of == AS_OF
    assert run(sqlite_demo, None, now=late_in_madrid).context.as_of == AS_OF + timedelta(days=1)


def test_a_date_in_the_future_is_refused(sqlite_demo: Demo) -> None:
    today = AS_OF + timedelta(days=1)
    assert run(sqlite_demo, today).context.as_of == today
    with pytest.raises(ConfigError, match="2026-11-17 is in the future; today is 2026-11-16"):
        run(sqlite_demo, today + timedelta(days=1))


def test_before_any_data_all_is_unknown_with_reasons(any_demo: Demo) -> None:
    answer = to_json(run(any_demo, date(2015, 6, 1)))
    assert [one["code"] for one in answer["indicators"]] == list(STATEMENTS)
    assert {one["status"] for one in answer["indicators"]} == {"unknown"}
    assert all(one["reason"] for one in answer["indicators"])
    assert (answer["phase"], answer["ceiling"], answer["decided"]) == ("reactive", "scalable", False)
    assert answer["phase_distribution"]["undecided"] == 1.0


@pytest.mark.parametrize(
    ("as_of", "made"),
    [(AS_OF + timedelta(days=1), "nightly"), (AS_OF, "nightly"), (AS_OF - timedelta(days=1), "backfill")],
)
def test_yesterday_and_today_are_as_known_then_and_older_dates_are_not(
    sqlite_demo: Demo, as_of: date, made: str
) -> None:
    assert run(sqlite_demo, as_of).made == made


def test_the_answer_is_plain_json_with_twenty_indicators(any_demo: Demo) -> None:
    answer = json.loads(json.dumps(to_json(run(any_demo)), allow_nan=False))
    assert answer["msp"] == MSP
    assert len(answer["indicators"]) == 20
    measured = {one["code"] for one in answer["indicators"] if one["reason"] != "not_measured_yet"}
    assert measured == set(indicators())
    sla = next(one for one in answer["indicators"] if one["code"] == "2.1")
    assert sla["measures"]
    assert sla["score"] is not None


def test_an_msp_without_any_source_is_unknown_in_all(any_store: Store, tmp_path: Path) -> None:
    shutil.copy(DEMO / "phasewise.toml", tmp_path / "phasewise.toml")
    settings = settings_of(tmp_path, any_store.url)
    scope = register_msp(
        any_store, msp_id=MSP, name="Northwind IT", zone="Europe/Madrid", currency="EUR", now=NOW
    )
    analysis = analyze(scope, settings, as_of=AS_OF, now=NOW)
    assert {evidence.status for evidence in analysis.evidences.values()} == {"unknown"}
    assert {analysis.evidences[code].reason.code for code in indicators()} == {"no_source"}  # type: ignore[union-attr]  # unknown has a reason
    assert analysis.ladder.needs[0].codes
    assert not analysis.is_partial
