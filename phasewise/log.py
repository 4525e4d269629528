"""Logs: events with fields, as JSON lines or for a terminal, with every known secret masked.

Secrets are masked by value, where text leaves the process: structlog events, the standard library's
loggers (httpx writes whole URLs there), warnings and uncaught exceptions. Masking by name ("password=")
misses a key in a URL, a header in a traceback, a token in a vendor's error text.

structlog is imported with the first event that is written, so that `phasewise --help` stays fast.
"""

from __future__ import annotations

import base64
import html
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, TextIO
from urllib.parse import quote, quote_plus

Form = Literal["auto", "json", "terminal"]
Level = Literal["debug", "info", "warning", "error"]

MASK = "***"
SHORTEST_SECRET = 4
"""Characters. Masking a shorter value would blank out ordinary text."""

_LEVELS: dict[Level, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_lock = threading.RLock()
_forms: set[str] = set()
_pattern: re.Pattern[str] | None = None
_level = _LEVELS["warning"]
_form: Form = "auto"
_stream: TextIO | None = None
_structlog: Any = None


def register_secret(value: str) -> bool:
    """Mask this value from now on, also where it is written base64, URL-encoded, JSON- or HTML-escaped.

    Returns:
        False when the value is shorter than four characters and so cannot be masked.
    """
    global _pattern  # noqa: PLW0603  # one process has one set of secrets
    if len(value) < SHORTEST_SECRET:
        return False
    with _lock:
        new = written_forms(value) - _forms
        if new:
            _forms.update(new)
            # Longest first: a secret that begins with another one must not be masked by halves.
            _pattern = re.compile("|".join(re.escape(f) for f in sorted(_forms, key=len, reverse=True)))
    return True


def redact(text: str) -> str:
    """The text with every known secret replaced by `***`, the longest first."""
    pattern = _pattern
    return text if pattern is None else pattern.sub(MASK, text)


def written_forms(value: str) -> set[str]:
    """Every way a secret is likely to be written: as it is, base64, URL-encoded, JSON, HTML, repr."""
    percent = {quote(value, safe=""), quote(value), quote_plus(value)}
    found = {
        value,
        *percent,
        *(re.sub(r"%[0-9A-F]{2}", lambda m: m[0].lower(), p) for p in percent),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(value)[1:-1].replace("/", "\\/"),
        html.escape(value),
        repr(value)[1:-1],
        *_base64_forms(value.encode()),
    }
    return {form for form in found if len(form) >= SHORTEST_SECRET}


def _base64_forms(raw: bytes) -> Iterator[str]:
    # A secret inside a longer text ("user:secret") starts at any of three places of a base64 group. The
    # characters at both ends also hold bits of the neighbours and are left out.
    for skipped in range(3):
        encoded = base64.b64encode(b"\0" * skipped + raw).decode().rstrip("=")
        first = -(-skipped * 8 // 6)
        whole_bits = (skipped + len(raw)) * 8 // 6
        core = encoded[first:whole_bits]
        if len(core) >= 2 * SHORTEST_SECRET:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


def configure(*, form: Form = "auto", level: Level = "warning", stream: TextIO | None = None) -> None:
    """Set where logs go; called once by the command line. Everything below keeps to it.

    Args:
        form: JSON lines, a line for people, or `auto`: for people where the stream is a terminal.
        level: events below it are not written.
        stream: standard error when None. Standard output is for results only.
    """
    global _level, _form, _stream, _structlog
    with _lock:
        _level, _form, _stream, _structlog = _LEVELS[level], form, stream, None
    _take_over_standard_logging(_LEVELS[level])
    sys.excepthook = _print_uncaught
    threading.excepthook = lambda args: _print_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def settings() -> tuple[Any, ...]:
    """How the log is set now, for `restore`."""
    return _level, _form, _stream


def restore(before: tuple[Any, ...]) -> None:
    """Set the log as it was when `settings` was called."""
    global _level, _form, _stream, _structlog
    with _lock:
        (_level, _form, _stream), _structlog = before, None


class Log:
    """A named source of events. Cheap to make: nothing is imported before the first event."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"<Log {self._name}>"

    def debug(self, event: str, **fields: Any) -> None:
        """For the one who searches a fault: every request, every page."""
        self._write("debug", event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """What a service should have in its log: starts, ends, waits."""
        self._write("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something a person may have to look at; the run goes on."""
        self._write("warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Something ended that should not have. `exc_info=True` adds the traceback, without its variables."""
        self._write("error", event, fields)

    def _write(self, level: Level, event: str, fields: dict[str, Any]) -> None:
        if _LEVELS[level] >= _level:
            getattr(_configured(), level)(event, logger=self._name, **fields)


@contextmanager
def bound(**values: Any) -> Iterator[None]:
    """Every event of this block (and of what it calls, in this thread) carries these fields."""
    from structlog.contextvars import bound_contextvars  # noqa: PLC0415  # 0.2 s, only where logs are written

    with bound_contextvars(**values):
        yield


def _configured() -> Any:
    global _structlog  # noqa: PLW0603  # built once, on first use
    with _lock:
        if _structlog is None:
            _structlog = _build(for_people=_form == "terminal" or (_form == "auto" and _target().isatty()))
        return _structlog


def _target() -> TextIO:
    return _stream or sys.stderr


def _build(*, for_people: bool) -> Any:
    import structlog  # noqa: PLC0415  # 0.2 s, only where logs are written

    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if for_people:
        # plain_traceback: the default prints local variables, and tokens are local variables.
        processors.append(
            structlog.dev.ConsoleRenderer(
                colors=_target().isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        )
    else:
        processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    # Configured for the whole process: what a library logs through structlog is masked, too.
    structlog.configure(
        processors=[*processors, _redact_line],
        logger_factory=lambda *_: structlog.PrintLogger(_target()),
        cache_logger_on_first_use=False,
    )
    return structlog.get_logger()


def _redact_line(_logger: Any, _method: str, line: Any) -> str:
    return redact(str(line))


class _RedactingFormatter(logging.Formatter):
    """Masks the finished line, traceback included: nothing that was formatted in can slip by."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        return redact(super().format(record))


def _take_over_standard_logging(level: int) -> None:
    handler = logging.StreamHandler(_target())
    handler.setFormatter(_RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for chatty in ("httpx", "httpcore"):
        # One line a request at INFO, with the whole URL: our own event says it without the query.
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def _print_uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _target().write(redact("".join(traceback.format_exception(kind, error, trace))))
