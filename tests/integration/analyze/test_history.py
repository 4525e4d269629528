"""A history of two years of a generated shop reads as the first screen of an analysis, over time."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from phasewise.analyzer.backfill import backfill
from phasewise.config.settings import Settings, load_settings
from phasewise.model.records.tickets import SlaResult, Ticket
from phasewise.report.history import history_json, history_text, read_history
from phasewise.report.layout import Layout
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from tests.indicators.stores import INSTANT, WITH_DEADLINES, fill, promise, ticket

WEEKS = 105
A_WEEK = 12
"""Tickets a week."""
AS_OF = date(2026, 3, 1)
BETTER_AFTER = 52
"""Weeks of the shop in which every third promise is missed; in those that follow none is."""

SETTINGS = """
[msps.acme]
name = "Acme IT"
zone = "Europe/Madrid"
currency = "EUR"
"""

GATES = """
SELECT week, gate, p_low, p_high, open FROM v_gate_weeks
WHERE msp_id = :msp_id AND gate = 2
ORDER BY week
"""


def shop() -> list[Ticket | SlaResult]:
    """Two years of tickets, resolved within a day, with one promise each."""
    records: list[Ticket | SlaResult] = []
    monday = INSTANT - timedelta(days=1, weeks=WEEKS)
    for number in range(WEEKS * A_WEEK):
        week, place = divmod(number, A_WEEK)
        opened = monday + timedelta(weeks=week, hours=9 + 12 * place)
        key = str(number)
        missed = week < BETTER_AFTER and place % 3 == 0
        records.append(
            ticket(
                key,
                opened,
                type="incident",
                priority="medium",
                client="c",
                resolved_at=opened + timedelta(hours=5),
            )
        )
        records.append(promise(key, "missed" if missed else "met", due_at=opened + timedelta(hours=8)))
    return records


@pytest.fixture
def generated(sqlite_msp: MspStore, tmp_path: Path) -> tuple[MspStore, Settings]:
    fill(sqlite_msp, shop(), provides=WITH_DEADLINES)
    (tmp_path / "phasewise.toml").write_text(SETTINGS, encoding="utf-8")
    return sqlite_msp, load_settings(tmp_path / "phasewise.toml", {})


def test_two_years_of_a_shop_that_got_better_show_it_week_by_week(
    generated: tuple[MspStore, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "en")
    scope, settings = generated
    found = backfill(scope, settings, 24, as_of=AS_OF, now=INSTANT + timedelta(days=1))
    past = read_history(scope, 200)
    lines = history_text(past, Layout(), most=3, name="Acme IT").splitlines()
    assert len(past) == len(found.days)
    assert lines[0].startswith(f"Acme IT · {_day(found.days[0])} to 1 Mar 2026 · edition ")
    assert lines[1].startswith("REACTIVE   held since ")
    assert [line[:6] for line in lines[2:5]] == ["Gate 1", "Gate 2", "  2.1 "]
    signs, *now = lines[4].removeprefix("  2.1 SLA adherence").split()
    assert now[1:] == ["pass"]
    assert "▁" * 20 in signs, "every third promise was missed for a year"
    assert signs.endswith("█"), "none is now"
    assert lines[6].startswith(f"A sign every {-(-len(past) // len(signs))} dates, the newest at the right")
    assert all(len(line) <= 100 for line in lines[:7])
    rows = lines[lines.index("") + 2 :]
    assert [row[:10] for row in rows] == [one.as_of for one in past[:3]]
    assert history_json("acme", past)[0]["held_since_or_before"] == past[0].held_or_before


def test_the_gates_of_every_week_can_be_read_by_sql(generated: tuple[MspStore, Settings]) -> None:
    scope, settings = generated
    backfill(scope, settings, 24, as_of=AS_OF, now=INSTANT + timedelta(days=1))
    rows = read_frame(scope, GATES)
    weeks = [date.fromisoformat(row["week"]) for row in rows]
    assert weeks == [weeks[0] + timedelta(weeks=number) for number in range(len(weeks))]
    assert weeks[-1] == AS_OF
    assert all(0 <= row["p_low"] <= row["p_high"] <= 1 for row in rows)
    bad, good = (next(row for row in rows if row["week"] == day) for day in ("2025-01-26", "2026-03-01"))
    assert bad["p_high"] < 0.01, "a gate with 2.1 failing cannot pass, whatever the unknown ones say"
    assert (good["p_low"], good["p_high"] > 0.9) == (0.0, True)
    assert "2.1" not in good["open"]
    assert "2.2" in good["open"]


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
