"""How the phase over weeks behaves: moves by chance, and weeks until a true change is seen.

Invented shops: five indicators of a gate, or one that limits it, each a share of 20 cases a week over the
latest 13 weeks against 90%, judged every week; the phase of a date comes from the 26 week ends up to it, as
shipped. Many shops are run at once by a twin of `phase_over_weeks` for one gate without anything unknown;
`check` holds it to the shipped function.

Prints markdown tables; `operating_characteristics.py` puts them on its page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from phasewise.analyzer.gates import WEEKS
from phasewise.analyzer.ladder import PASSED, GateValue
from phasewise.analyzer.weeks import (
    FALLEN,
    WEEKS_IN_A_ROW,
    WEEKS_IN_ALL,
    WEEKS_TO_LOSE,
    WeekGates,
    phase_over_weeks,
)

Array = NDArray[np.float64]
Passed = NDArray[np.bool_]

VOLUME, WINDOW, TARGET = 20, 13, 0.9
YEARS = 3
A_YEAR = 52
CHECKED_SHOPS = 4
GATE_LEVELS = (0.10, 0.30, 0.50, 0.70, 0.80, 0.90, 0.97)
"""Probabilities that the gate of a typical week has, by the true level of its indicators."""
RARE = 0.5
"""Gates below this level hardly move by any rule; rules are compared at the others."""
NAMES = {5: "five alike", 1: "one, the others surely pass"}
MOST_CHANGES, MOST_PROMOTED, HALF_A_YEAR = 1.5, 0.02, 26


@dataclass(frozen=True)
class Rule:
    """When a gate moves.

    Attributes:
        name: as in the table.
        rise: joint probability from which a week is good.
        in_a_row, in_all: good weeks that lift a gate, one after the other or altogether.
        fall: joint probability below which a week is bad.
        to_lose: bad weeks in a row after which a gate is lost and the good ones are forgotten.
    """

    name: str
    rise: float = PASSED
    in_a_row: int = WEEKS_IN_A_ROW
    in_all: int = WEEKS_IN_ALL
    fall: float = FALLEN
    to_lose: int = WEEKS_TO_LOSE


NEVER = WEEKS + 1
SHIPPED = Rule(f"**as shipped: {WEEKS_IN_A_ROW} in a row or {WEEKS_IN_ALL} in all**")
OTHERS = (
    Rule("4 in a row", in_a_row=4, in_all=NEVER),
    Rule("8 in a row", in_a_row=8, in_all=NEVER),
    Rule("4 in a row at 0.9", rise=0.9, in_a_row=4, in_all=NEVER),
    Rule("as shipped, lost below 0.5", fall=0.5),
    Rule("as shipped, lost after 8", to_lose=8),
)


@dataclass(frozen=True)
class Change:
    """A true change: the level of one indicator, or of all five, before and after it."""

    name: str
    before: float
    after: float
    of_all: bool


RISES = (Change("88% → 95%, all five", 0.88, 0.95, True), Change("90% → 96%, all five", 0.90, 0.96, True))
CLEAR_FALL = Change("97% → 85%, one of five", 0.97, 0.85, False)
FALLS = (CLEAR_FALL, Change("97% → 88%, one", 0.97, 0.88, False))


def passed(values: Array, rule: Rule) -> Passed:
    """Whether the gate is passed at every date that has 26 week ends behind it.

    Args:
        values: joint probability of the gate, shape (shops, weeks).
        rule: when it moves.

    Returns:
        Shape (shops, weeks - 25).
    """
    sight = sliding_window_view(values, WEEKS, axis=1)
    is_passed: Passed = np.zeros(sight.shape[:2], dtype=np.bool_)
    row, everything, fallen = (np.zeros(sight.shape[:2], dtype=np.int16) for _ in range(3))
    for week in range(WEEKS):
        value = sight[:, :, week]
        good, bad = value >= rule.rise, value < rule.fall
        fallen = np.where(bad, fallen + 1, 0)
        lost = fallen >= rule.to_lose
        row = np.where(good & ~is_passed, row + 1, 0)
        everything = np.where(lost | is_passed, 0, everything + good)
        is_passed = np.where(is_passed, ~lost, (row >= rule.in_a_row) | (everything >= rule.in_all))
        fallen = np.where(is_passed & (row > 0), 0, fallen)
    return is_passed


def check(values: Array) -> None:
    """Hold the twin to the shipped function, on a few shops.

    Raises:
        AssertionError: they differ; then the tables would speak of another rule.
    """
    never = GateValue(0.0, 0.0)
    for shop in values[:CHECKED_SHOPS]:
        weeks = [
            WeekGates(date(2026, 1, 4) + timedelta(weeks=number), (GateValue(p, p), never, never))
            for number, p in enumerate(shop.tolist())
        ]
        ends = range(WEEKS, len(weeks) + 1)
        shipped = [phase_over_weeks(weeks[end - WEEKS : end])[-1].phase == "stable" for end in ends]
        if shipped != passed(shop[np.newaxis], SHIPPED)[0].tolist():
            raise AssertionError("the twin differs from phase_over_weeks")


def level_of(probability: float, limiting: int) -> float:
    """The true level at which a typical week's gate has this probability, by bisection."""
    low, high = 0.8, 0.999
    while high - low > 1e-6:
        level = (low + high) / 2
        found = float(_chance(np.array(level * VOLUME * WINDOW))) ** limiting
        low, high = (level, high) if found < probability else (low, level)
    return high


