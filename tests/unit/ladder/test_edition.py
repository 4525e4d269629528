"""The edition changes with the rules, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import phasewise
from phasewise.analyzer import edition as module
from phasewise.analyzer.edition import edition
from phasewise.analyzer.indicator import Indicator, indicators, thresholds
from phasewise.config.settings import MspSettings


def msp(**settings: Any) -> MspSettings:
    return MspSettings.model_validate(
        {"name": "Acme IT", "zone": "Europe/Madrid", "currency": "EUR", **settings}
    )


def made(settings: MspSettings | None = None, words: dict[str, Any] | None = None) -> str:
    one = settings or msp()
    return edition(one, indicators(), thresholds(one), words or {"desk": "a"})


BEFORE = made()


def test_an_edition_is_short_and_the_same_every_time() -> None:
    assert made() == BEFORE
    assert len(BEFORE) == 8


@pytest.mark.parametrize(
    "settings",
    [
        {"zone": "Europe/Lisbon"},
        {"currency": "USD"},
        {"sla": {"basis": "phasewise"}},
        {"scope": {"exclude_queues": ["Sales"]}},
        {"technicians": {"capacity_hours_per_week": 37.5}},
        {"calendars": {"office": {"hours": {"mon-fri": ["09:00-18:00"]}}}},
        {"thresholds": {"2.1": {"decided": 40}}},
        {
            "exceptions": [
                {
                    "indicator": "2.1",
                    "week": "2026-03-02",
                    "reason": "flood",
                    "owner": "Ana",
                    "expires_on": "2026-12-31",
                }
            ]
        },
    ],
)
def test_a_changed_rule_is_another_edition(settings: dict[str, Any]) -> None:
    assert made(msp(**settings)) != BEFORE


@pytest.mark.parametrize(
    "settings", [{"name": "Acme"}, {"language": "es"}, {"technicians": {"show": "names"}}]
)
def test_what_only_changes_how_results_are_shown_is_not(settings: dict[str, Any]) -> None:
    assert made(msp(**settings)) == BEFORE


def test_other_words_are_another_edition() -> None:
    assert made(words={"desk": "b"}) != BEFORE


def test_a_raised_version_of_an_indicator_or_of_the_ladder_is_another_edition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = msp()
    raised: dict[str, Indicator] = {
        code: replace(indicator, version=indicator.version + 1) for code, indicator in indicators().items()
    }
    assert edition(one, raised, thresholds(one), {"desk": "a"}) != BEFORE
    monkeypatch.setattr(module, "RULES_VERSION", 999)
    assert made() != BEFORE


def test_the_release_is_not_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phasewise, "__version__", "99.0")
    assert made() == BEFORE


def test_the_digest_of_the_data_needs_columns_that_there_are() -> None:
    """Every field that an indicator says it reads is a column, or the basis would not see it change."""
    tables = module.RECORD_TABLES
    reads = {name for indicator in indicators().values() for name in indicator.reads}
    unknown = [name for name in reads if name.partition(".")[2] not in tables[name.partition(".")[0]].c]
    assert unknown == []
