"""What a vendor lets us ask, and how often: rolling-window budgets shared by a connection's threads.

A request is counted from its start until `window_seconds` after its end. Where between the two the vendor
counted it, nobody here can know; counted so, no window of the vendor ever holds more than the rule allows,
whatever the network does.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from types import TracebackType
from typing import Self

from phasewise.connectors.timing import Timing, current_timing
from phasewise.log import Log

BACKGROUND_SHARE = 4
"""Background streams get at most one part in this many of every rule."""
LONGEST_RESET_SECONDS = 86_400.0
"""A limit header that promises a reset later than this is not believed (year 1 and year 9999 were seen)."""
WORTH_A_NOTE_SECONDS = 5.0
"""A longer wait for our own budget is logged, with its end."""

_log = Log("connectors.limits")


@dataclass(frozen=True, slots=True)
class Rule:
    r"""One of the vendor's limits. List the widest first: push-back is answered on the narrowest that fits.

    Attributes:
        name: for logs, as people know it ("600 reads a minute").
        requests: at most so many within any window; None = not limited.
        window_seconds: length of the rolling window.
        concurrent: at most so many at a time; None = not limited.
        path: regular expression searched in the request's path, "" = every path. What its groups capture
            makes a budget of its own: `/V1.0/(\w+)/` counts every entity apart.
        method: GET or POST, "" = both.
    """

    name: str
    requests: int | None = None
    window_seconds: float = 60.0
    concurrent: int | None = None
    path: str = ""
    method: str = ""


EVERYTHING = Rule("everything", concurrent=4)
"""The rule of a vendor that publishes none: four at a time, fewer when it pushes back."""


@dataclass(slots=True)
class _Meter:
    """What is known of one rule (and one captured group): the requests under way and the recent ones."""

    requests: float
    window_seconds: float
    concurrent: float
    running: int = 0
    ended: deque[float] = field(default_factory=deque)
    paused_until: float = -inf
    reduced: float = inf
    reduced_from: float = inf

    def delay(self, now: float) -> float:
        """Seconds until one more may start; infinite where that depends on another one's end."""
        while self.ended and self.ended[0] + self.window_seconds <= now:
            self.ended.popleft()
        if self.running >= min(self.concurrent, self.requests) or self.running + 1 > max(1.0, self.reduced):
            return inf
        wait = max(0.0, self.paused_until - now)
        over = self.running + len(self.ended) + 1 - self.requests
        if over > 0:
            wait = max(wait, self.ended[int(over) - 1] + self.window_seconds - now)
        return wait

    def end(self, now: float, *, pushed_back: bool) -> None:
        self.running -= 1
        if self.requests < inf:
            self.ended.append(now)
        if not pushed_back and self.reduced < inf:
            # One more at a time after about twenty answers in peace, as a vendor's mood changes slowly.
            self.reduced += 0.05
            if self.reduced >= self.reduced_from:
                self.reduced = self.reduced_from = inf

    def push_back(self, until: float) -> None:
        self.paused_until = max(self.paused_until, until)
        if self.reduced == inf:
            self.reduced_from = min(self.concurrent, max(self.running, 1))
        self.reduced = max(1.0, min(self.reduced, self.running) / 2)


class Slot:
    """One request under way, from the start to the end of a `with` block; made by `Budget.slot`."""

    def __init__(self, budget: Budget, method: str, path: str, *, background: bool) -> None:
        self._budget = budget
        self._asked = method, path, background
        self._meters: tuple[_Meter, ...] = ()
        self.pushed_back = False

    def __enter__(self) -> Self:
        method, path, background = self._asked
        self._meters = self._budget.start(method, path, background=background)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._budget.end(self._meters, pushed_back=self.pushed_back)

    def push_back(self, seconds: float) -> None:
        """The vendor asks for a pause: nothing of this group starts before its end, then fewer at once."""
        self.pushed_back = True
        self._budget.pause(self._meters[-1], seconds)


