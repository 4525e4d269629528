"""Every night by itself: APScheduler wakes us, `config/due.py` says what is due, the run table who does it.

A run is a row unique by (MSP, job, due key), so any number of processes, restarts and steps of the clock do
it once. What is due is the newest key of the last 36 hours; older ones are not caught up, because a later
sync reads what they would have read.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Literal
from zoneinfo import ZoneInfo

from phasewise.analyzer.run import analyze
from phasewise.config.due import newest_due, next_due
from phasewise.config.settings import Settings
from phasewise.errors import ConfigError, PhasewiseError
from phasewise.log import Log, bound
from phasewise.storage.engine import MspStore, Store
from phasewise.storage.msps import register_msp
from phasewise.storage.runs import claim_run, find_run, finish_run, give_back_run, heartbeat, running_jobs
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import Progress

JobName = Literal["reconcile", "sync", "analyze"]
ORDER: tuple[JobName, ...] = ("reconcile", "sync", "analyze")
"""Jobs due at the same time are done in this order: an analysis reads what the sync has just read."""

WAKE_SECONDS = 15
BEAT = timedelta(seconds=20)
DEAD_AFTER = timedelta(minutes=5)

Clock = Callable[[], datetime]

_log = Log("scheduler")


class StopRequestedError(PhasewiseError):
    """The service was asked to stop: the page at hand is stored, the rest waits for the next start."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job of one MSP.

    Attributes:
        msp_id: the MSP.
        name: what is done.
        cron: when, on the wall clock of `zone`.
        zone: the MSP's zone.
    """

    msp_id: str
    name: JobName
    cron: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job that was due: `status` is complete, partial, failed or stopped."""

    job: Job
    due_key: str
    status: str
    message: str = ""


def jobs_of(settings: Settings, msp_ids: Sequence[str] | None = None) -> list[Job]:
    """The jobs of the settings, per MSP in the order they are done."""
    return [
        Job(msp_id, name, cron, ZoneInfo(msp.zone))
        for msp_id, msp in settings.msps.items()
        if msp_ids is None or msp_id in msp_ids
        for name in ORDER
        if (cron := getattr(msp.schedule, name)) is not False
    ]


def run_due(
    store: Store, settings: Settings, jobs: Sequence[Job], *, clock: Clock, stop: threading.Event
) -> list[Outcome]:
    """Do what is due of some jobs, one after the other.

    Args:
        store: an open store.
        settings: loaded settings.
        jobs: jobs of one or more MSPs, in the order in which they are done.
        clock: our clock.
        stop: when set, the job at hand stops after its page and nothing else is begun.

    Returns:
        What was done; a job that is not due, is done, or is another process's has no outcome.
    """
    outcomes = []
    for job in jobs:
        key = newest_due(job.cron, job.zone, clock())
        if stop.is_set():
            break
        if key is None or not _is_free(store, settings, job, key, clock()):
            continue
        scope = store.msp(job.msp_id)
        run_id = claim_run(scope, job=job.name, due_key=key, dead_after=DEAD_AFTER, now=clock())
        if run_id is not None:
            outcomes.append(_do(store, settings, job, key, run_id, clock=clock, stop=stop))
    return outcomes


def serve(
    store: Store,
    load: Callable[[], Settings],
    *,
    clock: Clock,
    stop: threading.Event,
    msp_ids: Sequence[str] | None = None,
    wake_seconds: float = WAKE_SECONDS,
) -> None:
    """Do what is due, MSPs side by side, until `stop` is set; then finish the pages at hand.

    Args:
        store: an open store.
        load: reads the settings again: a correction holds from the next job on.
        clock: our clock.
        stop: set by whoever wants the service to end.
        msp_ids: only these; None = all.
        wake_seconds: how often to look.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor  # noqa: PLC0415  # `schedule list` does without it
    from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415  # as above

    settings = load()
    names = [name for name in settings.msps if msp_ids is None or name in msp_ids]
    waker = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(max(len(names), 1))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    current = _Reloaded(settings, load)
    for name in names:
        look = _look(store, current, name, clock=clock, stop=stop)
        waker.add_job(look, "interval", seconds=wake_seconds, next_run_time=datetime.now(UTC))
    waker.start()
    for job in jobs_of(settings, names):
        due = next_due(job.cron, job.zone, clock())
        _log.info("schedule.waiting", msp=job.msp_id, job=job.name, next=due.isoformat(), zone=job.zone.key)
    stop.wait()
    _log.info("schedule.stopping")
    waker.shutdown(wait=True)


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C and a request to terminate set; the handlers before are put back at the end."""
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # the form of a handler
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Reloaded:
    """The settings as they are now; a mistake in them is logged, and the last good ones hold."""

    def __init__(self, settings: Settings, load: Callable[[], Settings]) -> None:
        self._settings = settings
        self._load = load
        self._said = ""

    def __call__(self) -> Settings:
        try:
            self._settings, self._said = self._load(), ""
        except ConfigError as error:
            if str(error) != self._said:
                _log.error("schedule.settings_kept", why=str(error))
                self._said = str(error)
        return self._settings


