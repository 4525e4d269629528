"""What went wrong becomes one of our errors, with what, where and what to do, and never with a secret."""

from __future__ import annotations

import ssl
import subprocess
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from phasewise import __version__
from phasewise.connectors.answers import Answer, Reading
from phasewise.connectors.auth import basic, bearer, header_key
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.timing import timing
from phasewise.connectors.transport import Timeouts
from phasewise.connectors.waits import Retries
from phasewise.errors import (
    AuthError,
    ConfigError,
    ContractError,
    ForbiddenError,
    PhasewiseError,
    RateLimitError,
    SourceError,
    UnavailableError,
)
from phasewise.testing.clock import FakeClock

BASE = "https://api.vendor.test/v1"
KEY = "s3cret-k3y-of-acme"


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    fake = FakeClock()
    with timing(fake.timing()):
        yield fake


@pytest.fixture
def vendor() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


@pytest.fixture
def client(clock: FakeClock) -> Iterator[HttpClient]:
    with HttpClient(BASE, auth=bearer(SecretStr(KEY)), query_posts=[r"/query$"]) as opened:
        yield opened


def failure(client: HttpClient, path: str = "/tickets", **options: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        client.get_json(path, **options)
    text = "".join(traceback.format_exception(caught.value))
    assert KEY not in text
    assert KEY not in repr(vars(caught.value))
    return caught.value


def test_an_answer_brings_status_headers_body_and_the_vendors_clock(
    client: HttpClient, vendor: respx.MockRouter
) -> None:
    route = vendor.get("/tickets").respond(
        json={"items": [{"id": 1}]}, headers={"Date": "Mon, 02 Mar 2026 08:10:00 GMT", "X-Total": "1"}
    )
    answer = client.get_json(
        "/tickets", query={"page": 2, "open": True, "q": "a b&c", "none": None, "id": [1, 2]}
    )
    assert answer.status == 200
    assert answer.body == {"items": [{"id": 1}]}
    assert answer.headers["x-total"] == "1"
    assert answer.source_time is not None
    assert answer.source_time.isoformat() == "2026-03-02T08:10:00+00:00"
    request = route.calls.last.request
    assert str(request.url) == f"{BASE}/tickets?page=2&open=true&q=a%20b%26c&id=1&id=2"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["User-Agent"] == f"phasewise/{__version__}"
    assert client.requests == 1


@pytest.mark.parametrize(
    "raw",
    [
        [(b"X-Name", "café".encode()), (b"Link", b"<a>"), (b"link", b"<b>")],
        [(b"X-Name", "café".encode("latin-1")), (b"Link", b"<a>"), (b"LINK", b"<b>")],
    ],
)
def test_headers_come_whole_whatever_their_letters_and_however_often_one_is_sent(
    raw: list[tuple[bytes, bytes]], client: HttpClient, vendor: respx.MockRouter
) -> None:
    vendor.get("/tickets").mock(httpx.Response(200, json=[], headers=raw))
    answer = client.get_json("/tickets")
    assert answer.headers["x-name"] == "café"
    assert answer.headers["link"] == "<a>, <b>"


def test_headers_of_one_request_are_not_sent_with_the_next(
    client: HttpClient, vendor: respx.MockRouter
) -> None:
    route = vendor.get("/tickets").respond(json=[])
    client.get_json("/tickets")
    client.get_json("/tickets", headers={"X-Once": "yes", "User-Agent": "other"})
    client.get_json("/tickets")
    sent = [call.request.headers for call in route.calls]
    assert [headers.get("X-Once") for headers in sent] == [None, "yes", None]
    assert [headers["User-Agent"] for headers in sent][1] == "other"
    assert sent[0] == sent[2]
    assert all(headers["Authorization"] == f"Bearer {KEY}" for headers in sent)


def test_a_query_post_sends_json_and_any_other_post_is_refused(
    client: HttpClient, vendor: respx.MockRouter
) -> None:
    route = vendor.post("/tickets/query").respond(json=[])
    assert client.post_json("/tickets/query", {"filter": ["ü"]}).body == []
    assert route.calls.last.request.content == '{"filter":["ü"]}'.encode()
    with pytest.raises(PhasewiseError, match="reads and never writes"):
        client.post_json("/tickets", {})
    assert client.requests == 1


STATUSES = [
    (401, {}, AuthError, "refuses our key"),
    (403, {}, ForbiddenError, "may not read this"),
    (404, {}, ContractError, "nothing at this address"),
    (410, {}, ContractError, "nothing at this address"),
    (405, {}, ContractError, "does not take such a request"),
    (400, {}, ContractError, "does not take the request"),
    (422, {}, ContractError, "does not take the request"),
    (407, {}, UnavailableError, "proxy"),
    (408, {}, UnavailableError, "the source fails (408)"),
    (500, {}, UnavailableError, "the source fails (500)"),
    (502, {}, UnavailableError, "the source fails (502)"),
    (503, {}, UnavailableError, "the source fails (503)"),
    (429, {"Retry-After": "1000"}, RateLimitError, "asks us to slow down"),
    (503, {"Retry-After": "1000"}, RateLimitError, "asks us to slow down"),
    (403, {"Retry-After": "1000"}, RateLimitError, "asks us to slow down"),
    (304, {}, ContractError, "does not take the request"),
]


@pytest.mark.parametrize(("status", "headers", "kind", "what"), STATUSES)
def test_every_status_becomes_one_of_our_errors(
    client: HttpClient,
    vendor: respx.MockRouter,
    status: int,
    headers: dict[str, str],
    kind: type[SourceError],
    what: str,
) -> None:
    vendor.get("/tickets").respond(status, json={"message": f"No,\n not with {KEY}"}, headers=headers)
    error = failure(client, query={"api_key": KEY})
    assert type(error) is kind
    assert what in error.what
    assert error.where == f"GET {BASE}/tickets"
    assert error.remedy
    if status != 407:
        assert "No, not with ***" in error.what


def test_a_missing_right_is_named(client: HttpClient, vendor: respx.MockRouter) -> None:
    vendor.get("/tickets").respond(403)
    error = failure(client, right="Service Desk: Inquire All")
    assert isinstance(error, ForbiddenError)
    assert error.right == "Service Desk: Inquire All"
    assert "Service Desk: Inquire All" in error.remedy
    assert client.requests == 1


def test_a_status_that_is_an_answer_here_is_returned(client: HttpClient, vendor: respx.MockRouter) -> None:
    vendor.get("/tickets/9").respond(404, json={"message": "Not found"})
    assert client.get_json("/tickets/9", allow={404}).status == 404


BODIES = [
    (b"<!doctype html><title>Sign in</title>", "text/html", "a web page instead of data", 3),
    (b"  <html>", "application/json", "a web page instead of data", 3),
    (b'{"items": [{"id": 1}, {"i', "application/json", "not whole JSON", 3),
    (b"OK", "text/plain", "not whole JSON", 3),
    (b'{"error": "database timeout"}', "application/json", "answers 200 with an error: database timeout", 3),
]


@pytest.mark.parametrize(("body", "media", "what", "tries"), BODIES)
def test_a_body_that_is_no_data_is_asked_for_again_and_then_an_error(
    clock: FakeClock, vendor: respx.MockRouter, body: bytes, media: str, what: str, tries: int
) -> None:
    vendor.get("/tickets").respond(200, content=body, headers={"Content-Type": media})
    reading = Reading(error=lambda b: b.get("error") if isinstance(b, dict) else None)
    with HttpClient(BASE, reading=reading) as client:
        error = failure(client)
        assert isinstance(error, ContractError)
        assert what in error.what
        assert client.requests == tries


def test_an_answer_that_was_garbled_once_is_read_whole_the_second_time(
    client: HttpClient, vendor: respx.MockRouter
) -> None:
    vendor.get("/tickets").mock(
        side_effect=[httpx.Response(200, content=b'{"a": ['), httpx.Response(200, json=[])]
    )
    assert client.get_json("/tickets").body == []


def test_text_that_no_database_takes_is_made_whole(client: HttpClient, vendor: respx.MockRouter) -> None:
    vendor.get("/tickets").respond(content=b'\xef\xbb\xbf{"cut emoji": "\\ud83d", "whole": "\\ud83d\\ude00"}')
    assert client.get_json("/tickets").body == {"cut emoji": "\ufffd", "whole": "😀"}


def test_an_empty_answer_is_none(client: HttpClient, vendor: respx.MockRouter) -> None:
    vendor.get("/tickets").respond(204)
    assert client.get_json("/tickets").body is None


PAUSES = [
    ({"Retry-After": "30"}, 30, 34),
    ({"Retry-After": "0"}, 1, 3),
    ({}, 1, 3),
    ({"Retry-After": "Mon, 02 Mar 2026 08:10:45 GMT"}, 45, 50),
    ({"Retry-After": "Mon, 02 Mar 2026 08:10:45"}, 45, 50),
    ({"Retry-After": "soon"}, 1, 3),
    ({"Retry-After": "Mon, 02 Mar 2026 07:00:00 GMT"}, 1, 3),
    ({"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "20"}, 20, 23),
    ({"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "20"}, 1, 3),
]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("headers", "least", "most"), PAUSES)
def test_a_pause_is_as_long_as_the_vendor_asks_and_never_shorter_than_a_second(
    client: HttpClient,
    clock: FakeClock,
    vendor: respx.MockRouter,
    status: int,
    headers: dict[str, str],
    least: float,
    most: float,
) -> None:
    # The vendor's clock is ten minutes ahead of ours: its date is read by its own clock.
    there = {"Date": "Mon, 02 Mar 2026 08:10:00 GMT", **headers}
    vendor.get("/tickets").mock(
        side_effect=[httpx.Response(status, headers=there), httpx.Response(200, json=[])]
    )
    client.get_json("/tickets")
    assert least <= clock.monotonic() <= most


def test_a_pause_of_zero_seconds_again_and_again_gets_longer(
    client: HttpClient, clock: FakeClock, vendor: respx.MockRouter
) -> None:
    refusal = httpx.Response(429, headers={"Retry-After": "0"})
    vendor.get("/tickets").mock(side_effect=[refusal] * 6 + [httpx.Response(200, json=[])])
    client.get_json("/tickets")
    assert clock.monotonic() >= 1 + 2 + 4 + 8 + 16 + 32


def test_a_pause_over_fifteen_minutes_ends_as_later_without_waiting(
    client: HttpClient, clock: FakeClock, vendor: respx.MockRouter
) -> None:
    vendor.get("/tickets").respond(429, headers={"Retry-After": "901"})
    error = failure(client)
    assert isinstance(error, RateLimitError)
    assert error.retry_after_seconds == 901
    assert clock.monotonic() == 0
    assert client.requests == 1
    assert client.budget.is_free("GET", "/v1/tickets"), "other requests would wait for it"


def test_a_vendor_that_never_stops_pushing_back_ends_as_later(
    client: HttpClient, clock: FakeClock, vendor: respx.MockRouter
) -> None:
    vendor.get("/tickets").respond(429, headers={"Retry-After": "300"})
    assert isinstance(failure(client), RateLimitError)
    assert clock.monotonic() < 3700


def test_a_403_with_the_marks_of_a_limit_is_waited_for_and_no_missing_right(
    client: HttpClient, clock: FakeClock, vendor: respx.MockRouter
) -> None:
    marks = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "60"}
    vendor.get("/tickets").mock(
        side_effect=[httpx.Response(403, headers=marks), httpx.Response(200, json=[])]
    )
    client.get_json("/tickets")
    assert clock.monotonic() >= 60


def test_a_vendor_has_its_own_ways_to_say_slow_down_and_not_allowed(
    clock: FakeClock, vendor: respx.MockRouter
) -> None:
    def is_push_back(answer: Answer) -> bool:
        return b"Thread Threshold" in answer.content

    def is_forbidden(answer: Answer) -> bool:
        return answer.status == 401 and b"permissions" in answer.content

    vendor.get("/tickets").mock(
        side_effect=[httpx.Response(500, text="Thread Threshold Exceeded"), httpx.Response(200, json=[])]
    )
    vendor.get("/invoices").respond(401, json={"error": "ask your admin to update permissions"})
    with HttpClient(BASE, reading=Reading(is_push_back=is_push_back, is_forbidden=is_forbidden)) as client:
        client.get_json("/tickets")
        assert clock.monotonic() >= 1
        assert isinstance(failure(client, "/invoices"), ForbiddenError)


def test_a_500_that_says_what_is_wrong_with_the_request_is_not_asked_again(
    clock: FakeClock, vendor: respx.MockRouter
) -> None:
    def is_refused(answer: Answer) -> bool:
        return b"Unable to find" in answer.content

    vendor.get("/tickets").respond(500, json={"errors": ["Unable to find colour in the Ticket Entity."]})
    vendor.get("/invoices").respond(500, json={"errors": ["database is away"]})
    with HttpClient(BASE, reading=Reading(is_refused=is_refused)) as client:
        error = failure(client, "/tickets")
        assert isinstance(error, ContractError)
        assert "Unable to find colour" in error.what
        assert client.requests == 1
        assert isinstance(failure(client, "/invoices"), UnavailableError)
        assert client.requests == 8


def test_a_failing_vendor_is_asked_again_with_longer_and_longer_waits(
    client: HttpClient, clock: FakeClock, vendor: respx.MockRouter
) -> None:
    vendor.get("/tickets").respond(502)
    failure(client)
    assert client.requests == 7
    assert 63 <= clock.monotonic() <= 126
    assert clock.slept == sorted(clock.slept)


TRANSPORT = [
    (httpx.ConnectTimeout("slow"), "does not answer in time", 7),
    (httpx.ReadTimeout("slow"), "does not answer in time", 7),
    (httpx.ConnectError("refused"), "no connection", 7),
    (httpx.ReadError("reset"), "broke off", 7),
    (httpx.RemoteProtocolError("peer closed connection"), "broke off", 7),
    (httpx.DecodingError("bad gzip"), "broke off", 7),
    (httpx.ProxyError("407 Proxy Authentication Required"), "the proxy refuses", 3),
]


@pytest.mark.parametrize(("raised", "what", "tries"), TRANSPORT)
def test_every_error_of_the_network_is_tried_again_and_then_explained(
    client: HttpClient, vendor: respx.MockRouter, raised: httpx.HTTPError, what: str, tries: int
) -> None:
    vendor.get("/tickets").mock(side_effect=raised)
    error = failure(client)
    assert isinstance(error, UnavailableError)
    assert what in error.what
    assert error.remedy
    assert client.requests == tries


def test_an_unknown_host_says_so_soon(clock: FakeClock) -> None:
    with HttpClient("https://no-such-host.invalid") as client:
        error = failure(client)
        assert isinstance(error, UnavailableError)
        assert "nobody knows this host" in error.what
        assert "typing error" in error.remedy
        assert client.requests == 3


def test_a_key_that_http_cannot_carry_is_not_shown(clock: FakeClock) -> None:
    with serving() as port:
        for bad in (f"{KEY}\n", f"{KEY}“"):
            with HttpClient(f"http://127.0.0.1:{port}", auth=header_key(X_Api_Key=SecretStr(bad))) as client:
                with pytest.raises(ConfigError, match="cannot carry") as caught:
                    client.get_json("/tickets")
                assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_header_of_every_request_that_http_cannot_carry_is_not_shown() -> None:
    with pytest.raises(ConfigError, match="cannot carry") as caught:
        HttpClient("http://vendor.test", headers={"X-Client-Id": f"{KEY}“"})
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "base_url",
    ["", "vendor.test", "ftp://vendor.test", "https://", "https://user:pa55word@vendor.test", "https://v.test?key=1",
     "https://vendor.test:99999", "https://ven dor.test"],
)  # fmt: skip
def test_a_base_url_that_is_no_plain_address_is_refused(base_url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        HttpClient(base_url)
    assert "pa55word" not in str(caught.value)


def test_a_ca_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("no certificate")
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        with pytest.raises(ConfigError, match="CA file"):
            HttpClient(BASE, ca_file=path)


def test_a_proxy_variable_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://proxy")
    with pytest.raises(ConfigError, match="proxy"):
        HttpClient(BASE)


def test_neither_the_client_nor_its_auth_shows_a_secret_when_printed(client: HttpClient) -> None:
    for value in (client, client._auth, basic("me", SecretStr(KEY)), client.budget, vars(client)):
        assert KEY not in repr(value)


LINKS = [
    ("https://api.vendor.test/v1/tickets?page=2", "https://api.vendor.test/v1/tickets?page=2"),
    ("http://api.vendor.test/v1/tickets?page=2", "https://api.vendor.test/v1/tickets?page=2"),
    ("https://API.vendor.test:443/v1/tickets", "https://API.vendor.test:443/v1/tickets"),
]


@pytest.mark.parametrize(("link", "asked"), LINKS)
def test_a_next_link_on_the_same_host_is_followed(
    client: HttpClient, vendor: respx.MockRouter, link: str, asked: str
) -> None:
    route = vendor.get(url__startswith="https://api.vendor.test").respond(json=[])
    client.get_json(link)
    assert route.calls.last.request.url == httpx.URL(asked)


@pytest.mark.parametrize(
    "link",
    ["https://evil.test/v1", "//evil.test/v1", "https://api.vendor.test:8443/v1", "https://api.vendor.test@evil.test/",
     "https://api.vendor.test.evil.test/", "file:///etc/passwd", "javascript://api.vendor.test/"],
)  # fmt: skip
@pytest.mark.parametrize("how", ["next link", "redirect"])
def test_our_key_never_goes_to_another_host(
    client: HttpClient, vendor: respx.MockRouter, link: str, how: str
) -> None:
    vendor.get("/tickets").respond(302, headers={"Location": link})
    elsewhere = respx.route().mock(return_value=httpx.Response(200, json=[]))
    error = failure(client, link if how == "next link" else "/tickets")
    assert isinstance(error, ContractError)
    assert not elsewhere.called


def test_a_redirect_within_the_host_is_followed_and_one_without_end_is_not(
    client: HttpClient, vendor: respx.MockRouter
) -> None:
    vendor.get("/old").respond(301, headers={"Location": "/v1/tickets"})
    vendor.get("/tickets").respond(json=[1])
    vendor.get("/round").respond(302, headers={"Location": "round"})
    assert client.get_json("/old").body == [1]
    assert "redirects without end" in failure(client, "/round").what


def test_no_cookie_of_one_answer_is_sent_with_the_next_request(
    client: HttpClient, vendor: respx.MockRouter
) -> None:
    route = vendor.get("/tickets").respond(json=[], headers={"Set-Cookie": "session=1; Path=/"})
    client.get_json("/tickets")
    client.get_json("/tickets")
    assert "cookie" not in route.calls.last.request.headers


def test_threads_share_one_budget_and_one_pause(clock: FakeClock, vendor: respx.MockRouter) -> None:
    answers = iter([httpx.Response(429, headers={"Retry-After": "60"})])
    starts: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        starts.append(clock.monotonic())
        return next(answers, httpx.Response(200, json=[]))

    vendor.get("/tickets").mock(side_effect=answer)
    with HttpClient(BASE, budget=Budget(Rule("two", concurrent=2))) as client:
        threads = [threading.Thread(target=client.get_json, args=("/tickets",)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert len(starts) == 7
    assert sum(at < 60 for at in starts) <= 2, "nothing but what was under way may start in the pause"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_unencrypted_port_asked_as_https_is_explained(clock: FakeClock) -> None:
    with serving() as port, HttpClient(f"https://127.0.0.1:{port}") as client:
        error = failure(client)
        assert isinstance(error, UnavailableError)
        assert "no encrypted connection" in error.what
        assert client.requests == 1


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    made = [folder / "key.pem", folder / "certificate.pem"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(made[0]), "-out", str(made[1])]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except OSError:
        pytest.skip("needs the openssl command to make a certificate")
    return made[0], made[1]


def test_a_certificate_of_an_unknown_authority_is_explained_and_can_be_trusted(
    clock: FakeClock, own_certificate: tuple[Path, Path]
) -> None:
    key, certificate = own_certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(context) as port:
        with HttpClient(f"https://127.0.0.1:{port}") as client:
            error = failure(client)
            assert isinstance(error, UnavailableError)
            assert "certificate of the source is not trusted" in error.what
            assert "ca_file" in error.remedy
            assert client.requests == 1
        with HttpClient(f"https://127.0.0.1:{port}", ca_file=certificate) as client:
            assert client.get_json("/").body == []
        with HttpClient(f"https://127.0.0.1:{port}", verify=False) as client:
            assert client.get_json("/").body == []


def test_a_proxy_of_the_environment_is_used_and_explained_when_it_is_away(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with HttpClient("http://vendor.test", timeouts=Timeouts(connect=2), retries=Retries(faults=2)) as client:
        assert isinstance(failure(client), UnavailableError)
        assert client.requests == 2
