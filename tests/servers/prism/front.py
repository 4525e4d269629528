"""What stands before Prism: hands every request on as it came, and notes what Prism finds wrong with it.

Two things Prism cannot do are done here: what the specification does not describe (a token, an answer) comes
from the simulated vendor, and a listing ends, where Prism would answer the same page for ever.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import httpx

OF_THE_CONNECTION = frozenset({"connection", "content-length", "transfer-encoding", "content-encoding"})
PRISM_SECONDS = 60


@dataclass
class Seen:
    """What went through.

    Attributes:
        requests: how many Prism was asked.
        faults: what was wrong with a request, by the specification.
        excused: "METHOD /path" that was refused and may be.
        answered: paths with bodies, of the reading that goes on.
    """

    requests: int = 0
    faults: list[str] = field(default_factory=list)
    excused: set[str] = field(default_factory=set)
    answered: set[tuple[str, bytes]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """A new reading: every list is there again."""
        with self.lock:
            self.answered.clear()


class Front:
    """Serves on a free port of this machine: opened, asked by any number of threads, closed.

    Args:
        prism: its address.
        prefix: what stands before the specification's paths in the connector's.
        beside: address of the simulated vendor, asked for what the specification does not describe.
        excused: "METHOD /path" that Prism may refuse; the simulated vendor answers.
        is_answering: whether Prism's answers are handed on; else it only judges the requests, and the
            simulated vendor answers.
    """

    def __init__(
        self,
        prism: str,
        beside: str,
        *,
        prefix: str = "",
        excused: Collection[str] = (),
        is_answering: bool = True,
    ) -> None:
        self.prism, self.beside, self.prefix, self.excused = prism, beside, prefix, excused
        self.is_answering = is_answering
        self.seen = Seen()
        self.client = httpx.Client(timeout=PRISM_SECONDS, trust_env=False)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.front = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.client.close()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, method: str, target: str, headers: Mapping[str, str], content: bytes) -> httpx.Response:
        """What is answered to a request."""
        path = target.partition("?")[0]
        inside, operation = target.removeprefix(self.prefix), f"{method} {path.removeprefix(self.prefix)}"
        # Which form of an answer is wanted is nothing that Prism could judge where it does not answer.
        heard = headers if self.is_answering else {**headers, "Accept": "*/*"}
        said = self._ask(self.prism, method, inside, heard, content)
        self._note(operation, f"{method} {inside}", said)
        if operation in self.excused or not self.is_answering:
            return self._ask(self.beside, method, target, headers, content)
        with self.seen.lock:
            is_old = (path, said.content) in self.seen.answered
            self.seen.answered.add((path, said.content))
        return _without_rows(said) if is_old and said.is_success else said

    def _note(self, operation: str, where: str, said: httpx.Response) -> None:
        violations = json.loads(said.headers.get("sl-violations", "[]"))
        # Where the specification describes the refusal, the body is as it says; else it is Prism's own.
        is_own = said.headers.get("Content-Type", "").startswith("application/problem+json")
        problem = said.json() if said.is_error and is_own else {}
        # The header tells of both sides, and says which; what an answer is refused for is the request alone.
        of_request = [one for one in violations if one["location"][0] == "request"]
        faults = [f"{where}: {one['message']}" for one in [*of_request, *problem.get("validation", [])]]
        if said.is_error and not faults:
            faults = [f"{where}: {said.status_code}: {problem.get('detail', said.text[:200])}"]
        with self.seen.lock:
            self.seen.requests += 1
            if operation not in self.excused:
                self.seen.faults += faults
            elif faults:
                self.seen.excused.add(operation)

    def _ask(
        self, server: str, method: str, target: str, headers: Mapping[str, str], content: bytes
    ) -> httpx.Response:
        # The host stays: the simulated vendor leads on to where it was asked, which is here.
        kept = {name: value for name, value in headers.items() if name.lower() not in OF_THE_CONNECTION}
        return self.client.request(method, server + target, headers=kept, content=content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    front: Front


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            said = self.server.front.answer(self.command, self.path, dict(self.headers.items()), content)
        except Exception as error:
            # The connector would only see a connection that breaks; the test must see why.
            self.server.front.seen.faults.append(f"{self.command} {self.path}: not judged: {error!r}")
            raise
        self.send_response_only(said.status_code)
        for name, value in said.headers.items():
            if name.lower() not in OF_THE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said.content)))
        self.end_headers()
        self.wfile.write(said.content)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  # as the library calls them

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def _without_rows(said: httpx.Response) -> httpx.Response:
    """The same answer with no rows: a list is empty, and so are the lists of an object."""
    value = said.json()
    if isinstance(value, dict):
        value = {key: [] if isinstance(inner, list) else inner for key, inner in value.items()}
    return httpx.Response(
        said.status_code, headers=_plain(said), json=[] if isinstance(value, list) else value
    )


def _plain(said: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in said.headers.items() if name.lower() not in OF_THE_CONNECTION}
