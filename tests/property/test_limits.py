"""A budget keeps every vendor's rule, whatever the requests do, and lets everybody through in the end."""

from __future__ import annotations

import random
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phasewise.connectors.limits import Budget, LimitNote, Rule, estimated_minutes, read_limits
from phasewise.connectors.timing import Timing
from phasewise.testing.clock import FakeClock

gaps = st.floats(0, 40, allow_nan=False)
lasting = st.floats(0, 30, allow_nan=False)


def most_in_any_window(arrivals: list[float], window: float) -> int:
    ordered = sorted(arrivals)
    most = start = 0
    for end, at in enumerate(ordered):
        while ordered[start] <= at - window:
            start += 1
        most = max(most, end - start + 1)
    return most


@given(
    requests=st.lists(st.tuples(gaps, lasting, st.floats(0, 1)), max_size=60),
    limit=st.integers(1, 7),
    window=st.floats(0.5, 90),
)
def test_no_window_ever_holds_more_than_the_rule_allows(
    requests: list[tuple[float, float, float]], limit: int, window: float
) -> None:
    clock = FakeClock()
    budget = Budget(Rule("r", requests=limit, window_seconds=window), timing=clock.timing())
    arrivals = []
    for gap, seconds, moment in requests:
        clock.sleep(gap)
        with budget.slot("GET", "/tickets"):
            arrivals.append(clock.monotonic() + seconds * moment)  # when the vendor counted it
            clock.sleep(seconds)
    assert most_in_any_window(arrivals, window * 0.999999) <= limit


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    limit=st.integers(1, 6),
    concurrent=st.integers(1, 4),
    threads=st.integers(2, 6),
)
def test_threads_together_keep_every_rule_and_all_come_through(
    seed: int, limit: int, concurrent: int, threads: int
) -> None:
    clock = FakeClock()
    budget = Budget(
        Rule("all", requests=limit * 2, window_seconds=10, concurrent=concurrent),
        Rule("entity", requests=limit, window_seconds=7, path=r"/v1/(\w+)"),
        timing=clock.timing(),
    )
    lock = threading.Lock()
    arrivals: list[tuple[str, float]] = []
    running = most_running = 0

    def work(number: int) -> None:
        nonlocal running, most_running
        chance = random.Random(seed + number)
        for _ in range(5):
            entity = chance.choice(["tickets", "time"])
            with budget.slot("GET", f"/v1/{entity}", background=chance.random() < 0.2):
                with lock:
                    running += 1
                    most_running = max(most_running, running)
                    arrivals.append((entity, clock.monotonic()))
                clock.sleep(chance.random() * 3)
                with lock:
                    running -= 1

    workers = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
        assert not worker.is_alive(), "a thread starved"
    assert len(arrivals) == threads * 5
    assert most_running <= concurrent
    assert most_in_any_window([at for _, at in arrivals], 9.999999) <= limit * 2
    for entity in ("tickets", "time"):
        assert most_in_any_window([at for name, at in arrivals if name == entity], 6.999999) <= limit


def test_a_request_on_a_free_group_does_not_wait_for_one_on_a_full_group() -> None:
    clock = FakeClock()
    budget = Budget(Rule("entity", requests=1, window_seconds=60, path=r"/v1/(\w+)"), timing=clock.timing())
    with budget.slot("GET", "/v1/tickets"):
        pass
    with budget.slot("GET", "/v1/time"):
        pass
    assert clock.monotonic() == 0
    with budget.slot("GET", "/v1/tickets"):
        pass
    assert clock.monotonic() == 60


def test_the_first_to_wait_is_the_first_to_go() -> None:
    budget = Budget(Rule("one", concurrent=1))
    order: list[int] = []

    def work(number: int) -> None:
        with budget.slot("GET", "/"):
            order.append(number)

    with budget.slot("GET", "/"):
        workers = []
        for number in range(6):
            workers.append(threading.Thread(target=work, args=(number,), daemon=True))
            workers[-1].start()
            while len(budget._queue) <= number:
                time.sleep(0.001)
    for worker in workers:
        worker.join(5)
    assert order == list(range(6))


def test_push_back_pauses_all_threads_of_its_group_and_halves_what_runs_at_once() -> None:
    clock = FakeClock()
    budget = Budget(Rule("all", concurrent=8), timing=clock.timing())
    slots = [budget.slot("GET", "/") for _ in range(8)]
    entered = [slot.__enter__() for slot in slots]
    entered[0].push_back(30)
    for slot in slots:
        slot.__exit__(None, None, None)
    running = []
    for expected_start in (30, 30, 30, 30):
        slot = budget.slot("GET", "/")
        slot.__enter__()
        running.append(slot)
        assert clock.monotonic() == expected_start
    assert not budget.is_free("GET", "/")


def test_concurrency_comes_back_slowly_after_push_back() -> None:
    clock = FakeClock()
    budget = Budget(Rule("all", concurrent=2), timing=clock.timing())
    with budget.slot("GET", "/") as slot:
        slot.push_back(1)
    meter = budget._meters_of("GET", "/", background=False)[0]
    assert meter.reduced == 1
    for _ in range(100):
        with budget.slot("GET", "/"):
            pass
    assert meter.reduced == float("inf")


def test_a_background_stream_gets_at_most_a_quarter() -> None:
    clock = FakeClock()
    budget = Budget(Rule("all", requests=8, window_seconds=60), timing=clock.timing())
    for expected in (0, 0, 60, 60):
        with budget.slot("GET", "/history", background=True):
            assert clock.monotonic() == expected


def test_a_run_that_is_stopped_while_waiting_leaves_no_place_taken() -> None:
    clock = FakeClock()

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    budget = Budget(
        Rule("one", requests=1),
        timing=Timing(clock.monotonic, clock.now, stop, random.random),
    )
    with budget.slot("GET", "/"):
        pass
    with pytest.raises(KeyboardInterrupt), budget.slot("GET", "/"):
        pass
    assert budget._queue == []


def said(limit: str, remaining: str, reset: str, prefix: str = "x-ratelimit-") -> dict[str, str]:
    return {prefix + "limit": limit, prefix + "remaining": remaining, prefix + "reset": reset}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, LimitNote()),
        (said("0", "0", "-62135596800"), LimitNote()),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, LimitNote()),
        (said("600", "0", "30"), LimitNote(600, 0, 30)),
        (said("100, 100;w=60", "7", "5", "ratelimit-"), LimitNote(100, 7, 5)),
        (said("5", "0", "1700000042", "x-rate-limit-"), LimitNote(5, 0, 42)),
        (said("5", "0", "1700000042000"), LimitNote(5, 0, 42)),
        (said("5", "0", "-62135596800"), LimitNote(5, 0)),
        (said("5", "0", "99999999"), LimitNote(5, 0)),
        (said("many", "none", "soon"), LimitNote()),
        (said("5", "9", "3"), LimitNote(5, None, 3)),
    ],
)
def test_limit_headers_are_believed_only_where_they_make_sense(
    headers: dict[str, str], expected: LimitNote
) -> None:
    assert read_limits(headers, answered_at=1_700_000_000) == expected


def test_the_cost_of_a_first_sync_follows_the_tightest_rule() -> None:
    rules = (Rule("hour", requests=10_000, window_seconds=3600), Rule("threads", concurrent=2))
    assert estimated_minutes(rules, 0, 0.2) == 0
    assert estimated_minutes(rules, 600, 0.2) == pytest.approx(1)
    assert estimated_minutes(rules, 30_000, 0.2) == pytest.approx(120)
