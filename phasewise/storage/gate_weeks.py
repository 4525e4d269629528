"""The gates at week ends, kept: a phase is worked out from 26 of them, and most were judged before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import insert, select

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import gate_weeks as table


@dataclass(frozen=True, slots=True)
class StoredGate:
    """One gate as judged at one week end.

    Attributes:
        gate: 1 to 3.
        p_low, p_high: joint probability that its five pass, share 0-1.
        hold_low, hold_high: the same as judged for a gate that is passed already.
        open: codes that leave it open.
    """

    gate: int
    p_low: float
    p_high: float
    hold_low: float
    hold_high: float
    open: tuple[str, ...]


_COLUMNS = [table.c[field.name] for field in fields(StoredGate)]


def read_gate_weeks(scope: MspStore, edition: str, bases: Mapping[date, str]) -> dict[date, list[StoredGate]]:
    """The gates of the weeks that were judged by these rules on this very data, gates in order.

    Args:
        scope: the store of one MSP.
        edition: the rules.
        bases: last day of the week → digest of the data as of that day.
    """
    if not bases:
        return {}
    c = table.c
    query = (
        select(c.week, c.basis, *_COLUMNS)
        .where(
            c.msp_id == scope.msp_id,
            c.edition == edition,
            c.week >= min(bases),
            c.week <= max(bases),
        )
        .order_by(c.week, c.gate)
    )
    found: dict[date, list[StoredGate]] = {}
    with scope.read() as connection:
        for row in connection.execute(query):
            if bases.get(row.week) == row.basis:
                found.setdefault(row.week, []).append(
                    StoredGate(row.gate, row.p_low, row.p_high, row.hold_low, row.hold_high, tuple(row.open))
                )
    return found


def save_gate_weeks(
    scope: MspStore, edition: str, bases: Mapping[date, str], weeks: Mapping[date, Sequence[StoredGate]]
) -> int:
    """Keep the gates of weeks; those that are there already stay as they are.

    Returns:
        How many weeks were written.
    """
    if not weeks:
        return 0
    written = 0
    with scope.write() as connection:
        query = select(table.c.week, table.c.basis).where(
            table.c.msp_id == scope.msp_id, table.c.edition == edition, table.c.gate == 1
        )
        there = {(row.week, row.basis) for row in connection.execute(query)}
        for week, gates in weeks.items():
            if (week, bases[week]) in there:
                continue
            key = {"msp_id": scope.msp_id, "week": week, "edition": edition, "basis": bases[week]}
            rows = [{**key, **{c.name: getattr(gate, c.name) for c in _COLUMNS}} for gate in gates]
            connection.execute(insert(table), [{**row, "open": list(row["open"])} for row in rows])
            written += 1
    return written
