"""HTTP on a free port of this machine, answered by a function: what every pretended vendor is served by."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import orjson

from phasewise.testing.world import Asked, Reply


class LocalServer:
    """Serves a function: opened, asked by any number of threads, closed.

    Args:
        answer: a request → its answer; called from several threads at once.
        now: the server's clock, for the `Date` of every answer.
        port: 0 = any that is free.
    """

    def __init__(
        self, answer: Callable[[Asked], Reply], *, now: Callable[[], datetime], port: int = 0
    ) -> None:
        self.answer = answer
        self.now = now
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: LocalServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a traceback."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece: two would cost 40 ms a request (delayed acknowledgements)
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    # A connector that writes must be seen to write, not be told that this server cannot.
    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815  # as the library calls them

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            _body(content, self.headers.get("Content-Type", "")),
            f"http://{self.headers.get('Host', '')}",
        )
        self._send(self.server.owner.answer(asked))

    def _send(self, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else orjson.dumps(reply.body)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **reply.headers}
        self.send_response_only(reply.status)
        self.send_header("Date", format_datetime(self.server.owner.now().replace(microsecond=0), usegmt=True))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if reply.is_cut else body)
        self.close_connection = self.close_connection or reply.is_cut


def _body(content: bytes, media: str) -> Any:
    if not content:
        return None
    if "form" in media:
        return dict(parse_qsl(content.decode(), keep_blank_values=True))
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content.decode("utf-8", "replace")
