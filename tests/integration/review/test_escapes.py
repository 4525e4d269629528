"""A review cannot get out: every attempt ends in an error with a reason, soon, and the store is as it was."""

from __future__ import annotations

import sys
import time

import pytest

from phasewise.errors import PhasewiseError, ReviewError
from phasewise.storage.databases import sqlite_path
from phasewise.storage.review.limits import Limits
from phasewise.storage.review.sqlite_review import review_sqlite
from tests.integration.review.conftest import Reviewed
from tests.integration.review.escapes import ANYWHERE, ONLY_READING, POSTGRES, SQLITE

SHORT = Limits(seconds=0.7)
SECONDS = 12
"""How long an attempt may take at most, on a busy machine: the limit above and one uninterrupted step."""
MEGABYTES = 700


@pytest.fixture(autouse=True)
def _bounded() -> object:
    """Every test here ends in bounded time and leaves the process in bounded memory."""
    started, before = time.monotonic(), peak_megabytes()
    yield
    assert time.monotonic() - started < SECONDS
    assert peak_megabytes() - before < MEGABYTES


@pytest.mark.parametrize("name", ANYWHERE)
def test_nothing_gets_out(reviewed_both: Reviewed, name: str) -> None:
    refused(reviewed_both, ANYWHERE[name])


@pytest.mark.parametrize("name", SQLITE)
def test_nothing_gets_out_of_sqlite(reviewed_sqlite: Reviewed, name: str) -> None:
    refused(reviewed_sqlite, SQLITE[name])


@pytest.mark.postgres
@pytest.mark.parametrize("name", POSTGRES)
def test_nothing_gets_out_of_postgres(reviewed_postgres: Reviewed, name: str) -> None:
    refused(reviewed_postgres, POSTGRES[name])


@pytest.mark.parametrize("name", [name for name in {**ANYWHERE, **SQLITE} if name not in ONLY_READING])
def test_sqlite_itself_holds_without_our_reading_of_the_text(reviewed_sqlite: Reviewed, name: str) -> None:
    sql = {**ANYWHERE, **SQLITE}[name]
    before = reviewed_sqlite.fingerprint()
    path = sqlite_path(reviewed_sqlite.store.engine.url)
    try:
        found = review_sqlite(path, sql, msp_id="acme", limits=SHORT)
    except ReviewError:
        pass
    else:
        assert harmless(found.rows)
    assert reviewed_sqlite.fingerprint() == before


@pytest.mark.postgres
@pytest.mark.parametrize("name", [name for name in {**ANYWHERE, **POSTGRES} if name not in ONLY_READING])
def test_postgres_itself_holds_without_our_reading_of_the_text(
    reviewed_postgres: Reviewed, name: str
) -> None:
    from phasewise.storage.review.postgres_review import review_postgres

    sql = {**ANYWHERE, **POSTGRES}[name]
    before = reviewed_postgres.fingerprint()
    assert reviewed_postgres.review_url is not None
    try:
        found = review_postgres(
            reviewed_postgres.store, reviewed_postgres.review_url, sql, msp_id="acme", limits=SHORT
        )
    except PhasewiseError:
        pass
    else:
        assert harmless(found.rows)
    assert reviewed_postgres.fingerprint() == before


def refused(reviewed: Reviewed, sql: str) -> None:
    """The SQL ends in a ReviewError with a reason, and the store is as it was."""
    before = reviewed.fingerprint()
    with pytest.raises(ReviewError) as caught:
        reviewed.ask(sql, limits=SHORT)
    assert caught.value.exit_code == 2
    assert len(caught.value.what) > 10
    assert reviewed.fingerprint() == before


def harmless(rows: tuple[tuple[object, ...], ...]) -> bool:
    """What came back says nothing of tables, files and other MSPs."""
    text = str(rows)
    return not any(word in text for word in ("only beta", "root:", "requester_key", "CREATE TABLE"))


def peak_megabytes() -> float:
    """The most memory this process ever had; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 if sys.platform == "linux" else 1024 * 1024)
