"""The HTTP client of every connector: reads only, waits as the vendor asks, and explains what went wrong.

Every transport error becomes one of errors.py in `transport`, every status in `answers.judge`.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import orjson
import stamina
import stamina.instrumentation

from phasewise.connectors.addresses import (
    Query,
    address,
    base_address,
    is_whole,
    own_link,
    path_of,
    without_query,
)
from phasewise.connectors.answers import (
    NOT_JSON,
    Answer,
    Reading,
    Setback,
    decode,
    judge,
    source_time,
    vendor_message,
)
from phasewise.connectors.auth import (
    NO_AUTH,
    Auth,
    Token,
    TokenGrant,
    TokenKeeper,
    basic_value,
    register_secrets,
)
from phasewise.connectors.counted import count_request
from phasewise.connectors.limits import Budget, Slot
from phasewise.connectors.timing import Timing, current_timing
from phasewise.connectors.transport import Headers, Timeouts, Transport
from phasewise.connectors.waits import Retries, Waits
from phasewise.errors import (
    AuthError,
    ContractError,
    PhasewiseError,
    UnavailableError,
)
from phasewise.log import Log

MOST_REDIRECTS = 5
# Our own events say what is waited for and until when; stamina's would say it a second time.
stamina.instrumentation.set_on_retry_hooks([])
_log = Log("connectors.http")


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    where: str
    headers: Mapping[str, str]
    content: bytes | None
    right: str
    allow: Collection[int]
    background: bool
    with_auth: bool = True


@dataclass(frozen=True, slots=True)
class _Usual:
    """The headers of every request that has none of its own, and the token they hold."""

    token: Token | None
    headers: Headers = field(repr=False)  # they may hold a key


@dataclass(slots=True)
class _Renewed:
    """Whether a request has had its one new token."""

    is_done: bool = False


class HttpClient:
    """One connection to a vendor: opened, used by any number of threads, closed.

    Args:
        base_url: scheme, host and the path that all paths begin with. Credentials never leave this host.
        auth: what proves who we are.
        budget: the vendor's limits; four at a time when None.
        reading: how this vendor says no.
        headers: sent with every request (a version to pin, a public client id).
        query_posts: regular expressions of paths where the vendor's query is a POST; no other is sent.
        retries: when to try again.
        timeouts: seconds.
        verify: False trusts every certificate. Only for a test system.
        ca_file: certificates to trust beside the usual ones (an own authority, an inspecting proxy).
        timing: clocks, sleep and chance; those of the context when None.

    Proxies come from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.

    Raises:
        ConfigError: base_url is no http address, the CA file cannot be read, a proxy variable makes no sense.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: Auth = NO_AUTH,
        budget: Budget | None = None,
        reading: Reading = Reading(),  # noqa: B008  # frozen
        headers: Mapping[str, str] | None = None,
        query_posts: Sequence[str] = (),
        retries: Retries = Retries(),  # noqa: B008  # frozen
        timeouts: Timeouts = Timeouts(),  # noqa: B008  # frozen
        verify: bool = True,
        ca_file: Path | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.base_url = base_address(base_url)
        self.budget = budget or Budget(timing=timing)
        self.requests = 0
        self._auth = auth
        self._reading = reading
        self._query_posts = tuple(re.compile(pattern) for pattern in query_posts)
        self._retries = retries
        self._timing = timing or current_timing()
        self._count = threading.Lock()
        self._tokens = None if auth.grant is None else TokenKeeper(self._ask_token, self._timing)
        register_secrets(auth)
        self._transport = Transport(timeouts, headers or {}, verify=verify, ca_file=ca_file)
        self._usual: _Usual | None = None

    def __repr__(self) -> str:
        return f"<HttpClient {self.base_url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def get_json(
        self,
        path: str,
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        right: str = "",
        allow: Collection[int] = (),
        background: bool = False,
    ) -> Answer:
        """Ask for a JSON value.

        Args:
            path: appended to the base URL, or a whole address on the same host (a vendor's "next page").
            query: parameters; None values are left out, sequences repeated. Those of `path` stay.
            headers: for this request only.
            right: the vendor's name of the right it needs, for the message when it is missing.
            allow: statuses that are an answer here, not an error (404 for a record that may be gone).
            background: take at most a quarter of the budget.

        Raises:
            AuthError: the key is refused.
            ForbiddenError: a right is missing.
            RateLimitError: the vendor says when to come again, and it is longer than a run may wait.
            UnavailableError: it does not work now.
            ContractError: this is not the interface we know, or it leads to another host.
            ConfigError: a key holds a character that HTTP cannot carry.
        """
        return self._ask("GET", path, query, headers, None, right, allow, background=background)

    def post_json(
        self,
        path: str,
        body: Any,
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        right: str = "",
        allow: Collection[int] = (),
        background: bool = False,
    ) -> Answer:
        """Send a query that the vendor wants as a POST. Arguments and errors as `get_json`."""
        if not any(pattern.search(path) for pattern in self._query_posts):
            raise PhasewiseError(
                "a connector reads and never writes; this POST is not among its query_posts",
                where=f"POST {path.partition('?')[0]}",
                remedy="Correct the connector",
            )
        content = orjson.dumps(body)
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self._ask("POST", path, query, sent, content, right, allow, background=background)

    def _ask(
        self,
        method: str,
        path: str,
        query: Query | None,
        headers: Mapping[str, str] | None,
        content: bytes | None,
        right: str,
        allow: Collection[int],
        *,
        background: bool,
    ) -> Answer:
        url = address(self.base_url, path, query)
        where = f"{method} {without_query(url)}"
        return self._try(_Request(method, url, where, headers or {}, content, right, allow, background))

    def _try(self, request: _Request) -> Answer:
        waits = Waits(self._retries, self._timing, request.where)
        renewed = _Renewed()
        try:
            return self._send(request, waits, renewed)
        except Setback as setback:
            first = setback
        return self._try_again(request, waits, renewed, first)

    def _try_again(self, request: _Request, waits: Waits, renewed: _Renewed, first: Setback | None) -> Answer:
        """Go on after the first try. Apart from it, as most requests need no other."""
        try:
            for attempt in stamina.retry_context(on=waits.before_next_try, attempts=None, timeout=None):
                with attempt:
                    if first is not None:
                        setback, first = first, None
                        raise setback
                    return self._send(request, waits, renewed)
        except Setback as setback:
            # Not `from setback`: what caused it may hold the address with its query, or a header.
            raise setback.error from None
        raise AssertionError("stamina gives up by raising")

    def _send(self, request: _Request, waits: Waits, renewed: _Renewed) -> Answer:
        token = self._tokens.current() if self._tokens is not None and request.with_auth else None
        try:
            with self.budget.slot(
                request.method, path_of(request.url), background=request.background
            ) as slot:
                answer = self._follow(request, token)
                if answer.status not in request.allow:
                    self._judge(answer, request, waits, slot)
                return answer
        except Setback as setback:
            if setback.kind == "token":
                # Outside of the slot: the request for a token needs one, and there may be only one.
                self._renew(token, renewed, setback)
            raise

    def _judge(self, answer: Answer, request: _Request, waits: Waits, slot: Slot) -> None:
        try:
            judge(answer, self._reading, right=request.right, now=self._timing.now())
        except Setback as setback:
            # Too long a pause is not waited for by the others either: each of them ends as *later* by itself.
            if setback.kind == "pause" and (seconds := waits.pause_seconds(setback)) is not None:
                slot.push_back(seconds)
            raise

    def _renew(self, token: Token | None, renewed: _Renewed, setback: Setback) -> None:
        if self._tokens is None or token is None or renewed.is_done:
            raise setback.error from None
        renewed.is_done = True
        self._tokens.renew(token)

    def _follow(self, request: _Request, token: Token | None) -> Answer:
        url = request.url
        for _ in range(MOST_REDIRECTS):
            answer = self._exchange(request, url, token)
            if answer.status not in {301, 302, 303, 307, 308} or "location" not in answer.headers:
                return answer
            if request.method != "GET" and answer.status not in {307, 308}:
                break
            url = own_link(url, answer.headers["location"])
        raise ContractError("the source redirects without end", where=request.where, remedy="Check base_url")

    def _exchange(self, request: _Request, url: str, token: Token | None) -> Answer:
        count_request()
        with self._count:
            self.requests += 1
        began = time.perf_counter()
        came = self._transport.exchange(
            request.method, url, self._headers(request, token), request.content, where=request.where
        )
        _log.debug(
            "http.answer", where=request.where, status=came.status, bytes=len(came.content),
            seconds=round(time.perf_counter() - began, 3),
        )  # fmt: skip
        return Answer(
            came.status, came.headers, decode(came.content), source_time(came.headers), request.where,
            came.content,
        )  # fmt: skip

    def _headers(self, request: _Request, token: Token | None) -> Headers:
        is_usual, usual = request.with_auth and not request.headers, self._usual
        if is_usual and usual is not None and usual.token is token:
            return usual.headers
        own = dict(request.headers)
        if request.with_auth:
            own |= {name: value.get_secret_value() for name, value in self._auth.headers.items()}
        if token is not None:
            own["Authorization"] = f"Bearer {token.value.get_secret_value()}"
        headers = self._transport.headers(own, where=request.where)
        if is_usual:
            self._usual = _Usual(token, headers)
        return headers

    def _ask_token(self) -> Any:
        grant = self._auth.grant
        assert grant is not None
        request = _token_request(grant, self.base_url)
        try:
            answer = self._try(request)
        except PhasewiseError as error:
            if isinstance(error, UnavailableError):
                raise
            raise _no_token(request.where, error.what) from None
        if answer.status != 200 or not isinstance(answer.body, dict) or not answer.body.get("access_token"):
            said = vendor_message(answer) if answer.body is not NOT_JSON else ": the answer is no JSON"
            raise _no_token(request.where, f"it answers {answer.status} without a token{said}")
        return answer.body


def _token_request(grant: TokenGrant, base: str) -> _Request:
    form = {
        key: value if isinstance(value, str) else value.get_secret_value()
        for key, value in grant.form.items()
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if grant.password is not None:
        headers["Authorization"] = basic_value(grant.user, grant.password)
    # May be a host of its own: it is written in the connector or the settings, not sent by a server.
    url = grant.url if is_whole(grant.url) else address(base, grant.url)
    where = f"POST {without_query(url)}"
    content = urlencode(form).encode()
    return _Request(
        "POST", url, where, headers, content, right="", allow=(), background=False, with_auth=False
    )


def _no_token(where: str, what: str) -> AuthError:
    return AuthError(
        f"no token: {what}",
        where=where,
        remedy="Check the client id, its secret and its scope in the settings",
    )
