"""The data-quality gate: what is odd about the tickets of a window, and what follows from it.

Each check has a consequence: rows are *dropped* and counted, the result is *flagged* with a sentence, or what
rests on the field is *unknown*. Nothing is repaired in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.indicator import AnalysisContext, Reason, Row, Sentence
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import compose
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.types import to_epoch

Consequence = Literal["drop", "flag", "unknown"]

CREATIONS = """
SELECT w.starts_on AS week, w.starts_at, w.ends_at,
  count(*) AS created,
  sum(CASE WHEN COALESCE(t.resolved_at, t.closed_at) = t.opened_at THEN 1 ELSE 0 END) AS same_instant,
  sum(CASE WHEN COALESCE(t.resolved_at, t.closed_at) < t.opened_at THEN 1 ELSE 0 END) AS disordered,
  sum(CASE WHEN t.closed_at < t.resolved_at AND t.resolved_at <= :instant THEN 1 ELSE 0 END) AS closed_first,
  sum(CASE WHEN COALESCE(t.resolved_at, t.closed_at) - t.opened_at < :instant_seconds THEN 1 ELSE 0 END)
    AS hardly_open
FROM weeks w
CROSS JOIN tickets t
WHERE w.msp_id = :msp_id AND t.msp_id = :msp_id
  AND w.starts_at >= :window_starts_at AND w.ends_at <= :window_ends_at
  AND t.opened_at >= w.starts_at AND t.opened_at < w.ends_at
