"""The Request Tracker that `tests/servers/request_tracker/start.sh` started, and stores to sync it into."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phasewise.storage.engine import open_store
from phasewise.storage.msps import register_msp
from tests.conftest import NOW
from tests.integration.request_tracker.desk import Office, copy_store, read_env

VARIABLE = "PHASEWISE_RT5_ENV"

NewOffice = Callable[..., Office]


@pytest.fixture(scope="session")
def rt5() -> dict[str, str]:
    """Address and keys of the server: what start.sh wrote."""
    path = os.environ.get(VARIABLE, "")
    if not path:
        pytest.skip(f"{VARIABLE} is not set: the file that tests/servers/request_tracker/start.sh prints")
    if not Path(path).is_file():
        pytest.skip(f"{VARIABLE} names no file: {path}")
    return read_env(Path(path))


@pytest.fixture(scope="session")
def empty_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the MSP in it and nothing else: copies of it hash requesters alike."""
    path = tmp_path_factory.mktemp("office") / "phasewise.db"
    with open_store(f"sqlite:///{path}", now=NOW, create=True) as store:
        register_msp(store, msp_id="acme", name="Acme IT", zone="Europe/Madrid", currency="EUR", now=NOW)
    return path


@pytest.fixture(scope="session")
def new_office(
    rt5: dict[str, str], empty_office: Path, tmp_path_factory: pytest.TempPathFactory
) -> NewOffice:
    """Makes a folder with settings and an empty store, or with a copy of another one's."""

    def make(token: str = "RT5_TOKEN", *, like: Office | None = None, **settings: Any) -> Office:
        folder = tmp_path_factory.mktemp("office")
        copy_store(empty_office if like is None else like.store, folder / "phasewise.db")
        return Office(folder, rt5, token, settings)

    return make


@pytest.fixture(scope="session")
def left_alone(new_office: NewOffice) -> Office:
    """A sync from an empty store that nobody disturbed."""
    office = new_office()
    done = office.run("sync")
    assert done.returncode == 0, done.stderr
    return office
