"""The counting of 2.3, in the database: weeks of tickets inside and beside the targets, endpoints, runs.

One pass serves many dates: rows are counted by the look from which they are gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phasewise.analyzer.calendar import Window, window_of
from phasewise.analyzer.coverage import providers, read_coverage, read_provides
from phasewise.analyzer.indicator import AnalysisContext, Frames, Row
from phasewise.analyzer.indicators.automation_reduces_tickets.registered import (
    Registered,
    predicate,
    registered,
    targets_of,
)
from phasewise.analyzer.looks import Look, bound, bounds, looks_of, step
from phasewise.analyzer.quality import import_spans, read_creations
from phasewise.analyzer.scope import drop_reason
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import compose
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.types import to_epoch

SECONDS_A_DAY = 86_400

AUTOMATIONS = """
SELECT connection_id, id, name, targets, clients, went_live_at, ended_at, registered_at, gone_at
FROM automations
WHERE msp_id = :msp_id
"""

# Reactive: what somebody or something asked for. Planned work is nothing that an automation prevents.
TICKETS = """
SELECT w.starts_on AS week, t.connection_id, COALESCE(t.client, '') AS client, $dropped AS dropped,
  $gone AS gone_look, $targets AS inside,
  CASE WHEN t.project IS NULL AND (t.type IS NULL OR t.type NOT IN ('change', 'task', 'problem'))
    THEN 1 ELSE 0 END AS reactive,
  count(*) AS n
$opened_in_window
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

SIBLINGS = """
SELECT w.starts_on AS week, t.connection_id, COALESCE(t.client, '') AS client, t.$column AS category,
  $gone AS gone_look, count(*) AS n
$opened_in_window
  AND $dropped = '' AND $target = 0
  AND t.project IS NULL AND (t.type IS NULL OR t.type NOT IN ('change', 'task', 'problem'))
  AND t.$column IS NOT NULL
GROUP BY 1, 2, 3, 4, 5
"""

CLIENTS = "SELECT connection_id, id, name FROM clients WHERE msp_id = :msp_id"

DEVICES = """
SELECT connection_id, id, installed_at, first_seen_at, gone_at, is_managed FROM devices WHERE msp_id = :msp_id
"""

RUNS = """
SELECT connection_id, device, $look AS look, max(started_at) AS latest
FROM automation_runs
WHERE msp_id = :msp_id AND started_at > :runs_from AND started_at <= :runs_until
  AND outcome = 'succeeded' AND device IS NOT NULL AND (gone_at IS NULL OR gone_at > :runs_until)
GROUP BY 1, 2, 3
"""

ALERTS = """
SELECT COALESCE(resolved_by, '') AS resolved_by, count(*) AS n
FROM alerts
WHERE msp_id = :msp_id AND raised_at >= :window_starts_at AND raised_at < :window_ends_at
  AND (gone_at IS NULL OR gone_at > :instant)
GROUP BY 1
"""

MOST_AUTOMATIONS = 30
"""Targets that are looked at, a bit each of one integer; what is beyond is said to be left out."""


def read(scope: MspStore, context: AnalysisContext, numbers: IndicatorThresholds) -> Frames:
    """Count for one date; frames as of `read_each`, with alerts beside.

    Returns:
        Beside those of `read_each`: alerts (of the latest 13 weeks): resolved_by ('' = not said), n.
    """
    frames = dict(read_each(scope, [context], numbers)[0])
    window = window_of(frames["weeks"])
    if window is not None and providers(frames["provides"], "alerts"):
        quarter = window.last(numbers.count("window_weeks"))
        frames["alerts"] = read_frame(
            scope,
            ALERTS,
            window_starts_at=quarter.starts_at,
            window_ends_at=quarter.ends_at,
            instant=to_epoch(context.instant),
        )
    return frames


def read_each(
    scope: MspStore, contexts: Sequence[AnalysisContext], numbers: IndicatorThresholds
) -> list[Frames]:
    """Count for many dates in one pass.

    Returns:
        For each date: weeks (the latest 156, of `calendar.read_weeks`); provides, coverage (of `coverage.py`,
        for tickets, devices, automation_runs); automations (the register, one row a registration);
        tickets: week, connection_id, client, dropped, inside (bits, one per target in the order of
        `targets_of`), reactive (0/1), n; siblings: target (its number), week, connection_id, client,
        category, n, of reactive tickets outside the target; clients: connection_id, id, name; endpoints: one
        row: endpoints, with_run, endpoints_before (a year earlier), observed (0/1: devices were watched by
        then). Without registered automations tickets, siblings and clients are empty.
    """
    looks = looks_of(scope, contexts, numbers, numbers.count("read_weeks"))
    automations = read_frame(scope, AUTOMATIONS)
    automations.sort(key=lambda row: (str(row["connection_id"]), str(row["id"])))
    provides = read_provides(scope)
    tickets = _tickets(scope, looks, automations, numbers)
    endpoints = _endpoints(scope, looks, numbers)
    found: dict[int, Frames] = {}
    for number, look in enumerate(looks):
        found[id(look.context)] = {
            "weeks": look.weeks,
            "provides": provides,
            "coverage": read_coverage(scope, look.context, ("tickets", "devices", "automation_runs")),
            "automations": automations,
            **tickets[number],
            "endpoints": endpoints[number],
        }
    return [found[id(context)] for context in contexts]


