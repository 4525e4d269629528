"""Why our SLA is not what the PSA shows: both figures of the same promises, and every one that differs.

The source shows its verdicts as they stand now, of every promise it has. Indicator 2.1 counts the promises of
its window, in scope, by what was known at the end of the date. Every promise falls into one cell of (the
source's verdict, ours); the cells where the two differ are the causes, and with them the two figures add up
to the ticket.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from phasewise.analyzer.calendar import Window, window_of
from phasewise.analyzer.explain import statement_of
from phasewise.analyzer.indicator import AnalysisContext, Row, indicators, thresholds
from phasewise.analyzer.indicators.sla_adherence.frames import JUDGED, judged
from phasewise.analyzer.run import context_of
from phasewise.analyzer.scope import LABELS
from phasewise.config.settings import Settings
from phasewise.errors import ConfigError
from phasewise.i18n import mark as N_  # noqa: N812  # the name that gettext's tools extract by
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame

CODE = "2.1"

Kind = Literal["date", "week", "scope", "calendar", "pause", "no_verdict"]
"""What makes the two differ. `calendar` and `pause` need a clock of our own beside the source's."""

# A join of all results with `judged` would be a loop in a loop where SQLite draws no index: they are put
# below each other and grouped instead.
CELLS = """
, both_sides AS (
  SELECT r.connection_id, r.id AS sla_result, r.target, r.ticket, r.own_outcome,
    CASE
      WHEN r.gone_at IS NOT NULL OR t.gone_at IS NOT NULL THEN 'gone'
      ELSE COALESCE(r.vendor_outcome, '')
    END AS vendor,
    CASE
      WHEN COALESCE(r.due_at, t.opened_at) < :window_starts_at THEN 'before'
      WHEN COALESCE(r.due_at, t.opened_at) >= :window_ends_at THEN 'after'
      ELSE 'undated'
    END AS outside,
    NULL AS dropped, NULL AS verdict
  FROM sla_results r
  LEFT JOIN tickets t ON t.msp_id = r.msp_id AND t.connection_id = r.connection_id AND t.id = r.ticket
  WHERE r.msp_id = :msp_id
  UNION ALL
  SELECT connection_id, sla_result, target, NULL, NULL, NULL, NULL, dropped, verdict
  FROM judged
),
cells AS MATERIALIZED (
  SELECT target, max(ticket) AS ticket, max(own_outcome) AS own_outcome, max(vendor) AS vendor,
    COALESCE(max(dropped), max(outside)) AS dropped, COALESCE(max(verdict), '') AS verdict
  FROM both_sides
  GROUP BY connection_id, sla_result, target
),
numbered AS MATERIALIZED (
  SELECT target, vendor, dropped, verdict, ticket, own_outcome,
    row_number() OVER (PARTITION BY target, vendor, dropped, verdict ORDER BY ticket) AS position
  FROM cells
)
SELECT target, vendor, dropped, verdict, count(*) AS n, count(own_outcome) AS own, '' AS ticket
FROM numbered
GROUP BY target, vendor, dropped, verdict
UNION ALL
SELECT target, vendor, dropped, verdict, 0, 0, ticket
FROM numbered
WHERE position <= :top
"""
"""Follows JUDGED: every cell with its count, and again with its first tickets."""

DECIDED = frozenset({"met", "missed"})

CAUSES: Mapping[str, tuple[Kind, str]] = {
    "missed_later": ("date", N_("stopped without a miss by the date; the miss was recorded afterwards")),
    "running_missed": ("date", N_("still running at the date; missed afterwards")),
    "running_met": ("date", N_("still running at the date; met afterwards, or still open now")),
    "taken_back": ("date", N_("missed at the date; the source says met now")),
    "judged": ("no_verdict", N_("decided by what the source recorded; it gives no verdict of its own now")),
    "no_verdict": ("no_verdict", N_("no verdict counts by the MSP's sla.basis")),
    "no_promise": ("no_verdict", N_("nothing was promised")),
    "no_deadline": ("week", N_("without a deadline, where the source gives deadlines")),
    "gone": ("date", N_("deleted in the source since")),
    "before": ("week", N_("of a week before the window")),
    "after": ("week", N_("of a week after the window")),
    "undated": ("week", N_("of no week: neither a deadline nor an opening date")),
    **{rule: ("scope", label) for rule, label in LABELS.items() if rule != "gone"},
}
"""Cause → what kind it is, and why, for people."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Promises kept of those decided, and those still running."""

    met: int
    decided: int
    running: int

    @property
    def share(self) -> float | None:
        """Kept of decided, 0-1; None where nothing is decided."""
        return self.met / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Difference:
    """One cause for which promises count differently.

    Attributes:
        cause: key of CAUSES.
        tickets: promises that differ for this cause.
        met, decided: what it adds to the source's figure on the way to ours; mostly below zero.
        examples: ids of the first tickets.
    """

    cause: str
    tickets: int
    met: int
    decided: int
    examples: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """What makes the two differ."""
        return CAUSES[self.cause][0]

    @property
    def label(self) -> str:
        """Why, in English."""
        return CAUSES[self.cause][1]


