"""What may be asked of a sync, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from phasewise.storage.receipts import Receipt

RunStatus = Literal["complete", "partial", "failed"]


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """What was asked for.

    Attributes:
        full: read everything again, whatever is stored.
        since: how far back history goes, in place of the streams' own reach; aware.
        connections: only these; empty = all that are active today.
        streams: only these; empty = all.
        reconcile: list what the sources still have and mark the rest as gone.
    """

    full: bool = False
    since: datetime | None = None
    connections: frozenset[str] = frozenset()
    streams: frozenset[str] = frozenset()
    reconcile: bool = False


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How a run ended.

    Attributes:
        status: complete when every slice is proven; failed when nothing could be read from any connection.
        receipts: one for every slice, in the order in which they ended.
        run_id: the run.
        notes: sentences for people.
    """

    status: RunStatus
    receipts: list[Receipt]
    run_id: str
    notes: tuple[str, ...] = ()


def status_of(receipts: Sequence[Receipt]) -> RunStatus:
    """The status of a run by its receipts."""
    good = [r for r in receipts if r.status in ("complete", "unchanged")]
    if len(good) == len(receipts):
        return "complete"
    return "partial" if good or any(r.status == "partial" for r in receipts) else "failed"
