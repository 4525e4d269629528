"""The simulated Datto RMM on this machine with rows of a test's own, and what the connector makes of them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from phasewise.connectors.vendors.datto_rmm import CONNECTOR
from phasewise.sandbox.vendors.datto_rmm.answers import API_KEY, API_SECRET, answer
from phasewise.testing.faults import Fault
from tests.support.desk import Desk, Instead, only, opened

__all__ = ["Desk", "Instead", "desk", "only"]


def desk(
    *faults: Fault, rows: dict[str, list[Any]] | None = None, instead: Instead | None = None, **settings: Any
) -> AbstractContextManager[Desk]:
    """A connector at a simulated Datto RMM; `settings` beside its keys."""
    keys = {"api_key": API_KEY, "api_secret": API_SECRET}
    return opened(CONNECTOR, answer, {**keys, **settings}, *faults, rows=rows, instead=instead)
