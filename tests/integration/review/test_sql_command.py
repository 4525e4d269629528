"""`phasewise sql` as it is typed: forms of the answer, where the SQL comes from, exit codes."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from phasewise.cli import main
from phasewise.storage.databases import sqlite_path
from tests.integration.review.conftest import Reviewed

SETTINGS = """
[store]
url = "{url}"

[msps.acme]
name = "Acme IT"
zone = "Europe/Madrid"
currency = "EUR"

[msps.beta]
name = "Beta"
zone = "Europe/Madrid"
currency = "EUR"
"""


class Terminal:
    """Runs the command and keeps what it printed."""

    def __init__(
        self, settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.settings, self.monkeypatch, self.capsys = settings, monkeypatch, capsys
        self.notes = ""

    def run(self, *arguments: str, stdin: str = "") -> tuple[int, str]:
        """Exit code and stdout; stderr is in `notes`."""
        self.monkeypatch.setenv("PHASEWISE_CONFIG", str(self.settings))
        self.monkeypatch.setattr(sys, "argv", ["phasewise", "sql", *arguments])
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        self.capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = self.capsys.readouterr()
        self.notes = printed.err
        return code, printed.out


@pytest.fixture
def terminal(
    reviewed_sqlite: Reviewed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    """A terminal in front of the sample on SQLite."""
    settings = tmp_path / "phasewise.toml"
    path = sqlite_path(reviewed_sqlite.store.engine.url).as_posix()
    settings.write_text(SETTINGS.format(url=f"sqlite:///{path}"), encoding="utf-8")
    return Terminal(settings, monkeypatch, capsys)


TWO = "SELECT ticket, title, hours_to_resolve FROM v_tickets WHERE ticket IN ('T1', 'T2') ORDER BY ticket"


def test_a_table_is_the_form_for_people(terminal: Terminal) -> None:
    assert terminal.run(TWO, "--msp", "acme") == (
        0,
        "ticket  title                        hours_to_resolve\n"
        "------  ---------------------------  ----------------\n"
        "T1      Printer; DROP TABLE tickets                 3\n"
        "T2\n",
    )
    assert terminal.notes == ""


def test_json_is_a_list_of_objects(terminal: Terminal) -> None:
    for flags in (("--format", "json"), ("--json",)):
        code, printed = terminal.run(TWO, "--msp", "acme", *flags)
        assert code == 0
        assert json.loads(printed) == [
            {"ticket": "T1", "title": "Printer; DROP TABLE tickets", "hours_to_resolve": 3},
            {"ticket": "T2", "title": None, "hours_to_resolve": None},
        ]


def test_csv_is_what_the_standard_says(terminal: Terminal) -> None:
    sql = "SELECT 'a,b' AS \"x\", 'say \"hi\"' AS y, 'two\nlines' AS z, 1.5 AS n, NULL AS unknown"
    code, printed = terminal.run(sql, "--msp", "acme", "--format", "csv")
    assert code == 0
    assert printed == 'x,y,z,n,unknown\r\n"a,b","say ""hi""","two\nlines",1.5,\r\n'
    assert list(csv.reader(io.StringIO(printed, newline="")))[1][:3] == ["a,b", 'say "hi"', "two\nlines"]


def test_no_row_is_an_empty_answer_and_no_error(terminal: Terminal) -> None:
    sql = "SELECT ticket FROM v_tickets WHERE 1 = 0"
    assert terminal.run(sql, "--msp", "acme", "--json") == (0, "[]\n")
    assert terminal.run(sql, "--msp", "acme", "--format", "csv") == (0, "ticket\r\n")


def test_rows_that_are_cut_off_are_said_on_stderr(terminal: Terminal) -> None:
    code, printed = terminal.run(TWO, "--msp", "acme", "--limit", "1", "--format", "csv")
    assert (code, printed.count("\r\n")) == (0, 2)
    assert "Cut after 1 rows" in terminal.notes


def test_two_columns_of_one_name_are_no_object(terminal: Terminal) -> None:
    code, printed = terminal.run("SELECT 1 AS a, 2 AS a", "--msp", "acme", "--json")
    assert (code, printed) == (2, "")
    assert "two columns are called a" in terminal.notes
    assert terminal.run("SELECT 1 AS a, 2 AS a", "--msp", "acme", "--format", "csv") == (0, "a,a\r\n1,2\r\n")


def test_the_sql_may_come_from_stdin_or_a_file(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "query.sql"
    file.write_text("-- why\nSELECT 1 AS one;\n", encoding="utf-8-sig")
    assert terminal.run("-", "--msp", "acme", "--json", stdin="SELECT 1 AS one\n") == (0, '[{"one": 1}]\n')
    assert terminal.run("--file", str(file), "--msp", "acme", "--json") == (0, '[{"one": 1}]\n')


def test_no_sql_or_two_are_a_mistake_of_usage(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("--msp", "acme")[0] == 2
    assert terminal.run("SELECT 1", "--file", "x.sql", "--msp", "acme")[0] == 2
    assert terminal.run("--file", str(tmp_path / "none.sql"), "--msp", "acme")[0] == 2
    assert "none.sql" in terminal.notes


def test_an_error_says_what_and_what_to_do_and_exits_2(terminal: Terminal) -> None:
    assert terminal.run("DELETE FROM tickets", "--msp", "acme") == (2, "")
    assert terminal.notes.startswith("Error: DELETE is not allowed in a review. Write a SELECT")
    assert terminal.run("DELETE FROM tickets", "--msp", "acme", "--json") == (2, "")
    error = json.loads(terminal.notes)
    assert (error["error"], error["exit_code"]) == ("ReviewError", 2)


def test_a_store_with_several_msps_asks_which(terminal: Terminal) -> None:
    assert terminal.run("SELECT 1")[0] == 2
    assert "--msp acme | beta" in terminal.notes


def test_a_store_that_is_not_there_is_said_and_not_made(terminal: Terminal, tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    terminal.settings.write_text(SETTINGS.format(url=f"sqlite:///{missing.as_posix()}"), encoding="utf-8")
    assert terminal.run("SELECT 1", "--msp", "acme")[0] == 1
    assert "There is no store" in terminal.notes
    assert not missing.exists()


def test_views_are_listed_without_a_store(terminal: Terminal) -> None:
    terminal.settings.unlink()
    code, printed = terminal.run("--views")
    assert code == 0
    assert "v_tickets: one row per ticket" in printed
    assert "hours_to_resolve" in printed
    code, printed = terminal.run("--views", "v_runs", "--json")
    assert code == 0
    (view,) = json.loads(printed)
    assert view["name"] == "v_runs"
    assert {"name", "type", "unit", "text"} == set(view["columns"][0])
    assert terminal.run("--views", "v_none")[0] == 2
