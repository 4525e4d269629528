"""Measures out of counts."""

from __future__ import annotations

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.indicator import Measure
from phasewise.analyzer.stats import Share, deflated, jeffreys


def share_measure(
    name: str, part: int, whole: int, window: Window, *, complete: bool, sigma_z: float = 1.0
) -> Measure:
    """`part` of `whole` as a measure, with Jeffreys' interval; no value where the whole is nothing.

    Args:
        name: of the measure.
        part: how many.
        whole: of how many.
        window: the weeks they were counted in.
        complete: the window is proven complete.
        sigma_z: how many times the weeks scatter more than chance; widens the interval.
    """
    low, high = jeffreys(deflated(Share(part, whole), sigma_z))
    return Measure(
        name=name,
        value=part / whole if whole else None,
        unit="share",
        numerator=part,
        denominator=whole,
        n=whole,
        low=low if whole else None,
        high=high if whole else None,
        window_start=window.starts_on,
        window_end=window.ends_on,
        complete=complete,
    )


def count_measure(name: str, value: float, unit: str, n: int, window: Window, *, complete: bool) -> Measure:
    """A count or another plain number; `n` is what it was counted among."""
    return Measure(
        name=name,
        value=float(value),
        unit=unit,
        numerator=None,
        denominator=None,
        n=n,
        low=None,
        high=None,
        window_start=window.starts_on,
        window_end=window.ends_on,
        complete=complete,
    )


def share_or_none(part: int | None, whole: int) -> float | None:
    """`part` of `whole`, None where the whole is nothing or the part is not known."""
    return None if part is None or not whole else part / whole
