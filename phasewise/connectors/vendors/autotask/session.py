"""A connection to one Autotask, and what is looked up there once a run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from phasewise.connectors.answers import Answer
from phasewise.connectors.auth import Auth
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.timing import Timing, current_timing
from phasewise.connectors.vendors.autotask.entities import ENTITIES, Entity
from phasewise.connectors.vendors.autotask.refusals import READING
from phasewise.connectors.vendors.autotask.settings import AutotaskSettings
from phasewise.connectors.vendors.autotask.zone import INTERFACE, VERSION, find_zone
from phasewise.errors import AuthError

CONCURRENCY = 4
"""Slices side by side. Each stream has an endpoint of its own, and each endpoint its own threads."""

THREADS = 2
"""Requests at a time at one endpoint. Autotask allows three and frees a place a little after its answer."""

QUERIES = r"(?i)/V1\.0/\w+/query(/next|/count)?(\?|$)"
"""Paths where Autotask's query is a POST."""

T = TypeVar("T")


class Session:
    """The client of the streams: opened, used by any number of threads, closed.

    Nothing is asked before the first stream asks: then the zone is found, and once more when a key is
    refused, as Autotask moves databases from zone to zone.

    Args:
        settings: of the connection.
        timing: clocks and sleep of whoever opened it.
    """

    def __init__(self, settings: AutotaskSettings, timing: Timing) -> None:
        self.settings = settings
        self.zone_name = ""
        self._timing = timing
        self._budget = Budget(*rules(settings), timing=timing)
        self._opened = ExitStack()
        self._http: HttpClient | None = None
        self._known: dict[str, Any] = {}
        self._locks: dict[str, threading.RLock] = {}
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Session {self._http.base_url if self._http else self.settings.base_url}>"

    def close(self) -> None:
        """Give the connections back."""
        self._opened.close()

    def query(
        self,
        entity: Entity,
        body: Mapping[str, Any],
        *,
        link: str | None = None,
        background: bool = False,
    ) -> Answer:
        """One page of a query.

        Args:
            entity: what is asked for.
            body: the query; sent again with every further page, as Autotask wants it.
            link: `nextPageUrl` of the page before, None for the first one.
            background: take at most a quarter of the budget.
        """
        path = link or f"{VERSION}/{entity.name}/query"
        return self._ask(lambda http: http.post_json(path, body, right=entity.right, background=background))

    def count(self, entity: Entity, condition: Mapping[str, Any]) -> int | None:
        """How many rows fit, None where the answer does not say."""
        path = f"{VERSION}/{entity.name}/query/count"
        answer = self._ask(lambda http: http.post_json(path, {"filter": [condition]}, right=entity.right))
        found = answer.body.get("queryCount") if isinstance(answer.body, dict) else None
        return found if isinstance(found, int) else None

    def threshold(self) -> Answer:
        """What the whole database may ask in an hour, and has asked."""
        return self._ask(lambda http: http.get_json(f"{VERSION}/ThresholdInformation"))

    def fields(self, entity: Entity) -> Answer:
        """The description of an entity's fields, with their picklists; asked for once a run."""
        path = f"{VERSION}/{entity.name}/entityInformation/fields"
        return self.once(
            f"fields of {entity.name}",
            lambda: self._ask(lambda http: http.get_json(path, right=entity.right)),
        )

    def once(self, name: str, look: Callable[[], T]) -> T:
        """What was found under this name in this run; looked up by the first who asks."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.RLock())
        with lock:  # held while looking: two threads that want the same ask once
            if name not in self._known:
                self._known[name] = look()
            found: T = self._known[name]
            return found

    def _ask(self, ask: Callable[[HttpClient], Answer]) -> Answer:
        http = self._client(None)
        try:
            return ask(http)
        except AuthError:
            again = self._client(http)
            if again is http:
                raise
            return ask(again)

    def _client(self, refused: HttpClient | None) -> HttpClient:
        """The client of the zone; looked up again where the one in use was refused."""
        with self._lock:
            if self._http is not None and self._http is not refused:
                return self._http
            with self.plain() as client:
                url, self.zone_name = find_zone(client, self.settings.user)
            if self._http is None or self._http.base_url != url:
                self._http = self._opened.enter_context(self._keyed(url))
            return self._http

    def plain(self) -> HttpClient:
        """A client without keys, of the place where zones are told."""
        base = self.settings.base_url.strip().rstrip("/").removesuffix(INTERFACE)
        return HttpClient(base, budget=self._budget, ca_file=self.settings.ca_file, timing=self._timing)

    def _keyed(self, url: str) -> HttpClient:
        settings = self.settings
        return HttpClient(
            url,
            auth=Auth({"Secret": settings.secret, "ApiIntegrationCode": settings.integration_code}),
            headers={"UserName": settings.user},
            budget=self._budget,
            reading=READING,
            query_posts=(QUERIES,),
            ca_file=settings.ca_file,
            timing=self._timing,
        )


def rules(settings: AutotaskSettings) -> Sequence[Rule]:
    """The vendor's limits: so many requests an hour, so many at a time at each endpoint.

    One rule an entity and not one with a group, as Autotask writes its own links in another case.
    """
    hourly = Rule("requests an hour", requests=settings.requests_an_hour, window_seconds=3600.0)
    threads = [
        Rule(f"{name} at a time", concurrent=THREADS, path=rf"(?i)/v1\.0/{name}/") for name in ENTITIES
    ]
    return (hourly, *threads)


@contextmanager
def open_session(settings: AutotaskSettings) -> Iterator[Session]:
    """Open a client; nothing is asked yet.

    Raises:
        ConfigError: base_url is no web address, or the CA file cannot be read.
    """
    session = Session(settings, current_timing())
    with session.plain():
        pass  # a wrong address is an error of the settings, told before anything is asked
    try:
        yield session
    finally:
        session.close()
