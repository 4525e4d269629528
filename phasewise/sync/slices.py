"""Which slices of a stream are read in a run, in which order, and why. Pure: checkpoints in, plan out.

A stream that names its own slices (files) is read where a slice's token has changed. Every other stream has

- one open slice, `increment`, without an upper bound: from the committed position minus the overlap, the
  first time from the start of the current window;
- the history below it in windows, newest first, until `history_months` back; a window that is covered by
  proven passes is never read again;
- with a cursor by creation, the slice `open`: records that were open are fetched again;
- without a cursor, one slice `all`, in full each time.

Our own clock only decides where history is cut into windows. What is read next is never decided by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from phasewise.connectors.base import OPEN_SLICE, CursorKind, Slice, Stream
from phasewise.storage.checkpoints import Checkpoint
from phasewise.sync.position import unfinished

INCREMENT = "increment"
ALL = "all"
GONE = "gone"
"""Token of a slice whose source is no longer there and whose rows have been marked so."""

RESUMED = "resume: the last run was cut short"

RESUMABLE_FULL = timedelta(hours=24)
"""A full listing that was interrupted longer ago starts again: its first pages are yesterday's news."""


class Kind(StrEnum):
    """How a slice is bounded, and so how its checkpoint is kept."""

    SOURCE = "source"
    """Named by the connector, with a token (a file)."""
    FULL = "full"
    """The whole listing, each time."""
    OPEN_END = "open_end"
    """From the committed position on."""
    WINDOW = "window"
    """History between two bounds."""
    REFETCH = "refetch"
    """Records still open, by id."""
    LISTING = "listing"
    """Ids alone, or that a stream can be listed at all."""


SPANLESS = frozenset({Kind.REFETCH, Kind.LISTING})
"""Slices that say nothing of a span of time being complete: theirs is empty."""


