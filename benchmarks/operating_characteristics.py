"""How often the rules are wrong, and how often they see: the shipped functions on invented weeks.

Prints markdown tables; `--write docs/reference/operating-characteristics.md` writes the page. The rule of 2.3
must claim a reduction that is none in at most 5% of runs, in every scenario; its power is published as it is.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the runs are spread over processes instead

import bench_consistency_rule as consistency
import hysteresis
import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.controlled.estimate import Series
from phasewise.analyzer.controlled.rule import Rule, rule_of
from phasewise.analyzer.controlled.verdict import Verdict, assess, settle
from phasewise.analyzer.thresholds import shipped

Array = NDArray[np.float64]

LIMIT = 0.05
SIBLINGS = 6
"""Categories beside the target, of unequal size."""


@dataclass(frozen=True)
class Scenario:
    """How weeks come about. Rates are per week, drifts log per year, deviations log.

    Attributes:
        name: as in the tables.
        clients: how many; sizes log-normal with `client_spread`.
        treated: share of them for whom it goes live.
        weekly: targeted tickets a week, of all treated clients, before the go-live.
        control_times: other tickets per targeted one.
        before, after: weeks.
        dispersion: NB2: variance = mean + dispersion · mean², by client and category.
        season, own_season: of all tickets alike, of the target alone.
        drift, own_drift: the same; `client_drift`: deviation of each client's own drift of the target.
        growth: endpoints.
        noise, correlation: AR(1) noise that all share.
        own_noise, own_correlation: of the target alone: its share wanders.
        client_noise, client_correlation: of the target of each client.
        churn: share of clients that leave, or come, at any time.
        big: share of the target's tickets that one client has; 0 = none stands out.
        client_shift: deviation of a lasting change of each client's target share at the go-live.
        after_peak: the go-live follows the worst quarter of the year before it.
        moved: share of the target's tickets that get the name of a sibling from the go-live on.
        reduction: true, 0–1.
        larger_first: it goes live for the larger clients.
    """

    name: str
    clients: int = 25
    treated: float = 1.0
    weekly: float = 20.0
    control_times: float = 6.0
    before: int = 78
    after: int = 26
    dispersion: float = 0.10
    client_spread: float = 0.8
    season: float = 0.15
    own_season: float = 0.0
    drift: float = -0.05
    own_drift: float = 0.0
    client_drift: float = 0.0
    growth: float = 0.15
    noise: float = 0.10
    correlation: float = 0.3
    own_noise: float = 0.0
    own_correlation: float = 0.0
    client_noise: float = 0.0
    client_correlation: float = 0.0
    churn: float = 0.0
    big: float = 0.0
    client_shift: float = 0.0
    after_peak: bool = False
    moved: float = 0.0
    reduction: float = 0.0
    larger_first: bool = False


def autoregressive(rng: np.random.Generator, shape: tuple[int, int], sd: float, correlation: float) -> Array:
    """Stationary AR(1) noise of rows, of standard deviation `sd`."""
    found = rng.standard_normal(shape)
    for week in range(1, shape[1]):
        found[:, week] = correlation * found[:, week - 1] + np.sqrt(1 - correlation**2) * found[:, week]
    return found * sd


def negative_binomial(rng: np.random.Generator, mean: Array, dispersion: float) -> NDArray[np.int64]:
    """Counts with variance mean + dispersion · mean²."""
    if dispersion <= 0:
        return rng.poisson(mean)
    return rng.poisson(mean * rng.gamma(1 / dispersion, dispersion, mean.shape))


def generate(scenario: Scenario, rng: np.random.Generator) -> Series:
    """The weeks of one automation, as the indicator would read them."""
    s = scenario
    extra = 52 if s.after_peak else 0
    weeks = s.before + s.after + extra
    years = np.arange(weeks) / 52.18
    phase = rng.uniform(0, 2 * np.pi, 2)
    common = s.season * np.sin(2 * np.pi * years + phase[0]) + (s.drift + np.log1p(s.growth)) * years
    common = common + autoregressive(rng, (1, weeks), s.noise, s.correlation)[0]
    common[(np.arange(weeks) + int(rng.integers(52))) % 52 < 2] += np.log(0.65)
    own = s.own_season * np.sin(2 * np.pi * years + phase[1]) + s.own_drift * (years - years.mean())
    own = own + autoregressive(rng, (1, weeks), s.own_noise, s.own_correlation)[0]
    sizes = _sizes(s, rng)
    there = _there(s, rng, weeks)
    mine = _live_clients(s, sizes, rng)
    go_live = s.before + (_peak(common + own, s) if s.after_peak else 0)
    client = autoregressive(rng, (s.clients, weeks), s.client_noise, s.client_correlation)
    client += rng.standard_normal((s.clients, 1)) * s.client_drift * (years - years[go_live])
    lasting = rng.standard_normal((s.clients, 1)) * s.client_shift * (np.arange(weeks) >= go_live)
    live = mine[:, None] & (np.arange(weeks) >= go_live)
    scale = s.weekly / sizes[mine].sum()
    rate = sizes[:, None] * scale * np.exp(common) * there
    target = rate * np.exp(own + client + lasting) * np.where(live, 1 - s.reduction, 1.0)
    shares = np.array([0.30, 0.22, 0.18, 0.13, 0.10, 0.07]) * s.control_times
    categories = np.stack(
        [
            negative_binomial(
                rng, share * rate * np.exp(autoregressive(rng, (1, weeks), 0.05, 0.3)), s.dispersion
            )
            for share in shares
        ]
    )
    counts = negative_binomial(rng, target, s.dispersion)
    if s.moved:
        away = rng.binomial(counts, s.moved) * live
        counts = counts - away
        categories[int(rng.integers(3))] += away
    first = go_live - s.before
    until = go_live + s.after
    return Series(
        target=counts[:, first:until],
        control=categories.sum(axis=0)[:, first:until],
        siblings=categories[:, mine].sum(axis=1)[:, first:until],
        live_from=np.where(mine, s.before, s.before + s.after).astype(np.int64),
    )


def _sizes(s: Scenario, rng: np.random.Generator) -> Array:
    sizes = np.exp(rng.standard_normal(s.clients) * s.client_spread)
    if s.big:
        sizes[0] = sizes[1:].sum() * s.big / (1 - s.big)
    return sizes


def _there(s: Scenario, rng: np.random.Generator, weeks: int) -> Array:
    there = np.ones((s.clients, weeks))
    for row in np.flatnonzero(rng.random(s.clients) < s.churn):
        at = int(rng.integers(1, weeks - 1))
        there[row, at:] = 0.0 if rng.random() < 0.5 else 1.0
        if there[row, -1]:
            there[row, :at] = 0.0
    return there


def _live_clients(s: Scenario, sizes: Array, rng: np.random.Generator) -> NDArray[np.bool_]:
    count = max(1, round(s.treated * s.clients))
    order = np.argsort(-sizes) if s.larger_first else rng.permutation(s.clients)
    mine = np.zeros(s.clients, dtype=np.bool_)
    mine[order[:count]] = True
    return mine


def _peak(level: Array, s: Scenario) -> int:
    """Weeks after `before` at which the quarter behind is the worst within a year."""
    quarters = np.convolve(level, np.ones(13) / 13, mode="valid")
    candidates = np.arange(s.before, s.before + 52)
    return int(candidates[np.argmax(quarters[candidates - 13])] - s.before)


BASE = Scenario("as usual")
SHORT = Scenario("half a year before, a quarter after", before=26, after=13)
FALSE_CLAIMS: tuple[Scenario, ...] = (
    replace(BASE, name="only over-dispersed", season=0, drift=0, growth=0, noise=0),
    BASE,
    replace(BASE, name="five targeted a week", weekly=5),
    replace(BASE, name="a hundred targeted a week", weekly=100),
    SHORT,
    replace(BASE, name="three years read", before=130),
    replace(BASE, name="everything falls 20% a year", drift=-0.22),
    replace(BASE, name="the target alone falls 20% a year", own_drift=-0.22),
    replace(BASE, name="the target has a season of its own, 20%", own_season=0.2),
    replace(SHORT, name="the same over half a year", own_season=0.2),
    replace(BASE, name="strong autocorrelation of all", noise=0.15, correlation=0.6),
    replace(BASE, name="the target's share wanders (0.6)", own_noise=0.15, own_correlation=0.6),
    replace(BASE, name="the target's share wanders (0.9)", own_noise=0.15, own_correlation=0.9),
    replace(BASE, name="the share wanders, 100 a week", weekly=100, own_noise=0.15, own_correlation=0.9),
    replace(SHORT, name="the share wanders, half a year", weekly=100, own_noise=0.15, own_correlation=0.9),
    replace(BASE, name="clients' shares wander", client_noise=0.4, client_correlation=0.9),
    replace(BASE, name="clients change for good at the time", client_shift=0.4, weekly=100),
    replace(BASE, name="clients come and go", churn=0.4),
    replace(BASE, name="one client is half of it", big=0.5, client_shift=0.3, weekly=100),
    replace(BASE, name="six clients", clients=6, client_shift=0.3, weekly=100),
    replace(
        BASE, name="bought after the worst quarter", after_peak=True, own_noise=0.15, own_correlation=0.8
    ),
    replace(
        SHORT,
        name="after the worst quarter, over half a year",
        after_peak=True,
        own_noise=0.15,
        own_correlation=0.8,
    ),
    replace(BASE, name="a third is renamed", moved=0.33, weekly=100),
    replace(BASE, name="half is renamed", moved=0.5),
    replace(BASE, name="half of the clients", treated=0.5, weekly=10),
    replace(BASE, name="half, clients drift apart", treated=0.5, weekly=50, client_drift=0.3),
    replace(BASE, name="half, they change for good", treated=0.5, weekly=50, client_shift=0.4),
    replace(BASE, name="half, the larger ones", treated=0.5, larger_first=True, client_shift=0.3),
    replace(
        BASE,
        name="half, after the worst quarter",
        treated=0.5,
        after_peak=True,
        client_noise=0.4,
        client_correlation=0.9,
    ),
    replace(SHORT, name="half, half a year", treated=0.5, client_shift=0.3),
    replace(BASE, name="a quarter of twenty-four", clients=24, treated=0.25, client_shift=0.3),
)
POWER: tuple[Scenario, ...] = tuple(
    replace(BASE, name=name, weekly=weekly, before=before, after=after, treated=treated, clients=clients)
    for name, treated, clients, before, after in (
        ("all clients, 26 + 13 weeks", 1.0, 25, 26, 13),
        ("all clients, 52 + 26", 1.0, 25, 52, 26),
        ("all clients, 78 + 26", 1.0, 25, 78, 26),
        ("all clients, 104 + 52", 1.0, 25, 104, 52),
        ("half of 24 clients, 26 + 13", 0.5, 24, 26, 13),
        ("half of 24 clients, 52 + 26", 0.5, 24, 52, 26),
    )
    for weekly in (5.0, 20.0, 100.0)
)
REDUCTIONS = (0.15, 0.3, 0.5, 0.7)


@dataclass(frozen=True)
class Counted:
    """What the rule said of the runs of a scenario: shares of them.

    Attributes:
        claimed: grade A.
        shown: grade B.
        not_found: "no reduction", where one of 30% would have been found.
        cannot_tell: the rest.
        uncorrected: what a before/after comparison of weekly counts (Welch's t) claims.
    """

    claimed: float
    shown: float
    not_found: float
    cannot_tell: float
    uncorrected: float


def count(work: tuple[Scenario, int, int]) -> Counted:
    """Run one scenario: (scenario, runs, seed)."""
    scenario, runs, seed = work
    rule = rule_of(shipped().indicators["2.3"])
    grades = {"A": 0, "B": 0, "none": 0, "cannot_tell": 0}
    naive = 0
    for run in range(runs):
        # A name is part of the seed: scenarios that differ in one thing do not share their chance.
        rng = np.random.default_rng([seed, run, *scenario.name.encode()])
        series = generate(scenario, rng)
        grades[verdict_of(series, rule, run).grade] += 1
        naive += before_after(series)
    shares = (grades[name] / runs for name in ("A", "B", "none", "cannot_tell"))
    return Counted(*shares, naive / runs)


def verdict_of(series: Series, rule: Rule, seed: int) -> Verdict:
    """The rule as shipped, for one automation that was registered in time."""
    return settle([assess(series, rule, is_retrospective=False, seed=seed)], rule)[0]


def before_after(series: Series) -> bool:
    """What is usually done: the mean of the weeks before beside that of the weeks since."""
    from scipy.special import stdtr

    weeks = series.target[series.treated].sum(axis=0).astype(float)
    first = int(series.live_from[series.treated].min())
    before, since = weeks[:first], weeks[first:]
    errors = before.var(ddof=1) / len(before), since.var(ddof=1) / len(since)
    total = sum(errors)
    if total == 0:
        return False
    freedom = total**2 / (errors[0] ** 2 / (len(before) - 1) + errors[1] ** 2 / (len(since) - 1))
    return bool(stdtr(freedom, (since.mean() - before.mean()) / np.sqrt(total)) < 0.025)


def false_claims(runs: int, seed: int, each: Callable[..., list[Counted]]) -> tuple[str, list[str]]:
    """The table of false claims, and the scenarios beyond the limit."""
    found = each([(scenario, runs, seed) for scenario in FALSE_CLAIMS])
    rows = [
        [s.name, *(f"{v:.1%}" for v in (c.claimed, c.shown, c.not_found, c.cannot_tell, c.uncorrected))]
        for s, c in zip(FALSE_CLAIMS, found, strict=True)
    ]
    head = (
        "nothing was reduced, and",
        "**claimed**",
        "shown (B)",
        "no reduction",
        "cannot tell",
        "before/after t-test claims",
    )
    beyond = [s.name for s, c in zip(FALSE_CLAIMS, found, strict=True) if c.claimed > LIMIT]
    return hysteresis.table(head, rows), beyond


def power(runs: int, seed: int, each: Callable[..., list[Counted]]) -> str:
    """The table of power."""
    work = [(replace(s, reduction=reduction), runs, seed) for s in POWER for reduction in REDUCTIONS]
    found = iter(each(work))
    rows = []
    for scenario in POWER:
        cells = [next(found) for _ in REDUCTIONS]
        shown = [f"{c.claimed:.2f} ({c.claimed + c.shown:.2f})" for c in cells]
        rows.append([scenario.name, f"{scenario.weekly:g}", *shown])
    return hysteresis.table(("design", "targeted a week", *(f"{r:.0%} fewer" for r in REDUCTIONS)), rows)


def machine_line() -> str:
    """The machine in one line."""
    cores = os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"


PAGE = """# Operating characteristics

How often the rules are wrong, and how often they see. Written by `benchmarks/operating_characteristics.py
--write`: the functions of the indicators judge weeks that were invented, so that the truth is known. The
generators are ours and stand in that file; no real series with a known automation is public.

{machine}; {seconds:.0f} s.

## 2.3: reductions that are none

{runs} automations a row that did nothing. A claim (grade A) must stay at or under {limit:.0%} in every row;
its standard error at 5% is {error:.1%}. Counts are negative binomial by client and category, with a common
season (15%), a Christmas fortnight, growth of endpoints, a drift and autocorrelated noise, unless the row
says otherwise; 20 targeted tickets a week, 78 weeks before and 26 after, 25 clients of unequal size.

{false}

## 2.3: reductions that are real

Share claimed (in brackets: claimed or shown), {power_runs} automations a cell. What stands most often between
a real reduction and a claim is the doubt whether tickets were only renamed.

{power}

## 2.1: what "consistently" does

{consistency}

## The phase over weeks

{hysteresis_shops} shops a row, three years each. Five indicators of a gate, or one that limits it, each a
share of 20 cases a week over the latest 13 weeks against 90%, judged every week; the phase of a date comes
from the 26 week ends up to it. Limits: 1.5 changes a year at any level; where five alike leave the gate a
coin toss, a promotion in at most 2% of years; where one of five falls from 97% to 85%, nine shops in ten
have lost the phase within half a year. Where one indicator alone limits the gate, a typical week at 0.5
means that it truly stands on the line: being promoted then is no error.

{hysteresis}

The same beside other rules. Weeks until a true change is seen: median, and in brackets by when nine shops
in ten have it; the 13 weeks of the window are in them.

{rules}

{missed}
"""


def missed(texts: Sequence[str]) -> str:
    """What the page says of limits that were not kept."""
    return f"**Beyond its limit:** {'; '.join(texts)}." if texts else "Every limit was kept."


def main() -> None:
    """Print the page, or write it. Ends with 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument("--runs", type=int, default=400, help="automations a row of false claims")
    parser.add_argument("--power-runs", type=int, default=100, help="automations a cell of power")
    parser.add_argument("--hysteresis-shops", type=int, default=4000, help="shops a row")
    parser.add_argument("--seed", type=int, default=20261125)
    asked = parser.parse_args()
    started = time.perf_counter()
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:

        def each(work: Sequence[tuple[Scenario, int, int]]) -> list[Counted]:
            return list(pool.map(count, work))

        false, beyond = false_claims(asked.runs, asked.seed, each)
        seen = power(asked.power_runs, asked.seed, each)
    by_level, by_rule, late = hysteresis.tables(asked.hysteresis_shops, asked.seed)
    page = PAGE.format(
        machine=machine_line(),
        seconds=time.perf_counter() - started,
        runs=asked.runs,
        power_runs=asked.power_runs,
        hysteresis_shops=f"{asked.hysteresis_shops:,}",
        limit=LIMIT,
        error=np.sqrt(LIMIT * (1 - LIMIT) / asked.runs),
        false=false,
        power=seen,
        consistency=consistency.table(),
        hysteresis=by_level,
        rules=by_rule,
        missed=missed((*beyond, *late)),
    )
    if asked.write:
        asked.write.write_text(page, encoding="utf-8")
    else:
        print(page)
    for text in (*beyond, *late):
        print(f"beyond its limit: {text}", file=sys.stderr)
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
    sys.exit(bool(beyond or late))


if __name__ == "__main__":
    main()
