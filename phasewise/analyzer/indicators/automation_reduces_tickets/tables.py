"""The tables behind 2.3: every automation, and of the leading one its weeks, clients and categories."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from phasewise.analyzer.indicator import Frames, TableRow
from phasewise.analyzer.indicators.automation_reduces_tickets.effects import Effect
from phasewise.analyzer.indicators.automation_reduces_tickets.parts import Reactive, weekly_before

LONGEST = 100
NOBODY = "(none)"
MONTHS = 365.2425 / 7 / 12
"""Weeks a month."""


def leading(effects: Sequence[Effect]) -> Effect | None:
    """The automation to look at first: claimed ones before others, then by the tickets it seems to avoid."""
    order = {"A": 0, "B": 1, "none": 2, "cannot_tell": 3}
    ranked = sorted(effects, key=lambda e: (order[e.verdict.grade], -e.verdict.avoided, e.automation.name))
    return ranked[0] if ranked else None


def tables(effects: Sequence[Effect], volume: Reactive, frames: Frames) -> dict[str, list[TableRow]]:
    """Tables `automation`, and of the leading one `week`, `client` and `category`.

    Args:
        effects: of `effects_of`.
        volume: reactive tickets a week.
        frames: of `read`, for the clients' names.
    """
    found = {"automation": [_automation(effect, volume) for effect in effects]}
    lead = leading(effects)
    if lead is None:
        return found
    names = {(str(r["connection_id"]), str(r["id"])): str(r["name"] or r["id"]) for r in frames["clients"]}
    found["week"] = _weeks(lead)
    found["client"] = [
        {"client": names.get(key, key[1]) or NOBODY, **row}
        for key, row in zip(lead.clients, _rows(lead, lead.series.target, lead.series.control), strict=True)
    ]
    found["client"].sort(key=lambda row: (-float(row["before_a_week"] or 0), str(row["client"])))
    found["client"] = found["client"][:LONGEST]
    found["category"] = _categories(lead)
    return found


def _automation(effect: Effect, volume: Reactive) -> TableRow:
    verdict, estimate = effect.verdict, effect.verdict.estimate
    low, high = estimate.interval(0.9) if estimate else (None, None)
    day = effect.tellable_on
    return {
        "automation": effect.automation.name,
        "target": ", ".join(f"{column} = {' | '.join(v)}" for column, v in effect.automation.targets),
        "grade": verdict.grade,
        "design": verdict.design,
        "weeks_before": verdict.weeks_before,
        "weeks_since": verdict.weeks_after,
        "targeted_a_week_before": round(weekly_before(effect), 2),
        "targeted_a_week_since": round(verdict.observed, 2),
        "incidence_ratio": math.exp(estimate.effect) if estimate else None,
        "low": low,
        "high": high,
        "p_fewer": estimate.p_fewer if estimate else None,
        "avoided_a_month": verdict.avoided * MONTHS if estimate else None,
        "avoided_share": verdict.avoided / volume.now if estimate and volume.now else None,
        "smallest_detectable": verdict.detectable,
        "tellable_from": day.isoformat() if day else None,
        "placebo_p": verdict.placebo_p,
        "doubts": ", ".join(verdict.doubts),
    }


def _weeks(effect: Effect) -> list[TableRow]:
    series = effect.series
    live = np.arange(series.weeks) >= series.live_from[:, None]
    return [
        {
            "week": week.starts_on.isoformat(),
            "targeted": int(series.target[:, column].sum()),
            "other": int(series.control[:, column].sum()),
            "clients_live": int(live[:, column].sum()),
        }
        for column, week in enumerate(effect.weeks)
    ]


def _rows(effect: Effect, target: np.ndarray, control: np.ndarray) -> list[dict[str, float | int | None]]:
    series = effect.series
    mine = series.live_from[series.treated]
    middle = int(np.median(mine)) if len(mine) else series.weeks
    found: list[dict[str, float | int | None]] = []
    for row in range(len(target)):
        own = int(series.live_from[row])
        first = own if own < series.weeks else middle
        before, after = max(1, first), max(1, series.weeks - first)
        found.append(
            {
                "live": int(own < series.weeks),
                "before_a_week": float(target[row, :first].sum()) / before,
                "since_a_week": float(target[row, first:].sum()) / after,
                "other_before_a_week": float(control[row, :first].sum()) / before,
                "other_since_a_week": float(control[row, first:].sum()) / after,
            }
        )
    return found


def _categories(effect: Effect) -> list[TableRow]:
    series = effect.series
    mine = series.live_from[series.treated]
    first = int(np.median(mine)) if len(mine) else series.weeks
    verdict = effect.verdict
    rows: list[TableRow] = []
    for row, name in enumerate(effect.categories):
        before, since = series.siblings[row, :first], series.siblings[row, first:]
        role = "fell" if row in verdict.siblings.fell else ""
        rows.append(
            {
                "category": name,
                "before_a_week": float(before.sum()) / max(1, first),
                "since_a_week": float(since.sum()) / max(1, series.weeks - first),
                "remark": "suspect" if row == verdict.siblings.suspect else role,
            }
        )
    rows.sort(key=lambda r: (-float(r["before_a_week"] or 0), str(r["category"])))
    return rows[:LONGEST]
