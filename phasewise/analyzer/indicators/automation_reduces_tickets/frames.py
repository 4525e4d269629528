"""The counting of 2.3, in the database: weeks of tickets inside and beside the targets, endpoints, runs.

One pass serves many dates: rows are counted by the look from which they are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from phasewise.analyzer.calendar import window_of
from phasewise.analyzer.coverage import providers, read_coverage, read_provides
from phasewise.analyzer.indicator import AnalysisContext, Frames, Row
from phasewise.analyzer.indicators.automation_reduces_tickets.counted import (
    MOST_AUTOMATIONS,
    NO_SIBLINGS,
    NO_TICKETS,
    TICKETS,
    beside,
    count,
    every_ticket,
    imported_weeks,
    siblings_at,
    tickets_at,
)
from phasewise.analyzer.indicators.automation_reduces_tickets.endpoints import read_endpoints
from phasewise.analyzer.indicators.automation_reduces_tickets.registered import (
    Registered,
    predicate,
    registered,
    targets_of,
)
from phasewise.analyzer.looks import Look, all_weeks, bound, looks_of, step
from phasewise.analyzer.scope import drop_reason
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import compose
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.types import to_epoch

AUTOMATIONS = """
SELECT connection_id, id, name, targets, clients, went_live_at, ended_at, registered_at, gone_at
FROM automations
WHERE msp_id = :msp_id
"""

CLIENTS = "SELECT connection_id, id, name FROM clients WHERE msp_id = :msp_id"

ALERTS = """
SELECT COALESCE(resolved_by, '') AS resolved_by, count(*) AS n
FROM alerts
WHERE msp_id = :msp_id AND raised_at >= :window_starts_at AND raised_at < :window_ends_at
  AND (gone_at IS NULL OR gone_at > :instant)
GROUP BY 1
"""


def read(scope: MspStore, context: AnalysisContext, numbers: IndicatorThresholds) -> Frames:
    """Count for one date; frames as of `read_each`, with alerts beside.

    Returns:
        Beside those of `read_each`: alerts (of the latest 13 weeks): resolved_by ('' = not said), n.
    """
    return read_shown(scope, next(iter(read_each(scope, [context], numbers))), context, numbers)


def read_shown(
    scope: MspStore, frames: Frames, context: AnalysisContext, numbers: IndicatorThresholds
) -> Frames:
    """Frames of `read_each` with what is only shown: those of `read`."""
    window = window_of(frames["weeks"])
    if window is None or not providers(frames["provides"], "alerts"):
        return frames
    quarter = window.last(numbers.count("window_weeks"))
    alerts = read_frame(
        scope,
        ALERTS,
        window_starts_at=quarter.starts_at,
        window_ends_at=quarter.ends_at,
        instant=to_epoch(context.instant),
    )
    return {**frames, "alerts": alerts}


def read_each(
    scope: MspStore, contexts: Sequence[AnalysisContext], numbers: IndicatorThresholds
) -> Iterable[Frames]:
    """Count for many dates in one pass.

    Returns:
        For each date, made when it is asked for: weeks (the latest 156, of `calendar.read_weeks`); provides,
        coverage (of `coverage.py`, for tickets, devices, automation_runs); automations (the register, one row
        a registration); tickets: week, connection_id, client, dropped, inside (bits, one per target in the
        order of `targets_of`), reactive (0/1), n; siblings, of reactive tickets that are not dropped: column
        (one of `registered.FINEST`), week, connection_id, client, category (what the column says), inside, n;
        clients: connection_id, id, name; endpoints: of `endpoints.py`. Without registered automations
        tickets, siblings and clients are empty; the first two are held by column.
    """
    looks = looks_of(scope, contexts, numbers, numbers.count("read_weeks"))
    automations = read_frame(scope, AUTOMATIONS)
    automations.sort(key=lambda row: (str(row["connection_id"]), str(row["id"])))
    provides = read_provides(scope)
    tickets = _tickets(scope, looks, automations, numbers)
    endpoints = read_endpoints(scope, [look.instant for look in looks], numbers)
    coverage = read_coverage(scope, contexts[0], ("tickets", "devices", "automation_runs"))
    places = {id(look.context): number for number, look in enumerate(looks)}

    def at(number: int) -> Frames:
        return {
            "weeks": looks[number].weeks,
            "provides": provides,
            "coverage": coverage,
            "automations": automations,
            **tickets(number),
            "endpoints": endpoints[number],
        }

    return (at(places[id(context)]) for context in contexts)


def _tickets(
    scope: MspStore, looks: Sequence[Look], automations: Sequence[Row], numbers: IndicatorThresholds
) -> Callable[[int], Frames]:
    """What counts the tickets as of the look of a number."""
    targets = targets_of(automations)[:MOST_AUTOMATIONS]
    windows = [window for look in looks if (window := window_of(look.weeks))]
    if not targets or not windows:
        return lambda _: {"tickets": NO_TICKETS, "siblings": NO_SIBLINGS, "clients": []}
    drops = drop_reason(scope, looks[-1].context.msp.scope, at_instant=False)
    clauses = [predicate(target, f"target{number}") for number, (_, target) in enumerate(targets)]
    pieces = {
        **drops.pieces,
        "dropped": drops.code,
        "gone": step("t.gone_at", "gone", len(looks)),
        "targets": " + ".join(f"{2**number} * ({clause.sql})" for number, clause in enumerate(clauses)),
    }
    values = {**drops.parameters, **bound("gone", [look.instant for look in looks])}
    values |= {name: value for clause in clauses for name, value in clause.parameters.items()}
    counted = {
        column: count(scope, compose(TICKETS, column=column, **pieces), all_weeks(windows), values)
        for column in sorted({Registered("", target, ()).column for _, target in targets})
    }
    first = next(iter(counted.values()))
    tickets, siblings = every_ticket(first), beside(counted)
    clients: list[Row] = list(read_frame(scope, CLIENTS))

    def at(number: int) -> Frames:
        # What looks imported depends on the weeks of each date, so that it is left out here and not in SQL.
        imported = imported_weeks(first.creations, looks[number], numbers)
        return {
            "tickets": tickets_at(tickets, looks[number], number, imported),
            "siblings": siblings_at(siblings, looks[number], number, imported),
            "clients": clients,
        }

    return at


def automations_at(frames: Frames, context: AnalysisContext) -> list[tuple[int, Registered]]:
    """The automations of a date with the number of their target in the frames."""
    order = {key: number for number, key in enumerate(targets_of(frames["automations"]))}
    known = registered(frames["automations"], to_epoch(context.instant))
    return [
        (order[one.name, one.targets], one)
        for one in known
        if order[one.name, one.targets] < MOST_AUTOMATIONS
    ]
