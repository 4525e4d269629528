"""Two dates side by side: what the data did is told from what the rules did."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from phasewise.analyzer.compare import Comparison, compare
from phasewise.analyzer.run import analyze
from phasewise.report.compared import comparison_json, comparison_text
from phasewise.report.layout import Layout
from phasewise.storage.analyses import analyses
from phasewise.storage.engine import Store
from phasewise.sync.engine import remap_msp
from phasewise.sync.progress import nobody
from tests.integration.analyze.conftest import AS_OF, MSP, NOW, Demo, demo_in

BEFORE = AS_OF - timedelta(weeks=8)


def compared(demo: Demo, first: date = BEFORE, second: date = AS_OF) -> Comparison:
    return compare(demo.scope, demo.settings, first, second, now=NOW)


def causes(found: Comparison) -> set[str]:
    return {cause for moved in found.moved for step in moved.steps for cause in step.causes}


def test_by_the_same_rules_on_the_same_store_it_is_the_data(any_demo: Demo) -> None:
    analyze(any_demo.scope, any_demo.settings, as_of=BEFORE, now=NOW)
    found = compared(any_demo)
    assert found.changed == ()
    assert causes(found) == {"data"}
    assert found.volume
    assert {mover.dimension for mover in found.volume} == {"client", "queue", "category"}
    assert any(moved.by for moved in found.moved)
    assert len(analyses(any_demo.scope)) == 1


def test_without_a_stored_analysis_only_the_data_can_have_moved(sqlite_demo: Demo) -> None:
    found = compared(sqlite_demo)
    assert found.said is None
    assert causes(found) <= {"data"}
    assert "No analysis of the first date is stored" in comparison_text(found, Layout())


def test_the_same_date_twice_moves_nothing(sqlite_demo: Demo) -> None:
    analyze(sqlite_demo.scope, sqlite_demo.settings, as_of=AS_OF, now=NOW)
    found = compared(sqlite_demo, AS_OF, AS_OF)
    assert (found.moved, found.volume, found.changed) == ((), (), ())
    assert "No indicator moved." in comparison_text(found, Layout())


def test_a_changed_threshold_is_told_from_the_data(
    rewritten: Callable[[str, str], Demo], sqlite_demo: Demo
) -> None:
    analyze(sqlite_demo.scope, sqlite_demo.settings, as_of=BEFORE, now=NOW)
    strict = '[msps.northwind.thresholds."2.1".parts.resolution]\n'
    strict += "anchors = [[0.9, 0], [0.999, 70], [1.0, 100]]\n[msps.northwind.sla]"
    found = compared(rewritten("[msps.northwind.sla]", strict))
    assert found.changed == ("thresholds",)
    sla = next(moved for moved in found.moved if moved.code == "2.1")
    assert sla.steps[0].causes == ("thresholds",)
    assert all(step.causes in {("thresholds",), ("data",)} for step in sla.steps)
    assert "by thresholds" in comparison_text(found, Layout())


def test_a_remap_is_the_mapping_and_not_the_data(
    rewritten: Callable[[str, str], Demo], sqlite_demo: Demo
) -> None:
    analyze(sqlite_demo.scope, sqlite_demo.settings, as_of=BEFORE, now=NOW)
    other = rewritten('"Resolved" = "resolved"', '"Resolved" = "in_progress"')
    remap_msp(other.scope.store, other.settings, MSP, clock=lambda: NOW, progress=nobody)
    found = compared(other)
    assert found.changed == ("mapping",)
    assert "mapping" in causes(found)
    assert causes(found) <= {"mapping", "data"}


def test_a_row_that_came_later_is_the_basis_of_the_first_date(any_demo: Demo) -> None:
    analyze(any_demo.scope, any_demo.settings, as_of=BEFORE, now=NOW)
    path = any_demo.folder / "tickets.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) // 2]), "utf-8")
    any_demo.sync(now=NOW + timedelta(hours=1))
    found = compared(any_demo)
    assert found.changed == ("basis",)


def test_a_new_row_between_the_dates_is_the_data(sqlite_demo: Demo) -> None:
    one = compared(sqlite_demo)
    path = sqlite_demo.folder / "tickets.csv"
    head, *lines = path.read_text("utf-8").splitlines(keepends=True)
    key, rest = lines[-1].split(",", 1)
    path.write_text("".join([head, *lines, f"{key}9999,{rest}"]), "utf-8")
    sqlite_demo.sync(now=NOW + timedelta(hours=1))
    other = compared(sqlite_demo)
    assert sum(m.after for m in other.volume if m.dimension == "queue") == 1 + sum(
        m.after for m in one.volume if m.dimension == "queue"
    )


def test_the_comparison_is_one_json_value_with_stable_codes(sqlite_demo: Demo) -> None:
    analyze(sqlite_demo.scope, sqlite_demo.settings, as_of=BEFORE, now=NOW)
    value = json.loads(json.dumps(comparison_json(compared(sqlite_demo)), allow_nan=False))
    assert (value["first"]["as_of"], value["second"]["as_of"]) == (BEFORE.isoformat(), AS_OF.isoformat())
    assert value["first"]["stored"]
    for moved in value["moved"]:
        assert moved["steps"][-1]["after"] == moved["after"]
        assert moved["steps"][0]["before"] == moved["before"]


@pytest.mark.postgres
def test_both_databases_compare_alike(sqlite_store: Store, postgres_store: Store, tmp_path: Path) -> None:
    said = []
    for name, store in (("one", sqlite_store), ("other", postgres_store)):
        folder = tmp_path / name
        folder.mkdir()
        demo = demo_in(store, folder)
        analyze(demo.scope, demo.settings, as_of=BEFORE, now=NOW)
        said.append(comparison_json(compared(demo)))
    assert said[0] == said[1]
