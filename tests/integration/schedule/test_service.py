"""The service does what is due once, with two of them running, and finishes its page when told to stop."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from phasewise.config.settings import load_settings
from phasewise.scheduler import ORDER, jobs_of, run_due, serve
from phasewise.storage.engine import open_store
from phasewise.storage.frames import read_frame
from phasewise.storage.runs import latest_runs

DEMO = Path(__file__).parents[3] / "examples" / "demo"
SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MONDAY = SUNDAY + timedelta(days=1)


@pytest.fixture
def folder(tmp_path):
    for name in ("phasewise.toml", "tickets.csv", "invoices.csv"):
        shutil.copy(DEMO / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def demo(folder):
    return load_settings(folder / "phasewise.toml", {})


REGISTERED = "SELECT name, registered_at FROM automations WHERE msp_id = :msp_id AND gone_at IS NULL"


def store_of(settings, now):
    return open_store(settings.store.url.get_secret_value(), now=now, create=True)


def test_a_night_syncs_and_then_analyses_once(demo):
    stop = threading.Event()
    with store_of(demo, MONDAY) as store:
        first = run_due(store, demo, jobs_of(demo), clock=lambda: MONDAY, stop=stop)
        again = run_due(store, demo, jobs_of(demo), clock=lambda: MONDAY + timedelta(hours=1), stop=stop)
        scope = store.msp("northwind")
        tickets = read_frame(scope, "SELECT count(*) AS n FROM tickets WHERE msp_id = :msp_id")[0]["n"]
        dates = read_frame(scope, "SELECT as_of, made FROM analyses WHERE msp_id = :msp_id")
    assert [(o.job.name, o.due_key) for o in first] == [
        ("reconcile", "2026-11-22T04:15"),
        ("sync", "2026-11-23T04:15"),
        ("analyze", "2026-11-23T04:15"),
    ]
    assert [o.status for o in first] == ["complete", "complete", "complete"]
    assert again == []
    assert tickets == 597
    assert dates == [{"as_of": "2026-11-22", "made": "nightly"}]


AUTOMATION = """
[[msps.northwind.automations]]
name = "Clean full disks"
went_live_on = 2026-12-01
targets = { category = "Disk space" }
"""


def test_an_automation_of_the_settings_is_registered_by_the_sync(folder):
    path = folder / "phasewise.toml"
    path.write_text(path.read_text(encoding="utf-8") + AUTOMATION, encoding="utf-8")
    settings = load_settings(path, {})
    jobs = [job for job in jobs_of(settings) if job.name == "sync"]
    with store_of(settings, MONDAY) as store:
        run_due(store, settings, jobs, clock=lambda: MONDAY, stop=threading.Event())
        later = MONDAY + timedelta(days=1)
        run_due(store, settings, jobs, clock=lambda: later, stop=threading.Event())
        registered = read_frame(store.msp("northwind"), REGISTERED)
    assert registered == [{"name": "Clean full disks", "registered_at": int(MONDAY.timestamp())}]


def test_a_night_missed_while_the_machine_slept_is_caught_up_once(demo):
    stop = threading.Event()
    with store_of(demo, MONDAY) as store:
        run_due(store, demo, jobs_of(demo), clock=lambda: MONDAY, stop=stop)
        later = MONDAY + timedelta(days=3)
        caught_up = run_due(store, demo, jobs_of(demo), clock=lambda: later, stop=stop)
    assert [(o.job.name, o.due_key) for o in caught_up] == [
        ("sync", "2026-11-26T04:15"),
        ("analyze", "2026-11-26T04:15"),
    ]


def test_an_analysis_waits_for_a_sync_of_another_process(demo):
    from phasewise.storage.runs import start_run

    with store_of(demo, MONDAY) as store:
        run_due(store, demo, jobs_of(demo), clock=lambda: SUNDAY, stop=threading.Event())
        start_run(store.msp("northwind"), job="sync", now=MONDAY)
        waiting = run_due(store, demo, jobs_of(demo), clock=lambda: MONDAY, stop=threading.Event())
        dead = MONDAY + timedelta(minutes=6)
        after = run_due(store, demo, jobs_of(demo), clock=lambda: dead, stop=threading.Event())
    assert waiting == []
    assert [o.job.name for o in after] == ["sync", "analyze"]


def test_a_source_that_refuses_fails_its_run_and_the_analysis_still_comes(demo, folder):
    (folder / "tickets.csv").unlink()
    (folder / "invoices.csv").unlink()
    with store_of(demo, MONDAY) as store:
        outcomes = run_due(store, demo, jobs_of(demo), clock=lambda: MONDAY, stop=threading.Event())
        states = {run.job: run.status for run in latest_runs(store.msp("northwind"))}
    assert [o.job.name for o in outcomes] == list(ORDER)
    assert states["sync"] in {"failed", "partial"}


def test_a_stop_during_a_sync_gives_the_run_back_and_the_next_start_goes_on(demo):
    class AfterTheFirstPage(threading.Event):
        """Set as soon as the first page is stored: `is_set` is asked between pages."""

        looks = 0

        def is_set(self):
            self.looks += 1
            return self.looks > 3

    with store_of(demo, MONDAY) as store:
        jobs = [job for job in jobs_of(demo) if job.name == "sync"]
        stopped = run_due(store, demo, jobs, clock=lambda: MONDAY, stop=AfterTheFirstPage())
        resumed = run_due(store, demo, jobs, clock=lambda: MONDAY, stop=threading.Event())
        scope = store.msp("northwind")
        tickets = read_frame(scope, "SELECT count(*) AS n FROM tickets WHERE msp_id = :msp_id")[0]["n"]
    assert [o.status for o in stopped] == ["stopped"]
    assert [o.status for o in resumed] == ["complete"]
    assert tickets == 597


def test_wrong_settings_while_it_runs_are_logged_and_the_last_good_ones_hold(demo, folder, capsys):
    stop, calls = threading.Event(), []

    def load():
        calls.append(1)
        if len(calls) >= 4:
            stop.set()
        if len(calls) > 1:
            (folder / "phasewise.toml").write_text(
                "[msps.northwind]\nzone = 'Nowhere/At_all'\n", encoding="utf-8"
            )
        return load_settings(folder / "phasewise.toml", {})

    with store_of(demo, MONDAY) as store:
        serve(store, load, clock=lambda: MONDAY, stop=stop, wake_seconds=0.2)
        runs = {run.job: run.status for run in latest_runs(store.msp("northwind"))}
    assert runs.get("sync") == "complete", "the last good settings were used"
    assert capsys.readouterr().err.count("schedule.settings_kept") == 1


def spawn(folder, url):
    environ = os.environ | {"PHASEWISE_CONFIG": str(folder / "phasewise.toml"), "PHASEWISE_STORE_URL": url}
    command = [sys.executable, "-m", "phasewise", "schedule", "run", "--log", "json"]
    return subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)


def ended_jobs(url):
    with open_store(url, now=datetime.now(UTC)) as store:
        if "northwind" not in store.msp_ids():
            return []
        return [(run.job, run.due_key, run.status) for run in latest_runs(store.msp("northwind"))]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that asks a process to end")
def test_two_services_on_one_store_do_each_job_once_and_stop_when_asked(folder, any_url):
    open_store(any_url, now=datetime.now(UTC), create=True).close()
    services = [spawn(folder, any_url) for _ in range(2)]
    try:
        deadline = time.monotonic() + 90
        done: list[tuple[str, str, str]] = []
        while time.monotonic() < deadline and not any(
            job == "analyze" for job, _, s in done if s != "running"
        ):
            time.sleep(0.5)
            done = ended_jobs(any_url)
        for service in services:
            service.send_signal(signal.SIGTERM)
        logs = [service.communicate(timeout=60)[1] for service in services]
    finally:
        for service in services:
            service.kill()
    assert [service.returncode for service in services] == [0, 0]
    done = ended_jobs(any_url)
    assert len(done) == len({(job, key) for job, key, _ in done}), "each job once"
    assert {job for job, _, _ in done} >= {"sync", "analyze"}
    events = [json.loads(line)["event"] for log in logs for line in log.splitlines() if line.startswith("{")]
    assert events.count("schedule.stopping") == 2
    assert events.count("job.started") == len(done)
