"""The numbers that judge: thresholds.toml and an MSP's overrides. Never a number in code.

Every number carries its source in words, so that `explain` can show whose opinion it is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from phasewise.errors import ConfigError, Mistake

PATH = Path(__file__).parent / "thresholds.toml"
OWN = "the settings of this MSP"
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

    @property
    def target(self) -> float:
        """The value from which the part passes: where its curve crosses 70."""
        for (left, below), (right, above) in pairwise(self.anchors):
            if below != above and min(below, above) <= PASS <= max(below, above):
                return left + (right - left) * (PASS - below) / (above - below)
        raise ValueError(f"the curve of {self.name} never crosses {PASS}")  # _contradictions refuses such


@dataclass(frozen=True)
class IndicatorThresholds:
    """The numbers that one indicator is judged by.

    Attributes:
        code: the indicator's.
        parts: its parts in their order.
        numbers: its own other numbers by name.
        common: the numbers of every indicator by name.
    """

    code: str
    parts: Mapping[str, PartThresholds]
    numbers: Mapping[str, Number]
    common: Mapping[str, Number]

    def __getitem__(self, name: str) -> float:
        """The value of a number by name: the indicator's own, else the common one."""
        return (self.numbers[name] if name in self.numbers else self.common[name]).value

    def count(self, name: str) -> int:
        """The value of a number that counts things."""
        return int(self[name])


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


@cache
def shipped() -> Thresholds:
    """The numbers of thresholds.toml.

    Raises:
        ConfigError: the file contradicts itself (a defect of this release).
    """
    written = tomllib.loads(PATH.read_text(encoding="utf-8"))
    common = _numbers(written["common"])
    indicators = {code: _indicator(code, table, common) for code, table in written["indicators"].items()}
    mistakes = [m for one in indicators.values() for m in _contradictions(one, "indicators")]
    if mistakes:
        raise ConfigError("the numbers that judge contradict themselves", where=PATH.name, mistakes=mistakes)
    return Thresholds(
        edition=written["edition"],
        valid_from=written["valid_from"],
        indicators=MappingProxyType(indicators),
        common=common,
    )


def load_thresholds(overrides: Mapping[str, Any]) -> Thresholds:
    """The numbers of thresholds.toml with an MSP's own in their place.

    Args:
        overrides: code (or "common") → name → value; `parts` → part → `weight`, `must`, `anchors`.

    Raises:
        ConfigError: with every override that names nothing or has a wrong value.
    """
    standard = shipped()
    mistakes: list[Mistake] = []
    known = (*standard.indicators, "common")
    mistakes += [_unknown(f"{code}", known) for code in overrides if code not in known]
    common = _overridden_numbers(standard.common, overrides.get("common", {}), "common", mistakes)
    indicators = {
        code: replace(_overridden(one, overrides.get(code, {}), mistakes), common=common)
        for code, one in standard.indicators.items()
    }
    for code in overrides:
        if code in indicators:
            mistakes += _contradictions(indicators[code], "thresholds")
    if mistakes:
        raise ConfigError(
            "own thresholds that cannot be used",
            where="thresholds",
            remedy="All names and their shipped values: phasewise/analyzer/thresholds.toml",
            mistakes=mistakes,
        )
    return Thresholds(standard.edition, standard.valid_from, MappingProxyType(indicators), common)


def _numbers(table: Mapping[str, Any]) -> Mapping[str, Number]:
    return MappingProxyType(
        {name: Number(float(n["value"]), n["unit"], n["source"]) for name, n in table.items()}
    )


def _indicator(code: str, table: Mapping[str, Any], common: Mapping[str, Number]) -> IndicatorThresholds:
    parts = {
        name: PartThresholds(
            name=name,
            weight=float(part["weight"]),
            must=bool(part.get("must", False)),
            anchors=_anchors(part["anchors"]),
            unit=part["unit"],
            source=part["source"],
        )
        for name, part in table.get("parts", {}).items()
    }
    numbers = _numbers({name: value for name, value in table.items() if name != "parts"})
    return IndicatorThresholds(code, MappingProxyType(parts), numbers, common)