GROUP BY w.starts_on, w.starts_at, w.ends_at
ORDER BY w.starts_on
"""

UNDATED = """
SELECT count(*) AS undated FROM tickets t WHERE t.msp_id = :msp_id AND t.opened_at IS NULL
"""

# The twentieth close back from each: if it is no older than five minutes, this one ends a bulk of twenty.
BULK = """
WITH closes AS (
  SELECT e.at, lag(e.at, :before) OVER (PARTITION BY e.connection_id, e.technician ORDER BY e.at) AS earlier
  FROM ticket_events e
  WHERE e.msp_id = :msp_id AND e.at >= :window_starts_at AND e.at < :window_ends_at
    AND e.kind = 'status' AND e.to_value IN ($stopped_words) AND e.technician IS NOT NULL
)
SELECT count(*) AS closes, sum(CASE WHEN at - earlier <= :seconds THEN 1 ELSE 0 END) AS in_bulk FROM closes
"""


@dataclass(frozen=True)
class Finding:
    """One thing that is odd.

    Attributes:
        check: stable snake_case code.
        consequence: what follows from it.
        count: rows it concerns.
        sentence: for people.
    """

    check: str
    consequence: Consequence
    count: int
    sentence: Sentence


def read_creations(
    scope: MspStore, context: AnalysisContext, window: Window, numbers: IndicatorThresholds
) -> list[Row]:
    """Tickets by the week they were opened in, as the source tells them, before anything is dropped.

    Returns:
        Frame, one row per week with tickets: week (ISO date), starts_at, ends_at, created, same_instant
        (stopped in the second they were opened), disordered (stopped before they were opened), closed_first
        (closed before their newest resolution), hardly_open (stopped within two minutes).
    """
    return list(
        read_frame(
            scope,
            CREATIONS,
            window_starts_at=window.starts_at,
            window_ends_at=window.ends_at,
            instant=to_epoch(context.instant),
            instant_seconds=numbers.count("instant_minutes") * 60,
        )
    )


def read_oddities(scope: MspStore, window: Window, numbers: IndicatorThresholds) -> list[Row]:
    """What no week shows.

    Returns:
        Frame of one row: undated (tickets without an opening time, of any time), closes (by a technician, in
        the window), in_bulk (those that were at least the twentieth of one technician in five minutes).
    """
    bulk = read_frame(
        scope,
        compose(BULK),
        window_starts_at=window.starts_at,
        window_ends_at=window.ends_at,
        before=numbers.count("bulk_closes") - 1,
        seconds=numbers.count("bulk_minutes") * 60,
    )[0]
    return [{**read_frame(scope, UNDATED)[0], "closes": bulk["closes"], "in_bulk": bulk["in_bulk"] or 0}]


def imported_weeks(creations: Sequence[Row], numbers: IndicatorThresholds) -> list[Row]:
    """Weeks with more than four times the usual number of new tickets, and more than fifty.

    The usual number is the median of the weeks with tickets. Rows of `read_creations` in, those weeks out.
    """
    created = [int(row["created"] or 0) for row in creations]
    usual = median(created) if created else 0
    return [
        row
        for row, count in zip(creations, created, strict=True)
        if count > numbers["import_times_median"] * usual and count > numbers["import_more_than"]
    ]


def import_spans(creations: Sequence[Row], numbers: IndicatorThresholds) -> list[tuple[int, int]]:
    """Spans of time (epoch seconds, the end exclusive) whose tickets are left out as imported.

    A great outage makes as many tickets in a week as an import does, so that a week is left out only where
    more than half of its tickets were stopped in the very second they were opened: that is no work.
    """
    return [
        (int(row["starts_at"] or 0), int(row["ends_at"] or 0))
        for row in imported_weeks(creations, numbers)
        if 2 * int(row["same_instant"] or 0) > int(row["created"] or 0)
    ]


def inspect(
    creations: Sequence[Row], oddities: Iterable[Row], numbers: IndicatorThresholds
) -> tuple[Finding, ...]:
    """What is odd, most serious first.

    Args:
        creations: of `read_creations`.
        oddities: of `read_oddities`.
        numbers: for the limits.
    """
    created = sum(int(row["created"] or 0) for row in creations)
    dropped = import_spans(creations, numbers)
    found: list[Finding] = []
    for row in imported_weeks(creations, numbers):
        left_out = (row["starts_at"], row["ends_at"]) in dropped
        text = (
            N_("The week of %(week)s looks imported (%(count)s tickets) and is left out")
            if left_out
            else N_(
                "The week of %(week)s has unusually many new tickets (%(count)s); an outage or an import?"
            )
        )
        count = int(row["created"] or 0)
        sentence = Sentence(text, {"week": str(row["week"]), "count": count})
        found.append(Finding("import", "drop" if left_out else "flag", count, sentence))
    disordered = sum(int(row["disordered"] or 0) for row in creations)
    if disordered:
        text = N_(
            "%(count)s tickets stopped before they were opened; they say nothing of how long work takes"
        )
        found.append(Finding("clock", "drop", disordered, Sentence(text, {"count": disordered})))
    early = sum(int(row["closed_first"] or 0) for row in creations)
    if early:
        text = N_("%(count)s tickets were closed before they were resolved; were they opened again?")
        found.append(Finding("closed_first", "flag", early, Sentence(text, {"count": early})))
    same = sum(int(row["same_instant"] or 0) for row in creations)
    if same > numbers["same_instant"] * created:
        text = N_("%(count)s of %(created)s tickets stopped in the second they were opened")
        found.append(
            Finding("same_instant", "flag", same, Sentence(text, {"count": same, "created": created}))
        )
    hardly = sum(int(row["hardly_open"] or 0) for row in creations) - disordered
    if hardly > numbers["same_instant"] * created and same <= numbers["same_instant"] * created:
        text = N_("%(count)s of %(created)s tickets were open for less than %(minutes)s minutes")
        values = {"count": hardly, "created": created, "minutes": numbers.count("instant_minutes")}
        found.append(Finding("hardly_open", "flag", hardly, Sentence(text, values)))
    for row in oddities:
        found += _oddities(row)
    return tuple(found)


def _oddities(row: Row) -> list[Finding]:
    found = []
    in_bulk = int(row["in_bulk"] or 0)
    if in_bulk:
        text = N_("Bulk edits: %(count)s of %(closes)s closes by people came many at a time")
        values = {"count": in_bulk, "closes": int(row["closes"] or 0)}
        found.append(Finding("bulk", "flag", in_bulk, Sentence(text, values)))
    undated = int(row["undated"] or 0)
    if undated:
        text = N_("%(count)s tickets have no opening time, so that no week can count them")
        found.append(Finding("undated", "drop", undated, Sentence(text, {"count": undated})))
    return found


def filled(
    name: str, filled_rows: int, rows: int, numbers: IndicatorThresholds, *, needs: str
) -> Reason | None:
    """Why a part cannot be counted by a field; None where it is filled on enough rows, or there are none.

    Args:
        name: the field, in words.
        filled_rows: rows on which it is filled, out of `rows`.
        rows: all rows.
        numbers: for the limit.
        needs: what would fill it.
    """
    if not rows or filled_rows >= numbers["field_filled"] * rows:
        return None
    text = N_("%(field)s is filled on only %(share)s of %(rows)s rows")
    sentence = Sentence(text, {"field": name, "share": f"{filled_rows / rows:.0%}", "rows": rows})
    return Reason("not_provided", sentence, needs)
