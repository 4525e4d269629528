"""Exports through the whole path: folder, connector, engine, store."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from phasewise.config.settings import Settings, load_settings
from phasewise.connectors.vendors.files import pages as pages_module
from phasewise.storage.engine import Store
from phasewise.storage.receipts import Receipt
from phasewise.sync.engine import remap_msp, sync_msp
from phasewise.sync.options import SyncOptions, SyncResult
from phasewise.sync.progress import nobody
from tests.integration.sync.state import records_of, rejects_of, rows_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

SETTINGS = """
[msps.acme]
name = "Acme IT"
zone = "Europe/Madrid"
currency = "EUR"
[connections.desk]
connector = "files"
[connections.desk.settings]
folder = "exports"
[[connections.desk.settings.files]]
name = "log"
pattern = "log-*.csv"
record = "tickets"
key = "id"
state = "last by n"
history = { at = "at" }
[connections.desk.settings.files.fields]
status = "status"
requester = "who"
client = { column = "client", record = true }
opened_at = "opened"
[[connections.desk.settings.files]]
name = "invoices"
pattern = "invoices.csv"
record = "invoices"
key = "id"
[connections.desk.settings.files.fields]
total = "total"
currency = { constant = "EUR" }
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (tmp_path / "phasewise.toml").write_text(SETTINGS)
    (folder / "invoices.csv").write_text("id,total\nF1,100.50\n")
    return folder


def settings_of(exports: Path) -> Settings:
    return load_settings(exports.parent / "phasewise.toml", environ={})


def write_log(path: Path, rows: list[tuple[str, int, str]], *, tail: str = "") -> None:
    lines = [
        f"{key},{n},2026-01-{n:02d} 09:00,{status},ann@x.test,North,2026-01-01 08:00"
        for key, n, status in rows
    ]
    path.write_text("\n".join(["id,n,at,status,who,client,opened", *lines, ""]) + tail)


def sync(store: Store, exports: Path, *, full: bool = False, days: int = 0) -> SyncResult:
    at = NOON + timedelta(days=days)
    return sync_msp(
        store, settings_of(exports), "acme", SyncOptions(full=full), clock=lambda: at, progress=nobody
    )


def receipts(result: SyncResult) -> dict[str, Receipt]:
    return {receipt.slice: receipt for receipt in result.receipts if receipt.connection_id == "desk"}


def events(store: Store, ticket: str = "A") -> list[str]:
    found = [row for row in rows_of(store.msp("acme"), "ticket_events") if row["ticket"] == ticket]
    return [row["to_value"] for row in sorted(found, key=lambda row: row["at"])]


def test_an_export_is_stored_with_a_proven_receipt(any_store: Store, exports: Path) -> None:
    write_log(exports / "log-1.csv", [("A", 1, "new"), ("A", 3, "closed"), ("B", 2, "new")])
    result = sync(any_store, exports)
    assert result.status == "complete"
    log = receipts(result)["log-1.csv"]
    assert (log.rows_read, log.stored, log.rejected, log.proof) == (3, 2, 0, "whole_file")
    tickets = rows_of(any_store.msp("acme"), "tickets")
    assert [(t["id"], t["status"], t["client"]) for t in tickets] == [
        ("A", "closed", "North"),
        ("B", "new", "North"),
    ]
    assert tickets[0]["opened_at"] == datetime(2026, 1, 1, 7, tzinfo=UTC)  # 08:00 in the MSP's zone
    assert "ann" not in tickets[0]["requester"]
    assert events(any_store) == ["new", "closed"]


