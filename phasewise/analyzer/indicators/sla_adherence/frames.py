"""The counting of 2.1, in the database: what became of every promise of the window, as of the instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from phasewise.analyzer.calendar import Window, read_weeks, window_of
from phasewise.analyzer.coverage import judge_coverage, providers, read_coverage, read_provides
from phasewise.analyzer.indicator import AnalysisContext, Frames, Row
from phasewise.analyzer.looks import has_status_events
from phasewise.analyzer.quality import import_spans, read_creations, read_oddities
from phasewise.analyzer.scope import Clause, drop_reason
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import WITHOUT_EVENTS, compose
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.types import to_epoch

SOURCE = N_("SLA results of a ticket system")
"""What would decide the indicator where nothing gives it."""

# A promise belongs to the week of its deadline where its source gives deadlines, else to the week in which
# its ticket was opened. What is null or later than the instant was not known then.
JUDGED = """
WITH found AS MATERIALIZED (
  SELECT w.starts_on AS week, r.connection_id, r.id AS sla_result, r.target, r.outcome, r.missed_at,
    r.met_at, r.due_at, r.elapsed_minutes, r.paused_minutes, 0 AS has_deadlines,
    t.client, t.queue, t.technician, t.first_priority, t.first_response_at, t.first_response_by,
    t.resolved_at, t.closed_at, t.status AS status_now,
    CASE WHEN r.gone_at <= :instant THEN 'gone' ELSE $dropped END AS dropped,
    CASE WHEN r.missed_at <= :instant THEN '' ELSE $state_then END AS state,
    $ever_waited AS waited
  FROM weeks w
  CROSS JOIN tickets t
  CROSS JOIN sla_results r
  $join_client
  WHERE w.msp_id = :msp_id AND t.msp_id = :msp_id
    AND w.starts_at >= :window_starts_at AND w.ends_at <= :window_ends_at
    AND t.opened_at >= w.starts_at AND t.opened_at < w.ends_at
    AND r.msp_id = t.msp_id AND r.connection_id = t.connection_id AND r.ticket = t.id
    AND $without_deadline
  UNION ALL
  SELECT w.starts_on, r.connection_id, r.id, r.target, r.outcome, r.missed_at, r.met_at, r.due_at,
    r.elapsed_minutes, r.paused_minutes, 1,
    t.client, t.queue, t.technician, t.first_priority, t.first_response_at, t.first_response_by,
    t.resolved_at, t.closed_at, t.status,
    CASE WHEN r.gone_at <= :instant THEN 'gone' ELSE $dropped END,
    CASE WHEN r.missed_at <= :instant THEN '' ELSE $state_then END,
    $ever_waited
  FROM weeks w
  CROSS JOIN sla_results r
  LEFT JOIN tickets t ON t.msp_id = r.msp_id AND t.connection_id = r.connection_id AND t.id = r.ticket
  $join_client
  WHERE w.msp_id = :msp_id AND r.msp_id = :msp_id
    AND w.starts_at >= :window_starts_at AND w.ends_at <= :window_ends_at
    AND r.due_at >= w.starts_at AND r.due_at < w.ends_at
    AND $with_deadline
),
stood AS (
  SELECT found.*,
    CASE WHEN state IN ($stopped_words) THEN 1 ELSE 0 END AS stopped,
    CASE WHEN target = 'first_response' AND (met_at <= :instant OR first_response_at <= :instant) THEN 1
         ELSE 0 END AS answered
  FROM found
),
judged AS MATERIALIZED (
  SELECT week, connection_id, sla_result, target, client, queue, technician, first_priority,
    first_response_by, waited, elapsed_minutes, paused_minutes, dropped,
    CASE
      WHEN outcome IS NULL THEN 'no_verdict'
      WHEN outcome = 'none' THEN 'no_promise'
      WHEN has_deadlines = 0 AND $expects_deadline THEN 'no_deadline'
      WHEN missed_at <= :instant THEN 'missed'
      -- Only a final flag tells of this miss: it was known once the ticket was closed.
      WHEN outcome = 'missed' AND missed_at IS NULL AND COALESCE(closed_at, resolved_at) <= :instant
        THEN 'missed'
      WHEN stopped + answered > 0 AND (outcome = 'met' OR missed_at IS NOT NULL) THEN 'met'
      -- Stopped by then without a miss, and opened again since: that is why it is running now.
      WHEN stopped = 1 AND outcome IN ('running', 'paused') AND status_now NOT IN ($stopped_words) THEN 'met'
      WHEN stopped + answered = 0 AND due_at <= :instant AND missed_at IS NULL
        AND outcome IN ('running', 'missed') THEN 'missed'
      WHEN state = 'other' THEN 'unmapped'
      ELSE 'running'
    END AS verdict
  FROM stood
)
"""
"""`judged`: what became of every promise of the window as of the instant, one row each."""

# SQLite sorts for every GROUP BY: the keys with few values share one, and Python adds up what each needs.
PROMISES = (
    JUDGED
    + """
