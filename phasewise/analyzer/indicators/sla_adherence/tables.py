"""The tables behind 2.1: nobody can act on a total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from phasewise.analyzer.indicator import Frames, Row, TableRow
from phasewise.analyzer.indicators.sla_adherence.targets import TargetResult
from phasewise.analyzer.people import Key, shown_names

LONGEST = 100
"""Rows of a table; what is beyond is pooled in one row."""
OTHERS = "(others)"
NOBODY = "(none)"


def tables(
    frames: Frames, results: Sequence[TargetResult], show: Literal[False, "initials", "names"]
) -> dict[str, list[TableRow]]:
    """Tables by week, client, queue, technician and first priority.

    Args:
        frames: of `read`.
        results: the targets.
        show: how technicians are shown; with False there is no table of them.

    Returns:
        Table name → rows with target, decided, met, missed, running and share (null where nothing is
        decided), those with most missed first; `week` in order of time, with the limits of the control chart
        and what the week is (shortfall, low, high).
    """
    promises = frames["promises"]
    clients = {(str(r["connection_id"]), str(r["id"])): str(r["name"] or r["id"]) for r in frames["clients"]}
    people = _people(promises, frames["technicians"], show)
    found: dict[str, list[TableRow]] = {
        "week": _weeks(results),
        "client": _table("client", promises, clients),
        "queue": _table("queue", promises, {}),
        "first_priority": _table("first_priority", promises, {}),
    }
    if show is not False:
        found["technician"] = _table("technician", promises, people)
    return found


def _people(
    promises: Iterable[Row], technicians: Iterable[Row], show: Literal[False, "initials", "names"]
) -> Mapping[Key, str]:
    named: dict[Key, Row] = {(str(r["connection_id"]), str(r["id"])): r for r in technicians}
    for row in promises:
        key = (str(row["connection_id"]), str(row["key"]))
        if row["frame"] == "technician" and row["key"] and key not in named:
            named[key] = {"connection_id": key[0], "id": key[1], "name": None}
    return shown_names(named.values(), show)


def _weeks(results: Sequence[TargetResult]) -> list[TableRow]:
    rows: list[TableRow] = []
    for result in results:
        chart = result.chart
        short = {week.weeks for week in result.shortfalls}
        for week, low, high, signal in zip(result.pooled, chart.low, chart.high, chart.signals, strict=True):
            rows.append(
                {
                    "week": week.name,
                    "target": result.target,
                    "decided": week.decided,
                    "met": week.met,
                    "missed": week.missed,
                    "running": week.running,
                    "share": week.met / week.decided,
                    "low_limit": low,
                    "high_limit": high,
                    "shortfall": int(week.weeks in short),
                    "special_cause": signal,
                }
            )
    return rows


def counts_by_key(frame: str, promises: Iterable[Row]) -> dict[tuple[str, str, str], dict[str, int]]:
    """Of one frame of `promises`: (target, connection, key) → verdict → results."""
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in promises:
        if row["frame"] == frame:
            key = (str(row["target"]), str(row["connection_id"]), str(row["key"]))
            verdict = "running" if row["verdict"] == "unmapped" else str(row["verdict"])
            counts = found.setdefault(key, {"met": 0, "missed": 0, "running": 0})
            if verdict in counts:
                counts[verdict] += int(row["n"] or 0)
    return found


def _table(frame: str, promises: Iterable[Row], names: Mapping[Key, str]) -> list[TableRow]:
    rows = [
        _row(frame, names.get((connection, key), key) or NOBODY, target, counts)
        for (target, connection, key), counts in counts_by_key(frame, promises).items()
        if sum(counts.values())
    ]
    rows.sort(key=lambda row: (-int(row["missed"] or 0), str(row[frame]), str(row["target"])))
    if len(rows) <= LONGEST:
        return rows
    rest: dict[str, dict[str, int]] = {}
    for row in rows[LONGEST:]:
        counts = rest.setdefault(str(row["target"]), {"met": 0, "missed": 0, "running": 0})
        for verdict in counts:
            counts[verdict] += int(row[verdict] or 0)
    return rows[:LONGEST] + [_row(frame, OTHERS, target, rest[target]) for target in sorted(rest)]


def _row(frame: str, name: str, target: str, counts: Mapping[str, int]) -> TableRow:
    decided = counts["met"] + counts["missed"]
    return {
        frame: name,
        "target": target,
        "decided": decided,
        "met": counts["met"],
        "missed": counts["missed"],
        "running": counts["running"],
        "share": counts["met"] / decided if decided else None,
    }
