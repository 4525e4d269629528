"""How a connection proves who it is: values that the HTTP client applies.

A connector writes `auth=basic(settings.user, settings.password)`; it never builds an `Authorization` header
and never sees a token.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import SecretStr

from phasewise.connectors.timing import Timing
from phasewise.log import register_secret

SKEW_SECONDS = 60.0
"""A token is renewed this long before the server says it ends, or a tenth of its life where that is less."""


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """How a short-lived token is asked for (RFC 6749).

    Attributes:
        url: the token endpoint, absolute or relative to the client's base URL.
        form: the fields of the form, secrets as `SecretStr`.
        user: sent as the user name of basic authentication with the form; "" = none.
        password: its password.
    """

    url: str
    form: Mapping[str, str | SecretStr]
    user: str = ""
    password: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Auth:
    """What is sent with every request, and how a token is asked for where one is needed.

    Attributes:
        headers: header → secret value. Sent to the client's own host only.
        grant: how to get a bearer token, None where the headers are enough.
    """

    headers: Mapping[str, SecretStr] = field(default_factory=dict)
    grant: TokenGrant | None = None


NO_AUTH = Auth()


def header_key(**headers: SecretStr) -> Auth:
    """Keys in headers of their own; `_` in a name is written `-`: `header_key(X_Api_Key=key)`."""
    return Auth({name.replace("_", "-"): value for name, value in headers.items()})


def basic(user: str, password: SecretStr) -> Auth:
    """HTTP basic authentication (RFC 7617), UTF-8."""
    return Auth({"Authorization": SecretStr(basic_value(user, password))})


def bearer(token: SecretStr, scheme: str = "Bearer") -> Auth:
    """A fixed token. Some systems want another word before it (Request Tracker: `token`)."""
    return Auth({"Authorization": SecretStr(f"{scheme} {token.get_secret_value()}")})


def client_credentials(
    url: str,
    client_id: str,
    client_secret: SecretStr,
    *,
    scope: str = "",
    sent: Literal["form", "basic"] = "form",
    extra: Mapping[str, str] | None = None,
) -> Auth:
    """OAuth2 client credentials (RFC 6749, 4.4).

    Args:
        url: the token endpoint.
        client_id: as the vendor gave it.
        client_secret: as the vendor gave it.
        scope: space-separated; ask for reading only. "" sends none.
        sent: where the client's id and secret go: into the form or into basic authentication.
        extra: further form fields the vendor wants (`audience`, `tenant`).
    """
    form: dict[str, str | SecretStr] = {"grant_type": "client_credentials", **(extra or {})}
    if scope:
        form["scope"] = scope
    if sent == "basic":
        return Auth(grant=TokenGrant(url, form, client_id, client_secret))
    return Auth(grant=TokenGrant(url, form | {"client_id": client_id, "client_secret": client_secret}))


def basic_value(user: str, password: SecretStr) -> str:
    """The value of a basic `Authorization` header."""
    pair = f"{user}:{password.get_secret_value()}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def register_secrets(auth: Auth) -> None:
    """Have every secret of this auth masked in logs and errors."""
    for value in auth.headers.values():
        # "Bearer abc": the word before a token is no secret, and the token alone may be written, too.
        for part in (value.get_secret_value(), value.get_secret_value().rpartition(" ")[2]):
            register_secret(part)
    if auth.grant is not None:
        for item in (*auth.grant.form.values(), auth.grant.password):
            if isinstance(item, SecretStr):
                register_secret(item.get_secret_value())


@dataclass(frozen=True, slots=True)
class Token:
    """A token in use. `ends_at` is on the monotonic clock, None where the server did not say."""

    value: SecretStr
    ends_at: float | None


class TokenKeeper:
    """Holds the token of a connection and renews it, once, for all its threads.

    Args:
        ask: sends the grant and returns the token endpoint's decoded answer.
        timing: the clock that ages the token.
    """

    def __init__(self, ask: Callable[[], Any], timing: Timing) -> None:
        self._ask = ask
        self._timing = timing
        self._lock = threading.Lock()
        self._token: Token | None = None

    def __repr__(self) -> str:
        return "<TokenKeeper>"

    def current(self) -> Token:
        """A token with time left; renewed first when it is about to end."""
        token = self._token
        return token if token is not None and self._is_fresh(token) else self.renew(token)

    def renew(self, refused: Token | None) -> Token:
        """A token that is not the refused one.

        Threads that were refused with the same token get the one that the first of them fetches: a second
        renewal could make the vendor withdraw the first one.
        """
        with self._lock:
            token = self._token
            if token is None or token is refused or not self._is_fresh(token):
                token = self._token = self._read(self._ask())
            return token

    def _is_fresh(self, token: Token) -> bool:
        return token.ends_at is None or self._timing.monotonic() < token.ends_at

    def _read(self, answer: Any) -> Token:
        value = SecretStr(str(answer["access_token"]))
        register_secret(value.get_secret_value())
        life = _seconds(answer.get("expires_in"))
        if life is None:
            return Token(value, None)
        return Token(value, self._timing.monotonic() + life - min(SKEW_SECONDS, life / 10))


def _seconds(value: Any) -> float | None:
    """The life of a token; None where the server says nothing usable (absent, text, zero, negative)."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if seconds > 0 else None
