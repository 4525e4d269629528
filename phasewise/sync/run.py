"""What all connections of a run share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from phasewise.config.settings import MspSettings
from phasewise.storage.engine import MspStore
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import Report


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a sync or a remap for one MSP.

    Attributes:
        scope: the store of the MSP.
        msp: its settings.
        options: what was asked for.
        run_id: the run.
        clock: our clock.
        report: who is told of progress.
        alive: called before every page is written; raises when the run has lost its right to write.
        writing: held while a page is written: one writer at a time.
    """

    scope: MspStore
    msp: MspSettings
    options: SyncOptions
    run_id: str
    clock: Callable[[], datetime]
    report: Report
    alive: Callable[[], None]
    writing: threading.Lock
