"""The one model of a report: what every format lays out. Sentences are in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from phasewise.analyzer.indicator import Evidence, Score, Status

GroupState = Literal["passed", "not_passed", "undecided", "shown"]


@dataclass(frozen=True, slots=True)
class Line:
    """One of the twenty, as a report shows it.

    Attributes:
        code: its code.
        title: a few words.
        statement: the sentence that must be true.
        status: pass, fail, leaning, unknown.
        score: None when unknown.
        is_left_out: not applicable at this size; it leaves its gate.
        measure: the numbers in a few words, "" when there are none.
        because: why it is unknown or held down, or what must be known beside the number; "" for nothing.
        evidence: everything behind it.
    """

    code: str
    title: str
    statement: str
    status: Status
    score: Score | None
    is_left_out: bool
    measure: str
    because: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Group:
    """A gate with its five, or the five of the last phase (number 4).

    Attributes:
        number: 1 to 4.
        title: "Gate 1: Reactive → Stable".
        state: whether it is passed; `shown` for the five of the last phase.
        p_low, p_high: joint probability of its five, with everything unknown failing and passing.
        lines: its five.
    """

    number: int
    title: str
    state: GroupState
    p_low: float
    p_high: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """An indicator that holds the MSP where it is.

    Attributes:
        code: its code.
        sentence: what is wrong, and what fixing it would do for the gate.
        command: where to look further.
    """

    code: str
    sentence: str
    command: str


@dataclass(frozen=True, slots=True)
class Need:
    """Something that would decide indicators: what it is, in the reader's language, and which."""

    title: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One indicator that moved since the analysis before.

    Attributes:
        code: its code.
        before, after: score and status.
        by: who moved it most, in the reader's language; "" where the data do not say.
    """

    code: str
    before: str
    after: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Since:
    """What moved since the stored analysis before this date.

    Attributes:
        as_of: the date of that one.
        same_rules: it used the same edition; where not, moves may come from the rules.
        phase_before: its phase in the reader's language, None when it is the same.
        moves: indicators whose status or score moved.
    """

    as_of: date
    same_rules: bool
    phase_before: str | None
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What to work towards in this phase, whom to involve, and how the next one shows itself."""

    aim: str
    involve: tuple[str, ...]
    ready_when: str


@dataclass(frozen=True, slots=True)
class DataState:
    """What the answer rests on.

    Attributes:
        streams: streams that a sync has tried.
        complete: those of them proven complete.
        age_hours: since the stream confirmed longest ago was confirmed; None without streams.
        sentences: what must be known of the data: that it ends early, incomplete streams, unmapped words.
    """

    streams: int
    complete: int
    age_hours: float | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report on one MSP as of one date.

    Attributes:
        msp: its id.
        name: as people write it.
        as_of: the date.
        zone: the MSP's zone.
        edition, basis: the rules used and the data read.
        made: nightly or backfill.
        made_at: when, aware.
        months: whole months of tickets behind the date; None without tickets.
        phase, ceiling: keys of the floor and of the optimistic phase.
        titles: phase key → its name in the reader's language.
        since: week end at which the present phase was reached; None when it was not in the weeks looked at.
        or_before: it may have been reached before that.
        held: why the phase cannot move for now, in the reader's language; "" when it can.
        decided: nothing unknown could lift the phase.
        headline: the answer in a sentence or two.
        distribution: phase key, or `undecided`, → share 0-1.
        groups: the gates from the bottom, then the five of the last phase.
        limiting: what holds it back.
        needs: what would decide most, first.
        advice: for the present phase.
        moved: since the analysis before; None when there is none.
        data: what it rests on.
        is_partial: some of the data behind it is not proven complete.
        answer: the answer as other programs read it (`analyze --json`).
    """

    msp: str
    name: str
    as_of: date
    zone: str
    edition: str
    basis: str
    made: str
    made_at: datetime
    months: int | None
    phase: str
    ceiling: str
    titles: Mapping[str, str]
    since: date | None
    or_before: bool
    held: str
    decided: bool
    headline: str
    distribution: Mapping[str, float]
    groups: tuple[Group, ...]
    limiting: tuple[Limit, ...]
    needs: tuple[Need, ...]
    advice: Advice
    moved: Since | None
    data: DataState
    is_partial: bool
    answer: Mapping[str, Any]
