"""Which column identifies a record, whether a record has several rows, and what orders them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from phasewise.connectors.base import SourceReject
from phasewise.connectors.parse import time_format
from phasewise.connectors.vendors.files.delimited import open_table, rows
from phasewise.connectors.vendors.files.inspection.facts import ColumnFacts, FileFacts
from phasewise.connectors.vendors.files.inspection.names import normal, tables
from phasewise.connectors.vendors.files.spool import Spool, open_spool

KEY_CANDIDATES = 6
ORDER_CANDIDATES = 16
ROWS_LOOKED_AT = 1_000
"""Of a key with more rows only these are looked at."""

IN_ORDER = 0.98
"""Share of steps from row to row that must go the same way (an export may be newest first)."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What identifies a record.

    Attributes:
        column: the key; None where nothing fits.
        is_certain: it has the name of a key, and every row has its own value, or several and an order.
        distinct: how many different values it has.
        largest: rows of the key that has most.
        order: column that orders the rows of a key; None where no column does, or each key has one row.
        ties: pairs of rows of a key that are equal in it.
        time: column with the time of each row; None likewise.
    """

    column: str | None
    is_certain: bool
    distinct: int = 0
    largest: int = 1
    order: str | None = None
    ties: int = 0
    time: str | None = None

    @property
    def has_several_rows(self) -> bool:
        """A key may have more than one row."""
        return self.largest > 1


def find_key(facts: FileFacts, names: Sequence[str]) -> KeyFacts:
    """Find the key and, where keys repeat, the order of their rows.

    Args:
        facts: of the file.
        names: names that a key of this kind of record has, best first.
    """
    candidates = _candidates(facts, names)
    if not candidates:
        return KeyFacts(None, is_certain=False)
    orders = _order_candidates(facts)
    columns = [*(c.name for c in candidates), *(c.name for c in orders)]
    with open_spool(len(columns)) as spool:
        _fill(facts, spool, columns)
        counts = [_distinct(spool, position) for position in range(len(candidates))]
        chosen = _choose(candidates, counts, facts.row_count, names)
        column, distinct = candidates[chosen].name, counts[chosen]
        is_named = normal(column) in names
        if distinct == facts.row_count:
            return KeyFacts(column, is_certain=is_named, distinct=distinct)
        steps = _steps(spool, chosen, orders, offset=len(candidates))
    order, ties, time = _order(steps, orders)
    return KeyFacts(
        column,
        is_certain=is_named and order is not None,
        distinct=distinct,
        largest=steps.largest,
        order=order,
        ties=ties,
        time=time,
    )


def _candidates(facts: FileFacts, names: Sequence[str]) -> list[ColumnFacts]:
    """Columns that could be a key, best first: those with a key's name, then those with few repeats."""
    whole = [c for c in facts.columns if c.filled == facts.row_count and c.filled]
    named = sorted((c for c in whole if normal(c.name) in names), key=lambda c: names.index(normal(c.name)))
    others = [
        c
        for c in whole
        if c not in named and c.type not in {"time", "date"} and c.distinct in {None, facts.row_count}
    ]
    return [*named, *others][:KEY_CANDIDATES]


def _choose(candidates: list[ColumnFacts], counts: list[int], row_count: int, names: Sequence[str]) -> int:
    """A named column with a value for each row; else the best named one; else any with a value for each."""
    named = [i for i, c in enumerate(candidates) if normal(c.name) in names]
    unique = [i for i, count in enumerate(counts) if count == row_count]
    return next(iter([i for i in named if i in unique] or named or unique), 0)


def _order_candidates(facts: FileFacts) -> list[ColumnFacts]:
    """Columns of whole numbers and of times."""
    fit = [c for c in facts.columns if c.is_integer or (c.time is not None and c.time.has_time)]
    named = set(tables()["history"]["order"]) | set(tables()["records"]["tickets"]["fields"]["updated_at"])
    return sorted(fit, key=lambda c: normal(c.name) not in named)[:ORDER_CANDIDATES]


def _fill(facts: FileFacts, spool: Spool, columns: list[str]) -> None:
    with open_table(facts.path, facts.path.name, facts.form, ()) as table:
        positions = [table.columns.index(column) for column in columns]
        for row in rows(table):
            if not isinstance(row, SourceReject):
                spool.add(("", row[0], *(row[1][position].strip() for position in positions)))
    spool.flush()


def _distinct(spool: Spool, position: int) -> int:
    found = spool.database.execute(f"SELECT count(DISTINCT v{position}) FROM spooled")  # noqa: S608  # a number
    return int(found.fetchone()[0])


@dataclass(slots=True)
class _Steps:
    """Steps from row to row within the keys, by column: forward, equal, back."""

    forward: list[int]
    equal: list[int]
    back: list[int]
    largest: int = 1


def _steps(spool: Spool, key: int, orders: list[ColumnFacts], *, offset: int) -> _Steps:
    width = range(len(orders))
    steps = _Steps([0 for _ in width], [0 for _ in width], [0 for _ in width])
    readers = [_reader(column) for column in orders]
    for group in _groups(spool, key):
        steps.largest = max(steps.largest, len(group))
        for before, after in pairwise(group):
            for i in width:
                old, new = readers[i](before[offset + i]), readers[i](after[offset + i])
                if old is None or new is None:
                    continue
                counter = steps.equal if old == new else steps.forward if new > old else steps.back
                counter[i] += 1
    return steps


def _groups(spool: Spool, key: int) -> Iterator[list[tuple[Any, ...]]]:
    group: list[tuple[Any, ...]] = []
    for row in spool.database.execute(f"SELECT * FROM spooled ORDER BY v{key}, line"):  # noqa: S608  # a number
        values = row[2:]
        if group and values[key] != group[0][key]:
            yield group
            group = []
        if len(group) < ROWS_LOOKED_AT:
            group.append(values)
    if group:
        yield group


def _reader(column: ColumnFacts) -> Any:
    guess = column.time
    known: dict[str, Any] = {}

    def read(text: str) -> Any:
        if text not in known:
            if len(known) > 200_000:
                known.clear()
            try:
                known[text] = int(text) if guess is None else time_format(guess.format).parse(text)
            except ValueError:
                known[text] = None
        return known[text]

    return read


def _order(steps: _Steps, orders: list[ColumnFacts]) -> tuple[str | None, int, str | None]:
    """(column that orders, its ties, column with the time of a row)."""
    named = {
        "order": tables()["history"]["order"],
        "time": tables()["records"]["tickets"]["fields"]["updated_at"],
    }

    def fits(i: int) -> bool:
        moved = steps.forward[i] + steps.back[i]
        is_named = normal(orders[i].name) in {*named["order"], *named["time"]}
        one_way = max(steps.forward[i], steps.back[i]) >= IN_ORDER * moved and steps.equal[i] <= moved
        return moved > 0 and (is_named or one_way)

    def best(kind: str, among: list[int]) -> int | None:
        rank = {i: (normal(orders[i].name) not in named[kind], steps.equal[i]) for i in among}
        return min(among, key=rank.__getitem__, default=None)

    times = best("time", [i for i, c in enumerate(orders) if c.time is not None and fits(i)])
    counters = best("order", [i for i, c in enumerate(orders) if c.time is None and fits(i)])
    if counters is not None and (times is None or steps.equal[counters] <= steps.equal[times]):
        order: int | None = counters
    else:
        order = times
    return (
        None if order is None else orders[order].name,
        0 if order is None else steps.equal[order],
        None if times is None else orders[times].name,
    )
