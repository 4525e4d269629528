"""One connection: open it, plan its streams, read their slices, end with receipts."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from phasewise.config.settings import ConnectionSettings
from phasewise.connectors.base import Connector, CursorKind, Slice, Stream
from phasewise.errors import AuthError, ForbiddenError, SourceError
from phasewise.storage.checkpoints import checkpoints
from phasewise.storage.msps import register_connection
from phasewise.storage.receipts import Receipt, latest_receipts, write_receipt
from phasewise.sync.collecting import few_collections
from phasewise.sync.contexts import fetch_context, record_context
from phasewise.sync.derive import Derivation
from phasewise.sync.fetch import Tally, Work
from phasewise.sync.progress import Progress, Report
from phasewise.sync.proof import Verdict
from phasewise.sync.reading import make_receipt, read_slice, refusal
from phasewise.sync.reconcile import reconcile
from phasewise.sync.remap import apply_changed_words
from phasewise.sync.run import Run
from phasewise.sync.slices import (
    ALL,
    INCREMENT,
    Kind,
    Plan,
    PlannedSlice,
    plan_follow_up,
    plan_named,
    plan_windows,
)
from phasewise.sync.sweep import missing_source
from phasewise.sync.turns import short_turns

WHOLE_STREAM = "*"
"""Slice of a receipt about a stream whose slices could not even be listed."""


@dataclass(slots=True)
class _Stops:
    """What has been refused so far; later slices of the same are not tried."""

    connection: SourceError | None = None
    streams: dict[str, SourceError] = field(default_factory=dict)
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def sync_connection(
    run: Run, connection_id: str, connection: ConnectionSettings, connector: Connector
) -> list[Receipt]:
    """Read everything of a connection that is new, changed or missing.

    Args:
        run: what is shared.
        connection_id: its name in the settings.
        connection: its settings.
        connector: the code that knows its vendor.

    Returns:
        A receipt for every slice; a refusal of the source ends in receipts, not in an exception.

    Raises:
        StoreError: the store cannot take it.
    """
    streams = list(connector.streams(connection.settings))
    register_connection(
        run.scope,
        connection_id=connection_id,
        connector=connector.name,
        provides=frozenset().union(*(stream.provides for stream in streams)),
        active_from=connection.active_from,
        active_until=connection.active_until,
        now=run.clock(),
    )
    remapped = apply_changed_words(run, connection_id, connection, connector)
    wanted = [s for s in streams if not run.options.streams or s.name in run.options.streams]
    works = _works(run, connection_id, connection, wanted)
    try:
        with ExitStack() as stack:
            stack.enter_context(few_collections())
            stack.enter_context(short_turns())
            client = stack.enter_context(connector.open(connection.settings))
            opened = [replace(work, client=client) for work in works]
            return remapped + _sync_streams(run, opened, connector.concurrency)
    except SourceError as error:  # only opening raises: what happens inside ends in receipts
        return remapped + [_told(run, refusal(w, _lead_slice(w.stream), error)) for w in works]


def _works(
    run: Run, connection_id: str, connection: ConnectionSettings, streams: Sequence[Stream]
) -> list[Work]:
    context = record_context(run.scope, run.msp, connection)
    only_run = run.run_id if run.options.full or run.options.reconcile else None
    return [
        Work(
            scope=run.scope,
            connection_id=connection_id,
            client=None,
            derivation=Derivation(stream, context, run.msp.sla.basis),
            words=connection.mapping,
            context=fetch_context(run.scope, connection_id, stream, context, only_run=only_run),
            run_id=run.run_id,
            clock=run.clock,
            report=run.report,
            alive=run.alive,
            writing=run.writing,
        )
        for stream in streams
    ]


def _sync_streams(run: Run, works: Sequence[Work], concurrency: int) -> list[Receipt]:
    receipts: list[Receipt] = []
    stops = _Stops()
    queue: list[tuple[tuple[bool, int], Work, PlannedSlice]] = []
    for work in works:
        plan = _plan(run, work, stops, receipts)
        receipts += _unread(run, work, plan)
        queue += [((work.stream.background, n), work, planned) for n, planned in enumerate(plan.slices)]
    # The newest of every stream first: an analysis is possible long before all of history is read.
    queue.sort(key=lambda item: item[0])
    receipts += _read_all(run, [(work, planned) for _, work, planned in queue], stops, concurrency)
    if run.options.reconcile:
        for work in works:
            if work.stream.name not in stops.streams and stops.connection is None:
                receipts += [_told(run, r) for r in reconcile(work, receipts)]
    return receipts


def _plan(run: Run, work: Work, stops: _Stops, receipts: list[Receipt]) -> Plan:
    """The stream's plan; empty, with a receipt, where the source does not even say what it has."""
    stream, options = work.stream, run.options
    known = checkpoints(work.scope, work.connection_id, stream.name)
    why = "asked for by --full" if options.full else ""
    if stream.plan is None:
        if options.reconcile and stream.listing is None:
            why = why or "asked for by --reconcile"
        plan = plan_windows(stream, known, now=run.clock(), since=options.since, full=why)
    else:
        if options.reconcile:
            why = why or "asked for by --reconcile"
        error = stops.connection
        if error is None:
            try:
                plan = plan_named(_named_slices(work), known, full=why)
            except SourceError as refused:
                error = refused
                if isinstance(refused, AuthError):
                    stops.connection = refused
        if error is not None:
            stops.streams[stream.name] = error
            receipts.append(_told(run, refusal(work, _lead_slice(stream), error)))
            return Plan(())
        receipts += _confirm_reachable(run, work)
    if options.reconcile:
        slices = tuple(replace(planned, is_believed=True) for planned in plan.slices)
        plan = replace(plan, slices=slices)
    return plan


