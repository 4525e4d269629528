"""How much of a window is proven to be in the store, by what the syncs can prove: a value, never a guess.

A slice proven complete covers its span of time; a slice without bounds (a file, a full listing) covers
everything up to when it was last confirmed. What is missing of a slice is `declared - stored`, where the
source declares a total; rejected payloads are missing too. From 99% a window counts as complete; from 90% it
is widened by the missing rows, taken all bad and all good; below, or where nobody knows how many are missing,
it is partial. A past date is judged by coverage alone; age matters for yesterday and today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from phasewise.analyzer.calendar import Window
from phasewise.analyzer.indicator import AnalysisContext, Reason, Row, Sentence
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.i18n import mark as N_  # noqa: N812  # the name that extraction tools know
from phasewise.storage.checkpoints import Checkpoint, checkpoints
from phasewise.storage.engine import MspStore
from phasewise.storage.msps import Connection, read_connections
from phasewise.storage.receipts import Receipt, latest_receipts
from phasewise.storage.tables import receipts
from phasewise.storage.types import to_epoch

OPEN_ENDED = "increment"
"""The slice that is never finished: its checkpoint's span is proven also while a later pass is under way."""


@dataclass(frozen=True)
class Coverage:
    """How much of a window is proven.

    Attributes:
        share: of the rows, 0–1; None where nobody knows.
        complete: it may be taken as whole.
        reason: why nothing can be said (no source, stale, partial); None when something can.
        notes: what a reader must know beside the numbers.
    """

    share: float | None
    complete: bool
    reason: Reason | None = None
    notes: tuple[Sentence, ...] = ()

    def missing(self, n: float) -> float:
        """How many rows are missing beside `n` seen ones; 0 where the window is complete."""
        return 0.0 if self.complete or not self.share else n * (1 / self.share - 1)


def read_provides(scope: MspStore) -> list[Row]:
    """Frame of what the connections can ever fill: connection_id, field (`table.field`), sorted."""
    return [
        {"connection_id": connection.connection_id, "field": name}
        for connection in read_connections(scope)
        for name in sorted(connection.provides)
    ]


def providers(frame: Iterable[Row], field: str) -> frozenset[str]:
    """The connections that can fill a field (`tickets.client`), or any field of a table (`tickets`)."""
    return frozenset(
        str(row["connection_id"])
        for row in frame
        if row["field"] == field or str(row["field"]).partition(".")[0] == field
    )


def read_coverage(scope: MspStore, context: AnalysisContext, tables: Sequence[str]) -> list[Row]:
    """What syncs prove of the streams that feed these tables.

    Returns:
        Frame with one row per (table, connection, stream, slice): table, connection_id, stream, slice,
        status (of its newest receipt, "" without one), proven (0/1), starts_at, ends_at (its span; null =
        without bound), declared, stored, rejected, confirmed_at (when the stream was last found as stored),
        active_from, active_until (of the connection, epoch seconds, the end exclusive; null = unbounded).
        A connection that provides a table and was never synced has one row with stream "".
    """
    found = latest_receipts(scope)
    confirmed = _confirmed(scope)
    rows: list[Row] = []
    for connection in read_connections(scope):
        own = [r for r in found if r.connection_id == connection.connection_id]
        known = {
            stream: checkpoints(scope, connection.connection_id, stream)
            for stream in sorted({r.stream for r in own})
        }
        for table in tables:
            if providers([{"connection_id": "", "field": f} for f in connection.provides], table):
                rows += _rows_of(table, connection, context, own, known, confirmed)
    return rows


def _rows_of(
    table: str,
    connection: Connection,
    context: AnalysisContext,
    own: Sequence[Receipt],
    known: Mapping[str, Mapping[str, Checkpoint]],
    confirmed: Mapping[tuple[str, str], datetime],
) -> list[Row]:
    feeding = {r.stream for r in own if table in r.records} or {r.stream for r in own}
    span: Row = {
        "table": table,
        "connection_id": connection.connection_id,
        "active_from": _midnight(connection.active_from, context, after=0),
        "active_until": _midnight(connection.active_until, context, after=1),
    }
    if not feeding:
        return [{**span, **_NEVER}]
    rows: list[Row] = []
    for stream in sorted(feeding):
        newest = {r.slice: r for r in own if r.stream == stream}
        spans = known[stream]
        at = confirmed.get((connection.connection_id, stream))
        whole: Row = {**span, "stream": stream, "confirmed_at": None if at is None else to_epoch(at)}
        rows += [
            {**whole, "slice": key, **_standing(newest.get(key), spans.get(key))}
            for key in sorted({*newest, *spans})
        ]
    return rows