class Budget:
    """The vendor's rules and what was used of them; one a connection, shared by all its threads.

    Waiting here is not a failure: a run never gives up for its own budget. First come, first served; who
    waits for one group does not hold up the others.

    Args:
        rules: the vendor's limits, the widest first. None given: four at a time.
        timing: clocks and sleep; those of the context when None.
    """

    def __init__(self, *rules: Rule, timing: Timing | None = None) -> None:
        self.rules = rules or (EVERYTHING,)
        self._timing = timing or current_timing()
        self._patterns = [re.compile(rule.path) for rule in self.rules]
        self._meters: dict[tuple[object, ...], _Meter] = {}
        self._queue: list[tuple[_Meter, ...]] = []
        self._changed = threading.Condition()

    def slot(self, method: str, path: str, *, background: bool = False) -> Slot:
        """Wait until a request may start, count it, and give the place back afterwards (a `with` block).

        Args:
            method: GET or POST.
            path: path of the request.
            background: take at most a quarter of every rule.
        """
        return Slot(self, method, path, background=background)

    def is_free(self, method: str, path: str) -> bool:
        """Whether such a request could start now, without waiting."""
        with self._changed:
            now = self._timing.monotonic()
            return self._may_start(self._meters_of(method, path, background=False), now)

    def pause(self, meter: _Meter, seconds: float) -> None:
        """Hold a group back for so long, and let fewer of it run at a time."""
        with self._changed:
            meter.push_back(self._timing.monotonic() + seconds)

    def start(self, method: str, path: str, *, background: bool) -> tuple[_Meter, ...]:
        """Wait until a request may start, and count it; `end` gives back what is returned."""
        with self._changed:
            meters = self._meters_of(method, path, background=background)
            if not self._queue and self._may_start(meters, self._timing.monotonic()):
                for meter in meters:
                    meter.running += 1
                return meters
            # Told apart by identity: two requests of one group hold equal tuples.
            self._queue.append(meters)
        try:
            while (delay := self._try_to_start(meters)) > 0:
                if delay >= WORTH_A_NOTE_SECONDS:
                    _log.info("limits.wait", path=path, seconds=round(delay, 1))
                self._timing.sleep(delay)
        except BaseException:
            with self._changed:
                self._leave_queue(meters)
            raise
        return meters

    def end(self, meters: tuple[_Meter, ...], *, pushed_back: bool) -> None:
        """Give back what `start` returned."""
        with self._changed:
            now = self._timing.monotonic()
            for meter in meters:
                meter.end(now, pushed_back=pushed_back)
            if self._queue:
                self._changed.notify_all()

    def _try_to_start(self, meters: tuple[_Meter, ...]) -> float:
        """0 when it was started, else the seconds to sleep before the next try."""
        with self._changed:
            while True:
                now = self._timing.monotonic()
                delay = max(meter.delay(now) for meter in meters)
                if delay == 0 and not self._is_behind(meters, now):
                    for meter in meters:
                        meter.running += 1
                    self._leave_queue(meters)
                    return 0.0
                if 0 < delay < inf:
                    return delay
                # Depends on another thread, which notifies. Woken once a second all the same, because
                # on Windows an untimed wait hears no Ctrl-C.
                self._changed.wait(1.0)

    def _may_start(self, meters: tuple[_Meter, ...], now: float) -> bool:
        return all(meter.delay(now) == 0 for meter in meters)

    def _is_behind(self, meters: tuple[_Meter, ...], now: float) -> bool:
        """Somebody who came earlier wants the same and may start now: it is their turn."""
        for earlier in self._queue:
            if earlier is meters:
                return False
            shared = any(mine is theirs for mine in meters for theirs in earlier)
            if shared and self._may_start(earlier, now):
                return True
        return False

    def _leave_queue(self, meters: tuple[_Meter, ...]) -> None:
        self._queue[:] = [waiting for waiting in self._queue if waiting is not meters]
        self._changed.notify_all()

    def _meters_of(self, method: str, path: str, *, background: bool) -> tuple[_Meter, ...]:
        found: list[_Meter] = []
        for number, rule in enumerate(self.rules):
            match = self._patterns[number].search(path)
            if match is None or rule.method not in {"", method}:
                continue
            for part in (BACKGROUND_SHARE, 1) if background else (1,):
                key = (number, match.groups(), part)
                if key not in self._meters:
                    self._meters[key] = _Meter(
                        _part(rule.requests, part), rule.window_seconds, _part(rule.concurrent, part)
                    )
                found.append(self._meters[key])
        if not found:
            found.append(self._meters.setdefault((None, background), _Meter(inf, 60.0, inf)))
        return tuple(found)


def _part(limit: int | None, part: int) -> float:
    return inf if limit is None else max(1, limit // part)


@dataclass(frozen=True, slots=True)
class LimitNote:
    """What an answer's headers say about the vendor's limit. None = not said, or not to be believed."""

    limit: int | None = None
    remaining: int | None = None
    resets_in_seconds: float | None = None


def read_limits(headers: Mapping[str, str], answered_at: float) -> LimitNote:
    """Read `RateLimit-*` and `X-RateLimit-*` headers.

    A limit of 0 or less means the vendor does not say (a self-hosted server answers `remaining 0 of 0, resets
    in the year 1` and means "no limit"), so nothing beside it is believed either.

    Args:
        headers: lower-case name → value.
        answered_at: epoch seconds of the vendor's clock, to read a reset that is given as an instant.
    """
    limit, remaining = _whole(headers, "limit"), _whole(headers, "remaining")
    if limit is None or limit <= 0:
        return LimitNote()
    return LimitNote(
        limit,
        remaining if remaining is not None and 0 <= remaining <= limit else None,
        _reset(_number(headers, "reset"), answered_at),
    )


def estimated_minutes(rules: Sequence[Rule], requests: int, seconds_per_request: float) -> float:
    """How long so many requests take under these rules, for the cost printed before a first sync.

    Args:
        rules: those that the requests fall under.
        requests: how many, 0 or more.
        seconds_per_request: what one takes.
    """
    seconds = 0.0
    for rule in rules or (EVERYTHING,):
        if rule.concurrent is not None:
            seconds = max(seconds, requests * seconds_per_request / rule.concurrent)
        if rule.requests is not None:
            seconds = max(seconds, max(0, requests - rule.requests) * rule.window_seconds / rule.requests)
    return max(seconds, seconds_per_request if requests else 0.0) / 60


def _number(headers: Mapping[str, str], name: str) -> float | None:
    for prefix in ("ratelimit-", "x-ratelimit-", "x-rate-limit-"):
        text = headers.get(prefix + name, "")
        if match := re.match(r"\s*(-?\d+(?:\.\d+)?)", text):
            return float(match[1])
    return None


def _whole(headers: Mapping[str, str], name: str) -> int | None:
    value = _number(headers, name)
    return None if value is None else int(value)


def _reset(value: float | None, answered_at: float) -> float | None:
    if value is None:
        return None
    if value > 1e11:  # epoch milliseconds
        value /= 1000
    seconds = value - answered_at if value > 1e9 else value
    return seconds if 0 < seconds <= LONGEST_RESET_SECONDS else None
