"""What a command opens before it works."""

from __future__ import annotations

from datetime import UTC

import pytest

from phasewise import log
from phasewise.cli import opening
from phasewise.errors import ConfigError, StoreError
from tests.unit.config.conftest import MSP


def test_the_clock_is_aware_and_utc():
    assert opening.now().tzinfo is UTC


def test_the_settings_of_the_working_folder_are_loaded(write, monkeypatch):
    path = write(MSP)
    monkeypatch.delenv("PHASEWISE_CONFIG", raising=False)
    monkeypatch.chdir(path.parent)
    assert list(opening.load().msps) == ["acme"]


def test_loading_masks_the_secrets_in_logs(write, monkeypatch):
    monkeypatch.setenv("PHASEWISE_CONFIG", str(write(MSP)))
    monkeypatch.setenv("PHASEWISE_STORE_URL", "postgresql://me:a-password-of-mine@db/p")
    opening.load()
    assert "a-password-of-mine" not in log.redact("no route to a-password-of-mine")


def test_all_msps_are_chosen_or_the_one_asked_for(load):
    settings = load(MSP + MSP.replace("acme", "other"))
    assert opening.chosen_msps(settings, None) == ["acme", "other"]
    assert opening.chosen_msps(settings, "other") == ["other"]


def test_an_msp_that_is_not_there_is_refused_with_those_that_are(load):
    with pytest.raises(ConfigError, match='Did you mean "acme"'):
        opening.chosen_msps(load(MSP), "acne")
    with pytest.raises(ConfigError, match="Known: acme"):
        opening.chosen_msps(load(MSP), "xyz")


def test_a_store_is_opened_only_where_there_is_one_or_made_when_asked(load):
    settings = load(MSP)
    with pytest.raises(StoreError, match="phasewise sync"):
        opening.open_for(settings)
    with opening.open_for(settings, create=True) as store:
        assert store.msp_ids() == []
    with opening.open_for(settings) as store:
        assert store.dialect == "sqlite"
