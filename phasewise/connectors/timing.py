"""The clocks, the sleep and the chance that connectors use: one value, replaced in tests and on shutdown.

`Connector.open` takes settings and nothing else, so a connector cannot be handed a clock. What is opened
inside `with timing(...)` uses that timing for as long as it lives, in every thread:

    with timing(FakeClock().timing()), connector.open(settings) as client:
        ...   # waits for Retry-After and for budgets pass at once
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time and chance come from.

    Attributes:
        monotonic: seconds that only grow; budgets, backoff and token ages are measured with it.
        now: aware UTC; used only to read a `Retry-After` date of an answer that carries no `Date` header.
        sleep: waits that many seconds; may raise to end a run that is being stopped.
        random: a number in [0, 1), for jitter.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


_current: ContextVar[Timing] = ContextVar("timing", default=Timing())  # noqa: B039  # frozen


def current_timing() -> Timing:
    """The timing of this context; the machine's own where nobody set one."""
    return _current.get()


@contextmanager
def timing(value: Timing) -> Iterator[Timing]:
    """What is opened in this block uses these clocks."""
    token = _current.set(value)
    try:
        yield value
    finally:
        _current.reset(token)