SELECT 'cell' AS frame, target, week AS key, '' AS connection_id, dropped, verdict,
  COALESCE(first_priority, '') AS first_priority, waited, COALESCE(first_response_by, '') AS responder,
  count(*) AS n,
  sum(CASE WHEN elapsed_minutes IS NOT NULL THEN paused_minutes END) AS paused,
  sum(CASE WHEN paused_minutes IS NOT NULL THEN elapsed_minutes END) AS elapsed
FROM judged GROUP BY target, week, dropped, verdict, first_priority, waited, first_response_by
UNION ALL
SELECT 'client', target, COALESCE(client, ''), connection_id, '', verdict, '', 0, '', count(*), 0, 0
FROM judged WHERE dropped = '' GROUP BY target, client, connection_id, verdict
UNION ALL
SELECT 'queue', target, COALESCE(queue, ''), '', '', verdict, '', 0, '', count(*), 0, 0
FROM judged WHERE dropped = '' GROUP BY target, queue, verdict
UNION ALL
SELECT 'technician', target, COALESCE(technician, ''), connection_id, '', verdict, '', 0, '', count(*), 0, 0
FROM judged WHERE dropped = '' GROUP BY target, technician, connection_id, verdict
"""
)

# Hours are whole and rounded up: what was done in 8 hours to the second counts as within 8 hours.
TICKETS = """
WITH opened AS MATERIALIZED (
  SELECT t.msp_id, t.connection_id, t.id, t.opened_at, t.resolved_at, t.closed_at, t.updated_at,
    $dropped AS dropped,
    $state_then AS state,
    CASE WHEN EXISTS (
      SELECT 1 FROM sla_results r
      WHERE r.msp_id = t.msp_id AND r.connection_id = t.connection_id AND r.ticket = t.id
        AND (r.outcome IS NULL OR r.outcome <> 'none')
    ) THEN 1 ELSE 0 END AS promised
  $opened_in_window
),
lived AS (
  SELECT t.promised, t.state,
    CASE WHEN t.state IN ($stopped_words) THEN 1 ELSE 0 END AS stopped,
    CASE WHEN t.state IN ($stopped_words) THEN $stopped_then ELSE :instant END - t.opened_at AS seconds
  FROM opened t
  WHERE t.dropped = ''
)
SELECT promised, stopped,
  CASE WHEN seconds < 0 THEN -3600 ELSE seconds + 3599 - (seconds + 3599) % 3600 END AS seconds,
  count(*) AS n, sum(CASE WHEN state = 'other' THEN 1 ELSE 0 END) AS unmapped
FROM lived
GROUP BY promised, stopped,
  CASE WHEN seconds < 0 THEN -3600 ELSE seconds + 3599 - (seconds + 3599) % 3600 END
