"""Tickets of many weeks, counted once by what 2.3 asks of them, and as each of several looks sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from phasewise.analyzer.calendar import Week
from phasewise.analyzer.columns import Columns, Numbers, Texts, nothing, sums, texts
from phasewise.analyzer.indicator import Row
from phasewise.analyzer.looks import STEP_BITS, Look, unpacked
from phasewise.analyzer.quality import import_spans
from phasewise.analyzer.scope import DROPS
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_tuples

MOST_AUTOMATIONS = 30
"""Targets that are looked at, a bit each of one integer; what is beyond is said to be left out."""

WIDTHS = (MOST_AUTOMATIONS, 1, STEP_BITS, 8)
"""Bits of `packed`: inside which targets, reactive, from which look on gone, why dropped (of `DROPS`)."""

# Reactive: what somebody or something asked for. Planned work is nothing that an automation prevents. One
# number stands for four keys, and every week is a query of its own: sorting is most of the work.
TICKETS = f"""
SELECT t.connection_id, COALESCE(t.client, '') AS client, t.$column AS category,
  ((CAST($dropped AS BIGINT) * {2**STEP_BITS} + $gone) * 2
    + CASE WHEN t.project IS NULL AND (t.type IS NULL OR t.type NOT IN ('change', 'task', 'problem'))
        THEN 1 ELSE 0 END) * {2**MOST_AUTOMATIONS} + $targets AS packed,
  count(*) AS n,
  sum(CASE WHEN COALESCE(t.resolved_at, t.closed_at) = t.opened_at THEN 1 ELSE 0 END) AS same_instant
