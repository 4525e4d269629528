"""Everything that is logged in a block, whatever the log was set to before."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from phasewise import log


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Send all logs of the block into this text, down to debug, and put everything back afterwards."""
    hooks, thread_hook = sys.excepthook, threading.excepthook
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    lines = io.StringIO()
    before = log.settings()
    log.configure(form="json", level="debug", stream=lines)
    try:
        yield lines
    finally:
        log.restore(before)
        sys.excepthook, threading.excepthook = hooks, thread_hook
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)
