"""Every mistake is reported with its path and a remedy, all at once."""

from __future__ import annotations

import pytest

from phasewise.config.settings import load_settings
from phasewise.errors import ConfigError
from tests.unit.config.conftest import MSP

HALO = """
[connections.halo]
connector = "vendor"
[connections.halo.settings]
client_id = "us"
client_secret = "env:HALO_SECRET"
"""


def test_all_mistakes_come_at_once_in_the_order_of_the_file(write, vendor):
    text = """
    [store]
    url = "mysql://db/phasewise"
    [msps.acme]
    zone = "Europe/Madird"
    currency = "eur"
    [msps.acme.sla]
    default_calendar = "ofice"
    [msps.acme.calendars.office]
    hours = { mon = "09:00-18:00" }
    [[msps.acme.automations]]
    name = "x"
    went_live_on = 2026
    targets = { category = "Disk" }
    [mapping.status]
    Done = "resolvd"
    [mapping.statuss]
    [connections.halo]
    connector = "vendr"
    [connections.datto]
    connector = "vendor"
    [connections.datto.settings]
    client_idd = "us"
    client_secret = "literal"
    """
    with pytest.raises(ConfigError) as caught:
        load_settings(write(text), {"PHASEWISE_STOER__URL": "x"})
    assert caught.value.exit_code == 2
    assert [m.path for m in caught.value.mistakes] == [
        "PHASEWISE_STOER__URL",
        "store.url",
        "msps.acme.zone",
        "msps.acme.currency",
        "msps.acme.sla.default_calendar",
        "msps.acme.automations[0].went_live_on",
        "mapping.status.Done",
        "mapping.statuss",
        "connections.halo.connector",
        "connections.datto.settings.client_idd",
        "connections.datto.settings.client_secret",
        "connections.datto.settings.client_id",
    ]
    assert "12 mistakes" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("retian = 3", "retian", 'did you mean "retain"?'),
        ("[msps.acme.scope]\nexclude_queue = []", "msps.acme.scope.exclude_queue", '"exclude_queues"'),
        ('[msps.acme.sla]\nbasis = "vendr"', "msps.acme.sla.basis", "'vendor'"),
        ('[msps.acme.sla]\npause = ["wating"]', "msps.acme.sla.pause[0]", '"waiting"'),
        ('[msps.acme.sla]\npause = "waiting"', "msps.acme.sla.pause", "a list"),
        ("[msps.acme]\ntechnicians = 3", "msps.acme.technicians", "[msps.acme.technicians]"),
        ('[msps.acme.scope]\nexclude_types = ["fault"]', "msps.acme.scope.exclude_types[0]", "incident"),
        ("[msps.acme.technicians]\nshow = true", "msps.acme.technicians.show", "'names'"),
        (
            "[msps.acme.technicians]\ncapacity_hours_per_week = 400",
            "msps.acme.technicians.capacity_hours_per_week",
            "168",
        ),
        (
            "[msps.acme.technicians]\ncapacity_hours_per_week = true",
            "msps.acme.technicians.capacity_hours_per_week",
            "not a number",
        ),
        ("[retain]\nraw_days = 0", "retain.raw_days", "greater than or equal to 1"),
        ("[retain]\nraw_days = true", "retain.raw_days", "true is not a number"),
        ("[msps.Acme]", "msps.Acme", "lowercase"),
        ('[msps."a b"]', 'msps."a b"', "lowercase"),
        ("[msps.a__b]", "msps.a__b", "single _"),
        ('[mapping.status]\n"In Work" = "doing"', 'mapping.status."In Work"', "in_progress"),
        ('[mapping.colour]\nred = "new"', "mapping.colour", "status"),
        ("[mapping.status]\nDone = 3", "mapping.status.Done", "text"),
        ('[msps.acme]\nlanguage = "de"', "msps.acme.language", "'es'"),
        ('[msps.acme]\nname = " "', "msps.acme.name", "empty"),
    ],
)
def test_a_mistake_names_its_path_and_what_to_write(mistakes, text, path, says):
    if text.startswith("[msps.acme]\n"):
        text = MSP + text.removeprefix("[msps.acme]\n")
    elif text.startswith("["):
        text = MSP + text
    else:
        text += MSP
    found = mistakes(text)
    assert path in found
    assert says in f"{found[path].what} {found[path].remedy}"