def _tickets(
    scope: MspStore, looks: Sequence[Look], automations: Sequence[Row], numbers: IndicatorThresholds
) -> list[Mapping[str, list[Row]]]:
    targets = targets_of(automations)[:MOST_AUTOMATIONS]
    windows = [window for look in looks if (window := window_of(look.weeks))]
    empty: Mapping[str, list[Row]] = {"tickets": [], "siblings": [], "clients": []}
    if not targets or not windows:
        return [empty] * len(looks)
    span = bounds(windows)
    drops = drop_reason(looks[-1].context.msp.scope, at_instant=False)
    clauses = [predicate(target, f"target{number}") for number, (_, target) in enumerate(targets)]
    gone = step("t.gone_at", "gone", len(looks))
    base = {**span, **drops.parameters, **bound("gone", [look.instant for look in looks])}
    inside = " + ".join(f"{2**number} * ({clause.sql})" for number, clause in enumerate(clauses))
    every = {name: value for clause in clauses for name, value in clause.parameters.items()}
    rows = read_frame(scope, compose(TICKETS, dropped=drops.sql, gone=gone, targets=inside), **base, **every)
    beside: list[Row] = []
    for number, clause in enumerate(clauses):
        column = Registered("", targets[number][1], ()).column
        sql = compose(SIBLINGS, dropped=drops.sql, gone=gone, target=f"({clause.sql})", column=column)
        asked = read_frame(scope, sql, **base, **clause.parameters)
        beside += [{"target": number, **row} for row in asked]
    clients: list[Row] = list(read_frame(scope, CLIENTS))
    # What looks imported depends on the weeks of each date, so that it is left out here and not in the query.
    weeks = sorted({week for window in windows for week in window.weeks}, key=lambda week: week.starts_at)
    creations = read_creations(scope, looks[-1].context, Window(tuple(weeks)), numbers)
    return [
        {
            "tickets": _seen(rows, look, number, imported),
            "siblings": _seen(beside, look, number, imported),
            "clients": clients,
        }
        for number, look in enumerate(looks)
        for imported in [_imported_weeks(creations, look, numbers)]
    ]


def _imported_weeks(creations: Sequence[Row], look: Look, numbers: IndicatorThresholds) -> frozenset[str]:
    weeks = {str(row["starts_on"]) for row in look.weeks}
    own = [row for row in creations if str(row["week"]) in weeks]
    spans = {start for start, _ in import_spans(own, numbers)}
    return frozenset(str(row["week"]) for row in own if row["starts_at"] in spans)


def _seen(rows: Sequence[Row], look: Look, number: int, imported: frozenset[str]) -> list[Row]:
    """Rows as one look sees them, those of imported weeks dropped."""
    weeks = {str(row["starts_on"]) for row in look.weeks}
    found: list[Row] = []
    for row in rows:
        week = str(row["week"])
        if week not in weeks:
            continue
        if int(row["gone_look"] or 0) <= number:
            if "dropped" in row:
                found.append({**row, "dropped": "gone"})
            continue
        if week in imported:
            if "dropped" in row:
                found.append({**row, "dropped": row["dropped"] or "import"})
            continue
        found.append(row)
    return found


def _endpoints(scope: MspStore, looks: Sequence[Look], numbers: IndicatorThresholds) -> list[list[Row]]:
    """Endpoints, and those with a successful run within the days asked for, at each look."""
    devices = read_frame(scope, DEVICES)
    instants = [look.instant for look in looks]
    reach = numbers.count("run_days") * SECONDS_A_DAY
    runs = (
        read_frame(
            scope,
            compose(RUNS, look=step("started_at", "look", len(looks))),
            runs_from=instants[0] - reach,
            runs_until=instants[-1],
            **bound("look", instants),
        )
        if devices
        else []
    )
    latest: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in runs:
        key = (str(row["connection_id"]), str(row["device"]))
        latest.setdefault(key, []).append((int(row["look"] or 0), int(row["latest"] or 0)))
    found: list[list[Row]] = []
    year = 364 * SECONDS_A_DAY
    for number, instant in enumerate(instants):
        there = [row for row in devices if _is_there(row, instant)]
        with_run = sum(
            any(
                look <= number and at > instant - reach
                for look, at in latest.get((str(row["connection_id"]), str(row["id"])), ())
            )
            for row in there
        )
        before = sum(_is_there(row, instant - year) for row in devices)
        observed = int(any(int(row["first_seen_at"] or 0) <= instant for row in devices))
        counts: Row = {
            "endpoints": len(there),
            "with_run": with_run,
            "endpoints_before": before,
            "observed": observed,
        }
        found.append([counts])
    return found


def _is_there(row: Row, instant: int) -> bool:
    """A device was looked after at an instant; without a date of its own, from when it was first seen."""
    since = row["installed_at"] if row["installed_at"] is not None else row["first_seen_at"]
    gone = row["gone_at"]
    return row["is_managed"] != 0 and int(since or 0) <= instant and (gone is None or int(gone) > instant)


def automations_at(frames: Frames, context: AnalysisContext) -> list[tuple[int, Registered]]:
    """The automations of a date with the number of their target in the frames."""
    order = {key: number for number, key in enumerate(targets_of(frames["automations"]))}
    known = registered(frames["automations"], to_epoch(context.instant))
    return [
        (order[one.name, one.targets], one)
        for one in known
        if order[one.name, one.targets] < MOST_AUTOMATIONS
    ]
