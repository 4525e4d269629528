"""What the consistency rule of 2.1 does to shops whose true level we know.

Shops keep each promise with a known probability, the same in every week (or with one week at 60%, or with
weeks that scatter more than chance). The rule as shipped judges 20,000 quarters of each. Read a row as: of
the shops that truly keep 92% of 20 promises a week, this share passes.

    python benchmarks/bench_consistency_rule.py           print the table
    python benchmarks/bench_consistency_rule.py --write   put it into docs/explanation/sla-consistency.md

Two lines are asked for: 0.8 is where an indicator alone counts as passed; five indicators of a gate pass it
together with 0.8 when each is at about 0.956. `holds` is the share that a passed gate would not lose (one
shortfall in the latest four weeks forbids a pass, and holds). For comparison: what simpler rules do.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, betaincc

from phasewise.analyzer.stats import MOVING_RANGE
from phasewise.analyzer.thresholds import IndicatorThresholds, shipped

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "sla-consistency.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"

RUNS = 20_000
SEED = 20261123
BROKEN = 0.6
"""The level of the one bad week, in the shops that have one."""

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shop:
    """A shop whose truth we know.

    Attributes:
        volume: decided promises a week.
        level: the true share kept.
        broken_weeks_ago: the week at 60%, 0 the latest; None for none.
        correlation: of two promises of one week (0: weeks scatter by chance alone).
    """

    volume: int
    level: float
    broken_weeks_ago: int | None = None
    correlation: float = 0.0

    @property
    def name(self) -> str:
        """As the table calls it."""
        text = f"{self.volume}, {self.level:g}"
        if self.broken_weeks_ago is not None:
            text += f", {BROKEN:.0%} {self.broken_weeks_ago} weeks ago"
        return text + (f", weeks scatter ({self.correlation:g})" if self.correlation else "")


SHOPS = [
    *(
        Shop(volume, level)
        for volume in (5, 10, 20, 100, 500)
        for level in (0.98, 0.95, 0.92, 0.9, 0.88, 0.85)
    ),
    *(Shop(volume, 0.95, broken_weeks_ago=weeks) for volume in (20, 100) for weeks in (2, 9)),
    *(Shop(100, level, correlation=0.01) for level in (0.95, 0.92, 0.9, 0.88)),
]


@dataclass(frozen=True)
class Judged:
    """What the rule says of every run.

    Attributes:
        probability: that the true level is at least the target.
        passes_alone, passes_gate: at 0.8 and at 0.956, shortfalls included.
        fails: at most 0.2, or a shortfall rule holds it down.
        holds: at least 0.8 for a gate that is passed already.
    """

    probability: Floats
    passes_alone: Flags
    passes_gate: Flags
    fails: Flags
    holds: Flags


def quarters(shop: Shop, runs: int, weeks: int, rng: np.random.Generator) -> Counts:
    """Promises kept: one row a run, one column a week, the latest last."""
    levels = np.full((runs, weeks), shop.level)
    if shop.correlation:
        spread = (1 - shop.correlation) / shop.correlation
        levels = rng.beta(shop.level * spread, (1 - shop.level) * spread, (runs, weeks))
    if shop.broken_weeks_ago is not None:
        levels[:, weeks - 1 - shop.broken_weeks_ago] = BROKEN
    return rng.binomial(shop.volume, levels)


def judge(met: Counts, volume: int, numbers: IndicatorThresholds) -> Judged:
    """The rule of 2.1 for one target, vectorised.

    Args:
        met: promises kept, one row a run, the latest 26 weeks in columns.
        volume: decided a week, at least five (fewer would be pooled).
        numbers: of 2.1.
    """
    target = numbers.parts["resolution"].target
    quarter = numbers.count("window_weeks")
    few = volume * quarter < numbers["widen_below"]
    counted = met if few else met[:, -quarter:]
    probability = level_probability(counted, volume, target)
    short = bdtr(met[:, -quarter:].astype(float), volume, target) < numbers["shortfall_tail"]
    many = short.sum(axis=1) >= 2
    recent = short[:, -numbers.count("recent_weeks") :].any(axis=1)
    forbidden = many | recent
    alone, gate = numbers["pass_probability"], numbers["sure_probability"]
    return Judged(
        probability=probability,
        passes_alone=(probability >= alone) & ~forbidden,
        passes_gate=(probability >= gate) & ~forbidden,
        fails=(probability <= numbers["fail_probability"]) | forbidden,
        holds=(probability >= alone) & ~many,
    )


def level_probability(met: Counts, volume: int, target: float) -> Floats:
    """P(true level ≥ target) on n / max(1, sigma_z²) promises."""
    weeks = met.shape[1]
    n = volume * weeks
    mean = met.sum(axis=1) / n
    error = np.sqrt(mean * (1 - mean) / volume)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(error[:, None] > 0, (met / volume - mean[:, None]) / error[:, None], 0.0)
    scatter = np.abs(np.diff(z, axis=1)).mean(axis=1) / MOVING_RANGE
    worth = 1 / np.maximum(1.0, scatter**2)
    kept = met.sum(axis=1)
    found: Floats = betaincc(kept * worth + 0.5, (n - kept) * worth + 0.5, target)
    return found


def simpler(met: Counts, volume: int, target: float) -> list[Flags]:
    """Every week at the target; the quarter at the target; no week below three sigmas of its own mean."""
    quarter = met[:, -13:]
    mean = quarter.sum(axis=1) / (volume * 13)
    limit = mean - 3 * np.sqrt(mean * (1 - mean) / volume)
    in_control = (quarter / volume >= limit[:, None]).all(axis=1)
    return [(quarter / volume >= target).all(axis=1), mean >= target, (mean >= target) & in_control]


def table() -> str:
    """The table as Markdown."""
    numbers = shipped().indicators["2.1"]
    target = numbers.parts["resolution"].target
    rng = np.random.default_rng(SEED)
    heads = (
        "promises a week, true level",
        "**passes (0.8)**",
        "**passes (0.956)**",
        "leans",
        "fails",
        "holds",
        "every week at target",
        "quarter at target",
        "and in control (3 sigma)",
    )
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for shop in SHOPS:
        met = quarters(shop, RUNS, numbers.count("wide_weeks"), rng)
        found = judge(met, shop.volume, numbers)
        leans = ~found.passes_alone & ~found.fails
        columns = (found.passes_alone, found.passes_gate, leans, found.fails, found.holds)
        shares = [float(column.mean()) for column in (*columns, *simpler(met, shop.volume, target))]
        lines.append(f"| {shop.name} | {' | '.join(f'{share:.3f}' for share in shares)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, or put it into its page."""
    started = time.perf_counter()
    made = f"{RUNS:,} quarters a row, seed {SEED}.\n\n{table()}\n"
    if "--write" in sys.argv:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n{made}{END}{rest.partition(END)[2]}", encoding="utf-8")
    else:
        print(made)
    print(f"{time.perf_counter() - started:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
