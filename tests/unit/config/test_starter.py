"""What `phasewise init` writes loads, and nothing that is there is lost."""

from __future__ import annotations

import re

import pytest

from phasewise.config import detected
from phasewise.config.settings import load_settings
from phasewise.config.starter import Answers, settings_text, table_name, write_settings
from phasewise.connectors import connectors
from phasewise.errors import ConfigError

ACME = Answers(msp="acme", name="Acme IT", zone="Europe/Madrid", currency="EUR")


def test_the_file_loads_as_it_is(tmp_path):
    path = tmp_path / "phasewise.toml"
    write_settings(path, settings_text(ACME), overwrite=False)
    settings = load_settings(path, {})
    assert settings.msps["acme"].name == "Acme IT"
    assert settings.msps["acme"].sla.default_calendar == "office"
    assert settings.connections == {}


@pytest.mark.skipif("files" not in connectors(), reason="the connector of the example is not there")
def test_the_file_loads_with_its_examples_taken_in(tmp_path):
    """Every commented line that is TOML is a promise that it works."""
    text = re.sub(r"(?m)^# (\[|[a-z_]+ = |\")", r"\1", settings_text(ACME))
    path = tmp_path / "phasewise.toml"
    write_settings(path, text, overwrite=False)
    settings = load_settings(path, {})
    assert settings.connections["desk"].settings.folder == tmp_path / "exports"
    assert settings.msps["acme"].automations[0].name == "Clean full disks"
    assert settings.mapping["status"]["Done"] == "resolved"


@pytest.mark.parametrize("name", ['A "quoted" \\ name', "Añón & Söhne", "{msp}", "x" * 200, "a\x7fb\tc", "#"])
def test_any_name_survives(tmp_path, name):
    path = tmp_path / "phasewise.toml"
    answers = Answers(msp="acme", name=name, zone="UTC", currency="EUR")
    write_settings(path, settings_text(answers), overwrite=False)
    assert load_settings(path, {}).msps["acme"].name == name


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("Acme IT", "acme-it"),
        ("Añón & Söhne", "anon-sohne"),
        ("日本", "msp"),
        ("--x--", "x"),
        ("a" * 80, "a" * 63),
    ],
)
def test_a_table_name_is_made_of_a_name(name, table):
    assert table_name(name) == table


def test_a_file_that_is_there_stays(tmp_path):
    path = tmp_path / "phasewise.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="--force"):
        write_settings(path, "new", overwrite=False)
    assert path.read_text(encoding="utf-8") == "mine"
    write_settings(path, "new", overwrite=True)
    assert path.read_text(encoding="utf-8") == "new"


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "phasewise.toml"
    path.mkdir()  # a rename onto a folder fails after the draft was written
    with pytest.raises(ConfigError, match="cannot be written"):
        write_settings(path, "new", overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["phasewise.toml"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="no such folder") as caught:
        write_settings(tmp_path / "none" / "phasewise.toml", "x", overwrite=False)
    assert caught.value.where == str(tmp_path / "none")


def test_the_zone_is_that_of_the_variable_the_link_or_the_file(tmp_path):
    assert detected.zone({"TZ": ":America/Lima"}, etc=tmp_path) == "America/Lima"
    assert detected.zone({"TZ": "EST5EDT4,M3"}, etc=tmp_path) is None
    assert detected.zone({}, etc=tmp_path) is None
    (tmp_path / "timezone").write_text("Europe/Madrid\n", encoding="ascii")
    assert detected.zone({}, etc=tmp_path) == "Europe/Madrid"


@pytest.mark.skipif("sys.platform == 'win32'", reason="links need rights there")
def test_the_zone_is_read_off_the_link_to_the_zone_database(tmp_path):
    target = tmp_path / "zoneinfo" / "Europe" / "Madrid"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"")
    (tmp_path / "localtime").symlink_to(target)
    assert detected.zone({}, etc=tmp_path) == "Europe/Madrid"
    target.unlink()
    assert detected.zone({}, etc=tmp_path) is None


def test_the_currency_is_one_in_use_or_unknown():
    assert detected.currency() is None or len(detected.currency()) == 3
