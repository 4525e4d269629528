"""What `[retain]` limits is pruned by the sync itself, and nothing that is measured with it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phasewise.config.settings import load_settings
from phasewise.errors import ConfigError
from phasewise.storage.engine import open_store
from phasewise.storage.frames import read_frame
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import nobody

DEMO = Path(__file__).parents[3] / "examples" / "demo"
NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 10, 6, 0, tzinfo=UTC)


def settings_with(folder, retain):
    text = (DEMO / "phasewise.toml").read_text(encoding="utf-8")
    text = text.replace('category = { column = "Category" }', 'category = "Category"\ntitle = "Category"')
    (folder / "phasewise.toml").write_text(text + retain, encoding="utf-8")
    for name in ("tickets.csv", "invoices.csv"):
        shutil.copy(DEMO / name, folder / name)
    return load_settings(folder / "phasewise.toml", {})


def test_old_raw_payloads_and_titles_go_and_records_stay(tmp_path):
    settings = settings_with(tmp_path, "\n[retain]\nraw_days = 30\ntext_days = 60\n")
    with open_store(settings.store.url.get_secret_value(), now=NOW, create=True) as store:

        def state():
            sql = (
                "SELECT count(*) AS tickets, count(title) AS titles,"
                " (SELECT sum(payload_count) FROM raw_pages WHERE msp_id = :msp_id) AS payloads"
                " FROM tickets WHERE msp_id = :msp_id"
            )
            return read_frame(store.msp("northwind"), sql)[0]

        sync_msp(store, settings, "northwind", SyncOptions(), clock=lambda: NOW, progress=nobody)
        first = state()
        result = sync_msp(store, settings, "northwind", SyncOptions(), clock=lambda: LATER, progress=nobody)
        second = state()
    assert first["payloads"] > 0
    assert second["payloads"] == 0
    assert second["tickets"] == first["tickets"]
    assert 0 < second["titles"] < first["titles"] <= first["tickets"]
    assert len(result.notes) == 2


def test_titles_cannot_be_pruned_while_raw_payloads_keep_them(tmp_path):
    with pytest.raises(ConfigError, match="titles also stand in raw payloads"):
        settings_with(tmp_path, "\n[retain]\ntext_days = 60\n")
