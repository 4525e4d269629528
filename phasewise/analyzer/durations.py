"""How long tickets take, with those still open counted for as long as they were watched."""

from __future__ import annotations

import math
from collections.abc import Iterable

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.indicator import Measure, Row
from phasewise.analyzer.stats import Survival, jeffreys, kaplan_meier

HOUR = 3600
SHARES = (("within_8_hours", 8), ("within_3_days", 72), ("within_30_days", 720))
"""Name and hours of the shares that are shown: a working day, a few days, a month."""


def survival(rows: Iterable[Row]) -> Survival:
    """The curve of rows with stopped (0/1), seconds (whole hours, negative where the clock is wrong) and n.

    Tickets with a negative time are left out. Times of the curve are hours.
    """
    kept = [(int(r["stopped"] or 0), int(r["seconds"] or 0) // HOUR, int(r["n"] or 0)) for r in rows]
    return kaplan_meier(
        [(hours, n) for stopped, hours, n in kept if stopped and hours >= 0],
        [(hours, n) for stopped, hours, n in kept if not stopped and hours >= 0],
    )


def duration_measures(curve: Survival, window: Window, *, complete: bool, prefix: str) -> list[Measure]:
    """Median and shares of a curve in hours. A quantile the curve does not reach is "> x", never a number.

    Args:
        curve: of `survival`.
        window: the weeks whose tickets were watched.
        complete: the window is proven complete.
        prefix: what was timed ("resolved").
    """
    if not curve.n:
        return []
    median = curve.quantile(0.5)
    measures = [
        Measure(
            name=f"hours_to_{prefix}_median",
            value=float(curve.last if median is None else median),
            unit="hours",
            numerator=None,
            denominator=None,
            n=curve.n,
            low=None,
            high=None,
            window_start=window.starts_on,
            window_end=window.ends_on,
            complete=complete,
            above=median is None,
        )
    ]
    return measures + [
        share_measure(curve, name, hours, window, complete=complete, prefix=prefix) for name, hours in SHARES
    ]


def share_measure(
    curve: Survival, name: str, hours: int, window: Window, *, complete: bool, prefix: str
) -> Measure:
    """The share done within a time, interval by Greenwood's variance; None where the curve ends before."""
    share = curve.effective(hours)
    low, high = (None, None) if share is None else jeffreys(share)
    return Measure(
        name=f"{prefix}_{name}",
        value=None if share is None else share.met / share.n if share.n else math.nan,
        unit="share",
        numerator=None,
        denominator=None,
        n=curve.n,
        low=low,
        high=high,
        window_start=window.starts_on,
        window_end=window.ends_on,
        complete=complete,
    )
