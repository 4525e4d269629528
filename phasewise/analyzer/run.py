"""One analysis: the twenty statements for one MSP as of one date, and the phase they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from phasewise.analyzer.answer import to_json, to_stored
from phasewise.analyzer.calendar import end_of
from phasewise.analyzer.edition import DataRead, edition, read_data, rule_parts, words_of
from phasewise.analyzer.gates import Weeks, judge_date, week_ends
from phasewise.analyzer.headline import headline
from phasewise.analyzer.indicator import (
    AnalysisContext,
    Evidence,
    Indicator,
    indicators,
    thresholds,
)
from phasewise.analyzer.ladder import Ladder, climb
from phasewise.analyzer.sources import StreamState, Unmapped, stream_states, unmapped, unnamed_connections
from phasewise.analyzer.thresholds import Thresholds
from phasewise.config.automations import register_from_settings
from phasewise.config.settings import MspSettings, Settings
from phasewise.errors import ConfigError
from phasewise.storage.analyses import save_analysis
from phasewise.storage.engine import MspStore

__all__ = ["Analysis", "Made", "analyze", "context_of", "headline_of", "to_json"]

Made = Literal["nightly", "backfill"]
"""`nightly`: as known then, `backfill`: as known now, of a past date."""


@dataclass(frozen=True)
class Analysis:
    """One run of the analyzer for one MSP as of one date. Written once, never changed.

    Attributes:
        msp: the MSP's id.
        context: what it was made for (date, instant, zone, settings, edition, clock).
        basis: digest of the data it read.
        made: `nightly` or `backfill`.
        ladder: the phase, and what stands around it.
        weeks: the week ends that the phase comes from.
        evidences: code → evidence of the twenty statements, in order.
        streams: the streams it rests on.
        unmapped: rows with words nobody has mapped.
        rules: part of the rules → hash, to tell what changed between two editions.
        data: `rows` and `words` → hash, to tell what changed between two bases.
        unnamed: connections that it rests on and the settings do not name (renamed, or left out).
        saved: it was written; False when the store had the same one already, or was not asked to keep it.
    """

    msp: str
    context: AnalysisContext
    basis: str
    made: Made
    ladder: Ladder
    weeks: Weeks
    evidences: Mapping[str, Evidence]
    streams: tuple[StreamState, ...]
    unmapped: tuple[Unmapped, ...]
    rules: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    unnamed: tuple[str, ...] = ()
    saved: bool = False

    @property
    def is_partial(self) -> bool:
        """Some stream is not proven complete, or something that was measured rests on less than all rows."""
        return any(stream.incomplete for stream in self.streams) or any(
            is_partial(evidence) for evidence in self.evidences.values()
        )


def is_partial(evidence: Evidence) -> bool:
    """Some of it rests on a window that is not proven complete, or is unknown because of that."""
    if evidence.reason is not None and evidence.reason.code == "partial":
        return True
    return any(not measure.complete for measure in evidence.measures)


def analyze(
    scope: MspStore,
    settings: Settings,
    *,
    as_of: date | None = None,
    now: datetime,
    made: Made | None = None,
    save: bool = True,
) -> Analysis:
    """Count and judge everything as of a date, and keep the answer.

    Args:
        scope: the MSP's store.
        settings: all settings; those of the scope's MSP are used.
        as_of: the date, in the MSP's zone; None = yesterday there.
        now: this instant.
        made: None = `nightly` for yesterday and today, else `backfill`.
        save: write it to the store. The same (date, edition, basis) writes nothing.

    Raises:
        ConfigError: the date is in the future, or a threshold of the settings is wrong.
        StoreError: the store cannot be read or written.
    """
    msp = settings.msps[scope.msp_id]
    day = checked_date(as_of, msp, now=now)
    thresholds(msp)  # wrong ones are refused before anything is written
    register_from_settings(scope, msp, now=now)
    with scope.snapshot(twin=True) as still:
        context = context_of(still, settings, as_of=day, now=now)
        return analyze_on(still, settings, context, read_all(still, msp), made=made, save=save)


def analyze_on(
    scope: MspStore,
    settings: Settings,
    context: AnalysisContext,
    data: DataRead,
    *,
    made: Made | None = None,
    save: bool = True,
) -> Analysis:
    """An analysis on data whose digests were read already; arguments as of `analyze` and `read_all`.

    The digests are those of the rows it counts only where both are read from one snapshot.
    """
    bases = {day: data.basis(end_of(day, context.zone)) for day in week_ends(context.as_of)}
    evidences, weeks = judge_date(scope, context, bases, save=save)
    analysis = Analysis(
        msp=scope.msp_id,
        context=context,
        basis=data.basis(context.instant),
        made=made or _made(context),
        ladder=climb(evidences, weeks.last.phase),
        weeks=weeks,
        evidences=evidences,
        streams=stream_states(scope),
        unmapped=unmapped(scope, indicators().values(), before=context.instant),
        rules=rule_parts(*_rules_of(scope, settings)),
        data=data.parts(context.instant),
        unnamed=unnamed_connections(scope, settings.connections_of(scope.msp_id)),
    )
    if not save:
        return analysis
    return replace(analysis, saved=save_analysis(scope, to_stored(analysis)))


def read_all(scope: MspStore, msp: MspSettings) -> DataRead:
    """What there is of data that any indicator would read."""
    return read_data(scope, msp, {name for indicator in indicators().values() for name in indicator.reads})


def _rules_of(
    scope: MspStore, settings: Settings
) -> tuple[MspSettings, Mapping[str, Indicator], Thresholds, dict[str, Any]]:
    msp = settings.msps[scope.msp_id]
    mapping = {name: c.mapping for name, c in settings.connections_of(scope.msp_id).items()}
    return msp, indicators(), thresholds(msp), words_of(scope, mapping)


def context_of(scope: MspStore, settings: Settings, *, as_of: date | None, now: datetime) -> AnalysisContext:
    """What an analysis is made for.

    Args:
        scope: the MSP's store.
        settings: all settings.
        as_of: the date, in the MSP's zone; None = yesterday there.
        now: this instant.

    Raises:
        ConfigError: the date is in the future.
    """
    msp = settings.msps[scope.msp_id]
    zone = ZoneInfo(msp.zone)
    day = checked_date(as_of, msp, now=now)
    rules = edition(*_rules_of(scope, settings))
    return AnalysisContext(as_of=day, instant=end_of(day, zone), zone=zone, msp=msp, edition=rules, now=now)


def checked_date(as_of: date | None, msp: MspSettings, *, now: datetime) -> date:
    """The date to analyse: the one asked for, or yesterday in the MSP's zone.

    Raises:
        ConfigError: it is in the future.
    """
    today = now.astimezone(ZoneInfo(msp.zone)).date()
    if as_of is not None and as_of > today:
        raise ConfigError(
            f"{as_of} is in the future; today is {today} in {msp.zone}",
            where="--as-of",
            remedy="Give a date that has passed",
        )
    return as_of or today - timedelta(days=1)


def _made(context: AnalysisContext) -> Made:
    today = context.now.astimezone(context.zone).date()
    return "nightly" if context.as_of >= today - timedelta(days=1) else "backfill"


def headline_of(analysis: Analysis) -> str:
    """The answer in a sentence or two, in the reader's language."""
    return headline(analysis.ladder, analysis.evidences)
