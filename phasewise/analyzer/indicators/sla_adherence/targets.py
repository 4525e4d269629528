"""What became of one promise, week by week: level, scatter, weeks that fell short, weeks that stand out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.indicator import Row
from phasewise.analyzer.stats import ControlChart, Share, deflated, laney, shortfall_probability
from phasewise.analyzer.thresholds import IndicatorThresholds

COUNTED = ("met", "missed", "running", "unmapped")


@dataclass(frozen=True)
class WeekCount:
    """One week, or several pooled: how many promises were kept.

    Attributes:
        weeks: the Mondays of it, the first gives the name.
        met, missed: decided ones.
        running: not decided at the instant.
    """

    weeks: tuple[date, ...]
    met: int
    missed: int
    running: int

    @property
    def decided(self) -> int:
        """Met and missed."""
        return self.met + self.missed

    @property
    def name(self) -> str:
        """Its first Monday."""
        return self.weeks[0].isoformat()

    def with_(self, other: WeekCount) -> WeekCount:
        """This and a later one as one."""
        return WeekCount(
            (*self.weeks, *other.weeks),
            self.met + other.met,
            self.missed + other.missed,
            self.running + other.running,
        )


@dataclass(frozen=True)
class TargetResult:
    """One promise over the window.

    Attributes:
        target: first_response or resolution.
        weeks: the weeks with any result, oldest first.
        pooled: the same with weeks of too few decided results pooled with the next.
        chart: Laney p' chart of the pooled weeks.
        shortfalls: pooled weeks of the latest 13 in which so few were kept that it is no chance.
        unmapped: results in a state nobody has mapped.
    """

    target: str
    weeks: tuple[WeekCount, ...]
    pooled: tuple[WeekCount, ...]
    chart: ControlChart
    shortfalls: tuple[WeekCount, ...]
    unmapped: int

    @property
    def met(self) -> int:
        """Kept in the window."""
        return sum(week.met for week in self.weeks)

    @property
    def decided(self) -> int:
        """Kept and missed in the window."""
        return sum(week.decided for week in self.weeks)

    @property
    def running(self) -> int:
        """Not decided at the instant."""
        return sum(week.running for week in self.weeks)

    @property
    def share(self) -> Share:
        """The share kept, resting on as many results as the scatter of the weeks leaves."""
        return deflated(Share(self.met, self.decided), self.chart.sigma_z)

    def special(self, signal: str) -> tuple[WeekCount, ...]:
        """Weeks that stand out from the others, `low` or `high`."""
        return tuple(w for w, s in zip(self.pooled, self.chart.signals, strict=True) if s == signal)


def target_result(
    target: str, rows: Iterable[Row], window: Window, goal: float, numbers: IndicatorThresholds
) -> TargetResult:
    """Judge the weeks of one promise.

    Args:
        target: which.
        rows: rows of frame `promises`.
        window: the weeks counted.
        goal: share that should be kept.
        numbers: for pooling, tail and width.
    """
    own = [r for r in rows if r["frame"] == "week" and r["target"] == target and not r["dropped"]]
    weeks = tuple(
        week
        for monday in (w.starts_on for w in window.weeks)
        if (week := _count(monday, own)).decided + week.running > 0
    )
    pooled = pool(weeks, numbers.count("pool_below"))
    latest = {w.starts_on for w in window.last(numbers.count("window_weeks")).weeks}
    return TargetResult(
        target=target,
        weeks=weeks,
        pooled=pooled,
        chart=laney(
            [w.met for w in pooled],
            [w.decided for w in pooled],
            width=numbers["special_cause_sigmas"],
        ),
        shortfalls=tuple(
            w
            for w in pooled
            if latest.intersection(w.weeks)
            and shortfall_probability(w.met, w.decided, goal) < numbers["shortfall_tail"]
        ),
        unmapped=sum(int(r["n"] or 0) for r in own if r["verdict"] == "unmapped"),
    )


def pool(weeks: Sequence[WeekCount], fewest: int) -> tuple[WeekCount, ...]:
    """Weeks with fewer than `fewest` decided results are pooled with the next, the last with the one before.

    Returns:
        Weeks with at least one decided result each.
    """
    pooled: list[WeekCount] = []
    waiting: WeekCount | None = None
    for week in weeks:
        waiting = week if waiting is None else waiting.with_(week)
        if waiting.decided >= fewest:
            pooled.append(waiting)
            waiting = None
    if waiting is not None and pooled:
        pooled[-1] = pooled[-1].with_(waiting)
    elif waiting is not None and waiting.decided:
        pooled.append(waiting)
    return tuple(pooled)


def _count(monday: date, rows: Iterable[Row]) -> WeekCount:
    counts = dict.fromkeys(COUNTED, 0)
    for row in rows:
        if row["key"] == monday.isoformat() and row["verdict"] in counts:
            counts[str(row["verdict"])] += int(row["n"] or 0)
    return WeekCount((monday,), counts["met"], counts["missed"], counts["running"] + counts["unmapped"])
