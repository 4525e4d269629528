"""What the page on loading files shows is what the examples do, and it loads."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from phasewise.connectors.vendors.files.settings import FilesSettings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/howto/load-files.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = {
    "servicenow": ROOT / "examples/servicenow-incident-log/phasewise.toml",
    "ledger": ROOT / "examples/receivables/phasewise.toml",
}


def entries(value: object, path: tuple[str, ...] = ()) -> set[tuple[object, ...]]:
    """Every leaf of a table with its path; the number of a list does not count."""
    if isinstance(value, dict):
        return {e for key, inner in value.items() for e in entries(inner, (*path, key))}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {e for inner in value for e in entries(inner, path)}
    return {(*path, repr(value))}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_line_of_the_page_s_settings_stands_in_the_example(name: str) -> None:
    shown = "".join(block for block in BLOCKS if f"connections.{name}" in block)
    assert shown
    example = tomllib.loads(EXAMPLES[name].read_text("utf-8"))
    assert entries(tomllib.loads(shown)) <= entries(example)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_s_settings_load(name: str, tmp_path: Path) -> None:
    shown = tomllib.loads("".join(block for block in BLOCKS if f"connections.{name}" in block))
    settings = shown["connections"][name].setdefault("settings", {}) | {"folder": tmp_path}
    assert FilesSettings.model_validate(settings).files


def test_every_reason_of_a_reject_is_on_the_page() -> None:
    sources = (ROOT / "phasewise/connectors/vendors/files", ROOT / "phasewise/connectors/parse")
    code = "".join(path.read_text("utf-8") for folder in sources for path in folder.glob("*.py"))
    reasons = set(re.findall(r'reason="([a-z_]+)"', code))
    told = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert reasons - told <= {"bad_json"}  # calendars alone have such a field
