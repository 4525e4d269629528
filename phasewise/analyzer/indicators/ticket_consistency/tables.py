"""The tables behind 1.1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from phasewise.analyzer.indicator import Row, TableRow
from phasewise.analyzer.indicators.ticket_consistency.facts import Facts, WeekSeries, by_week
from phasewise.analyzer.measures import share_or_none
from phasewise.analyzer.people import Key, shown_names

LONGEST = 100
"""Rows of a table; what is beyond is pooled in one row."""
OTHERS = "(others)"
NOBODY = "(none)"
COUNTS = ("tickets", "complete", "resolved", "followed", "reopened")


def tables(
    facts: Facts, complete: WeekSeries, show: Literal[False, "initials", "names"]
) -> dict[str, list[TableRow]]:
    """Tables by week, client, queue and technician.

    Returns:
        Table name → rows with tickets (opened), complete, share_complete, resolved, followed (long enough ago
        to know), reopened and share_reopened; the most incomplete first. `week` in order of time, with the
        limits of the control chart of completeness and where the week is beyond them.
    """
    frames = facts.frames
    clients = {(str(r["connection_id"]), str(r["id"])): str(r["name"] or r["id"]) for r in frames["clients"]}
    found = {
        "week": _weeks(facts, complete),
        "client": _table("client", facts, clients),
        "queue": _table("queue", facts, {}),
    }
    if show is not False:
        named = {(str(r["connection_id"]), str(r["id"])): r for r in frames["technicians"]}
        for row in (*frames["tickets"], *frames["resolutions"]):
            key = (str(row["connection_id"]), str(row["key"]))
            if row["frame"] == "technician" and row["key"] and key not in named:
                named[key] = {"connection_id": key[0], "id": key[1], "name": None}
        found["technician"] = _table("technician", facts, shown_names(named.values(), show))
    return found


def _weeks(facts: Facts, complete: WeekSeries) -> list[TableRow]:
    tickets = by_week(facts.tickets(facts.connections), "n")
    done = facts.resolutions(facts.with_events)
    resolved, followed, reopened = (by_week(done, c) for c in ("n", "followed", "reopened"))
    judged = {
        week: (count, size, low, high, signal)
        for week, count, size, low, high, signal in zip(
            complete.weeks,
            complete.counts,
            complete.sizes,
            complete.chart.low,
            complete.chart.high,
            complete.chart.signals,
            strict=True,
        )
    }
    rows: list[TableRow] = []
    for week in sorted({*tickets, *resolved}):
        count, size, low, high, signal = judged.get(week, (None, 0, None, None, None))
        rows.append(
            {
                "week": week,
                "tickets": tickets.get(week, 0),
                "complete": count,
                "share_complete": share_or_none(count, size),
                "low_limit": low,
                "high_limit": high,
                "special_cause": signal,
                "resolved": resolved.get(week, 0),
                "followed": followed.get(week, 0),
                "reopened": reopened.get(week, 0),
                "share_reopened": share_or_none(reopened.get(week, 0), followed.get(week, 0)),
            }
        )
    return rows


def _table(frame: str, facts: Facts, names: Mapping[Key, str]) -> list[TableRow]:
    counts: dict[str, dict[str, int]] = {}
    for rows, columns in (
        (facts.frames["tickets"], {"tickets": "n", "complete": "complete"}),
        (facts.frames["resolutions"], {"resolved": "n", "followed": "followed", "reopened": "reopened"}),
    ):
        _add(counts, (r for r in rows if r["frame"] == frame), columns, names)
    made = [_row(frame, name, found) for name, found in counts.items()]
    made.sort(key=lambda r: (int(r["complete"] or 0) - int(r["tickets"] or 0), str(r[frame])))
    if len(made) <= LONGEST:
        return made
    rest = {column: sum(int(r[column] or 0) for r in made[LONGEST:]) for column in COUNTS}
    return [*made[:LONGEST], _row(frame, OTHERS, rest)]


def _add(
    counts: dict[str, dict[str, int]],
    rows: Iterable[Row],
    columns: Mapping[str, str],
    names: Mapping[Key, str],
) -> None:
    for row in rows:
        key = str(row["key"])
        name = names.get((str(row["connection_id"]), key), key) or NOBODY
        found = counts.setdefault(name, dict.fromkeys(COUNTS, 0))
        for column, source in columns.items():
            found[column] += int(row[source] or 0)


def _row(frame: str, name: str, counts: Mapping[str, int]) -> TableRow:
    return {
        frame: name,
        "tickets": counts["tickets"],
        "complete": counts["complete"],
        "share_complete": share_or_none(counts["complete"], counts["tickets"]),
        "resolved": counts["resolved"],
        "followed": counts["followed"],
        "reopened": counts["reopened"],
        "share_reopened": share_or_none(counts["reopened"], counts["followed"]),
    }
