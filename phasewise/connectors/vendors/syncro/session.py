"""A connection to one Syncro account: how it says no, how often it may be asked, what is looked up once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from phasewise.connectors.answers import Answer, Reading, vendor_message
from phasewise.connectors.auth import bearer
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.vendors.syncro.settings import SyncroSettings
from phasewise.errors import ForbiddenError

CONCURRENCY = 4
"""Requests at a time. Syncro publishes no limit of this kind."""


def rules(settings: SyncroSettings) -> tuple[Rule, ...]:
    """Syncro's limit: 180 requests a minute for one IP address (API documentation, introduction)."""
    return (
        Rule(
            f"{settings.requests_per_minute} requests a minute",
            requests=settings.requests_per_minute,
            concurrent=CONCURRENCY,
        ),
    )


class Session:
    """The client of the streams: opened, used by any number of threads, closed.

    Args:
        http: the opened HTTP client.
        settings: of the connection.

    Attributes:
        tickets_note: why tickets cannot be looked up by their number, "" where they can.
    """

    def __init__(self, http: HttpClient, settings: SyncroSettings) -> None:
        self.http = http
        self.settings = settings
        self.tickets_note = ""
        self._tickets: dict[str, str | None] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Session {self.http.base_url}>"

    def get(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        right: str,
        allow: tuple[int, ...] = (),
        background: bool = False,
    ) -> Answer:
        """Ask for a JSON value. Arguments and errors as `HttpClient.get_json`."""
        return self.http.get_json(path, query=query, right=right, allow=allow, background=background)

    def ticket_of_number(self, number: str, *, right: str) -> str | None:
        """The id of the ticket that people know by this number.

        Returns:
            None where there is none any more; and where we may not list tickets, which `tickets_note` says.
        """
        with self._lock:
            if number in self._tickets or self.tickets_note:
                return self._tickets.get(number)
        try:
            answer = self.get("/tickets", {"number": number}, right=right, background=True)
        except ForbiddenError as error:
            self.tickets_note = f"which alerts became tickets is not known: {error.remedy}"
            return None
        rows = answer.body.get("tickets") if isinstance(answer.body, Mapping) else None
        found = [
            str(row["id"])
            for row in rows or ()
            if isinstance(row, Mapping) and str(row.get("number")) == number and row.get("id") is not None
        ]
        with self._lock:
            self._tickets[number] = found[0] if len(found) == 1 else None
            return self._tickets[number]


@contextmanager
def open_session(settings: SyncroSettings) -> Iterator[Session]:
    """Open a client; nothing is asked yet.

    Raises:
        ConfigError: the address is no web address, or the CA file cannot be read.
    """
    with HttpClient(
        settings.address,
        auth=bearer(settings.token),
        budget=Budget(*rules(settings)),
        reading=Reading(error=error_of, is_forbidden=is_forbidden),
        ca_file=settings.ca_file,
    ) as http:
        yield Session(http, settings)


def error_of(body: Any) -> str | None:
    """The message of a body that says it failed, whatever its status; None for data.

    Syncro has half a dozen forms: `{"error": …}`, `{"errors": …}`, `{"success": false, "message": …}`.
    """
    if not isinstance(body, Mapping):
        return None
    if body.get("success") is False or body.get("error") or body.get("errors"):
        return str(body.get("error") or body.get("errors") or body.get("message") or "no reason is given")
    return None


def is_forbidden(answer: Answer) -> bool:
    """Whether a right is missing: Syncro says so with 401, as for a wrong key, and only the text tells."""
    return answer.status == 401 and "permission" in vendor_message(answer).lower()
