"""Tickets and resolutions that change together, and what they were at each of several looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.indicator import Row
from phasewise.analyzer.looks import Look, Timeline, timelines, unpacked
from phasewise.analyzer.scope import DROPS
from phasewise.model.words import STOPPED
from phasewise.storage.engine import MspStore

HOUR = 3600
MISSING = ("no_owner", "no_priority", "no_type", "no_requester", "no_client")
"""The bits of `missing`, lowest first."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Counted:
    """Tickets and resolutions that change together.

    Attributes:
        looks: the dates.
        weeks, places: what the codes of columns `week` and `place` stand for; a place is a connection and a
            reason for being dropped.
        groups: frame (`week`, `closed`, `open`) → columns of one length.
        alone: tickets that are followed one by one, with their timelines.
        resolved: rows of resolutions.
        longest: seconds at which durations end.
    """

    looks: Sequence[Look]
    weeks: Sequence[str]
    places: Sequence[tuple[str, str]]
    groups: Mapping[str, Mapping[str, Numbers]]
    alone: Sequence[tuple[Row, Timeline]]
    resolved: Sequence[Row]
    longest: int

    def tickets(self, look: int, mondays: set[str]) -> list[Row]:
        """Frame `tickets` at one look, for these weeks."""
        followed = [
            _Alone.at(row, timeline, self.looks[look].instant)
            for row, timeline in self.alone
            if row["week"] in mondays and int(row["gone"] or 0) > look
        ]
        return [*self._weeks(look, mondays, followed), *self._durations(look, mondays, followed)]

    def resolutions(self, look: int, mondays: set[str]) -> list[Row]:
        """Frame `resolutions` at one look, for these weeks."""
        found: dict[tuple[str, str, str], list[int]] = {}
        for row in self.resolved:
            if row["week"] not in mondays:
                continue
            dropped = _dropped(str(row["dropped"]), int(row["gone"] or 0), look)
            sums = found.setdefault((str(row["week"]), str(row["connection_id"]), dropped), [0, 0, 0])
            sums[0] += int(row["n"] or 0)
            if int(row["followed"] or 0) <= look:
                sums[1] += int(row["n"] or 0)
                sums[2] += int(row["reopened"] or 0)
        return [
            {
                "frame": "week",
                "key": week,
                "connection_id": connection,
                "dropped": dropped,
                "n": n,
                "followed": followed,
                "reopened": reopened,
                "again": reopened,
            }
            for (week, connection, dropped), (n, followed, reopened) in sorted(found.items())
        ]

    def _rows(self, frame: str, mondays: set[str]) -> dict[str, Numbers]:
        columns = self.groups[frame]
        wanted = np.array([week in mondays for week in self.weeks], dtype=bool)
        rows = np.flatnonzero(wanted[columns["week"]])
        return {name: column[rows] for name, column in columns.items()}

    def _weeks(self, look: int, mondays: set[str], followed: Sequence[_Alone]) -> list[Row]:
        c = self._rows("week", mondays)
        n = c["n"]
        done = (c["stopped"] <= look).astype(np.int64)
        history = (c["enough"] <= look).astype(np.int64)
        values = {
            "n": n,
            "complete": n * history * (c["missing"] == 0),
            **{name: n * (c["missing"] >> bit & 1) for bit, name in enumerate(MISSING)},
            "no_history": n * (1 - history),
            "has_events": n * (c["first"] <= look),
            "unmapped": n * 0,
            "done": n * done,
            "flagged": n * done * (c["flags"] >> 1),
            "planned": n * (c["flags"] & 1),
        }
        gone = c["gone"] <= look
        place = np.where(gone, self._gone_places()[c["place"]], c["place"])
        code = c["week"] * len(self.places) + place
        size = len(self.weeks) * len(self.places)
        sums = {name: np.bincount(code, weights=v, minlength=size) for name, v in values.items()}
        rows = {int(k): _week_row(self, int(k), sums) for k in np.flatnonzero(sums["n"])}
        for one in followed:
            key = self.weeks.index(one.week) * len(self.places) + self.places.index(one.place)
            row = rows[key]
            for name, value in (("unmapped", one.unmapped), ("done", one.done), ("flagged", one.flagged)):
                row[name] = int(row[name] or 0) + value
        return list(rows.values())

    def _gone_places(self) -> Numbers:
        """Place → the same connection's place for what is gone."""
        return np.array(
            [
                self.places.index((connection, "gone" if dropped != "ticket_unknown" else dropped))
                for connection, dropped in self.places
            ],
            dtype=np.int64,  # also where there is none
        )

    def _durations(self, look: int, mondays: set[str], followed: Sequence[_Alone]) -> list[Row]:
        instant = self.looks[look].instant
        found: dict[tuple[str, int, int], int] = {}
        for frame in ("closed", "open"):
            c = self._rows(frame, mondays)
            done = c["stopped"] <= look
            keep = np.flatnonzero((c["gone"] > look) & (done if frame == "closed" else ~done))
            seconds = c["seconds"][keep]
            if frame == "open":
                seconds = np.minimum(instant - instant % HOUR - seconds, self.longest)
            code = (seconds // HOUR + 1) * len(self.places) + c["place"][keep]
            totals = np.bincount(code, weights=c["n"][keep]) if len(code) else np.zeros(0)
            for k in np.flatnonzero(totals):
                hours, place = divmod(int(k), len(self.places))
                key = (self.places[place][0], int(frame == "closed"), (hours - 1) * HOUR)
                found[key] = found.get(key, 0) + int(totals[k])
        for one in followed:
            if one.place[1] == "" and not one.planned:
                seconds_of = min(one.seconds, self.longest)
                key = (one.place[0], one.done, seconds_of)
                found[key] = found.get(key, 0) + 1
        return [
            {
                "frame": "duration",
                "key": "",
                "connection_id": connection,
                "dropped": "",
                "stopped": stopped,
                "seconds": seconds,
                "n": n,
            }
            for (connection, stopped, seconds), n in sorted(found.items())
        ]


def _dropped(reason: str, gone: int, look: int) -> str:
    return "gone" if gone <= look and reason != "ticket_unknown" else reason


def _week_row(counted: Counted, code: int, sums: Mapping[str, Numbers]) -> dict[str, int | str | None]:
    week, place = divmod(code, len(counted.places))
    connection, dropped = counted.places[place]
    row: dict[str, int | str | None] = {
        "frame": "week",
        "key": counted.weeks[week],
        "connection_id": connection,
        "dropped": dropped,
        "stopped": 0,
        "seconds": 0,
    }
    return row | {name: int(column[code]) for name, column in sums.items()}


@dataclass(frozen=True)
class _Alone:
    """A ticket that is followed by itself, at one look."""

    week: str
    place: tuple[str, str]
    planned: bool
    unmapped: int
    done: int
    flagged: int
    seconds: int

    @classmethod
    def at(cls, row: Row, timeline: Timeline, instant: int) -> _Alone:
        """What it was at an instant, as `tickets.compose` says it of `$state_then` and `$stopped_then`."""
        resolved, closed, updated = (
            _until(row[f"own_{n}_at"], instant) for n in ("resolved", "closed", "updated")
        )
        state = timeline.state(instant)
        if state is None and (resolved is not None or closed is not None):
            state = "closed"
        is_untold = row["own_resolved_at"] is None and row["own_closed_at"] is None
        if state is None and is_untold and updated is not None:
            state = str(row["status_now"])
        done = state in STOPPED
        events = timeline.until(instant)
        resolutions = [timeline.at[i] for i in range(events) if timeline.states[i] == "resolved"]
        times = (
            resolved,
            resolutions[-1] if resolutions else None,
            closed,
            timeline.at[events - 1] if events else None,
            row["own_updated_at"],
        )
        end = next((int(time) for time in times if time is not None), instant) if done else instant
        seconds = end - int(row["own_opened_at"] or 0)
        flags = unpacked(int(row["marks"] or 0), (2,))[0]
        return cls(
            week=str(row["week"]),
            place=(str(row["connection_id"]), DROPS[int(row["dropped"] or 0)]),
            planned=bool(flags & 1),
            unmapped=int(state == "other"),
            done=int(done),
            flagged=int(done) * (flags >> 1),
            seconds=-HOUR if seconds < 0 else -(-seconds // HOUR) * HOUR,
        )


def _until(value: int | str | None, instant: int) -> int | None:
    return int(value) if value is not None and int(value) <= instant else None


def counted(
    scope: MspStore, rows: Sequence[Row], resolved: Sequence[Row], looks: Sequence[Look], longest: int
) -> Counted:
    """The groups out of the rows of `each.TICKETS` and `each.RESOLUTIONS`.

    Args:
        scope: for the events of tickets that are followed one by one.
        rows: of tickets.
        resolved: of resolutions.
        looks: the dates.
        longest: seconds at which durations end.
    """
    weeks = sorted({str(row["week"]) for row in rows})
    connections = sorted({str(row["connection_id"]) for row in rows})
    places = [(connection, reason) for connection in connections for reason in DROPS]
    alone = [row for row in rows if row["ticket"]]
    known = timelines(scope, ((str(row["connection_id"]), str(row["ticket"])) for row in alone))
    return Counted(
        looks=looks,
        weeks=weeks,
        places=places,
        groups={
            frame: _columns((r for r in rows if r["frame"] == frame), weeks, places)
            for frame in ("week", "closed", "open")
        },
        alone=[(row, known[str(row["connection_id"]), str(row["ticket"])]) for row in alone],
        resolved=resolved,
        longest=longest,
    )


def _columns(
    rows: Iterable[Row], weeks: Sequence[str], places: Sequence[tuple[str, str]]
) -> dict[str, Numbers]:
    week_codes = {week: code for code, week in enumerate(weeks)}
    place_codes = {place: code for code, place in enumerate(places)}
    values = [
        (
            week_codes[str(r["week"])],
            place_codes[str(r["connection_id"]), DROPS[int(r["dropped"] or 0)]],
            *(int(r[name] or 0) for name in ("gone", "stopped", "seconds", "marks", "n")),
        )
        for r in rows
    ]
    table = np.array(values, dtype=np.int64).reshape(len(values), 7)
    columns = dict(zip(("week", "place", "gone", "stopped", "seconds", "marks", "n"), table.T, strict=True))
    marks = columns.pop("marks")
    names = ("flags", "missing", "enough", "first")
    return columns | dict(zip(names, unpacked(marks, (2, 5, 6, 6)), strict=True))
