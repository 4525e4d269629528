"""The counting of 2.1 for many dates in one pass over the promises: what its verdicts rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.coverage import judge_coverage, providers, read_coverage, read_provides
from phasewise.analyzer.indicator import AnalysisContext, Frames, Row
from phasewise.analyzer.indicators.sla_adherence.frames import (
    SOURCE,
    connections_with_deadlines,
    deadline_pieces,
    decided,
    read,
)
from phasewise.analyzer.indicators.sla_adherence.groups import NOT_FIXED, VERDICTS, Groups, groups_of
from phasewise.analyzer.looks import (
    STEP_MASK,
    Look,
    all_weeks,
    bound,
    earlier,
    looks_of,
    pieces,
    read_by_week,
    step,
    step_of_week,
)
from phasewise.analyzer.quality import import_spans, read_creations
from phasewise.analyzer.scope import drop_reason
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import compose
from phasewise.storage.engine import MspStore

# Instants first, then the looks that see them (never before the first look that counts the week), then the
# counting, by few keys: `steps` packs looks, why it is dropped and a verdict that no look changes. Twisted
# tickets come one by one.
PROMISES = """
WITH found AS MATERIALIZED (
  SELECT 0 AS has_deadlines, $columns
  FROM tickets t
  CROSS JOIN sla_results r
  $join_client
  WHERE t.msp_id = :msp_id AND t.opened_at >= :window_starts_at AND t.opened_at < :window_ends_at
    AND r.msp_id = t.msp_id AND r.connection_id = t.connection_id AND r.ticket = t.id
    AND $without_deadline
  UNION ALL
  SELECT 1, $columns
  FROM sla_results r
  LEFT JOIN tickets t ON t.msp_id = r.msp_id AND t.connection_id = r.connection_id AND t.id = r.ticket
  $join_client
  WHERE r.msp_id = :msp_id AND r.due_at >= :window_starts_at AND r.due_at < :window_ends_at
    AND $with_deadline
),
dated AS (
  SELECT found.*,
    CASE WHEN outcome IS NULL THEN $no_verdict WHEN outcome = 'none' THEN $no_promise
         WHEN has_deadlines = 0 AND $expects_deadline THEN $no_deadline ELSE $not_fixed END AS fixed,
    CASE WHEN missed_at IS NOT NULL THEN missed_at
         WHEN outcome = 'missed' THEN COALESCE(closed_at, resolved_at) END AS missed_from,
    CASE WHEN outcome = 'met' OR missed_at IS NOT NULL THEN $stopped_or_answered
         WHEN outcome IN ('running', 'paused') AND status_now NOT IN ($stopped_words) THEN stop_at
         END AS met_from,
    CASE WHEN missed_at IS NULL AND outcome IN ('running', 'missed') THEN due_at END AS late_from,
    $stopped_or_answered AS late_until
  FROM found
)
SELECT client, target, connection_id,
  ((((((CAST($opened_step AS BIGINT) * 64 + ($gone_step)) * 64 + ($missed_step)) * 64 + ($met_step)) * 64
    + ($late_step)) * 64 + CASE WHEN late_from IS NULL THEN :never ELSE $until_step END) * 16 + dropped) * 8
    + fixed AS steps,
  '' AS ticket, '' AS words, 0 AS marks, count(*) AS n
FROM dated
WHERE twisted = 0
GROUP BY 4, 1, 2, 3
UNION ALL
SELECT client, target, connection_id,
  ((((((CAST($opened_step AS BIGINT) * 64 + ($gone_step)) * 64 + ($missed_step)) * 64 + :never) * 64
    + :never) * 64 + :never) * 16 + dropped) * 8 + fixed,
  ticket, outcome || ' ' || COALESCE(status_now, ''),
  (((CAST(CASE WHEN missed_at IS NULL THEN 0 ELSE 1 END AS BIGINT) * 2
    + CASE WHEN COALESCE(resolved_at, closed_at) IS NULL THEN 0 ELSE 1 END) * 64
    + ($answered_step)) * 64 + ($told_step)) * 64 + ($due_step),
  1
FROM dated
WHERE twisted = 1
"""

COLUMNS = """r.connection_id, r.target, COALESCE(t.client, '') AS client, r.ticket, r.outcome,
    r.missed_at, r.due_at, COALESCE(t.opened_at, 0) AS opened_at, t.resolved_at, t.closed_at,
    t.status AS status_now,
    $dropped AS dropped,
    $gone_at AS gone_at,
    CASE WHEN r.target = 'first_response' THEN $answered_at END AS answered_at,
    $stop_at AS stop_at, $is_twisted AS twisted, $told_at AS told_at"""

TICKETS = """
SELECT $gone_step AS gone,
  CASE WHEN EXISTS (
    SELECT 1 FROM sla_results r
    WHERE r.msp_id = t.msp_id AND r.connection_id = t.connection_id AND r.ticket = t.id
      AND (r.outcome IS NULL OR r.outcome <> 'none')
  ) THEN 1 ELSE 0 END AS promised,
  sum(CASE WHEN $dropped = '' THEN 1 ELSE 0 END) AS n
