"""What slowing the collector down promises."""

from __future__ import annotations

import gc

import pytest

from phasewise.sync.collecting import OBJECTS, few_collections


def test_the_collector_is_as_it_was_afterwards_also_after_an_error() -> None:
    before = gc.get_threshold()
    with few_collections():
        assert gc.get_threshold()[0] == OBJECTS
    assert gc.get_threshold() == before
    with pytest.raises(KeyError), few_collections():
        raise KeyError
    assert gc.get_threshold() == before


def test_a_collector_that_somebody_switched_off_or_slowed_down_more_stays_so() -> None:
    before = gc.get_threshold()
    try:
        for objects in (0, 10 * OBJECTS):
            gc.set_threshold(objects, 5, 5)
            with few_collections():
                assert gc.get_threshold() == (objects, 5, 5)
    finally:
        gc.set_threshold(*before)
