"""A connection to one HaloPSA, and what is looked up there once a run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from phasewise.connectors.addresses import base_address
from phasewise.connectors.answers import CHANGED, Answer, Reading
from phasewise.connectors.auth import client_credentials
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.timing import current_timing
from phasewise.connectors.vendors.halopsa.settings import HaloSettings
from phasewise.errors import AuthError, ContractError

INTERFACE = "/api"
CONCURRENCY = 2
"""Requests at a time. Halo says no number; its gateway gives up after about a minute."""

T = TypeVar("T")


class Session:
    """The client of the streams: opened, used by any number of threads, closed.

    Nothing is asked before the first request: only then it is looked up where tokens are handed out.

    Args:
        settings: of the connection.
        stack: closes what is opened.
    """

    def __init__(self, settings: HaloSettings, stack: ExitStack) -> None:
        self.settings = settings
        self._stack = stack
        base = settings.base_url.strip().rstrip("/").removesuffix(INTERFACE)
        self.base_url = base_address(base) + INTERFACE
        self._budget = Budget(
            Rule(
                f"{settings.requests_in_5_minutes} requests in 5 minutes",
                requests=settings.requests_in_5_minutes,
                window_seconds=300,
            ),
            Rule("requests at a time", concurrent=CONCURRENCY),
        )
        self._timing = current_timing()
        self._http: HttpClient | None = None
        self._known: dict[str, Any] = {}
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Session {self.base_url}>"

    def get(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        right: str = "",
        allow: tuple[int, ...] = (),
        background: bool = False,
    ) -> Answer:
        """Ask for a JSON value. Arguments as `HttpClient.get_json`."""
        http = self._client()
        return http.get_json(path, query=query, right=right, allow=allow, background=background)

    def once(self, name: str, look: Callable[[], T]) -> T:
        """What a look has found, made once a run."""
        # Held while looking: two threads that want the same ask once. The looks are short and few.
        with self._lock:
            if name not in self._known:
                self._known[name] = look()
            found: T = self._known[name]
            return found

    def _client(self) -> HttpClient:
        with self._lock:
            if self._http is None:
                url, tenant = self._token_server()
                query = f"?{urlencode({'tenant': tenant})}" if tenant else ""
                settings = self.settings
                auth = client_credentials(
                    f"{url}/token{query}", settings.client_id, settings.client_secret, scope=settings.scope
                )
                self._http = self._stack.enter_context(
                    HttpClient(
                        self.base_url,
                        auth=auth,
                        budget=self._budget,
                        reading=Reading(error=_error),
                        ca_file=settings.ca_file,
                        timing=self._timing,
                    )
                )
            return self._http

    def _token_server(self) -> tuple[str, str]:
        """Where tokens are handed out, and for which tenant.

        Raises:
            AuthError: Halo names another host, to which our secret must not go unasked.
            ContractError: Halo does not say where.
        """
        settings = self.settings
        if settings.auth_url:
            return base_address(settings.auth_url), settings.tenant
        with HttpClient(
            self.base_url, budget=self._budget, ca_file=settings.ca_file, timing=self._timing
        ) as anybody:
            answer = anybody.get_json("/AuthInfo")
        told = answer.body if isinstance(answer.body, Mapping) else {}
        url = str(told.get("auth_url") or "").rstrip("/")
        if not url:
            raise ContractError(
                "Halo does not say where tokens are handed out",
                where=answer.where,
                remedy="Write auth_url, for example https://acme.halopsa.com/auth. " + CHANGED,
            )
        if urlsplit(url).netloc.lower() != urlsplit(self.base_url).netloc.lower():
            raise AuthError(
                f"Halo hands out tokens at another host, {url}; our secret is not sent there unasked",
                where=answer.where,
                remedy="If that is right, write it as auth_url",
            )
        return base_address(url), settings.tenant or str(told.get("tenant_id") or "")


@contextmanager
def open_session(settings: HaloSettings) -> Iterator[Session]:
    """Open a client; nothing is asked yet.

    Raises:
        ConfigError: base_url is no web address.
    """
    with ExitStack() as stack:
        yield Session(settings, stack)


def objects(items: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Those items of a list that are objects."""
    return [item for item in items if isinstance(item, Mapping)]


def _error(body: Any) -> str | None:
    """An exception of .NET, or a warning in place of data, in an answer of status 200."""
    if not isinstance(body, Mapping) or not body:
        return None
    if body.get("ClassName") or set(body) <= {"Message", "message", "error", "error_description"}:
        return str(body.get("Message") or body.get("message") or body.get("error") or "no reason given")
    return None
