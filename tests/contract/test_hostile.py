"""The contract suite, run for the hostile connector."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phasewise.testing.contract import promises_of
from tests.contract.hostile import SUBJECT


@pytest.mark.parametrize("promise", promises_of(SUBJECT))
def test_the_hostile_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()
