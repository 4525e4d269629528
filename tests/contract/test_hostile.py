"""The contract suite, run for the hostile connector."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from tests.contract.hostile import SUBJECT


@pytest.mark.parametrize("promise", promises_of(SUBJECT))
def test_the_hostile_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize("promise", sync_promises_of(Bench(SUBJECT, sync_msp, SyncOptions)))
def test_a_sync_from_the_hostile_vendor_keeps_its_promises(
    promise: Callable[[Store], None], any_store: Store
) -> None:
    promise(any_store)
