"""The counting of 1.1 for many dates in one pass over tickets and events: what its verdicts rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.coverage import providers, read_coverage, read_provides
from phasewise.analyzer.indicator import AnalysisContext, Frames, Row
from phasewise.analyzer.indicators.ticket_consistency.frames import DAY, read
from phasewise.analyzer.indicators.ticket_consistency.grouped import HOUR, Counted, counted
from phasewise.analyzer.looks import (
    STEP_MASK,
    Look,
    all_weeks,
    bound,
    looks_of,
    pieces,
    read_by_week,
    step_of_week,
)
from phasewise.analyzer.quality import import_spans, read_creations
from phasewise.analyzer.scope import drop_reason
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import compose
from phasewise.storage.engine import MspStore

# `seconds` is how long a ticket took, as known at every look from `stop_at` on. Where that would change from
# look to look (resolved_at later than the event that says so, several resolutions), the ticket is `alone` and
# comes by itself. Times beyond :longest count as one: the curve is asked for no more. `marks` packs looks and
# flags. Looks are those that count the week.
TICKETS = """
WITH found AS MATERIALIZED (
  SELECT t.connection_id, t.id AS ticket, t.status AS status_now, t.opened_at, t.resolved_at, t.closed_at,
    t.updated_at, t.gone_at,
    $dropped AS dropped,
    CASE WHEN t.client IS NULL THEN 16 ELSE 0 END + CASE WHEN t.requester IS NULL THEN 8 ELSE 0 END
      + CASE WHEN t.type IS NULL THEN 4 ELSE 0 END + CASE WHEN t.priority IS NULL THEN 2 ELSE 0 END
      + CASE WHEN t.technician IS NULL THEN 1 ELSE 0 END AS missing,
    CASE WHEN t.reopened_count > 0 THEN 1 ELSE 0 END AS flagged,
    CASE WHEN t.project IS NULL AND COALESCE(t.type, '') NOT IN ('change', 'task') THEN 0 ELSE 1 END
      AS planned,
    $first_at AS first_event_at, $enough_at AS enough_at, $stop_at AS stop_at, $is_twisted AS twisted,
    $resolutions AS resolutions, $stops AS stops, $resolved_event AS resolved_event
  $opened_in_week
),
dated AS (
  SELECT found.*,
    CASE
      WHEN twisted = 1 THEN 1
      WHEN stop_at IS NULL THEN 0
      WHEN resolved_at IS NOT NULL THEN CASE WHEN resolved_at <= stop_at THEN 0 ELSE 1 END
      WHEN resolutions > 0 THEN CASE WHEN resolutions = 1 AND resolved_event = stop_at THEN 0 ELSE 1 END
      WHEN closed_at IS NOT NULL THEN CASE WHEN closed_at <= stop_at THEN 0 ELSE 1 END
      WHEN stops > 1 THEN 1
      ELSE 0
    END AS alone,
    COALESCE(resolved_at, CASE WHEN resolutions > 0 THEN resolved_event END, closed_at, stop_at) - opened_at
      AS seconds
  FROM found
),
seen AS MATERIALIZED (
  SELECT connection_id, dropped, alone, planned, opened_at, status_now, resolved_at, closed_at, updated_at,
    ticket, $gone_step AS gone, $stop_step AS stopped,
    CASE WHEN seconds < 0 THEN -3600 WHEN seconds > :longest THEN :longest
         ELSE seconds + 3599 - (seconds + 3599) % 3600 END AS seconds,
    ((($first_step) * 64 + ($enough_step)) * 32 + missing) * 4 + flagged * 2 + planned AS marks
  FROM dated
)
SELECT 'week' AS frame, connection_id, dropped, gone, marks, stopped, 0 AS seconds, '' AS ticket,
  '' AS status_now, 0 AS own_opened_at, CAST(NULL AS BIGINT) AS own_resolved_at,
  CAST(NULL AS BIGINT) AS own_closed_at, CAST(NULL AS BIGINT) AS own_updated_at, count(*) AS n
FROM seen WHERE alone = 0
GROUP BY marks, stopped, gone, dropped, connection_id
UNION ALL
SELECT 'week', connection_id, dropped, gone, marks, :never, 0, ticket, COALESCE(status_now, ''), opened_at,
  resolved_at, closed_at, updated_at, 1
FROM seen WHERE alone = 1
UNION ALL
SELECT 'closed', connection_id, 0, gone, 0, stopped, seconds, '', '', 0, NULL, NULL, NULL, count(*)
FROM seen WHERE dropped = 0 AND planned = 0 AND alone = 0 AND stopped < :never
GROUP BY seconds, stopped, gone, connection_id
UNION ALL
SELECT 'open', connection_id, 0, gone, 0, stopped,
  opened_at - :remainder - (opened_at - :remainder) % 3600, '', '', 0, NULL, NULL, NULL, count(*)
