"""The run table lets each due run through once, whatever processes and clocks do."""

from __future__ import annotations

import threading
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete

from phasewise.storage.runs import claim_run, find_run, finish_run, give_back_run, heartbeat, latest_runs
from phasewise.storage.tables import runs
from tests.conftest import NOW

DEAD_AFTER = timedelta(minutes=5)
KEYS = ["2026-03-01T04:15", "2026-03-02T04:15"]


def claim(scope, key, now, job="sync"):
    return claim_run(scope, job=job, due_key=key, dead_after=DEAD_AFTER, now=now)


def test_a_due_run_is_claimed_once_by_many_at_once(any_msp):
    claimed, ready = [], threading.Barrier(6)

    def try_it():
        ready.wait()
        claimed.append(claim(any_msp, KEYS[0], NOW))

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([run_id for run_id in claimed if run_id is not None]) == 1


def test_a_run_that_died_is_taken_over_and_stays_in_the_history(any_msp):
    first = claim(any_msp, KEYS[0], NOW)
    assert claim(any_msp, KEYS[0], NOW + DEAD_AFTER) is None, "it may still live"
    second = claim(any_msp, KEYS[0], NOW + DEAD_AFTER + timedelta(seconds=1))
    assert second not in {None, first}
    assert {run.run_id: run.status for run in latest_runs(any_msp)} == {first: "failed", second: "running"}


def test_a_run_that_was_given_back_can_be_claimed_again(any_msp):
    first = claim(any_msp, KEYS[0], NOW)
    give_back_run(any_msp, first, message="stopped", now=NOW)
    assert claim(any_msp, KEYS[0], NOW) is not None


def test_a_run_that_ended_is_not_done_again(any_msp):
    for status, key in zip(["failed", "complete"], KEYS, strict=True):
        run_id = claim(any_msp, key, NOW)
        finish_run(any_msp, run_id, status=status, message=None, now=NOW)
        assert claim(any_msp, key, NOW + timedelta(days=1)) is None
        assert find_run(any_msp, job="sync", due_key=key).status == status


class Processes(RuleBasedStateMachine):
    """Processes that claim, beat, die, stop and end, on a clock that also steps back a little."""

    scope = None

    def __init__(self):
        super().__init__()
        with self.scope.write() as connection:
            connection.execute(delete(runs))
        self.now = NOW
        self.alive: dict[str, str] = {}
        self.last_sign: dict[str, object] = {}
        self.ended: set[str] = set()

    @rule(key=st.sampled_from(KEYS))
    def try_to_claim(self, key):
        holder = next((r for r, k in self.alive.items() if k == key), None)
        run_id = claim(self.scope, key, self.now)
        if key in self.ended:
            assert run_id is None
        if run_id is None:
            return
        if holder is not None:
            assert self.now - self.last_sign[holder] > DEAD_AFTER, (
                "taken from a run that showed signs of life"
            )
            del self.alive[holder]
        self.alive[run_id], self.last_sign[run_id] = key, self.now

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def beat(self, data):
        run_id = data.draw(st.sampled_from(sorted(self.alive)))
        heartbeat(self.scope, run_id, self.now)
        self.last_sign[run_id] = self.now

    @precondition(lambda self: self.alive)
    @rule(data=st.data(), status=st.sampled_from(["complete", "partial", "failed"]))
    def end(self, data, status):
        run_id = data.draw(st.sampled_from(sorted(self.alive)))
        finish_run(self.scope, run_id, status=status, message=None, now=self.now)
        self.ended.add(self.alive.pop(run_id))

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def stop_gracefully(self, data):
        run_id = data.draw(st.sampled_from(sorted(self.alive)))
        give_back_run(self.scope, run_id, message="stopped", now=self.now)
        del self.alive[run_id]

    @rule(seconds=st.integers(-90, 900))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @invariant()
    def each_key_has_one_run_at_the_most(self):
        found = [find_run(self.scope, job="sync", due_key=key) for key in KEYS]
        holders = {run.run_id for run in found if run is not None and run.status == "running"}
        assert holders == set(self.alive)


def test_no_order_of_claims_beats_deaths_and_stops_runs_a_key_twice(any_msp):
    machine = type("Here", (Processes,), {"scope": any_msp})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=20, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )
