"""The same records give the same answer, to the printed digit, on SQLite and Postgres."""

from __future__ import annotations

from pathlib import Path

import pytest

from phasewise.analyzer.explain import explain
from phasewise.analyzer.reconcile import reconcile
from phasewise.analyzer.run import analyze, to_json
from phasewise.report.build import make_report
from phasewise.report.explained import explanation_json, explanation_text
from phasewise.report.formats import formats
from phasewise.report.layout import Layout
from phasewise.report.reconciled import reconciliation_text
from phasewise.report.screen import first_screen
from phasewise.storage.engine import Store
from tests.integration.analyze.conftest import AS_OF, NOW, Demo, demo_in

pytestmark = pytest.mark.postgres


def everything(demo: Demo) -> dict[str, object]:
    """All that is printed of an analysis."""
    scope, settings = demo.scope, demo.settings
    analysis = analyze(scope, settings, as_of=AS_OF, now=NOW)
    report = make_report(scope, analysis)
    said: dict[str, object] = {
        "answer": to_json(analysis),
        "screen": first_screen(report, Layout()),
        **{name: render(report, Layout()) for name, render in formats().items()},
        "reconcile": reconciliation_text(reconcile(scope, settings, "2.1", as_of=AS_OF, now=NOW), Layout()),
    }
    for code in ("1.1", "2.1", "3.4"):
        found = explain(scope, settings, code, as_of=AS_OF, now=NOW)
        said |= {f"{code} json": explanation_json(found), f"{code} text": explanation_text(found, Layout())}
    return said


def test_sqlite_and_postgres_print_the_same(
    sqlite_store: Store, postgres_store: Store, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one = everything(demo_in(sqlite_store, tmp_path / "one"))
    other = everything(demo_in(postgres_store, tmp_path / "other"))
    for name, value in one.items():
        assert other[name] == value, name


def test_a_database_that_sorts_by_a_language_prints_the_same(
    sqlite_store: Store, postgres_icu_store: Store, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one = everything(demo_in(sqlite_store, tmp_path / "one"))
    other = everything(demo_in(postgres_icu_store, tmp_path / "other"))
    for name, value in one.items():
        assert other[name] == value, name
