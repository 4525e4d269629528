"""Many dates in one pass: what a ticket was at each of several instants, without asking 26 times.

A *look* is one of the instants, in order. A timestamp becomes the number of the first look that sees it
(`step`), so that rows can be counted once by the looks at which they change. A ticket whose state moves only
once, from running to stopped, is told by one step. Those that were opened again, or were in a state nobody
has mapped, are *twisted*: they come one by one, and their events are followed here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from phasewise.analyzer.calendar import Week, Window, read_weeks, window_of
from phasewise.analyzer.indicator import AnalysisContext, Row
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import compose
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.types import to_epoch

Packed = TypeVar("Packed", int, NDArray[np.int64])

STEP_BITS = 6
"""Bits of one look in a packed number."""
STEP_MASK = (1 << STEP_BITS) - 1
"""Most looks that can be counted at once; one number stands for none of them."""

IN_ONE_QUERY = 500
"""Tickets whose events are asked for at once."""


@dataclass(frozen=True)
class Look:
    """One of the dates.

    Attributes:
        context: of the date.
        weeks: frame of `calendar.read_weeks` for it.
    """

    context: AnalysisContext
    weeks: tuple[Row, ...]

    @property
    def instant(self) -> int:
        """Epoch seconds."""
        return to_epoch(self.context.instant)

    def window(self, count: int) -> Window | None:
        """The latest weeks of it; None where there are none."""
        whole = window_of(self.weeks)
        return whole.last(count) if whole else None


def looks_of(
    scope: MspStore, contexts: Sequence[AnalysisContext], numbers: IndicatorThresholds, most: int
) -> list[Look]:
    """The dates in order, each with its latest `most` weeks.

    Args:
        scope: the MSP's store.
        contexts: of one MSP, at least one, in any order.
        numbers: for the days a week settles.
        most: weeks of each date.
    """
    ordered = sorted(contexts, key=lambda context: context.instant)
    settle = numbers.count("settle_days")
    span = (ordered[-1].as_of - ordered[0].as_of).days // 7 + 1
    rows = read_weeks(scope, ordered[-1], settle, most + span)
    found = []
    for context in ordered:
        last = (context.as_of + timedelta(days=1 - settle - 7)).isoformat()
        own = [row for row in rows if str(row["starts_on"]) <= last]
        found.append(Look(context, tuple(own[-most:])))
    return found


def step(column: str, name: str, count: int) -> str:
    """SQL that says which look is the first to see a timestamp: 0 to count - 1, or `count` for none.

    Args:
        column: the timestamp; null is seen by none.
        name: of the parameters `:NAME_0` …, ascending.
        count: how many looks there are.
    """

    def between(low: int, high: int) -> str:
        if low == high:
            return str(low)
        middle = (low + high) // 2
        left, right = between(low, middle), between(middle + 1, high)
        return f"CASE WHEN {column} <= :{name}_{middle} THEN {left} ELSE {right} END"

    # Most timestamps asked for are of what seldom happens.
    return f"CASE WHEN {column} IS NULL THEN {count} ELSE {between(0, count)} END"


def step_of_week(column: str, name: str, count: int) -> str:
    """As `step`, for the looks that count one week: of what was before the first of them, it says that one.

    Args:
        column: the timestamp; null is seen by none.
        name: of the parameters `:NAME_0` …, ascending, beside `:first` and `:first_at` of `read_by_week`.
        count: how many looks there are.
    """
    later = step(column, name, count)
    return f"CASE WHEN {column} IS NULL THEN {count} WHEN {column} <= :first_at THEN :first ELSE {later} END"


def bound(name: str, instants: Iterable[int]) -> dict[str, int]:
    """The parameters of `step`."""
    return {f"{name}_{number}": instant for number, instant in enumerate(instants)}


def earlier(first: str, second: str) -> str:
    """SQL for the earlier of two timestamps; null where both are."""
    return (
        f"CASE WHEN {first} IS NULL THEN {second} WHEN {second} IS NULL THEN {first} "
        f"WHEN {first} < {second} THEN {first} ELSE {second} END"
    )


_STATUS = "SELECT 1 FROM ticket_events e WHERE $of_ticket AND e.kind = 'status'"
_FIRST_STOP = """(
      SELECT min(e.at) FROM ticket_events e
      WHERE $of_ticket AND e.kind = 'status' AND e.to_value IN ($stopped_words)
    )"""
# What the ticket itself tells of its state, where no event does, and from when.
_TOLD_AT = f"""CASE
      WHEN t.resolved_at IS NULL AND t.closed_at IS NULL
        THEN CASE WHEN t.status IN ($stopped_words, 'other') THEN t.updated_at END
      ELSE {earlier("t.resolved_at", "t.closed_at")}
    END"""

PIECES: Mapping[str, str] = {
    # The instant from which `t` has stopped, where it is not twisted.
    "stop_at": compose(f"COALESCE({_FIRST_STOP}, CASE WHEN NOT EXISTS ({_STATUS}) THEN {_TOLD_AT} END)"),
    # One step does not tell the state of `t`: its events must be followed.
    "is_twisted": compose(
        f"""CASE
      WHEN NOT EXISTS ({_STATUS})
        THEN CASE WHEN t.status = 'other' AND t.resolved_at IS NULL AND t.closed_at IS NULL THEN 1 ELSE 0 END
      WHEN EXISTS ({_STATUS} AND (e.to_value IS NULL OR e.to_value = 'other')) THEN 1
      WHEN EXISTS ({_STATUS} AND e.to_value NOT IN ($stopped_words) AND +e.at >= {_FIRST_STOP}) THEN 1
      WHEN ({_TOLD_AT}) IS NOT NULL AND NOT EXISTS ({_STATUS} AND e.at <= ({_TOLD_AT})) THEN 1
      ELSE 0
    END"""
    ),
    "told_at": compose(_TOLD_AT),
    # Whether there are status events at all: "" where the MSP has none.
    "has_events": compose(f"EXISTS ({_STATUS})"),
}
"""Pieces of SQL about ticket `t`, for `compose`."""

ANY_EVENT = "SELECT 1 AS found FROM ticket_events WHERE msp_id = :msp_id AND kind = 'status' LIMIT 1"


def has_status_events(scope: MspStore) -> bool:
    """Whether any ticket of the MSP has any."""
    return bool(read_frame(scope, ANY_EVENT))


def pieces(scope: MspStore) -> Mapping[str, str]:
    """PIECES, without what looks for status events where the MSP has none at all."""
    if has_status_events(scope):
        return PIECES
    is_unmapped = (
        "CASE WHEN t.status = 'other' AND t.resolved_at IS NULL AND t.closed_at IS NULL THEN 1 ELSE 0 END"
    )
    return {**PIECES, "stop_at": PIECES["told_at"], "is_twisted": is_unmapped, "has_events": ""}


EVENTS = """
SELECT e.ticket, e.at, e.to_value, e.id
FROM ticket_events e
WHERE e.msp_id = :msp_id AND e.connection_id = :connection_id AND e.kind = 'status' AND e.ticket IN ($listed)
"""


@dataclass(frozen=True)
class Timeline:
    """The states of a twisted ticket.

    Attributes:
        at: epoch seconds of its status events, in order.
        states: the state after each; None where the event does not say.
    """

    at: tuple[int, ...]
    states: tuple[str | None, ...]

    def until(self, instant: int) -> int:
        """How many events there were by then."""
        return bisect_right(self.at, instant)

    def state(self, instant: int) -> str | None:
        """The state after the last event by then; None where there was none, or it does not say."""
        count = self.until(instant)
        return self.states[count - 1] if count else None


def timelines(scope: MspStore, tickets: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Timeline]:
    """The states of these tickets.

    Args:
        scope: the MSP's store.
        tickets: (connection, ticket); one without status events has an empty timeline.
    """
    by_connection: dict[str, list[str]] = {}
    for connection, key in sorted(set(tickets)):
        by_connection.setdefault(connection, []).append(key)
    found = {}
    for connection, keys in by_connection.items():
        for first in range(0, len(keys), IN_ONE_QUERY):
            some = keys[first : first + IN_ONE_QUERY]
            events: dict[str, list[tuple[int, int, str, str | None]]] = {key: [] for key in some}
            for row in read_frame(scope, **_asked(connection, some)):
                identity = str(row["id"])
                events[str(row["ticket"])].append((int(row["at"]), len(identity), identity, row["to_value"]))
            for key, own in events.items():
                own.sort(key=lambda event: event[:3])
                found[connection, key] = Timeline(tuple(e[0] for e in own), tuple(e[3] for e in own))
    return found


def _asked(connection: str, keys: Sequence[str]) -> dict[str, str]:
    names = {f"ticket_{number}": key for number, key in enumerate(keys)}
    sql = compose(EVENTS, listed=", ".join(f":{name}" for name in names))
    return {"sql": sql, "connection_id": connection, **names}


def read_by_week(
    scope: MspStore, sql: str, looks: Sequence[Look], windows: Sequence[Window], **parameters: int | str
) -> list[dict[str, Any]]:
    """The rows of a query about one week, for every week of the windows of some looks.

    Several small sorts are cheaper than a large one, what is built on the way stays small, and most
    timestamps of a week are of before the first look that counts it.

    Args:
        scope: the MSP's store.
        sql: about the week from `:window_starts_at` to `:window_ends_at`; it may name `:first`, the number of
            the first look that counts it, and `:first_at`, its instant.
        looks: in order.
        windows: of each look, the weeks it counts.
        parameters: what else the SQL names.

    Returns:
        The rows with `week` (ISO date of its Monday) beside.
    """
    newest = [window.weeks[-1].starts_at for window in windows]
    found = []
    for week in all_weeks(windows):
        first = bisect_left(newest, week.starts_at)
        of_week = {"first": first, "first_at": looks[first].instant} if ":first_at" in sql else {}
        span = {"window_starts_at": week.starts_at, "window_ends_at": week.ends_at}
        rows = read_frame(scope, sql, **span, **of_week, **parameters)
        found += [{"week": week.starts_on.isoformat(), **row} for row in rows]
    return found


def bounds(windows: Iterable[Window]) -> dict[str, int]:
    """The parameters for the span of all windows together."""
    found = list(windows)
    return {
        "window_starts_at": min(window.starts_at for window in found),
        "window_ends_at": max(window.ends_at for window in found),
    }


def all_weeks(windows: Iterable[Window]) -> tuple[Week, ...]:
    """The weeks of all windows, each once, in order."""
    return tuple(sorted({week for window in windows for week in window.weeks}, key=lambda w: w.starts_at))


def unpacked(packed: Packed, widths: Sequence[int]) -> list[Packed]:
    """The numbers in a packed one, lowest bits first.

    Args:
        packed: a number, or a column of them.
        widths: bits of each.
    """
    found = []
    for width in widths:
        found.append(packed & ((1 << width) - 1))
        packed = packed >> width
    return found
