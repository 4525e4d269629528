"""A clock that tests move: sleeping takes no time and is remembered."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta

from phasewise.connectors.timing import Timing

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class FakeClock:
    """Time that passes only when somebody sleeps. May be shared by threads.

    Args:
        start: what it shows first.
        seed: of the chance it hands out.

    Attributes:
        slept: every sleep asked for, in seconds, in order.
    """

    def __init__(self, start: datetime = START, *, seed: int = 1) -> None:
        self._start = start
        self._passed = 0.0
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311  # jitter, not a secret
        self.slept: list[float] = []

    def __repr__(self) -> str:
        return f"<FakeClock {self.now().isoformat()}>"

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._passed

    def now(self) -> datetime:
        """The instant it shows, aware UTC."""
        return self._start + timedelta(seconds=self._passed)

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        with self._lock:
            self.slept.append(seconds)
            self._passed += seconds

    def timing(self) -> Timing:
        """This clock as a connector takes it."""
        return Timing(self.monotonic, self.now, self.sleep, self._random.random)
