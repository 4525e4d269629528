"""Stores for tests that need many: each a copy of one empty store, which takes a millisecond."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phasewise.storage.engine import Store, open_store

NOW = datetime(2026, 3, 2, 4, 15, tzinfo=UTC)

NewStore = Callable[[], AbstractContextManager[Store]]


@pytest.fixture(scope="session")
def empty_store_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with no MSP in it."""
    path = tmp_path_factory.mktemp("empty") / "phasewise.db"
    open_store(f"sqlite:///{path}", now=NOW, create=True).close()
    return path


@pytest.fixture
def new_store(empty_store_file: Path, tmp_path: Path) -> NewStore:
    """Makes as many empty stores as a test wants."""
    numbers = itertools.count(1)

    @contextmanager
    def make() -> Iterator[Store]:
        path = tmp_path / f"store_{next(numbers)}.db"
        shutil.copy(empty_store_file, path)
        with open_store(f"sqlite:///{path}", now=NOW) as store:
            yield store
        path.unlink()

    return make
