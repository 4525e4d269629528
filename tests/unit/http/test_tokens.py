"""A token is asked for once, renewed before its end and once when it is refused, by one thread for all."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx
from pydantic import SecretStr

from phasewise.connectors.auth import (
    Auth,
    Token,
    TokenGrant,
    TokenKeeper,
    basic,
    bearer,
    client_credentials,
    header_key,
)
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.timing import timing
from phasewise.errors import AuthError, SourceError, UnavailableError
from phasewise.testing.clock import FakeClock

BASE = "https://api.vendor.test"
SECRET = "client-s3cret"


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    fake = FakeClock()
    with timing(fake.timing()):
        yield fake


class Vendor:
    """Hands out token-1, token-2, …, and accepts the newest."""

    def __init__(self, router: respx.MockRouter, *, expires_in: Any = 3600) -> None:
        self.issued = 0
        self.expires_in = expires_in
        self.token_requests: list[httpx.Request] = []
        self._lock = threading.Lock()
        router.post(f"{BASE}/oauth/token").mock(side_effect=self._token)
        router.get(f"{BASE}/tickets").mock(side_effect=self._tickets)

    def _token(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.issued += 1
            self.token_requests.append(request)
            return httpx.Response(
                200, json={"access_token": f"token-{self.issued}", "expires_in": self.expires_in}
            )

    def _tickets(self, request: httpx.Request) -> httpx.Response:
        good = request.headers.get("Authorization") == f"Bearer token-{self.issued}"
        return httpx.Response(200 if good else 401, json=[])

    def withdraw(self) -> None:
        self.issued += 1


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as mocked:
        yield mocked


def open_client(**options: Any) -> HttpClient:
    auth = client_credentials("/oauth/token", "me", SecretStr(SECRET), scope="monitoring")
    return HttpClient(BASE, auth=auth, **options)


def test_one_token_serves_until_shortly_before_its_end(clock: FakeClock, router: respx.MockRouter) -> None:
    vendor = Vendor(router, expires_in=3600)
    with open_client() as client:
        client.get_json("/tickets")
        clock.sleep(3500)
        client.get_json("/tickets")
        assert vendor.issued == 1
        clock.sleep(41)
        client.get_json("/tickets")
        assert vendor.issued == 2
    assert parse_qs(vendor.token_requests[0].content.decode()) == {
        "grant_type": ["client_credentials"], "scope": ["monitoring"],
        "client_id": ["me"], "client_secret": [SECRET],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expires_in", "renewals"), [(1, 2), ("30", 2), (None, 1), (0, 1), (-5, 1), ("soon", 1)]
)
def test_the_life_of_a_token_is_what_the_server_says_or_unknown(
    clock: FakeClock, router: respx.MockRouter, expires_in: Any, renewals: int
) -> None:
    vendor = Vendor(router, expires_in=expires_in)
    with open_client() as client:
        client.get_json("/tickets")
        clock.sleep(29)
        client.get_json("/tickets")
    assert vendor.issued == renewals


def test_a_refused_token_is_renewed_once(clock: FakeClock, router: respx.MockRouter) -> None:
    vendor = Vendor(router)
    with open_client() as client:
        client.get_json("/tickets")
        vendor.withdraw()
        client.get_json("/tickets")
        assert vendor.issued == 3
        assert clock.monotonic() == 0


def test_a_token_refused_twice_is_an_auth_error(clock: FakeClock, router: respx.MockRouter) -> None:
    Vendor(router)
    route = router.get(f"{BASE}/tickets").respond(401)
    with open_client() as client, pytest.raises(AuthError):
        client.get_json("/tickets")
    assert route.call_count == 2


def test_a_token_is_renewed_even_where_one_request_at_a_time_is_allowed(
    clock: FakeClock, router: respx.MockRouter
) -> None:
    vendor = Vendor(router)
    with open_client(budget=Budget(Rule("one", concurrent=1))) as client:
        client.get_json("/tickets")
        vendor.withdraw()
        client.get_json("/tickets")


def test_threads_refused_together_renew_the_token_once(clock: FakeClock, router: respx.MockRouter) -> None:
    vendor = Vendor(router)
    with open_client(budget=Budget(Rule("many", concurrent=8))) as client:
        client.get_json("/tickets")
        vendor.withdraw()
        threads = [threading.Thread(target=client.get_json, args=("/tickets",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert vendor.issued == 3


def test_a_keeper_asks_once_however_many_threads_were_refused() -> None:
    asked: list[int] = []
    barrier = threading.Barrier(8)

    def ask() -> dict[str, Any]:
        asked.append(1)
        return {"access_token": f"token-{len(asked)}", "expires_in": 60}

    keeper = TokenKeeper(ask, FakeClock().timing())
    old = keeper.current()
    got: list[Token] = []

    def renew() -> None:
        barrier.wait()
        got.append(keeper.renew(old))

    threads = [threading.Thread(target=renew) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(asked) == 2
    assert len(set(map(id, got))) == 1


REFUSALS = [
    (
        httpx.Response(400, json={"error": "invalid_scope", "error_description": f"{SECRET} is bad"}),
        AuthError,
    ),
    (httpx.Response(401, json={"error": "invalid_client"}), AuthError),
    (httpx.Response(403), AuthError),
    (httpx.Response(200, json={"message": "ok"}), AuthError),
    (httpx.Response(200, text="<html>sign in</html>"), AuthError),
    (httpx.Response(302, headers={"Location": "https://elsewhere.test/"}), AuthError),
    (httpx.Response(503), UnavailableError),
]


@pytest.mark.parametrize(("answer", "kind"), REFUSALS)
def test_a_token_that_cannot_be_had_is_explained(
    clock: FakeClock, router: respx.MockRouter, answer: httpx.Response, kind: type[SourceError]
) -> None:
    router.post(f"{BASE}/oauth/token").mock(side_effect=lambda _: answer)
    with open_client() as client, pytest.raises(kind) as caught:
        client.get_json("/tickets")
    assert SECRET not in str(caught.value)
    assert caught.value.where.endswith("/oauth/token")
    assert caught.value.remedy


def test_a_token_endpoint_may_be_a_host_of_its_own(clock: FakeClock, router: respx.MockRouter) -> None:
    route = router.post("https://login.vendor.test/token").respond(json={"access_token": "token-x"})
    router.get(f"{BASE}/tickets").respond(json=[])
    grant = TokenGrant(
        "https://login.vendor.test/token",
        {"grant_type": "password", "username": "key", "password": SecretStr(SECRET)},
        "public-client",
        SecretStr("public"),
    )
    with HttpClient(BASE, auth=Auth(grant=grant)) as client:
        client.get_json("/tickets")
    sent = route.calls.last.request.headers["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"public-client:public"


def test_client_credentials_can_be_sent_as_basic_authentication(
    clock: FakeClock, router: respx.MockRouter
) -> None:
    vendor = Vendor(router)
    auth = client_credentials("/oauth/token", "me", SecretStr(SECRET), sent="basic")
    with HttpClient(BASE, auth=auth) as client:
        client.get_json("/tickets")
    request = vendor.token_requests[0]
    assert request.content == b"grant_type=client_credentials"
    assert base64.b64decode(request.headers["Authorization"][6:]) == f"me:{SECRET}".encode()


def test_keys_are_sent_as_the_vendor_wants_them() -> None:
    secret = SecretStr("kéy")
    sent = {
        name: value.get_secret_value()
        for name, value in header_key(X_Api_Key=secret, Secret=secret).headers.items()
    }
    assert sent == {"X-Api-Key": "kéy", "Secret": "kéy"}
    assert basic("ü", secret).headers["Authorization"].get_secret_value() == "Basic w7w6a8OpeQ=="
    assert bearer(secret, "token").headers["Authorization"].get_secret_value() == "token kéy"
