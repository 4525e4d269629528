"""The rule that the benchmark measures is the rule that judges."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.bench_consistency_rule import Shop, judge, quarters
from phasewise.analyzer.indicator import indicators, thresholds
from tests.indicators.facts import context, sla_frames

MADE = context()
NUMBERS = thresholds(MADE.msp).indicators["2.1"]


@pytest.mark.parametrize(
    "shop",
    [
        Shop(5, 0.95),
        Shop(10, 0.9),
        Shop(20, 0.92),
        Shop(20, 0.95, broken_weeks_ago=2),
        Shop(100, 0.95, broken_weeks_ago=9),
        Shop(100, 0.9, correlation=0.01),
    ],
    ids=lambda shop: shop.name,
)
def test_the_measured_rule_is_the_shipped_one(shop):
    met = quarters(shop, 25, 26, np.random.default_rng(7))
    found = judge(met, shop.volume, NUMBERS)
    weeks = 26 if shop.volume * 13 < NUMBERS["widen_below"] else 13
    for run in range(len(met)):
        case = {
            "weeks": weeks,
            "resolution": {"decided": shop.volume, "met": [int(k) for k in met[run, -weeks:]]},
        }
        evidence = indicators()["2.1"].judge(sla_frames(case, MADE), NUMBERS, MADE)
        line = abs(found.probability[run] - np.array([0.2, 0.8])).min()
        if line < 0.002:
            continue  # too near a line for 2,000 draws to agree with the exact probability
        assert (evidence.status == "pass") == found.passes_alone[run], evidence
        assert (evidence.status == "fail") == found.fails[run], evidence
        assert evidence.hold_low is not None
        assert (evidence.hold_low >= 0.8) == found.holds[run]
