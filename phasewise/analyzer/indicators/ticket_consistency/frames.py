"""The counting of 1.1, in the database: tickets opened, and resolutions with what followed them."""

from __future__ import annotations

from collections.abc import Mapping

from phasewise.analyzer.calendar import Window, read_weeks, window_of
from phasewise.analyzer.coverage import providers, read_coverage, read_provides
from phasewise.analyzer.indicator import AnalysisContext, Frames, Row
from phasewise.analyzer.looks import has_status_events
from phasewise.analyzer.quality import import_spans, read_creations, read_oddities
from phasewise.analyzer.scope import drop_reason
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import WITHOUT_EVENTS, compose
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.types import to_epoch

SOURCE = N_("a ticket system")
DAY = 86_400

# Hours are whole and rounded up: what was done in 30 days to the second counts as within 30 days.
TICKETS = """
WITH opened AS MATERIALIZED (
  SELECT w.starts_on AS week, t.msp_id, t.connection_id, t.id, t.client, t.queue, t.technician, t.project,
    t.type, t.opened_at, t.resolved_at, t.closed_at, t.updated_at, t.reopened_count,
    $dropped AS dropped,
    $state_then AS state,
    CASE WHEN t.client IS NULL THEN 1 ELSE 0 END AS no_client,
    CASE WHEN t.requester IS NULL THEN 1 ELSE 0 END AS no_requester,
    CASE WHEN t.type IS NULL THEN 1 ELSE 0 END AS no_type,
    CASE WHEN t.priority IS NULL THEN 1 ELSE 0 END AS no_priority,
    CASE WHEN t.technician IS NULL THEN 1 ELSE 0 END AS no_owner,
    $changes_then AS changes
  $opened_in_window
),
lived AS MATERIALIZED (
  SELECT t.week, t.connection_id, t.client, t.queue, t.technician, t.dropped,
    t.no_client, t.no_requester, t.no_type, t.no_priority, t.no_owner,
    CASE WHEN t.changes < :status_events THEN 1 ELSE 0 END AS no_history,
    CASE WHEN t.changes > 0 THEN 1 ELSE 0 END AS has_events,
    CASE WHEN t.no_client + t.no_requester + t.no_type + t.no_priority + t.no_owner = 0
           AND t.changes >= :status_events THEN 1 ELSE 0 END AS complete,
    CASE WHEN t.state = 'other' THEN 1 ELSE 0 END AS unmapped,
    CASE WHEN t.state IN ($stopped_words) THEN 1 ELSE 0 END AS stopped,
    CASE WHEN t.state IN ($stopped_words) AND t.reopened_count > 0 THEN 1 ELSE 0 END AS flagged,
    CASE WHEN t.project IS NULL AND COALESCE(t.type, '') NOT IN ('change', 'task') THEN 1 ELSE 0 END
      AS unplanned,
    CASE WHEN t.state IN ($stopped_words) THEN $stopped_then ELSE :instant END - t.opened_at AS seconds
  FROM opened t
)
SELECT 'week' AS frame, week AS key, connection_id, dropped, 0 AS stopped, 0 AS seconds, count(*) AS n,
  sum(complete) AS complete, sum(no_client) AS no_client, sum(no_requester) AS no_requester,
  sum(no_type) AS no_type, sum(no_priority) AS no_priority, sum(no_owner) AS no_owner,
  sum(no_history) AS no_history, sum(has_events) AS has_events, sum(unmapped) AS unmapped,
  sum(stopped) AS done, sum(flagged) AS flagged, sum(1 - unplanned) AS planned
FROM lived GROUP BY week, connection_id, dropped
UNION ALL
SELECT 'client', COALESCE(client, ''), connection_id, '', 0, 0, count(*), sum(complete),
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM lived WHERE dropped = '' GROUP BY client, connection_id
UNION ALL
SELECT 'queue', COALESCE(queue, ''), connection_id, '', 0, 0, count(*), sum(complete),
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM lived WHERE dropped = '' GROUP BY queue, connection_id
UNION ALL
SELECT 'technician', COALESCE(technician, ''), connection_id, '', 0, 0, count(*), sum(complete),
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM lived WHERE dropped = '' GROUP BY technician, connection_id
UNION ALL
SELECT 'duration', '', connection_id, '', stopped,
  CASE WHEN seconds < 0 THEN -3600 ELSE seconds + 3599 - (seconds + 3599) % 3600 END, count(*),
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM lived WHERE dropped = '' AND unplanned = 1
GROUP BY connection_id, stopped,
  CASE WHEN seconds < 0 THEN -3600 ELSE seconds + 3599 - (seconds + 3599) % 3600 END
"""

