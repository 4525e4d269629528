"""Promises that change together, and what became of them at each of several looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.indicator import Row
from phasewise.analyzer.looks import STEP_BITS, Look, Timeline, timelines, unpacked
from phasewise.analyzer.scope import DROPS
from phasewise.model.words import STOPPED
from phasewise.storage.engine import MspStore

VERDICTS = ("met", "missed", "running", "unmapped", "no_verdict", "no_promise", "no_deadline")
MET, MISSED, RUNNING = (VERDICTS.index(verdict) for verdict in ("met", "missed", "running"))
NOT_FIXED = len(VERDICTS)
"""In place of a verdict that no look changes."""
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Promises that change together, as columns of one length.

    Attributes:
        targets, weeks, clients, drops: what the codes of those columns stand for; clients with connection.
        columns: target, week, client, dropped, fixed (verdict, -1 for none), opened, gone, missed, met, late,
            until (looks), n.
        followed: row of a twisted ticket → its verdict at every look.
    """

    targets: Sequence[str]
    weeks: Sequence[str]
    clients: Sequence[tuple[str, str]]
    drops: Sequence[str]
    columns: Mapping[str, Numbers]
    followed: Mapping[int, Sequence[int]]

    def as_of(self, look: int, mondays: set[str]) -> list[Row]:
        """Frames `week` and `client` of `promises` at one look, for these weeks."""
        c = self.columns
        wanted = np.array([week in mondays for week in self.weeks], dtype=bool)
        rows = np.flatnonzero(wanted[c["week"]])
        verdict, dropped = self._verdicts(look)[rows], self._dropped(look)[rows]
        target, week, client, n = (c[name][rows] for name in ("target", "week", "client", "n"))
        found = [
            _row("week", self.targets[t], self.weeks[w], "", self.drops[d], VERDICTS[v], count)
            for t, w, d, v, count in _sums((target, week, dropped, verdict), n)
        ]
        counted = dropped == self.drops.index("")
        for t, k, v, count in _sums((target[counted], client[counted], verdict[counted]), n[counted]):
            connection, key = self.clients[k]
            found.append(_row("client", self.targets[t], key, connection, "", VERDICTS[v], count))
        return found

    def _verdicts(self, look: int) -> Numbers:
        c = self.columns
        found = np.where((c["late"] <= look) & (look < c["until"]), MISSED, RUNNING)
        found = np.where(c["met"] <= look, MET, found)
        for row, verdicts in self.followed.items():
            found[row] = verdicts[look]
        found = np.where(c["missed"] <= look, MISSED, found)
        return np.where(c["fixed"] >= 0, c["fixed"], found)

    def _dropped(self, look: int) -> Numbers:
        c, names = self.columns, self.drops
        found = np.where(c["gone"] <= look, names.index("gone"), c["dropped"])
        found = np.where(c["opened"] > look, names.index("later"), found)
        unknown = names.index("ticket_unknown")
        return np.where(c["dropped"] == unknown, unknown, found)


def _row(frame: str, target: str, key: str, connection: str, dropped: str, verdict: str, n: int) -> Row:
    names = ("frame", "target", "key", "connection_id", "dropped", "verdict", "n", "paused", "elapsed")
    return dict(zip(names, (frame, target, key, connection, dropped, verdict, n, 0, 0), strict=True))


def _sums(codes: tuple[Numbers, ...], n: Numbers) -> list[tuple[int, ...]]:
    """Every combination of codes there is, with the sum of its n."""
    if not len(n):
        return []
    sizes = tuple(int(column.max()) + 1 for column in codes)
    totals = np.bincount(np.ravel_multi_index(codes, sizes), weights=n)
    present = np.flatnonzero(totals)
    columns = [column.tolist() for column in np.unravel_index(present, sizes)]
    return list(zip(*columns, totals[present].astype(int).tolist(), strict=True))


def groups_of(scope: MspStore, rows: Sequence[Row], looks: Sequence[Look]) -> Groups:
    """The groups out of the rows of `each.PROMISES`, twisted tickets followed through their events."""
    targets, weeks = (sorted({str(row[name]) for row in rows}) for name in ("target", "week"))
    clients = sorted({(str(row["connection_id"]), str(row["client"])) for row in rows})
    codes = {
        "target": _codes(targets, [str(row["target"]) for row in rows]),
        "week": _codes(weeks, [str(row["week"]) for row in rows]),
        "client": _codes(clients, [(str(row["connection_id"]), str(row["client"])) for row in rows]),
        "n": [int(row["n"] or 0) for row in rows],
    }
    columns = {name: np.array(values, dtype=np.int64) for name, values in codes.items()}
    packed = np.array([int(row["steps"] or 0) for row in rows], dtype=np.int64)
    names = ("fixed", "dropped", "until", "late", "met", "missed", "gone", "opened")
    columns |= dict(zip(names, unpacked(packed, [3, 4, *[STEP_BITS] * 6]), strict=True))
    columns["fixed"] = np.where(columns["fixed"] == NOT_FIXED, -1, columns["fixed"])
    twisted = [number for number, row in enumerate(rows) if row["ticket"]]
    known = timelines(scope, ((str(rows[i]["connection_id"]), str(rows[i]["ticket"])) for i in twisted))
    followed = {
        i: _follow(rows[i], known[str(rows[i]["connection_id"]), str(rows[i]["ticket"])], looks)
        for i in twisted
    }
    return Groups(targets, weeks, clients, DROPS, columns, followed)


def _codes(names: Sequence[object], values: Sequence[object]) -> list[int]:
    places = {name: number for number, name in enumerate(names)}
    return [places[value] for value in values]


def _follow(row: Row, timeline: Timeline, looks: Sequence[Look]) -> list[int]:
    """The verdict of a twisted ticket's promise at every look, its recorded miss aside."""
    return [
        VERDICTS.index(_verdict(row, timeline, number, look.instant)) for number, look in enumerate(looks)
    ]


def _verdict(row: Row, timeline: Timeline, number: int, instant: int) -> str:
    """As the CASE of `frames.JUDGED`, for one promise and one instant."""
    outcome, _, status_now = str(row["words"]).partition(" ")
    widths = (STEP_BITS, STEP_BITS, STEP_BITS, 1, 1)
    due, told, answered, has_times, is_dated = unpacked(int(row["marks"] or 0), widths)
    state = timeline.state(instant)
    if state is None and told <= number:
        state = "closed" if has_times else status_now
    stopped = state in STOPPED
    if (stopped or answered <= number) and (outcome == "met" or is_dated):
        return "met"
    if stopped and outcome in {"running", "paused"} and status_now and status_now not in STOPPED:
        return "met"
    is_late = due <= number and not is_dated and outcome in {"running", "missed"}
    if is_late and not stopped and answered > number:
        return "missed"
    return "unmapped" if state == "other" else "running"
