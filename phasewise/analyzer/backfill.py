"""The past of an MSP: an analysis for every week end of some months back, as known now, oldest first.

It can be stopped and run again: what is there already is not made again, and a second time writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from phasewise.analyzer.calendar import end_of
from phasewise.analyzer.edition import DataRead
from phasewise.analyzer.gates import WEEKS, keep_gates, week_ends
from phasewise.analyzer.indicator import AnalysisContext
from phasewise.analyzer.run import analyze_on, checked_date, context_of, read_all
from phasewise.analyzer.sources import first_record_at
from phasewise.config.automations import register_from_settings
from phasewise.config.settings import Settings
from phasewise.storage.analyses import analysis_keys
from phasewise.storage.engine import MspStore

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What a backfill did.

    Attributes:
        days: week ends asked for that records reach back to, oldest first.
        written: analyses that were written; the others were there.
        before_records: week ends left out because no record is as old.
    """

    days: tuple[date, ...]
    written: int
    before_records: int


Report = Callable[[int, int, date], None]
"""Told after each week end: how many are done, of how many, and which it was."""


def nobody(done: int, planned: int, day: date) -> None:
    """Tell nobody."""


def backfill(
    scope: MspStore,
    settings: Settings,
    months: int,
    *,
    as_of: date | None = None,
    now: datetime,
    report: Report = nobody,
) -> Backfilled:
    """Analyse every week end (Sunday) of some months back, and keep the answers.

    Args:
        scope: the MSP's store.
        settings: all settings; those of the scope's MSP are used.
        months: how far back, 1 or more.
        as_of: the last date, in the MSP's zone; None = yesterday there.
        now: this instant.
        report: told of every week end.

    Raises:
        ConfigError: the date is in the future, or a threshold of the settings is wrong.
        StoreError: the store cannot be read or written.
    """
    msp = settings.msps[scope.msp_id]
    day = checked_date(as_of, msp, now=now)
    register_from_settings(scope, msp, now=now)
    with scope.snapshot(twin=True) as still:
        context = context_of(still, settings, as_of=day, now=now)
        return _backfill(still, settings, context, months, report)


def _backfill(
    scope: MspStore, settings: Settings, context: AnalysisContext, months: int, report: Report
) -> Backfilled:
    asked = list(_week_ends_since(months_before(context.as_of, months), context.as_of))
    first = first_record_at(scope)
    days = [] if first is None else [day for day in asked if end_of(day, context.zone) > first]
    data = read_all(scope, context.msp)
    there = analysis_keys(scope)
    pending = {d for d in days if (d, context.edition, data.basis(end_of(d, context.zone))) not in there}
    if pending:
        _judge_weeks(scope, context, data, week_ends(max(pending), len(days) + WEEKS - 1))
    written = 0
    for done, day in enumerate(days, start=1):
        if day in pending:
            at_day = replace(context, as_of=day, instant=end_of(day, context.zone))
            written += analyze_on(scope, settings, at_day, data, made="backfill").saved
        report(done, len(days), day)
    return Backfilled(tuple(days), written, len(asked) - len(days))


def _judge_weeks(scope: MspStore, context: AnalysisContext, data: DataRead, days: Sequence[date]) -> None:
    """Keep the gates of all weeks behind the analyses: many in one pass cost little more than one."""
    for start in range(0, len(days), WEEKS):
        some = days[start : start + WEEKS]
        bases = {day: data.basis(end_of(day, context.zone)) for day in some}
        keep_gates(scope, context, bases)


def months_before(day: date, months: int) -> date:
    """The same day of the month, some months earlier; the last day of a shorter month."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 - months, MONTHS_A_YEAR)
    after = date(year + month // (MONTHS_A_YEAR - 1), (month + 1) % MONTHS_A_YEAR + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))


def _week_ends_since(first: date, last: date) -> Iterator[date]:
    weeks = (last - first).days // 7 + 1
    return (day for day in week_ends(last, weeks) if day > first)