@dataclass(frozen=True, slots=True)
class PlannedSlice:
    """A slice to be read.

    Attributes:
        slice: what the connector is asked for.
        kind: how it is bounded.
        mode: full, increment, resume or reconcile, and why; for the receipt.
        checkpoint: where it stood before this run.
        covers: from where on it proves the stream when it ends, where windows before it were read apart.
        is_believed: a person says that what it lists is true, however little it is.
    """

    slice: Slice
    kind: Kind
    mode: str
    checkpoint: Checkpoint | None = None
    is_believed: bool = False
    covers: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does with a stream.

    Attributes:
        slices: to be read, in this order.
        unchanged: slices whose source has not changed since it was read to its end.
        missing: checkpoints of slices whose source is no longer there.
    """

    slices: tuple[PlannedSlice, ...]
    unchanged: tuple[Slice, ...] = ()
    missing: tuple[Checkpoint, ...] = ()


def plan_named(slices: Sequence[Slice], known: Mapping[str, Checkpoint], *, full: str) -> Plan:
    """Plan a stream whose connector names its slices.

    Args:
        slices: as the connector found them now.
        known: checkpoints by slice.
        full: why every slice is read again ("asked for by --full"), "" for only the changed ones.
    """
    reading: list[PlannedSlice] = []
    unchanged: list[Slice] = []
    for found in slices:
        before = known.get(found.key)
        if before is None or full or found.token is None:
            reading.append(PlannedSlice(found, Kind.SOURCE, _why_named(before, full), before))
        elif before.is_complete and before.token == found.token:
            unchanged.append(found)
        else:
            reading.append(_changed_or_cut_short(found, before))
    names = {found.key for found in slices}
    missing = tuple(c for key, c in sorted(known.items()) if key not in names and c.token != GONE)
    return Plan(tuple(reading), tuple(unchanged), missing)


def _changed_or_cut_short(found: Slice, before: Checkpoint) -> PlannedSlice:
    begun = unfinished(before)
    if begun is not None and begun.token == found.token:
        again = Slice(found.key, found.start, found.end, before.cursor, found.token)
        return PlannedSlice(again, Kind.SOURCE, RESUMED, before)
    return PlannedSlice(found, Kind.SOURCE, _why_named(before, ""), before)


def _why_named(before: Checkpoint | None, full: str) -> str:
    if full:
        return f"full: {full}"
    if before is None:
        return "full: first read"
    if not before.is_complete:
        return "full: the last run did not finish it"
    return "full: the source has changed"


def plan_windows(
    stream: Stream,
    known: Mapping[str, Checkpoint],
    *,
    now: datetime,
    since: datetime | None = None,
    full: str = "",
) -> Plan:
    """Plan a stream that the engine cuts itself.

    Args:
        stream: what its source can bound.
        known: checkpoints by slice.
        now: our clock; decides where history is cut, never what is read.
        since: how far back, in place of the stream's `history_months`.
        full: why everything is read again, "" for what is missing and new.
    """
    if stream.cursor is CursorKind.NONE:
        return Plan((_plan_full(known.get(ALL), now=now, full=full),))
    begin = _history_start(stream, known, now=now, since=since)
    open_end = _plan_open_end(stream, known, begin=begin, now=now, full=full)
    slices = [open_end]
    if stream.cursor is CursorKind.CREATED and INCREMENT in known and not full:
        refetch = PlannedSlice(Slice(OPEN_SLICE), Kind.REFETCH, "increment: records that were open")
        slices.append(refetch)
    if stream.bounded:
        read = None if full else known.get(INCREMENT)
        proven_from = None if read is None or read.window_end is None else read.window_start
        top = proven_from or open_end.slice.start
        slices += _plan_history(stream, known, begin=begin, end=top, full=full)
    return Plan(tuple(slices))


def _plan_full(before: Checkpoint | None, *, now: datetime, full: str) -> PlannedSlice:
    begun = unfinished(before)
    if before is not None and begun is not None and not full and now - begun.began <= RESUMABLE_FULL:
        return PlannedSlice(Slice(ALL, resume=before.cursor), Kind.FULL, RESUMED, before)
    why = full or "the source can only be listed in full"
    return PlannedSlice(Slice(ALL), Kind.FULL, f"full: {why}", before)


def _history_start(
    stream: Stream, known: Mapping[str, Checkpoint], *, now: datetime, since: datetime | None
) -> datetime:
    """How far back history goes: never less far than it went before, or a full read would lose some."""
    begin = since or _months_back(now, stream.history_months)
    starts = [c.window_start for c in known.values() if c.window_start is not None]
    return min([begin, *starts])


def plan_follow_up(stream: Stream, known: Mapping[str, Checkpoint], *, now: datetime) -> PlannedSlice:
    """What changed since a resumed pass began: it went on behind rows that may have changed meanwhile."""
    begin = _history_start(stream, known, now=now, since=None)
    return _plan_open_end(stream, known, begin=begin, now=now, full="")


def _plan_open_end(
    stream: Stream, known: Mapping[str, Checkpoint], *, begin: datetime, now: datetime, full: str
) -> PlannedSlice:
    before = known.get(INCREMENT)
    begun = unfinished(before)
    if before is not None and begun is not None and not full:
        again = Slice(INCREMENT, start=begun.start, resume=before.cursor)
        return PlannedSlice(again, Kind.OPEN_END, RESUMED, before)
    reaches_back = before is not None and before.window_start is not None and before.window_start <= begin
    if before is None or before.window_end is None or full or not (stream.bounded or reaches_back):
        # A source that cannot bound a window from above would list everything newer in every window.
        start = max(begin, _window_start(stream, now)) if stream.bounded else begin
        if before is not None and before.window_start is not None and not full:
            start = min(start, before.window_start)
        why = full or ("first read" if before is None else "further back than before")
        return PlannedSlice(Slice(INCREMENT, start=start), Kind.OPEN_END, f"full: {why}", before)
    start = before.window_end - stream.overlap
    hours = stream.overlap / timedelta(hours=1)
    return PlannedSlice(
        Slice(INCREMENT, start=start),
        Kind.OPEN_END,
        f"increment: since {before.window_end:%Y-%m-%d %H:%M} UTC less {hours:g} h",
        before,
    )


def _plan_history(
    stream: Stream,
    known: Mapping[str, Checkpoint],
    *,
    begin: datetime,
    end: datetime | None,
    full: str,
) -> list[PlannedSlice]:
    if end is None or end <= begin:
        return []
    proven = [] if full else _proven(known.values())
    slices = []
    for start, stop in reversed(_windows(stream, begin, end)):
        if _covers(proven, start, stop):
            continue
        key = window_key(start, stop)
        before = known.get(key)
        begun = unfinished(before)
        if before is not None and begun is not None and not full:
            again = Slice(key, start, stop, before.cursor)
            slices.append(PlannedSlice(again, Kind.WINDOW, RESUMED, before))
        else:
            slices.append(
                PlannedSlice(Slice(key, start, stop), Kind.WINDOW, f"full: {full or 'history'}", before)
            )
    return slices


def halves(window: Slice) -> tuple[Slice, Slice] | None:
    """A window cut in two, None when it has no bounds or is too short to be cut (a minute)."""
    if window.start is None or window.end is None or window.end - window.start < timedelta(minutes=2):
        return None
    half = int((window.end - window.start).total_seconds()) // 120 * 60
    middle = window.start + timedelta(seconds=half)
    return (
        Slice(window_key(window.start, middle), window.start, middle),
        Slice(window_key(middle, window.end), middle, window.end),
    )


def window_key(start: datetime, end: datetime) -> str:
    """The stable name of a window: `2026-03` for a calendar month, else its bounds."""
    if _is_midnight(start) and _is_midnight(end):
        if start.day == 1 and end == _next_month(start):
            return f"{start:%Y-%m}"
        return f"{start:%Y-%m-%d}..{end:%Y-%m-%d}"
    return f"{start:%Y-%m-%dT%H:%M}..{end:%Y-%m-%dT%H:%M}"


def is_covered(known: Iterable[Checkpoint], window: Slice) -> bool:
    """Whether proven passes cover a bounded window."""
    if window.start is None or window.end is None:
        return False
    return _covers(_proven(known), window.start, window.end)


def _proven(known: Iterable[Checkpoint]) -> list[tuple[datetime, datetime]]:
    """Spans of time that complete passes cover, sorted.

    An increment's span runs from its first start to its committed position, also while a later pass is
    under way.
    """
    spans = [
        (c.window_start, c.window_end)
        for c in known
        if c.window_start is not None and c.window_end is not None and (c.is_complete or c.slice == INCREMENT)
    ]
    return sorted(spans)


def _covers(spans: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> bool:
    reached = start
    for first, last in spans:
        if first <= reached < last:
            reached = last
    return reached >= end


def _windows(stream: Stream, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The windows between two instants, oldest first, on a grid that is the same in every run."""
    windows = []
    start = _window_start(stream, begin)
    while start < end:
        stop = _next_month(start) if stream.window is None else start + stream.window
        windows.append((max(start, begin), min(stop, end)))
        start = stop
    return windows


def _window_start(stream: Stream, at: datetime) -> datetime:
    at = at.astimezone(UTC)
    if stream.window is None:
        return datetime(at.year, at.month, 1, tzinfo=UTC)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (at - epoch) // stream.window * stream.window


def _next_month(at: datetime) -> datetime:
    return datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)


def _months_back(at: datetime, months: int) -> datetime:
    at = at.astimezone(UTC)
    count = at.year * 12 + at.month - 1 - months
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