def _look(
    store: Store, current: Callable[[], Settings], msp_id: str, *, clock: Clock, stop: threading.Event
) -> Callable[[], None]:
    def look() -> None:
        if stop.is_set():
            return
        settings = current()
        if msp_id not in settings.msps:
            return
        run_due(store, settings, jobs_of(settings, [msp_id]), clock=clock, stop=stop)

    return look


def _is_free(store: Store, settings: Settings, job: Job, key: str, now: datetime) -> bool:
    """Whether to try for the run: it is neither done nor under way, and what it waits for is not either."""
    if job.msp_id not in store.msp_ids():
        msp = settings.msps[job.msp_id]
        name = msp.name or job.msp_id
        register_msp(store, msp_id=job.msp_id, name=name, zone=msp.zone, currency=msp.currency, now=now)
        return True
    scope = store.msp(job.msp_id)
    found = find_run(scope, job=job.name, due_key=key)
    if found is not None and (found.status != "running" or found.heartbeat_at >= now - DEAD_AFTER):
        return False
    at_work = running_jobs(scope, alive_since=now - DEAD_AFTER)
    return not at_work & {"sync", "reconcile", "remap"}


def _do(
    store: Store,
    settings: Settings,
    job: Job,
    key: str,
    run_id: str,
    *,
    clock: Clock,
    stop: threading.Event,
) -> Outcome:
    """Do a claimed job. Whatever goes wrong is written to its run and logged; the service goes on."""
    scope = store.msp(job.msp_id)
    with bound(msp=job.msp_id, job=job.name, due=key, run=run_id):
        _log.info("job.started")
        try:
            with _beating(scope, run_id, clock):
                outcome = _WORK[job.name](store, settings, job, key, run_id, clock, stop)
        except StopRequestedError as error:
            give_back_run(scope, run_id, message=error.what, now=clock())
            outcome = Outcome(job, key, "stopped", error.what)
        except PhasewiseError as error:
            outcome = Outcome(job, key, "failed", str(error))
        except Exception as error:  # noqa: BLE001  # a defect of one job must not end the service; it is logged whole
            _log.error("job.defect", exc_info=True)
            outcome = Outcome(job, key, "failed", f"a defect: {error!r}")
        if outcome.status == "failed":
            finish_run(scope, run_id, status="failed", message=outcome.message, now=clock())
        _log.info("job.ended", status=outcome.status, message=outcome.message)
    return outcome


def _sync(
    store: Store,
    settings: Settings,
    job: Job,
    key: str,
    run_id: str,
    clock: Clock,
    stop: threading.Event,
) -> Outcome:
    def report(progress: Progress) -> None:  # noqa: ARG001  # the service shows no progress
        if stop.is_set():
            raise StopRequestedError("The service was stopped; what was read is stored")

    options = SyncOptions(reconcile=job.name == "reconcile")
    result = sync_msp(store, settings, job.msp_id, options, clock=clock, progress=report, run_id=run_id)
    return Outcome(job, key, result.status)


def _analyze(
    store: Store,
    settings: Settings,
    job: Job,
    key: str,
    run_id: str,
    clock: Clock,
    stop: threading.Event,  # noqa: ARG001  # an analysis takes seconds: it is finished
) -> Outcome:
    scope = store.msp(job.msp_id)
    analysis = analyze(scope, settings, now=clock(), made="nightly")
    status = "partial" if analysis.is_partial else "complete"
    finish_run(scope, run_id, status=status, message=None, now=clock())
    return Outcome(job, key, status)


_WORK: Mapping[JobName, Callable[..., Outcome]] = {"reconcile": _sync, "sync": _sync, "analyze": _analyze}


@contextmanager
def _beating(scope: MspStore, run_id: str, clock: Clock) -> Iterator[None]:
    """Show that the run lives while it does, also while a source keeps it waiting."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT.total_seconds()):
            try:
                heartbeat(scope, run_id, clock())
            except PhasewiseError as error:  # a locked store: the next beat may get through
                _log.warning("run.heartbeat_failed", run=run_id, why=str(error))

    thread = threading.Thread(target=beat, name=f"heartbeat-{run_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
