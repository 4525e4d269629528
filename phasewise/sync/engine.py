"""A sync of one MSP: every connection that is active today, one after the other, one run."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from phasewise.config.automations import register_from_settings
from phasewise.config.settings import ConnectionSettings, MspSettings, Settings
from phasewise.connectors import connector
from phasewise.connectors.base import Connector
from phasewise.errors import ConfigError, PhasewiseError, StoreError
from phasewise.storage.engine import MspStore, Store
from phasewise.storage.msps import read_connections, register_msp
from phasewise.storage.receipts import Receipt
from phasewise.storage.runs import finish_run, heartbeat, latest_runs, start_run
from phasewise.storage.statistics import refresh_statistics
from phasewise.sync import calendars, sla
from phasewise.sync.connection import sync_connection
from phasewise.sync.contexts import active_today
from phasewise.sync.linking import link_connections
from phasewise.sync.options import SyncOptions, SyncResult, status_of
from phasewise.sync.progress import Progress, Report
from phasewise.sync.remap import remap_connection
from phasewise.sync.retain import prune
from phasewise.sync.run import Run

HEARTBEAT = timedelta(seconds=10)

JOBS = ("sync", "reconcile", "remap")
"""Jobs that write records; a new one takes over from one that never finished."""


def sync_msp(
    store: Store,
    settings: Settings,
    msp_id: str,
    options: SyncOptions,
    *,
    clock: Callable[[], datetime],
    progress: Report,
    find: Callable[[str], Connector] = connector,
    run_id: str | None = None,
) -> SyncResult:
    """Read what is new from every connection of an MSP into its store.

    A run that was killed goes on where it stopped: its rows and the position they speak for were committed
    together. An error of a source ends in the receipt of its slice; the other streams and connections go on.

    Args:
        store: an open store.
        settings: loaded settings.
        msp_id: the MSP, a key of `settings.msps`.
        options: what was asked for.
        clock: our clock, aware.
        progress: told of every page and receipt; with slices side by side, from several threads.
        find: connector by name.
        run_id: the run, where the caller has claimed it already; None = a new one.

    Returns:
        The status, and a receipt for every slice.

    Raises:
        ConfigError: there is no connection to read, or none of the names asked for.
        StoreError: the store cannot be read or written, or another run has taken over.
    """
    msp = settings.msps[msp_id]
    chosen = _chosen(settings, msp_id, options, clock(), find)
    scope = register_msp(
        store, msp_id=msp_id, name=msp.name or msp_id, zone=msp.zone, currency=msp.currency, now=clock()
    )
    register_from_settings(scope, msp, now=clock())
    job = "reconcile" if options.reconcile else "sync"
    with _run(scope, job, msp, options, clock=clock, report=progress, claimed=run_id) as (run, notes):
        sources = _with_calendars(scope, msp_id, msp, chosen, options, clock())
        receipts = _read_each(run, sources)
        late = [*_link(scope, settings, clock(), find), *prune(scope, settings.retain, clock())]
        for note in late:
            progress(Progress(note=note))
        notes.extend(late)
        _finish(run, receipts)
    return SyncResult(status_of(receipts), receipts, run.run_id, tuple(notes))


def remap_msp(
    store: Store,
    settings: Settings,
    msp_id: str,
    *,
    clock: Callable[[], datetime],
    progress: Report,
    find: Callable[[str], Connector] = connector,
) -> SyncResult:
    """Derive every record of an MSP again from the raw payloads, with no request to any source.

    For after a mapping, a setting or a connector was corrected. Rejects are judged again as well.

    Args:
        store: an open store.
        settings: loaded settings.
        msp_id: the MSP, a key of `settings.msps`.
        clock: our clock, aware.
        progress: told of every page and receipt.
        find: connector by name.

    Returns:
        The status, and a receipt for every stream.

    Raises:
        StoreError: the store holds nothing of this MSP yet, or cannot be read or written.
    """
    msp = settings.msps[msp_id]
    scope = store.msp(msp_id)
    options = SyncOptions()
    with _run(scope, "remap", msp, options, clock=clock, report=progress) as (run, notes):
        receipts: list[Receipt] = []
        for connection_id, connection in settings.connections_of(msp_id).items():
            source = find(connection.connector)
            receipts += remap_connection(run, connection_id, connection, source, why="asked for")
        _finish(run, receipts)
    return SyncResult(status_of(receipts), receipts, run.run_id, tuple(notes))


def _link(scope: MspStore, settings: Settings, now: datetime, find: Callable[[str], Connector]) -> list[str]:
    """Propose what is the same in several systems; says when something new waits for a person."""
    linked = link_connections(scope, settings, now=now, find=find)
    if linked is None or not linked.new or not linked.proposed:
        return []
    return [
        f"{linked.proposed:,} clients, technicians or devices seem to be the same in two systems: "
        "`phasewise links` shows them"
    ]


def _chosen(
    settings: Settings,
    msp_id: str,
    options: SyncOptions,
    now: datetime,
    find: Callable[[str], Connector],
) -> list[tuple[str, ConnectionSettings, Connector]]:
    """The connections to read, with their connectors.

    Raises:
        ConfigError: there is none, or a connection or stream that was asked for does not exist.
    """
    known = settings.connections_of(msp_id)
    where = str(settings.path)
    if not known:
        raise ConfigError(
            f'there is no connection for the MSP "{msp_id}"',
            where=where,
            remedy="Add a [connections.NAME]; `phasewise connectors` lists what can be connected",
        )
    _refuse_unknown(options.connections, set(known), "connection", where)
    active = [
        (name, connection, find(connection.connector))
        for name, connection in known.items()
        if (not options.connections or name in options.connections)
        and active_today(connection, settings.msps[msp_id], now)
    ]
    if not active:
        raise ConfigError(
            "no connection is active today", where=where, remedy="Correct active_from or active_until"
        )
    streams = {s.name for _, connection, source in active for s in source.streams(connection.settings)}
    _refuse_unknown(options.streams, streams, "stream", where)
    return active


def _read_each(run: Run, sources: list[tuple[str, ConnectionSettings, Connector]]) -> list[Receipt]:
    """Read the connections one after the other. A defect of one connector is raised, after the others."""
    receipts: list[Receipt] = []
    defects: list[Exception] = []
    for connection_id, connection, source in sources:
        try:
            receipts += sync_connection(run, connection_id, connection, source)
        except PhasewiseError:
            raise
        except Exception as defect:  # noqa: BLE001  # raised below, once the other connections are read
            run.report(Progress(connection_id, note=f"{connection_id} stopped: a defect ({defect!r})"))
            defects.append(defect)
    if defects:
        raise defects[0]
    return receipts


def _refuse_unknown(asked: frozenset[str], known: set[str], what: str, where: str) -> None:
    unknown = sorted(asked - known)
    if unknown:
        raise ConfigError(
            f'there is no {what} "{unknown[0]}"', where=where, remedy=f"Known: {', '.join(sorted(known))}"
        )


def _with_calendars(
    scope: MspStore,
    msp_id: str,
    msp: MspSettings,
    chosen: list[tuple[str, ConnectionSettings, Connector]],
    options: SyncOptions,
    now: datetime,
) -> list[tuple[str, ConnectionSettings, Connector]]:
    """The connections, led by the settings' own calendars where there are, or were, any."""
    if options.connections or options.streams:
        return chosen
    had = any(c.connection_id == calendars.CONNECTION for c in read_connections(scope))
    if not msp.calendars and not had:
        return chosen
    own = calendars.calendars_connection(msp_id, msp, now)
    return [(calendars.CONNECTION, own, calendars.CONNECTOR), *chosen]