_NEVER: Row = {
    "stream": "",
    "slice": "",
    "status": "",
    "proven": 0,
    "starts_at": None,
    "ends_at": None,
    "declared": None,
    "stored": 0,
    "rejected": 0,
    "confirmed_at": None,
}


def _standing(receipt: Receipt | None, checkpoint: Checkpoint | None) -> Row:
    start = checkpoint.window_start if checkpoint else receipt.window_start if receipt else None
    end = checkpoint.window_end if checkpoint else receipt.window_end if receipt else None
    still_open = checkpoint is not None and checkpoint.slice == OPEN_ENDED and end is not None
    # A later pass that is under way, or failed, takes nothing from what an earlier one proved.
    complete = (checkpoint is not None and checkpoint.is_complete) or receipt_is_complete(receipt)
    return {
        "status": receipt.status if receipt else "",
        "proven": int(still_open or complete),
        "starts_at": None if start is None else to_epoch(start),
        "ends_at": None if end is None else to_epoch(end),
        "declared": receipt.declared if receipt else None,
        "stored": receipt.stored if receipt else 0,
        "rejected": receipt.rejected if receipt else 0,
    }


def receipt_is_complete(receipt: Receipt | None) -> bool:
    """Whether a receipt alone proves its slice."""
    return receipt is not None and receipt.status in {"complete", "unchanged"}


def _midnight(day: date | None, context: AnalysisContext, *, after: int) -> int | None:
    if day is None:
        return None
    return to_epoch(datetime.combine(day + timedelta(days=after), time.min, context.zone))


def _confirmed(scope: MspStore) -> dict[tuple[str, str], datetime]:
    c = receipts.c
    query = (
        select(c.connection_id, c.stream, func.max(c.finished_at))
        .where(c.msp_id == scope.msp_id, c.status.in_(("complete", "unchanged")))
        .group_by(c.connection_id, c.stream)
    )
    with scope.read() as connection:
        return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def judge_coverage(
    frame: Iterable[Row],
    table: str,
    window: Window,
    numbers: IndicatorThresholds,
    context: AnalysisContext,
    *,
    source: str,
) -> Coverage:
    """How much of the window is proven for one table: the least over the streams that feed it.

    Args:
        frame: of `read_coverage`.
        table: the table that is counted.
        window: the weeks that are counted.
        numbers: for the limits.
        context: for the date, and the clock where the date is yesterday or today.
        source: what would give the table, in words ("a ticket system").
    """
    streams: dict[tuple[str, str], list[Row]] = {}
    for row in (row for row in frame if row["table"] == table):
        streams.setdefault((str(row["connection_id"]), str(row["stream"])), []).append(row)
    whole = numbers["complete_coverage"]
    found = [_stream_share(rows, window, whole, is_now=is_current(context)) for rows in streams.values()]
    shares = [share for share in found if share is not None]
    if not shares:
        sentence = Sentence(N_("No connected system gives this: it needs %(source)s"), {"source": source})
        return Coverage(None, complete=False, reason=Reason("no_source", sentence, source))
    stale, notes = _age(streams, window, numbers, context)
    if stale is not None:
        return Coverage(None, complete=False, reason=stale, notes=notes)
    least = min(shares, key=lambda share: (share.missing_known, share.value))
    if least.missing_known and least.value >= whole:
        return Coverage(least.value, complete=not any(share.ends_early for share in shares), notes=notes)
    if least.missing_known and least.value >= numbers["partial_coverage"]:
        text = N_(
            "About %(missing)s of the rows are missing: the result is widened by them, all bad, all good"
        )
        note = Sentence(text, {"missing": f"{1 - least.value:.1%}"})
        return Coverage(least.value, complete=False, notes=(*notes, note))
    return Coverage(least.value, complete=False, reason=_partial(least.value, window), notes=notes)


