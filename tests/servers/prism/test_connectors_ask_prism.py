"""Every connector, with Prism judging what it asks by the vendor's specification, and answering from it."""

from __future__ import annotations

import pytest

from phasewise.connectors import connectors
from tests.servers.prism.cases import EXAMPLES, EXCUSED, ONLY_JUDGED, REJECTED, held
from tests.servers.prism.reading import Reading, read
from tests.servers.prism.running import program
from tests.support.specification import folder

pytestmark = [pytest.mark.specs, pytest.mark.server]


@pytest.fixture(scope="module", params=sorted(held()))
def name(request: pytest.FixtureRequest) -> str:
    """Each connector in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def reading(name: str, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """What came of it, read once."""
    if not (folder() / held()[name].specification).exists():
        pytest.skip(f"there is no {held()[name].specification} in {folder()}")
    program()
    return read(held()[name], tmp_path_factory.mktemp(name))


def test_no_request_is_against_the_specification(reading: Reading) -> None:
    assert reading.faults == []
    assert reading.requests > 0


def test_no_request_is_excused_without_need(name: str, reading: Reading) -> None:
    assert set(EXCUSED.get(name, {})) <= reading.excused


def test_the_look_misses_nothing(reading: Reading) -> None:
    assert reading.check.identity
    assert reading.check.missing == {}


def test_every_stream_is_read_from_what_the_vendor_describes(name: str, reading: Reading) -> None:
    assert reading.stopped == {}
    # What the simulated vendor holds is no matter of Prism's; what the vendor's description says is.
    streams = () if name in ONLY_JUDGED else held()[name].shapes
    assert [stream for stream in streams if not reading.payloads[stream]] == []


def test_every_payload_becomes_records_or_a_reject_that_is_known(name: str, reading: Reading) -> None:
    assert set(reading.rejects) == set(REJECTED.get(name, {}))
    assert [stream for stream in reading.payloads if not reading.records[stream]] == []


def test_who_has_no_key_is_refused(name: str, reading: Reading) -> None:
    if reading.without_key is None:
        pytest.skip(f"{held()[name].specification} says nothing of keys: Prism demands none")
    assert reading.without_key == 401


def test_exceptions_are_of_connectors_that_there_are() -> None:
    assert {*ONLY_JUDGED, *EXCUSED, *EXAMPLES, *REJECTED} <= set(connectors())
