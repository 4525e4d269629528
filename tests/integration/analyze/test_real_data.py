"""The incident log of a real IT company: the numbers that must come out, on both databases."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from phasewise.analyzer.explain import explain
from phasewise.analyzer.reconcile import Figure, reconcile
from phasewise.analyzer.run import analyze, to_json
from phasewise.config.settings import Settings, load_settings
from phasewise.report.build import make_report
from phasewise.report.explained import explanation_text
from phasewise.report.formats import formats
from phasewise.report.layout import Layout
from phasewise.storage.engine import MspStore, Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import nobody

pytestmark = pytest.mark.real_data

EXAMPLE = Path(__file__).parents[3] / "examples" / "servicenow-incident-log" / "phasewise.toml"
MSP = "incident-log"
AS_OF = date(2016, 5, 30)
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Log:
    """The incident log in a store."""

    scope: MspStore
    settings: Settings


@pytest.fixture
def data_folder() -> str:
    """The folder of the two public data sets."""
    folder = os.environ.get("PHASEWISE_DATA")
    if not folder:
        pytest.skip("PHASEWISE_DATA is not set: the folder of the two public data sets")
    return folder


def log_in(store: Store, folder: str) -> Log:
    settings = load_settings(EXAMPLE, {"PHASEWISE_STORE_URL": store.url, "PHASEWISE_DATA": folder})
    sync_msp(store, settings, MSP, SyncOptions(), clock=lambda: NOW, progress=nobody)
    return Log(store.msp(MSP), settings)


def printed(log: Log) -> dict[str, object]:
    analysis = analyze(log.scope, log.settings, as_of=AS_OF, now=NOW)
    report = make_report(log.scope, analysis)
    return {
        "answer": to_json(analysis),
        **{name: render(report, Layout()) for name, render in formats().items()},
        **{
            code: explanation_text(explain(log.scope, log.settings, code, as_of=AS_OF, now=NOW), Layout())
            for code in ("1.1", "2.1")
        },
    }


def test_the_numbers_of_the_incident_log_come_out(
    sqlite_store: Store, data_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")
    log = log_in(sqlite_store, data_folder)

    answer = to_json(analyze(log.scope, log.settings, as_of=AS_OF, now=NOW))
    sla = next(one for one in answer["indicators"] if one["code"] == "2.1")
    level = sla["measures"][0]
    assert (answer["phase"], answer["ceiling"]) == ("reactive", "stable")
    assert sla["status"] == "fail"
    assert level["name"] == "resolution_met_by_opening_week"
    assert (level["numerator"], level["denominator"]) == (12_681, 20_151)
    assert {m["name"]: m["value"] for m in sla["measures"]}["resolution_running"] == 618

    found = explain(log.scope, log.settings, "2.1", as_of=AS_OF, now=NOW)
    special = [
        week["week"] for t in found.tables if t.name == "week" for week in t.rows if week["special_cause"]
    ]
    assert special == ["2016-03-07"]
    assert "2016-03-07 (4.3%)" in explanation_text(found, Layout())

    (resolution,) = reconcile(log.scope, log.settings, "2.1", as_of=AS_OF, now=NOW).targets
    assert resolution.vendor == Figure(met=12_595, decided=20_769, running=0)
    assert f"{resolution.vendor.share:.5f}" == "0.60643"
    assert resolution.ours == Figure(met=12_681, decided=20_151, running=618)
    assert [(d.cause, d.tickets, d.met, d.decided) for d in resolution.differences] == [
        ("missed_later", 87, 87, 0),
        ("running_missed", 617, 0, -617),
        ("running_met", 1, -1, -1),
    ]


@pytest.mark.postgres
def test_the_incident_log_prints_the_same_on_both_databases(
    sqlite_store: Store, postgres_store: Store, data_folder: str
) -> None:
    one, other = (printed(log_in(store, data_folder)) for store in (sqlite_store, postgres_store))
    for name, value in one.items():
        assert other[name] == value, name
