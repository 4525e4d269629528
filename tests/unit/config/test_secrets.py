"""Secrets come by reference, and no output of ours ever shows one."""

from __future__ import annotations

import json
import os
import sys

import pytest

from phasewise.cli import console
from phasewise.config.secrets import looks_secret, secret_values
from phasewise.config.settings import load_settings
from phasewise.errors import ConfigError
from tests.unit.config.conftest import MSP

CONNECTION = """
[connections.halo]
connector = "vendor"
[connections.halo.settings]
client_id = "us"
client_secret = {secret}
"""
SECRET = "Pl4nted-s3cret-value"


def connected(secret: str, more: str = "") -> str:
    return MSP + CONNECTION.format(secret=secret) + more


def test_a_literal_secret_is_refused_with_the_remedy(mistakes, vendor):
    found = mistakes(connected(f'"{SECRET}"'))["connections.halo.settings.client_secret"]
    assert "do not stand in the settings file" in found.what
    assert "env:NAME" in found.remedy
    assert "file:PATH" in found.remedy


def test_a_literal_secret_of_digits_is_refused_too(mistakes, vendor):
    found = mistakes(connected("12345678"))["connections.halo.settings.client_secret"]
    assert "do not stand in the settings file" in found.what


def test_a_literal_secret_in_a_list_of_tables_is_refused(mistakes, vendor):
    more = f'[[connections.halo.settings.tokens]]\nheader = "X-Key"\nvalue = "{SECRET}"\n'
    found = mistakes(connected('"env:HALO"', more), HALO="x1234")
    assert list(found) == ["connections.halo.settings.tokens[0].value"]


def test_a_password_in_an_address_is_refused_wherever_it_stands(mistakes, vendor):
    more = f'base_url = "https://us:{SECRET}@vendor.example/api"\nextra = {{ a = "Bearer {SECRET}" }}\n'
    found = mistakes(connected('"env:HALO"', more), HALO="x1234")
    assert set(found) == {"connections.halo.settings.base_url", "connections.halo.settings.extra.a"}


def test_a_store_address_with_a_password_is_refused_in_the_file(mistakes):
    found = mistakes(
        f'{MSP}[store]\nurl = "postgresql://me:{SECRET}@db/p"\nreview_url = "postgresql://r:{SECRET}@db/p"'
    )
    assert set(found) == {"store.url", "store.review_url"}
    assert "env:NAME" in found["store.url"].remedy