def steady(level: float, limiting: int, shops: int, rng: np.random.Generator) -> Array:
    """Gate probabilities of shops that stay at a level, with the weeks in sight before their years."""
    return _gate(rng.binomial(VOLUME, level, (shops, limiting, A_YEAR * YEARS + WEEKS + WINDOW - 2)))


def changing(change: Change, shops: int, rng: np.random.Generator) -> Array:
    """Gate probabilities of shops of which the level changes after `WEEKS` dates."""
    before, after = 2 * WEEKS + WINDOW - 1, 2 * A_YEAR
    levels = np.full((5, before + after), change.before)
    levels[: 5 if change.of_all else 1, before:] = change.after
    return _gate(rng.binomial(VOLUME, np.broadcast_to(levels, (shops, *levels.shape))))


def _gate(met: NDArray[np.int64]) -> Array:
    return _chance(sliding_window_view(met, WINDOW, axis=2).sum(axis=3).astype(float)).prod(axis=1)


def _chance(met: Array) -> Array:
    """P(true share ≥ 90%) by Jeffreys, of cases met in a window."""
    from scipy.special import betaincc

    found: Array = betaincc(met + 0.5, VOLUME * WINDOW - met + 0.5, TARGET)
    return found


@dataclass(frozen=True)
class Moved:
    """What shops of one level did: changes of phase a year, share promoted within the first year."""

    changes: float
    promoted: float


def moved(values: Array, rule: Rule) -> Moved:
    """Count the moves of shops that stay at their level."""
    states = passed(values, rule)
    moves = states[:, 1:] != states[:, :-1]
    return Moved(
        float(moves.sum(axis=1).mean()) / YEARS,
        float((moves & states[:, 1:])[:, :A_YEAR].any(axis=1).mean()),
    )


def weeks_until(values: Array, rule: Rule, *, is_rise: bool) -> tuple[int, int]:
    """Weeks from a true change until the phase says so: median, and by when 90% of shops have it.

    Of the shops that stood on the other side at the change.
    """
    states = passed(values, rule)
    here, later = states[:, WEEKS], states[:, WEEKS + 1 :]
    turned = later[here != is_rise] == is_rise
    first = np.where(turned.any(axis=1), turned.argmax(axis=1) + 1, turned.shape[1] + 1)
    median, most = np.percentile(first, [50, 90])
    return int(median), int(most)


def levels(shops: int, seed: int) -> tuple[str, list[str], dict[tuple[int, float], Array]]:
    """The table of what the shipped rule does at every level, what is beyond the limits, and the shops."""
    rows, beyond, drawn = [], [], {}
    for limiting, name in NAMES.items():
        for probability in GATE_LEVELS:
            level = level_of(probability, limiting)
            rng = np.random.default_rng([seed, limiting, int(1000 * probability)])
            values = drawn[limiting, probability] = steady(level, limiting, shops, rng)
            check(values)
            found = moved(values, SHIPPED)
            rows.append(
                [name, f"{probability:.2f}", f"{level:.1%}", f"{found.changes:.2f}", f"{found.promoted:.1%}"]
            )
            if found.changes > MOST_CHANGES:
                beyond.append(f"{name} at {probability}: {found.changes:.2f} changes a year")
            if (limiting, probability) == (5, 0.5) and found.promoted > MOST_PROMOTED:
                beyond.append(f"{name} at 0.5: promoted in {found.promoted:.1%} of years")
    head = (
        "what limits the gate",
        "gate probability of a typical week",
        "true level of each",
        "changes a year",
        "promoted within a year",
    )
    return table(head, rows), beyond, drawn


def rules(shops: int, seed: int, drawn: dict[tuple[int, float], Array]) -> tuple[str, list[str]]:
    """The table of the shipped rule beside others, and what is beyond the limits."""
    changes = {
        change: changing(change, shops, np.random.default_rng([seed, *change.name.encode()]))
        for change in (*RISES, *FALLS)
    }
    rows, beyond = [], []
    for rule in (SHIPPED, *OTHERS):
        found = {key: moved(values, rule) for key, values in drawn.items() if key[1] >= RARE}
        seen = {c: weeks_until(v, rule, is_rise=c in RISES) for c, v in changes.items()}
        rows.append(
            [
                rule.name,
                f"{found[5, 0.5].promoted:.1%}",
                f"{max(one.changes for one in found.values()):.2f}",
                f"{found[5, 0.97].changes:.2f}",
                *(f"{median} ({most})" for median, most in seen.values()),
            ]
        )
        if rule is SHIPPED and seen[CLEAR_FALL][1] > HALF_A_YEAR:
            beyond.append(f"{CLEAR_FALL.name}: one shop in ten keeps its phase for over half a year")
    head = (
        "a gate goes up after",
        "promoted within a year, five at 0.50",
        "most changes a year at any level",
        "changes a year, five at 0.97",
        *(f"weeks until seen: {change.name}" for change in changes),
    )
    return table(head, rows), beyond


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table; all columns but the first are numbers."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def tables(shops: int, seed: int) -> tuple[str, str, list[str]]:
    """Both tables, and what is beyond its limit."""
    by_level, beyond, drawn = levels(shops, seed)
    by_rule, late = rules(shops, seed, drawn)
    return by_level, by_rule, [*beyond, *late]


def main() -> None:
    """Print the tables. Ends with 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", type=int, default=4000, help="shops a row")
    parser.add_argument("--seed", type=int, default=20261125)
    asked = parser.parse_args()
    by_level, by_rule, beyond = tables(asked.shops, asked.seed)
    print(by_level, by_rule, *(f"beyond its limit: {text}" for text in beyond), sep="\n\n")
    sys.exit(bool(beyond))


if __name__ == "__main__":
    main()
