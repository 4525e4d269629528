"""Counting many dates in one pass says what counting each date says."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from phasewise.analyzer.indicator import evaluate, evaluate_each, indicators, thresholds
from phasewise.analyzer.looks import Timeline, bound, step
from phasewise.model.records.people import Client
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from tests.indicators.facts import context
from tests.indicators.stores import (
    EVERYTHING,
    MONDAY,
    WITH_DEADLINES,
    fill,
    gone,
    hours,
    moves,
    promise,
    ticket,
)

LAST = date(2026, 3, 1)
WEEK_ENDS = [LAST - timedelta(weeks=back) for back in reversed(range(26))]
RUNNING = ("new", "in_progress", "waiting")
STOPPED = ("resolved", "closed", "cancelled")


def week_contexts():
    """The week ends, judged as past dates."""
    return [context(as_of=day, days_later=300) for day in WEEK_ENDS]


def history(chance: random.Random, key: str, opened):
    """Events of a ticket: mostly straight to its end; some opened again, in strange states, or none."""
    kind = chance.choice(["none", "straight", "straight", "straight", "again", "strange", "running", "hasty"])
    at, steps = opened, []

    def go(state: str, most: float) -> None:
        nonlocal at
        at = at + timedelta(minutes=chance.choice([0, chance.uniform(0, most * 60)]))
        steps.append((state, at))

    if kind == "none":
        return []
    go("new", 1)
    for _ in range(chance.randint(0, 2)):
        go(chance.choice(RUNNING), 100)
    if kind == "strange":
        go("other", 400)
    if kind != "running":
        go(chance.choice(STOPPED), 900)
    if kind in {"again", "strange"}:
        go(chance.choice(RUNNING), 900)
        go(chance.choice(STOPPED), 900)
    if kind == "straight" and chance.random() < 0.5:
        go("closed", 200)
    return moves(key, *steps)


def maybe(chance: random.Random, value, share: float = 0.5):
    """The value, or nothing."""
    return value if chance.random() < share else None


def shop(seed: int, *, deadlines: bool, events: bool, per_week: int):
    """Forty weeks of a shop in which everything happens."""
    chance = random.Random(seed)
    records = [Client(id="own", name="Us", is_internal=True)]
    for week in range(40):
        for i in range(per_week):
            key = f"w{week}:{i}"
            opened = hours(chance.uniform(0, 168), after=MONDAY - timedelta(weeks=week - 2))
            done = opened + timedelta(hours=chance.expovariate(1 / 90))
            found = history(chance, key, opened) if events else []
            records.append(
                ticket(
                    key,
                    opened,
                    client=chance.choice(["a", "b", "c", "own", None]),
                    requester=maybe(chance, "r", 0.9),
                    type=chance.choice(["incident", "incident", "change", None]),
                    priority=maybe(chance, "high", 0.95),
                    technician=maybe(chance, "t", 0.95),
                    project=maybe(chance, "p", 0.05),
                    status=chance.choice([*STOPPED, "in_progress", "other", "merged"]),
                    resolved_at=maybe(chance, done, 0.7),
                    closed_at=maybe(chance, done + timedelta(hours=chance.uniform(-5, 200)), 0.6),
                    updated_at=maybe(chance, done + timedelta(hours=chance.uniform(0, 400)), 0.8),
                    first_response_at=maybe(chance, opened + timedelta(hours=chance.uniform(0, 50))),
                    reopened_count=chance.choice([0, 0, 0, 1]),
                )
            )
            records += found
            for target in ("resolution", "first_response"):
                outcome = chance.choice(
                    ["met", "met", "met", "missed", "missed", "running", "paused", "none", None]
                )
                late = opened + timedelta(hours=chance.uniform(0, 300))
                records.append(
                    promise(
                        key,
                        outcome,
                        target,
                        missed_at=maybe(chance, late) if outcome in {"missed", "running"} else None,
                        met_at=maybe(chance, late) if outcome == "met" else None,
                        due_at=maybe(chance, opened + timedelta(hours=chance.uniform(1, 400)), 0.95)
                        if deadlines
                        else None,
                    )
                )
    return records


def disappear(scope: MspStore, seed: int, per_week: int) -> None:
    """Some tickets and promises are gone from their source."""
    chance = random.Random(seed)
    for week in range(0, 40, 3):
        key = f"w{week}:{chance.randrange(per_week)}"
        at = hours(chance.uniform(0, 2000), after=MONDAY - timedelta(weeks=week))
        gone(scope, *chance.choice([("tickets", key), ("sla_results", f"{key}:resolution")]), at)


def verdict(evidence):
    """What a gate asks of an evidence, and what it rests on."""
    return (
        evidence.status,
        evidence.score,
        (evidence.p_pass, evidence.p_low, evidence.p_high, evidence.hold_low, evidence.hold_high),
        evidence.reason,
        evidence.needs,
        evidence.caps,
        [(part.status, part.score, part.reason, part.measures[:1]) for part in evidence.parts],
    )


def counts(frames, kinds, columns):
    """Sums of columns by everything else that a row is counted by."""
    found = {}
    for name, frame in kinds:
        for row in frames[name]:
            if row["frame"] == frame:
                key = (name, frame, row["key"], row["connection_id"], row["dropped"])
                key += tuple(row.get(c) for c in ("target", "verdict", "stopped", "seconds"))
                sums = found.setdefault(key, [0] * len(columns))
                for i, column in enumerate(columns):
                    sums[i] += int(row.get(column) or 0)
    return {key: sums for key, sums in found.items() if any(sums)}


SHOPS = [
    (1, {"deadlines": False, "events": True}),
    (2, {"deadlines": True, "events": True}),
    (3, {"deadlines": True, "events": False}),
    (4, {"deadlines": False, "events": False}),
    (5, {"deadlines": True, "events": True}),
]


@pytest.mark.parametrize("code", ["1.1", "2.1"])
@pytest.mark.parametrize(("seed", "kind"), SHOPS)
def test_the_verdicts_at_26_week_ends_are_those_of_each(sqlite_msp: MspStore, code, seed, kind):
    provides = WITH_DEADLINES if kind["deadlines"] else EVERYTHING
    fill(sqlite_msp, shop(seed, per_week=14, **kind), provides=provides)
    disappear(sqlite_msp, seed, 14)
    made = week_contexts()
    together = evaluate_each(sqlite_msp, indicators()[code], made)
    for one, many in zip(made, together, strict=True):
        assert verdict(many) == verdict(evaluate(sqlite_msp, indicators()[code], one)), one.as_of


@pytest.mark.parametrize(("seed", "kind"), SHOPS)
def test_the_counts_of_2_1_are_the_same_to_the_last_promise(any_msp: MspStore, seed, kind):
    provides = WITH_DEADLINES if kind["deadlines"] else EVERYTHING
    fill(any_msp, shop(seed, per_week=14, **kind), provides=provides)
    disappear(any_msp, seed, 14)
    made = week_contexts()[::5]
    numbers = thresholds(made[0].msp).indicators["2.1"]
    # Every verdict there is, whatever it says of the whole: half a year is never wanted here.
    never_wide = {**numbers.numbers, "widen_below": replace(numbers.numbers["widen_below"], value=0)}
    numbers = replace(numbers, numbers=never_wide)
    indicator = indicators()["2.1"]
    assert indicator.read_each is not None
    kinds = (("promises", "week"), ("promises", "client"))
    for one, many in zip(made, indicator.read_each(any_msp, made, numbers), strict=True):
        alone = indicator.read(any_msp, one, numbers)
        assert counts(many, kinds, ("n",)) == counts(alone, kinds, ("n",)), one.as_of
        for promised in (0, 1):
            assert sum(r["n"] for r in many["tickets"] if r["promised"] == promised) == sum(
                r["n"] for r in alone["tickets"] if r["promised"] == promised
            )


def in_scope(sums):
    """Without what is dropped, of which only the number matters."""
    return {key: found for key, found in sums.items() if not key[4]}


TICKET_COLUMNS = (
    *("n", "complete", "no_client", "no_requester", "no_type", "no_priority", "no_owner", "no_history"),
    *("has_events", "unmapped", "done", "flagged", "planned"),
)
LONGEST = 721 * 3600


@pytest.mark.parametrize(("seed", "kind"), SHOPS[:4])
def test_the_counts_of_1_1_are_the_same_to_the_last_ticket(any_msp: MspStore, seed, kind):
    provides = WITH_DEADLINES if kind["deadlines"] else EVERYTHING
    fill(any_msp, shop(seed, per_week=14, **kind), provides=provides)
    disappear(any_msp, seed, 14)
    made = week_contexts()[::5]
    indicator = indicators()["1.1"]
    numbers = thresholds(made[0].msp).indicators["1.1"]
    assert indicator.read_each is not None
    for one, many in zip(made, indicator.read_each(any_msp, made, numbers), strict=True):
        alone = indicator.read(any_msp, one, numbers)
        cut = {
            **alone,
            "tickets": [{**row, "seconds": min(row["seconds"], LONGEST)} for row in alone["tickets"]],
        }
        for kinds, columns in (
            ((("tickets", "week"),), TICKET_COLUMNS),
            ((("tickets", "duration"),), ("n",)),
            ((("resolutions", "week"),), ("n", "followed", "reopened")),
        ):
            assert counts(many, kinds, ("n",)) == counts(cut, kinds, ("n",)), (one.as_of, kinds)
            assert in_scope(counts(many, kinds, columns)) == in_scope(counts(cut, kinds, columns))


def test_dates_in_any_order_come_back_in_that_order(sqlite_msp: MspStore):
    fill(sqlite_msp, shop(1, deadlines=True, events=True, per_week=10), provides=WITH_DEADLINES)
    made = week_contexts()[-4:]
    shuffled = [made[2], made[0], made[3], made[1]]
    found = evaluate_each(sqlite_msp, indicators()["2.1"], shuffled)
    assert [e.measures[0].window_end for e in found] == [
        evaluate(sqlite_msp, indicators()["2.1"], one).measures[0].window_end for one in shuffled
    ]


def test_dates_before_there_was_anything_are_unknown(sqlite_msp: MspStore):
    for code in ("1.1", "2.1"):
        found = evaluate_each(sqlite_msp, indicators()[code], week_contexts()[:3])
        assert [e.reason and e.reason.code for e in found] == ["no_source"] * 3


@pytest.mark.parametrize("count", [1, 2, 3, 26, 27])
def test_a_step_is_the_first_look_that_sees_a_timestamp(any_msp: MspStore, count):
    looks = [100 * (i + 1) for i in range(count)]
    for value in (0, 99, 100, 101, 100 * count, 100 * count + 1):
        sql = f"SELECT {step('CAST(:value AS BIGINT)', 'look', count)} AS found, :msp_id AS msp"
        row = read_frame(any_msp, sql, value=value, **bound("look", looks))[0]
        assert row["found"] == next((i for i, look in enumerate(looks) if value <= look), count)


def test_the_state_of_a_timeline_is_that_after_its_last_event():
    timeline = Timeline((10, 20, 20), ("new", "waiting", "closed"))
    assert [timeline.state(at) for at in (9, 10, 19, 20, 99)] == [None, "new", "new", "closed", "closed"]
