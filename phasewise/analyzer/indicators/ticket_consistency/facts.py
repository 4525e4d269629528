"""What there is to judge of 1.1, or why nothing can be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from phasewise.analyzer.calendar import Window, window_of
from phasewise.analyzer.coverage import Coverage, judge_coverage, providers
from phasewise.analyzer.indicator import AnalysisContext, Frames, Reason, Row, Sentence, SentenceValues
from phasewise.analyzer.indicators.ticket_consistency.frames import SOURCE
from phasewise.analyzer.quality import import_spans
from phasewise.analyzer.stats import ControlChart, laney
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

COLUMNS = (
    "complete",
    "no_client",
    "no_requester",
    "no_type",
    "no_priority",
    "no_owner",
    "no_history",
    "has_events",
    "unmapped",
    "done",
    "flagged",
    "planned",
)


@dataclass(frozen=True)
class Facts:
    """What the judge works on, once it is known that there is something to judge.

    Attributes:
        frames: of `read`.
        window: the weeks counted.
        coverage: of the tickets.
        events_coverage: of their events.
        connections: those that give tickets, by name.
        with_events: those of them whose tickets have status events.
    """

    frames: Frames
    window: Window
    coverage: Coverage
    events_coverage: Coverage
    connections: tuple[str, ...]
    with_events: frozenset[str]

    def provides(self, connection: str, field: str) -> bool:
        """Whether a connection can ever fill a field."""
        return connection in providers(self.frames["provides"], field)

    def tickets(self, connections: Iterable[str]) -> list[Row]:
        """Rows of the tickets in scope, by week, of these connections."""
        wanted = set(connections)
        return [
            r
            for r in self.frames["tickets"]
            if r["frame"] == "week" and not r["dropped"] and r["connection_id"] in wanted
        ]

    def resolutions(self, connections: Iterable[str]) -> list[Row]:
        """Rows of the resolutions in scope, by week, of these connections."""
        wanted = set(connections)
        return [
            r
            for r in self.frames["resolutions"]
            if r["frame"] == "week" and not r["dropped"] and r["connection_id"] in wanted
        ]


def total(rows: Iterable[Row], column: str) -> int:
    """The sum of a column."""
    return sum(int(row[column] or 0) for row in rows)


def by_week(rows: Iterable[Row], column: str) -> dict[str, int]:
    """Monday → sum of a column."""
    found: dict[str, int] = {}
    for row in rows:
        found[str(row["key"])] = found.get(str(row["key"]), 0) + int(row[column] or 0)
    return found


@dataclass(frozen=True)
class WeekSeries:
    """Counts among sizes by week, oldest first, weeks without any left out; and their control chart."""

    weeks: tuple[str, ...]
    counts: tuple[int, ...]
    sizes: tuple[int, ...]
    chart: ControlChart


def series(
    counts: Mapping[str, int], sizes: Mapping[str, int], width: float, *, is_rate: bool = False
) -> WeekSeries:
    """A series of weeks with its Laney chart.

    Args:
        counts: Monday → count.
        sizes: Monday → among how many.
        width: sigmas from the mean to a limit.
        is_rate: counts are events per size (closes per new ticket), not a share of it.
    """
    weeks = tuple(sorted(week for week, size in sizes.items() if size))
    found = tuple(counts.get(week, 0) for week in weeks)
    among = tuple(sizes[week] for week in weeks)
    chart = laney(found, among, kind="rate" if is_rate else "share", width=width)
    return WeekSeries(weeks, found, among, chart)


def facts_of(frames: Frames, numbers: IndicatorThresholds, context: AnalysisContext) -> Facts | Reason:
    """What there is to judge, or why nothing can be said."""
    window = window_of(frames["weeks"])
    connections = tuple(sorted(providers(frames["provides"], "tickets")))
    if not connections:
        return Reason("no_source", Sentence(N_("No connected system gives tickets")), SOURCE)
    if window is None:
        return Reason("too_few", Sentence(N_("There is no whole week before this date")))
    coverage, events_coverage = (
        judge_coverage(frames["coverage"], table, window, numbers, context, source=SOURCE)
        for table in ("tickets", "ticket_events")
    )
    if coverage.reason is not None:
        return coverage.reason
    with_events = frozenset(
        str(r["connection_id"]) for r in frames["tickets"] if r["frame"] == "week" and r["has_events"]
    )
    facts = Facts(frames, window, coverage, events_coverage, connections, with_events)
    return _too_few(facts, numbers) or facts


def _too_few(facts: Facts, numbers: IndicatorThresholds) -> Reason | None:
    rows = facts.tickets(facts.connections)
    tickets, weeks = total(rows, "n"), len({row["key"] for row in rows})
    if tickets >= numbers["tickets"] and weeks >= numbers["weeks"]:
        return None
    text = N_(
        "%(tickets)s tickets in %(weeks)s weeks (%(start)s to %(end)s); it needs %(needed)s in %(over)s"
    )
    values: SentenceValues = {
        "tickets": tickets,
        "weeks": weeks,
        "start": facts.window.starts_on.isoformat(),
        "end": (facts.window.ends_on - timedelta(days=1)).isoformat(),
        "needed": numbers.count("tickets"),
        "over": numbers.count("weeks"),
    }
    return Reason("too_few", Sentence(text, values))


def imported(facts: Facts, numbers: IndicatorThresholds) -> frozenset[str]:
    """Mondays of weeks that are left out as imported."""
    spans = set(import_spans(facts.frames["creations"], numbers))
    return frozenset(
        str(row["week"])
        for row in facts.frames["creations"]
        if (int(row["starts_at"] or 0), int(row["ends_at"] or 0)) in spans
    )
