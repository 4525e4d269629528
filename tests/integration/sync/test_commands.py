"""The commands as a user runs them: processes, exit codes, and a kill -9 at any moment."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from phasewise.storage.engine import open_store
from tests.integration.sync.state import everything

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

SETTINGS = """
[msps.acme]
name = "Acme IT"
zone = "Europe/Madrid"
currency = "EUR"

[mapping.status]
"New" = "new"
"Closed" = "closed"

[connections.desk]
connector = "files"

[connections.desk.settings]
folder = "."
zone = "UTC"

[[connections.desk.settings.files]]
name = "tickets"
pattern = "tickets*.csv"
record = "tickets"
key = "Number"
state = "last by Changed"
history = { at = "Changed", format = "%Y-%m-%d %H:%M" }

[connections.desk.settings.files.fields]
opened_at = { column = "Opened", format = "%Y-%m-%d %H:%M" }
status = { column = "State" }
client = { column = "Client", record = true }
"""


def write_log(path: Path, tickets: int) -> None:
    words = ["New", "Parked", "Closed"]
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Number", "Opened", "Changed", "State", "Client"])
        for change, word in enumerate(words):
            for number in range(tickets):
                opened = NOW - timedelta(minutes=11 * number)
                changed = opened + timedelta(hours=change)
                rows.writerow(
                    [
                        f"T{number:05}",
                        f"{opened:%Y-%m-%d %H:%M}",
                        f"{changed:%Y-%m-%d %H:%M}",
                        word,
                        f"c{number % 7}",
                    ]
                )


@pytest.fixture(scope="module", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The processes share their compiled modules, also where the machine is told not to write any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "phasewise.toml").write_text(SETTINGS, encoding="utf-8")
    write_log(tmp_path / "tickets.csv", 60)
    return tmp_path


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "phasewise", *words]


def environment(**changes: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PHASEWISE_")}
    return {**kept, "PYTHONPATH": str(Path.cwd()), "COLUMNS": "200", **changes}


def run(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(folder, *words),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def test_a_first_sync_makes_the_store_and_says_what_it_proved(folder: Path) -> None:
    done = run(folder, "sync", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["slice"] for line in lines[:-1]] == ["tickets.csv"]
    assert lines[-1]["status"] == "complete"
    (receipt,) = lines[-1]["receipts"]
    assert receipt == lines[0]
    assert (receipt["rows_read"], receipt["stored"], receipt["proof"]) == (180, 60, "whole_file")
    assert receipt["msp"] == "acme"
    assert (folder / "phasewise.db").is_file()


def test_the_second_sync_reads_nothing(folder: Path) -> None:
    run(folder, "sync")
    (receipt,) = json.loads(run(folder, "sync", "--json").stdout.splitlines()[-1])["receipts"]
    assert (receipt["status"], receipt["rows_read"]) == ("unchanged", 0)


def test_the_table_of_receipts_says_what_was_read_and_what_comes_next(folder: Path) -> None:
    done = run(folder, "sync")
    assert "tickets.csv" in done.stdout
    assert "180" in done.stdout
    assert "whole file" in done.stdout
    assert "phasewise analyze" in done.stdout


def test_rejects_are_counted_with_their_reasons(folder: Path) -> None:
    with (folder / "tickets.csv").open("a", encoding="utf-8") as file:
        file.write("T99999,yesterday,2026-03-01 10:00,New,c1\n")
    done = run(folder, "sync")
    assert "Rejected in desk tickets tickets.csv" in done.stdout
    assert "v_rejects" in done.stdout


def test_a_folder_that_is_not_there_is_a_refusal_with_its_exit_code(folder: Path) -> None:
    text = SETTINGS.replace('folder = "."', 'folder = "nowhere"')
    (folder / "phasewise.toml").write_text(text, encoding="utf-8")
    done = run(folder, "sync", "--json", code=5)
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["status"] == "failed"
    assert "nowhere" in answer["receipts"][0]["message"]


def test_one_stream_that_cannot_be_read_is_partial(folder: Path) -> None:
    text = SETTINGS.replace('pattern = "tickets*.csv"', 'pattern = "*.csv"')
    (folder / "phasewise.toml").write_text(text, encoding="utf-8")
    (folder / "invoices.csv").write_text("A,B\n1,2\n", encoding="utf-8")
    done = run(folder, "sync", "--json", code=4)
    answer = json.loads(done.stdout.splitlines()[-1])
    statuses = {receipt["slice"]: receipt["status"] for receipt in answer["receipts"]}
    assert statuses["tickets.csv"] == "complete"
    assert statuses["invoices.csv"] == "failed"


def test_a_connection_that_does_not_exist_is_a_mistake(folder: Path) -> None:
    done = run(folder, "sync", "--connection", "desc", code=2)
    assert 'there is no connection "desc"' in done.stderr
    assert "Known: desk" in done.stderr


def test_check_works_before_the_first_sync_and_writes_nothing(folder: Path) -> None:
    done = run(folder, "check")
    assert "desk (" in done.stdout
    assert "tickets: can be read" in done.stdout
    assert "of 20 indicators possible" in done.stdout
    assert not (folder / "phasewise.db").exists()
    (answer,) = json.loads(run(folder, "check", "--json").stdout)
    assert answer["unmapped"] is None
    assert answer["of"] == 20


def test_check_names_what_nobody_has_mapped_and_what_it_touches(folder: Path) -> None:
    run(folder, "sync")
    (answer,) = json.loads(run(folder, "check", "--json").stdout)
    (word,) = answer["unmapped"]
    assert (word["mapping"], word["word"], word["suggestion"]) == ("status", "Parked", "waiting")
    assert "2.1" in word["indicators"]


def test_a_typing_error_of_the_mapping_is_told_by_sync_check_and_analyze(folder: Path) -> None:
    settings = SETTINGS.replace('"New" = "new"', '"New" = "new"\n"Parkd" = "waiting"')
    (folder / "phasewise.toml").write_text(settings, encoding="utf-8")
    said = 'did you mean "Parked"?'
    assert said in run(folder, "sync").stderr
    assert said in run(folder, "check").stdout
    (answer,) = json.loads(run(folder, "check", "--json").stdout)
    assert [(one["word"], one["near"]) for one in answer["unmet"] if one["near"]] == [("Parkd", "Parked")]
    assert said in run(folder, "analyze", "--json").stderr


def test_the_lines_of_mapping_can_be_pasted_and_a_remap_applies_them(folder: Path) -> None:
    run(folder, "sync")
    shown = run(folder, "mapping").stdout
    assert '"Parked" = "waiting"' in shown
    line = next(line for line in shown.splitlines() if line.startswith('"Parked"'))
    settings = SETTINGS.replace('"New" = "new"', f'"New" = "new"\n{line}')
    (folder / "phasewise.toml").write_text(settings, encoding="utf-8")
    assert "phasewise remap" in run(folder, "mapping").stdout
    run(folder, "remap")
    assert json.loads(run(folder, "mapping", "--json").stdout) == []


def test_status_tells_how_fresh_every_stream_is(folder: Path) -> None:
    run(folder, "sync")
    answer = json.loads(run(folder, "status", "--json").stdout)
    (msp,) = answer["msps"]
    (stream,) = msp["streams"]
    assert (stream["stream"], stream["slices"], stream["complete"]) == ("tickets", 1, 1)
    assert stream["age_hours"] < 1
    assert msp["unmapped_words"] == 1
    assert answer["bytes"] > 100_000
    assert "tickets" in run(folder, "status").stdout


def test_status_says_when_a_connection_or_an_msp_was_renamed(folder: Path) -> None:
    run(folder, "sync")
    said = json.loads(run(folder, "status", "--json").stdout)
    assert (said["msps"][0]["connections_not_in_settings"], said["msps_not_in_settings"]) == ([], [])
    settings = folder / "phasewise.toml"
    settings.write_text(SETTINGS.replace("connections.desk", "connections.tool"), encoding="utf-8")
    run(folder, "sync")
    assert 'Records of the connection "desk"' in run(folder, "status").stdout
    settings.write_text(SETTINGS.replace("[msps.acme]", "[msps.acme-it]"), encoding="utf-8")
    assert 'also holds the MSP "acme"' in run(folder, "status").stdout


@pytest.mark.parametrize("words", [("status",), ("mapping",), ("remap",)])
def test_without_a_store_a_command_says_what_to_do(folder: Path, words: tuple[str, ...]) -> None:
    done = run(folder, *words, code=1)
    assert "phasewise sync" in done.stderr


def test_killed_at_any_moment_and_run_again_it_ends_as_if_left_alone(folder: Path, tmp_path: Path) -> None:
    """A real process, a real kill, ten times: the rows and the state are those of a quiet run."""
    write_log(folder / "tickets.csv", 4_000)
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("phasewise.toml", "tickets.csv"):
        shutil.copy2(folder / name, alone / name)
    began = time.perf_counter()
    run(alone, "sync")
    seconds = time.perf_counter() - began
    chance, killed = random.Random(7), 0
    for _ in range(10):
        process = subprocess.Popen(
            command(folder, "sync"),
            cwd=folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=chance.uniform(0.3, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    assert killed > 0
    run(folder, "sync")
    assert state(folder) == state(alone)


def state(folder: Path) -> dict[str, Any]:
    with open_store(f"sqlite:///{folder / 'phasewise.db'}", now=NOW) as store:
        return everything(store.msp("acme"))
