"""The kit: what an indicator is, and what it answers with. Values only; the work is in the files beside it.

An indicator is one file in `indicators/` that defines `INDICATOR = Indicator(...)`; its module docstring is
its page in the documentation. `read` counts in the database and returns frames, `judge` is pure: from frames
and thresholds to evidence. Not knowing is an answer with a reason, never a zero and never a pass.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo

from phasewise.i18n import gettext
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know

if TYPE_CHECKING:
    from phasewise.analyzer.thresholds import IndicatorThresholds, Thresholds
    from phasewise.config.settings import MspSettings
    from phasewise.storage.engine import MspStore

Status = Literal["pass", "fail", "leaning", "unknown"]
EvidenceClass = Literal["derived", "partly", "attested"]
"""Derived from records, partly (records and attested facts), or attested by people alone."""

ReasonCode = Literal[
    "no_source",  # no connected system holds it
    "not_provided",  # a connected system cannot give this field
    "partial",  # the window is not proven complete
    "stale",  # the source has not been read for too long
    "too_few",  # fewer records than the minimum
    "not_yet_observed",  # overwritten by the source, and not watched by us at that date
    "not_mapped",  # the vendor's words are not mapped
    "not_asked",  # only people can say, and they were not asked
    "too_small_to_tell",  # this MSP is too small for an answer
    "not_measured_yet",  # Phasewise has no indicator for it yet
]
REASON_CODES: tuple[str, ...] = get_args(ReasonCode)

Row = Mapping[str, int | str | None]
"""A row of a frame: integers and texts as they are in the store (instants are epoch seconds)."""
Frames = Mapping[str, Sequence[Row]]
"""Everything a judge sees, by frame name. Each indicator's `read` documents its frames."""
TableRow = Mapping[str, int | float | str | None]


SentenceValues = Mapping[str, "str | int | float | Sentence"]


@dataclass(frozen=True)
class Sentence:
    """A sentence for people that is stored in English and translated when it is shown.

    Attributes:
        template: English msgid with `%(name)s` placeholders, written as `N_("…")` so that it is extracted.
        values: what fills the placeholders; words of ours are sentences themselves.
    """

    template: str
    values: SentenceValues = field(default_factory=dict)

    @property
    def english(self) -> str:
        """The sentence in English, for JSON, the store and logs."""
        return self.template % {
            name: value.english if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }

    def __str__(self) -> str:
        return gettext(self.template) % self.values


def listed(sentences: Sequence[Sentence]) -> Sentence:
    """Several as one, with commas between."""
    names = [f"item{number}" for number in range(len(sentences))]
    template = ", ".join(f"%({name})s" for name in names)
    return Sentence(template, dict(zip(names, sentences, strict=True)))


@dataclass(frozen=True)
class Reason:
    """Why something is not known, or why a score was held down.

    Attributes:
        code: stable short code.
        sentence: for people.
        needs: the source, field or act that would decide it ("time entries"), "" when nothing would.
    """

    code: ReasonCode
    sentence: Sentence
    needs: str = ""


@dataclass(frozen=True)
class Measure:
    """One number out of the records.

    Attributes:
        name: stable snake_case name, part of the answer's contract.
        value: in `unit`; None when it cannot be said.
        unit: "share" (0–1), "hours", "tickets", "weeks", "clients".
        numerator, denominator: the counts behind a share, else None.
        n: records it rests on.
        low, high: 90% interval, in `unit`; None when there is none (a count).
        window_start, window_end: local dates, the end exclusive.
        complete: the window is proven complete for every source it rests on.
        above: the true value lies beyond `value` (the curve has not reached it): print "> value".
    """

    name: str
    value: float | None
    unit: str
    numerator: int | None
    denominator: int | None
    n: int
    low: float | None
    high: float | None
    window_start: date
    window_end: date
    complete: bool
    above: bool = False