@contextmanager
def _run(
    scope: MspStore,
    job: str,
    msp: MspSettings,
    options: SyncOptions,
    *,
    clock: Callable[[], datetime],
    report: Report,
    claimed: str | None = None,
) -> Iterator[tuple[Run, list[str]]]:
    """A run from its first row to its last word; whatever ends it is written there."""
    notes = _take_over(scope, clock(), mine=claimed)
    if msp.sla.basis == "phasewise":
        notes.append(sla.NO_CLOCK_YET)
    for note in notes:
        report(Progress(note=note))
    run_id = claimed or start_run(scope, job=job, now=clock())
    run = Run(
        scope=scope,
        msp=msp,
        options=options,
        run_id=run_id,
        clock=clock,
        report=report,
        alive=_sign_of_life(scope, run_id, clock),
        writing=threading.Lock(),
    )
    try:
        yield run, notes
    except BaseException as error:
        if claimed is not None:  # whoever claimed it knows what its end means
            raise
        interrupted = isinstance(error, KeyboardInterrupt)
        message = (
            "Interrupted; what was finished is stored" if interrupted else str(error) or type(error).__name__
        )
        with suppress(StoreError):  # a store that cannot be written now: the next run takes this one over
            finish_run(scope, run_id, status="failed", message=message, now=clock())
        raise


def _take_over(scope: MspStore, now: datetime, *, mine: str | None) -> list[str]:
    """Runs that never finished are ended, and said so: what they stored is where this one goes on.

    A run that is still alive notices before it writes its next page that it was taken over, and stops: two
    runs that write the same slices would move each other's positions.
    """
    notes = []
    for run in latest_runs(scope, limit=50):
        if run.status == "running" and run.job in JOBS and run.run_id != mine:
            message = "A later run has taken over from where this one was"
            finish_run(scope, run.run_id, status="failed", message=message, now=now)
            notes.append(
                f"The {run.job} started {run.started_at:%Y-%m-%d %H:%M} UTC has not ended: it died, or it "
                "still runs and stops at its next page. This one goes on from what it stored."
            )
    return notes


def _sign_of_life(scope: MspStore, run_id: str, clock: Callable[[], datetime]) -> Callable[[], None]:
    last = [clock()]

    def alive() -> None:
        now = clock()
        if now - last[0] < HEARTBEAT:
            return
        last[0] = now
        mine = next((run for run in latest_runs(scope, limit=50) if run.run_id == run_id), None)
        if mine is not None and mine.status != "running":
            raise StoreError(
                "another run has taken over", remedy="Nothing is lost: it goes on from what this one stored"
            )
        heartbeat(scope, run_id, now)

    return alive


def _finish(run: Run, receipts: list[Receipt]) -> None:
    written: Counter[str] = Counter()
    for receipt in receipts:
        written.update(receipt.records)
    refresh_statistics(run.scope.store, written)
    status = status_of(receipts)
    wrong = [r for r in receipts if r.status not in ("complete", "unchanged")]
    message = "; ".join(f"{r.connection_id} {r.stream} {r.slice}: {r.status}" for r in wrong[:10])
    finish_run(run.scope, run.run_id, status=status, message=message or None, now=run.clock())
