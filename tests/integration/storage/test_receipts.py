"""Receipts, runs and checkpoints: what is kept of how a sync went."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from phasewise import __version__
from phasewise.errors import StoreError
from phasewise.storage.checkpoints import Checkpoint, checkpoints, save_checkpoint
from phasewise.storage.engine import MspStore
from phasewise.storage.receipts import Receipt, latest_receipts, write_receipt
from phasewise.storage.runs import finish_run, heartbeat, latest_runs, start_run
from tests.conftest import NOW
from tests.support.pages import AT

MINUTE = timedelta(minutes=1)


def receipt(**changes: Any) -> Receipt:
    """A complete receipt, with what a test says of it."""
    says: dict[str, Any] = {
        "run_id": "run",
        "connection_id": "psa",
        "stream": "tickets",
        "slice": "2026-03",
        "mode": "full",
        "status": "complete",
        "proof": "declared_total",
        "window_start": AT,
        "window_end": None,
        "declared": 3,
        "rows_read": 3,
        "stored": 2,
        "rejected": 1,
        "records": {"tickets": 2},
        "reasons": {"bad_date": 1},
        "message": None,
        "requests": 1,
        "started_at": NOW,
        "finished_at": NOW + MINUTE,
    }
    return Receipt(**{**says, **changes})


def test_a_receipt_comes_back_as_it_was_written(any_msp: MspStore) -> None:
    written = receipt(message="Ñ\n3 of 5")
    receipt_id = write_receipt(any_msp, written)
    assert latest_receipts(any_msp) == [written]
    assert write_receipt(any_msp, written) == receipt_id
    assert latest_receipts(any_msp) == [written]


def test_the_newest_receipt_of_each_slice_stands_for_it(any_msp: MspStore) -> None:
    for minutes, status in enumerate(["partial", "failed", "complete"]):
        at = NOW + minutes * MINUTE
        write_receipt(any_msp, receipt(status=status, started_at=at, finished_at=at))
    write_receipt(any_msp, receipt(slice="2026-02", status="later"))
    write_receipt(any_msp, receipt(connection_id="rmm"))
    assert [(r.connection_id, r.slice, r.status) for r in latest_receipts(any_msp)] == [
        ("psa", "2026-02", "later"),
        ("psa", "2026-03", "complete"),
        ("rmm", "2026-03", "complete"),
    ]
    assert [r.connection_id for r in latest_receipts(any_msp, "rmm")] == ["rmm"]


def test_an_unchanged_receipt_does_not_hide_what_it_confirms(any_msp: MspStore) -> None:
    write_receipt(any_msp, receipt(status="partial", message="cut"))
    later = NOW + 5 * MINUTE
    write_receipt(any_msp, receipt(status="unchanged", started_at=later, finished_at=later))
    assert [(r.status, r.message) for r in latest_receipts(any_msp)] == [("partial", "cut")]


def test_an_unchanged_receipt_alone_stands_for_itself(any_msp: MspStore) -> None:
    write_receipt(any_msp, receipt(status="unchanged"))
    assert [r.status for r in latest_receipts(any_msp)] == ["unchanged"]


def test_a_run_is_started_beats_and_ends(any_msp: MspStore) -> None:
    run_id = start_run(any_msp, job="sync", now=NOW)
    assert run_id == "20260302T041500Z-sync"
    heartbeat(any_msp, run_id, NOW + MINUTE)
    running = latest_runs(any_msp)[0]
    assert (running.status, running.heartbeat_at, running.finished_at) == ("running", NOW + MINUTE, None)
    assert (running.due_key, running.release) == (f"manual:{run_id}", __version__)
    finish_run(any_msp, run_id, status="partial", message="1 slice", now=NOW + 2 * MINUTE)
    done = latest_runs(any_msp)[0]
    assert (done.status, done.message, done.finished_at) == ("partial", "1 slice", NOW + 2 * MINUTE)


def test_two_runs_started_in_one_second_are_two(any_msp: MspStore) -> None:
    ids = [start_run(any_msp, job="sync", now=NOW) for _ in range(3)]
    assert ids == ["20260302T041500Z-sync", "20260302T041500Z-sync-2", "20260302T041500Z-sync-3"]
    assert [run.run_id for run in latest_runs(any_msp, limit=2)] == [ids[2], ids[1]]


def test_a_run_that_is_due_is_started_once(any_msp: MspStore) -> None:
    start_run(any_msp, job="sync", due_key="2026-03-02T04:15", now=NOW)
    with pytest.raises(StoreError, match="the sync due at 2026-03-02T04:15 was already started"):
        start_run(any_msp, job="sync", due_key="2026-03-02T04:15", now=NOW + MINUTE)
    start_run(any_msp, job="analyze", due_key="2026-03-02T04:15", now=NOW)
    assert len(latest_runs(any_msp)) == 2


def test_a_checkpoint_that_no_page_carries_is_saved(any_msp: MspStore) -> None:
    saved = Checkpoint("a.csv", "line 9", "fingerprint", AT, AT + MINUTE, True, 9)
    save_checkpoint(any_msp, "files", "incidents", "run", saved, NOW)
    save_checkpoint(
        any_msp, "files", "incidents", "run", Checkpoint("b.csv", None, None, None, None, False, 0), NOW
    )
    found = checkpoints(any_msp, "files", "incidents")
    assert list(found) == ["a.csv", "b.csv"]
    assert found["a.csv"] == Checkpoint("a.csv", "line 9", "fingerprint", AT, AT + MINUTE, True, 9, NOW)
    assert checkpoints(any_msp, "files", "other") == {}
