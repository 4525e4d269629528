"""The reference of the settings is drawn from the models, and the committed one is current."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from phasewise.config.document import Document
from phasewise.config.reference import pages, settings_page
from phasewise.connectors import connectors
from phasewise.model.words import MAPPINGS

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", list(pages({})))
def test_the_committed_pages_are_current(name):
    committed = (REFERENCE / name).read_text(encoding="utf-8")
    assert committed == pages(connectors())[name], "run `make docs`"


def test_every_section_of_the_file_is_on_the_page():
    page = settings_page({})
    for section in set(Document.model_fields) - {"mapping", "msps", "connections"}:
        assert f"`[{section}]`" in page
    for heading in (
        "[msps.NAME]",
        "[[msps.NAME.automations]]",
        "[msps.NAME.calendars.NAME]",
        "[connections.NAME]",
    ):
        assert f"`{heading}`" in page
    assert all(f"| `{table}` |" in page for table in MAPPINGS)


def test_every_setting_says_what_it_means():
    """A row without a meaning is a setting that nobody can use."""
    rows = [line for line in settings_page(connectors()).splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.rstrip(" |").endswith("|") or row.endswith("|  |")] == []


def test_a_connectors_settings_have_their_own_section(vendor):
    page = settings_page(connectors())
    assert '## A connection with `connector = "vendor"`' in page
    assert "| `client_secret` | reference | required | Its secret. |" in page
    assert "`[[connections.NAME.settings.tokens]]`" in page


def test_the_schema_knows_the_sections_and_refuses_others():
    schema = json.loads(pages({})["settings.schema.json"])
    assert set(schema["properties"]) == set(Document.model_fields)
    assert schema["additionalProperties"] is False


def test_the_demo_names_only_keys_of_the_page():
    demo = tomllib.loads(
        (Path(__file__).parents[3] / "examples/demo/phasewise.toml").read_text(encoding="utf-8")
    )
    page = settings_page({})
    assert all(f"`{key}`" in page for key in demo["msps"]["northwind"] if key not in {"calendars", "sla"})
