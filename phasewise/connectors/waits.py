"""When a request is tried again, and how long is waited in between."""

from __future__ import annotations

from dataclasses import dataclass

from phasewise.connectors.answers import Setback
from phasewise.connectors.timing import Timing
from phasewise.errors import RateLimitError
from phasewise.log import Log

_log = Log("connectors.http")


@dataclass(frozen=True, slots=True)
class Retries:
    """When to try again, and when to stop.

    Attributes:
        faults: tries in all where the vendor or the network fails (with the waits below: a minute or two).
        doubtful: tries in all where it is not likely to pass: no JSON, an error in a body of status 200, a
            host that nobody knows, a proxy that refuses.
        first_wait_seconds: before the second try; doubled for each further one, and up to as much jitter.
        longest_wait_seconds: of our own accord; what the vendor asks for may be longer.
        longest_pause_seconds: a longer pause that the vendor asks for ends the request as *later*.
        longest_pauses_seconds: all pauses of one request together, before it ends as *later*.
    """

    faults: int = 7
    doubtful: int = 3
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    longest_pause_seconds: float = 900.0
    longest_pauses_seconds: float = 3600.0


class Waits:
    """The setbacks of one request so far."""

    def __init__(self, retries: Retries, timing: Timing, where: str) -> None:
        self._retries = retries
        self._timing = timing
        self._where = where
        self._setbacks: dict[str, int] = {}
        self._paused_seconds = 0.0
        self._is_later = False

    def pause_seconds(self, setback: Setback) -> float | None:
        """How long to hold the budget back for a pause that the vendor asks for; None: too long to wait.

        Never shorter than our own backoff: `Retry-After: 0` would burn all tries in a moment.
        """
        asked = setback.seconds or 0.0
        if isinstance(setback.error, RateLimitError):
            setback.error.retry_after_seconds = asked
        seconds = max(asked, self._backoff("pause")) + self._timing.random() * max(1.0, asked / 10)
        self._paused_seconds += seconds
        self._is_later = (
            asked > self._retries.longest_pause_seconds
            or self._paused_seconds > self._retries.longest_pauses_seconds
        )
        if self._is_later:
            return None
        _log.info("http.pause", where=self._where, why=setback.error.what, seconds=round(seconds, 1))
        return seconds

    def before_next_try(self, error: Exception) -> bool | float:
        """Whether to try again, in the form stamina asks it.

        Waits here, on the clock it was given, and so tells stamina to wait 0 seconds. A pause that the vendor
        asks for is waited for by the budget, with all threads of the group.
        """
        if not isinstance(error, Setback):
            return False
        if error.kind == "pause":
            self._setbacks["pause"] = self._setbacks.get("pause", 0) + 1
            return False if self._is_later else 0.0
        if error.kind == "token":
            # It was renewed; a second refusal is no setback but an AuthError.
            return 0.0
        most = self._retries.faults if error.kind == "fault" else self._retries.doubtful
        seconds = self._backoff(error.kind) * (1 + self._timing.random())
        self._setbacks[error.kind] = tries = self._setbacks.get(error.kind, 0) + 1
        if tries >= most:
            return False
        _log.info("http.retry", where=self._where, why=error.error.what, seconds=round(seconds, 1))
        self._timing.sleep(seconds)
        return 0.0

    def _backoff(self, kind: str) -> float:
        doubled = self._retries.first_wait_seconds * 2.0 ** min(self._setbacks.get(kind, 0), 30)
        return min(self._retries.longest_wait_seconds, doubled)
