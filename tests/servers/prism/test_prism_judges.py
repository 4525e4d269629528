"""That the judge judges: a wrong request is noted, a listing ends, and nothing that was started stays."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers.prism.front import Front
from tests.servers.prism.repaired import repaired
from tests.servers.prism.running import prism, program
from tests.support.specification import folder

pytestmark = [pytest.mark.specs, pytest.mark.server]

ROOT = Path(__file__).resolve().parents[3]
KEY = {"Authorization": "Bearer k3y"}
ANSWER = {
    "description": "rows",
    "content": {"application/json": {"example": {"rows": [{"id": 7}], "page": 1}}},
}
REFUSAL = {"description": "refused", "content": {"application/json": {"example": ["a list"]}}}
PAGE = {"name": "page", "in": "query", "schema": {"type": "integer", "format": "int32"}}
SPECIFICATION = {
    "openapi": "3.0.3",
    "info": {"title": "A vendor", "version": "1"},
    "security": [{"key": []}],
    "paths": {
        "rows": {"get": {"parameters": [PAGE], "responses": {"200": ANSWER}}},
        "told": {"get": {"parameters": [PAGE], "responses": {"200": ANSWER, "422": REFUSAL}}},
    },
    "components": {"securitySchemes": {"key": {"type": "http", "scheme": "Bearer"}}},
}
DOCUMENT = repaired(SPECIFICATION, lambda _method, _path: True)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prism that answers from a specification of our own."""
    folder()
    with prism(DOCUMENT, tmp_path_factory.mktemp("prism")) as url:
        yield url


@pytest.fixture
def front(address: str) -> Iterator[Front]:
    """What stands before it; nothing is beside."""
    with Front(address, "http://127.0.0.1:9", prefix="/api") as found:
        yield found


def ask(front: Front, path: str, headers: dict[str, str] = KEY) -> httpx.Response:
    return httpx.get(front.url + path, headers=headers, trust_env=False, timeout=60)


def test_a_right_request_is_answered_from_the_example(front: Front) -> None:
    assert ask(front, "/api/rows?page=1").json() == {"rows": [{"id": 7}], "page": 1}
    assert (front.seen.requests, front.seen.faults) == (1, [])


def test_a_value_of_the_wrong_type_is_noted(front: Front) -> None:
    assert ask(front, "/api/rows?page=two").status_code == 422
    (fault,) = front.seen.faults
    assert fault.startswith("GET /rows?page=two:")
    assert "page must be integer" in fault


def test_a_refusal_that_the_vendor_describes_is_noted(front: Front) -> None:
    assert ask(front, "/api/told?page=two").json() == ["a list"]
    (fault,) = front.seen.faults
    assert "page must be integer" in fault


def test_a_request_that_could_not_be_judged_is_a_fault(front: Front) -> None:
    front.prism = "http://127.0.0.1:9"
    with pytest.raises(httpx.RemoteProtocolError):
        ask(front, "/api/rows")
    assert front.seen.faults[0].startswith("GET /api/rows: not judged:")


def test_an_address_that_is_not_described_is_noted(front: Front) -> None:
    assert ask(front, "/api/other").status_code == 404
    assert [fault.partition(": ")[0] for fault in front.seen.faults] == ["GET /other"]


def test_a_request_without_a_key_is_noted(front: Front) -> None:
    assert ask(front, "/api/rows", {}).status_code == 401
    assert front.seen.faults[0].startswith("GET /rows: 401")


def test_a_listing_ends_and_the_next_reading_begins_again(front: Front) -> None:
    assert [len(ask(front, f"/api/rows?page={page}").json()["rows"]) for page in (1, 2, 3)] == [1, 0, 0]
    front.seen.begin()
    assert len(ask(front, "/api/rows?page=1").json()["rows"]) == 1


def test_prism_ends_with_whoever_started_it_however_that_ends(tmp_path: Path) -> None:
    folder()
    program()
    code = (
        "import pathlib, sys\n"
        "from tests.servers.prism.running import prism\n"
        "from tests.servers.prism.test_prism_judges import DOCUMENT\n"
        "with prism(DOCUMENT, pathlib.Path(sys.argv[1])) as url:\n"
        "    print(url, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as started:  # fmt: skip
        assert started.stdout is not None
        url = started.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", url)
        assert is_there(url)
        started.kill()
        started.wait()
    end = time.monotonic() + 20
    while is_there(url) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_there(url)


def is_there(url: str) -> bool:
    try:
        return httpx.get(f"{url}/rows", headers=KEY, trust_env=False, timeout=60).is_success
    except httpx.TransportError:
        return False
