"""Each automation's weeks as arrays, and what the rule says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from phasewise.analyzer.calendar import Week, Window
from phasewise.analyzer.columns import Columns, Numbers, by_column, pairs, sums
from phasewise.analyzer.controlled.estimate import Series
from phasewise.analyzer.controlled.rule import rule_of
from phasewise.analyzer.controlled.verdict import Verdict, assess, settle
from phasewise.analyzer.indicator import AnalysisContext, Frames, Row
from phasewise.analyzer.indicators.automation_reduces_tickets.frames import automations_at
from phasewise.analyzer.indicators.automation_reduces_tickets.registered import Registered
from phasewise.analyzer.thresholds import IndicatorThresholds

CODE = "2.3"

Key = tuple[str, str]
"""Connection and id of a client."""


@dataclass(frozen=True)
class Effect:
    """What is known of one automation.

    Attributes:
        automation: as registered.
        series: its weeks.
        clients: of the rows of the series.
        categories: of the siblings of the series.
        weeks: of the columns.
        verdict: what may be said.
    """

    automation: Registered
    series: Series
    clients: tuple[Key, ...]
    categories: tuple[str, ...]
    weeks: tuple[Week, ...]
    verdict: Verdict

    @property
    def tellable_on(self) -> date | None:
        """The day from which it could be told; None = not within a year."""
        until = self.verdict.weeks_until
        return None if until is None else _later(self.weeks[-1].ends_on, until)


def _later(day: date, weeks: int) -> date:
    return date.fromordinal(day.toordinal() + 7 * weeks)


def effects_of(
    frames: Frames, window: Window, numbers: IndicatorThresholds, context: AnalysisContext
) -> list[Effect]:
    """What is known of every automation that had gone live, or is to.

    Args:
        frames: of `read`.
        window: the weeks that are proven.
        numbers: for the rule.
        context: for the instant, and the seed of the permutations.
    """
    rule = rule_of(numbers)
    names = {(str(r["connection_id"]), str(r["id"])): str(r["name"] or r["id"]) for r in frames["clients"]}
    made: list[Effect] = []
    for number, automation in automations_at(frames, context):
        weeks = _weeks_of(automation, window)
        if not weeks:
            continue
        series, clients, categories = _series(frames, number, automation, weeks, names)
        verdict = assess(
            series, rule, is_retrospective=automation.is_retrospective, seed=_seed(context, automation)
        )
        made.append(Effect(automation, series, clients, categories, weeks, verdict))
    settled = settle([effect.verdict for effect in made], rule)
    return [replace(effect, verdict=verdict) for effect, verdict in zip(made, settled, strict=True)]


def _seed(context: AnalysisContext, automation: Registered) -> int:
    text = "\x1f".join((context.edition, CODE, context.as_of.isoformat(), automation.name))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _weeks_of(automation: Registered, window: Window) -> tuple[Week, ...]:
    """The weeks until it ended."""
    end = automation.ended_at
    return tuple(week for week in window.weeks if end is None or week.ends_at <= end)


def _series(
    frames: Frames,
    number: int,
    automation: Registered,
    weeks: Sequence[Week],
    names: Mapping[Key, str],
) -> tuple[Series, tuple[Key, ...], tuple[str, ...]]:
    tickets = by_column(frames["tickets"])
    place = _places(tickets, weeks)
    counted = tickets.where((place >= 0) & tickets.texts["dropped"].equal(""))
    clients, at = pairs(counted.texts["connection_id"], counted.texts["client"])
    cell = at * len(weeks) + _places(counted, weeks)
    inside = counted.numbers["inside"] >> number & 1
    outside = (1 - inside) * (counted.numbers["reactive"] != 0)
    target, control = (
        sums(cell, counted.numbers["n"] * part, len(clients) * len(weeks)).reshape(len(clients), len(weeks))
        for part in (inside, outside)
    )
    live = np.array([_live_from(automation, client, names, weeks) for client in clients], dtype=np.int64)
    mine = {client for client, first in zip(clients, live, strict=True) if first < len(weeks)}
    siblings, categories = _siblings(frames["siblings"], number, automation.column, mine, weeks)
    return Series(target, control, siblings, live), tuple(clients), categories


def _places(rows: Columns, weeks: Sequence[Week]) -> Numbers:
    """(rows,) the column of each row's week; -1 where it is none of them."""
    place = {week.starts_on.isoformat(): column for column, week in enumerate(weeks)}
    week = rows.texts["week"]
    return np.array([place.get(label, -1) for label in week.labels], dtype=np.int64)[week.codes]


def _live_from(automation: Registered, client: Key, names: Mapping[Key, str], weeks: Sequence[Week]) -> int:
    """The first whole week in which it ran for a client; the number of weeks where it did not."""
    since = automation.live_for(client[1], names.get(client, client[1]))
    if since is None:
        return len(weeks)
    return next((column for column, week in enumerate(weeks) if week.starts_at >= since), len(weeks))


def _siblings(
    frame: Sequence[Row], number: int, column: str, clients: set[Key], weeks: Sequence[Week]
) -> tuple[Numbers, tuple[str, ...]]:
    """(categories, weeks) what the clients' other reactive tickets are by the column of the target."""
    rows = by_column(frame)
    own = rows.where(
        (_places(rows, weeks) >= 0)
        & rows.texts["column"].equal(column)
        & (rows.numbers["inside"] >> number & 1 == 0)
    )
    known, at = pairs(own.texts["connection_id"], own.texts["client"])
    own = own.where(np.array([client in clients for client in known], dtype=np.bool_)[at])
    category = own.texts["category"]
    present, at = np.unique(category.codes, return_inverse=True)
    counts = sums(at * len(weeks) + _places(own, weeks), own.numbers["n"], len(present) * len(weeks))
    labels = tuple(category.labels[code] for code in present.tolist())
    return counts.reshape(len(present), len(weeks)), labels