def _partial(share: float, window: Window) -> Reason:
    values = {
        "share": f"{share:.0%}",
        "start": window.starts_on.isoformat(),
        "end": (window.ends_on - timedelta(days=1)).isoformat(),
    }
    text = N_("Only %(share)s of %(start)s to %(end)s is proven to be in the store")
    return Reason("partial", Sentence(text, values), N_("a complete sync"))


@dataclass(frozen=True)
class _Share:
    """What a stream has proven of a window.

    Attributes:
        value: of its rows where it is known how many are missing, else of its time, 0–1.
        missing_known: it is known how many rows are missing.
        ends_early: the source was last read before the window ended.
    """

    value: float
    missing_known: bool
    ends_early: bool = False


def _stream_share(rows: Sequence[Row], window: Window, complete: float, *, is_now: bool) -> _Share | None:
    """How much of the window a stream has proven; None where its connection was not active then.

    For yesterday and today, what has not been read yet is a matter of age, not of coverage.
    """
    start = max(window.starts_at, _int(rows[0]["active_from"], window.starts_at))
    end = min(window.ends_at, _int(rows[0]["active_until"], window.ends_at))
    if start >= end:
        return None
    read_until = _int(rows[0]["confirmed_at"], end)
    if is_now and start < read_until < end:
        end = read_until
    ends_early = read_until < window.ends_at
    touching = [row for row in rows if _touches(row, start, end)]
    proven = [row for row in touching if row["proven"]]
    tried = [row for row in touching if not row["proven"]]
    spans = [_span(row) for row in proven]
    share_of_time = _covered(spans, start, end) / (end - start)
    if any(row["starts_at"] is None and row["ends_at"] is None for row in tried):
        share_of_time = 0.0  # an unread file can hold rows of any time
    asked = [*spans, *((_int(r["starts_at"], start), _int(r["ends_at"], end)) for r in tried)]
    everything_asked = _covered(asked, start, end) == end - start
    if any(row["declared"] is None for row in tried) or not everything_asked:
        # Nearly all of the time counts as all of it, though nobody knows what the rest holds.
        return _Share(share_of_time, share_of_time >= complete, ends_early)
    stored = sum(_int(row["stored"], 0) for row in touching)
    missing = sum(max(0, _int(row["declared"], 0) - _int(row["stored"], 0)) for row in tried)
    missing += sum(_int(row["rejected"], 0) for row in proven)
    return _Share(stored / (stored + missing) if missing else 1.0, True, ends_early)


def _int(value: int | str | None, otherwise: int) -> int:
    return otherwise if value is None else int(value)


def _touches(row: Row, start: int, end: int) -> bool:
    return _int(row["starts_at"], start) < end and _int(row["ends_at"], end) > start


def _span(row: Row) -> tuple[int, int]:
    """A proven span; one without an end reaches to when it was last confirmed."""
    starts_at = row["starts_at"]
    ends_at = row["ends_at"] if row["ends_at"] is not None else row["confirmed_at"]
    return (-(2**62) if starts_at is None else int(starts_at), 0 if ends_at is None else int(ends_at))


def _covered(spans: Iterable[tuple[int, int]], start: int, end: int) -> int:
    """Seconds of start..end that lie in at least one span."""
    reached, covered = start, 0
    for first, last in sorted(spans):
        low, high = max(first, reached), min(last, end)
        if high > low:
            covered += high - low
            reached = high
    return covered


def is_current(context: AnalysisContext) -> bool:
    """Whether the date is yesterday or today."""
    return context.as_of >= context.now.astimezone(context.zone).date() - timedelta(days=1)


def _age(
    streams: Mapping[tuple[str, str], Sequence[Row]],
    window: Window,
    numbers: IndicatorThresholds,
    context: AnalysisContext,
) -> tuple[Reason | None, tuple[Sentence, ...]]:
    """Staleness of the stream confirmed longest ago; nothing for a date before yesterday."""
    confirmed = [_int(rows[0]["confirmed_at"], 0) for rows in streams.values() if rows[0]["confirmed_at"]]
    if not confirmed or not is_current(context):
        return None, ()
    days = (to_epoch(context.now) - min(confirmed)) // 86_400
    sentence = Sentence(N_("The source was last read %(days)s days ago"), {"days": days})
    if days > numbers["stale_days"]:
        return Reason("stale", sentence, "a sync"), ()
    if days > numbers["stale_flag_days"] or min(confirmed) < window.ends_at:
        return None, (sentence,)
    return None, ()
