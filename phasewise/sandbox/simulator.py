"""What a simulated vendor is: how records look there, by which rules it answers, and what it can tell."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phasewise.testing.world import Asked, Reply

Item = dict[str, Any]
"""A row in the vendor's own form."""


@dataclass(slots=True)
class Memory:
    """What a simulated vendor holds and remembers. Not frozen: it is the vendor's database.

    Attributes:
        rows: collection → its items, in the order that `render` gave.
        removed: collection → items that were deleted, each with the instant.
        asked: every request, in order of arrival.
        are_limits_lifted: neither rates nor sizes of quotas are enforced (benchmarks). Page sizes are.
        tokens: token → when it expires.
        spent: name of a limit → instants of the requests that count against it.
        most_at_once: path → most requests that were answered side by side.
        kept: what a simulator wants to remember beside this (cursors it handed out).
        lock: to be held while any of it is changed.
    """

    rows: dict[str, list[Item]] = field(default_factory=dict)
    removed: dict[str, list[tuple[datetime, Item]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    are_limits_lifted: bool = False
    tokens: dict[str, datetime] = field(default_factory=dict)
    spent: dict[str, deque[datetime]] = field(default_factory=dict)
    most_at_once: Counter[str] = field(default_factory=Counter)
    kept: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


def _by_id(collection: str, item: Item) -> str:  # noqa: ARG001  # the form of Simulator.identify
    return str(item["id"])


@dataclass(frozen=True, slots=True)
class Simulator:
    """A vendor, simulated.

    Attributes:
        name: name of the connector that talks to it.
        settings: base URL → settings of a connection to it, secrets in clear: they are the sandbox's own.
        render: records of the model → collection → items in the vendor's own form.
        answer: what the vendor answers to a request, by its rules: `answer(memory, asked, now)`.
        truth: the same records as this vendor can tell them: fields it has not are None, dates are cut,
            records it has not are left out, ids are the vendor's. What a connector stores must equal this, in
            every field that it says it provides.
        identify: collection and item → the item's id.
    """

    name: str
    settings: Callable[[str], Mapping[str, Any]]
    render: Callable[[Iterable[Any]], dict[str, list[Item]]]
    answer: Callable[[Memory, Asked, datetime], Reply]
    truth: Callable[[Sequence[Any]], Iterable[Any]]
    identify: Callable[[str, Item], str] = _by_id
