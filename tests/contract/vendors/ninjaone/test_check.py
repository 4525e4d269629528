"""What a look at the connection says, which settings are refused, and what a bad answer ends in."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from phasewise.connectors.vendors.ninjaone import CONNECTOR
from phasewise.connectors.vendors.ninjaone.check import LOOKS
from phasewise.connectors.vendors.ninjaone.settings import HOSTS
from phasewise.errors import AuthError, ContractError, UnavailableError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.ninjaone.desk import Instead, desk
from tests.contract.vendors.ninjaone.rows import activity, device, organization
from tests.support.howto import expect_true_settings

BASICS = {"client_id": "abc", "client_secret": "s3cr3t"}


def refusing(*paths: str, status: int = 403, body: Any = None) -> Instead:
    def no(asked: Asked) -> Reply | None:
        said = body or {"resultCode": "FORBIDDEN", "errorMessage": "No access"}
        return Reply(said, status) if asked.path in paths else None

    return no


def test_it_says_who_we_are_and_where() -> None:
    with desk(rows={"organizations": [organization(1)], "devices": [device(1)]}) as here:
        found = here.check()
        assert len(here.server.asked) <= 10
    assert found.identity.startswith("NinjaOne at 127.0.0.1:")
    assert found.identity.endswith("as the API application sandbox-application")
    assert dict(found.missing) == {}
    assert 'scope "monitoring" alone' in found.notes[0]
    assert "set backup_is_ninjaone" in found.notes[-1]
    assert found.cost is None, "an empty log says nothing of what it costs"


def test_a_look_asks_for_every_stream() -> None:
    assert set(LOOKS) == {stream.name for stream in CONNECTOR.streams(None)}


@pytest.mark.parametrize("stream", sorted(LOOKS))
def test_a_missing_right_is_named_for_the_streams_it_is_missing_for(stream: str) -> None:
    path = LOOKS[stream][0][0]
    with desk(instead=refusing(path)) as here:
        missing = here.check().missing
    both = {"alerts", "automation_runs"}
    assert set(missing) == (both if stream in both else {stream})
    assert set(missing.values()) == {"monitoring"}


def test_active_alerts_that_are_refused_are_missing_for_alerts_alone() -> None:
    with desk(instead=refusing("/v2/alerts")) as here:
        assert set(here.check().missing) == {"alerts"}


def test_a_list_that_fails_is_told_and_the_others_are_looked_at() -> None:
    page = Reply(b"<html>Maintenance</html>", headers={"Content-Type": "text/html"})

    def maintained(asked: Asked) -> Reply | None:
        return page if asked.path == "/v2/organization/documents" else None

    with desk(instead=maintained) as here:
        missing = here.check().missing
    assert set(missing) == {"documents"}
    assert "a web page instead of data" in missing["documents"]


def test_the_cost_is_told_by_the_newest_activities() -> None:
    log = [activity(n, activityTime=1.77e9 + n * 60) for n in range(1, 501)]
    log += [
        activity(500 + n, activityTime=1.77e9 + n * 60, activityType="PATCH_MANAGEMENT")
        for n in range(1, 501)
    ]
    with desk(rows={"activities": log}) as here:
        found = here.check()
    assert found.cost is not None
    requests, minutes = found.cost
    # 500 of these activities in 499 minutes, for 36 months; patching is not read.
    assert requests == 150 + round(500 / (499 / 1440) * 36 * 30.4 / 1000)
    assert 0 < minutes < requests / 60
    assert "1,443 activities a day tell of alerts and runs" in found.notes[1]


@pytest.mark.parametrize("scope", ["a scope that is missing", "a wrong secret"])
def test_a_refused_application_is_an_error_that_names_the_region(
    scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if scope == "a scope that is missing":
        monkeypatch.setattr("phasewise.sandbox.vendors.ninjaone.answers.SCOPES", frozenset({"control"}))
    secret = {"client_secret": "wrong"} if scope == "a wrong secret" else {}
    with desk(**secret) as here, pytest.raises(AuthError, match="`region`") as error:
        here.check()
    assert "scope" in error.value.remedy


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(b"<html>Sign in</html>", headers={"Content-Type": "text/html"}), ContractError),
        (Reply(b"<html>Maintenance</html>", 503, {"Content-Type": "text/html"}), UnavailableError),
        (Reply({"resultCode": "FAILURE", "errorMessage": "Unexpected"}), ContractError),
        (Reply({"error": "internal"}), ContractError),
        (Reply({"organizations": []}), ContractError),
        (Reply([{"name": "without an id"}]), ContractError),
    ],
)
def test_a_bad_answer_is_an_error_and_never_an_empty_list(reply: Reply, error: type[Exception]) -> None:
    def bad(asked: Asked) -> Reply | None:
        return reply if asked.path == "/v2/organizations-detailed" else None

    with desk(instead=bad) as here, pytest.raises(error):
        here.pages("clients")


def test_every_region_has_an_address() -> None:
    assert len(set(HOSTS.values())) == 6
    for region, host in HOSTS.items():
        settings = CONNECTOR.settings.model_validate({**BASICS, "region": region})
        assert getattr(settings, "address", None) == host
    branded = CONNECTOR.settings.model_validate({**BASICS, "base_url": "https://rmm.example.com"})
    assert getattr(branded, "address", None) == "https://rmm.example.com"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_secret": None}, "client_secret"),
        ({"region": "mars"}, "region"),
        ({"backup_days": 0}, "backup_days"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        CONNECTOR.settings.model_validate({**BASICS, **changes})
    assert message in str(error.value)
    assert "s3cr3t" not in str(error.value)


def test_the_settings_of_the_documentation_are_settings() -> None:
    text = expect_true_settings(CONNECTOR)
    for word in ("Client App ID", "monitoring", "Client Credentials"):
        assert word in text
