"""`phasewise files inspect` and `phasewise connectors`, as a person and a program call them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from phasewise.cli.main import make_app
from phasewise.errors import ConfigError

RUN = CliRunner()


def run(*arguments: str) -> str:
    found = RUN.invoke(make_app(), list(arguments), catch_exceptions=False)
    assert found.exit_code == 0
    return found.stdout


def test_the_list_of_connectors_has_the_promised_form() -> None:
    listed = {c["name"]: c for c in json.loads(run("connectors", "--json"))}
    files = listed["files"]
    assert files.keys() == {"name", "title", "kind", "streams", "settings"}
    assert {"name", "record", "cursor", "provides"} <= files["streams"][0].keys()
    assert files["streams"][0]["cursor"] == "file"
    assert files["settings"]["properties"]["folder"]
    assert "files" in run("connectors")


def test_a_connector_is_shown_with_settings_rights_streams_and_fields() -> None:
    shown = run("connectors", "show", "files")
    for part in ("folder (", "needs the right: read the files", "Stream tickets", "fills sla_results: "):
        assert part in shown
    assert json.loads(run("connectors", "show", "files", "--json"))["name"] == "files"


def test_an_unknown_connector_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r'no connector "filez".*Known: .*\bfiles\b'):
        run("connectors", "show", "filez")


def test_inspect_prints_toml_alone_to_stdout(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("Ticket,Status,Created\n1,New,2026-01-01 08:00\n2,Closed,2026-01-02 08:00\n")
    tables = tomllib.loads(run("files", "inspect", str(path)))
    assert tables["connections"]["tickets"]["connector"] == "files"
    assert json.loads(run("files", "inspect", str(path), "--json"))["record"] == "tickets"
    as_invoices = json.loads(run("files", "inspect", str(path), "--record", "invoices", "--json"))
    assert as_invoices["record"] == "invoices"


def test_an_unknown_record_kind_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    with pytest.raises(ConfigError, match=r'no record kind "ticket"; did you mean "tickets"'):
        run("files", "inspect", str(tmp_path / "a.csv"), "--record", "ticket")