$opened_in_week
GROUP BY 1, 2
"""


def read_each(
    scope: MspStore, contexts: Sequence[AnalysisContext], numbers: IndicatorThresholds
) -> list[Frames]:
    """Count the promises as of many dates.

    Returns:
        In the order of the contexts, what `frames.read` returns, without what is only shown: of `promises`
        the frames `week` and `client`; `tickets` without durations; no names, no oddities. A date that needs
        more (half a year, an imported week) is read by itself.
    """
    looks = looks_of(scope, contexts, numbers, numbers.count("wide_weeks"))
    provides = read_provides(scope)
    windows = [w for look in looks if (w := look.window(numbers.count("window_weeks"))) is not None]
    too_many = len(looks) >= STEP_MASK
    if too_many or len(windows) < len(looks) or not providers(provides, "sla_results"):
        return [read(scope, context, numbers) for context in contexts]
    coverage = read_coverage(scope, contexts[0], ("sla_results", "tickets"))
    creations = read_creations(scope, looks[-1].context, Window(all_weeks(windows)), numbers)
    promises = _promises(scope, looks, windows, provides)
    tickets = _tickets(scope, looks, windows)
    found: dict[date, Frames] = {}
    for number, (look, window) in enumerate(zip(looks, windows, strict=True)):
        mondays = {week.starts_on.isoformat() for week in window.weeks}
        created = [row for row in creations if row["week"] in mondays]
        counted = promises.as_of(number, mondays)
        if import_spans(created, numbers) or _is_wide(look, counted, coverage, numbers):
            found[look.context.as_of] = read(scope, look.context, numbers)
            continue
        found[look.context.as_of] = {
            "weeks": list(look.weeks),
            "provides": provides,
            "coverage": coverage,
            "counted": [{"weeks": len(window.weeks)}],
            "creations": created,
            "oddities": [],
            "promises": counted,
            "tickets": _of_look(tickets, number, mondays),
            "clients": [],
            "technicians": [],
        }
    return [found[context.as_of] for context in contexts]


def _is_wide(
    look: Look, promises: Sequence[Row], coverage: Sequence[Row], numbers: IndicatorThresholds
) -> bool:
    """Whether half a year is read for this date."""
    whole = look.window(numbers.count("wide_weeks"))
    if whole is None or decided(promises) >= numbers["widen_below"]:
        return False
    found = judge_coverage(coverage, "sla_results", whole, numbers, look.context, source=SOURCE)
    return found.reason is None


def _tickets(scope: MspStore, looks: Sequence[Look], windows: Sequence[Window]) -> list[Row]:
    drops = drop_reason(scope, looks[0].context.msp.scope, at_instant=False)
    sql = compose(TICKETS, dropped=drops.sql, **drops.pieces, gone_step=step("t.gone_at", "look", len(looks)))
    steps = bound("look", (look.instant for look in looks))
    return list(read_by_week(scope, sql, looks, windows, **drops.parameters, **steps))


def _of_look(tickets: Sequence[Row], number: int, mondays: set[str]) -> list[Row]:
    """Tickets with and without a promise; their durations are not told."""
    counts = {0: 0, 1: 0}
    for row in tickets:
        if row["week"] in mondays and int(row["gone"] or 0) > number:
            counts[int(row["promised"] or 0)] += int(row["n"] or 0)
    return [
        {"promised": promised, "stopped": 0, "seconds": -3600, "n": n, "unmapped": 0}
        for promised, n in counts.items()
        if n
    ]


def _promises(
    scope: MspStore, looks: Sequence[Look], windows: Sequence[Window], provides: Sequence[Row]
) -> Groups:
    drops = drop_reason(scope, looks[0].context.msp.scope, at_instant=False)
    deadlines = connections_with_deadlines(provides)
    count = len(looks)
    steps = {
        f"{name}_step": step_of_week(column, "look", count)
        for name, column in (
            ("opened", "opened_at"),
            ("gone", "gone_at"),
            ("missed", "missed_from"),
            ("met", "met_from"),
            ("late", "late_from"),
            ("until", "late_until"),
        )
    }
    # What a twisted ticket is followed by is told apart from what was before any look.
    steps |= {f"{name}_step": step(f"{name}_at", "look", count) for name in ("answered", "told", "due")}
    columns = compose(
        COLUMNS,
        dropped=drops.code,
        gone_at=earlier("r.gone_at", "t.gone_at"),
        answered_at=earlier("r.met_at", "t.first_response_at"),
        **pieces(scope),
    )
    sql = compose(
        PROMISES,
        columns=columns,
        **drops.pieces,
        **{verdict: str(VERDICTS.index(verdict)) for verdict in ("no_verdict", "no_promise", "no_deadline")},
        not_fixed=str(NOT_FIXED),
        stopped_or_answered=earlier("stop_at", "answered_at"),
        **deadline_pieces(scope, provides),
        **steps,
    )
    rows = read_by_week(
        scope,
        sql,
        looks,
        windows,
        never=count,
        **bound("look", (look.instant for look in looks)),
        **drops.parameters,
        **deadlines.parameters,
    )
    return groups_of(scope, rows, looks)