def test_an_automations_mistakes_are_each_named(mistakes):
    found = mistakes(
        MSP
        + """
        [[msps.acme.automations]]
        name = "A"
        went_live_on = 2026-03-02
        ended_on = 2026-03-01
        targets = { quee = "Network" }
        clients = 3
        [[msps.acme.automations]]
        name = "B"
        went_live_on = "soon"
        targets = {}
        [[msps.acme.exceptions]]
        indicator = "1.1"
        week = 2026-03-03
        reason = "Fire"
        owner = "Ana"
        """
    )
    assert "did you mean" in found["msps.acme.automations[0].targets.quee"].what
    assert "before went_live_on" in found["msps.acme.automations[0].ended_on"].what
    assert "a list" in found["msps.acme.automations[0].clients"].what
    assert "date" in found["msps.acme.automations[1].went_live_on"].what
    assert "msps.acme.automations[1].targets" in found
    assert "Monday" in found["msps.acme.exceptions[0].week"].what
    assert "2.1" in found["msps.acme.exceptions[0].indicator"].what
    assert found["msps.acme.exceptions[0].expires_on"].what == "is missing"


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Europe/Madird", '"Europe/Madrid"'),
        ("europe/madrid", '"Europe/Madrid"'),
        ("CET+1", ""),
        ("Europe", ""),
        ("../etc/passwd", ""),
        ("", ""),
        ("/etc/passwd", ""),
        ("Mond/Krater", '"Europe/Madrid" or "UTC"'),
    ],
)
def test_an_unknown_zone_is_refused(mistakes, zone, hint):
    found = mistakes(f'[msps.acme]\nzone = "{zone}"\ncurrency = "EUR"\n')
    assert hint in found["msps.acme.zone"].what


def test_no_msp_is_a_mistake(mistakes):
    assert mistakes("")["msps"].what == "is missing"
    assert mistakes("[msps]")["msps"].what == "has none"


def test_a_connection_needs_an_msp_where_there_are_several(mistakes, vendor):
    found = mistakes(MSP + MSP.replace("acme", "other") + HALO, HALO_SECRET="x")
    assert "acme, other" in found["connections.halo.msp"].remedy


def test_a_connection_of_an_unknown_msp_is_a_mistake(mistakes, vendor):
    found = mistakes(MSP + HALO.replace('"vendor"', '"vendor"\nmsp = "acne"'), HALO_SECRET="x")
    assert "acme" in found["connections.halo.msp"].remedy


def test_a_connector_that_is_not_there_is_a_mistake(mistakes, vendor):
    found = mistakes(MSP + HALO.replace('"vendor"', '"vendr"'))
    assert list(found) == ["connections.halo.connector"]
    assert "vendor" in found["connections.halo.connector"].remedy


def test_a_connection_without_a_connector_is_a_mistake(mistakes):
    assert list(mistakes(MSP + "[connections.halo]")) == ["connections.halo.connector"]


def test_a_connectors_key_in_the_wrong_table_is_told_where_it_belongs(mistakes, vendor):
    found = mistakes(
        MSP
        + '[connections.halo]\nconnector = "vendor"\nclient_id = "us"\nclient_secret = "env:HALO_SECRET"\n'
    )
    assert "[connections.halo.settings]" in found["connections.halo.client_id"].remedy


def test_a_connection_that_ends_before_it_begins_is_a_mistake(mistakes, vendor):
    dates = '"vendor"\nactive_from = 2026-03-01\nactive_until = 2026-02-01'
    found = mistakes(MSP + HALO.replace('"vendor"', dates), HALO_SECRET="x")
    assert "before active_from" in found["connections.halo.active_until"].what


