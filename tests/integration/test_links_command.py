"""`phasewise links`, as a person uses it: two exports of two systems, read, linked, decided."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from phasewise.cli.main import make_app
from phasewise.errors import ConfigError

SETTINGS = """
[msps.acme]
zone = "Europe/Madrid"
currency = "EUR"
"""
CONNECTION = """
[connections.{name}]
connector = "files"
[connections.{name}.settings]
folder = "{folder}"
[[connections.{name}.settings.files]]
name = "clients"
pattern = "{name}.csv"
record = "clients"
key = "id"
fields = {{ name = "name" }}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    text = SETTINGS
    for name, rows in (("desk", "1,Acme Ltd\n2,Delta\n"), ("agents", "a,ACME Ltd.\nb,Deltas\n")):
        (tmp_path / f"{name}.csv").write_text(f"id,name\n{rows}")
        text += CONNECTION.format(name=name, folder=tmp_path.as_posix())
    (tmp_path / "phasewise.toml").write_text(text)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(make_app(), list(words))
    return done.exit_code, done.output


def test_a_sync_of_two_systems_says_what_seems_to_be_the_same(folder: Path) -> None:
    code, said = run("sync")
    assert code == 0
    assert "phasewise links" in said
    listed = json.loads(run("links", "--json")[1])
    assert [(one["a"]["name"], one["b"]["name"], one["similarity"]) for one in listed] == [
        ("ACME Ltd.", "Acme Ltd", 1.0),
        ("Deltas", "Delta", 0.9091),
    ]


def test_what_a_person_confirms_and_refuses_is_asked_no_more(folder: Path) -> None:
    run("sync")
    acme, delta = (one["link"] for one in json.loads(run("links", "--json")[1]))
    assert run("links", "confirm", "--above", "0.95", "--by", "Ada") == (0, "1 link is confirmed now.\n")
    assert run("links", "refuse", delta) == (0, "1 link is refused now.\n")
    assert json.loads(run("links", "--json")[1]) == []
    decided = {one["link"]: one["status"] for one in json.loads(run("links", "--all", "--json")[1])}
    assert decided == {acme: "confirmed", delta: "refused"}
    assert "1 confirmed, 0 proposed, 1 refused" in run("links")[1]


def test_a_link_that_is_not_there_is_named(folder: Path) -> None:
    run("sync")
    with pytest.raises(ConfigError, match="there is no link nothing"):
        CliRunner().invoke(make_app(), ["links", "confirm", "nothing"], catch_exceptions=False)
