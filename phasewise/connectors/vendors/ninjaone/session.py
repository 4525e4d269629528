"""A connection to one NinjaOne account, and what is looked up there once a run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from phasewise.connectors.addresses import Query
from phasewise.connectors.answers import Answer, Reading
from phasewise.connectors.auth import client_credentials
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.vendors.ninjaone.lists import after_id
from phasewise.connectors.vendors.ninjaone.settings import NinjaOneSettings
from phasewise.errors import AuthError

TOKENS = "/ws/oauth/token"
RIGHT = "monitoring"
"""The scope that reads. One that the application does not have refuses the whole request for a token, so no
other is asked for."""

CONCURRENCY = 4
"""Requests at a time. NinjaOne publishes no limit for this interface: few, and fewer when it pushes back."""

Owner = Mapping[str, Any]
"""Whose a device is: `organizationId` and `locationId`."""


class Session:
    """The client of the streams: opened, used by any number of threads, closed.

    Args:
        http: the opened HTTP client.
        settings: of the connection.
    """

    def __init__(self, http: HttpClient, settings: NinjaOneSettings) -> None:
        self.http = http
        self.settings = settings
        self._owners: Mapping[str, Owner] | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Session {self.http.base_url}>"

    def get(self, path: str, query: Query | None = None) -> Answer:
        """Ask for a JSON value.

        Raises:
            AuthError: the key is refused; it may be one of another region.
        """
        try:
            return self.http.get_json(path, query=query, right=RIGHT)
        except AuthError as error:
            region = f"{error.remedy}, and that the account lives at {self.settings.address} (`region`)"
            raise AuthError(error.what, where=error.where, remedy=region) from None

    def owners(self) -> Mapping[str, Owner]:
        """Id of a device → whose it is, of all there are. Activities and patches name the device alone."""
        # Held while looking: three streams want the same map, and one of them asks.
        with self._lock:
            if self._owners is None:
                self._owners = {
                    str(device["id"]): {key: device.get(key) for key in ("organizationId", "locationId")}
                    for page in after_id(self.get, "/v2/devices")
                    for device in page.payloads
                }
            return self._owners


@contextmanager
def open_session(settings: NinjaOneSettings) -> Iterator[Session]:
    """Open a client; nothing is asked yet.

    Raises:
        ConfigError: base_url is no web address, or the CA file cannot be read.
    """
    with HttpClient(
        settings.address,
        auth=client_credentials(TOKENS, settings.client_id, settings.client_secret, scope=RIGHT),
        budget=Budget(Rule("requests at a time", concurrent=CONCURRENCY)),
        reading=Reading(error=_error),
        ca_file=settings.ca_file,
    ) as http:
        yield Session(http, settings)


def _error(body: Any) -> str | None:
    """`{"resultCode": …, "errorMessage": …}` and `{"error": …}` are how NinjaOne says no."""
    if not isinstance(body, dict):
        return None
    said = body.get("errorMessage") or body.get("error_description") or body.get("error")
    return str(said) if said else None
