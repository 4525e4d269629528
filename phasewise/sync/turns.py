"""How long a thread may keep the others waiting while pages are read and written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 0.0003
"""A thread that comes back from the network or the database needs the interpreter for a moment, before it
waits again. At the usual 5 ms it would wait longer for its turn, behind the thread that makes a page ready,
than for the database: a sixth of a sync into Postgres. Much shorter ones would be spent on taking turns."""


@contextmanager
def short_turns() -> Iterator[None]:
    """Let threads take turns often until the block is left.

    The setting is the process's. Two at a time may leave it behind, which costs nothing that can be measured.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, SECONDS))
    try:
        yield
    finally:
        sys.setswitchinterval(before)