$opened_in_week
GROUP BY 2, 3, 4, 1
"""

NO_TICKETS = nothing(("inside", "reactive", "n"), ("week", "connection_id", "client", "dropped"))
NO_SIBLINGS = nothing(("inside", "n"), ("column", "week", "connection_id", "client", "category"))


@dataclass(frozen=True)
class Counted:
    """Tickets of many weeks.

    Attributes:
        rows: week, connection_id, client, category ('' = none), dropped; inside, reactive, gone_look, told
            (0/1: it has a category), n.
        creations: week, starts_at, ends_at, created, same_instant, before anything is dropped.
    """

    rows: Columns
    creations: Sequence[Row]


def count(scope: MspStore, sql: str, weeks: Sequence[Week], values: Mapping[str, int | str]) -> Counted:
    """Count the tickets opened in some weeks.

    Args:
        scope: the MSP's store.
        sql: TICKETS, composed.
        weeks: in order.
        values: what the SQL names beside the window.
    """
    rows: list[tuple[Any, ...]] = []
    lengths: list[int] = []
    creations: list[Row] = []
    for week in weeks:
        _, found = read_tuples(
            scope, sql, window_starts_at=week.starts_at, window_ends_at=week.ends_at, **values
        )
        rows += found
        lengths.append(len(found))
        if found:
            creations.append(
                {
                    "week": week.starts_on.isoformat(),
                    "starts_at": week.starts_at,
                    "ends_at": week.ends_at,
                    "created": sum(row[4] for row in found),
                    "same_instant": sum(row[5] for row in found),
                }
            )
    connections, clients, categories, packed, n, _ = zip(*rows, strict=True) if rows else [()] * 6
    inside, reactive, gone, dropped = unpacked(np.array(packed, dtype=np.int64), WIDTHS)
    told = np.array([category is not None for category in categories], dtype=np.int64)
    counts = {"inside": inside, "reactive": reactive, "gone_look": gone, "told": told}
    words = {
        "week": Texts(
            tuple(week.starts_on.isoformat() for week in weeks),
            np.repeat(np.arange(len(weeks), dtype=np.int64), lengths),
        ),
        "connection_id": texts(connections),
        "client": texts(clients),
        "category": texts(category or "" for category in categories),
        "dropped": Texts(DROPS, dropped),
    }
    return Counted(Columns({**counts, "n": np.array(n, dtype=np.int64)}, words), creations)


def every_ticket(counted: Counted) -> Columns:
    """The tickets, whatever their category."""
    rows = counted.rows
    number = {name: rows.numbers[name] for name in ("inside", "reactive", "gone_look")}
    text = {name: rows.texts[name] for name in ("week", "connection_id", "client", "dropped")}
    return _grouped(number, text, rows.numbers["n"])


def _grouped(number: Mapping[str, Numbers], text: Mapping[str, Texts], n: Numbers) -> Columns:
    """Rows alike in everything as one, with what their n add up to."""
    code = np.zeros(len(n), dtype=np.int64)
    for values in (*(one.codes for one in text.values()), *number.values()):
        _, place = np.unique(values, return_inverse=True)
        _, code = np.unique(code * (place.max(initial=0) + 1) + place, return_inverse=True)
    size = int(code.max(initial=-1)) + 1
    first = np.empty(size, dtype=np.int64)
    first[code[::-1]] = np.arange(len(n))[::-1]
    return Columns(
        {**{name: values[first] for name, values in number.items()}, "n": sums(code, n, size)},
        {name: Texts(one.labels, one.codes[first]) for name, one in text.items()},
    )


def beside(counted: Mapping[str, Counted]) -> Columns:
    """What the siblings of a target are taken from: reactive tickets by the column that tells them apart.

    Args:
        counted: column of tickets → the tickets counted by it.

    Returns:
        Rows not dropped: column, week, connection_id, client, category, inside, gone_look, n.
    """
    names = tuple(sorted(counted))
    parts = []
    for name in names:
        rows = counted[name].rows
        wanted = (rows.texts["dropped"].codes == 0) & (rows.numbers["reactive"] * rows.numbers["told"] > 0)
        parts.append(rows.where(wanted))
    lengths = [len(part) for part in parts]
    return Columns(
        {
            name: np.concatenate([part.numbers[name] for part in parts])
            for name in ("inside", "gone_look", "n")
        },
        {
            "column": Texts(names, np.repeat(np.arange(len(names), dtype=np.int64), lengths)),
            **{
                name: _joined([part.texts[name] for part in parts])
                for name in ("week", "connection_id", "client", "category")
            },
        },
    )


def _joined(columns: Sequence[Texts]) -> Texts:
    labels = tuple(sorted({label for one in columns for label in one.labels}))
    place = {label: code for code, label in enumerate(labels)}
    codes = [np.array([place[label] for label in one.labels], dtype=np.int64)[one.codes] for one in columns]
    return Texts(labels, np.concatenate(codes))


def imported_weeks(creations: Sequence[Row], look: Look, numbers: IndicatorThresholds) -> frozenset[str]:
    """Mondays of the weeks that look imported, among those of one look: what is usual depends on them."""
    weeks = {str(row["starts_on"]) for row in look.weeks}
    own = [row for row in creations if str(row["week"]) in weeks]
    spans = {start for start, _ in import_spans(own, numbers)}
    return frozenset(str(row["week"]) for row in own if row["starts_at"] in spans)


def tickets_at(rows: Columns, look: Look, number: int, imported: frozenset[str]) -> Columns:
    """Frame `tickets` at one look: what is gone by then, or imported, is dropped for that."""
    seen = rows.where(rows.texts["week"].among({str(row["starts_on"]) for row in look.weeks}))
    dropped = seen.texts["dropped"].codes
    dropped = np.where((dropped == 0) & seen.texts["week"].among(imported), DROPS.index("import"), dropped)
    dropped = np.where(seen.numbers["gone_look"] <= number, DROPS.index("gone"), dropped)
    return Columns(
        {name: seen.numbers[name] for name in ("inside", "reactive", "n")},
        {**seen.texts, "dropped": Texts(DROPS, dropped)},
    )


def siblings_at(rows: Columns, look: Look, number: int, imported: frozenset[str]) -> Columns:
    """Frame `siblings` at one look."""
    weeks = {str(row["starts_on"]) for row in look.weeks} - imported
    seen = rows.where(rows.texts["week"].among(weeks) & (rows.numbers["gone_look"] > number))
    return Columns({name: seen.numbers[name] for name in ("inside", "n")}, seen.texts)
