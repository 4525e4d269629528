"""The phase over weeks: a function of store, rules and date, whatever was worked out and kept before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from phasewise.analyzer import gates as module
from phasewise.analyzer.gates import judge_weeks, week_context, week_ends
from phasewise.analyzer.run import Analysis, analyze, context_of, to_json
from phasewise.storage.frames import read_frame
from phasewise.storage.gate_weeks import StoredGate
from phasewise.storage.tables import RECORD_TABLES
from tests.integration.analyze.conftest import AS_OF, NOW, Demo

KEPT = "SELECT week, edition, basis, gate, p_low, p_high FROM gate_weeks WHERE msp_id = :msp_id"


def run(demo: Demo, as_of: date = AS_OF, **options: object) -> Analysis:
    return analyze(demo.scope, demo.settings, as_of=as_of, **{"now": NOW, **options})  # type: ignore[arg-type]  # options of analyze


def judged(demo: Demo) -> list[date]:
    """The week ends that an analysis works out, instead of reading them."""
    found: list[date] = []
    before = module.judge_all

    def watched(scope: object, context: object, contexts: list[object]) -> object:
        found.extend(c.as_of for c in contexts)  # type: ignore[attr-defined]  # contexts
        return before(scope, context, contexts)  # type: ignore[arg-type]  # as handed over

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "judge_all", watched)
        run(demo)
    return found


def test_the_weeks_are_the_26_sundays_up_to_the_date() -> None:
    days = week_ends(AS_OF)
    assert len(days) == 26
    assert (days[0], days[-1]) == (AS_OF - timedelta(weeks=25), AS_OF)
    assert {day.isoweekday() for day in days} == {7}
    assert week_ends(AS_OF + timedelta(days=6)) == days
    assert week_ends(AS_OF - timedelta(days=1))[-1] == AS_OF - timedelta(weeks=1)


def test_the_phase_does_not_depend_on_which_analyses_exist(any_demo: Demo) -> None:
    alone = to_json(run(any_demo, save=False))
    for days in (70, 40, 9, 7, 1):
        run(any_demo, AS_OF - timedelta(days=days))
    assert to_json(run(any_demo)) == alone


def test_with_and_without_kept_weeks_the_answer_is_the_same(any_demo: Demo) -> None:
    worked_out = run(any_demo)
    kept = read_frame(any_demo.scope, KEPT)
    assert len(kept) == 26 * 3
    assert judged(any_demo) == []
    assert to_json(run(any_demo)) == to_json(worked_out)
    assert read_frame(any_demo.scope, KEPT) == kept


def test_a_kept_week_counts_only_for_the_same_rules_and_data(
    sqlite_demo: Demo, rewritten: Callable[[str, str], Demo]
) -> None:
    run(sqlite_demo)
    assert judged(sqlite_demo) == []
    other_rules = rewritten(
        "[msps.northwind.sla]", '[msps.northwind.thresholds."2.1"]\ndecided = 40\n[msps.northwind.sla]'
    )
    assert len(judged(other_rules)) == 26
    with sqlite_demo.scope.write() as connection:
        tickets = RECORD_TABLES["tickets"]
        connection.execute(tickets.delete().where(tickets.c.opened_at > NOW - timedelta(days=60)))
    assert judged(other_rules)


def test_a_week_is_judged_alike_by_any_clock(sqlite_demo: Demo) -> None:
    later = NOW + timedelta(days=400)
    one = context_of(sqlite_demo.scope, sqlite_demo.settings, as_of=AS_OF, now=NOW)
    other = context_of(sqlite_demo.scope, sqlite_demo.settings, as_of=AS_OF, now=later)
    days = week_ends(AS_OF, 2)
    assert judge_weeks(sqlite_demo.scope, [week_context(one, day) for day in days]) == judge_weeks(
        sqlite_demo.scope, [week_context(other, day) for day in days]
    )
    assert run(sqlite_demo, now=later).weeks == run(sqlite_demo).weeks


def test_many_weeks_at_once_are_judged_as_each_alone(any_demo: Demo) -> None:
    context = context_of(any_demo.scope, any_demo.settings, as_of=AS_OF, now=NOW)
    contexts = [week_context(context, day) for day in week_ends(AS_OF, 6)]
    together = judge_weeks(any_demo.scope, contexts)
    assert together == {c.as_of: judge_weeks(any_demo.scope, [c])[c.as_of] for c in contexts}


def test_weeks_before_the_first_record_are_judged_too(sqlite_demo: Demo) -> None:
    context = context_of(sqlite_demo.scope, sqlite_demo.settings, as_of=AS_OF, now=NOW)
    contexts = [week_context(context, day) for day in week_ends(date(2015, 6, 28), 3)]
    for gates in judge_weeks(sqlite_demo.scope, contexts).values():
        assert [(gate.p_low, gate.p_high) for gate in gates] == [(0.0, 1.0)] * 3


def test_a_week_that_cannot_be_judged_holds_the_phase(
    sqlite_demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = module.judge_all

    def judge(scope: object, context: object, contexts: list[object]) -> object:
        days = [c.as_of for c in contexts]  # type: ignore[attr-defined]  # contexts
        up = StoredGate(1, 0.9, 0.9, 0.9, 0.9, ())
        unknown = StoredGate(1, 0.0, 1.0, 0.0, 1.0, ("1.4",))
        rest = (replace(up, gate=2, p_low=0, p_high=0), replace(up, gate=3, p_low=0, p_high=0))
        gates = {day: ((up if day < AS_OF - timedelta(weeks=2) else unknown), *rest) for day in days}
        return before(scope, context, [])[0], gates  # type: ignore[arg-type]  # as handed over

    monkeypatch.setattr(module, "judge_all", judge)
    answer = to_json(run(sqlite_demo, save=False))
    assert (answer["phase"], answer["since"]) == ("stable", "2026-07-12")
    assert answer["held"] == {"since": "2026-11-01", "gate": 1, "unknown": ["1.4"], "last_known": False}
    assert [week["phase"] for week in answer["weeks"]] == ["reactive"] * 7 + ["stable"] * 19
    assert answer["since_or_before"]
