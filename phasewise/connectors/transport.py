"""What goes over the wire and comes back, by httpx, and what its errors mean.

The only file that imports httpx, so that changing to another library is a change of one file.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import httpx

from phasewise import __version__
from phasewise.connectors.answers import LATER, Setback
from phasewise.errors import ConfigError, UnavailableError
from phasewise.log import redact

Headers = httpx.Headers


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two pieces of an answer, and to send."""

    connect: float = 15.0
    read: float = 120.0
    write: float = 30.0


@dataclass(frozen=True, slots=True)
class Received:
    """What came back: status, headers (lower-case name → value) and body."""

    status: int
    headers: dict[str, str]
    content: bytes


class _NoCookies(CookieJar):
    """Keeps nothing: a cookie would make one request depend on another one."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Look at no answer; a policy that refuses each cookie would read all headers first."""


class Transport:
    """Connections to a host, kept for the next request; used by any number of threads, closed at the end.

    Args:
        timeouts: seconds.
        headers: sent with every request.
        verify: False trusts every certificate.
        ca_file: certificates to trust beside the usual ones.

    Raises:
        ConfigError: the CA file cannot be read, or a proxy variable makes no sense.
    """

    def __init__(
        self, timeouts: Timeouts, headers: Mapping[str, str], *, verify: bool, ca_file: Path | None
    ) -> None:
        self._client = _open(timeouts, headers, verify=verify, ca_file=ca_file)
        self._extensions = {"timeout": self._client.timeout.as_dict()}

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def headers(self, own: Mapping[str, str], *, where: str) -> Headers:
        """Those of every request, and a request's own; made once for many requests.

        Raises:
            ConfigError: one holds a character that HTTP cannot carry.
        """
        headers = Headers(self._client.headers)
        try:
            headers.update(own)
        except UnicodeEncodeError as error:
            raise _translated(error, where) from None
        return headers

    def exchange(
        self, method: str, url: str, headers: Headers, content: bytes | None, *, where: str
    ) -> Received:
        """Send a request and read its answer, whatever the status; redirects are not followed.

        Args:
            method: GET or POST.
            url: the whole address.
            headers: all of them (`headers`).
            content: the body.
            where: method and address without its query, for messages.

        Raises:
            Setback: trying again may help.
            SourceError: it will not.
            ConfigError: a header holds a character that HTTP cannot carry.
        """
        try:
            sent = httpx.Request(method, url, headers=headers, content=content, extensions=self._extensions)
            response = self._client.send(sent)
        except (UnicodeEncodeError, httpx.HTTPError) as error:
            raise _translated(error, where) from None
        # It leads back to the response, which would keep the body until the collector comes by.
        del response.stream
        return Received(response.status_code, _received(response.headers.raw), response.content)


def _open(
    timeouts: Timeouts, headers: Mapping[str, str], *, verify: bool, ca_file: Path | None
) -> httpx.Client:
    sent = {"Accept": "application/json", "User-Agent": f"phasewise/{__version__}", **headers}
    try:
        context = httpx.create_ssl_context(verify=verify)
        if ca_file is not None:
            context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"the CA file cannot be read: {error.strerror or error}",
            where=str(ca_file),
            remedy="Give the path of a PEM file",
        ) from None
    try:
        return httpx.Client(
            headers=sent,
            cookies=_NoCookies(),
            verify=context,
            timeout=httpx.Timeout(
                connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=None
            ),
            # How many at a time is the budget's to say; a second limit here could only dead-lock with it.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        )
    except UnicodeEncodeError as error:
        raise _translated(error, "headers of every request") from None
    except ValueError as error:
        raise ConfigError(
            f"the proxy of the environment makes no sense: {redact(str(error))}",
            where="HTTPS_PROXY, HTTP_PROXY",
            remedy="Write it like http://proxy.example:3128",
        ) from None


def _received(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Lower-case name → value; of a name that comes more than once, all its values, with commas between."""
    try:
        pairs = [(name.decode().lower(), value.decode()) for name, value in raw]
    except UnicodeDecodeError:
        pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw]
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _translated(error: UnicodeEncodeError | httpx.HTTPError, where: str) -> Exception:
    """Every error of the transport as one of ours. The most specific comes first."""
    if isinstance(error, httpx.TimeoutException):
        return Setback("fault", _unavailable("the source does not answer in time", where))
    if isinstance(error, httpx.ProxyError):
        what = f"the proxy refuses: {redact(str(error))}"
        return Setback("doubt", _unavailable(what, where, "Check HTTPS_PROXY and NO_PROXY"))
    if isinstance(error, httpx.ConnectError):
        return _not_connected(error, where)
    if isinstance(error, UnicodeEncodeError | httpx.LocalProtocolError):
        # Their text shows the header, and with it the key.
        return ConfigError(
            "a key or header holds a character that HTTP cannot carry",
            where=where,
            remedy="Look for a line break, a blank or a typographic quote at the end of a secret",
        )
    what = f"the connection broke off ({type(error).__name__})"
    return Setback("fault", _unavailable(what, where))


def _not_connected(error: httpx.ConnectError, where: str) -> Exception:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _unavailable(
                f"the certificate of the source is not trusted: {cause.verify_message}",
                where,
                "Set ca_file where an own authority or an inspecting proxy signed it; else tell the vendor",
            )
        if isinstance(cause, ssl.SSLError):
            return _unavailable(
                f"no encrypted connection: {cause.reason}",
                where,
                "Check base_url: is it https, is the port right?",
            )
        if isinstance(cause, socket.gaierror):
            what = "nobody knows this host"
            return Setback(
                "doubt", _unavailable(what, where, "Check base_url for a typing error, and the network")
            )
    what = f"no connection: {redact(str(error))}"
    return Setback("fault", _unavailable(what, where, "Check base_url and the network. " + LATER))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _unavailable(what: str, where: str, remedy: str = LATER) -> UnavailableError:
    return UnavailableError(what, where=where, remedy=remedy)