"""

UNDUE = "SELECT 1 AS found FROM sla_results WHERE msp_id = :msp_id AND due_at IS NULL LIMIT 1"
CLIENTS = "SELECT connection_id, id, name FROM clients WHERE msp_id = :msp_id"
TECHNICIANS = "SELECT connection_id, id, name FROM technicians WHERE msp_id = :msp_id"


def read(scope: MspStore, context: AnalysisContext, numbers: IndicatorThresholds) -> Frames:
    """Count the promises of the latest 13 weeks, or of 26 where 13 hold too few to tell.

    Returns:
        weeks: the 26 latest whole weeks, of `calendar.read_weeks`.
        counted: one row: weeks (how many of the latest were counted).
        provides, coverage: of `coverage.py`.
        creations, oddities: of `quality.py`, for the weeks counted.
        promises: one row per (frame, target, key, connection_id, dropped, verdict) with n, paused and elapsed
            (minutes). Frames: `week` (key: its Monday; with what was dropped and why), and of those not
            dropped `client`, `queue`, `technician`, `first_priority`, `waited` (yes, no), `responder`.
            Verdicts: met, missed, running, unmapped (running, in a state nobody has mapped), no_verdict,
            no_promise, no_deadline.
        tickets: of those opened in the weeks counted and not dropped, one row per (promised, stopped,
            seconds): seconds from opening until they stopped or the instant, rounded up to whole hours,
            -3600 for a ticket that stopped before it was opened; n; unmapped (in a state nobody has mapped).
        clients, technicians: connection_id, id, name.
        Only weeks and provides where there is nothing to count.
    """
    wide = numbers.count("wide_weeks")
    weeks = read_weeks(scope, context, numbers.count("settle_days"), wide)
    provides = read_provides(scope)
    frames: dict[str, list[Row]] = {"weeks": weeks, "provides": provides}
    whole = window_of(weeks)
    if whole is None or not providers(provides, "sla_results"):
        return frames
    frames["coverage"] = read_coverage(scope, context, ("sla_results", "tickets"))
    usual = numbers.count("window_weeks")
    count = usual
    promises = _promises(scope, context, numbers, whole.last(usual), provides)
    if decided(promises) < numbers["widen_below"] and _is_covered(frames, whole, numbers, context):
        count = len(whole.weeks)
        promises = _promises(scope, context, numbers, whole, provides)
    window = whole.last(count)
    creations = read_creations(scope, context, window, numbers)
    drops = drop_reason(scope, context.msp.scope, import_spans(creations, numbers))
    return {
        **frames,
        "counted": [{"weeks": count}],
        "creations": creations,
        "oddities": read_oddities(scope, window, numbers),
        "promises": promises,
        "tickets": read_frame(
            scope,
            compose(TICKETS, dropped=drops.sql, **drops.pieces, **_then(scope)),
            **_bound(context, window),
            **drops.parameters,
        ),
        "clients": read_frame(scope, CLIENTS),
        "technicians": read_frame(scope, TECHNICIANS),
    }


def _promises(
    scope: MspStore,
    context: AnalysisContext,
    numbers: IndicatorThresholds,
    window: Window,
    provides: Iterable[Row],
) -> list[Row]:
    query = judged(scope, context, numbers, window, provides, PROMISES)
    return _unfolded(read_frame(scope, query.sql, **query.parameters))


_COLUMNS = ("frame", "target", "key", "connection_id", "dropped", "verdict", "n", "paused", "elapsed")


def _unfolded(rows: Iterable[Row]) -> list[Row]:
    """Frames `week`, `first_priority`, `waited` and `responder` out of the cells; the others added up."""
    found: dict[tuple[str, ...], dict[str, int | str | None]] = {}
    others: dict[tuple[str, ...], dict[str, int | str | None]] = {}
    for row in rows:
        if row["frame"] != "cell":
            _add(others, row, str(row["frame"]), str(row["key"]))
            continue
        _add(found, row, "week", str(row["key"]), str(row["dropped"]))
        if not row["dropped"]:
            _add(found, row, "first_priority", str(row["first_priority"]))
            _add(found, row, "waited", "yes" if row["waited"] else "no")
            if row["target"] == "first_response":
                _add(found, row, "responder", str(row["responder"]))
    return [*(found[key] for key in sorted(found)), *(others[key] for key in sorted(others))]


def _add(
    found: dict[tuple[str, ...], dict[str, int | str | None]],
    row: Row,
    frame: str,
    key: str,
    dropped: str = "",
) -> None:
    names = (frame, str(row["target"]), key, str(row["connection_id"]), dropped, str(row["verdict"]))
    sums = found.setdefault(names, dict(zip(_COLUMNS, (*names, 0, 0, 0), strict=True)))
    for column in ("n", "paused", "elapsed"):
        sums[column] = int(sums[column] or 0) + int(row[column] or 0)


def judged(
    scope: MspStore,
    context: AnalysisContext,
    numbers: IndicatorThresholds,
    window: Window,
    provides: Iterable[Row],
    template: str,
) -> Clause:
    """A query on `judged` with everything bound.

    Args:
        scope: the MSP's store.
        context: for the instant and the scope.
        numbers: for what looks imported.
        window: the weeks counted.
        provides: of `coverage.read_provides`.
        template: JUDGED, and a SELECT on it.
    """
    creations = read_creations(scope, context, window, numbers)
    drops = drop_reason(scope, context.msp.scope, import_spans(creations, numbers))
    deadlines = connections_with_deadlines(provides)
    sql = compose(
        template,
        dropped=drops.sql,
        **drops.pieces,
        **_then(scope),
        **deadline_pieces(scope, provides),
    )
    return Clause(sql, {**_bound(context, window), **drops.parameters, **deadlines.parameters})


def _then(scope: MspStore) -> Mapping[str, str]:
    return {} if has_status_events(scope) else WITHOUT_EVENTS


def deadline_pieces(scope: MspStore, provides: Iterable[Row]) -> dict[str, str]:
    """Which promises are found by their deadline and which by the opening of their ticket, as SQL."""
    rows = list(provides)
    with_deadline = connections_with_deadlines(rows).sql
    without = f"(NOT ({with_deadline}) OR r.due_at IS NULL)"
    if providers(rows, "sla_results") == providers(rows, "sla_results.due_at") and not read_frame(
        scope, UNDUE
    ):
        without = "1 = 0"  # every promise has its deadline: nobody has to look through the tickets for others
    return {
        "with_deadline": with_deadline,
        "without_deadline": without,
        "expects_deadline": with_deadline.replace("r.connection_id", "connection_id"),
    }


def connections_with_deadlines(provides: Iterable[Row]) -> Clause:
    """SQL that says of an SLA result `r` whether its connection gives deadlines."""
    names = {
        f"deadlines_{i}": name for i, name in enumerate(sorted(providers(provides, "sla_results.due_at")))
    }
    if not names:
        return Clause("1 = 0", {})
    return Clause(f"r.connection_id IN ({', '.join(f':{name}' for name in names)})", names)


def _bound(context: AnalysisContext, window: Window) -> Mapping[str, int]:
    return {
        "instant": to_epoch(context.instant),
        "window_starts_at": window.starts_at,
        "window_ends_at": window.ends_at,
    }


def decided(promises: Iterable[Row]) -> int:
    """Promises of the window that are met or missed."""
    return sum(
        int(row["n"] or 0)
        for row in promises
        if row["frame"] == "week" and not row["dropped"] and row["verdict"] in {"met", "missed"}
    )


def _is_covered(
    frames: Mapping[str, list[Row]], window: Window, numbers: IndicatorThresholds, context: AnalysisContext
) -> bool:
    covered = judge_coverage(frames["coverage"], "sla_results", window, numbers, context, source=SOURCE)
    return covered.reason is None
