"""The numbers that judge: thresholds.toml and an MSP's overrides. Never a number in code.

Every number carries its source in words, so that `explain` can show whose opinion it is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from phasewise.errors import ConfigError, Mistake

PATH = Path(__file__).parent / "thresholds.toml"
PASS = 70.0
"""The score that passes. A unit of the model, not a threshold: every curve is drawn to it."""


@dataclass(frozen=True)
class Number:
    """One number of a rule.

    Attributes:
        value: in `unit`.
        unit: "share", "tickets", "weeks", "days", "clients", "probability", "score".
        source: whose number it is, in words.
        overridden: it comes from the MSP's settings.
    """

    value: float
    unit: str
    source: str
    overridden: bool = False


@dataclass(frozen=True)
class PartThresholds:
    """How one part is scored.

    Attributes:
        weight: share of the indicator's score; the weights of an indicator add up to 1.
        must: the part must pass by itself.
        anchors: (value, score) pairs, ascending by value; the score is linear between and flat beyond.
        unit: unit of the values.
        source: whose anchors they are, in words.
        overridden: something of it comes from the MSP's settings.
    """

    name: str
    weight: float
    must: bool
    anchors: tuple[tuple[float, float], ...]
    unit: str
    source: str
    overridden: bool = False


@dataclass(frozen=True)
class IndicatorThresholds:
    """The numbers of one indicator: its parts in their order, and its other numbers by name."""

    code: str
    parts: Mapping[str, PartThresholds]
    numbers: Mapping[str, Number]

    def __getitem__(self, name: str) -> float:
        """The value of a number by name."""
        return self.numbers[name].value

    def count(self, name: str) -> int:
        """The value of a number that counts things."""
        return int(self.numbers[name].value)


@dataclass(frozen=True)
class Thresholds:
    """All numbers.

    Attributes:
        edition: name of this set of numbers in the file.
        valid_from: since when the file's numbers are these.
        indicators: code → its numbers.
        common: numbers that every indicator uses, by name.
    """

    edition: str
    valid_from: date
    indicators: Mapping[str, IndicatorThresholds]
    common: Mapping[str, Number]

    def canonical(self) -> dict[str, Any]:
        """Everything that changes a result, as plain values: part of the edition of an analysis."""
        return {
            "common": {name: number.value for name, number in sorted(self.common.items())},
            "indicators": {
                code: {
                    "parts": {
                        p.name: {"weight": p.weight, "must": p.must, "anchors": [list(a) for a in p.anchors]}
                        for p in one.parts.values()
                    },
                    "numbers": {name: number.value for name, number in sorted(one.numbers.items())},
                }
                for code, one in sorted(self.indicators.items())
            },
        }
