"""A process that dies in the middle of a page: nothing committed is lost, and no half page is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from phasewise.storage.checkpoints import checkpoints
from phasewise.storage.engine import MspStore
from phasewise.storage.raw import read_pages
from phasewise.storage.sink import write_page
from tests.integration.storage.writer import PAGES, TICKETS, page
from tests.support.pages import rows

ROOT = Path(__file__).parents[3]

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def check_whole(scope: MspStore, last: int) -> None:
    """The store holds the pages 0 to `last`, each whole."""
    pages = last + 1
    assert len(list(read_pages(scope, "psa"))) == pages
    assert len(rows(scope, "tickets", "id")) == pages * TICKETS
    assert len(rows(scope, "rejects", "place", order="place")) == pages
    assert len(rows(scope, "mapped_words", "word", order="word")) == pages
    assert rows(scope, "clients", "tier") == [(f"tier {last}",)]
    assert len(rows(scope, "clients_history", "tier")) == pages
    assert checkpoints(scope, "psa", "tickets")["2026-03"].cursor == f"page {last}"


@pytest.mark.parametrize("any_store", DATABASES, indirect=True)
@pytest.mark.parametrize("percent", [5, 20, 40, 60, 80, 95, 100])
def test_a_kill_inside_a_page_loses_nothing_and_leaves_no_half_page(any_msp: MspStore, percent: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.storage.writer", any_msp.store.url, str(percent)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode != 0, done.stdout.split()) == (True, ["1"])
    check_whole(any_msp, 1)
    for number in range(2, PAGES + 1):  # the next run goes on from the checkpoint
        write_page(any_msp, page(number))
    check_whole(any_msp, PAGES)
