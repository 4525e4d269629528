"""Records that the settings no longer name are counted, and analyze says so."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from phasewise.analyzer.run import analyze
from phasewise.config.settings import load_settings
from phasewise.report.build import make_report
from phasewise.storage.engine import open_store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import nobody

DEMO = Path(__file__).parents[3] / "examples" / "demo"
NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)


def test_a_renamed_connection_is_named_where_its_records_count_twice(tmp_path):
    for name in ("tickets.csv", "invoices.csv"):
        shutil.copy(DEMO / name, tmp_path / name)
    text = (DEMO / "phasewise.toml").read_text(encoding="utf-8")
    said = []
    for written in (text, text.replace("connections.desk", "connections.tool")):
        (tmp_path / "phasewise.toml").write_text(written, encoding="utf-8")
        settings = load_settings(tmp_path / "phasewise.toml", {})
        with open_store(settings.store.url.get_secret_value(), now=NOW, create=True) as store:
            sync_msp(store, settings, "northwind", SyncOptions(), clock=lambda: NOW, progress=nobody)
            scope = store.msp("northwind")
            analysis = analyze(scope, settings, as_of=date(2026, 11, 15), now=NOW)
            said.append((analysis.unnamed, " ".join(make_report(scope, analysis).data.sentences)))
    assert said[0][0] == ()
    assert said[1][0] == ("desk",)
    assert "Records of desk are counted too" in said[1][1]
