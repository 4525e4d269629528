"""A local server of tickets in the shape of ConnectWise's (about 600 bytes each), in a process of its own.

`GET /tickets?page=N&pageSize=M` answers a JSON list, with a `Link` header where another page follows; `since`
and `until` (ISO) bound what was updated. Ticket n was updated n steps after the beginning of 2026. Started as
a program (tickets, seconds of a step, milliseconds of latency) it prints its port and serves until its
standard input ends, as it does when whoever started it is killed.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

START = datetime(2026, 1, 1, tzinfo=UTC)
STEP_SECONDS = 30

TICKET = (
    '{"id":%(n)d,"summary":"Printer on floor %(floor)d does not answer since this morning","recordType":'
    '"ServiceTicket","board":{"id":1,"name":"Service desk"},"status":{"id":5,"name":"Closed"},"company":'
    '{"id":%(company)d,"identifier":"C%(company)d","name":"Client number %(company)d"},"contact":{"id":'
    '%(contact)d},"type":{"id":3,"name":"Incident"},"subType":{"id":9,"name":"Printer"},"owner":{"id":'
    '%(owner)d,"identifier":"tech%(owner)d"},"priority":{"id":3,"name":"Priority 3 - Normal"},"source":'
    '{"id":2,"name":"Email Connector"},"closedFlag":true,"dateResolved":"%(resolved)s","closedDate":'
    '"%(closed)s","_info":{"dateEntered":"%(entered)s","lastUpdated":"%(updated)s"}}'
)


def ticket(number: int, step: int) -> str:
    """The JSON of one ticket."""
    updated = START + timedelta(seconds=number * step)
    values = {
        "n": number,
        "floor": number % 9,
        "company": number % 120,
        "contact": number % 4_000,
        "owner": number % 14,
        "entered": _written(updated - timedelta(hours=8)),
        "resolved": _written(updated - timedelta(hours=2)),
        "closed": _written(updated - timedelta(hours=1)),
        "updated": _written(updated),
    }
    return TICKET % values


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=128)
def answer(first: int, last: int, step: int = STEP_SECONDS) -> bytes:
    """The tickets first … last - 1."""
    return f"[{','.join(ticket(number, step) for number in range(first, last))}]".encode()


class _Tickets(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tickets = 0
    step = STEP_SECONDS
    latency_seconds = 0.0

    def do_GET(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        page, size = int(asked.get("page", 1)), int(asked.get("pageSize", 25))
        time.sleep(self.latency_seconds)
        begin, end = self._place(asked.get("since"), 0), self._place(asked.get("until"), self.tickets)
        first = begin + (page - 1) * size
        last = min(first + size, end)
        body = answer(first, last, self.step) if first < last else b"[]"
        more = ""
        if last < end:
            following = urlencode(asked | {"page": page + 1})
            more = f'Link: <http://{self.headers["Host"]}/tickets?{following}>; rel="next"\r\n'
        head = (
            f"HTTP/1.1 200 OK\r\nDate: {self.date_time_string()}\r\nContent-Type: application/json\r\n"
            f"{more}Content-Length: {len(body)}\r\n\r\n"
        )
        self.wfile.write(head.encode() + body)  # in one piece: two would wait for each other's receipt

    def _place(self, instant: str | None, otherwise: int) -> int:
        """The first ticket updated at that instant or later."""
        if instant is None:
            return otherwise
        seconds = (datetime.fromisoformat(instant) - START).total_seconds()
        return min(max(0, -int(-seconds // self.step)), self.tickets)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the form of the base class
        pass


@contextmanager
def serving(tickets: int, *, step: int = STEP_SECONDS, latency_ms: int = 0) -> Iterator[str]:
    """A server in a process of its own; its base URL."""
    command = [sys.executable, __file__, str(tickets), str(step), str(latency_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def main() -> None:
    """Serve until standard input ends."""
    tickets, step, latency_ms = map(int, sys.argv[1:4])
    _Tickets.tickets, _Tickets.step, _Tickets.latency_seconds = tickets, step, latency_ms / 1000
    for first in range(0, min(tickets, 100_000), 1_000):
        answer(first, min(first + 1_000, tickets), step)  # ready before the first is asked for
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Tickets)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