def test_a_store_address_by_reference_may_hold_a_password(load, tmp_path):
    (tmp_path / "store").write_text(f"postgresql://me:{SECRET}@db/p\n", encoding="utf-8")
    settings = load(
        f'{MSP}[store]\nurl = "file:store"\nreview_url = "env:R"', R=f"postgres://r:{SECRET}@db/p"
    )
    assert settings.store.url.get_secret_value() == f"postgresql+psycopg://me:{SECRET}@db/p"
    assert settings.store.review_url.get_secret_value() == f"postgresql+psycopg://r:{SECRET}@db/p"


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"abc", "abc"),
        (b"abc\n", "abc"),
        (b"abc\r\n", "abc"),
        (b"abc\n\n", "abc\n"),
        (b" a b ", " a b "),
        ("ñ😀\n".encode(), "ñ😀"),
    ],
)
def test_a_secret_file_is_its_whole_text_without_the_last_line_break(load, vendor, tmp_path, content, value):
    (tmp_path / "secret").write_bytes(content)
    settings = load(connected('"file:secret"'))
    assert settings.connections["halo"].settings.client_secret.get_secret_value() == value


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("env:HALO", "HALO is not set"),
        ("env:EMPTY", "EMPTY is empty"),
        ("file:nothing", "there is no file"),
        ("file:folder", "is a folder"),
        ("file:empty", "is empty"),
        ("file:binary", "not UTF-8"),
        ("file:long", "longer than 65536 bytes"),
        ("keyring:halo", "not available yet"),
        ("file:a\\u0000b", "cannot be read"),
    ],
)
def test_a_reference_that_leads_nowhere_says_why(mistakes, vendor, tmp_path, reference, says):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_bytes(b"\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "long").write_bytes(b"x" * 70_000)
    found = mistakes(connected(f'"{reference}"'), EMPTY="")["connections.halo.settings.client_secret"]
    assert found.what.startswith(reference.partition("\\u")[0])
    assert says in found.what
    assert found.remedy


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_secret_file_that_may_not_be_read_says_so(mistakes, vendor, tmp_path):
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (tmp_path / "secret").chmod(0)
    assert (
        "cannot be read"
        in mistakes(connected('"file:secret"'))["connections.halo.settings.client_secret"].what
    )


@pytest.mark.skipif(sys.platform == "win32", reason="modes say nothing there")
@pytest.mark.parametrize(("mode", "notes"), [(0o600, 0), (0o640, 0), (0o644, 1)])
def test_a_secret_file_that_everybody_can_read_is_noted(load, vendor, tmp_path, mode, notes):
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    (tmp_path / "secret").chmod(mode)
    found = load(connected('"file:secret"')).notes
    assert len(found) == notes
    assert SECRET not in str(found)


def test_a_plain_setting_may_be_a_reference_and_is_read_as_its_kind(load, vendor):
    settings = load(connected('"env:HALO"', 'port = "env:PORT"\n'), HALO=SECRET, PORT="8443")
    assert settings.connections["halo"].settings.port == 8443


def test_a_word_of_a_mapping_is_never_a_reference(load):
    settings = load(MSP + '[mapping.status]\n"env:NOWHERE" = "new"\n')
    assert settings.mapping == {"status": {"env:NOWHERE": "new"}}


def test_every_secret_is_known_to_the_log(load, vendor):
    settings = load(
        connected('"env:HALO"'), HALO=SECRET, PHASEWISE_STORE_URL="postgresql://me:hunter%202@db/p"
    )
    assert {SECRET, "hunter 2"} <= secret_values(settings)


def test_the_path_of_a_store_is_not_masked_in_logs(load):
    assert secret_values(load(MSP)) == frozenset()


PLANTED = f"""
[store]
url = "postgresql://me:{SECRET}@db/p"
[msps.acme]
zone = "Europe/Madrid"
currency = "EUR"
[connections.one]
connector = "vendor"
[connections.one.settings]
client_id = "{SECRET}"
client_secret = "{SECRET}"
secrt = "{SECRET}"
port = "{SECRET}"
[connections.two]
connector = "vendor"
[connections.two.settings]
client_id = "env:S"
client_secret = "env:S"
base_url = "env:LOUD"
port = "file:secret"
tokens = "env:S"
[[connections.three]]
client_secret = "{SECRET}"
[connections.four]
connector = "vendor"
client_secret = "{SECRET}"
"""


def test_no_error_shows_a_planted_secret(write, vendor, tmp_path, capsys):
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    environ = {
        "S": SECRET,
        "LOUD": f"loud-{SECRET}",
        "PHASEWISE_CONNECTIONS__TWO__SETTINGS__FOLDER": SECRET,
        "PHASEWISE_CONNECTIONS__ONE__SETTINGS__TOKENS": f'[{{"value": "{SECRET}"}}]',
        "PHASEWISE_STORE__REVIEW_URL": f"mysql://me:{SECRET}@db/p",
    }
    with pytest.raises(ConfigError) as caught:
        load_settings(write(PLANTED), environ)
    console.print_error(caught.value, as_json=False)
    console.print_error(caught.value, as_json=True)
    output = capsys.readouterr()
    texts = [str(caught.value), repr(caught.value), repr(caught.value.mistakes), output.out, output.err]
    assert all(SECRET not in text for text in texts)
    assert "env:LOUD is too loud" in texts[0]
    chain = caught.value.__context__, caught.value.__cause__
    assert chain == (None, None), "a traceback would show what pydantic saw"
    paths = {m.path for m in caught.value.mistakes}
    assert {"connections.one.settings.port", "connections.two.settings.port", "connections.three"} <= paths


@pytest.mark.parametrize("secret", [SECRET, "loud\"q'u\\ote", "loud/ñ &x", "loud"])
def test_a_secret_is_masked_however_a_connector_writes_it(mistakes, vendor, secret):
    loud = f"loud{secret}"
    found = mistakes(connected('"env:S"', 'base_url = "env:LOUD"\n'), S=secret, LOUD=loud)
    text = str(found["connections.halo.settings.base_url"])
    assert loud not in text
    assert repr(loud)[1:-1] not in text


def test_no_print_of_the_settings_shows_a_planted_secret(load, vendor, tmp_path):
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    settings = load(
        connected('"file:secret"', '[[connections.halo.settings.tokens]]\nheader = "X"\nvalue = "env:S"\n'),
        S=SECRET,
        PHASEWISE_STORE_URL=f"postgresql://me:{SECRET}@db/p",
    )
    dumped = settings.model_dump(mode="json")
    texts = [
        repr(settings),
        str(settings),
        settings.model_dump_json(),
        json.dumps(dumped),
        settings.store.shown,
    ]
    texts += [str(settings.model_dump()), repr(settings.connections["halo"].settings)]
    assert all(SECRET not in text for text in texts)
    assert dumped["connections"]["halo"]["settings"]["client_id"] == "us"


@pytest.mark.parametrize(
    "text",
    ["https://vendor.example/a:b@c", "mailto:me@x.es", "a: b@c", "http://me@host/", "Basic plan", "C:/x@y"],
)
def test_what_is_no_secret_is_not_taken_for_one(text):
    assert not looks_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://me:pw@host",
        "see postgresql+psycopg://me:pw@h/d",
        "bearer abcdefgh12",
        "-----BEGIN RSA PRIVATE KEY-----\nx",
    ],
)
def test_what_carries_a_secret_is_taken_for_one(text):
    assert looks_secret(text)
