"""By whom a number moved: clients, queues and categories whose counts changed most. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phasewise.analyzer.indicator import Evidence, TableRow
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

DIMENSIONS = ("client", "queue", "category", "technician")
"""Tables of an indicator in which who moved it is looked for."""
MOST = 3
"""Movers named for each dimension."""
MOVED = 1.0
"""Points of score from which an indicator counts as moved; less is the width of its own draw."""

REST = "(others)"
"""The row of a long table that holds what it does not list: not the same ones on two dates."""

WHAT = {
    "missed": N_("missed promises"),
    "incomplete": N_("incomplete tickets"),
    "reopened": N_("reopened tickets"),
    "tickets": N_("tickets"),
}
"""What is counted, in words."""


@dataclass(frozen=True, slots=True)
class Mover:
    """One client, queue or category, and what of it changed.

    Attributes:
        dimension: "client", "queue", "category" or "technician".
        name: as the tables name it.
        what: what was counted, a key of `WHAT`.
        before, after: the counts.
    """

    dimension: str
    name: str
    what: str
    before: int
    after: int

    @property
    def change(self) -> int:
        """After less before."""
        return self.after - self.before


def has_moved(before: Evidence, after: Evidence) -> bool:
    """Whether two answers of an indicator differ by more than the width of their draws."""
    if before.status != after.status:
        return True
    if before.score is None or after.score is None:
        return before.score is not after.score
    return abs(before.score.median - after.score.median) >= MOVED


def movers(before: Evidence, after: Evidence) -> tuple[Mover, ...]:
    """Who moved an indicator most, those first; the windows of both are equally long.

    Args:
        before: the evidence as of one date, with its tables.
        after: of the same indicator, by the same rules, as of another date.
    """
    found: list[Mover] = []
    for dimension in DIMENSIONS:
        one, other = (_counts(dimension, evidence.tables.get(dimension, ())) for evidence in (before, after))
        changed = [
            Mover(dimension, name, what, one.get((name, what), 0), other.get((name, what), 0))
            for name, what in sorted({*one, *other})
        ]
        found += largest([mover for mover in changed if mover.change])
    return tuple(sorted(found, key=_by_size))


def largest(changed: Sequence[Mover]) -> list[Mover]:
    """The few that changed most."""
    return sorted(changed, key=_by_size)[:MOST]


def _by_size(mover: Mover) -> tuple[int, int, str, str]:
    return (-abs(mover.change), DIMENSIONS.index(mover.dimension), mover.name, mover.what)


def _counts(dimension: str, rows: Sequence[TableRow]) -> dict[tuple[str, str], int]:
    """(name, what) → how many that went wrong."""
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        if row[dimension] == REST:
            continue
        for what, count in _wrong(row).items():
            key = (str(row[dimension]), what)
            found[key] = found.get(key, 0) + count
    return found


def _wrong(row: TableRow) -> Mapping[str, int]:
    if "missed" in row:
        return {"missed": int(row["missed"] or 0)}
    if "complete" in row:
        incomplete = int(row["tickets"] or 0) - int(row["complete"] or 0)
        return {"incomplete": incomplete, "reopened": int(row["reopened"] or 0)}
    return {"tickets": int(row["tickets"] or 0)} if "tickets" in row else {}