FROM seen WHERE dropped = 0 AND planned = 0 AND alone = 0 AND stopped > :first
GROUP BY gone, stopped, opened_at - :remainder - (opened_at - :remainder) % 3600, connection_id
"""

RESOLUTIONS = """
WITH found AS MATERIALIZED (
  SELECT e.connection_id, t.gone_at, e.at + :reopen_seconds AS followed_at,
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
        AND r.kind = 'status' AND +r.at > e.at AND +r.at <= e.at + :reopen_seconds
        AND r.to_value IN ('new', 'in_progress', 'waiting')
    ) THEN 1 ELSE 0 END AS reopened
  FROM ticket_events e
  LEFT JOIN tickets t ON t.msp_id = e.msp_id AND t.connection_id = e.connection_id AND t.id = e.ticket
  $join_client
  WHERE e.msp_id = :msp_id AND e.at >= :window_starts_at AND e.at < :window_ends_at
    AND e.kind = 'status' AND e.to_value IN ('resolved', 'closed')
    AND (e.from_value IS NULL OR e.from_value NOT IN ($stopped_words))
),
seen AS (
  SELECT connection_id, dropped, reopened, $gone_step AS gone, $followed_step AS followed
  FROM found
  WHERE before NOT IN ($stopped_words)
)
SELECT connection_id, dropped, gone, followed, count(*) AS n, sum(reopened) AS reopened
FROM seen GROUP BY connection_id, dropped, gone, followed
"""

_STATUS = "FROM ticket_events e WHERE $of_ticket AND e.kind = 'status'"
EVENT_PIECES = {
    "first_at": compose(f"(SELECT min(e.at) {_STATUS})"),
    "enough_at": compose(f"(SELECT e.at {_STATUS} ORDER BY e.at LIMIT 1 OFFSET :events_before)"),
    "resolutions": compose(f"(SELECT count(*) {_STATUS} AND e.to_value = 'resolved')"),
    "stops": compose(f"(SELECT count(*) {_STATUS} AND e.to_value IN ($stopped_words))"),
    "resolved_event": compose(f"(SELECT min(e.at) {_STATUS} AND e.to_value = 'resolved')"),
}
NO_EVENTS = {
    "first_at": "CAST(NULL AS BIGINT)",
    "enough_at": "CAST(NULL AS BIGINT)",
    "resolutions": "0",
    "stops": "0",
    "resolved_event": "CAST(NULL AS BIGINT)",
}


def read_each(
    scope: MspStore, contexts: Sequence[AnalysisContext], numbers: IndicatorThresholds
) -> list[Frames]:
    """Count tickets and resolutions as of many dates.

    Returns:
        In the order of the contexts, what `frames.read` returns, without what is only shown: of `tickets`
        the frames `week` and `duration`, of `resolutions` the frame `week`, where `again` is what was
        reopened; no names, no oddities. Durations end an hour beyond the days that the curve is asked for. A
        date with an imported week is read by itself.
    """
    looks = looks_of(scope, contexts, numbers, numbers.count("window_weeks"))
    provides = read_provides(scope)
    windows = [w for look in looks if (w := look.window(len(look.weeks))) is not None]
    # Hours are counted back from an instant: looks that lie differently in their hour cannot share them.
    is_odd = len({look.instant % HOUR for look in looks}) > 1 or len(looks) >= STEP_MASK
    if is_odd or len(windows) < len(looks) or not providers(provides, "tickets"):
        return [read(scope, context, numbers) for context in contexts]
    coverage = read_coverage(scope, contexts[0], ("tickets", "ticket_events"))
    creations = read_creations(scope, looks[-1].context, Window(all_weeks(windows)), numbers)
    groups = _count(scope, looks, windows, numbers)
    found: dict[date, Frames] = {}
    for number, (look, window) in enumerate(zip(looks, windows, strict=True)):
        mondays = {week.starts_on.isoformat() for week in window.weeks}
        created = [row for row in creations if row["week"] in mondays]
        if import_spans(created, numbers):
            found[look.context.as_of] = read(scope, look.context, numbers)
            continue
        found[look.context.as_of] = {
            "weeks": list(look.weeks),
            "provides": provides,
            "coverage": coverage,
            "creations": created,
            "oddities": [],
            "tickets": groups.tickets(number, mondays),
            "resolutions": groups.resolutions(number, mondays),
            "clients": [],
            "technicians": [],
        }
    return [found[context.as_of] for context in contexts]


def _count(
    scope: MspStore, looks: Sequence[Look], windows: Sequence[Window], numbers: IndicatorThresholds
) -> Counted:
    drops = drop_reason(scope, looks[0].context.msp.scope, at_instant=False)
    count, longest = len(looks), (numbers.count("open_days") * 24 + 1) * HOUR
    known = pieces(scope)
    steps = {
        f"{name}_step": step_of_week(column, "look", count)
        for name, column in (
            ("gone", "gone_at"),
            ("stop", "stop_at"),
            ("first", "first_event_at"),
            ("enough", "enough_at"),
        )
    }
    shared = {
        **bound("look", (look.instant for look in looks)),
        **drops.parameters,
    }
    has_events = bool(known["has_events"])
    sql = compose(
        TICKETS,
        dropped=drops.code,
        **drops.pieces,
        **{**known, **(EVENT_PIECES if has_events else NO_EVENTS), **steps},
    )
    before = {"events_before": numbers.count("status_events") - 1} if has_events else {}
    rows = read_by_week(
        scope,
        sql,
        looks,
        windows,
        never=count,
        longest=longest,
        remainder=looks[0].instant % HOUR,
        **before,
        **shared,
    )
    resolved: list[Row] = []
    if has_events:
        resolved_steps = {
            f"{name}_step": step_of_week(f"{name}_at", "look", count) for name in ("gone", "followed")
        }
        resolutions = compose(RESOLUTIONS, dropped=drops.sql, **drops.pieces, **known, **resolved_steps)
        seconds = numbers.count("reopen_days") * DAY
        resolved = list(read_by_week(scope, resolutions, looks, windows, reopen_seconds=seconds, **shared))
    return counted(scope, rows, resolved, looks, longest)
