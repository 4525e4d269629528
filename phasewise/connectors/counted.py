"""How many requests a thread has sent: a slice is read in one thread, and its receipt says how many it took.

A client is shared by all slices of a connection, so its own count cannot say that.
"""

from __future__ import annotations

import threading


class _Sent(threading.local):
    requests = 0


_sent = _Sent()


def count_request() -> None:
    """Note that this thread sends a request."""
    _sent.requests += 1


def requests_sent() -> int:
    """Requests this thread has sent since it began: tries, redirects and requests for tokens included."""
    return _sent.requests