@dataclass(frozen=True, slots=True)
class TargetReconciled:
    """The two figures of one promise (first_response, resolution), and what lies between them."""

    target: str
    vendor: Figure
    ours: Figure
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Reconciliation:
    """The source's figure and ours.

    Attributes:
        msp: the MSP's id.
        context: what ours was counted for.
        starts_on, ends_on: window of ours, the end exclusive; None where there are no weeks that early.
        targets: one a promise that the source has.
        own_clock: verdicts of our own clock there are; 0 = calendar and pause cannot be compared yet.
    """

    msp: str
    context: AnalysisContext
    starts_on: date | None
    ends_on: date | None
    targets: tuple[TargetReconciled, ...]
    own_clock: int


def reconcile(
    scope: MspStore,
    settings: Settings,
    code: str,
    *,
    as_of: date | None = None,
    now: datetime,
    top: int = 5,
) -> Reconciliation:
    """Put the source's figure beside ours, and name every difference.

    Args:
        scope: the MSP's store.
        settings: all settings.
        code: 2.1, the one indicator that a source has a figure of its own for.
        as_of: the date, in the MSP's zone; None = yesterday there.
        now: this instant.
        top: tickets named for each cause.

    Raises:
        ConfigError: another indicator, or a date in the future.
    """
    if statement_of(code).code != CODE:
        raise ConfigError(
            f"the source has no figure of its own for {code}",
            where="--reconcile",
            remedy=f"Use it with {CODE}",
        )
    context = context_of(scope, settings, as_of=as_of, now=now)
    window, rows = _read(scope, context, top)
    return Reconciliation(
        msp=scope.msp_id,
        context=context,
        starts_on=window.starts_on if window else None,
        ends_on=window.ends_on if window else None,
        targets=tuple(reconcile_target(target, rows) for target in sorted({str(r["target"]) for r in rows})),
        own_clock=sum(int(row["own"] or 0) for row in rows),
    )


def _read(scope: MspStore, context: AnalysisContext, top: int) -> tuple[Window | None, list[Row]]:
    """The window that 2.1 counts, and every cell of (source's verdict, ours) with its first tickets."""
    numbers = thresholds(context.msp).indicators[CODE]
    frames = indicators()[CODE].read(scope, context, numbers)
    whole = window_of(frames["weeks"])
    if whole is None or "counted" not in frames:
        return None, []
    window = whole.last(int(frames["counted"][0]["weeks"] or 0))
    query = judged(scope, context, numbers, window, frames["provides"], JUDGED + CELLS)
    return window, list(read_frame(scope, query.sql, **query.parameters, top=top))


def reconcile_target(target: str, rows: Iterable[Row]) -> TargetReconciled:
    """The two figures of one promise and what lies between them. Pure.

    Args:
        target: which promise.
        rows: cells with target, vendor, dropped, verdict, n and ticket ("" = a count, else an example).
    """
    vendor: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    by_cause: dict[str, list[tuple[str, str, Row]]] = {}
    for row in rows:
        if row["target"] != target:
            continue
        theirs, counted = str(row["vendor"]), _counted(row)
        vendor[theirs] += _n(row)
        ours[counted] += _n(row)
        if not _is_alike(theirs, counted):
            by_cause.setdefault(_cause(theirs, counted, row), []).append((theirs, counted, row))
    differences = (_difference(cause, by_cause[cause]) for cause in CAUSES if cause in by_cause)
    return TargetReconciled(target, _figure(vendor), _figure(ours), tuple(differences))


def _difference(cause: str, cells: Sequence[tuple[str, str, Row]]) -> Difference:
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for verdict, counted, row in cells:
        before[verdict] += _n(row)
        after[counted] += _n(row)
    theirs, ours = _figure(before), _figure(after)
    return Difference(
        cause=cause,
        tickets=sum(_n(row) for _theirs, _ours, row in cells),
        met=ours.met - theirs.met,
        decided=ours.decided - theirs.decided,
        examples=tuple(str(row["ticket"]) for _theirs, _ours, row in cells if row["ticket"]),
    )


def _n(row: Row) -> int:
    return int(row["n"] or 0)


def _figure(counts: Mapping[str, int]) -> Figure:
    met, missed = counts.get("met", 0), counts.get("missed", 0)
    return Figure(met, met + missed, counts.get("running", 0) + counts.get("paused", 0))


def _counted(row: Row) -> str:
    """Our verdict as it counts: `running` for one in a state nobody has mapped, "" for one left out."""
    if row["dropped"]:
        return ""
    return "running" if row["verdict"] == "unmapped" else str(row["verdict"])


def _is_alike(theirs: str, counted: str) -> bool:
    """Both say the same, or neither counts it."""
    return theirs == counted or (theirs not in DECIDED and counted not in DECIDED)


def _cause(theirs: str, counted: str, row: Row) -> str:
    """Why a cell counts differently."""
    if row["dropped"]:
        return str(row["dropped"])
    if theirs == "gone" or counted in {"no_verdict", "no_promise", "no_deadline"}:
        return "gone" if theirs == "gone" else counted
    if theirs not in DECIDED:
        return "judged"
    if counted == "running":
        return "running_met" if theirs == "met" else "running_missed"
    return "missed_later" if theirs == "missed" else "taken_back"
