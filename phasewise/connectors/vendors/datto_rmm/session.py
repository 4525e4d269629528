"""A connection to one Datto RMM account, and what is looked up there once a run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr

from phasewise.connectors.addresses import Query
from phasewise.connectors.answers import Answer, Reading
from phasewise.connectors.auth import Auth, TokenGrant
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.datto_rmm.lists import listed, uid_of, under
from phasewise.connectors.vendors.datto_rmm.settings import DattoRmmSettings
from phasewise.connectors.waits import Retries
from phasewise.errors import AuthError, ForbiddenError

TOKENS = "/auth/oauth/token"
PUBLIC_CLIENT = "Basic cHVibGljLWNsaWVudDpwdWJsaWM="
"""`public-client:public`, the client that everybody is (Datto's page on its API). It is no secret, so it is a
header of the request for a token: as a password, the word would be masked in every log."""

SITES, DEVICES, USERS = "/api/v2/account/sites", "/api/v2/account/devices", "/api/v2/account/users"

OF_SITES, OF_DEVICES = "view of sites", "view of devices"
"""What lists need, in our words: Datto gives rights by the security level of a user."""

CONCURRENCY = 4
"""Requests at a time. Datto publishes rates alone: few at a time, and fewer when it pushes back."""

RETRIES = Retries(first_wait_seconds=5.0, longest_wait_seconds=120.0)
"""Slow ones: who goes on asking after a 429 is locked out, by the address of the network."""


class Session:
    """The client of the streams: opened, used by any number of threads, closed.

    Args:
        http: the opened HTTP client.
        settings: of the connection.
    """

    def __init__(self, http: HttpClient, settings: DattoRmmSettings) -> None:
        self.http = http
        self.settings = settings
        self._sites: Mapping[str, Mapping[str, Any]] | None = None
        self._devices: Mapping[str, str] | None = None
        self._people: frozenset[str] | None = None
        self._has_asked_for_people = False
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Session {self.http.base_url}>"

    def get(
        self,
        path: str,
        query: Query | None = None,
        *,
        right: str = "",
        allow: tuple[int, ...] = (),
        background: bool = False,
    ) -> Answer:
        """Ask for a JSON value. Arguments as `HttpClient.get_json`.

        Raises:
            AuthError: the key is refused; it may be one of another platform.
            ForbiddenError: a right is missing, or the address of this network is locked out.
        """
        try:
            return self.http.get_json(path, query=query, right=right, allow=allow, background=background)
        except AuthError as error:
            platform = f"{error.remedy}, and that the account lives at {self.settings.address} (`platform`)"
            raise AuthError(error.what, where=error.where, remedy=platform) from None
        except ForbiddenError as error:
            lock = "Datto answers the same for some minutes where the account was asked too often"
            remedy = f"{error.remedy}. {lock}"
            raise ForbiddenError(error.what, where=error.where, remedy=remedy, right=error.right) from None

    # Held while looking, each: several streams want the same map, and one of them asks.

    def sites(self) -> Mapping[str, Mapping[str, Any]]:
        """Uid and number of a site, both as text → its `uid` and whether it is `onDemand`."""
        with self._lock:
            if self._sites is None:
                self._sites = self._read_sites()
            return self._sites

    def devices(self) -> Mapping[str, str]:
        """Number of a device → its uid."""
        with self._lock:
            if self._devices is None:
                self._devices = self._read_devices()
            return self._devices

    def people(self) -> frozenset[str] | None:
        """What the users of the account may be called, in small letters; None where we may not read them.

        Read to tell a person from a machine, and kept nowhere.
        """
        with self._lock:
            if not self._has_asked_for_people:
                self._people = self._read_people()
                self._has_asked_for_people = True
            return self._people

    def _read_sites(self) -> Mapping[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for site in self._items(SITES, "sites", right=OF_SITES):
            uid = uid_of(site)
            kept = {"uid": uid, "onDemand": site.get("onDemand")}
            found |= {str(site.get("id")): kept, uid: kept}
        return found

    def _read_devices(self) -> Mapping[str, str]:
        return {
            str(device.get("id")): uid_of(device)
            for device in self._items(DEVICES, "devices", right=OF_DEVICES)
        }

    def _read_people(self) -> frozenset[str] | None:
        try:
            users = list(self._items(USERS, "users", name="username"))
        except ForbiddenError:
            return None
        return frozenset(plain(name) for user in users for name in _names(user) if name)

    def _items(
        self, path: str, items: str, *, name: str = "uid", right: str = ""
    ) -> Iterator[Mapping[str, Any]]:
        pages = listed(
            lambda link, query: self.get(link, query, right=right),
            path,
            items,
            identify=lambda item: uid_of(item, name),
        )
        for page in pages:
            yield from page.payloads


@contextmanager
def open_session(settings: DattoRmmSettings) -> Iterator[Session]:
    """Open a client; nothing is asked yet.

    Raises:
        ConfigError: base_url is no web address, or the CA file cannot be read.
    """
    form: dict[str, str | SecretStr] = {
        "grant_type": "password",
        "username": settings.api_key,
        "password": settings.api_secret,
    }
    rules = (
        Rule("requests a minute", requests=settings.requests_a_minute, window_seconds=60),
        Rule("requests at a time", concurrent=CONCURRENCY),
    )
    with HttpClient(
        settings.address,
        auth=Auth(grant=TokenGrant(TOKENS, form)),
        budget=Budget(*rules),
        reading=Reading(error=_error),
        headers={"Authorization": PUBLIC_CLIENT},
        retries=RETRIES,
        ca_file=settings.ca_file,
    ) as http:
        yield Session(http, settings)


def _names(user: Mapping[str, Any]) -> Iterator[str]:
    first, last = (str(under(user, name) or "").strip() for name in ("firstName", "lastName"))
    yield str(user.get("username") or "")
    yield str(user.get("email") or "")
    yield f"{first} {last}".strip() if first and last else ""
    yield f"{last}, {first}" if first and last else ""


def _error(body: Any) -> str | None:
    """`{"status": 500, "error": …}`; and the activity log tells so of a failed search, with status 200."""
    said = body.get("error") if isinstance(body, dict) else None
    return str(said) if said else None
