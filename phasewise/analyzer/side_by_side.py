"""Two reads at once, of one snapshot: while a database counts, Python can ask it something else."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from typing import TypeVar

from phasewise.storage.engine import MspStore

Found = TypeVar("Found")


def side_by_side(scope: MspStore, reads: Sequence[Callable[[MspStore], Found]]) -> list[Found]:
    """What each read finds, in their order.

    Args:
        scope: the MSP's store; a snapshot with a twin reads two at a time, anything else one by one.
        reads: those that take longest first. They share nothing, and only read.

    Raises:
        StoreError: the store cannot be read; what had begun beside it is waited for.
    """
    if scope.twin is None:
        return [read(scope) for read in reads]
    todo = deque(enumerate(reads))
    found: dict[int, Found] = {}

    def work(own: MspStore) -> None:
        while todo:
            try:
                number, read = todo.popleft()
            except IndexError:  # the other one was quicker
                return
            try:
                found[number] = read(own)
            except BaseException:
                todo.clear()
                raise

    with ThreadPoolExecutor(1, thread_name_prefix="analyze") as pool:
        other = pool.submit(copy_context().run, work, scope.twin)
        work(replace(scope, twin=None))
        other.result()
    return [found[number] for number in range(len(reads))]
