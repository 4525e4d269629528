"""The demo's MSP, synced into a store: real files, a real sync, each database in turn."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from phasewise.config.settings import Settings, load_settings
from phasewise.storage.engine import MspStore, Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import nobody

DEMO = Path(__file__).parents[3] / "examples" / "demo"
MSP = "northwind"
AS_OF = date(2026, 11, 15)
NOW = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
"""The morning after the demo's exports were made."""


@dataclass(frozen=True)
class Demo:
    """The demo's MSP in a store."""

    folder: Path
    settings: Settings
    scope: MspStore

    def sync(self, *, full: bool = False, now: datetime = NOW) -> None:
        """Sync it again."""
        sync_msp(
            self.scope.store, self.settings, MSP, SyncOptions(full=full), clock=lambda: now, progress=nobody
        )


def demo_in(store: Store, folder: Path) -> Demo:
    """Sync the demo's files, copied to a folder, into a store."""
    for name in ("phasewise.toml", "tickets.csv", "invoices.csv"):
        shutil.copy(DEMO / name, folder / name)
    settings = settings_of(folder, store.url)
    sync_msp(store, settings, MSP, SyncOptions(), clock=lambda: NOW, progress=nobody)
    return Demo(folder, settings, store.msp(MSP))


def settings_of(folder: Path, url: str) -> Settings:
    """The settings of a folder, for a store."""
    return load_settings(folder / "phasewise.toml", {"PHASEWISE_STORE_URL": url})


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")


@pytest.fixture
def any_demo(any_store: Store, tmp_path: Path) -> Demo:
    """The demo's MSP on each database in turn."""
    return demo_in(any_store, tmp_path)


@pytest.fixture
def sqlite_demo(sqlite_store: Store, tmp_path: Path) -> Demo:
    """The demo's MSP in a SQLite store."""
    return demo_in(sqlite_store, tmp_path)


@pytest.fixture
def rewritten(sqlite_demo: Demo) -> Callable[[str, str], Demo]:
    """The same MSP after a text in its settings was replaced."""

    def rewrite(old: str, new: str) -> Demo:
        path = sqlite_demo.folder / "phasewise.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        settings = settings_of(sqlite_demo.folder, sqlite_demo.scope.store.url)
        return Demo(sqlite_demo.folder, settings, sqlite_demo.scope)

    return rewrite
