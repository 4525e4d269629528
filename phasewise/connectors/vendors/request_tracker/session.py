"""A connection to one Request Tracker, and what is looked up there once a run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

from phasewise.connectors.answers import Answer, Reading
from phasewise.connectors.auth import Auth, basic, bearer
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.paging import by_page_number
from phasewise.connectors.vendors.request_tracker.lists import ITEMS, LISTED
from phasewise.connectors.vendors.request_tracker.settings import RequestTrackerSettings
from phasewise.connectors.vendors.request_tracker.zone import find_zone

INTERFACE = "/REST/2.0"
CONCURRENCY = 2
"""Requests at a time. The server that comes with it has few workers, and people use it meanwhile."""

TICKETS = "ShowTicket, ShowTicketComments, SeeQueue and SeeCustomField on all queues"
"""The rights, by the names that Request Tracker has for them."""

T = TypeVar("T")


class Session:
    """The client of the streams: opened, used by any number of threads, closed.

    Args:
        http: the opened HTTP client.
        settings: of the connection.

    Attributes:
        open_queues: numbers of queues of which a comment was shown: there, none is hidden.
    """

    def __init__(self, http: HttpClient, settings: RequestTrackerSettings) -> None:
        self.http = http
        self.settings = settings
        self.open_queues: set[str] = set()
        self._known: dict[str, Any] = {}
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Session {self.http.base_url}>"

    def get(
        self, path: str, query: Mapping[str, Any] | None = None, *, allow: tuple[int, ...] = ()
    ) -> Answer:
        """Ask for a JSON value; `allow` are statuses that are an answer here."""
        return self.http.get_json(path, query=query, right=TICKETS, allow=allow)

    def search(self, what: str, query: str, **parameters: Any) -> Answer:
        """One page of a search.

        Args:
            what: `tickets` or `transactions`.
            query: in the query language.
            parameters: further ones.
        """
        size = {"per_page": self.settings.page_size, "orderby": "id", "order": "ASC"}
        return self.get(f"/{what}", {"query": query, **size, **parameters})

    def me(self) -> Mapping[str, Any]:
        """The user that we are."""
        path = f"/user/{quote(self.settings.account or '', safe='')}"
        return self._once("me", lambda: _object(self.get(path)))

    def zone(self) -> ZoneInfo:
        """The time zone in which dates are read.

        Raises:
            ContractError: nothing says it for sure.
        """
        return self._once("zone", lambda: find_zone(self))

    def tells_totals(self) -> bool:
        """Whether searches for tickets tell their total: then rights are looked at by the database.

        Where they are looked at row by row (`$UseSQLForACLChecks` off), no total is told, and whole pages may
        be hidden.
        """
        query = {"query": "EffectiveId > 0", "per_page": 1}
        return self._once("totals", lambda: LISTED(self.get("/tickets", query)).total is not None)

    def queue_names(self) -> Mapping[str, str]:
        """Number of a queue → its name; of all that we may see, the disabled ones included."""
        return self._once("queues", self._read_queues)

    def user(self, number: str) -> Mapping[str, Any]:
        """What may be known of a user: Name, RealName, Privileged; empty where there is none."""
        path = f"/user/{int(number)}"
        return self._once(f"user {number}", lambda: _object(self.get(path, allow=(404,))))

    def account_of(self, name: str, *, disabled: bool = False) -> Mapping[str, Any] | None:
        """The user of that name (id, Organization); None where there is none or nobody can tell.

        A filter that a user without rights may not use is left out in silence: several answers are none.

        Args:
            name: as Request Tracker writes it, often a mail address.
            disabled: a disabled user counts, too.
        """
        # The only filter that a user without the right AdminUsers has, beside the mail address.
        asked = orjson.dumps([{"field": "Name", "value": name}]).decode()
        query: dict[str, Any] = {"query": asked, "fields": "id,Name,Organization", "per_page": 2}
        if disabled:
            query["find_disabled_rows"] = 1

        def look() -> Mapping[str, Any] | None:
            found = ITEMS(self.get("/users", query)).items
            return found[0] if len(found) == 1 and found[0].get("Name") == name else None

        return self._once(f"account {disabled} {name}", look)

    def _read_queues(self) -> Mapping[str, str]:
        def fetch(page: int) -> Answer:
            query = {"fields": "id,Name", "find_disabled_rows": 1, "page": page, "per_page": 100}
            return self.get("/queues/all", query)

        pages = by_page_number(fetch, LISTED, identify=lambda queue: str(queue["id"]), size=100)
        return {str(queue["id"]): str(queue["Name"]) for page in pages for queue in page.payloads}

    def _once(self, name: str, look: Callable[[], T]) -> T:
        # Held while looking: two threads that want the same ask once. The looks are short and few.
        with self._lock:
            if name not in self._known:
                self._known[name] = look()
            found: T = self._known[name]
            return found


@contextmanager
def open_session(settings: RequestTrackerSettings) -> Iterator[Session]:
    """Open a client; nothing is asked yet.

    Raises:
        ConfigError: base_url is no web address, or the CA file cannot be read.
    """
    base_url = settings.base_url.strip().rstrip("/").removesuffix(INTERFACE) + INTERFACE
    with HttpClient(
        base_url,
        auth=_auth(settings),
        budget=Budget(Rule("requests at a time", concurrent=CONCURRENCY)),
        reading=Reading(error=_error),
        ca_file=settings.ca_file,
    ) as http:
        yield Session(http, settings)


def _auth(settings: RequestTrackerSettings) -> Auth:
    if settings.token is not None:
        return bearer(settings.token, scheme="token")
    assert settings.password is not None  # the settings model has seen to it
    return basic(settings.user, settings.password)


def _error(body: Any) -> str | None:
    """`{"message": …}` alone is how every refusal is written, whatever its status."""
    return str(body["message"]) if isinstance(body, dict) and set(body) == {"message"} else None


def _object(answer: Answer) -> Mapping[str, Any]:
    return answer.body if answer.status == 200 and isinstance(answer.body, dict) else {}