def _named_slices(work: Work) -> Sequence[Slice]:
    assert work.stream.plan is not None
    return work.stream.plan(work.client)


def _lead_slice(stream: Stream) -> PlannedSlice:
    """The slice that a refusal of the whole stream is written for; the next success has the same key."""
    if stream.plan is not None:
        return PlannedSlice(Slice(WHOLE_STREAM), Kind.SOURCE, "full: what is there could not be listed")
    if stream.cursor is CursorKind.NONE:
        return PlannedSlice(Slice(ALL), Kind.FULL, "full: not begun")
    return PlannedSlice(Slice(INCREMENT), Kind.OPEN_END, "increment: not begun")


def _confirm_reachable(run: Run, work: Work) -> list[Receipt]:
    """Once a stream can be listed again, say so: the refusal must not stand as its newest word."""
    stands = [
        receipt
        for receipt in latest_receipts(work.scope, work.connection_id)
        if receipt.stream == work.stream.name
        and receipt.slice == WHOLE_STREAM
        and receipt.status != "complete"
    ]
    if not stands:
        return []
    planned = PlannedSlice(Slice(WHOLE_STREAM), Kind.LISTING, "full: what is there can be listed again")
    return [_told(run, _written(work, planned, "complete", "whole_file", ""))]


def _unread(run: Run, work: Work, plan: Plan) -> list[Receipt]:
    """Receipts of slices that need no reading: unchanged ones, and those whose source is no longer there."""
    receipts = []
    for found in plan.unchanged:
        planned = PlannedSlice(found, Kind.SOURCE, "unchanged: its fingerprint is the same")
        receipts.append(_told(run, _written(work, planned, "unchanged", "whole_file", "")))
    for checkpoint in plan.missing:
        is_marked = run.options.reconcile
        message = missing_source(work, checkpoint, reconcile=is_marked)
        mode = "reconcile: its source is no longer there" if is_marked else "unchanged: no longer there"
        planned = PlannedSlice(Slice(checkpoint.slice), Kind.SOURCE, mode)
        status: Any = "complete" if is_marked else "unchanged"
        receipts.append(_told(run, _written(work, planned, status, "none", message + ".")))
    return receipts


def _written(work: Work, planned: PlannedSlice, status: Any, proof: Any, message: str) -> Receipt:
    verdict = Verdict(proof, is_complete=True)
    receipt = make_receipt(
        work, planned, Tally(), verdict, status=status, message=message, started=work.clock()
    )
    with work.writing:
        write_receipt(work.scope, receipt)
    return receipt


def _told(run: Run, receipt: Receipt) -> Receipt:
    run.report(
        Progress(receipt.connection_id, receipt.stream, receipt.slice, receipt.rows_read, receipt=receipt)
    )
    return receipt


def _read_all(
    run: Run, queue: Sequence[tuple[Work, PlannedSlice]], stops: _Stops, concurrency: int
) -> list[Receipt]:
    def read(item: tuple[Work, PlannedSlice]) -> list[Receipt]:
        work, planned = item
        counted = replace(work, report=_counting(run.report, stops, len(queue)))
        return _read_one(counted, planned, stops)

    if concurrency <= 1 or len(queue) <= 1:
        found = [read(item) for item in queue]
    else:
        with ThreadPoolExecutor(concurrency, thread_name_prefix="phasewise-slice") as pool:
            found = list(pool.map(read, queue))
    return [receipt for receipts in found for receipt in receipts]


def _counting(report: Report, stops: _Stops, planned: int) -> Report:
    return lambda progress: report(replace(progress, slices_done=stops.done, slices_planned=planned))


def _read_one(work: Work, planned: PlannedSlice, stops: _Stops) -> list[Receipt]:
    """Read a slice unless its stream or connection has refused.

    A window that a source refuses ends its stream: the next one would cost a request to hear the same. A
    source that the connector names (a file) says nothing about the next one.
    """
    name = work.stream.name
    with stops.lock:
        told, refused = name in stops.streams, stops.connection
        if refused is not None and not told:
            stops.streams[name] = refused
    if told or refused is not None:
        stops.done += 1
        if told or refused is None:
            return []
        return _ended(work, refusal(work, planned, refused))
    receipts = []
    for number, reading in enumerate(_with_follow_up(work, planned)):
        outcome = read_slice(work, reading)
        stops.done += 1 if number == 0 else 0
        receipts += _ended(work, outcome.receipt)
        if outcome.error is not None:
            if planned.kind is not Kind.SOURCE or isinstance(outcome.error, AuthError | ForbiddenError):
                _refuse(stops, name, outcome.error)
            break
    return receipts


def _with_follow_up(work: Work, planned: PlannedSlice) -> Iterator[PlannedSlice]:
    yield planned
    if planned.kind is Kind.OPEN_END and planned.slice.resume is not None:
        known = checkpoints(work.scope, work.connection_id, work.stream.name)
        if known[planned.slice.key].is_complete:
            yield plan_follow_up(work.stream, known, now=work.clock())


def _refuse(stops: _Stops, stream: str, error: SourceError) -> None:
    with stops.lock:
        stops.streams[stream] = error
        if isinstance(error, AuthError):
            stops.connection = error


def _ended(work: Work, receipt: Receipt) -> list[Receipt]:
    work.report(
        Progress(receipt.connection_id, receipt.stream, receipt.slice, receipt.rows_read, receipt=receipt)
    )
    return [receipt]