def _anchors(pairs: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(value), float(score)) for value, score in pairs)


def _overridden(
    one: IndicatorThresholds, own: Mapping[str, Any], mistakes: list[Mistake]
) -> IndicatorThresholds:
    where = one.code
    numbers = {name: value for name, value in own.items() if name != "parts"}
    parts = dict(one.parts)
    for name, values in own.get("parts", {}).items():
        if name in parts:
            parts[name] = _overridden_part(parts[name], values, f"{where}.parts.{name}", mistakes)
        else:
            mistakes.append(_unknown(f"{where}.parts.{name}", tuple(parts)))
    return IndicatorThresholds(
        one.code,
        MappingProxyType(parts),
        _overridden_numbers(one.numbers, numbers, where, mistakes),
        one.common,
    )


def _overridden_numbers(
    standard: Mapping[str, Number], own: Mapping[str, Any], where: str, mistakes: list[Mistake]
) -> Mapping[str, Number]:
    numbers = dict(standard)
    for name, value in own.items():
        if name not in standard:
            mistakes.append(_unknown(f"{where}.{name}", tuple(standard)))
        elif isinstance(value, bool) or not isinstance(value, int | float):
            mistakes.append(
                Mistake(f"{where}.{name}", f"{value!r} is not a number", f"in {standard[name].unit}")
            )
        else:
            numbers[name] = Number(float(value), standard[name].unit, OWN, overridden=True)
    return MappingProxyType(numbers)


def _overridden_part(
    part: PartThresholds, own: Mapping[str, Any], where: str, mistakes: list[Mistake]
) -> PartThresholds:
    mistakes += [
        _unknown(f"{where}.{name}", ("weight", "must", "anchors"))
        for name in own
        if name not in {"weight", "must", "anchors"}
    ]
    try:
        return replace(
            part,
            weight=float(own.get("weight", part.weight)),
            must=bool(own.get("must", part.must)),
            anchors=_anchors(own["anchors"]) if "anchors" in own else part.anchors,
            source=OWN if "anchors" in own else part.source,
            overridden=True,
        )
    except (TypeError, ValueError):
        mistakes.append(
            Mistake(where, "cannot be read", "weight = 0.5, must = true, anchors = [[0.8, 0], [0.9, 70]]")
        )
        return part


def _contradictions(one: IndicatorThresholds, root: str) -> list[Mistake]:
    """What makes a set of numbers unusable: weights, order of anchors, negative numbers."""
    found = []
    weight = sum(part.weight for part in one.parts.values())
    if one.parts and abs(weight - 1) > 1e-9:
        found.append(Mistake(f"{root}.{one.code}.parts", f"the weights add up to {weight:g}, not 1"))
    for part in one.parts.values():
        path = f"{root}.{one.code}.parts.{part.name}"
        values = [value for value, _ in part.anchors]
        scores = [score for _, score in part.anchors]
        if len(values) < 2 or values != sorted(set(values)):
            found.append(Mistake(f"{path}.anchors", "wants two or more anchors with ascending values"))
        elif scores != sorted(scores) and scores != sorted(scores, reverse=True):
            found.append(Mistake(f"{path}.anchors", "the scores go up and down"))
        elif not (min(scores) < PASS <= max(scores) and min(scores) >= 0 and max(scores) <= 100):
            found.append(Mistake(f"{path}.anchors", "the scores, 0 to 100, must cross the line at 70"))
        if not 0 < part.weight <= 1:
            found.append(Mistake(f"{path}.weight", f"{part.weight:g} is no share"))
    found += [
        Mistake(f"{root}.{one.code}.{name}", f"{number.value:g} is not between 0 and 1")
        for name, number in one.numbers.items()
        if number.unit in {"share", "probability"} and not 0 <= number.value <= 1
    ]
    found += [
        Mistake(f"{root}.{one.code}.{name}", f"{number.value:g} is negative")
        for name, number in one.numbers.items()
        if number.value < 0
    ]
    return found


def _unknown(path: str, known: tuple[str, ...]) -> Mistake:
    return Mistake(path, "names nothing", f"known: {', '.join(known)}")
