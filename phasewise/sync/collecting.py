"""Python's collector of reference cycles, slowed down while pages are read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 50_000
"""Objects made before the collector looks. A page of 1,000 tickets is a quarter of that, all of it in use: at
the usual 700 the collector takes a fifth of a sync, and finds nothing. Much more than this would let what is
a cycle (errors, answers of a connector's own client) pile up."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Let the collector look rarely until the block is left.

    The setting is the process's. Two at a time may leave it behind, which costs a few megabytes and no more.
    """
    before = gc.get_threshold()
    if 0 < before[0] < OBJECTS:
        gc.set_threshold(OBJECTS, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)
