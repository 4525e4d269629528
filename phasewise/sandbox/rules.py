"""Rules that several vendors have: so many requests in a window, tokens that expire."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta

from phasewise.sandbox.simulator import Memory


def seconds_to_wait(memory: Memory, name: str, now: datetime, *, requests: int, window_seconds: float) -> int:
    """Count a request against a rolling window, or say how long it must wait.

    Args:
        memory: the vendor's memory.
        name: of the limit; one name a limit and group of endpoints.
        now: the vendor's clock.
        requests: how many the window allows.
        window_seconds: how long the window is.

    Returns:
        0 when the request is allowed, which counts it; else whole seconds until one would be.
    """
    if memory.are_limits_lifted:
        return 0
    with memory.lock:
        spent = memory.spent.setdefault(name, deque())
        while spent and now - spent[0] >= timedelta(seconds=window_seconds):
            spent.popleft()
        if len(spent) < requests:
            spent.append(now)
            return 0
        return max(1, math.ceil((spent[0] + timedelta(seconds=window_seconds) - now).total_seconds()))


def hand_out_token(memory: Memory, now: datetime, *, life_seconds: float) -> str:
    """A new token that lives so long."""
    with memory.lock:
        token = f"token-{len(memory.tokens) + 1}"
        memory.tokens[token] = now + timedelta(seconds=life_seconds)
        return token


def is_alive(memory: Memory, token: str, now: datetime) -> bool:
    """Whether a token was handed out and has not expired."""
    with memory.lock:
        return token in memory.tokens and now < memory.tokens[token]
