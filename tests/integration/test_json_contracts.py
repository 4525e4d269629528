"""The answers that other programs rely on, as processes print them: their keys, exactly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SETTINGS = """
[msps.acme]
name = "Acme IT"
zone = "Europe/Madrid"
currency = "EUR"

[connections.desk]
connector = "files"

[connections.desk.settings]
folder = "."

[[connections.desk.settings.files]]
name = "tickets"
pattern = "*.csv"
record = "tickets"
key = "id"

[connections.desk.settings.files.fields]
opened_at = "opened"
closed_at = "closed"
client = { column = "client", record = true }
status = { column = "state", words = { done = "closed" } }

[[connections.desk.settings.files.sla]]
target = "resolution"
outcome = { column = "kept", words = { yes = "met", no = "missed" } }
"""
ANSWER = {
    "msp", "as_of", "edition", "basis", "phase", "ceiling", "decided", "phase_distribution", "needs",
    "limiting", "indicators",
}  # fmt: skip
INDICATOR = {"code", "name", "status", "evidence", "score", "p_pass", "reason", "measures"}
MEASURE = {
    "name", "value", "unit", "numerator", "denominator", "n", "low", "high", "window_start", "window_end",
    "complete",
}  # fmt: skip
PHASES = ("reactive", "stable", "proactive", "scalable")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two hundred tickets, made by the first sync of a new user."""
    made = tmp_path_factory.mktemp("contracts")
    (made / "phasewise.toml").write_text(SETTINGS, encoding="utf-8")
    rows = ["id,opened,closed,client,state,kept"]
    for number in range(200):
        month, day = 1 + number % 3, 1 + number % 28
        opened, closed = f"2026-{month:02}-{day:02}T08:00", f"2026-{month:02}-{day:02}T09:00"
        rows.append(f"{number},{opened},{closed},c{number % 3},done,{'no' if number % 5 == 0 else 'yes'}")
    (made / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    ask(made, "sync")
    return made


def ask(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PHASEWISE_")}
    done = subprocess.run(
        [sys.executable, "-m", "phasewise", *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def check_indicator(one: dict[str, Any]) -> None:
    assert set(one) == INDICATOR
    assert one["status"] in ("pass", "fail", "leaning", "unknown")
    assert one["evidence"] in ("derived", "partly", "attested")
    assert one["score"] is None or set(one["score"]) == {"median", "low", "high"}
    assert one["p_pass"] is None or 0 <= one["p_pass"] <= 1
    assert one["reason"] is None or isinstance(one["reason"], str)
    assert all(set(measure) == MEASURE for measure in one["measures"])


def test_analyze_answers_in_the_agreed_shape(folder: Path) -> None:
    answer = json.loads(ask(folder, "analyze", "--as-of", "2026-04-01", "--json").stdout)
    assert set(answer) >= ANSWER
    assert answer["phase"] in PHASES
    assert answer["ceiling"] in PHASES
    assert isinstance(answer["decided"], bool)
    assert set(answer["phase_distribution"]) == {*PHASES, "undecided"}
    assert len({one["code"] for one in answer["indicators"]}) == len(answer["indicators"]) == 20
    for one in answer["indicators"]:
        check_indicator(one)
    sla = next(one for one in answer["indicators"] if one["code"] == "2.1")
    assert sla["measures"]


def test_sql_answers_json_with_a_list_of_objects(folder: Path) -> None:
    query = "SELECT ticket, resolved_at FROM v_tickets ORDER BY ticket"
    answer = json.loads(ask(folder, "sql", query, "--format", "json", "--limit", "3").stdout)
    assert [set(row) for row in answer] == [{"ticket", "resolved_at"}] * 3
    assert answer[0]["resolved_at"] is None


def test_connectors_answer_with_their_streams_and_a_schema(folder: Path) -> None:
    answer = json.loads(ask(folder, "connectors", "--json").stdout)
    assert "files" in {connector["name"] for connector in answer}
    for connector in answer:
        assert set(connector) >= {"name", "title", "kind", "streams", "settings"}
        assert connector["settings"]["type"] == "object"
        for stream in connector["streams"]:
            assert set(stream) >= {"name", "record", "cursor", "provides"}


def test_sync_answers_with_a_line_a_slice_and_then_the_status(folder: Path) -> None:
    *slices, last = map(json.loads, ask(folder, "sync", "--full", "--json").stdout.splitlines())
    assert set(last) == {"status", "receipts"}
    assert last["status"] == "complete"
    assert last["receipts"] == slices
    assert [receipt["slice"] for receipt in slices] == ["t.csv"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("sql", "DROP TABLE tickets"), 2),
        (("explain", "9.9"), 2),
        (("explain",), 2),
        (("nothing",), 2),
        (("analyze", "--asof", "2026-04-01"), 2),
        (("analyze", "--backfill", "0"), 2),
        (("analyze", "--as-of", "yesterday"), 2),
        (("--config", "nowhere.toml", "sync"), 2),
    ],
)
def test_an_error_is_one_json_object_on_stderr(folder: Path, words: tuple[str, ...], code: int) -> None:
    done = ask(folder, *words, "--json", code=code)
    error = json.loads(done.stderr)
    assert done.stdout == ""
    assert error["exit_code"] == code
    assert error["what"]
    assert error["remedy"]
