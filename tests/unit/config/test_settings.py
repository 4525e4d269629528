"""What a settings file may hold, and how file, environment and layers come together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from phasewise.config.settings import load_settings
from phasewise.errors import ConfigError
from tests.unit.config.conftest import MSP

VENDOR_CONNECTION = """
[connections.halo]
connector = "vendor"
[connections.halo.settings]
client_id = "us"
client_secret = "env:HALO_SECRET"
"""


def test_the_shape_of_the_design_loads(load):
    settings = load(
        """
        [store]
        url = "sqlite:///acme.db"
        [retain]
        raw_days = 400
        [msps.acme]
        name = "Acme IT"
        zone = "Europe/Madrid"
        currency = "EUR"
        [msps.acme.calendars.office]
        zone = "Europe/Madrid"
        hours = { mon-thu = ["09:00-14:00", "15:00-18:00"], fri = ["08:00-15:00"] }
        holidays = ["ES-MD", "2026-12-24"]
        [msps.acme.sla]
        basis = "vendor"
        default_calendar = "office"
        pause = ["waiting"]
        [msps.acme.scope]
        exclude_queues = ["Sales", "Internal"]
        exclude_clients = ["Acme itself"]
        [msps.acme.technicians]
        capacity_hours_per_week = 37.5
        show = "initials"
        [[msps.acme.automations]]
        name = "Clean full disks"
        went_live_on = 2026-03-02
        targets = { category = "Disk space" }
        clients = "all"
        [msps.acme.thresholds."2.1"]
        floor = 0.9
        """
    )
    acme = settings.msps["acme"]
    assert acme.name == "Acme IT"
    assert acme.calendars["office"].hours["mon"] == ("09:00-14:00", "15:00-18:00")
    assert acme.calendars["office"].hours["sat"] == ()
    assert acme.sla.pause == ("waiting",)
    assert acme.automations[0].went_live_on == date(2026, 3, 2)
    assert acme.automations[0].targets == {"category": ("Disk space",)}
    assert acme.thresholds == {"2.1": {"floor": 0.9}}
    assert settings.retain.raw_days == 400
    assert settings.connections == {}


def test_only_a_zone_and_a_currency_must_be_written(load, tmp_path):
    settings = load(MSP)
    assert settings.msps["acme"].name == "acme"
    assert settings.msps["acme"].sla.basis == "vendor"
    assert settings.store.url.get_secret_value() == f"sqlite:///{tmp_path / 'phasewise.db'}"


def test_the_order_of_a_list_that_has_none_does_not_matter(load):
    """Settings are hashed into the edition of an analysis: only what changes a result may change them."""
    scope = "[msps.acme.scope]\nexclude_queues = [{}]\n"
    scope += "[msps.acme.calendars.c]\nhours = {{ {} }}\nholidays = [{}]\n"
    one = scope.format('"A", "B"', 'mon-tue = "09:00-18:00"', '"ES", "2026-12-24"')
    other = scope.format(
        '"B", "A", "B"', 'tue = ["09:00-18:00"], mon = ["09:00-18:00"]', '"2026-12-24", "ES"'
    )
    assert load(MSP + one).model_dump_json() == load(MSP + other).model_dump_json()


def test_a_calendar_without_a_zone_takes_its_msps(load):
    settings = load(MSP + '[msps.acme.calendars.office]\nhours = { mon-fri = "09:00-18:00" }\n')
    assert settings.msps["acme"].calendars["office"].zone == "Europe/Madrid"


def test_nothing_can_be_changed_after_loading(load):
    settings = load(MSP)
    with pytest.raises(ValueError, match="frozen"):
        settings.msps["acme"].zone = "UTC"
    with pytest.raises(ValueError, match="frozen"):
        settings.store = None


def test_a_connection_belongs_to_the_one_msp(load, vendor):
    assert load(MSP + VENDOR_CONNECTION, HALO_SECRET="s3cret").connections["halo"].msp == "acme"


def test_a_connections_settings_are_its_connectors_model(load, vendor):
    one = load(MSP + VENDOR_CONNECTION, HALO_SECRET="s3cret").connections["halo"]
    assert type(one.settings).__name__ == "VendorSettings"
    assert one.settings.client_secret.get_secret_value() == "s3cret"


def test_connections_of_an_msp_are_only_its_own(load, vendor):
    settings = load(
        MSP + MSP.replace("acme", "other") + VENDOR_CONNECTION.replace('"vendor"', '"vendor"\nmsp = "other"'),
        HALO_SECRET="s3cret",
    )
    assert list(settings.connections_of("other")) == ["halo"]
    assert settings.connections_of("acme") == {}


def test_words_of_a_connection_win_over_its_msps_and_those_over_the_global_ones(load, vendor):
    settings = load(
        MSP
        + """
        [mapping.status]
        Done = "resolved"
        Parked = "waiting"
        Open = "new"
        [mapping.type]
        Fault = "incident"
        [msps.acme.mapping.status]
        Parked = "in_progress"
        Open = "in_progress"
        """
        + VENDOR_CONNECTION
        + '[connections.halo.mapping.status]\nOpen = "waiting"\n',
        HALO_SECRET="s3cret",
    )
    assert settings.connections["halo"].mapping == {
        "status": {"Done": "resolved", "Parked": "in_progress", "Open": "waiting"},
        "type": {"Fault": "incident"},
    }


def test_the_environment_wins_over_the_file(load):
    settings = load(
        MSP + "[retain]\nraw_days = 10\n", PHASEWISE_RETAIN__RAW_DAYS="20", PHASEWISE_MSPS__ACME__NAME="A"
    )
    assert settings.retain.raw_days == 20
    assert settings.msps["acme"].name == "A"
    assert settings.msps["acme"].zone == "Europe/Madrid"


def test_a_list_comes_from_the_environment_as_json(load):
    settings = load(MSP, PHASEWISE_MSPS__ACME__SCOPE__EXCLUDE_QUEUES='["Sales", "Internal"]')
    assert settings.msps["acme"].scope.exclude_queues == ("Internal", "Sales")


def test_a_key_of_digits_from_the_environment_stays_text(load, vendor):
    settings = load(
        MSP + VENDOR_CONNECTION,
        HALO_SECRET="x",
        PHASEWISE_CONNECTIONS__HALO__SETTINGS__CLIENT_SECRET="1234567890",
    )
    assert settings.connections["halo"].settings.client_secret.get_secret_value() == "1234567890"


def test_the_environment_spares_a_reference_that_it_replaces(load, vendor):
    """A missing variable is no mistake where another value stands in its place."""
    settings = load(MSP + VENDOR_CONNECTION, PHASEWISE_CONNECTIONS__HALO__SETTINGS__CLIENT_SECRET="abc")
    assert settings.connections["halo"].settings.client_secret.get_secret_value() == "abc"


def test_an_empty_variable_is_no_variable(load):
    assert load(MSP + "[retain]\nraw_days = 10\n", PHASEWISE_RETAIN__RAW_DAYS="").retain.raw_days == 10


def test_variables_that_are_no_settings_are_left_alone(load):
    load(MSP, PHASEWISE_DATA="/data", PHASEWISE_LANGUAGE="es", PHASEWISE_PATH="x", PHASEWISE_NOTES="y")


def test_a_byte_order_mark_is_accepted(tmp_path):
    path = tmp_path / "phasewise.toml"
    path.write_bytes(b"\xef\xbb\xbf" + MSP.encode())
    assert "acme" in load_settings(path, {}).msps


def test_the_file_is_found_by_argument_then_variable_then_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("phasewise.toml", "b.toml", "c.toml"):
        (tmp_path / name).write_text(MSP, encoding="utf-8")
    assert load_settings(Path("c.toml"), {"PHASEWISE_CONFIG": "b.toml"}).path == tmp_path / "c.toml"
    assert load_settings(None, {"PHASEWISE_CONFIG": "b.toml"}).path == tmp_path / "b.toml"
    assert load_settings(None, {"PHASEWISE_CONFIG": ""}).path == tmp_path / "phasewise.toml"


def test_paths_in_the_file_are_relative_to_it_and_those_of_the_environment_to_the_working_folder(
    load, vendor, tmp_path, tmp_path_factory, monkeypatch
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    text = MSP + VENDOR_CONNECTION
    in_file = load(text + 'folder = "exports"\n', HALO_SECRET="x")
    assert in_file.connections["halo"].settings.folder == tmp_path / "exports"
    by_reference = load(text + 'folder = "env:EXPORTS"\n', HALO_SECRET="x", EXPORTS="exports")
    assert by_reference.connections["halo"].settings.folder == elsewhere / "exports"
    by_variable = load(text, HALO_SECRET="x", PHASEWISE_CONNECTIONS__HALO__SETTINGS__FOLDER="exports")
    assert by_variable.connections["halo"].settings.folder == elsewhere / "exports"


def test_a_folder_may_start_at_home(load, vendor):
    settings = load(MSP + VENDOR_CONNECTION + 'folder = "~/exports"\n', HALO_SECRET="x")
    assert settings.connections["halo"].settings.folder == Path.home() / "exports"


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        ("sqlite:///other.db", "sqlite:///{base}/other.db"),
        ("sqlite:////var/lib/phasewise.db", "sqlite:////var/lib/phasewise.db"),
        ("postgresql://me@db/phasewise", "postgresql+psycopg://me@db/phasewise"),
        ("postgres://me@db:5433/phasewise", "postgresql+psycopg://me@db:5433/phasewise"),
        ("postgresql:///p?host=/run/pg", "postgresql+psycopg:///p?host=%2Frun%2Fpg"),
    ],
)
@pytest.mark.skipif("sys.platform == 'win32'", reason="the paths are POSIX paths")
def test_a_store_address_names_its_driver_and_file(load, tmp_path, written, opened):
    settings = load(f'{MSP}[store]\nurl = "{written}"\n')
    assert settings.store.url.get_secret_value() == opened.format(base=tmp_path)


def test_the_store_variable_wins_and_may_hold_a_password(load):
    settings = load(
        MSP + '[store]\nurl = "sqlite:///other.db"\n',
        PHASEWISE_STORE_URL="postgresql://me:hunter2@db/phasewise",
        PHASEWISE_STORE__URL="sqlite:///third.db",
    )
    assert settings.store.url.get_secret_value() == "postgresql+psycopg://me:hunter2@db/phasewise"
    assert settings.store.shown == "postgresql+psycopg://me:***@db/phasewise"


def test_a_relative_store_of_the_environment_is_in_the_working_folder(load, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    settings = load(MSP, PHASEWISE_STORE_URL="sqlite:///s.db")
    assert settings.store.url.get_secret_value() == f"sqlite:///{elsewhere / 's.db'}"


def test_no_file_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match="phasewise init") as caught:
        load_settings(tmp_path / "none.toml", {})
    assert caught.value.exit_code == 2


def test_a_folder_in_place_of_the_file_says_which_file(tmp_path):
    with pytest.raises(ConfigError, match="is a folder") as caught:
        load_settings(tmp_path, {})
    assert caught.value.remedy == f"Name the file: {tmp_path / 'phasewise.toml'}"


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 9000, "a = 2026-13-40", "a = 1\na = 2"])
def test_what_toml_cannot_hold_is_a_clear_error(write, text):
    with pytest.raises(ConfigError, match="not TOML"):
        load_settings(write(text), {})


def test_a_syntax_error_says_line_and_column(write):
    with pytest.raises(ConfigError, match=r"line 2, column \d+"):
        load_settings(write("[msps]\nacme = \n"), {})


def test_a_file_in_another_encoding_says_so(tmp_path):
    path = tmp_path / "phasewise.toml"
    path.write_bytes('[msps.acme]\nname = "Añón"\n'.encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_settings(path, {})
    path.write_bytes(MSP.encode("utf-16"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_settings(path, {})
