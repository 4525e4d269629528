"""A simulated vendor, served: opened with records, asked, changed as its users would change it, closed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from phasewise.sandbox.simulator import Memory, Simulator
from phasewise.testing.local_server import LocalServer
from phasewise.testing.world import Asked, Reply


class SandboxServer:
    """Serves a simulated vendor on this machine.

    Args:
        simulator: the vendor.
        records: what it holds, as records of the model.
        now: its clock.
        lifted: no rate limits (benchmarks).
        latency_seconds: how long every answer takes, in real time.
        port: 0 = any that is free.

    Attributes:
        memory: what it holds and remembers.
    """

    def __init__(
        self,
        simulator: Simulator,
        records: Sequence[Any],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lifted: bool = False,
        latency_seconds: float = 0.0,
        port: int = 0,
    ) -> None:
        self.simulator = simulator
        self.memory = Memory(rows=simulator.render(records), are_limits_lifted=lifted)
        self._now = now
        self._latency_seconds = latency_seconds
        self._in_hand: Counter[str] = Counter()
        self._server = LocalServer(self._answer, now=now, port=port)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        """The base URL."""
        return self._server.url

    @property
    def asked(self) -> list[Asked]:
        """Every request so far."""
        return self.memory.asked

    def settings(self) -> dict[str, Any]:
        """Settings of a connection to this server."""
        return dict(self.simulator.settings(self.url))

    def hold(self, records: Sequence[Any]) -> None:
        """Hold these records from now on; items that are not in them were deleted by the vendor's users."""
        memory, identify = self.memory, self.simulator.identify
        fresh = self.simulator.render(records)
        with memory.lock:
            for collection, items in memory.rows.items():
                kept = {identify(collection, item) for item in fresh.get(collection, ())}
                gone = [item for item in items if identify(collection, item) not in kept]
                memory.removed.setdefault(collection, []).extend((self._now(), item) for item in gone)
            memory.rows = fresh

    def _answer(self, asked: Asked) -> Reply:
        memory = self.memory
        with memory.lock:
            memory.asked.append(asked)
            self._in_hand[asked.path] += 1
            memory.most_at_once[asked.path] = max(memory.most_at_once[asked.path], self._in_hand[asked.path])
        try:
            if self._latency_seconds:
                time.sleep(self._latency_seconds)
            return self.simulator.answer(memory, asked, self._now())
        finally:
            with memory.lock:
                self._in_hand[asked.path] -= 1
