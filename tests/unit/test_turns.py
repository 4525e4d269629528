"""What taking turns more often promises."""

from __future__ import annotations

import sys

import pytest

from phasewise.sync.turns import SECONDS, short_turns


def test_turns_are_as_long_as_they_were_afterwards_also_after_an_error() -> None:
    before = sys.getswitchinterval()
    with short_turns():
        assert sys.getswitchinterval() == pytest.approx(SECONDS)
    assert sys.getswitchinterval() == before
    with pytest.raises(KeyError), short_turns():
        raise KeyError
    assert sys.getswitchinterval() == before


def test_turns_that_somebody_made_shorter_stay_so() -> None:
    before = sys.getswitchinterval()
    try:
        sys.setswitchinterval(SECONDS / 10)
        shorter = sys.getswitchinterval()
        with short_turns():
            assert sys.getswitchinterval() == shorter
    finally:
        sys.setswitchinterval(before)
