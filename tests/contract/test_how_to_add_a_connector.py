"""docs/howto/add-a-connector.md, followed as written, gives a connector that keeps every promise."""

from __future__ import annotations

import importlib
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from phasewise.connectors.base import Connector

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "add-a-connector.md"
VENDOR = "phasewise.connectors.vendors.deskly"


def blocks() -> dict[str, str]:
    """The page's Python, by the file name in its first line."""
    found = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return dict(found)


def module(name: str, source: str) -> types.ModuleType:
    made = types.ModuleType(name)
    sys.modules[name] = made
    exec(compile(source, f"{PAGE.name}:{name}", "exec"), made.__dict__)
    return made


def followed() -> types.ModuleType:
    """What a reader has after step 3."""
    code = blocks()
    vendors = importlib.import_module("phasewise.connectors.vendors")
    try:
        vendors.deskly = module(VENDOR, code["phasewise/connectors/vendors/deskly.py"])  # type: ignore[attr-defined]  # as if the file were there
        return module("deskly_test", code["tests/contract/vendors/deskly/test_deskly.py"])
    finally:
        del sys.modules[VENDOR], sys.modules["deskly_test"], vendors.deskly


FOLLOWED = followed()


def test_the_page_gives_one_file_with_a_connector():
    assert isinstance(FOLLOWED.CONNECTOR, Connector)
    assert FOLLOWED.CONNECTOR.name == "deskly"


@pytest.mark.parametrize("promise", FOLLOWED.promises_of(FOLLOWED.SUBJECT))
def test_the_connector_of_the_page_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()
