"""Lists that come in one answer: what the contract suite tries on a second request, tried on the first."""

from __future__ import annotations

import pytest

from phasewise.errors import AuthError, ContractError, ForbiddenError, SourceError, UnavailableError
from phasewise.testing import faults
from phasewise.testing.contract import read
from phasewise.testing.faults import RetryAfter
from phasewise.testing.subject import Reading
from phasewise.testing.world import Reply
from tests.contract.vendors.halopsa import items
from tests.contract.vendors.halopsa.halo import Halo, desk
from tests.contract.vendors.halopsa.test_contract import IN_ONE_ANSWER, SUBJECT

FOR_EVER = 1_000_000


def reading(name: str, *wrong: faults.Fault) -> Reading:
    stream = next(s for s in SUBJECT.streams() if s.name == name)
    return read(SUBJECT, stream, *wrong)


def expect_all(found: Reading) -> None:
    assert found.error is None, f"ended with an error: {found.error}"
    assert set(found.ids) == set(found.true_ids())
    assert found.is_proven


@pytest.mark.parametrize("stream", IN_ONE_ANSWER)
@pytest.mark.parametrize("retry_after", ["seconds", "date", "0", "absent"])
def test_too_many_requests_are_waited_for(stream: str, retry_after: RetryAfter) -> None:
    found = reading(stream, faults.too_many_requests(retry_after, wait_seconds=7, at=1, times=2))
    expect_all(found)
    assert found.clock.monotonic() >= {"seconds": 14, "date": 12}.get(retry_after, 1)


@pytest.mark.parametrize("stream", IN_ONE_ANSWER)
def test_a_failure_passes_or_is_left_for_later(stream: str) -> None:
    expect_all(reading(stream, faults.failing(503, at=1)))
    expect_all(reading(stream, faults.cut_body(at=1)))
    for wrong in (faults.failing(503, at=1, times=FOR_EVER), faults.cut_body(at=1, times=FOR_EVER)):
        found = reading(stream, wrong)
        assert isinstance(found.error, SourceError)
        assert not found.payloads
        assert not found.is_proven
    assert isinstance(reading(stream, faults.failing(503, at=1, times=FOR_EVER)).error, UnavailableError)


@pytest.mark.parametrize("stream", IN_ONE_ANSWER)
def test_an_error_in_a_200_is_no_empty_list(stream: str) -> None:
    body = {"ClassName": "System.Exception", "Message": "Timeout expired"}
    found = reading(stream, faults.error_body(body, at=1, times=FOR_EVER))
    assert isinstance(found.error, ContractError)
    assert "Timeout expired" in str(found.error)


@pytest.mark.parametrize("stream", IN_ONE_ANSWER)
def test_a_right_and_a_key_that_are_missing_are_said(stream: str) -> None:
    assert isinstance(reading(stream, faults.forbidden(stream)).error, ForbiddenError)
    assert isinstance(reading(stream, faults.wrong_key()).error, AuthError)


def test_a_token_that_ends_is_renewed_between_two_lists() -> None:
    tokens = iter(["t0ken", "t0ken"])
    refused = iter([True])

    def expiring(asked: object) -> Reply | None:
        path = getattr(asked, "path", "")
        if path == "/auth/token":
            return Reply({"access_token": next(tokens), "expires_in": 3600})
        return Reply({"Message": "expired"}, 401) if path == "/api/SLA" and next(refused, False) else None

    halo = Halo(instead=expiring)
    halo.lists["/SLA"] = [items.make_level(1)]
    with desk(halo) as here:
        assert len(here.payloads("sla_policies")) == 1
        assert [a.path for a in here.server.asked].count("/auth/token") == 2