# A resolution is a status event from a state that runs into resolved or closed; closing what is resolved is
# none. The sign before r.at keeps SQLite from looking through all events of two weeks in place of the few of
# the ticket. `followed`: long enough ago that a reopening within the time would be known. The next ticket of
# the same requester and category is found by a window, latest first: a join would leave it to the planner,
# and Postgres, which cannot guess the size of `found`, compares every resolution with every ticket.
RESOLUTIONS = """
WITH known AS MATERIALIZED (
  SELECT t.connection_id, t.requester, t.category, t.opened_at
  FROM tickets t
  WHERE t.msp_id = :msp_id AND t.opened_at > :window_starts_at AND t.opened_at <= :instant
    AND t.requester IS NOT NULL AND t.category IS NOT NULL
),
found AS MATERIALIZED (
  SELECT w.starts_on AS week, t.connection_id, t.client, t.queue, t.technician, t.requester, t.category,
    e.at,
    $dropped AS dropped,
    COALESCE(
      e.from_value,
      (
        SELECT p.to_value FROM ticket_events p
        WHERE p.msp_id = e.msp_id AND p.connection_id = e.connection_id AND p.ticket = e.ticket
          AND p.kind = 'status' AND p.at < e.at
        ORDER BY p.at DESC, length(p.id) DESC, p.id DESC
        LIMIT 1
      ),
      'new'
    ) AS before,
    CASE WHEN EXISTS (
      SELECT 1 FROM ticket_events r
      WHERE r.msp_id = e.msp_id AND r.connection_id = e.connection_id AND r.ticket = e.ticket
        AND r.kind = 'status'
        AND +r.at > e.at AND +r.at <= e.at + :reopen_seconds AND +r.at <= :instant
        AND r.to_value IN ('new', 'in_progress', 'waiting')
    ) THEN 1 ELSE 0 END AS reopened
  FROM weeks w
  CROSS JOIN ticket_events e
  LEFT JOIN tickets t ON t.msp_id = e.msp_id AND t.connection_id = e.connection_id AND t.id = e.ticket
  $join_client
  WHERE w.msp_id = :msp_id AND e.msp_id = :msp_id
    AND w.starts_at >= :window_starts_at AND w.ends_at <= :window_ends_at
    AND e.at >= w.starts_at AND e.at < w.ends_at
    AND e.kind = 'status' AND e.to_value IN ('resolved', 'closed')
    AND (e.from_value IS NULL OR e.from_value NOT IN ($stopped_words))
),
steps AS (
  SELECT connection_id, requester, category, at, 0 AS is_opening, week, client, queue, technician, dropped,
    before, reopened
  FROM found
  UNION ALL
  SELECT connection_id, requester, category, opened_at, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM known
),
followed_by AS (
  SELECT connection_id, at, is_opening, week, client, queue, technician, dropped, before, reopened,
    MIN(CASE WHEN is_opening = 1 THEN at END) OVER (
      PARTITION BY connection_id, requester, category ORDER BY at DESC, is_opening ROWS UNBOUNDED PRECEDING
    ) AS next_opened_at
  FROM steps
),
resolutions AS MATERIALIZED (
  SELECT week, connection_id, client, queue, technician, dropped, reopened,
    CASE WHEN at <= :instant - :reopen_seconds THEN 1 ELSE 0 END AS followed,
    CASE WHEN reopened = 1 OR next_opened_at <= at + :again_seconds THEN 1 ELSE 0 END AS again
  FROM followed_by
  WHERE is_opening = 0 AND before NOT IN ($stopped_words)
)
SELECT 'week' AS frame, week AS key, connection_id, dropped, count(*) AS n, sum(followed) AS followed,
  sum(followed * reopened) AS reopened, sum(followed * again) AS again
FROM resolutions GROUP BY week, connection_id, dropped
UNION ALL
SELECT 'client', COALESCE(client, ''), connection_id, '', count(*), sum(followed), sum(followed * reopened),
  sum(followed * again)
FROM resolutions WHERE dropped = '' GROUP BY client, connection_id
UNION ALL
SELECT 'queue', COALESCE(queue, ''), connection_id, '', count(*), sum(followed), sum(followed * reopened),
  sum(followed * again)
FROM resolutions WHERE dropped = '' GROUP BY queue, connection_id
UNION ALL
SELECT 'technician', COALESCE(technician, ''), connection_id, '', count(*), sum(followed),
  sum(followed * reopened), sum(followed * again)
FROM resolutions WHERE dropped = '' GROUP BY technician, connection_id
"""

