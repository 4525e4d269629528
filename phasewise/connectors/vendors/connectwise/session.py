"""A connection to one ConnectWise PSA: where its interface is, and what is looked up there once a run."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from phasewise.connectors.answers import CHANGED, Answer, Reading
from phasewise.connectors.auth import basic
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.vendors.connectwise.settings import ConnectWiseSettings
from phasewise.errors import AuthError, ContractError

CONCURRENCY = 4
"""Requests at a time. ConnectWise publishes no quota; it answers 429 when it is too much."""

RULES = (Rule("requests at a time", concurrent=CONCURRENCY),)

WITHOUT_DISCOVERY = "v4_6_release/"
"""A codebase that every server takes."""

T = TypeVar("T")


class Session:
    """The client of the streams: opened, used by any number of threads, closed.

    Args:
        http: the opened HTTP client, with our keys.
        door: one without keys, for what is asked before logging in.
        settings: of the connection.

    Attributes:
        plain_paths: lists that do not page forward by themselves, as one of their answers showed.
    """

    def __init__(self, http: HttpClient, door: HttpClient, settings: ConnectWiseSettings) -> None:
        self.http = http
        self.settings = settings
        self.plain_paths: set[str] = set()
        self._door = door
        self._known: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._has_looked_again = False

    def __repr__(self) -> str:
        return f"<Session {self.http.base_url}>"

    def get(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        right: str,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
        background: bool = False,
    ) -> Answer:
        """Ask for a JSON value.

        A hosted server changes its path with every upgrade: on a 404 it is asked for once more.

        Args:
            path: below the interface, for example `/service/tickets`.
            query: parameters.
            right: the right it needs, by the name of ConnectWise's security roles.
            headers: for this request only.
            allow: statuses that are an answer here.
            background: take at most a quarter of the budget.
        """
        # The first of the two lets a 404 pass, to look whether the interface has moved.
        for allowed in ((404, *allow), tuple(allow)):
            answer = self.http.get_json(
                self._codebase() + path, query=query, headers=headers, right=right, allow=allowed,
                background=background,
            )  # fmt: skip
            if answer.status != 404 or 404 in allow:
                break
            self._look_again()
        return answer

    def about(self) -> Mapping[str, Any]:
        """What the server says of itself before anybody logs in; empty where the settings say the path.

        Raises:
            AuthError: there is no such company at this address.
            ContractError: the answer says no path.
        """
        return self.once("companyinfo", self._read_about)

    def once(self, name: str, look: Callable[[], T]) -> T:
        """What was looked up under that name; looked up now where nobody did before."""
        # Held while looking: two threads that want the same ask once. The looks are short and few.
        with self._lock:
            if name not in self._known:
                self._known[name] = look()
            found: T = self._known[name]
            return found

    def _codebase(self) -> str:
        written = self.settings.codebase or str(self.about().get("Codebase") or WITHOUT_DISCOVERY)
        return f"/{written.strip('/')}/apis/3.0"

    def _look_again(self) -> None:
        with self._lock:
            if not self._has_looked_again:
                self._has_looked_again = True
                self._known.pop("companyinfo", None)

    def _read_about(self) -> Mapping[str, Any]:
        if self.settings.codebase:
            return {}
        path = f"/login/companyinfo/{quote(self.settings.company, safe='')}"
        answer = self._door.get_json(path, allow=(404,))
        if answer.status == 404:
            return {}
        if answer.body is None:
            raise AuthError(
                f'there is no company "{self.settings.company}" at {self._door.base_url}',
                where=answer.where,
                remedy="Check `company`, and whether base_url names your region (na, eu, au, aus, za)",
            )
        found: Mapping[str, Any] = answer.body if isinstance(answer.body, dict) else {}
        if not re.fullmatch(r"[\w.]+/?", str(found.get("Codebase"))) or found.get("Codebase") is None:
            raise ContractError(
                "the source does not say where its interface is",
                where=answer.where,
                remedy='Write its path as `codebase`, for example "v4_6_release". ' + CHANGED,
            )
        return found


@contextmanager
def open_session(settings: ConnectWiseSettings) -> Iterator[Session]:
    """Open a client; nothing is asked yet.

    Raises:
        ConfigError: base_url is no web address, or the CA file cannot be read.
    """
    host = interface_host(settings.base_url)
    budget = Budget(*RULES)
    # The clientId belongs to an integration, not to a person; it is sent with every request all the same.
    headers = {"clientId": settings.client_id}
    if settings.api_version:
        headers["Accept"] = f"application/vnd.connectwise.com+json; version={settings.api_version}"
    user = f"{settings.company}+{settings.public_key.get_secret_value()}"
    with (
        HttpClient(host, budget=budget, ca_file=settings.ca_file) as door,
        HttpClient(
            host,
            auth=basic(user, settings.private_key),
            budget=budget,
            reading=Reading(error=_error),
            headers=headers,
            ca_file=settings.ca_file,
        ) as http,
    ):
        yield Session(http, door, settings)


def interface_host(base_url: str) -> str:
    """The root of the host that answers programs: `na.myconnectwise.net` is for people, `api-na.…` for us."""
    address = base_url.strip()
    parts = urlsplit(address if "://" in address else f"https://{address}")
    match = re.fullmatch(r"(?:www\.)?(na|eu|au|aus|za)\.myconnectwise\.net", (parts.hostname or "").lower())
    if match is not None:
        return f"https://api-{match[1]}.myconnectwise.net"
    return f"{parts.scheme}://{parts.netloc}"


def _error(body: Any) -> str | None:
    """`{"code": …, "message": …}` is how every refusal is written."""
    if isinstance(body, Mapping) and "code" in body and "message" in body and "id" not in body:
        return str(body["message"])
    return None
