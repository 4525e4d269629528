"""A source that is a folder of files: the world's collections, written the way the author says.

Takes the place of a `FaultServer` for connectors that read files. Faults that change what the source holds
work here, too; those that need somebody who answers are skipped.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from unittest import SkipTest

from phasewise.testing.faults import Fault, Moment
from phasewise.testing.world import Asked, Item, PageRules, World

Write = Callable[[Path, Mapping[str, Sequence[Item]]], None]
"""Writes the items of every stream (stream → items) into a folder."""


class Folder:
    """A folder that is there while it is open.

    Args:
        world: what the source has.
        write: how it is written.
        items: how many items each collection holds.
        faults: how it misbehaves.

    Raises:
        SkipTest: a fault needs a server.
    """

    def __init__(self, world: World, write: Write, *, items: int = 120, faults: Sequence[Fault] = ()) -> None:
        for fault in faults:
            if _needs_server(fault):
                raise SkipTest(f"{fault.name}: the source is a folder, nobody answers")
        self.world = world
        self.faults = tuple(faults)
        self.asked: list[Asked] = []
        self.tokens = 0
        self._write = write
        count = max([items, *(f.most_items for f in self.faults if f.most_items is not None)])
        self._items = {c.stream: [c.make(n) for n in range(1, count + 1)] for c in world.collections}
        self._folder = tempfile.TemporaryDirectory(prefix="phasewise-")

    def __enter__(self) -> Self:
        self._write_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    @property
    def url(self) -> str:
        """Where the folder is."""
        return self._folder.name

    def items(self, stream: str) -> list[Item]:
        """What the collection of a stream holds in truth, before any fault."""
        return list(self._items[stream])

    def replace(self, stream: str, items: Sequence[Item]) -> None:
        """Change what a collection holds from now on."""
        self._items[stream] = list(items)
        self._write_all()

    def _write_all(self) -> None:
        moment = Moment(datetime.now(UTC), 0, 0)
        written: dict[str, Sequence[Item]] = {}
        for collection in self.world.collections:
            held = self._items[collection.stream]
            for fault in self.faults:
                held = fault.items(collection, held, moment)
            written[collection.stream] = held
        self._write(Path(self._folder.name), written)


def _needs_server(fault: Fault) -> bool:
    plain = Fault("plain")
    rules = fault.rules(PageRules())
    return (
        fault.instead is not plain.instead
        or fault.spoil is not plain.spoil
        or fault.ignores_filter
        or fault.clock_off != timedelta(0)
        or fault.token_life is not None
        # How large pages are does not matter to who has none.
        or (rules.hole, rules.repeats, rules.hidden) != (0, False, 0)
    )