@dataclass(frozen=True)
class Score:
    """A score from 0 to 100 as a distribution: its median and 90% interval. 70 passes."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Part:
    """One weighted part of an indicator.

    Attributes:
        name: stable snake_case name, as in thresholds.toml.
        title: what it is, for people.
        weight: share of the indicator's score, 0–1; the weights of an indicator add up to 1.
        must: it must pass by itself.
        status: as of an indicator; unknown has a reason and no score.
        p_pass: probability that the part's score is at least 70.
        measures: the numbers it was scored on, the first one drives the score.
    """

    name: str
    title: Sentence
    weight: float
    must: bool
    status: Status
    score: Score | None
    p_pass: float | None
    reason: Reason | None
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Cap:
    """A score held down by a rule, and why.

    Attributes:
        score: the highest score the rule allows: 69, 60 or 50; below 70 it forbids a pass.
        sentence: the rule and the facts, for people.
    """

    score: float
    sentence: Sentence


@dataclass(frozen=True)
class FunnelStep:
    """One step from all rows to those counted.

    Attributes:
        rule: stable snake_case code of the step.
        label: why rows are left out here, for people.
        dropped: rows left out by this step; 0 for a step that only flags.
        left: rows left after it.
    """

    rule: str
    label: Sentence
    dropped: int
    left: int


@dataclass(frozen=True)
class Evidence:
    """What an indicator answers.

    Attributes:
        code: "1.1" … "4.5".
        status: `pass`, `fail`, `leaning` or `unknown`.
        evidence_class: what it rests on.
        score: None when unknown.
        p_pass: probability that the indicator passes; None when unknown or when unknown parts leave it open.
        p_low, p_high: the same with every unknown part at 0 and at 100. (0, 1) when nothing is known.
        hold_low, hold_high: the same for a gate that is passed already, which some rules treat milder; None
            where they do not.
        reason: why it is unknown, or why parts of it leave it leaning; None when decided by what is known.
        measures: the numbers of the indicator, the leading one first.
        parts: its weighted parts, in the order of thresholds.toml.
        caps: rules that hold the score down.
        notes: what a reader must know beside the numbers, one sentence each, most important first.
        funnel: from all rows to those counted.
        tables: name ("week", "client", "queue", "technician", …) → rows, each row with the same keys.
        query: SQL on the `v_` views that lists the records behind the leading measure.
        needs: sources or acts that would decide it, those that decide most first.
        sure_from: value of the leading measure from which the indicator passes surely; None when unknown.
        summary: the numbers in a few words, for the one line that an analysis gives each indicator.
    """

    code: str
    status: Status
    evidence_class: EvidenceClass
    score: Score | None = None
    p_pass: float | None = None
    p_low: float = 0.0
    p_high: float = 1.0
    hold_low: float | None = None
    hold_high: float | None = None
    reason: Reason | None = None
    measures: tuple[Measure, ...] = ()
    parts: tuple[Part, ...] = ()
    caps: tuple[Cap, ...] = ()
    notes: tuple[Sentence, ...] = ()
    funnel: tuple[FunnelStep, ...] = ()
    tables: Mapping[str, Sequence[TableRow]] = field(default_factory=dict)
    query: str = ""
    needs: tuple[str, ...] = ()
    sure_from: float | None = None
    summary: Sentence | None = None


@dataclass(frozen=True)
class AnalysisContext:
    """What an analysis is made for.

    Attributes:
        as_of: the date; records enter with what was knowable at its end.
        instant: 00:00 of the next day in the MSP's zone, aware UTC.
        zone: the MSP's zone.
        msp: the MSP's settings (scope, SLA basis, threshold overrides).
        edition: hash of the rules; part of the seed of every draw.
        now: when the analysis is made; freshness is judged by it, and only for yesterday and today.
    """

    as_of: date
    instant: datetime
    zone: ZoneInfo
    msp: MspSettings
    edition: str
    now: datetime


@dataclass(frozen=True)
class Indicator:
    """One of the twenty statements, measurable.

    Attributes:
        code, name: as in the model ("2.1", "sla_adherence").
        version: raised by hand whenever results change for the same data and thresholds.
        reads: `table.field` names it counts by.
        parts: part (as in thresholds.toml) → the `table.field` names without which it cannot be counted; what
            is possible with a connection follows from them and from what the connection provides.
        read: counts in the database: frames of integers and texts.
        judge: pure: frames, thresholds and context to evidence.
        document: the module docstring, its page.
        read_each: counts many dates in one pass over the tables, at once, and hands out the frames of one
            date after the other, so that not all need be held; those that a verdict rests on, without
            those that are only shown (tables, durations). None: each date is read by itself.
        read_shown: adds to the frames of `read_each` what is only shown of a date, so that a date and the
            weeks behind it are counted in one pass. None: the date is read by itself.
    """

    code: str
    name: str
    version: int
    reads: frozenset[str]
    parts: Mapping[str, frozenset[str]]
    read: Callable[[MspStore, AnalysisContext, IndicatorThresholds], Frames]
    judge: Callable[[Frames, IndicatorThresholds, AnalysisContext], Evidence]
    document: str
    read_each: (
        Callable[[MspStore, Sequence[AnalysisContext], IndicatorThresholds], Iterable[Frames]] | None
    ) = None
    read_shown: Callable[[MspStore, Frames, AnalysisContext, IndicatorThresholds], Frames] | None = None


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator there is a file for, by code, sorted. A file is found by being in `indicators/`."""
    from phasewise.analyzer import indicators as folder  # noqa: PLC0415  # the folder imports this file

    found: dict[str, Indicator] = {}
    for info in pkgutil.iter_modules(folder.__path__):
        module = importlib.import_module(f"{folder.__name__}.{info.name}")
        indicator: Indicator = module.INDICATOR
        found[indicator.code] = indicator
    return MappingProxyType(dict(sorted(found.items())))