def test_a_second_look_with_nothing_changed_reads_no_file(
    any_store: Store, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log(exports / "log-1.csv", [("A", 1, "new")])
    sync(any_store, exports)
    before = records_of(any_store.msp("acme"))
    monkeypatch.setattr(pages_module, "open_table", None)
    again = receipts(sync(any_store, exports, days=1))
    assert {receipt.status for receipt in again.values()} == {"unchanged"}
    assert records_of(any_store.msp("acme")) == before


@pytest.mark.parametrize("full", [False, True])
def test_a_ticket_spread_over_files_keeps_its_whole_history(
    any_store: Store, exports: Path, full: bool
) -> None:
    write_log(exports / "log-1.csv", [("A", 1, "new"), ("A", 3, "waiting")])
    sync(any_store, exports)
    write_log(exports / "log-2.csv", [("A", 2, "in_progress"), ("A", 4, "closed")])
    sync(any_store, exports, full=full, days=1)
    assert events(any_store) == ["new", "in_progress", "waiting", "closed"]
    assert rows_of(any_store.msp("acme"), "tickets")[0]["status"] == "closed"


def test_an_export_written_again_replaces_its_own_rows(any_store: Store, exports: Path) -> None:
    write_log(exports / "log-1.csv", [("A", 1, "new"), ("A", 2, "waiting"), ("A", 3, "closed")])
    sync(any_store, exports)
    write_log(exports / "log-1.csv", [("A", 1, "new"), ("A", 3, "resolved")])
    sync(any_store, exports, days=1)
    assert events(any_store) == ["new", "resolved"]


def test_one_broken_file_stops_no_other(any_store: Store, exports: Path) -> None:
    (exports / "log-1.csv").write_text(
        "id,n,at,stat,who,client,opened\nA,1,2026-01-01 09:00,new,x,North,2026-01-01 08:00\n"
    )
    write_log(exports / "log-2.csv", [("B", 1, "new")])
    result = sync(any_store, exports)
    found = receipts(result)
    assert result.status == "partial"
    assert {name: receipt.status for name, receipt in found.items()} == {
        "log-1.csv": "failed",
        "log-2.csv": "complete",
        "invoices.csv": "complete",
    }
    assert 'no column "status"' in found["log-1.csv"].message
    assert "The file has: id, n, at, stat" in found["log-1.csv"].message


def test_a_half_written_line_is_a_counted_reject_until_the_export_is_whole(
    any_store: Store, exports: Path
) -> None:
    write_log(exports / "log-1.csv", [("A", 1, "new")], tail="B,1,2026-01-0")
    result = sync(any_store, exports)
    assert receipts(result)["log-1.csv"].reasons == {"half_line": 1}
    assert receipts(result)["log-1.csv"].status == "partial"
    write_log(exports / "log-1.csv", [("A", 1, "new"), ("B", 1, "new")])
    sync(any_store, exports, days=1)
    assert [t["id"] for t in rows_of(any_store.msp("acme"), "tickets")] == ["A", "B"]
    assert rejects_of(any_store.msp("acme")) == []


def test_a_file_that_changes_while_it_is_read_is_partial_and_complete_the_next_night(
    any_store: Store, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exports / "log-1.csv"
    write_log(path, [("A", 1, "new")])
    real = pages_module.take_in

    def take_in_while_written(*arguments: Any) -> Any:
        count = real(*arguments)
        write_log(path, [("A", 1, "new"), ("B", 1, "new")])
        return count

    with monkeypatch.context() as patch:
        patch.setattr(pages_module, "take_in", take_in_while_written)
        first = receipts(sync(any_store, exports))["log-1.csv"]
    assert first.status == "partial"
    assert "changed while it was read" in first.message
    second = receipts(sync(any_store, exports, days=1))["log-1.csv"]
    assert (second.status, second.stored) == ("complete", 2)


def test_a_wrong_date_format_stops_the_file_and_is_mended_by_a_new_mapping(
    any_store: Store, exports: Path
) -> None:
    write_log(exports / "log-1.csv", [(f"T{i}", 1, "new") for i in range(100)])
    settings = exports.parent / "phasewise.toml"
    settings.write_text(
        SETTINGS.replace(
            'opened_at = "opened"', 'opened_at = { column = "opened", format = "%d/%m/%Y %H:%M" }'
        )
    )
    failed = receipts(sync(any_store, exports))["log-1.csv"]
    assert failed.status == "failed"
    assert failed.reasons == {"bad_date": 100}
    settings.write_text(SETTINGS)
    mended = receipts(sync(any_store, exports, days=1))["log-1.csv"]
    assert (mended.status, mended.stored) == ("complete", 100)
    assert rejects_of(any_store.msp("acme")) == []


def test_a_folder_that_is_gone_fails_and_harms_nothing(any_store: Store, exports: Path) -> None:
    write_log(exports / "log-1.csv", [("A", 1, "new")])
    sync(any_store, exports)
    before = records_of(any_store.msp("acme"))
    exports.rename(exports.parent / "elsewhere")
    result = sync(any_store, exports, days=1)
    assert result.status != "complete"
    assert any("there is no such folder" in (receipt.message or "") for receipt in result.receipts)
    assert records_of(any_store.msp("acme")) == before


def test_a_file_that_is_removed_takes_no_ticket_with_it(any_store: Store, exports: Path) -> None:
    """Exports of a period are thrown away; the tickets in them have not gone."""
    write_log(exports / "log-1.csv", [("A", 1, "new")])
    write_log(exports / "log-2.csv", [("B", 1, "new")])
    sync(any_store, exports)
    (exports / "log-1.csv").unlink()
    sync(any_store, exports, days=1)
    assert [t["gone_at"] for t in rows_of(any_store.msp("acme"), "tickets")] == [None, None]


def test_a_remap_gives_what_the_sync_gave(any_store: Store, exports: Path) -> None:
    write_log(exports / "log-1.csv", [("A", 1, "new"), ("A", 3, "waiting")])
    write_log(exports / "log-2.csv", [("A", 2, "in_progress"), ("B", 1, "new")])
    sync(any_store, exports)
    before = records_of(any_store.msp("acme"))
    remap_msp(
        any_store, settings_of(exports), "acme", clock=lambda: NOON + timedelta(days=1), progress=nobody
    )
    assert records_of(any_store.msp("acme")) == before


def test_raw_payloads_hold_no_requester_and_no_unmapped_column(sqlite_store: Store, exports: Path) -> None:
    from phasewise.storage.raw import read_pages

    (exports / "log-1.csv").write_text(
        "id,n,at,status,who,client,opened,secret\n"
        "A,1,2026-01-01 09:00,new,Ada Byron,North,2026-01-01 08:00,hush\n"
    )
    sync(sqlite_store, exports)
    kept = json.dumps(
        [p.payload for page in read_pages(sqlite_store.msp("acme"), "desk") for p in page.payloads]
    )
    assert "North" in kept
    assert "Ada" not in kept
    assert "hush" not in kept


def test_a_folder_without_right_is_told(sqlite_store: Store, exports: Path) -> None:
    if os.name == "nt" or os.geteuid() == 0:
        pytest.skip("this user may read everything")
    exports.chmod(0)
    try:
        result = sync(sqlite_store, exports)
    finally:
        exports.chmod(0o755)
    assert any("cannot be listed" in (receipt.message or "") for receipt in result.receipts)
