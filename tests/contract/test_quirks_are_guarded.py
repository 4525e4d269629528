"""Every quirk that a connector declares names a test that there is."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from phasewise.connectors import connectors
from phasewise.connectors.base import Quirk
from phasewise.testing.contract import all_promises

TESTS = Path(__file__).parent.parent
QUIRKS = [(name, quirk) for name, one in connectors().items() for quirk in one.quirks]


@cache
def names_of_tests() -> frozenset[str]:
    """Names of all tests and promises."""
    found = set(all_promises())
    for path in TESTS.rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return frozenset(found)


@pytest.mark.parametrize(("name", "quirk"), QUIRKS, ids=lambda value: getattr(value, "name", value))
def test_the_test_that_guards_a_quirk_is_there(name: str, quirk: Quirk) -> None:
    assert quirk.guarded_by in names_of_tests(), f"{name}: {quirk}"