def test_a_number_is_no_date(mistakes, vendor):
    """Pydantic alone would read 2026 as 33 minutes after midnight of 1 January 1970."""
    found = mistakes(MSP + HALO.replace('"vendor"', '"vendor"\nactive_from = 2026'), HALO_SECRET="x")
    assert "2026-03-02" in found["connections.halo.active_from"].what


@pytest.mark.parametrize("section", ["msps", "connections", "store", "retain", "mapping"])
@pytest.mark.parametrize("value", ["3", '"x"', "[]", "[[1]]"])
def test_a_section_that_is_no_table_is_a_mistake(mistakes, section, value):
    text = "" if section == "msps" else MSP
    assert "table" in mistakes(f"{section} = {value}\n{text}")[section].what


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[msps]\nacme = 3", "msps.acme"),
        (f"{MSP}sla = 3", "msps.acme.sla"),
        (f"{MSP}calendars = 3", "msps.acme.calendars"),
        (f"{MSP}[msps.acme.calendars]\noffice = 3", "msps.acme.calendars.office"),
        (f"{MSP}[connections]\nhalo = 3", "connections.halo"),
        (f"{MSP}[mapping]\nstatus = 3", "mapping.status"),
    ],
)
def test_a_table_that_is_no_table_is_a_mistake(mistakes, text, path):
    found = mistakes(text)
    assert list(found) == [path]
    assert "should be a table" in found[path].what


def test_a_connectors_settings_that_are_no_table_are_a_mistake(mistakes, vendor):
    found = mistakes(MSP + '[connections.halo]\nconnector = "vendor"\nsettings = 3\n')
    assert found["connections.halo.settings"].what == "should be a table"


def test_a_whole_section_in_one_variable_is_refused(mistakes):
    assert "PHASEWISE_STORE__" in mistakes(MSP, PHASEWISE_STORE="{}")["PHASEWISE_STORE"].remedy


def test_words_are_refused_in_the_environment(mistakes):
    """The name of a variable has no case, and the words of a vendor have."""
    found = mistakes(
        MSP,
        PHASEWISE_MAPPING__STATUS__DONE="resolved",
        PHASEWISE_MSPS__ACME__MAPPING__STATUS__DONE="resolved",
    )
    assert set(found) == {"PHASEWISE_MAPPING__STATUS__DONE", "PHASEWISE_MSPS__ACME__MAPPING__STATUS__DONE"}


def test_a_mistake_of_the_environment_is_named_by_its_variable(mistakes):
    found = mistakes(
        MSP,
        PHASEWISE_RETAIN__RAW_DAYS="often",
        PHASEWISE_MSPS__ACME__SLA__PAUSE='["wating"]',
        PHASEWISE_STORE_URL="oracle://db",
    )
    assert set(found) == {
        "PHASEWISE_RETAIN__RAW_DAYS",
        "PHASEWISE_MSPS__ACME__SLA__PAUSE",
        "PHASEWISE_STORE_URL",
    }


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("phasewise.db", "sqlite:///phasewise.db"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("sqlite:///file:x?uri=true", "must be a file"),
        ("mysql://db/x", "mysql"),
        ("postgresql://h:port/x", "cannot be read"),
    ],
)
def test_a_store_address_that_cannot_be_used_is_a_mistake(mistakes, url, says):
    found = mistakes(f'{MSP}[store]\nurl = "{url}"\n')["store.url"]
    assert says in f"{found.what} {found.remedy}"
    assert "sqlite:///phasewise.db" in found.remedy


def test_a_review_login_without_postgres_is_a_mistake(mistakes):
    found = mistakes(f'{MSP}[store]\nreview_url = "sqlite:///x.db"\n')
    assert "Postgres only" in found["store.review_url"].what
