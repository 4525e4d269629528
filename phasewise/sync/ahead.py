"""Fetch the next page while one is written."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

P = TypeVar("P")

_END = object()


@contextmanager
def read_in_step(pages: Iterator[P]) -> Iterator[Iterator[P]]:
    """Iterate a generator of pages without a thread; leaving early closes it.

    For sources on this machine: parsing and writing both want the processor, and two threads that take turns
    at it are slower than one.
    """
    try:
        yield pages
    finally:
        close_pages(pages)


def close_pages(pages: Iterator[Any]) -> None:
    """Let a generator of pages clean up; an iterator that is no generator has nothing to close."""
    close = getattr(pages, "close", None)
    if close is not None:
        close()


@contextmanager
def read_ahead(pages: Iterator[P]) -> Iterator[Iterator[P]]:
    """Iterate a generator of pages one page ahead, in a thread of its own.

    The generator is begun, driven and closed in that one thread, so that it may hold what belongs to a
    thread (a SQLite connection). At most one page waits; memory stays flat.

    Args:
        pages: the generator.

    Returns:
        The same pages, and the same exception where it raises one. Leaving early closes the generator.
    """
    waiting: queue.Queue[Any] = queue.Queue(maxsize=1)
    leaving = threading.Event()
    worker = threading.Thread(
        target=_fetch, args=(pages, waiting, leaving), name="phasewise-fetch", daemon=True
    )
    worker.start()
    try:
        yield _arriving(waiting)
    finally:
        leaving.set()
        with suppress(queue.Empty):  # make room, so that a worker that waits to hand over can see the flag
            waiting.get_nowait()
        worker.join()


def _fetch(pages: Iterator[Any], waiting: queue.Queue[Any], leaving: threading.Event) -> None:
    last: object = _END
    try:
        for page in pages:
            _hand_over(page, waiting, leaving)
            if leaving.is_set():
                break
    except BaseException as error:  # noqa: BLE001  # not handled here: raised again where the pages are used
        last = error
    finally:
        close_pages(pages)
    _hand_over(last, waiting, leaving)


def _hand_over(item: object, waiting: queue.Queue[Any], leaving: threading.Event) -> None:
    while not leaving.is_set():
        with suppress(queue.Full):
            waiting.put(item, timeout=0.1)
            return


def _arriving(waiting: queue.Queue[Any]) -> Iterator[Any]:
    while True:
        item = waiting.get()
        if item is _END:
            return
        if isinstance(item, BaseException):
            raise item
        yield item