CLIENTS = "SELECT connection_id, id, name FROM clients WHERE msp_id = :msp_id"
TECHNICIANS = "SELECT connection_id, id, name FROM technicians WHERE msp_id = :msp_id"


def read(scope: MspStore, context: AnalysisContext, numbers: IndicatorThresholds) -> Frames:
    """Count the tickets opened, and the resolutions, of the latest 13 weeks.

    Returns:
        weeks: the weeks counted, of `calendar.read_weeks`.
        provides, coverage: of `coverage.py`.
        creations, oddities: of `quality.py`.
        tickets: those opened in the weeks. One row per (frame, key, connection_id, dropped, stopped,
            seconds) with n. Frames: `week` (key: its Monday; with what was dropped and why): complete;
            no_client … no_history (a field is missing, fewer than two status events); has_events (any status
            event); unmapped (in a state nobody has mapped); done (has stopped); flagged (of those, its
            reopened_count is above 0 now); planned (of a project, a change or a task). `client`, `queue`,
            `technician` (key): complete. `duration`, without planned work: seconds from opening until it
            stopped (stopped 1) or the instant (0), in whole hours, -3600 where it stopped before it was
            opened.
        resolutions: those that happened in the weeks. One row per (frame, key, connection_id, dropped) with
            n; followed (at least 14 days before the instant), and of those reopened (within 14 days) and
            again (reopened, or the same requester with the same category within 7 days).
        clients, technicians: connection_id, id, name.
        Only weeks and provides where there is nothing to count.
    """
    weeks = read_weeks(scope, context, numbers.count("settle_days"), numbers.count("window_weeks"))
    provides = read_provides(scope)
    frames: dict[str, list[Row]] = {"weeks": weeks, "provides": provides}
    window = window_of(weeks)
    if window is None or not providers(provides, "tickets"):
        return frames
    creations = read_creations(scope, context, window, numbers)
    drops = drop_reason(scope, context.msp.scope, import_spans(creations, numbers))
    bound = {**_bound(context, window), **drops.parameters}
    has_events = has_status_events(scope)
    then = {} if has_events else WITHOUT_EVENTS
    return {
        **frames,
        "coverage": read_coverage(scope, context, ("tickets", "ticket_events")),
        "creations": creations,
        "oddities": read_oddities(scope, window, numbers),
        "tickets": read_frame(
            scope,
            compose(TICKETS, dropped=drops.sql, **drops.pieces, **then),
            status_events=numbers.count("status_events"),
            **bound,
        ),
        "resolutions": read_frame(
            scope,
            compose(RESOLUTIONS, dropped=drops.sql, **drops.pieces),
            reopen_seconds=numbers.count("reopen_days") * DAY,
            again_seconds=numbers.count("again_days") * DAY,
            **bound,
        )
        if has_events
        else [],
        "clients": read_frame(scope, CLIENTS),
        "technicians": read_frame(scope, TECHNICIANS),
    }


def _bound(context: AnalysisContext, window: Window) -> Mapping[str, int]:
    return {
        "instant": to_epoch(context.instant),
        "window_starts_at": window.starts_at,
        "window_ends_at": window.ends_at,
    }