def evaluate(scope: MspStore, indicator: Indicator, context: AnalysisContext) -> Evidence:
    """Count and judge one indicator for one MSP as of one date."""
    numbers = thresholds(context.msp).indicators[indicator.code]
    with scope.snapshot() as still:
        frames = indicator.read(still, context, numbers)
    return indicator.judge(frames, numbers, context)


def evaluate_each(
    scope: MspStore, indicator: Indicator, contexts: Sequence[AnalysisContext]
) -> list[Evidence]:
    """Count and judge one indicator as of several dates of one MSP: the week ends behind a phase.

    The verdicts are those of `evaluate`; what is only shown may be missing.
    """
    with scope.snapshot() as still:
        read = _read_each(still, indicator, contexts)
        return [
            indicator.judge(frames, thresholds(context.msp).indicators[indicator.code], context)
            for frames, context in zip(read, contexts, strict=True)
        ]


def count_with_weeks(
    scope: MspStore, indicator: Indicator, context: AnalysisContext, weeks: Sequence[AnalysisContext]
) -> Callable[[], tuple[Evidence, list[Evidence]]]:
    """Count one indicator as of a date and as of the week ends behind its phase, to be judged afterwards.

    Returns:
        What judges: the evidence of `evaluate`, and those of `evaluate_each`. It reads nothing any more.
    """
    numbers = thresholds(context.msp).indicators[indicator.code]
    with scope.snapshot() as still:
        if indicator.read_each is not None and indicator.read_shown is not None:
            frames = iter(indicator.read_each(still, [context, *weeks], numbers))
            own = indicator.read_shown(still, next(frames), context, numbers)
        else:
            own = indicator.read(still, context, numbers)
            frames = iter(_read_each(still, indicator, weeks))

    def judge() -> tuple[Evidence, list[Evidence]]:
        evidence = indicator.judge(own, numbers, context)
        return evidence, [
            indicator.judge(one, numbers, week) for one, week in zip(frames, weeks, strict=True)
        ]

    return judge


def _read_each(
    scope: MspStore, indicator: Indicator, contexts: Sequence[AnalysisContext]
) -> Iterable[Frames]:
    if not contexts:
        return ()
    numbers = thresholds(contexts[0].msp).indicators[indicator.code]
    if indicator.read_each is None or len(contexts) < 2:
        return [indicator.read(scope, context, numbers) for context in contexts]
    return indicator.read_each(scope, contexts, numbers)


def thresholds(msp: MspSettings) -> Thresholds:
    """The numbers of thresholds.toml with the MSP's overrides.

    Raises:
        ConfigError: an override names an indicator, part or number that does not exist, or a wrong value.
    """
    from phasewise.analyzer.thresholds import load_thresholds  # noqa: PLC0415  # it imports nothing of the kit

    return load_thresholds(msp.thresholds)


def not_measured_yet(code: str) -> Evidence:
    """The answer for a statement that Phasewise has no indicator for."""
    reason = Reason("not_measured_yet", Sentence(N_("Phasewise does not measure this yet")))
    return Evidence(code=code, status="unknown", evidence_class="derived", reason=reason)
